"""Loans whose terms change, for tests of the night: decisions, the night they are in, and what it leaves."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from engine_rows import Row, debtor, inputs, loan, policy
from postloan.night.checks import sum_up
from postloan.night.shard import summary
from postloan.plan.inputs import Inputs
from postloan.plan.night import Assessment, assess

ON = date(2024, 6, 30)
OWN = policy(ON, book_of_record="postloan")
LENT = 1_200_000
FEB, MAR, APR, MAY, JUN = (date(2024, month, 15) for month in (2, 3, 4, 5, 6))
ALL = ["interest", "penalty", "compound"]
DAYS = st.integers(1, 160).map(lambda days: date(2024, 1, 15) + timedelta(days=days))


def decided(kind: str, on: date, *, loan_no: int = 1, name: str = "D1", **terms: Any) -> Row:
    said = terms if kind in ("waiver", "prepayment") else terms | {"approver": "a"}
    return {
        "decision_id": name, "loan_no": loan_no, "kind": kind, "effective_on": on, "terms": json.dumps(said),
    }  # fmt: skip


def night(*decisions: Row, on: date = ON, law: Any = OWN, paid: list[Row] = [], **terms: Any) -> Assessment:  # noqa: B006
    given_rows = inputs(
        loan=[loan(1, principal_cents=LENT, **terms)], debtor=[debtor()], payment=paid, decision=list(decisions),
    )  # fmt: skip
    return balanced(given_rows, on=on, law=law)


def balanced(given_rows: Inputs, *, on: date = ON, law: Any = OWN) -> Assessment:
    """Assess, and let the checks of the night see that no cent is lost."""
    assessed = assess(given_rows, law, on=on)
    totals = sum_up([summary(given_rows, assessed, on=on)])
    for name in ("cash", "debt"):
        assert totals[f"{name}_known_cents"] == totals[f"{name}_published_cents"]
    assert totals["dues_known_cents"] == totals["dues_cents"]
    return assessed


def row(assessed: Assessment) -> Row:
    return assessed.loans.row(0, named=True)


def tail(assessed: Assessment, after: date) -> list[tuple[int, int]]:
    rows = assessed.dues.filter((pl.col("loan_no") == 1) & (pl.col("due_on") > after))
    return rows.select("principal_cents", "interest_cents").rows()
