"""Accept: one table of a feed becomes rows of facts and rows of quarantine; nothing is lost between the two."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from postloan.intake.book import Book
from postloan.intake.checks import typed_rows
from postloan.intake.decisions import check_decisions
from postloan.intake.payments import check_payments, check_reversals
from postloan.intake.quarantine import Complaints
from postloan.intake.read import RawTable
from postloan.intake.references import resolve
from postloan.intake.repeats import check_duplicates, check_moves, repeats_stored


@dataclass(frozen=True)
class AcceptedTable:
    """What became of a feed table.

    rows           accepted rows in the columns of the facts (those the feed does not fill may be absent), with `shard`.
    quarantine     one row a broken rule.
    quarantined    how many rows of the file are in quarantine.
    repeats_keys   some key is already in another visible part, or twice in this one.
    """

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    quarantined: int
    repeats_keys: bool


def accept_table(raw: RawTable, book: Book, *, mode: str, feed_day: date, known_by: date) -> AcceptedTable:
    """Check a table's rows, number what they name, and part the good from the bad."""
    table = raw.table
    complaints = Complaints(raw)
    frame = typed_rows(raw, complaints, feed_day=feed_day, known_by=known_by)
    frame = resolve(table, frame, book, complaints, mode)
    if table == "loan":
        foreign = frame["currency"] != book.book_currency
        complaints.add("foreign_currency", foreign, "currency", book_currency=book.book_currency)
    if table == "payment":
        check_payments(frame, complaints)
    if table == "decision":
        check_decisions(frame, complaints)
    check_duplicates(table, frame, complaints)
    check_moves(table, frame, book, complaints, mode)
    if table == "payment":
        check_reversals(frame, book, complaints, mode)
    rows = frame.filter(~complaints.bad) if complaints.any else frame
    rows = _number(table, rows, book, mode)
    if rows.height + complaints.rows != raw.frame.height:
        raise AssertionError(f"{table}: {rows.height} accepted and {complaints.rows} not, of {raw.frame.height} rows")
    if "shard" in rows.columns and rows["shard"].null_count():
        raise AssertionError(f"{table}: an accepted row belongs to nobody")
    return AcceptedTable(rows, complaints.frame(), complaints.rows, repeats_stored(table, rows, book, mode))


def _number(table: str, rows: pl.DataFrame, book: Book, mode: str) -> pl.DataFrame:
    if table == "debtor":
        return book.take_debtors(rows, mode)
    if table in ("facility", "contract", "loan"):
        return book.take_owned(table, rows, mode)
    if table in ("org", "collateral"):
        return book.take_bank(table, rows, mode)
    return rows
