"""What a facts table looks like: the feed's columns with identifiers replaced by numbers, its key and its order."""

from dataclasses import dataclass
from functools import cache

import polars as pl

from postloan.tables.inputs import FEED_TABLES

SEALED_COLUMNS: dict[str, tuple[str, ...]] = {"debtor": ("id_number", "phone")}
"""Personal data: encrypted in the facts, never written to the quarantine."""

MATCHED_COLUMNS: dict[str, tuple[str, ...]] = {"debtor": ("id_number",)}
"""Sealed columns that also get a keyed hash, so that two debtors can be compared without opening either."""

DATED_ORDER = {"payment": "paid_on", "drawdown": "paid_on", "decision": "effective_on"}
"""Loan-owned tables with a key of their own are read in the order in which things happened."""

NUMBERED = {"debtor": "debtor_no", "loan": "loan_no"}


@dataclass(frozen=True)
class FactsShape:
    """One facts table.

    columns  every column and its type, in file order.
    key      the columns that say "the same row, known better".
    order    the columns by which every file is sorted.
    sharded  False for the bank's own tables, which no debtor owns.
    """

    table: str
    columns: dict[str, pl.DataType]
    key: tuple[str, ...]
    order: tuple[str, ...]
    sharded: bool


@cache
def facts_shape(table: str) -> FactsShape:
    """Derive the facts shape of a feed table from its schema and owner."""
    schema = FEED_TABLES[table]
    types = {name: column.dtype for name, column in schema.columns().items() if name != "known_on"}
    key = tuple(schema.primary_key())
    first: dict[str, pl.DataType] = {}
    if schema.owner == "loan":
        types.pop("loan_id")
        first = {"loan_no": pl.Int64()}
    elif schema.owner == "debtor":
        first = {"debtor_no": pl.Int64()}
        if table != "debtor":
            types.pop("debtor_id")
        if table == "loan":
            first = {"loan_no": pl.Int64(), "debtor_no": pl.Int64()}
    elif schema.owner != "bank":
        first = {"debtor_no": pl.Int64()}
    hashes: dict[str, pl.DataType] = {f"{name}_hmac": pl.String() for name in MATCHED_COLUMNS.get(table, ())}
    key = tuple({"loan_id": "loan_no", "debtor_id": "debtor_no"}.get(name, name) for name in key)
    if table == "co_borrower":
        key = ("loan_no", "debtor_id")
    return FactsShape(
        table=table,
        columns=first | types | hashes | {"known_on": pl.Date()},
        key=key,
        order=_order(table, tuple(first)[:1], key),
        sharded=schema.owner != "bank",
    )


def _order(table: str, first: tuple[str, ...], key: tuple[str, ...]) -> tuple[str, ...]:
    dated = (DATED_ORDER[table],) if table in DATED_ORDER else ()
    return tuple(dict.fromkeys((*first, *dated, *key)))
