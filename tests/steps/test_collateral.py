"""Collateral: parts add up to the value, the order of rows says nothing, a moved value is exact to the cent."""

import random
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collateral_cases import stood
from engine_rows import RULEBOOK

ON = date(2025, 6, 30)
KINDS = ("residential", "machinery", "receivable", "other", "cash")
Rows = list[dict[str, Any]]


@st.composite
def books(draw: st.DrawFn) -> dict[str, Rows]:
    """Up to five collateral and six loans, tied at random, some without a value, some off the balance sheet."""
    collateral = [
        {"collateral_id": f"C{at}", "kind": draw(st.sampled_from(KINDS)), "registered_on": date(2024, 1, 1)}
        for at in range(draw(st.integers(1, 5)))
    ]
    valuations = [
        {"collateral_id": each["collateral_id"], "valued_on": date(2025, 1, 1), "value_cents": cents}
        for each in collateral
        if (cents := draw(st.one_of(st.none(), st.integers(0, 10**16)))) is not None
    ]
    pledges = []
    for loan_no in range(1, draw(st.integers(1, 6)) + 1):
        owed, is_off = draw(st.integers(1, 10**16)), draw(st.booleans())
        tied = draw(st.sets(st.sampled_from([each["collateral_id"] for each in collateral]), min_size=1))
        pledges += [
            {"loan_no": loan_no, "collateral_id": name, "outstanding_cents": owed, "is_off_balance": is_off,
             "claim_cents": draw(st.integers(0, owed))}
            for name in sorted(tied)
        ]  # fmt: skip
    return {"collateral": collateral, "valuations": valuations, "pledges": pledges}


@settings(max_examples=60, deadline=None)
@given(books(), st.randoms(use_true_random=False))
def test_parts_add_up_to_the_value_and_order_says_nothing(book: dict[str, Rows], shuffled: random.Random) -> None:
    standing, shares, loans = stood(book, RULEBOOK, ON)
    counted = dict(standing.select("collateral_id", "counted_cents").iter_rows())
    claims = dict(standing.select("collateral_id", "claim_cents").iter_rows())
    for name in {row["collateral_id"] for row in book["pledges"]}:
        sums = int(shares.filter(collateral_id=name)["share_cents"].sum())
        assert sums == (counted[name] if claims[name] else 0)
    assert int(loans["value_cents"].sum()) == int(shares["share_cents"].sum())
    assert int(standing["shortfall_cents"].sum()) == int(loans["shortfall_cents"].sum())
    for row in loans.iter_rows(named=True):
        mine = shares.filter(loan_no=row["loan_no"])
        lends = sum(Fraction(each["share_cents"] * each["lends_most_e8"], 10**8) for each in mine.to_dicts())
        assert row["lends_cents"] == lends.__floor__()
        assert row["shortfall_cents"] == max(row["secured_cents"] - lends.__floor__(), 0)
    mixed = {name: shuffled.sample(rows, len(rows)) for name, rows in book.items()}
    again = stood(mixed, RULEBOOK, ON)
    assert all(one.equals(other) for one, other in zip((standing, shares, loans), again, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**16), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_moved_value_is_exact(cents: int, then: int, now: int) -> None:
    book: dict[str, Rows] = {
        "collateral": [{"collateral_id": "C", "kind": "residential", "registered_on": date(2024, 1, 1)}],
        "valuations": [{"collateral_id": "C", "valued_on": date(2025, 1, 31), "value_cents": cents}],
        "market": [
            {"series": "house_price", "on": date(2025, 1, 31), "value": then / 100},
            {"series": "house_price", "on": ON, "value": now / 100},
        ],
    }
    standing, _shares, _loans = stood(book, RULEBOOK, ON)
    moved = Fraction(cents * min(now, then), then) + Fraction(1, 2)
    assert standing["value_cents"].item() == moved.__floor__()
