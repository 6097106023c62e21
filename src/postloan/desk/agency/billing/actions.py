"""Payments that an agency reports, and its bills: made from what the ledger says, agreed to by a second person."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.agency.actions import APPROVE, WRITE, agency_held, rules_on
from postloan.desk.agency.billing.commission import Worked, commission
from postloan.desk.agency.billing.reconciling import lines_of
from postloan.desk.agency.models import Agency, Bill, Placement, Reported
from postloan.desk.core.actions import forbid_same_person, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.errors import FormWrong, NotFoundHere

_SCORE_MOST = 100


@dataclass(frozen=True)
class NewReport:
    """A payment as an agency reports it; ref is its own reference."""

    ref: str
    debtor_id: str
    paid_on: date
    amount_cents: int


@transaction.atomic
def payment_report(officer: Officer, agency: Agency, new: NewReport) -> Reported:
    """Take in a payment that an agency reports. The same reference again changes nothing.

    Permission  agency.report in the head office, and the agency's own account.
    Raises NotPermitted, NotFoundHere where no case of the debtor was placed with it; FormWrong.
    """
    require(officer, "agency.report", org=agency.org)
    known = Reported.objects.filter(agency=agency, ref=new.ref).first()
    if known is not None:
        return known
    mine = Placement.objects.filter(agency=agency, debtor_id=new.debtor_id, begins_on__isnull=False)
    placement = mine.order_by("-begins_on", "-pk").first()
    if placement is None:
        raise NotFoundHere(message=_("该客户的案件没有委托给这家机构。"), hint=_("请核对客户号。"))
    if new.amount_cents <= 0 or not new.ref.strip():
        raise FormWrong(message=_("金额或编号不对。"), hint=_("请对照接口说明。"), where={"field": "amount"})
    made = Reported.objects.create(
        agency=agency, placement=placement, ref=new.ref[:120], paid_on=new.paid_on, amount_cents=new.amount_cents
    )
    record(officer, "agency.reported", made, org=agency.org, debtor=new.debtor_id, amount_cents=new.amount_cents)
    return made


@transaction.atomic
def bill_propose(
    officer: Officer, agency_id: int, begins_on: date, ends_on: date, score: int, *, day: BusinessDay
) -> Bill:
    """Propose what an agency is paid for some days, by what the ledger says was recovered.

    Permission  agency.write in the head office. Raises NotPermitted, NotFoundHere, IllegalMove; FormWrong where the
                days lie in another bill or in the future, or nothing was worked.
    Source      COLL-21.
    """
    refuse_past(day)
    agency = agency_held(agency_id)
    require(officer, WRITE, org=agency.org)
    schedule = rules_on(day.on).schedule(agency.schedule)
    others = agency.bills.exclude(state=Bill.State.REFUSED)
    overlaps = others.filter(begins_on__lte=ends_on, ends_on__gte=begins_on).exists()
    if schedule is None or ends_on < begins_on or ends_on > day.on or overlaps or not 0 <= score <= _SCORE_MOST:
        raise FormWrong(
            message=_("结算期间或评分不对，或与另一次结算重叠。"),
            hint=_("请核对后再提交。"),
            where={"field": "begins_on"},
        )
    lines = lines_of(agency, begins_on, ends_on)
    if not lines:
        raise FormWrong(message=_("这段时间没有委托案件。"), hint=_("请核对期间。"), where={"field": "begins_on"})
    # Lines of before there was this word paid the fee in every bill.
    billed = {line["placement"] for bill in others for line in bill.lines if line.get("is_first", True)}
    worked = [
        Worked(each.placement.pk, each.ledger_cents, each.placement.share_e8, each.placement.pk not in billed)
        for each in lines
    ]
    paid = commission(worked, schedule, score)
    made = Bill.objects.create(
        state=Bill.State.PROPOSED, org=agency.org, agency=agency, begins_on=begins_on, ends_on=ends_on, score=score,
        recovered_cents=sum(each.ledger_cents for each in lines),
        reported_cents=sum(each.reported_cents for each in lines), total_cents=sum(paid.values()), proposed_by=officer,
        lines=[
            {"placement": each.placement.pk, "debtor_id": each.placement.debtor_id,
             "debtor_name": each.placement.debtor_name, "ledger_cents": each.ledger_cents,
             "reported_cents": each.reported_cents, "share_e8": each.placement.share_e8,
             "is_first": each.placement.pk not in billed, "paid_cents": paid[each.placement.pk]}
            for each in lines
        ],
    )  # fmt: skip
    record(officer, "agency.billed", made, org=agency.org, run_id=day.run_id, total_cents=made.total_cents, score=score)
    return made


@transaction.atomic
def bill_decide(
    officer: Officer, bill_id: int, verdict: str, *, reason: str, seen_version: int, day: BusinessDay
) -> Bill:
    """Agree to a bill, or turn it down: another person than who proposed it.

    Permission  agency.approve in the head office, for the amount. Move  proposed -> agreed or refused.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    held = Bill.objects.select_for_update(of=("self",)).select_related("org", "proposed_by").filter(pk=bill_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这次结算。"), hint=_("请从列表进入。"))
    require(officer, APPROVE, org=held.org, amount_cents=held.total_cents)
    forbid_same_person(officer, others=[held.proposed_by])
    is_agreed = verdict == "agree"
    said = reason.strip() if is_agreed else require_reason(reason)
    move(held, Bill.State.AGREED if is_agreed else Bill.State.REFUSED, seen_version=seen_version)
    held.decided_by = officer
    held.save(update_fields=["decided_by"])
    record(officer, "agency.bill_decided", held, org=held.org, run_id=day.run_id, reason=said, state=held.state)
    return held
