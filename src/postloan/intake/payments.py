"""Payments: what must hold between a payment and its loan, and between a reversal and what it takes back."""

import polars as pl

from postloan.intake.book import Book
from postloan.intake.quarantine import Complaints
from postloan.intake.records import visible_parts

_COLUMNS = ("payment_id", "loan_no", "paid_on", "amount_cents", "reverses_payment_id")


def check_payments(frame: pl.DataFrame, complaints: Complaints) -> None:
    """Complain of payments before the loan was paid out, and of payments that choose their own allocation."""
    complaints.add("paid_before_disbursed", frame["paid_on"] < frame["disbursed_on"], "paid_on")
    if "allocation" in frame.columns:
        complaints.add("allocation_not_supported", frame["allocation"].is_not_null(), "allocation")


def check_reversals(frame: pl.DataFrame, book: Book, complaints: Complaints, mode: str) -> None:
    """Complain of reversals that do not take back exactly one payment of the same loan and amount."""
    column = "reverses_payment_id"
    if column not in frame.columns or frame[column].null_count() == frame.height:
        return
    fit = frame.select(_COLUMNS).with_row_index("_row").filter(~complaints.bad)
    reversals = fit.filter(pl.col(column).is_not_null())
    targets = reversals.select(payment_id=column).unique()
    involved = _involved(fit.select(_COLUMNS), targets)
    if mode == "increment":
        involved = pl.concat([_stored(book, targets, involved), involved])
    taken_back = involved.select(pl.all().name.prefix("_")).unique(subset="_payment_id", keep="last")
    met = reversals.join(taken_back, left_on=column, right_on="_payment_id", how="left", maintain_order="left")
    met = met.with_columns(_unknown=pl.col("_loan_no").is_null(), _again=_is_again(met, involved))
    for rule, broken in (
        ("reversal_of_unknown", met["_unknown"]),
        ("reversal_of_reversal", met["_reverses_payment_id"].is_not_null()),
        ("reversal_of_other_loan", met["_loan_no"] != met["loan_no"]),
        ("reversal_of_other_amount", met["_amount_cents"] != met["amount_cents"]),
        ("reversal_before_payment", met["paid_on"] < met["_paid_on"]),
        ("reversed_twice", met["_again"]),
    ):
        rows = met.filter(broken.fill_null(value=False))["_row"]
        mask = pl.Series([False]).new_from_index(0, frame.height)
        complaints.add(rule, mask.scatter(rows, values=True), column)


def _involved(payments: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """The payments that are taken back, and the rows that take them back."""
    return pl.concat(
        [
            payments.join(targets, on="payment_id", how="semi"),
            payments.join(targets, left_on="reverses_payment_id", right_on="payment_id", how="semi"),
        ]
    ).unique(maintain_order=True)


def _stored(book: Book, targets: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    if not visible_parts(book.loads, "payment"):
        return fresh.clear()
    stored = pl.concat(_involved(rows, targets) for rows in book.stored("payment", _COLUMNS))
    return stored.join(fresh, on="payment_id", how="anti")


def _is_again(met: pl.DataFrame, involved: pl.DataFrame) -> pl.Series:
    """Whether another row took the same payment back before: an earlier load's row, or an earlier one of the file."""
    column = "reverses_payment_id"
    others = involved.filter(pl.col(column).is_not_null()).with_row_index("_place")
    first = others.group_by(column).agg(pl.col("payment_id").sort_by("_place").first().alias("_first"))
    joined = met.select("payment_id", column).join(first, on=column, how="left", maintain_order="left")
    return joined["_first"] != joined["payment_id"]
