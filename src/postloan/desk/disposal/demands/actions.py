"""Recording that a demand was served on a guarantor: the step that keeps a joint guarantee (DSP-42)."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.contact.serving.actions import served_tell
from postloan.desk.core.actions import record, refuse_past, require, require_reason, rows_give
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.legal_events import TABLE, legal_row
from postloan.desk.core.models import FeedRows, Officer, Org
from postloan.desk.disposal.deeds import WRITE
from postloan.desk.disposal.demands.asked import Guaranteed
from postloan.errors import FormWrong, IllegalMove


@transaction.atomic
def demand_note(
    officer: Officer, held: Guaranteed, *, served_on: date, proof: str, demand_id: UUID, day: BusinessDay
) -> FeedRows:
    """Tell the next night that a demand was served on a guarantor. Twice with one demand_id is once.

    proof  what shows that it reached him: number of the post, who signed, the notary's deed.

    A demand served in time may be recorded late: the night finds the guarantee kept from the day it was served.

    Permission  disposal.write in the loan's office. Leaves a row of legal_event, an entry of the ledger of contact,
                which the borrower may see, an audit entry.
    Raises NotPermitted, ReasonMissing, FormWrong; IllegalMove where a demand of that day keeps nothing.
    Source  regulations DSP-42, DSP-43; Civil Code Arts. 692 to 694.
    """
    refuse_past(day)
    org = Org.objects.get(pk=str(held.loan["org_id"]))
    require(officer, WRITE, org=org)
    made = FeedRows.objects.filter(pk=demand_id).first()
    if made is not None:
        return made
    proof = require_reason(proof)[:200]
    if served_on > day.on:
        raise FormWrong(message=_("送达日在营业日之后。"), hint=_("请核对凭证。"), where={"field": "served_on"})
    if not held.counts(served_on):
        period = held.period
        raise IllegalMove(
            message=_("这一天送达的催收不能保全该保证（%(first)s 至 %(last)s）；一般保证须起诉债务人或申请仲裁。")
            % {"first": period["began_on"], "last": period["ends_on"] or "—"},
            hint=_("依据：%s。") % period["cite"], where={"guarantee": held.guarantee_id, "served_on": served_on},
        )  # fmt: skip
    row = legal_row(
        f"DMD-{demand_id.hex}", held.loan["loan_id"], "demand", served_on, proof=proof, guarantee_id=held.guarantee_id
    )
    anchor = served_tell(
        officer, held.loan["debtor_id"], held.guarantor_id, "guarantor", channel="formal_demand", purpose="demand",
        on=served_on,
    )  # fmt: skip
    made = rows_give(rows_id=demand_id, table=TABLE, rows=[row], title=held.debtor_name, officer=officer, org=org,
                     page=held.page)  # fmt: skip
    record(officer, "clock.guarantor_demanded", made, org=org, run_id=day.run_id, reason=proof,
           loan_id=held.loan["loan_id"], guarantee_id=held.guarantee_id, served_on=served_on.isoformat(),
           **anchor)  # fmt: skip
    return made
