"""Proceeds: what a later rank gets after those before it, and what a weak guarantee is worth."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from engine_rows import Row, debtor, inputs, instalments, loan, policy
from postloan.plan.inputs import Inputs, Neighbours
from postloan.plan.night import assess
from postloan.tables.neighbours import WEAKNESSES, CollateralClaim, WeakGuarantee

ON = date(2024, 6, 30)
LAW = policy(ON)
NET = 690_00
"""What a home of 1,000.00 brings: less a quarter, less 8 % of that."""


def pledge(loan_id: str, rank: int, cents: int, **says: Any) -> Row:
    return {
        "debtor_no": 1, "pledge_id": f"{loan_id}-{rank}", "collateral_id": "C", "secures_kind": "loan",
        "secures_id": loan_id, "rank": rank, "secured_cents": cents, "begins_on": date(2024, 1, 1),
    } | says  # fmt: skip


def book(owed: list[int], *pledges: Row, guarantees: tuple[Row, ...] = ()) -> Inputs:
    """Loans L1, L2, … of debtor 1 with what each owes; one owing nothing is repaid. C is a home of 1,000.00."""
    loans = [
        loan(at, principal_cents=cents or 100, method="scheduled", disbursed_on=date(2024, 1, 1))
        for at, cents in enumerate(owed, start=1)
    ]
    plan = [
        each for at, cents in enumerate(owed, start=1) for each in instalments(at, (date(2024, 12, 1), cents or 100, 0))
    ]
    paid = [
        {"loan_no": at, "payment_id": f"P{at}", "paid_on": date(2024, 2, 1), "amount_cents": 100}
        for at, cents in enumerate(owed, start=1) if not cents
    ]  # fmt: skip
    gone = [{"loan_no": at, "on": ON, "outstanding_cents": 0} for at, cents in enumerate(owed, start=1) if not cents]
    return inputs(
        loan=loans, debtor=[debtor()], instalment=plan, payment=paid, ledger=gone, pledge=list(pledges),
        guarantee=list(guarantees), collateral=[{"collateral_id": "C", "kind": "residential"}],
        valuation=[{"collateral_id": "C", "valued_on": date(2024, 1, 1), "value_cents": 1_000_00}],
    )  # fmt: skip


def brought(given: Inputs) -> dict[int, int]:
    measured = assess(given, LAW, on=ON).measured
    assert measured is not None
    found = measured.proceeds.group_by("loan_no").agg(pl.col("proceeds_cents").sum())
    return {number: cents for number, cents in found.iter_rows() if cents}


def beside(given: Inputs, *claims: tuple[int, int, int], weak: tuple[tuple[str, str, int], ...] = ()) -> Inputs:
    """The same inputs, with claims on C as (rank, debtor, cents) and weak guarantees as (id, weakness, cents)."""
    claimed = [
        {"collateral_id": "C", "rank": rank, "debtor_no": number, "secured_cents": cents}
        for rank, number, cents in claims
    ]
    weakened = [
        {"guarantee_id": name, "debtor_no": 1, "guarantor_no": 2, "weakness": weakness, "counts_cents": cents}
        for name, weakness, cents in weak
    ]
    schema = CollateralClaim.create_empty().schema, WeakGuarantee.create_empty().schema
    return replace(given, neighbours=Neighbours(
        CollateralClaim.validate(pl.DataFrame(claimed, schema=schema[0])),
        WeakGuarantee.validate(pl.DataFrame(weakened, schema=schema[1] | {"weakness": pl.Enum(WEAKNESSES)})),
    ))  # fmt: skip


# Ranks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "found"),
    [(NET, {}), (NET - 1, {1: 1}), (NET + 1, {}), (0, {1: NET}), (NET - 500_00, {1: 500_00}), (100_00, {1: 590_00})],
)
def test_a_later_rank_gets_what_claims_elsewhere_leave(prior: int, found: dict[int, int]) -> None:
    assert brought(book([9_000_00], pledge("L1", 2, 9_000_00, prior_claims_cents=prior))) == found


def test_a_later_rank_brings_nothing_where_nobody_knows_what_comes_before() -> None:
    given = book([9_000_00], pledge("L1", 2, 9_000_00))
    assert brought(given) == {}
    assert brought(book([9_000_00], pledge("L1", 1, 9_000_00))) == {1: NET}
    measured = assess(given, LAW, on=ON).measured
    assert measured is not None
    assert measured.earlier["taken_cents"].to_list() == [None]
    # The first rank is ours, the second is not: of the third nothing is known.
    assert brought(book([100_00, 900_00], pledge("L1", 1, 100_00), pledge("L2", 3, 900_00))) == {1: 100_00}
    told = pledge("L2", 3, 900_00, prior_claims_cents=200_00)
    assert brought(book([100_00, 900_00], pledge("L1", 1, 100_00), told)) == {1: 100_00, 2: NET - 300_00}


@pytest.mark.parametrize(
    ("first", "owed", "left"),
    [
        (NET, 9_000_00, {}), (NET - 1, 9_000_00, {2: 1}), (NET + 1, 9_000_00, {}),
        (9_000_00, NET - 1, {2: 1}),  # It secures no more than is owed.
        (9_000_00, 0, {2: NET}),  # Repaid: the rank is known, and takes nothing.
    ],
)  # fmt: skip
def test_an_earlier_rank_of_the_same_debtor_takes_what_it_secures(first: int, owed: int, left: dict[int, int]) -> None:
    found = brought(book([owed, 9_000_00], pledge("L1", 1, first), pledge("L2", 2, 9_000_00)))
    assert {number: cents for number, cents in found.items() if number == 2} == left


def test_a_rank_that_has_not_begun_is_no_rank_and_one_that_has_ended_takes_nothing() -> None:
    later = pledge("L2", 2, 900_00)
    assert brought(book([100_00, 900_00], pledge("L1", 1, 100_00, begins_on=date(2024, 7, 1)), later)) == {}
    ended = pledge("L1", 1, 100_00, ends_on=date(2024, 6, 29))
    assert brought(book([100_00, 900_00], ended, later)) == {2: NET}


@pytest.mark.parametrize(("taken", "found"), [(NET, {}), (NET - 1, {1: 1}), (NET + 1, {}), (0, {1: NET})])
def test_an_earlier_rank_of_another_debtor_takes_what_it_secures(taken: int, found: dict[int, int]) -> None:
    given = book([9_000_00], pledge("L1", 2, 9_000_00))
    assert brought(beside(given, (1, 7, taken), (2, 1, 9_000_00), (3, 8, 5_000_00))) == found
    assert brought(beside(given, (3, 7, taken))) == {}, "a rank behind says nothing of those before"


# Guarantees ------------------------------------------------------------------------------------------------------


def promise(name: str, cents: int) -> Row:
    return {
        "debtor_no": 1, "guarantee_id": name, "guarantor_id": "G", "secures_kind": "loan", "secures_id": "L1",
        "amount_cents": cents, "kind": "joint", "begins_on": date(2024, 1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("weak", "cents"),
    [
        ((), 200_00 + 100_00),
        ((("G1", "distressed", 1_000_00),), 100_00),
        ((("G1", "mutual", 1_000_00),), 100_00 + 100_00),  # half of the fifth
        ((("G1", "mutual", 300_01),), 30_00 + 100_00),
        ((("G2", "mutual", 0), ("G1", "distressed", 0)), 0),
        ((("G9", "distressed", 0),), 200_00 + 100_00),
    ],
)
def test_a_weak_guarantee_brings_less_of_what_counts(weak: tuple[tuple[str, str, int], ...], cents: int) -> None:
    """A fifth of 1,000.00 and of 500.00, which is all that is promised; 9,000.00 is owed."""
    given = book([9_000_00], guarantees=(promise("G1", 1_000_00), promise("G2", 500_00)))
    assert sum(brought(beside(given, weak=weak)).values()) == cents
