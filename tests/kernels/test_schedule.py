"""Built schedules: what holds of every one, and an oracle that works each out the slow way from the formulas."""

import calendar
import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from postloan.kernels import daycount
from postloan.kernels.daycount import year_part
from postloan.kernels.exact import level_instalment
from postloan.kernels.schedule import BULLET, CODES, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY, LEVEL, build, count_rows

EPOCH = date(1970, 1, 1)
METHODS = [LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY, BULLET]


@dataclass(frozen=True)
class Loan:
    """The terms of a loan; where it is taken on, on which day and with which balance."""

    lent_cents: int
    rate_e8: int
    paid_out: date
    matures: date
    method: int = LEVEL
    months: int = 1
    due_day: int = 15
    count: str = "30/360"
    fixed_cents: int = 0
    taken_on: date | None = None
    balance_cents: int | None = None


Row = tuple[int, date, int, int]


def schedule_of(*loans: Loan) -> list[list[Row]]:
    """What the kernel builds: per loan its rows of number, due day, principal and interest."""

    def days(values: list[Any]) -> np.ndarray:
        numbers = [(value - EPOCH).days if isinstance(value, date) else value for value in values]
        return np.array(numbers, np.int32)

    def cents(values: list[int]) -> np.ndarray:
        return np.array(values, np.int64)

    calendar_of = (
        days([loan.taken_on or loan.paid_out for loan in loans]),
        days([loan.paid_out for loan in loans]),
        days([loan.matures for loan in loans]),
        days([loan.months for loan in loans]),
        days([loan.due_day for loan in loans]),
        days([loan.method for loan in loans]),
    )
    first = count_rows(*calendar_of)
    balances = [loan.lent_cents if loan.balance_cents is None else loan.balance_cents for loan in loans]
    seqs, due_on, principal_cents, interest_cents = build(
        first, cents(balances), cents([loan.lent_cents for loan in loans]), *calendar_of[1:],
        cents([loan.rate_e8 for loan in loans]), days([daycount.CODES[loan.count] for loan in loans]),
        cents([loan.fixed_cents for loan in loans]),
    )  # fmt: skip
    rows = [
        (int(seq), EPOCH + timedelta(days=int(due)), int(principal), int(interest))
        for seq, due, principal, interest in zip(seqs, due_on, principal_cents, interest_cents, strict=True)
    ]
    return [rows[start:end] for start, end in itertools.pairwise(first)]


def later(day: date, months: int, due_day: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(due_day, calendar.monthrange(year, month)[1]))


def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)


def interest_of(base_cents: int, loan: Loan, since: date, until: date, day: int) -> int:
    """Interest of one period: whole months are equal under 30/360, everything else is counted in days."""
    rate, months = Fraction(loan.rate_e8, 10**8), (until.year - since.year) * 12 + until.month - since.month
    is_whole = months > 0 and (since, until) == (later(since, 0, day), later(until, 0, day))
    if loan.count in ("30/360", "30E/360") and is_whole:
        return half_up(base_cents * rate * months / 12)
    numbers = ((since - EPOCH).days, (until - EPOCH).days, daycount.CODES[loan.count])
    return half_up(base_cents * rate * Fraction(*year_part(*numbers)))


def oracle(loan: Loan) -> list[Row]:
    """The formulas of the repayment methods, one row after the other, from paying out."""
    dues = []
    if loan.method != BULLET:
        step = 1
        while later(loan.paid_out, step * loan.months, loan.due_day) < loan.matures and covers(loan, step):
            dues.append(later(loan.paid_out, step * loan.months, loan.due_day))
            step += 1
    dues.append(loan.matures)
    periods, left, since, rows = len(dues), loan.lent_cents, loan.paid_out, []
    level = loan.fixed_cents or level_instalment(loan.lent_cents, loan.rate_e8, loan.months, periods)
    for seq, due in enumerate(dues, start=1):
        base = loan.lent_cents if loan.method == FLAT and left else left
        interest = interest_of(base, loan, since, due, loan.paid_out.day if loan.method == BULLET else loan.due_day)
        planned = interest
        if loan.count in ("30/360", "30E/360") and not loan.fixed_cents:
            planned = half_up(Fraction(base * loan.rate_e8 * loan.months, 12 * 10**8))
        principal = {
            LEVEL: min(left, max(0, level - planned)),
            EQUAL_PRINCIPAL: loan.lent_cents // periods,
            FLAT: loan.lent_cents // periods,
        }.get(loan.method, 0)
        principal = left if seq == periods else principal
        rows.append((seq, due, principal, interest))
        left, since = left - principal, due
    return rows


def months_begun(loan: Loan) -> int:
    months = (loan.matures.year - loan.paid_out.year) * 12 + loan.matures.month - loan.paid_out.month
    return months + (loan.matures.day > loan.paid_out.day)


def covers(loan: Loan, step: int) -> bool:
    """Whether the term has more periods than `step`, a begun one counted whole."""
    return step * loan.months < months_begun(loan)


@st.composite
def loans(draw: st.DrawFn, methods: list[int] = METHODS) -> Loan:
    paid_out = draw(st.dates(date(1995, 1, 1), date(2040, 12, 31)))
    months = draw(st.sampled_from([1, 1, 1, 3, 6, 12]))
    term = draw(st.integers(1, 60)) * months
    is_even = draw(st.booleans())
    due_day = paid_out.day if is_even else draw(st.integers(1, 31))
    matures = later(paid_out, term, paid_out.day) + timedelta(days=0 if is_even else draw(st.integers(-10, 20)))
    assume(matures > paid_out)
    return Loan(
        lent_cents=draw(st.integers(0, 10**13)),
        rate_e8=draw(st.sampled_from([0, 3_450_000, 12_000_000]) | st.integers(0, 10**8)),
        paid_out=paid_out,
        matures=matures,
        method=draw(st.sampled_from(methods)),
        months=months,
        due_day=due_day,
        count=draw(st.sampled_from(sorted(daycount.CODES))),
        fixed_cents=draw(st.just(0) | st.integers(1, 10**11)),
    )


@settings(max_examples=250)
@given(loans())
def test_it_agrees_with_the_formulas_row_by_row(loan: Loan) -> None:
    assert schedule_of(loan) == [oracle(loan)]


@settings(max_examples=150)
@given(loans())
def test_what_holds_of_every_schedule(loan: Loan) -> None:
    (rows,) = schedule_of(loan)
    dues = [due for _, due, _, _ in rows]
    assert sum(principal for _, _, principal, _ in rows) == loan.lent_cents
    assert all(principal >= 0 and interest >= 0 for _, _, principal, interest in rows)
    assert dues == sorted(set(dues)), "no two instalments on one day"
    assert dues[0] > loan.paid_out
    assert dues[-1] == loan.matures
    assert [seq for seq, *_ in rows] == list(range(1, len(rows) + 1))


@settings(max_examples=150)
@given(loans(), st.data())
def test_taken_on_with_the_balance_of_its_plan_a_loan_keeps_its_plan(loan: Loan, data: st.DataObject) -> None:
    """To the cent: a level amount that came out one cent higher would leave every payer overdue."""
    (whole,) = schedule_of(loan)
    gone = data.draw(st.integers(0, len(whole) - 1))
    since = whole[gone - 1][1] if gone else loan.paid_out
    taken_on = since + timedelta(days=data.draw(st.integers(0, (whole[gone][1] - since).days - 1)))
    left = sum(principal for _, _, principal, _ in whole[gone:])
    assert schedule_of(replace(loan, taken_on=taken_on, balance_cents=left)) == [whole[gone:]]


@settings(max_examples=100)
@given(loans(), st.data(), st.integers(0, 10**13))
def test_taken_on_with_another_balance_it_repays_that(loan: Loan, data: st.DataObject, balance_cents: int) -> None:
    (whole,) = schedule_of(loan)
    taken_on = data.draw(st.dates(loan.paid_out, loan.matures + timedelta(days=400)))
    (rows,) = schedule_of(replace(loan, taken_on=taken_on, balance_cents=balance_cents))
    assert [due for _, due, _, _ in rows] == [due for _, due, _, _ in whole if due > taken_on]
    if rows:
        assert sum(principal for _, _, principal, _ in rows) == balance_cents
        assert all(principal >= 0 and interest >= 0 for _, _, principal, interest in rows)
        if balance_cents == 0:
            assert sum(interest for _, _, _, interest in rows) == 0


@given(st.lists(loans(), min_size=1, max_size=8), st.integers(1, 5))
def test_a_loan_does_not_know_its_neighbours(book: list[Loan], parts: int) -> None:
    whole = schedule_of(*book)
    assert whole == [rows for loan in book for rows in schedule_of(loan)]
    for at in range(parts):
        if book[at::parts]:
            assert schedule_of(*book[at::parts]) == whole[at::parts]


YEAR = Loan(12_000_00, 12_000_000, date(2024, 1, 15), date(2025, 1, 15))


def amounts(loan: Loan) -> list[tuple[int, int]]:
    return [(principal, interest) for _, _, principal, interest in schedule_of(loan)[0]]


def test_a_level_instalment_is_level_and_the_last_row_takes_the_rest() -> None:
    totals = [principal + interest for principal, interest in amounts(YEAR)]
    assert totals == [106_619] * 11 + [106_614]


def test_a_fixed_level_amount_is_followed_and_the_rest_falls_due_at_maturity() -> None:
    rows = amounts(replace(YEAR, fixed_cents=50_000))
    assert [principal + interest for principal, interest in rows[:-1]] == [50_000] * 11
    assert rows[-1][0] == 12_000_00 - sum(principal for principal, _ in rows[:-1])


def test_equal_principal_falls_by_the_interest_saved() -> None:
    rows = amounts(replace(YEAR, method=EQUAL_PRINCIPAL))
    assert rows[:3] == [(100_000, 12_000), (100_000, 11_000), (100_000, 10_000)]


def test_a_flat_rate_is_charged_on_what_was_lent_to_the_end_even_after_a_take_on() -> None:
    flat = replace(YEAR, method=FLAT)
    assert amounts(flat) == [(100_000, 12_000)] * 12
    assert amounts(replace(flat, taken_on=date(2024, 12, 15), balance_cents=100_000)) == [(100_000, 12_000)]


def test_interest_only_repays_at_the_end() -> None:
    assert amounts(replace(YEAR, method=INTEREST_ONLY)) == [(0, 12_000)] * 11 + [(1_200_000, 12_000)]


def test_a_bullet_has_one_instalment_at_maturity_with_the_interest_of_the_whole_term() -> None:
    """Eleven empty instalments before it would hide the interest that has run until the last month."""
    bullet = replace(YEAR, method=BULLET)
    whole = [(1, date(2025, 1, 15), 1_200_000, 144_000)]
    assert schedule_of(bullet) == [whole]
    assert schedule_of(replace(bullet, taken_on=date(2024, 9, 30), balance_cents=1_200_000)) == [whole]
    assert amounts(replace(bullet, matures=date(2025, 1, 25))) == [(1_200_000, 148_000)], "and 10 days of 30/360"


@pytest.mark.parametrize("method", METHODS)
def test_a_loan_of_one_day_has_one_day_of_interest(method: int) -> None:
    """Not a month of it."""
    assert amounts(replace(YEAR, matures=date(2024, 1, 16), method=method)) == [(1_200_000, 400)]


def test_an_odd_first_period_is_charged_by_the_day_and_leaves_the_plan_of_principal() -> None:
    even, odd = amounts(YEAR), amounts(replace(YEAR, due_day=20))
    assert [principal for principal, _ in odd] == [principal for principal, _ in even]
    assert odd[0][1] == 14_000, "35 days of 30/360"
    assert odd[-1][1] == half_up(Fraction(even[-1][0] * 12 * 25, 100 * 360)), "25 days to maturity"


def test_no_instalment_shares_the_day_of_maturity() -> None:
    """A due day that would come after maturity adds no row."""
    rows = schedule_of(Loan(900_00, 0, date(2024, 1, 5), date(2024, 4, 10), due_day=20))[0]
    assert [due for _, due, _, _ in rows] == [date(2024, 2, 20), date(2024, 3, 20), date(2024, 4, 10)]


def test_a_take_on_inside_a_period_owes_the_interest_of_the_whole_period() -> None:
    """What had run before the take-on is in the opening as accrued, and falls due with the rest of the period."""
    half_way = replace(YEAR, method=INTEREST_ONLY, count="ACT/360", taken_on=date(2024, 3, 1), balance_cents=1_200_000)
    assert amounts(half_way)[0] == (0, half_up(Fraction(1_200_000 * 12 * 29, 100 * 360))), "15 February to 15 March"


def test_every_method_that_can_be_built_has_a_code() -> None:
    assert set(METHODS) < set(CODES.values())
