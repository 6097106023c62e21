"""Expected losses: against a plain reckoning in fractions, and what must hold of any loan."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from postloan.kernels.loss import (
    Convention,
    Exposures,
    Instalments,
    Losses,
    Severities,
    expected_losses,
    month_ends,
)
from postloan.models.curves import marginal_of

ON = np.datetime64("2026-10-31")
TODAY = int(ON.astype(int))
MONTHS = month_ends(ON, 120)
Floats = NDArray[np.float64]
MONTHLY = Convention(year=12, interest=1.0, part=1.0)


class Loan(NamedTuple):
    """One loan: instalments by days from today and cents."""

    balance: int
    rate: Fraction
    periods: int
    instalments: tuple[tuple[int, int], ...] = ()
    arrears: int = 0
    waiting: int = 0
    open: float = 1.0
    saved: float = 0.0
    worth: float = 0.0


def arrays(loans: list[Loan], hazards: list[list[float]]) -> tuple[Exposures, Instalments, Severities, Floats]:
    """What the kernel is given, all loans in one segment and every scenario with its own hazards."""
    ends = np.cumsum([len(loan.instalments) for loan in loans])
    rows = np.zeros(2 * len(loans), np.int64)
    rows[1::2], rows[2::2] = ends, ends[:-1]
    said = [row for loan in loans for row in loan.instalments]
    shape = (len(loans), len(hazards))
    costs = zip(*((loan.open, loan.saved, loan.worth) for loan in loans), strict=True)
    return (
        Exposures(
            np.array([loan.balance for loan in loans]), np.array([loan.arrears for loan in loans]),
            np.array([loan.waiting for loan in loans]), np.array([float(loan.rate) for loan in loans]),
            np.array([loan.periods for loan in loans], np.int32), np.zeros(len(loans), np.int32),
        ),
        Instalments(
            rows, np.array([TODAY + after for after, _ in said], np.int32),
            np.array([cents for _, cents in said], np.int64),
        ),
        Severities(*(np.array([[each] * shape[1] for each in column]) for column in costs)),
        marginal_of(np.array([hazards])),
    )  # fmt: skip


def losses(loans: list[Loan], hazards: list[list[float]], convention: Convention = MONTHLY) -> Losses:
    """The kernel's answer."""
    return expected_losses(*arrays(loans, hazards), period_ends=MONTHS, convention=convention, on=TODAY)


def plain(loan: Loan, hazards: list[float], convention: Convention = MONTHLY) -> tuple[float, float]:
    """The same in fractions, month after month, as a person would write it down."""
    survival, year, total = Fraction(1), Fraction(0), Fraction(0)
    owed, waiting, arrears = Fraction(loan.balance), Fraction(loan.waiting), Fraction(loan.arrears)
    left = list(loan.instalments)
    part, interest = Fraction(convention.part), Fraction(convention.interest)
    for month in range(1, loan.periods + 1):
        claim = owed + interest * (waiting + part * owed * loan.rate)
        shrinks = Fraction((1 + float(loan.rate)) ** -(month - 1 + convention.part))
        hazard = Fraction(hazards[month - 1])
        lost = Fraction(loan.open) * claim - Fraction(loan.saved) * min(claim, Fraction(loan.worth))
        total += survival * hazard * lost * shrinks
        if month <= convention.year:
            year = total
        survival *= 1 - hazard
        waiting += owed * loan.rate
        while left and (left[0][0] <= 0 or TODAY + left[0][0] <= MONTHS[month - 1]):
            after, cents = left.pop(0)
            if after > 0:
                owed, arrears, waiting = max(Fraction(0), owed - arrears - cents), Fraction(0), Fraction(0)
    return float(year), float(total)


def level(months: int, cents: int) -> tuple[tuple[int, int], ...]:
    """Equal principal at the end of each month."""
    return tuple((int(MONTHS[month - 1]) - TODAY, cents // months) for month in range(1, months + 1))


def spans(on: str, ends: NDArray[np.int32]) -> list[int]:
    """How many days each month has."""
    return np.diff(ends, prepend=int(np.datetime64(on).astype(int))).tolist()


def test_months_end_where_the_calendar_says() -> None:
    after_february = month_ends(np.datetime64("2026-02-28"), 3)
    assert spans("2026-02-28", after_february) == [31, 30, 31], "a month's last day is followed by last days"
    in_the_middle = month_ends(np.datetime64("2026-01-30"), 3)
    assert spans("2026-01-30", in_the_middle) == [29, 30, 31], "30 January, 28 February, 30 March, 30 April"
    leap = month_ends(np.datetime64("2028-01-29"), 2)
    assert spans("2028-01-29", leap) == [31, 29]


def test_a_loan_that_pays_by_the_month_is_what_a_person_reckons() -> None:
    hazards = [0.002] * 12 + [0.004] * 48
    loan = Loan(12_000_000, Fraction(1, 200), 36, level(36, 12_000_000), open=0.45)
    found = losses([loan], [hazards])
    assert (found.year[0, 0], found.lifetime[0, 0]) == pytest.approx(plain(loan, hazards), rel=1e-12)
    assert found.year[0, 0] < found.lifetime[0, 0]


def test_a_flat_balance_would_overstate_what_amortises() -> None:
    hazards = [0.003] * 120
    amortising = Loan(12_000_000, Fraction(1, 240), 120, level(120, 12_000_000))
    flat = amortising._replace(instalments=((int(MONTHS[119]) - TODAY, 12_000_000),))
    found = losses([amortising, flat], [hazards]).lifetime[:, 0]
    assert found[1] > 1.4 * found[0], "the trap of a flat path: half as much again on ten years"


def test_arrears_and_waiting_interest_fall_away_with_the_next_instalment() -> None:
    hazards = [0.01] * 12
    loan = Loan(1_000_000, Fraction(1, 100), 12, level(12, 900_000), arrears=100_000, waiting=30_000)
    found = losses([loan], [hazards])
    assert found.lifetime[0, 0] == pytest.approx(plain(loan, hazards)[1], rel=1e-12)
    assert found.year[0, 0] < losses([loan._replace(arrears=0)], [hazards]).year[0, 0], "arrears stay no longer"


def test_security_saves_no_more_than_the_claim() -> None:
    hazards = [0.02] * 24
    loan = Loan(1_000_000, Fraction(0), 24, open=0.9, saved=0.8, worth=400_000.0)
    more = [loan._replace(worth=worth) for worth in (0.0, 400_000.0, 1_000_000.0, 5_000_000.0)]
    found = losses(more, [hazards]).lifetime[:, 0]
    assert found[0] > found[1] > found[2]
    assert found[2] == found[3], "worth beyond the claim saves nothing more"


def test_what_the_market_leaves_open_moves_the_result() -> None:
    hazards = [0.01] * 36
    loan = Loan(1_000_000, Fraction(1, 100), 36, level(36, 1_000_000))
    whole = losses([loan], [hazards]).lifetime[0, 0]
    balance_only = losses([loan], [hazards], MONTHLY._replace(interest=0.0)).lifetime[0, 0]
    assert whole == pytest.approx(balance_only * 1.01, rel=1e-12), "paying monthly: one month's interest, exactly"
    middle = MONTHLY._replace(part=0.5)
    found = losses([loan], [hazards], middle)
    assert found.lifetime[0, 0] == pytest.approx(plain(loan, hazards, middle)[1], rel=1e-12)


def test_a_table_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="36"):
        losses([Loan(1_000_000, Fraction(0), 36)], [[0.01] * 12])


LOANS = st.lists(
    st.builds(
        lambda balance, rate, months, arrears, waiting, worth, saved: Loan(
            balance, Fraction(rate, 1200), months, level(months, balance - balance * arrears // 100),
            arrears=balance * arrears // 100, waiting=waiting, open=0.9, saved=saved / 100, worth=float(worth),
        ),
        st.integers(1, 10**12), st.integers(0, 24), st.integers(1, 120), st.integers(0, 90), st.integers(0, 10**6),
        st.integers(0, 10**12), st.integers(0, 90),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(LOANS, st.integers(0, 50), st.integers(0, 50))
def test_any_loans_are_what_a_person_reckons(loans: list[Loan], first: int, second: int) -> None:
    hazards = [[first / 1000] * 120, [second / 1000] * 120]
    found = losses(loans, hazards)
    for place, loan in enumerate(loans):
        for scenario, of_it in enumerate(hazards):
            year, lifetime = plain(loan, of_it)
            assert found.year[place, scenario] == pytest.approx(year, rel=1e-9, abs=1e-6)
            assert found.lifetime[place, scenario] == pytest.approx(lifetime, rel=1e-9, abs=1e-6)
            assert 0 <= found.year[place, scenario] <= found.lifetime[place, scenario] * (1 + 1e-12)
    if first <= second:
        assert (found.lifetime[:, 0] <= found.lifetime[:, 1] * (1 + 1e-12)).all(), "a higher hazard never costs less"


@given(LOANS, st.integers(0, 8))
def test_parting_the_loans_changes_no_bit(loans: list[Loan], cut: int) -> None:
    hazards = [[0.004] * 120]
    whole = losses(loans, hazards).lifetime
    parts = [losses(part, hazards).lifetime for part in (loans[:cut], loans[cut:]) if part]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


# Traps of risk.md ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_changes_no_bit(threads: int) -> None:
    book = [
        Loan(
            10**6 + at, Fraction(at % 24, 1200), 12 + at % 108, level(12 + at % 108, 10**6), saved=0.5, worth=at * 400.0
        )
        for at in range(3000)
    ]
    exposures, instalments, severities, defaults = arrays(book, [[0.004] * 120, [0.001] * 120, [0.02] * 120])

    def part(start: int, end: int) -> Losses:
        return expected_losses(
            Exposures(*(each[start:end] for each in exposures)),
            instalments._replace(rows=instalments.rows[2 * start : 2 * end]),
            Severities(*(each[start:end] for each in severities)), defaults,
            period_ends=MONTHS, convention=MONTHLY, on=TODAY,
        )  # fmt: skip

    whole = part(0, len(book))
    cuts = np.linspace(0, len(book), threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(20):
            parts = list(pool.map(part, cuts[:-1], cuts[1:]))
            assert np.concatenate([each.lifetime for each in parts]).tobytes() == whole.lifetime.tobytes()
            assert np.concatenate([each.year for each in parts]).tobytes() == whole.year.tobytes()


@given(LOANS, st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_all_scenarios_of_one_pass_are_what_each_is_by_itself(loans: list[Loan], hazards: list[int]) -> None:
    """Twelve months and lifetime, of any number of scenarios, however many are summed up at once."""
    together = losses(loans, [[each / 1000] * 120 for each in hazards])
    for place, each in enumerate(hazards):
        alone = losses(loans, [[each / 1000] * 120])
        assert together.year[:, place].tobytes() == alone.year[:, 0].tobytes()
        assert together.lifetime[:, place].tobytes() == alone.lifetime[:, 0].tobytes()


def test_no_interest_needs_no_formula_of_its_own() -> None:
    """At a rate of 0 a closed form divides by 0: here the loss is the sum of chances times what is owed."""
    loan, hazards = Loan(1_200_000, Fraction(0), 12, level(12, 1_200_000)), [0.01] * 12
    owed = [1_200_000 - 100_000 * month for month in range(12)]
    assert losses([loan], [hazards]).lifetime[0, 0] == pytest.approx(marginal_of(np.array(hazards)) @ owed, rel=1e-14)


@given(
    st.integers(1, 10**9), st.integers(1, 30), st.lists(st.integers(0, 400), min_size=1, max_size=24),
    st.integers(0, 100),
)  # fmt: skip
def test_the_loss_is_what_the_contract_is_worth_less_what_is_expected_to_be_received(
    balance: int, rate: int, hazards: list[int], lost: int
) -> None:
    """The way each loan may go is written out: paid until the month of its default, then a share of the claim.

    It is so only where a claim holds the interest since the last instalment; without, the two sides part.
    """
    months, monthly, share = len(hazards), Fraction(rate, 1200), Fraction(lost, 100)
    loan = Loan(balance, monthly, months, level(months, balance), open=float(share))
    falls = [cents for _, cents in loan.instalments]
    falls[-1] = balance - sum(falls[:-1])
    loan = loan._replace(instalments=tuple(zip([day for day, _ in loan.instalments], falls, strict=True)))
    owed = [balance - sum(falls[:month]) for month in range(months)]
    pays = [(falls[at] + owed[at] * monthly) / (1 + monthly) ** (at + 1) for at in range(months)]
    received, there = Fraction(0), Fraction(1)
    for at, hazard in enumerate(Fraction(each, 1000) for each in hazards):
        claim = owed[at] * (1 + monthly) / (1 + monthly) ** (at + 1)
        received += there * hazard * (sum(pays[:at]) + (1 - share) * claim)
        there *= 1 - hazard
    received += there * sum(pays)
    found = losses([loan], [[each / 1000 for each in hazards]])
    assert found.lifetime[0, 0] == pytest.approx(float(balance - received), rel=1e-9, abs=1e-6)


def test_rows_of_loan_month_and_scenario_are_never_written_down() -> None:
    """A peer took 66 kB a loan. Here a loan costs its results, whatever its months: 2 x 3 scenarios x 8 bytes."""
    hazards = [[0.004] * 120] * 3

    def taken(count: int) -> int:
        loans = [Loan(1_000_000, Fraction(1, 200), 120)] * count
        losses(loans, hazards)
        tracemalloc.start()
        losses(loans, hazards)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert (taken(3000) - taken(1000)) / 2000 < 600, "results, and the inputs that this test makes"
