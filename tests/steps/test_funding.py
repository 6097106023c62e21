"""Funding shares: a joint loan's cents are the bank's or its partners', and none is lost or made."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import Row, facts, loan
from postloan.steps.funding import funding
from postloan.tables.results import LOAN_STATUSES, Balances, Standing

HUGE = 10**17


def shared(*parts: tuple[int, int, int | None]) -> list[Row]:
    """Loans of (balance, overdue principal, funding share)."""
    numbers = range(1, len(parts) + 1)
    loans = facts("loan", *(loan(at, funding_share_e8=share) for at, (_, _, share) in zip(numbers, parts, strict=True)))
    whole = [balance for balance, _, _ in parts]
    stood = Standing.validate(
        pl.DataFrame(
            {"loan_no": numbers, "status": ["active"] * len(parts), "outstanding_cents": whole,
             "own_outstanding_cents": whole, "core_outstanding_cents": None, "balance_break_cents": None,
             "core_days_past_due": None, "written_off_cents": 0, "transferred_cents": 0, "asset_cents": 0,
             "recovered_cents": 0, "last_recovered_on": None},
            schema_overrides={"status": pl.Enum(LOAN_STATUSES), "core_outstanding_cents": pl.Int64,
                              "balance_break_cents": pl.Int64, "core_days_past_due": pl.Int32,
                              "written_off_cents": pl.Int64, "transferred_cents": pl.Int64,
                              "asset_cents": pl.Int64, "recovered_cents": pl.Int64, "last_recovered_on": pl.Date},
        )
    )  # fmt: skip
    schema = Balances.create_empty().schema
    zero = {name: None if dtype == pl.Date() else 0 for name, dtype in schema.items()}
    rows = [
        zero | {"loan_no": at, "outstanding_cents": balance, "overdue_principal_cents": late,
                "overdue_interest_cents": late}
        for at, (balance, late, _) in zip(numbers, parts, strict=True)
    ]  # fmt: skip
    return funding(loans, stood, Balances.validate(pl.DataFrame(rows, schema=schema))).to_dicts()


@pytest.mark.parametrize(
    ("balance", "share_e8", "own", "partners"),
    [
        (100, None, 100, 0),
        (100, 10**8, 100, 0),
        (100, 0, 0, 100),
        (101, 50_000_000, 51, 50),  # half a cent is ours
        (1, 49_999_999, 0, 1),
        (1, 50_000_000, 1, 0),
        (100, 33_333_333, 33, 67),
        (HUGE, 33_333_333, 33_333_333_000_000_000, 66_666_667_000_000_000),
    ],
)
def test_half_a_cent_is_ours_and_the_rest_the_partners(balance: int, share_e8: int, own: int, partners: int) -> None:
    (row,) = shared((balance, 0, share_e8))
    assert (row["own_share_outstanding_cents"], row["partner_outstanding_cents"]) == (own, partners)


CENTS = st.integers(0, HUGE)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CENTS, CENTS, st.none() | st.integers(0, 10**8)), min_size=1, max_size=5))
def test_no_cent_is_lost_and_a_part_stays_a_part(drawn: list[tuple[int, int, int | None]]) -> None:
    parts = [(max(one, two), min(one, two), share) for one, two, share in drawn]
    for (balance, late, share_e8), row in zip(parts, shared(*parts), strict=True):
        own, own_late = row["own_share_outstanding_cents"], row["own_share_overdue_principal_cents"]
        assert own + row["partner_outstanding_cents"] == balance
        exact = Fraction(balance) * (10**8 if share_e8 is None else share_e8) / 10**8
        assert -Fraction(1, 2) < own - exact <= Fraction(1, 2)
        assert own_late <= own <= balance
        assert own_late == row["own_share_overdue_interest_cents"] <= late
