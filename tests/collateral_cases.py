"""Steps of the cases about collateral: what a case writes of it, and how the bank then stands. `yuan` is whole yuan."""

from collections.abc import Callable
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from postloan.rules.rulebook import Rulebook, policy_on
from postloan.steps.collateral_shares import collateral_shares, collateral_standing, counted_values, loan_to_value
from postloan.steps.collateral_values import CollateralLaw, collateral_values
from postloan.tables.collateral import CollateralShare, CollateralStanding, LoanToValue, PledgedLoan
from postloan.tables.inputs import FEED_TABLES

Given = dict[str, list[dict[str, Any]]]
Stood = tuple[dy.DataFrame[CollateralStanding], dy.DataFrame[CollateralShare], dy.DataFrame[LoanToValue]]


def feed(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a feed table; what they leave out is empty."""
    schema = dict(FEED_TABLES[table].create_empty().schema)
    return pl.DataFrame([dict.fromkeys(schema) | in_cents(row) for row in rows], schema=schema)


def in_cents(row: dict[str, Any]) -> dict[str, Any]:
    """The same row, `x_yuan` as cents in `x_cents`."""
    return {
        name.replace("_yuan", "_cents"): value * 100 if name.endswith("_yuan") and value is not None else value
        for name, value in row.items()
    }


def pledged(rows: list[dict[str, Any]]) -> dy.DataFrame[PledgedLoan]:
    """Pledged loans, one debtor and office; a claim is the whole balance where a row does not say it."""
    schema = dict(PledgedLoan.create_empty().schema)
    told = []
    for written in rows:
        row = in_cents(written)
        owed = row["outstanding_cents"]
        told.append(
            dict.fromkeys(schema)
            | {"loan_id": f"L{row['loan_no']}", "debtor_no": 1, "debtor_id": "D1", "org_id": "O1", "rank": 1,
               "secured_cents": owed, "claim_cents": owed, "is_off_balance": False}
            | row
        )  # fmt: skip
    return PledgedLoan.validate(pl.DataFrame(told, schema=schema).sort("collateral_id", "loan_no"))


def stood(given: Given, rulebook: Rulebook, day: date) -> Stood:
    """How collateral, shares and loans stand on a day."""
    policy = policy_on(rulebook, day)
    assert policy.collateral is not None
    assert policy.collateral_review is not None
    values = collateral_values(
        feed("collateral", given["collateral"]), feed("valuation", given.get("valuations", [])),
        feed("market", given.get("market", [])), law=CollateralLaw(policy.collateral, policy.collateral_review), on=day,
    )  # fmt: skip
    held = pledged(given.get("pledges", []))
    ranks = pl.DataFrame(given.get("ranks", []), schema={"collateral_id": pl.String, "rank": pl.Int64})
    counted = counted_values(values, held, ranks)
    shares = collateral_shares(held, counted)
    loans = loan_to_value(shares)
    return collateral_standing(counted, shares, loans, on=day), shares, loans


def of_collateral(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """Each collateral of a case."""
    return stood(given, rulebook, day)[0].with_columns(pl.col(pl.Enum).cast(pl.String))


def of_loans(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """Each loan of a case."""
    return stood(given, rulebook, day)[2]


COLLATERAL_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {
    "collateral_standing": of_collateral, "loan_to_value": of_loans,
}  # fmt: skip
