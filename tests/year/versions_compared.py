"""Two versions of a day held against what `report corrections` says of them: which loans, by how much, and why."""

from datetime import date
from pathlib import Path

import polars as pl
from invariants import InvariantBrokenError

from postloan.desk.report.ask import ask_report
from postloan.desk.report.form import amount
from postloan.snapshot.read import Edition, read_loans

NAME = "before_and_the_difference_are_after"
_FIELDS = ("tier", "days_past_due", "own_share_outstanding_cents", "ecl_cents", "stage")


def compared(home: Path, on: date, before: str, after: str) -> None:
    """Hold the report against the two versions. Raises InvariantBrokenError."""
    report = ask_report(home, "corrections", on=Edition.of(on, after), from_on=None, by=None, against=before)
    found = list(report.failed)
    sides = [
        read_loans(home, Edition.of(on, run), ["loan_id", "status", "received_cents", *_FIELDS])
        for run in (before, after)
    ]
    books = [side.filter(pl.col("status") == "active") for side in sides]
    total = report.more[-1].rows[-1]
    for side, book in zip(("before", "after"), books, strict=True):
        told = (book.height, int(book["own_share_outstanding_cents"].sum()), int(book["ecl_cents"].fill_null(0).sum()))
        said = tuple(total[f"{name}_{side}"] for name in ("loans", "outstanding", "allowance"))
        if told != said:
            found.append(f"{side}: {said} in the report, {told} in the book")
    listed = {str(line["loan_id"]): line for line in report.filed.rows}
    for name, field in (("outstanding", "own_share_outstanding_cents"), ("allowance", "ecl_cents")):
        moved = sum(amount(line[f"{name}_after"]) - amount(line[f"{name}_before"]) for line in listed.values())
        ends = [int(book[field].fill_null(0).sum()) for book in books]
        if ends[0] + moved != ends[1]:
            found.append(f"{name}: {ends[0]} and {moved} by loan are not {ends[1]}")
    both = books[0].join(books[1], on="loan_id", how="full", coalesce=True, suffix="_after")
    differs = both.filter(pl.any_horizontal(pl.col(each).ne_missing(pl.col(f"{each}_after")) for each in _FIELDS))
    found += [f"{loan_id} differs and is not listed" for loan_id in differs["loan_id"] if loan_id not in listed]
    received = sides[0].join(sides[1], on="loan_id", suffix="_after")
    for loan_id in received.filter(pl.col("received_cents") != pl.col("received_cents_after"))["loan_id"]:
        if loan_id in listed and "payment" not in str(listed[loan_id]["causes"]):
            found.append(f"{loan_id}: received otherwise, and its cause is {listed[loan_id]['causes']}")
    if found:
        raise InvariantBrokenError(NAME, found)
