"""Cover: what a security secures, up to what amount, and that spreading it loses no cent."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import Row, debtor, facts, inputs, instalments, loan, policy
from postloan.plan.night import assess
from postloan.steps.cover import cover
from postloan.steps.security_ties import security_ties

ON = date(2024, 6, 30)
LAW = policy(ON)


def owing(*balances: int, **says: Any) -> list[Row]:
    """Loans paid out on the 1st of January, February and so on, nothing repaid."""
    return [
        loan(at, principal_cents=cents, method="scheduled", disbursed_on=date(2024, at, 1), contract_id="K1") | says
        for at, cents in enumerate(balances, start=1)
    ]


def pledge(kind: str, name: str, cents: int, **says: Any) -> Row:
    return {
        "debtor_no": 1, "pledge_id": f"{name}-{cents}", "collateral_id": "C", "secures_kind": kind, "secures_id": name,
        "rank": 1, "secured_cents": cents, "begins_on": date(2024, 1, 1),
    } | says  # fmt: skip


def guarantee(kind: str, name: str, cents: int, **says: Any) -> Row:
    return {
        "debtor_no": 1, "guarantee_id": f"{name}-{cents}", "guarantor_id": "G", "secures_kind": kind,
        "secures_id": name, "amount_cents": cents, "kind": "joint", "begins_on": date(2024, 1, 1),
    } | says  # fmt: skip


def secured(loans: list[Row], *pledges: Row, guarantees: tuple[Row, ...] = ()) -> list[int]:
    plan = [
        each for row in loans for each in instalments(row["loan_no"], (date(2024, 12, 1), row["principal_cents"], 0))
    ]
    given = inputs(
        loan=loans, debtor=[debtor()], instalment=plan, pledge=list(pledges), guarantee=list(guarantees),
        contract=[{"debtor_no": 1, "contract_id": "K1", "facility_id": "F1"}],
    )  # fmt: skip
    return assess(given, LAW, on=ON).loans["secured_cents"].to_list()


def test_a_loan_is_told_by_itself_its_contract_or_its_facility() -> None:
    loans = owing(100, 300)
    assert secured(loans) == [0, 0]
    assert secured(loans, pledge("loan", "L2", 50)) == [0, 50]
    assert secured(loans, pledge("contract", "K1", 200)) == [50, 150]
    assert secured(loans, pledge("facility", "F1", 200)) == [50, 150]
    assert secured(loans, pledge("facility", "K1", 200)) == [0, 0]
    assert secured(owing(100, contract_id=None), pledge("contract", "K1", 200)) == [0]
    assert secured(loans, guarantees=(guarantee("contract", "K1", 4),)) == [1, 3]


def test_a_security_gives_no_more_than_is_owed_and_two_no_more_than_all() -> None:
    assert secured(owing(100, 300), pledge("contract", "K1", 1_000)) == [100, 300]
    assert secured(owing(100), pledge("loan", "L1", 60), guarantees=(guarantee("loan", "L1", 60),)) == [100]
    assert secured(owing(100), pledge("loan", "L1", 60), guarantees=(guarantee("loan", "L1", 30),)) == [90]


@pytest.mark.parametrize(
    ("says", "found"),
    [
        # Ordinary security holds on its days.
        ({"ends_on": ON}, [100, 100, 100]),
        ({"ends_on": date(2024, 6, 29)}, [0, 0, 0]),
        ({"begins_on": ON}, [100, 100, 100]),
        ({"begins_on": date(2024, 7, 1)}, [0, 0, 0]),
        # Maximum-amount security holds what arose in its period, and keeps it.
        ({"is_maximum_amount": True, "ends_on": date(2024, 2, 1)}, [100, 100, 0]),
        ({"is_maximum_amount": True, "ends_on": date(2024, 1, 31)}, [100, 0, 0]),
        ({"is_maximum_amount": True, "begins_on": date(2024, 2, 1)}, [0, 100, 100]),
        ({"is_maximum_amount": True, "begins_on": date(2024, 2, 2)}, [0, 0, 100]),
        ({"is_maximum_amount": True, "begins_on": date(2024, 2, 1), "ends_on": date(2024, 2, 29)}, [0, 100, 0]),
    ],
)
def test_which_loans_are_secured_on_the_day(says: Row, found: list[int]) -> None:
    assert secured(owing(100, 100, 100), pledge("contract", "K1", 1_000, **says)) == found


def test_the_maximum_amount_caps_what_arose_under_it() -> None:
    maximum = pledge("facility", "F1", 100, is_maximum_amount=True, ends_on=date(2024, 2, 15))
    assert secured(owing(100, 100, 100), maximum) == [50, 50, 0]


def test_the_first_rank_has_its_fill_before_the_second() -> None:
    loans = owing(100, 100)
    wide, narrow = (pledge("contract", "K1", 100), pledge("loan", "L1", 100))
    assert secured(loans, wide, narrow | {"rank": 2}) == [100, 50]
    assert secured(loans, wide | {"rank": 2}, narrow) == [100, 100]
    assert secured(loans, wide, narrow) == [100, 100]
    assert secured(loans, wide | {"begins_on": date(2024, 2, 1)}, pledge("contract", "K1", 50)) == [75, 75]


def test_what_a_prior_claim_has_secured_is_not_secured_again() -> None:
    loans = owing(100, 300)
    first = pledge("facility", "F1", 200, is_maximum_amount=True)
    assert secured(loans, first, pledge("contract", "K1", 100, rank=2)) == [75, 225]
    assert secured(loans, first, pledge("contract", "K1", 100, rank=2, is_maximum_amount=True)) == [75, 225]
    assert secured(loans, first, pledge("loan", "L1", 500, rank=2)) == [100, 150]


def test_collateral_comes_before_guarantees() -> None:
    loans, third = owing(100, 100), pledge("contract", "K1", 100, rank=3)
    assert secured(loans, third, guarantees=(guarantee("loan", "L1", 100),)) == [100, 50]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 10**16), min_size=1, max_size=6), st.integers(0, 10**17))
def test_spreading_loses_no_cent(balances: list[int], cents: int) -> None:
    parts = secured(owing(*balances), pledge("contract", "K1", cents))
    assert sum(parts) == min(cents, sum(balances))
    for part, balance in zip(parts, balances, strict=True):
        assert part <= balance
        assert abs(part * sum(balances) - min(cents, sum(balances)) * balance) < sum(balances), "less than a cent off"


SECURITIES = st.lists(
    st.tuples(
        st.sampled_from([("loan", "L1"), ("loan", "L2"), ("contract", "K1"), ("facility", "F1")]),
        st.integers(1, 4),
        st.integers(0, 1_000),
    ),
    max_size=6,
)


def secured_by(balances: list[int], pledges: list[Row]) -> list[int]:
    """What the step alone finds."""
    loans = facts("loan", *owing(*balances))
    standing: Any = loans.select("loan_no", outstanding_cents="principal_cents")
    contracts = facts("contract", {"debtor_no": 1, "contract_id": "K1", "facility_id": "F1"})
    found = cover(standing, security_ties(loans, contracts, facts("pledge", *pledges), facts("guarantee"), on=ON))
    return found["secured_cents"].to_list()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 500), min_size=2, max_size=5), SECURITIES)
def test_each_security_gives_all_it_can_of_what_those_before_it_left(
    balances: list[int], said: list[tuple[tuple[str, str], int, int]]
) -> None:
    """One after the other by rank; a later one changes nothing that an earlier one gave."""
    kinds = ("loan", "contract", "facility")
    order = sorted(said, key=lambda each: (each[1], kinds.index(each[0][0])))
    pledges = [pledge(*tie, cents, rank=rank, pledge_id=f"P{at}") for at, (tie, rank, cents) in enumerate(order)]
    before = [0] * len(balances)
    for count, ((kind, name), _, cents) in enumerate(order, start=1):
        parts = secured_by(balances, pledges[:count])
        mine = [int(name[1:]) - 1] if kind == "loan" else range(len(balances))
        left = sum(balances[at] - before[at] for at in mine)
        assert sum(parts) == sum(before) + min(cents, left)
        assert all(earlier <= part <= owed for earlier, part, owed in zip(before, parts, balances, strict=True))
        before = parts
