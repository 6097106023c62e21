"""The life of a loan: one event at a time, worked out by hand."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from postloan.errors import EventImpossible
from postloan.kernels import daycount
from postloan.kernels.daycount import NEVER, day_number, months_later
from postloan.kernels.life.plan import AFTER
from postloan.kernels.life.replay import live, settlement_quote, unpaid_since
from postloan.kernels.life.terms import (
    ALL_ALIKE,
    DAYS,
    FEE,
    INTEREST,
    INTEREST_FIRST,
    LAST,
    NEXT,
    NEXT_THEN_LAST,
    PENALTY,
    PRINCIPAL,
    SHORTER_TERM,
    SMALLER_INSTALMENT,
    Event,
    Kind,
    Policy,
    Terms,
)

START = day_number(2024, 1, 15)
TWELVE = Terms(rate_e8=12_000_000, periods=12, policy=INTEREST_FIRST)
LENT = Event(Kind.DISBURSE, START, 1_200_000)


def due(number: int) -> int:
    return months_later(START, number, 15)


@pytest.mark.parametrize(
    ("rule", "rows", "instalment"), [(SHORTER_TERM, 205, 471_668), (SMALLER_INSTALMENT, 300, 367_202)]
)
def test_a_mortgage_is_prepaid_after_five_years(rule: int, rows: int, instalment: int) -> None:
    """1,000,000 at 3.9 % over 360 months is 4,716.68 a month; after 60 and 200,000 more, 204.16 months or 3,672.02."""
    terms = Terms(rate_e8=3_900_000, periods=360, policy=INTEREST_FIRST)
    events = [Event(Kind.DISBURSE, START, 100_000_000)]
    events += [Event(Kind.PAY, due(number), 471_668) for number in range(1, 61)]
    events.append(Event(Kind.PREPAY, due(60), 20_000_000, number=rule))
    tail = [row for row in live(terms, events, on=due(60)).rows if row.due_on > due(60)]
    assert (len(tail), tail[0].asks_cents) == (rows, instalment)
    assert tail[-1].asks_cents <= instalment + rows // 2


def test_a_prepayment_between_due_days_settles_interest_to_the_day() -> None:
    prepaid_on = day_number(2024, 3, 1)
    terms = TWELVE._replace(day_count=daycount.ACT_360)
    level = live(terms, [LENT], on=START).rows[0].asks_cents
    events = [LENT, Event(Kind.PAY, due(1), level), Event(Kind.PREPAY, prepaid_on, 300_000, number=SMALLER_INSTALMENT)]
    life = live(terms, events, on=prepaid_on)
    interest = ((1_200_000 - life.rows[0].owed[PRINCIPAL]) * 15 * 12 + 18_000) // 36_000
    assert life.bookings[-1].went == (300_000 - interest, interest, 0, 0)
    assert [(row.starts_on, row.due_on) for row in life.rows[1:3]] == [(due(1), prepaid_on), (prepaid_on, due(2))]
    assert life.rows[1].settled_on == prepaid_on


# Other events, worked by hand ------------------------------------------------------------------------------------


def test_unpaid_principal_bears_interest_to_the_day_it_is_counted_to() -> None:
    terms = TWELVE._replace(day_count=daycount.ACT_360, periods=3)
    in_time = live(terms, [LENT], on=START).rows
    late = live(terms, [LENT], on=due(1) + 10).rows
    extra = Fraction(late[0].owed[PRINCIPAL] * 10 * 12, 36_000)
    assert late[1].owed[INTEREST] - in_time[1].owed[INTEREST] in (int(extra), int(extra) + 1)
    assert late[1].asks_cents == in_time[1].asks_cents, "the instalment stays; its principal gives way"
    waived = live(terms._replace(overdue_bears=False), [LENT], on=due(1) + 10).rows
    assert waived == in_time


def test_capitalised_interest_becomes_principal() -> None:
    life = live(TWELVE, [LENT, Event(Kind.CAPITALISE, due(2))], on=due(2))
    unpaid = life.bookings[-1].went[INTEREST]
    assert unpaid == 12_000 + 11_054 + 946  # two months' interest, the second with a month of arrears
    assert [row.gone[INTEREST] for row in life.rows[:2]] == [row.owed[INTEREST] for row in life.rows[:2]]
    assert sum(row.owed[PRINCIPAL] for row in life.rows) == 1_200_000 + unpaid


def test_what_is_past_due_is_spread_over_what_is_to_come() -> None:
    terms = Terms(rate_e8=0, periods=4, policy=INTEREST_FIRST)
    life = live(terms, [LENT, Event(Kind.REAMORTISE, due(2) + 3)], on=due(2) + 3)
    assert [row.owed[PRINCIPAL] for row in life.rows] == [0, 0, 600_000, 600_000]
    assert life.bookings[-1].went == (600_000, 0, 0, 0)
    assert unpaid_since(life.rows, due(2) + 3) == NEVER


def test_a_new_plan_takes_all_that_is_open() -> None:
    first = due(3) + 20
    life = live(TWELVE, [LENT, Event(Kind.REPLAN, due(3), until_on=first, number=6)], on=due(3))
    tail = [row for row in life.rows if row.due_on > due(3)]
    assert [row.due_on for row in tail] == [
        months_later(first, number, daycount.civil(first)[2]) for number in range(6)
    ]
    assert sum(row.owed[PRINCIPAL] for row in tail) == 1_200_000
    principal, interest, _, _ = life.bookings[-1].went
    assert principal == 1_200_000
    assert sum(row.owed[INTEREST] for row in tail) > interest > 0, "arrears of interest go into the new plan"


def test_acceleration_makes_all_due_on_the_day() -> None:
    day = due(2) + 5
    life = live(TWELVE, [LENT, Event(Kind.PAY, due(1), 106_619), Event(Kind.ACCELERATE, day)], on=day)
    assert [row.due_on for row in life.rows] == [due(1), due(2), day]
    assert sum(row.open_of(PRINCIPAL) for row in life.rows) == 1_200_000 - life.rows[0].owed[PRINCIPAL]
    assert unpaid_since(life.rows, day + 1) == due(2)


def test_a_written_off_loan_owes_nothing_here_and_cash_that_comes_waits() -> None:
    life = live(TWELVE, [LENT, Event(Kind.WRITE_OFF, due(4)), Event(Kind.PAY, due(5), 100)], on=due(5))
    assert life.open_cents() == 0
    assert life.bookings[1].went[PRINCIPAL] == 1_200_000
    assert life.suspense_cents == 100


def test_a_shift_moves_the_days_and_keeps_the_instalment() -> None:
    life = live(TWELVE, [LENT, Event(Kind.SHIFT, due(2), until_on=due(3))], on=START)
    assert [row.due_on for row in life.rows[:3]] == [due(1), due(3), due(4)]
    assert {row.asks_cents for row in life.rows[:-1]} == {106_619}
    assert life.rows[1].owed[INTEREST] == 2 * round(Fraction(1_200_000 - life.rows[0].owed[PRINCIPAL], 100))


def test_a_pause_takes_away_the_interest_of_its_days() -> None:
    terms = TWELVE._replace(day_count=daycount.ACT_360)
    for eve, first, last, days in [(False, 5, 9, 5), (True, 5, 9, 5), (False, 1, 9, 9), (True, 1, 9, 8)]:
        pause = Event(Kind.PAUSE_INTEREST, START + first, until_on=START + last)
        row = live(terms._replace(from_the_eve=eve), [LENT, pause], on=START).rows[0]
        assert row.owed[INTEREST] == 1_200_000 * 12 * (31 - days) // 36_000
        assert row.asks_cents == live(terms, [LENT], on=START).rows[0].asks_cents


def test_a_new_rate_works_from_its_day_or_from_the_eve() -> None:
    terms = TWELVE._replace(day_count=daycount.ACT_360)
    change = Event(Kind.CHANGE_RATE, START + 10, rate_e8=6_000_000)
    for eve, days in ((False, 10), (True, 9)):
        row = live(terms._replace(from_the_eve=eve), [LENT, change], on=START).rows[0]
        assert row.owed[INTEREST] == 1_200_000 * (12 * days + 6 * (31 - days)) // 36_000


def test_a_charge_after_the_last_due_day_has_a_row_of_its_own() -> None:
    life = live(TWELVE, [LENT, Event(Kind.CHARGE, due(12) + 9, 500, PENALTY, until_on=due(12) + 9)], on=due(12) + 9)
    assert (life.rows[-1].kind, life.rows[-1].due_on, life.rows[-1].owed) == (AFTER, due(12) + 9, [0, 0, 0, 500])


def test_a_quote_knows_of_reversals_and_not_of_later_days() -> None:
    paid = Event(Kind.PAY, due(1), 106_619)
    undone = [LENT, paid, Event(Kind.REVERSE, due(2), number=1), Event(Kind.PAY, due(4), 5_000)]
    assert settlement_quote(TWELVE, undone, on=due(3)) == settlement_quote(TWELVE, [LENT], on=due(3))
    assert settlement_quote(TWELVE, [LENT, paid], on=due(1)) == (1_200_000 - 94_619, 0, 0, 0)


def test_cash_in_suspense_pays_what_comes_to_be_owed() -> None:
    closing = sum(settlement_quote(TWELVE, [LENT], on=due(1)))
    events = [LENT, Event(Kind.PAY, due(1), closing + 300), Event(Kind.CHARGE, due(1) + 1, 200, until_on=due(1) + 1)]
    life = live(TWELVE, events, on=due(2))
    assert life.bookings[-1].went[FEE] == 200
    assert life.suspense_cents == life.bookings[-1].left_cents == 100


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([Event(Kind.PAY, START, 1)], "nothing has been paid out"),
        ([LENT, Event(Kind.REAMORTISE, due(12))], "no instalment is still to come"),
        ([LENT, Event(Kind.CAPITALISE, due(12))], "no instalment is still to come"),
        ([LENT, Event(Kind.SHIFT, due(2) + 1, until_on=due(3))], "no instalment is due on that day"),
        ([LENT, Event(Kind.REPLAN, due(2), until_on=due(3), number=0)], "at least one instalment"),
        ([LENT, Event(Kind.WRITE_OFF, due(2)), Event(Kind.EXTEND, due(3), number=1)], "written off"),
    ],
)
def test_an_event_without_a_place_is_refused(events: list[Event], why: str) -> None:
    with pytest.raises(EventImpossible, match=why) as refused:
        live(TWELVE, events, on=due(3))
    assert refused.value.code == "PL-L01"


@pytest.mark.parametrize(
    ("policy", "reaches"),
    [
        (lambda order: Policy(order, NEXT), [0, 1]),
        (lambda order: Policy(order, LAST), [0, 3]),
        (lambda order: Policy(order, NEXT_THEN_LAST), [0, 3]),
        (lambda order: Policy(order, ALL_ALIKE), [0, 1, 2, 3]),
    ],
)
def test_a_policy_says_which_future_instalments_are_paid(
    policy: Callable[[tuple[tuple[int, int], ...]], Policy], reaches: list[int]
) -> None:
    terms = Terms(rate_e8=0, periods=4, policy=policy(INTEREST_FIRST.order))
    day = START + 3 if terms.policy.future == NEXT_THEN_LAST else due(1)
    life = live(terms, [LENT, Event(Kind.PAY, day, 330_000)], on=day)
    assert [number for number, row in enumerate(life.rows) if sum(row.paid)] == reaches


def test_by_component_pays_a_component_of_every_instalment_first() -> None:
    order = tuple((stage, part) for stage in range(3) for part in (INTEREST, PRINCIPAL))
    events = [LENT, Event(Kind.PAY, due(3) + 1, 40_000)]
    by_row = live(TWELVE._replace(policy=Policy(order)), events, on=due(3) + 1)
    by_part = live(TWELVE._replace(policy=Policy(order, by_component=True)), events, on=due(3) + 1)
    assert [sum(row.paid) for row in by_row.rows[:3]] == [40_000, 0, 0]
    assert [row.paid[INTEREST] == row.owed[INTEREST] for row in by_part.rows[:3]] == [True, True, True]
    assert by_part.rows[0].paid[PRINCIPAL] == 40_000 - sum(row.owed[INTEREST] for row in by_part.rows[:3])


def test_terms_and_events_stay_as_they_are() -> None:
    events = [LENT, Event(Kind.PAY, due(1), 50_000), Event(Kind.PREPAY, due(2), 300_000)]
    before = list(events)
    assert live(TWELVE, events, on=due(3)) == live(TWELVE, events, on=due(3))
    assert events == before


def test_periods_of_days_are_days_apart() -> None:
    terms = Terms(rate_e8=0, periods=3, policy=INTEREST_FIRST, every=15, unit=DAYS)
    assert [row.due_on - START for row in live(terms, [LENT], on=START).rows] == [15, 30, 45]
