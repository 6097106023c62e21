"""The demo bank's disposals: a debtor sued down to a second auction, and a write-off that waits for its papers."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.actions import NewPlan, plan_write
from postloan.desk.disposal.courts.actions import NewRound, NewStep, lawsuit_open, round_end, round_publish, step_take
from postloan.desk.disposal.deeds import WRITE, Deed
from postloan.desk.disposal.models import DisposalCase, Lawsuit
from postloan.desk.disposal.outcomes.actions import NewOutcome, outcome_draw_up
from postloan.desk.disposal.queries import bad_loans, cases_seen

_DAY = timedelta(days=1)
_COURT, _REFERENCE = "厦门市思明区人民法院", "（2026）闽0203民初1024号"
_CENTS = 100


def dispose_a_little(risk: Officer) -> None:
    """Let the risk manager work on the two debtors that owe most; where any was sued, nothing is done."""
    desk = Desk(risk, actions_of(risk), scope_of(risk, WRITE), None)
    if Lawsuit.objects.exists():
        return
    cases = list(cases_seen(desk).filter(state=DisposalCase.State.OPEN).order_by("-balance_cents", "debtor_id")[:2])
    for case in cases[:1]:
        _sue(desk, case)
    for case in cases[1:]:
        new = NewOutcome(bad_loans(desk, case)[0]["loan_id"], "write_off", ground="execution_ended")
        outcome_draw_up(risk, case.pk, _deed(desk, case.version, "法院终结本次执行，无可供执行财产。"), new)


def _sue(desk: Desk, case: DisposalCase) -> None:
    risk, on = desk.officer, desk.day.on
    plan = NewPlan("asset", "诉讼并拍卖抵押物；流拍的以物抵债。", on + 180 * _DAY, case.balance_cents // 2)
    plan_write(risk, case.pk, _deed(desk, case.version, "借款人停产，无还款来源。"), plan)
    opened = _deed(desk, case.version + 1, "")
    ids = [each["loan_id"] for each in bad_loans(desk, case)]
    lawsuit_open(risk, case.pk, opened, loan_ids=ids, claim_cents=case.debt_cents)
    suit = Lawsuit.objects.get(pk=opened.id)
    begins = on - 400 * _DAY
    steps = (("filing", 0, None), ("judgment", 90, case.debt_cents), ("enforcement", 130, None))
    for step, after, adjudged in steps:
        suit.refresh_from_db()
        new = NewStep(
            step, begins + after * _DAY, begins + 110 * _DAY if adjudged else None, _COURT, _REFERENCE, 8_000 * _CENTS,
            adjudged, None,
        )  # fmt: skip
        step_take(risk, suit.pk, _deed(desk, suit.version, ""), new)
    price = max(case.balance_cents, 100 * _CENTS)
    first = _publish(desk, suit, price, price * 7 // 10, on - 70 * _DAY)
    round_end(risk, first, _deed(desk, 1, ""), ended_on=on - 69 * _DAY, sold_cents=None)
    # Held a day after the thirty that the law gives: the page says so.
    _publish(desk, suit, price, price * 56 // 100, on - 38 * _DAY)


def _publish(desk: Desk, suit: Lawsuit, appraised_cents: int, start_cents: int, held_on: date) -> UUID:
    suit.refresh_from_db()
    sent = _deed(desk, suit.version, "")
    round_publish(desk.officer, suit.pk, sent, NewRound(
        asset_id="SF-0001", asset_name="思明区工业厂房", asset_kind="real_estate", appraised_cents=appraised_cents,
        start_cents=start_cents, deposit_cents=start_cents // 10, told_on=held_on - 36 * _DAY,
        notice_on=held_on - 31 * _DAY, held_on=held_on,
    ))  # fmt: skip
    return sent.id


def _deed(desk: Desk, seen_version: int, reason: str) -> Deed:
    return Deed(uuid4(), seen_version, reason, desk.day)
