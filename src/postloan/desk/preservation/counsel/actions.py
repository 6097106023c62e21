"""What is done with counsel: firms put on the list, conflicts noted, mandates given, costs booked, results told."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from postloan.desk.core.actions import check_begins, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import SHORT_MOST, check_text
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import head_office
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.preservation.grants import APPROVE, WRITE, rules_on
from postloan.desk.preservation.models import Conflict, Firm, Lawyer, Mandate, MandateCost
from postloan.desk.preservation.queries import one_held
from postloan.errors import FormWrong, NotPermitted
from postloan.rules.figures import ONE_E8
from postloan.tables.said import SAID

State = Mandate.State
NO_MANDATES = Firm.Rating.D


@transaction.atomic
def firm_list(officer: Officer, given: Mapping[str, str], *, day: BusinessDay) -> Firm:
    """Put a firm on the bank's list, or say anew how it is rated and what it charges (律师事务所准入).

    given  name, licence, rating, fees, is_listed; a name that is known already is said anew.

    Permission  preservation.approve in head office: the list is of the whole bank. Leaves a firm, an audit entry.
    Raises NotPermitted, FormWrong.
    """
    refuse_past(day)
    require(officer, APPROVE, org=head_office())
    name, licence = (given.get(field, "").strip() for field in ("name", "licence"))
    if not name or not licence or given.get("rating") not in Firm.Rating.values:
        raise FormWrong(message=_("名称、执业许可证号和评级都要填写。"), hint=_("请补充后再提交。"))
    facts = {
        "licence": licence[:64], "rating": given["rating"], "fees": given.get("fees", "").strip()[:500],
        "is_listed": given.get("is_listed", "yes") == "yes",
    }  # fmt: skip
    before = Firm.objects.filter(name=name[:200]).values(*facts).first()
    made, _is_new = Firm.objects.update_or_create(
        name=name[:200], defaults=facts, create_defaults=facts | {"listed_on": day.on}
    )
    record(officer, "counsel.firm_listed", made, org=head_office(), run_id=day.run_id, before=before, after=facts)
    return made


@transaction.atomic
def lawyer_add(officer: Officer, firm_id: int, given: Mapping[str, str], *, day: BusinessDay) -> Lawyer:
    """Put a lawyer of a firm on the list. Permission preservation.approve in head office.

    Leaves a lawyer, an audit entry. Raises NotPermitted, FormWrong where the licence is known already.
    """
    refuse_past(day)
    require(officer, APPROVE, org=head_office())
    firm = one_held(Firm, firm_id)
    name, licence = (given.get(field, "").strip() for field in ("name", "licence"))
    if not name or not licence or Lawyer.objects.filter(licence=licence[:64]).exists():
        raise FormWrong(message=_("姓名和执业证号要填写，且执业证号不能重复。"), hint=_("请核对后再提交。"))
    made = Lawyer.objects.create(
        firm=firm, name=name[:100], licence=licence[:64], phone=given.get("phone", "").strip()[:40]
    )
    record(officer, "counsel.lawyer_listed", made, org=head_office(), run_id=day.run_id, firm=firm.name)
    return made


@transaction.atomic
def conflict_note(
    officer: Officer, org: Org, firm_id: int, debtor_id: str, *, reason: str, day: BusinessDay
) -> Conflict:
    """Note that a firm works for a debtor, or did: it takes no mandate against it (利益冲突). Twice is once.

    org  the debtor's office. Permission preservation.write there. Leaves a conflict, an audit entry.
    Raises NotPermitted, ReasonMissing.
    """
    refuse_past(day)
    require(officer, WRITE, org=org)
    firm, reason = one_held(Firm, firm_id), require_reason(reason, most=SHORT_MOST)
    made, is_new = Conflict.objects.get_or_create(
        firm=firm, debtor_id=debtor_id, defaults={"reason": reason, "noted_on": day.on, "noted_by": officer}
    )
    if is_new:
        record(officer, "counsel.conflict_noted", made, org=org, run_id=day.run_id, reason=reason, firm=firm.name,
               debtor_id=debtor_id)  # fmt: skip
    return made


@transaction.atomic
def mandate_give(
    officer: Officer, org: Org, *, mandate_id: UUID, firm_id: int, lawyer_id: int | None, debtor_id: str,
    debtor_name: str, matter: str, fee_kind: str, fee_cents: int, claim_cents: int, day: BusinessDay,
) -> Mandate:  # fmt: skip
    """Ask a firm to act against a debtor (委托代理). Twice with one mandate_id is once.

    org          the debtor's office; claim_cents what it owes there: caps of costs are shares of it.

    Permission  preservation.write in the office, for the claim.
    Leaves      a mandate, an audit entry.
    Raises NotPermitted, IllegalMove on a past day, FormWrong where the firm is not listed, rated too low, in conflict,
    the lawyer is of another one, or the fee passes its cap.
    """
    refuse_past(day)
    require(officer, WRITE, org=org, amount_cents=claim_cents)
    firm = one_held(Firm, firm_id)
    made = Mandate.objects.filter(pk=mandate_id).first()
    if made is not None:
        return made
    lawyer = None if lawyer_id is None else Lawyer.objects.filter(pk=lawyer_id, firm=firm).first()
    cap = rules_on(day).cap_of("lawyer")
    wrong = {
        _("该所不在名录内，或评级不接受委托。"): not firm.is_listed or firm.rating == NO_MANDATES,
        _("该所与该客户有利益冲突。"): firm.conflicts.filter(debtor_id=debtor_id).exists(),
        _("该律师不属于该所。"): lawyer_id is not None and lawyer is None,
        _("委托事项或收费方式没有填写。"): not matter.strip() or fee_kind not in Mandate.FeeKind.values,
        _("律师费超过上限。"): cap is not None and fee_cents > claim_cents * cap.share_e8 // ONE_E8,
    }
    if why := [text for text, is_wrong in wrong.items() if is_wrong]:
        raise FormWrong(message=" ".join(why), hint=_("请另选律师事务所，或修改后再提交。"))
    check_text(matter.strip(), "matter", SHORT_MOST)
    case = DisposalCase.objects.filter(debtor_id=debtor_id, state__in=DisposalCase.RUNNING).first()
    made = Mandate.objects.create(
        id=mandate_id, org=org, state=State.RUNNING, firm=firm, lawyer=lawyer, case=case, debtor_id=debtor_id,
        debtor_name=debtor_name[:200], matter=matter.strip(), fee_kind=fee_kind, fee_cents=fee_cents,
        claim_cents=claim_cents, opened_on=day.on, opened_by=officer,
    )  # fmt: skip
    record(officer, "counsel.mandated", made, org=org, run_id=day.run_id, firm=firm.name, debtor_id=debtor_id,
           fee_kind=fee_kind, fee_cents=fee_cents, claim_cents=claim_cents)  # fmt: skip
    return made


@transaction.atomic
def cost_book(
    officer: Officer, mandate_id: UUID, *, cost_id: UUID, kind: str, amount_cents: int, on: date, voucher: str,
    note: str, day: BusinessDay,
) -> MandateCost:  # fmt: skip
    """Book a cost of a mandate (登记费用). Twice with one cost_id is once.

    Permission  preservation.write in the office; past the cap of its kind preservation.approve, with a note.
    Leaves      a cost, the mandate's sum, an audit entry.
    Raises NotPermitted, FormWrong, ReasonMissing, IllegalMove where the mandate is over.
    """
    refuse_past(day)
    held = one_held(Mandate, mandate_id, "org")
    require(officer, WRITE, org=held.org)
    made = MandateCost.objects.filter(pk=cost_id).first()
    if made is not None:
        return made
    check_begins(held, [State.RUNNING])
    if kind not in SAID["mandate_cost"] or not voucher.strip() or on > day.on:
        raise FormWrong(
            message=_("费用种类、凭证号或日期不对。"),
            hint=_("请填写凭证号，日期不晚于营业日。"),
            where={"field": "kind"},
        )
    cap = rules_on(day).cap_of(kind)
    spent_cents = held.costs.filter(kind=kind).aggregate(sum=Sum("amount_cents", default=0))["sum"] + amount_cents
    is_over = cap is not None and spent_cents > held.claim_cents * cap.share_e8 // ONE_E8
    if is_over:
        _require_over(officer, held)
        require_reason(note)
    check_text(note.strip(), "note", SHORT_MOST)
    made = MandateCost.objects.create(
        id=cost_id, mandate=held, kind=kind, amount_cents=amount_cents, on=on, voucher=voucher.strip()[:200],
        note=note.strip(), is_over=is_over, made_by=officer,
    )  # fmt: skip
    Mandate.objects.filter(pk=held.pk).update(costs_cents=F("costs_cents") + amount_cents, version=F("version") + 1)
    record(officer, "counsel.cost_booked", held, org=held.org, run_id=day.run_id, reason=made.note, kind=kind,
           amount_cents=amount_cents, spent_cents=spent_cents, is_over=is_over)  # fmt: skip
    return made


def _require_over(officer: Officer, held: Mandate) -> None:
    try:
        require(officer, APPROVE, org=held.org)
    except NotPermitted as refused:
        raise FormWrong(
            message=_("该类费用累计超过上限。"),
            hint=_("超限费用由有批准权限的同事登记并说明理由。"),
            where=refused.where,
        ) from refused


@transaction.atomic
def mandate_close(
    officer: Officer, mandate_id: UUID, outcome: str, *, recovered_cents: int, result: str, seen_version: int,
    day: BusinessDay,
) -> Mandate:  # fmt: skip
    """Say what came of a mandate (登记结果): won, lost, settled or ended, and what was recovered.

    Permission  preservation.write in the office. Move running -> won, lost, settled or ended.
    Leaves      an audit entry. Raises NotPermitted, StaleView, IllegalMove, ReasonMissing, FormWrong.
    """
    refuse_past(day)
    held = one_held(Mandate, mandate_id, "org")
    require(officer, WRITE, org=held.org)
    if outcome not in Mandate.OVER:
        raise FormWrong(message=_("没有这种结果。"), hint=_("请从列表中选择。"), where={"field": "outcome"})
    held.recovered_cents, held.closed_on, held.result = recovered_cents, day.on, require_reason(result)
    move(held, outcome, seen_version=seen_version)
    held.save(update_fields=["recovered_cents", "closed_on", "result"])
    record(officer, "counsel.mandate_closed", held, org=held.org, run_id=day.run_id, reason=held.result,
           outcome=outcome, recovered_cents=recovered_cents, costs_cents=held.costs_cents)  # fmt: skip
    return held
