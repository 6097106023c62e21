"""Steps of the cases about legal clocks: loans, guarantees, payments and steps at law, told as a lawyer tells them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl

from engine_rows import facts
from postloan.rules.legal_clocks import LegalClocks
from postloan.rules.rulebook import Rulebook
from postloan.rules.shapes import WorkingDays
from postloan.steps.legal_clocks.found import Facts, legal_clocks

Row = dict[str, Any]
Given = dict[str, list[Row]]

LOANS = {
    "loan_no": pl.Int64, "loan_id": pl.String, "debtor_no": pl.Int64, "debtor_id": pl.String, "org_id": pl.String,
    "officer_id": pl.String, "status": pl.String, "days_past_due": pl.Int32, "disbursed_on": pl.Date,
    "matures_on": pl.Date, "original_matures_on": pl.Date, "contract_id": pl.String,
}  # fmt: skip


def clocks_of(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """Every clock of the loans given. What a loan does not say: it is unpaid, overdue where its last due day is past.

    `loan` and `guarantee` name what a row is about; a guarantee is joint and of loan L1 unless it says otherwise.
    """
    loans = [_loan(at, row, day) for at, row in enumerate(given["loans"], 1)]
    numbers = {row["loan_id"]: row["loan_no"] for row in loans}
    frame = pl.DataFrame(loans, schema=LOANS)
    guarantees = [
        {
            "debtor_no": 1, "guarantee_id": row["guarantee"], "guarantor_id": f"of {row['guarantee']}",
            "secures_kind": "contract" if "contract" in row else "loan",
            "secures_id": row.get("contract", row.get("loan", "L1")), "amount_cents": 1,
            "is_maximum_amount": row.get("maximum", False), "kind": row.get("kind", "joint"),
            "begins_on": row.get("begins_on", date(2000, 1, 1)), "ends_on": row.get("ends_on"),
        }
        for row in given.get("guarantees", ())
    ]  # fmt: skip
    events = [
        {
            "debtor_no": 1, "legal_event_id": f"E{at}", "kind": row["step"], "happened_on": row["on"],
            "loan_id": None if "contract" in row else row.get("loan", "L1"), "contract_id": row.get("contract"),
            "ends_on": row.get("until"), "guarantee_id": row.get("guarantee"), "asset_kind": row.get("of"),
            "asset_id": row.get("thing"),
        }
        for at, row in enumerate(given.get("steps", ()))
    ]  # fmt: skip
    payments = [
        {"payment_id": f"P{at}", "loan_no": numbers[row.get("loan", "L1")], "paid_on": row["on"], "amount_cents": 1}
        for at, row in enumerate(given.get("payments", ()))
    ]
    dues = pl.DataFrame(
        [{"loan_no": row["loan_no"], "due_on": given["loans"][at]["last_due_on"]} for at, row in enumerate(loans)]
    )
    known = Facts(
        frame.select("loan_no", "loan_id", "contract_id"), facts("contract"), facts("guarantee", *guarantees),
        facts("legal_event", *events), facts("payment", *payments),
    )  # fmt: skip
    law = rulebook.version("legal_clocks", LegalClocks, day)
    calendar = rulebook.version("working_days", WorkingDays, day)
    return legal_clocks(frame, dues, known, law=law, calendar=calendar, on=day)


def _loan(number: int, row: Row, day: date) -> Row:
    """A loan, numbered in the order given."""
    return {
        "loan_no": number, "loan_id": row["loan"], "debtor_no": 1, "debtor_id": "D1", "org_id": "010",
        "officer_id": None, "status": row.get("status", "active"), "matures_on": row["last_due_on"],
        "days_past_due": max((day - row["last_due_on"]).days, 0),
        "disbursed_on": row.get("paid_out_on", date(2000, 1, 1)),
        "original_matures_on": row.get("first_agreed_on"), "contract_id": row.get("contract"),
    }  # fmt: skip


def _named(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """The clocks that a case asks about, as it names them; `none` is one that there is not."""
    found = clocks_of(given, rulebook, day)
    named = found.with_columns(
        clock=pl.concat_str(
            "kind", "loan_id", pl.coalesce("guarantee_id", "asset_id"), separator=" ", ignore_nulls=True
        ),
        state=pl.col("state").cast(pl.String),
    )
    asked = pl.DataFrame(given["clocks"], schema={"clock": pl.String})
    assert not _twice(named["clock"].to_list()), "two clocks of one name"
    return asked.join(named, on="clock", how="left", maintain_order="left").select(
        "clock", pl.col("state").fill_null("none"), "began_on", "restarted_on", "touched_by", "ends_on", "days_left",
        pl.col("keeps").cast(pl.String), "cite",
    )  # fmt: skip


def _twice(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)


CLOCK_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {"legal_clock": _named}
