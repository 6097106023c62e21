"""Every term of a schedule, against the formulas worked out slowly in fractions."""

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from postloan.kernels import daycount
from postloan.kernels.daycount import months_later, year_part
from postloan.kernels.exact import ROUNDINGS, level_at, rounded_over
from postloan.kernels.methods import (
    BULLET,
    EQUAL_PRINCIPAL,
    FLAT,
    INTEREST_ONLY,
    LEVEL,
    STEP_ARITHMETIC,
    STEP_GEOMETRIC,
)
from postloan.kernels.pricing import JANUARY, Publications, RateChanges, repricings
from postloan.kernels.roll import MODIFIED_FOLLOWING, NO_MOVES, PRECEDING, ROLLS, STAY, moves_of, rolled
from postloan.kernels.schedule import Rounding, lay_out
from postloan.kernels.terms import count, terms_of

EPOCH = date(1970, 1, 1)
ANNUITIES = (LEVEL, STEP_ARITHMETIC, STEP_GEOMETRIC)
ONE_E8 = 10**8


def rounded(value: Fraction, rounding: str = "half_up") -> int:
    floor, part = value // 1, value % 1
    if rounding == "half_even":
        return round(value)
    return int(floor) + {"half_up": part >= Fraction(1, 2), "up": part > 0, "down": False}[rounding]


def moved(day: int, roll: int, off: set[int]) -> int:
    """The definition: walk to the next working day; back, where that leaves the month."""

    def walked(step: int) -> int:
        at = day
        while at in off:
            at += step
        return at

    if roll == STAY:
        return day
    if roll == PRECEDING:
        return walked(-1)
    after = walked(1)
    month_of = [(EPOCH + timedelta(days=each)).month for each in (day, after)]
    return walked(-1) if roll == MODIFIED_FOLLOWING and month_of[0] != month_of[1] else after


@dataclass(frozen=True)
class Loan:
    lent: int
    rate: int
    begun: int
    matures: int
    method: int = LEVEL
    months: int = 1
    days: int = 0
    due_day: int = 15
    first_due: int = daycount.NEVER
    count: str = "30/360"
    roll: int = STAY
    moves: bool = False
    splits: bool = False
    fixed: int = 0
    plan: int = 0
    free: int = 0
    every: int = 1
    step: int = 0
    grows: bool = False
    changes: dict[int, int] = field(default_factory=dict)
    rounding: tuple[str, str] = ("half_up", "half_up")


Row = tuple[int, int, int]


def ours(loan: Loan, off: set[int]) -> list[Row]:
    calendar = moves_of(np.array(sorted(off), np.int32))
    terms = terms_of(
        disbursed_on=np.array([loan.begun]), first_due_on=loan.first_due, matures_on=loan.matures,
        period_months=loan.months, period_days=loan.days, due_day=loan.due_day, lent_cents=loan.lent,
        rate_e8=loan.rate, splits=loan.splits, method=loan.method, day_count=daycount.CODES[loan.count],
        roll=loan.roll, moves_interest=loan.moves, fixed_cents=loan.fixed, plan_periods=loan.plan,
        free_periods=loan.free, step_periods=loan.every, step=loan.step, may_grow=loan.grows,
    )  # fmt: skip
    changes = RateChanges(
        np.array([0, len(loan.changes)]), np.array(sorted(loan.changes), np.int32),
        np.array([loan.changes[day] for day in sorted(loan.changes)], np.int64),
    )  # fmt: skip
    rounding = Rounding(ROUNDINGS[loan.rounding[0]], ROUNDINGS[loan.rounding[1]])
    rows = lay_out(count(terms.disbursed_on, terms, calendar), terms, changes, calendar, rounding)
    return list(zip(rows.due_on.tolist(), rows.principal_cents.tolist(), rows.interest_cents.tolist(), strict=True))


def due_days(loan: Loan) -> list[int]:
    """Due days before maturity by the cycle, without the months that a plain count leaves out; then maturity."""
    start, gone = (loan.begun, 0) if loan.first_due == daycount.NEVER else (loan.first_due, 1)
    found = [loan.first_due] if gone else []
    for at in itertools.count(1):
        day = start + at * loan.days if loan.days else months_later(start, at * loan.months, loan.due_day)
        limit = loan.matures
        if not loan.days and not gone:
            begun, end = (EPOCH + timedelta(days=each) for each in (loan.begun, loan.matures))
            whole = (end.year - begun.year) * 12 + end.month - begun.month + (end.day > begun.day)
            limit = loan.matures if at * loan.months < whole else 0
        if day >= limit:
            return [each for each in found if each < loan.matures] + [loan.matures]
        found.append(day)
    raise AssertionError


def days_of(loan: Loan, since: int, until: int) -> Fraction:
    """The part of a year from one day to another."""
    whole = (months_later(since, 0, loan.due_day), months_later(since, loan.months, loan.due_day))
    if loan.count in {"30/360", "30E/360"} and not loan.days and (since, until) == whole:
        return Fraction(loan.months, 12)
    return Fraction(*year_part(since, until, daycount.CODES[loan.count]))


def first_amount(loan: Loan, left: int, rate: int, periods: int, begun: int) -> int:
    """P = Σ A_k v^k, solved for the first amount; every step is the one before times q plus G."""
    m = Fraction(rate * loan.months, 12 * ONE_E8)
    if loan.days:
        m = Fraction(rate * loan.days, ONE_E8 * (365 if loan.count in {"ACT/365", "ACT/ACT"} else 360))
    plus = loan.step if loan.method == STEP_ARITHMETIC else 0
    times = Fraction(loan.step, ONE_E8) if loan.method == STEP_GEOMETRIC else Fraction(1)
    worth, flat, v = Fraction(0), Fraction(0), 1 / (1 + m)
    for seq in range(1, periods + 1):
        steps = (begun + seq - 1) // loan.every
        worth += times**steps * v**seq
        flat += plus * steps * v**seq
    return max(0, rounded((left - flat) / worth, loan.rounding[1]))


def oracle(loan: Loan, off: set[int]) -> list[Row]:
    dues = due_days(loan) if loan.method != BULLET else [loan.matures]
    left, since, planned, even, rows = loan.lent, loan.begun, None, 0, []
    rate, is_annuity = loan.rate, loan.method in ANNUITIES
    for seq, nominal in enumerate(dues, start=1):
        due = moved(nominal, loan.roll, off)
        due = due if due > loan.begun else nominal
        until = due if loan.moves else nominal
        rate = next((loan.changes[day] for day in sorted(loan.changes, reverse=True) if day <= since), loan.rate)
        whole = days_of(loan, since, until)
        sum_of, now = rate * whole, rate
        for day in sorted(loan.changes):
            if loan.splits and since < day < until:
                rest = min(whole, Fraction(*year_part(day, until, daycount.CODES[loan.count])))
                sum_of += (loan.changes[day] - now) * rest
                now = loan.changes[day]
        base = loan.lent if loan.method == FLAT and left > 0 else left
        interest = rounded(base * sum_of / ONE_E8, loan.rounding[0])
        gone = seq - 1 - loan.free
        if seq < len(dues) and gone >= 0:
            if planned is None or (planned != rate and is_annuity and not loan.fixed):
                periods, planned = max(len(dues), loan.plan) - seq + 1, rate
                if is_annuity:
                    even = loan.fixed or first_amount(loan, left, rate, periods, gone % loan.every)
                else:
                    even = left // periods
            elif gone % loan.every == 0 and loan.method == STEP_ARITHMETIC:
                even = max(0, even + loan.step)
            elif gone % loan.every == 0 and loan.method == STEP_GEOMETRIC:
                even = rounded(Fraction(even * loan.step, ONE_E8))
        part = left
        if seq < len(dues):
            plan = interest
            if loan.count in {"30/360", "30E/360"} and not loan.days and not loan.fixed:
                plan = rounded(Fraction(base * rate * loan.months, 12 * ONE_E8), loan.rounding[0])
            part = {EQUAL_PRINCIPAL: even, FLAT: even, INTEREST_ONLY: 0}.get(loan.method, even - plan)
            part = min(left, part if loan.grows and is_annuity else max(0, part)) if gone >= 0 else 0
        rows.append((due, part, interest))
        left, since = left - part, until
    return rows


@st.composite
def loans(draw: st.DrawFn) -> Loan:
    begun = draw(st.integers(10_000, 25_000))
    months = draw(st.sampled_from([1, 1, 3, 5, 12]))
    matures = begun + draw(st.integers(1, 26)) * months * 30 + draw(st.integers(0, 40))
    days = draw(st.sampled_from([0, 0, 0, 7, 14]))
    if days:
        months, matures = 0, begun + draw(st.integers(1, 300))
    method = draw(
        st.sampled_from([LEVEL, LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY, STEP_ARITHMETIC, STEP_GEOMETRIC])
    )
    lent = draw(st.integers(1, 10**15))
    rates = st.integers(0, ONE_E8) | st.sampled_from([0, 3_450_000, 12_000_000])
    step = draw(st.integers(-lent // 500, lent // 500)) if method == STEP_ARITHMETIC else 0
    step = draw(st.integers(80_000_000, 120_000_000)) if method == STEP_GEOMETRIC else step
    first_due = draw(st.just(daycount.NEVER) | st.integers(begun + 1, min(matures, begun + 70)))
    return Loan(
        lent, draw(rates), begun, matures, method, months, days, draw(st.integers(1, 31)), first_due,
        draw(st.sampled_from(sorted(daycount.CODES))), draw(st.sampled_from(sorted(ROLLS.values()))),
        draw(st.booleans()), draw(st.booleans()), draw(st.just(0) | st.integers(1, lent)) if method == LEVEL else 0,
        draw(st.just(0) | st.integers(1, 60)) if method == LEVEL else 0, draw(st.just(0) | st.integers(0, 5)),
        draw(st.integers(1, 6)), step, draw(st.booleans()) and method == LEVEL,
        draw(st.dictionaries(st.integers(begun, matures), rates, max_size=4)),
        (draw(st.sampled_from(sorted(ROUNDINGS))), draw(st.sampled_from(sorted(ROUNDINGS)))),
    )  # fmt: skip


def is_clear(loan: Loan) -> bool:
    """Amounts that come out negative are cut at zero by the kernel at once and by the oracle row by row."""
    return not (loan.grows and loan.fixed)


@pytest.mark.parametrize(("first", "due_day"), [(17_622, 2), (17_622, 1), (17_623, 2), (17_623, 1), (17_623, 20)])
def test_a_first_due_day_stands_though_the_due_day_of_its_month_is_past_maturity(first: int, due_day: int) -> None:
    loan = Loan(1_000, 0, 17_553, 17_623, EQUAL_PRINCIPAL, first_due=first, due_day=due_day)
    assert ours(loan, set()) == oracle(loan, set())


@settings(max_examples=300, deadline=None)
@given(loans(), st.sets(st.integers(9_990, 26_000), max_size=200), st.booleans())
def test_every_schedule_is_the_slow_one(loan: Loan, off: set[int], has_weekends: bool) -> None:
    off |= {day for day in range(loan.begun, loan.matures + 40) if has_weekends and day % 7 in (2, 3)}
    assume(is_clear(loan))
    assert ours(loan, off) == oracle(loan, off)


@settings(max_examples=200, deadline=None)
@given(loans(), st.sets(st.integers(9_990, 26_000), max_size=200))
def test_principal_is_repaid_and_the_balance_is_never_negative(loan: Loan, off: set[int]) -> None:
    rows = ours(loan, off)
    balances = list(itertools.accumulate((-principal for _, principal, _ in rows), initial=loan.lent))
    assert balances[-1] == 0
    assert min(balances) >= 0
    assert all(interest >= 0 for *_, interest in rows)
    if not loan.grows:
        assert all(principal >= 0 for _, principal, _ in rows)
    dues = [due for due, *_ in rows]
    assert dues == sorted(dues)
    assert dues[0] > loan.begun


PLAIN = Loan(1_200_000, 12_000_000, 19_737, 20_103)  # 15 January 2024 to 15 January 2025


@given(st.integers(1, 10**13), st.integers(0, 5 * 10**7), st.integers(1, 10**7))
def test_a_higher_rate_never_costs_less(lent: int, rate: int, more: int) -> None:
    def cost(of: int) -> int:
        return sum(interest for *_, interest in ours(Loan(lent, of, PLAIN.begun, PLAIN.matures), set()))

    # Each of twelve rows is rounded once.
    assert cost(rate) <= cost(rate + more) + 12


@pytest.mark.parametrize("method", [LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY])
def test_a_neighbour_of_another_kind_changes_nothing(method: int) -> None:
    terms = terms_of(
        disbursed_on=np.array([PLAIN.begun] * 3), matures_on=PLAIN.matures, period_months=1, due_day=15,
        lent_cents=[500, PLAIN.lent, 10**15], rate_e8=PLAIN.rate, method=[STEP_GEOMETRIC, method, BULLET],
        step=90_000_000,
    )  # fmt: skip
    spans = count(terms.disbursed_on, terms, NO_MOVES)
    rows = lay_out(
        spans, terms, RateChanges(np.zeros(4, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)), NO_MOVES
    )
    alone = ours(Loan(PLAIN.lent, PLAIN.rate, PLAIN.begun, PLAIN.matures, method), set())
    span = slice(spans.first[1], spans.first[2])
    assert list(zip(rows.due_on[span], rows.principal_cents[span], rows.interest_cents[span], strict=True)) == alone


@given(st.integers(0, 10**15), st.integers(0, 366 * ONE_E8), st.sampled_from(sorted(ROUNDINGS)), st.integers(1, 2**61))
@example(5, 1, "half_even", 10)
@example(15, 1, "half_even", 10)
@example(10**15, 366 * ONE_E8, "up", 360 * ONE_E8)
def test_a_quotient_is_rounded_as_asked(amount: int, factor: int, rounding: str, divisor: int) -> None:
    exact = rounded(Fraction(amount * factor, divisor), rounding)
    if exact < 2**63:
        assert rounded_over(amount, factor, divisor, ROUNDINGS[rounding]) == exact


@given(st.integers(1, 10**12), st.integers(0, ONE_E8), st.integers(1, 36), st.sampled_from(sorted(ROUNDINGS)))
@example(100_000, 12_000_000, 1, "up")  # 101,000 cents exactly: nothing to round up
@example(5, 600_000_000, 2, "half_even")
def test_a_level_amount_is_rounded_as_asked(lent: int, rate: int, periods: int, rounding: str) -> None:
    m = Fraction(rate, 12 * ONE_E8)
    exact = Fraction(lent, periods) if rate == 0 else lent * m / (1 - (1 + m) ** -periods)
    assert level_at(lent, rate, 12 * ONE_E8, periods, ROUNDINGS[rounding]) == rounded(exact, rounding)


@given(st.sets(st.integers(100, 160)), st.integers(90, 170), st.sampled_from(sorted(ROLLS.values())))
@example({150, 151}, 150, MODIFIED_FOLLOWING)  # 31 May 1970: the next working day is in June
@example({151, 152}, 151, PRECEDING)
@example({151, 152}, 152, PRECEDING)
def test_a_day_rolls_to_a_working_day(off: set[int], day: int, roll: int) -> None:
    calendar = moves_of(np.array(sorted(off), np.int32))
    assert rolled(day, 0, roll, calendar) == moved(day, roll, off)
    assert rolled(day, 10**6, roll, calendar) == day


@settings(deadline=None)
@given(
    st.integers(15_000, 20_000), st.integers(1, 2_000), st.sampled_from([JANUARY, 0, 1, 3, 6, 12]),
    st.dictionaries(st.integers(14_000, 22_000), st.integers(0, 10**7), max_size=12), st.integers(-(10**7), 10**7),
    st.integers(14_000, 23_000), st.integers(14_000, 23_000),
)  # fmt: skip
@example(15_000, 100, 1, {15_000: 3, 15_031: 5}, 0, 14_000, 16_000)  # published on the repricing day itself
@example(15_000, 100, 1, {15_031: 5}, 0, 14_000, 15_031)
def test_a_floating_rate_is_the_one_published_by_each_repricing_day(
    begun: int, term: int, pace: int, published: dict[int, int], spread: int, stated_on: int, known_to: int
) -> None:
    days = [begun]
    if pace == JANUARY:
        days += [(date(year, 1, 1) - EPOCH).days for year in range((EPOCH + timedelta(days=begun)).year + 1, 2040)]
    elif pace:
        own_day = (EPOCH + timedelta(days=begun)).day
        days += [months_later(begun, at * pace, own_day) for at in range(1, 100)]
    expected = []
    for day, until in itertools.pairwise([*days, 10**6]):
        if pace and day <= known_to and day < begun + term:
            base = [published[on] for on in sorted(published) if on <= day]
            is_stated = not base or day <= max(stated_on, begun) < until
            expected.append((day, 777 if is_stated else max(0, base[-1] + spread)))
    one = np.zeros(1, np.int32)
    found, behind = repricings(
        one + begun, one + begun + term, one + pace, np.array([spread]), one, np.array([777]), one + stated_on,
        known_to,
        Publications(
            np.array([0, len(published)]), np.array(sorted(published), np.int32),
            np.array([published[on] for on in sorted(published)], np.int64),
        ),
    )  # fmt: skip
    assert list(zip(found.on.tolist(), found.rate_e8.tolist(), strict=True)) == expected
    rates = [777 if row < 0 else max(0, published[sorted(published)[row]] + spread) for row in behind.tolist()]
    assert found.rate_e8.tolist() == rates
