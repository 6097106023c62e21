"""Putting a written consent to a restructuring, and telling the night of those of guarantors once it is approved."""

from datetime import date
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import check_begins, record, refuse_past, require, rows_give
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.legal_events import TABLE, legal_row
from postloan.desk.core.models import Officer
from postloan.desk.inspection.files.actions import keep, plain_name
from postloan.desk.inspection.files.content import read_content
from postloan.desk.inspection.queries import rules_on as inspection_rules
from postloan.desk.restructure.consents.queries import consent_path, parties_asked
from postloan.desk.restructure.models import Consent, Restructuring
from postloan.errors import FormWrong

WRITABLE = (Restructuring.State.OPEN, Restructuring.State.PROPOSED)


@transaction.atomic
def consent_add(
    officer: Officer, held_id: UUID, security_id: str, *, signed_on: date, name: str, content: bytes,
    day: BusinessDay,
) -> Consent:  # fmt: skip
    """Keep the paper by which somebody who stands for the loan consents; a new one takes the place of an old one.

    name, content  the file as it was sent: a photo, PDF or Word.

    Permission  restructure.write in the office.
    Leaves      a consent, an audit entry.
    Raises NotPermitted, IllegalMove, FormWrong where nobody stands for the loan by that, FileRefused.
    """
    refuse_past(day)
    held = Restructuring.objects.select_for_update(of=("self",)).select_related("org").get(pk=held_id)
    require(officer, "restructure.write", org=held.org)
    check_begins(held, WRITABLE)
    asked = next((each for each in parties_asked(held, day) if each.security_id == security_id), None)
    if asked is None or signed_on > day.on:
        raise FormWrong(
            message=_("没有这项担保，或签署日在营业日之后。"), hint=_("请从页面上的担保人名单办理。"),
            where={"field": "signed_on"},
        )  # fmt: skip
    found = read_content(content, inspection_rules(day.on).files)
    keep(consent_path(found.sha256), content)
    told = {
        "party_id": asked.party_id, "signed_on": signed_on, "name": plain_name(name, found.kind), "kind": found.kind,
        "sha256": found.sha256, "added_by": officer,
    }  # fmt: skip
    made, _is_new = Consent.objects.update_or_create(restructuring=held, security_id=security_id, defaults=told)
    record(officer, "restructure.consented", held, org=held.org, run_id=day.run_id, security=security_id,
           party=asked.party_id, sha256=found.sha256, signed_on=signed_on)  # fmt: skip
    return made


def consents_tell(officer: Officer, held: Restructuring, day: BusinessDay) -> None:
    """Tell the next night which guarantors agreed in writing, in the transaction that approves the restructuring.

    Without it the period of a guarantee stays where the first agreed day put it. Twice is once.
    Source  regulations DSP-45; Civil Code Art. 695.
    """
    rows = [
        legal_row(
            f"CNS-{each.consent.pk}", held.loan_id, "guarantor_consent", each.consent.signed_on,
            proof=each.consent.name, guarantee_id=each.security_id,
        )
        for each in parties_asked(held, day)
        if each.is_guarantee and each.consent is not None
    ]  # fmt: skip
    if rows:
        rows_give(
            rows_id=uuid5(held.pk, "consents"), table=TABLE, rows=rows, title=held.debtor_name,
            officer=officer, org=held.org, page=reverse("restructure:restructuring", args=[held.pk]),
        )  # fmt: skip
