"""Rates: each balance stands where its rate changes next, to the cent, and a move is felt as the contract says.

Expected figures are reckoned here by the formulas themselves, in decimals of fifty digits.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_rows import RULEBOOK, Row, debtor, facts, inputs, instalments, loan, overdue_loan, payment, policy
from postloan.kernels.daycount import NEVER
from postloan.kernels.repricing import next_repricings, parted
from postloan.plan.inputs import Inputs
from postloan.plan.night import assess, planned
from postloan.plan.rates import Found, rates_of
from postloan.rules.rate_risk import APART, RateRiskLaw

ON = date(2024, 6, 30)
LAW = RULEBOOK.version("rate_risk", RateRiskLaw, ON)
BUCKETS = tuple(band.name for band in LAW.buckets)
PRIME = [
    {"series": "lpr_1y", "on": date(2023, 11, 20), "value": 0.0345},
    {"series": "lpr_1y", "on": date(2024, 2, 20), "value": 0.0335},
    {"series": "lpr_1y", "on": date(2024, 7, 20), "value": 0.0285},
]
"""With a spread of 0.55 % the loans below begin at 4 %, and are repriced to 3.9 % if nothing moves. What is published
after the day, though it is known by now, is none of its business."""

Mover = tuple[str, int]


def law_of(*moves: Mover) -> RateRiskLaw:
    cite = LAW.shocks[0].cite
    shocks = tuple(type(LAW.shocks[0]).model_construct(name=name, move_e8=move, cite=cite) for name, move in moves)
    return LAW.model_copy(update={"shocks": shocks})


def found(given: Inputs, *statements: Row, law: RateRiskLaw = LAW, on: date = ON) -> Found:
    rules = policy(on, book_of_record="postloan")
    given = replace(given, statement=facts("statement", *statements))
    loans, due = assess(given, rules, on=on).loans, planned(given, rules, on=on)
    return rates_of(loans, due, given, rules, law, on=on)


def gap(given: Inputs, on: date = ON) -> dict[str, int]:
    """The buckets that hold anything, in cents."""
    sums = found(given, on=on).gap.drop("product", "is_floating").sum().row(0, named=True)
    return {name: cents for name, cents in sums.items() if cents}


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def level(owed: int, rate: str, months: int) -> int:
    """The level instalment in cents, by the formula (servicing 3.1)."""
    with localcontext() as exact:
        exact.prec = 50
        m = Decimal(rate) / 12
        grown = (1 + m) ** months
        return half_up(owed * m * grown / (grown - 1))


def balances(owed: int, rate: str, months: int, paid: int) -> list[int]:
    """What is left after each of so many level instalments."""
    amount, left = level(owed, rate, months), [owed]
    for _ in range(paid):
        left.append(left[-1] - (amount - half_up(left[-1] * Decimal(rate) / 12)))
    return left


def mortgage(loan_no: int = 1, **terms: Any) -> Row:
    """12,000.00 over 24 months from 30 November 2023, repriced on its anniversary, which is a due day."""
    return loan(
        loan_no, principal_cents=1_200_000, disbursed_on=date(2023, 11, 30), matures_on=date(2025, 11, 30), due_day=30,
        annual_rate_e8=4_000_000, rate_kind="lpr_1y", spread_e8=550_000, reprices="anniversary",
        known_on=date(2023, 11, 30),
    ) | terms  # fmt: skip


def paid_up(loan_no: int, cents: int, *days: date) -> list[Row]:
    return [payment(loan_no, day, cents) for day in days]


DUE_SO_FAR = [date(2023, 12, 30), date(2024, 1, 30), date(2024, 2, 29), *(date(2024, m, 30) for m in (3, 4, 5, 6))]


def floating_bank(**terms: Any) -> Inputs:
    amount = level(1_200_000, "0.04", 24)
    return inputs(
        loan=[mortgage(**terms)], debtor=[debtor(legal_form="person", size_class="none")], market=PRIME,
        payment=paid_up(1, amount, *DUE_SO_FAR),
    )  # fmt: skip


# The gap -----------------------------------------------------------------------------------------------------------


def test_a_bound_belongs_to_the_bucket_that_it_ends() -> None:
    """A fixed loan by its instalments: months are those of the calendar, 30 July is one month after 30 June."""
    days = [(2024, 7, 1), (2024, 7, 30), (2024, 7, 31), (2024, 9, 30), (2024, 10, 1), (2024, 12, 30), (2024, 12, 31),
            (2025, 6, 30), (2025, 7, 1), (2026, 6, 30), (2027, 6, 30), (2029, 6, 30), (2029, 7, 1)]  # fmt: skip
    rows = [(date(*day), 1 << at, 0) for at, day in enumerate(days)]
    row = loan(1, method="scheduled", principal_cents=(1 << len(days)) - 1, disbursed_on=date(2024, 6, 1),
               matures_on=rows[-1][0])  # fmt: skip
    held = inputs(loan=[row], debtor=[debtor()], instalment=instalments(1, *rows))
    assert gap(held) == {
        "up_to_1m": 1 + 2, "up_to_3m": 4 + 8, "up_to_6m": 16 + 32, "up_to_1y": 64 + 128, "up_to_2y": 256 + 512,
        "up_to_3y": 1024, "up_to_5y": 2048, "over_5y": 4096,
    }  # fmt: skip


def test_a_fixed_loan_stands_by_its_instalments_to_the_cent() -> None:
    """1,200.00 at 12 % over a year, 106.62 a month: five were paid, seven are to come."""
    days = [date(2024, month, 15) for month in range(2, 7)]
    left = balances(120_000, "0.12", 12, 11)
    held = inputs(loan=[loan(1)], debtor=[debtor()], payment=paid_up(1, 10_662, *days))
    assert gap(held) == {
        "up_to_1m": left[5] - left[6], "up_to_3m": left[6] - left[8], "up_to_6m": left[8] - left[11],
        "up_to_1y": left[11],
    }  # fmt: skip
    assert (left[5] - left[6], left[11]) == (9_945, 10_554)


def test_a_loan_that_is_repriced_in_five_months_stands_there_but_for_what_falls_due_before() -> None:
    left = balances(1_200_000, "0.04", 24, 12)
    assert gap(floating_bank()) == {
        "up_to_1m": left[7] - left[8], "up_to_3m": left[8] - left[10], "up_to_6m": left[10],
    }  # fmt: skip
    assert sum(gap(floating_bank()).values()) == left[7] == 859_844


def test_a_rate_that_follows_on_the_day_itself_has_been_repriced() -> None:
    """On the anniversary the rate of the next year is in force already; none comes on or after maturity."""
    amount = level(1_200_000, "0.04", 24)
    rest = [date(2024, 7, 30), date(2024, 8, 30), date(2024, 9, 30), date(2024, 10, 30), date(2024, 11, 30)]
    held = inputs(loan=[mortgage()], debtor=[debtor()], market=PRIME, payment=paid_up(1, amount, *DUE_SO_FAR, *rest))
    assert found(held, on=date(2024, 11, 30)).treatments["treatment"].to_list() == ["no_more"]
    assert found(held, on=date(2024, 11, 29)).gap["is_floating"].to_list() == [True]


@pytest.mark.parametrize(("days", "where"), [(30, "overdue"), (91, "non_performing")])
def test_what_is_overdue_or_non_performing_is_in_no_bucket(days: int, where: str) -> None:
    row, due = overdue_loan(1, days, on=ON, cents=70_000)
    held = inputs(loan=[row], instalment=[due], debtor=[debtor(legal_form="person", size_class="none")])
    assert gap(held) == {where: 70_000}


def test_an_exposure_without_interest_has_no_rate() -> None:
    row = loan(1, exposure_kind="acceptance", method="bullet", annual_rate_e8=0)
    assert gap(inputs(loan=[row], debtor=[debtor()])) == {"no_interest": 120_000}


@given(
    st.lists(st.tuples(st.integers(-40, 4000), st.integers(0, 10**12)), max_size=12),
    st.integers(0, 10**13), st.integers(0, 10**12), st.integers(0, 100),
    st.one_of(st.none(), st.integers(1, 5000)), st.integers(-50, 5000),
)  # fmt: skip
def test_the_parts_of_a_balance_are_the_banks_share_of_it(
    rows: list[tuple[int, int]], balance: int, overdue: int, percent: int, reset: int | None, ends: int
) -> None:
    """Whatever the schedule: too short, too long, or of another debt. Without a share each part is what it says."""
    rows, own = sorted(rows), balance * percent // 100
    bounds = np.array([30, 90, 180], np.int32)
    parts = parted(
        np.array([0, len(rows)]), np.array([day for day, _ in rows], np.int32),
        np.array([cents for _, cents in rows], np.int64), np.array([balance]), np.array([overdue]), np.array([own]),
        np.array([NEVER if reset is None else reset], np.int32), np.array([ends], np.int32), bounds, 0,
    )[0]  # fmt: skip
    assert parts.sum() == own
    assert (parts >= 0).all()
    if percent == 100:
        assert parts.tolist() == told(rows, balance, overdue, reset, ends)


def told(rows: list[tuple[int, int]], balance: int, overdue: int, reset: int | None, ends: int) -> list[int]:
    """The convention read aloud."""
    parts, left = [0] * 5, max(0, balance - overdue)
    parts[4] = balance - left
    for day, cents in rows:
        if day > 0 and (reset is None or day < reset):
            taken = min(cents, left)
            parts[sum(day > bound for bound in (30, 90, 180))] += taken
            left -= taken
    last = max([ends, *(day for day, _ in rows)])
    day = last if reset is None else min(reset, last)
    parts[sum(day > bound for bound in (30, 90, 180)) if day > 0 else 4] += left
    return parts


@given(st.integers(0, 10_000), st.integers(1, 9_000), st.integers(1, 36), st.integers(0, 20_000))
def test_the_next_repricing_is_the_first_after_the_day(paid_out: int, term: int, months: int, on: int) -> None:
    from postloan.kernels.pricing import reprices_on  # noqa: PLC0415 - compiled on first use

    days = [reprices_on(paid_out, times, months) for times in range(1, 900)]
    expected = next((day for day in days if day > on), NEVER) if on >= paid_out else paid_out
    expected = expected if expected < paid_out + term else NEVER
    asked = (np.array([paid_out], np.int32), np.array([paid_out + term], np.int32), np.array([months], np.int32))
    assert next_repricings(*asked, on)[0] == expected


# The shock ---------------------------------------------------------------------------------------------------------


def month(given: Inputs, *moves: Mover) -> list[tuple[int, int]]:
    """What a month costs before and after each move."""
    shocks = found(given, law=law_of(*moves)).shocks
    rows = {row["shock"]: (row["before_cents"], row["after_cents"]) for row in shocks.to_dicts()}
    return [rows[name] for name, _ in moves]


def test_a_floating_loan_pays_a_new_level_amount_from_the_period_after_its_repricing() -> None:
    """Twelve instalments are left on 30 November 2024, at 3.9 % as published, and at 4.9 % after the move."""
    left = balances(1_200_000, "0.04", 24, 12)[12]
    assert month(floating_bank(), ("up", 1_000_000)) == [(level(left, "0.039", 12), level(left, "0.049", 12))]
    assert level(left, "0.039", 12) == 52_082


def test_a_rate_that_changes_inside_a_period_counts_from_the_next() -> None:
    """Repriced on 1 January: the period to 30 January keeps its rate, the one after it has ten instalments left."""
    left = balances(1_200_000, "0.04", 24, 14)[14]
    asked = month(floating_bank(reprices="yearly_jan_1", known_on=date(2024, 1, 1)), ("up", 1_000_000))
    assert asked == [(level(left, "0.039", 10), level(left, "0.049", 10))]


def test_a_plan_that_no_terms_make_keeps_its_principals() -> None:
    """按计划还款, half and half: from 30 November 2024 half a year at 3.9 % and at 4.9 %, 184 days over 360."""
    days = [date(2024, 5, 30), date(2024, 11, 30), date(2025, 6, 2), date(2025, 11, 30)]
    rows = [(day, 300_000, 0) for day in days]
    row = mortgage(method="scheduled", day_count="ACT/360", period_months=6)
    held = inputs(
        loan=[row], debtor=[debtor()], market=PRIME, instalment=instalments(1, *rows),
        payment=paid_up(1, 300_000, days[0]),
    )  # fmt: skip
    got = found(held, law=law_of(("up", 1_000_000)))
    assert got.treatments["treatment"].to_list() == ["by_plan"]
    # 600,000 cents for the days from 30 November to 2 June, and the principal of the row, over six months.
    paid = [
        half_up(Decimal(300_000 + half_up(600_000 * rate * 184 / 360)) / 6)
        for rate in (Decimal("0.039"), Decimal("0.049"))
    ]
    assert got.shocks.select("before_cents", "after_cents").row(0) == tuple(paid)


def test_a_move_of_nothing_changes_nothing_and_a_greater_move_costs_no_less() -> None:
    moves = [("none", 0), *((f"up_{bp}", bp * 10_000) for bp in (1, 50, 100, 200, 500))]
    asked = month(floating_bank(), *moves)
    assert asked[0][0] == asked[0][1]
    after = [paid for _, paid in asked]
    assert after == sorted(after)
    assert after[0] < after[1]
    assert len({before for before, _ in asked}) == 1


def test_a_rate_does_not_fall_below_nothing() -> None:
    left = balances(1_200_000, "0.04", 24, 12)[12]
    assert month(floating_bank(), ("down", -10_000_000))[0][1] == half_up(Decimal(left) / 12)


# What it is paid from ----------------------------------------------------------------------------------------------


def said(item: str, cents: int, day: date = date(2023, 12, 31), debtor_no: int = 1) -> Row:
    return {"debtor_no": debtor_no, "period_end_on": day, "item": item, "value_cents": cents}


@pytest.mark.parametrize(
    ("income", "counted"),
    [
        # 520.82 a month are 6,249.84 a year: at most 55 % of 11,363.35, and more than that of a cent less.
        (1_136_335, {"over_before": 0, "crosses": 1, "unknown": 0}),
        (1_136_334, {"over_before": 1, "crosses": 0, "unknown": 0}),
        (1_200_000, {"over_before": 0, "crosses": 0, "unknown": 0}),
        (None, {"over_before": 0, "crosses": 0, "unknown": 1}),
    ],
)
def test_a_person_passes_the_bound_where_instalments_are_more_of_the_income(
    income: int | None, counted: dict[str, int]
) -> None:
    told = [] if income is None else [said("annual_income", income)]
    (row,) = found(floating_bank(), *told, law=law_of(("up", 1_000_000))).shocks.to_dicts()
    assert row["kind"] == "pays_from_income"
    assert counted.items() <= row.items()
    crosses_cents = row["exposure_cents"] if counted["crosses"] else 0
    assert row["crosses_cents"] == crosses_cents
    assert row["unknown_cents"] == (row["exposure_cents"] if counted["unknown"] else 0)


def firm(*statements: Row) -> Row:
    """1,000,000.00 interest only: 3,250.00 a month at 3.9 %, 4,083.33 at 4.9 %, 9,999.96 more a year."""
    row = mortgage(method="interest_only", principal_cents=100_000_000)
    held = inputs(loan=[row], debtor=[debtor()], market=PRIME, payment=paid_up(1, 333_333, *DUE_SO_FAR))
    (sums,) = found(held, *statements, law=law_of(("up", 1_000_000))).shocks.to_dicts()
    assert (sums["kind"], sums["before_cents"], sums["after_cents"]) == ("pays_from_earnings", 325_000, 408_333)
    return sums


@pytest.mark.parametrize(
    ("statements", "over_before", "crosses", "unknown"),
    [
        # Earnings of 49,999.96 before interest and tax against interest of 40,000.00, then of 49,999.96.
        ([said("finance_expense", 4_000_000), said("total_profit", 999_996)], 0, 0, 0),
        ([said("finance_expense", 4_000_000), said("total_profit", 999_995)], 0, 1, 0),
        ([said("finance_expense", 4_000_000), said("net_profit", 900_000), said("income_tax", 99_996)], 0, 0, 0),
        ([said("interest_expense", 4_000_000), said("finance_expense", 1), said("total_profit", -1)], 1, 0, 0),
        ([said("total_profit", 999_996)], 0, 0, 1),
        ([said("finance_expense", 0), said("total_profit", 999_996)], 0, 0, 1),
        # A part of a year, and a year too old, say nothing.
        ([said(item, 10**7, date(2024, 3, 31)) for item in ("finance_expense", "total_profit")], 0, 0, 1),
        ([said(item, 10**7, date(2021, 12, 31)) for item in ("finance_expense", "total_profit")], 0, 0, 1),
    ],
)
def test_a_firm_passes_the_bound_where_earnings_do_not_cover_its_interest(
    statements: list[Row], over_before: int, crosses: int, unknown: int
) -> None:
    row = firm(*statements)
    assert (row["over_before"], row["crosses"], row["unknown"]) == (over_before, crosses, unknown)


def test_a_debtors_other_loans_are_paid_from_the_same_income() -> None:
    """A fixed loan of 106.62 a month beside it; it does not rise."""
    amount, days = level(1_200_000, "0.04", 24), [date(2024, number, 15) for number in range(2, 7)]
    held = inputs(
        loan=[mortgage(), loan(2)], debtor=[debtor(legal_form="person", size_class="none")], market=PRIME,
        payment=[*paid_up(1, amount, *DUE_SO_FAR), *paid_up(2, 10_662, *days)],
    )  # fmt: skip
    alone = month(floating_bank(), ("up", 1_000_000))[0]
    assert month(held, ("up", 1_000_000)) == [tuple(cents + 10_662 for cents in alone)]


def test_every_loan_on_the_book_is_told_how_it_is_reached() -> None:
    overdue, due = overdue_loan(3, 100, on=ON, debtor_no=3)
    spent = loan(
        4, 4, method="bullet", principal_cents=50_000, rate_kind="lpr_1y", reprices="monthly",
        disbursed_on=ON - timedelta(days=300), matures_on=ON + timedelta(days=200),
    )  # fmt: skip
    early = instalments(4, (ON - timedelta(days=10), 50_000, 0))
    of_two = paid_up(2, 10_662, *(date(2024, number, 15) for number in range(2, 7)))
    held = inputs(
        loan=[mortgage(), loan(2, 2), overdue, spent], instalment=[due, *early], market=PRIME,
        debtor=[debtor(number, legal_form="person", size_class="none") for number in range(1, 5)],
        payment=[*paid_up(1, level(1_200_000, "0.04", 24), *DUE_SO_FAR), *of_two],
    )  # fmt: skip
    got = found(held)
    treated = dict(got.treatments.select("treatment", "loans").iter_rows())
    assert treated == {"by_terms": 1, "fixed": 1, "non_performing": 1, "nothing_due": 1}
    total = got.gap.select(pl.sum_horizontal(*BUCKETS, *APART)).sum().item()
    assert got.treatments["own_share_outstanding_cents"].sum() == total
