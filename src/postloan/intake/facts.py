"""Facts: what the bank's feeds say, as they were known on a day. Everything a night computes starts here."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.errors import HomeNotReady, LoanUnknown
from postloan.intake.number import read_numbers
from postloan.intake.order import in_order, read_rows
from postloan.intake.records import (
    Layout,
    LoadRecord,
    part_file,
    read_layout,
    read_records,
    visible_loads,
    visible_parts,
)
from postloan.intake.shape import FactsShape, facts_shape
from postloan.intake.whole import check_parts


class Facts:
    """The accepted rows of all feeds, as known on a day.

    home       the home folder.
    known_on   rows and loads that became known later are not seen; None is the day of the latest load.
    last_load  loads of a higher number are not seen either: two may become known on one day. None is all.
    """

    def __init__(self, home: Path, known_on: date | None, *, last_load: int | None = None) -> None:
        records, layout = read_records(home), read_layout(home)
        if last_load is not None:
            records = [record for record in records if record.load <= last_load]
        if not records or layout is None:
            raise HomeNotReady(
                message="The home folder holds no loaded feeds.",
                hint="Load a feed first: postloan load FEED_DIR.",
                where={"home": home},
            )
        self.home = home
        self.known_on: date = known_on or max(record.known_on for record in records)
        self.layout: Layout = layout
        self._days: dict[str, pl.DataFrame] = {}
        self._guarantors: pl.DataFrame | None = None
        self._loads = visible_loads(records, self.known_on)
        self._numbering = [record.load for record in records if record.known_on <= self.known_on]
        if not self._loads:
            raise HomeNotReady(
                message=f"Nothing was known yet on {self.known_on}.",
                hint="Ask as of a later day, or load the earlier feeds.",
                where={"home": home, "known_on": self.known_on},
            )

    @property
    def feed_hashes(self) -> dict[str, str]:
        """The visible loads and the hash of what each contained: what a night pins."""
        return {str(record.load): record.content for record in self._loads}

    def check(self, shard: int | None) -> None:
        """Hold what lies here of a shard, or of the bank as a whole where `shard` is None, against its sums.

        Raises FactsDamaged.
        """
        check_parts(self.home, self._loads, shard)

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows of the visible loads were accepted, and how many are in quarantine."""
        tables = [table for record in self._loads for table in record.tables.values()]
        return sum(table.rows for table in tables), sum(table.quarantined for table in tables)

    def read(
        self, table: str, shard: int | None, columns: Sequence[str] | None = None, only: pl.Expr | None = None
    ) -> pl.DataFrame:
        """Read a table's rows: those of one shard, or all of them where `shard` is None.

        only  keeps rows of whole loans or debtors, by a column that is read.
        """
        return read_parts(
            self.home, self._loads, table, shard=shard, columns=columns, known_on=self.known_on, only=only
        )

    def rests_on(self, table: str) -> tuple[tuple[int, ...], date | None]:
        """Say what a table's rows are a function of: its loads, and the day of knowledge where some rows came later."""
        parts = visible_parts(self._loads, table)
        is_late = any((part.tables[table].last_known_on or self.known_on) > self.known_on for part in parts)
        return tuple(part.load for part in parts), self.known_on if is_late else None

    def days_of(self, table: str) -> pl.DataFrame:
        """List in `on` the days of which a dated table speaks, of any loan of the bank."""
        if table not in self._days:
            shape = facts_shape(table)
            paths = [
                path for part in visible_parts(self._loads, table) for path in _files(self.home, part, shape, None)
            ]
            found = [
                read_rows(path, ["on", "known_on"]).filter(pl.col("known_on") <= self.known_on).select("on").unique()
                for path in paths
            ]
            self._days[table] = pl.concat([pl.DataFrame(schema={"on": pl.Date}), *found]).unique().sort("on")
        return self._days[table]

    def guarantors(self) -> pl.DataFrame:
        """List the guarantees that debtors of the bank give for one another, whatever their shards.

        Returns debtor_no, amount_cents, is_maximum_amount, begins_on, ends_on, guarantor_no; guarantors who are no
        debtors are left out.
        """
        if self._guarantors is None:
            columns = ("debtor_no", "guarantor_id", "amount_cents", "is_maximum_amount", "begins_on", "ends_on")
            given = self.read("guarantee", None, columns)
            numbers = read_numbers(self.home, self._numbering if given.height else [], "debtor")
            named = numbers.unique("debtor_id", keep="last").select(guarantor_id="debtor_id", guarantor_no="debtor_no")
            self._guarantors = given.join(named, on="guarantor_id", maintain_order="left").drop("guarantor_id")
        return self._guarantors

    def find_loan(self, loan_id: str) -> tuple[int, int, int]:
        """Find a loan's number, its debtor's number and the shard they live in."""
        named = pl.col("loan_id") == loan_id
        # Numbers outlive the load that gave them, so superseded loads are asked too; the last word counts.
        found = read_numbers(self.home, self._numbering, "loan", named).tail(1)
        if found.is_empty() or not self._holds(*found.row(0)[1:]):
            raise LoanUnknown(
                message=f"There is no loan {loan_id}.",
                hint="Check the number as it stands in the loan feed; loans in quarantine are not in the book.",
                where={"loan_id": loan_id, "known_on": self.known_on},
            )
        _, loan_no, debtor_no, shard = found.row(0)
        return loan_no, debtor_no, shard

    def _holds(self, loan_no: int, _debtor_no: int, shard: int) -> bool:
        return bool((self.read("loan", shard, ["loan_no"])["loan_no"] == loan_no).any())


def read_parts(
    home: Path,
    loads: Sequence[LoadRecord],
    table: str,
    *,
    shard: int | None,
    columns: Sequence[str] | None,
    known_on: date,
    only: pl.Expr | None = None,
) -> pl.DataFrame:
    """Read a table from the given visible loads, each key once, as it was known best on a day."""
    shape = facts_shape(table)
    wanted = list(columns) if columns is not None else list(shape.columns)
    parts = visible_parts(loads, table)
    files = [path for record in parts for path in _files(home, record, shape, shard)]
    if not files:
        return pl.DataFrame(schema={name: shape.columns[name] for name in wanted})
    repeats = any(record.tables[table].repeats_keys for record in parts)
    is_late = any((record.tables[table].last_known_on or known_on) > known_on for record in parts)
    if len(files) == 1 and not repeats and not is_late:
        return _read(files[0], wanted, shape, only)
    needed = list(dict.fromkeys((*wanted, *shape.order, *(shape.key if repeats else ()), "known_on")))
    frame = _read_all(files, needed, shape, only)
    if is_late:
        frame = frame.filter(pl.col("known_on") <= known_on)
    if repeats:
        # Of what became known on one day the later load counts: parts stand in the order of their loads.
        frame = frame.sort("known_on", maintain_order=True)
        frame = frame.unique(subset=list(shape.key), keep="last", maintain_order=True)
    return in_order(frame, shape).select(wanted)


def _read(path: Path, wanted: Sequence[str], shape: FactsShape, only: pl.Expr | None) -> pl.DataFrame:
    """Read some columns of a part, as its table has them now: lists grow, and columns are added; those are empty."""
    try:
        rows = read_rows(path, wanted, only).select(wanted)
    except pl.exceptions.ColumnNotFoundError:
        held = pl.scan_parquet(path, glob=False, hive_partitioning=False).collect_schema()
        rows = read_rows(path, [name for name in wanted if name in held], only)
        later = {name: pl.lit(None, shape.columns[name]) for name in wanted if name not in held}
        rows = rows.with_columns(**later).select(wanted)
    return _as_now(rows, wanted, shape)


def _read_all(paths: Sequence[Path], wanted: Sequence[str], shape: FactsShape, only: pl.Expr | None) -> pl.DataFrame:
    """Read parts one after the other: in one scan where they are alike, which most are; else each by itself."""
    rows = pl.scan_parquet(list(paths), glob=False, hive_partitioning=False, extra_columns="ignore")
    try:
        together = (rows if only is None else rows.filter(only)).select(wanted).collect()
    except (pl.exceptions.ColumnNotFoundError, pl.exceptions.SchemaError):
        return pl.concat([_read(path, wanted, shape, only) for path in paths])
    return _as_now(together, wanted, shape)


def _as_now(rows: pl.DataFrame, wanted: Sequence[str], shape: FactsShape) -> pl.DataFrame:
    held_as = rows.schema
    grown = {name: shape.columns[name] for name in wanted if held_as[name] != shape.columns[name]}
    return rows.cast(grown) if grown else rows  # type: ignore[arg-type]


def _files(home: Path, record: LoadRecord, shape: FactsShape, shard: int | None) -> list[Path]:
    part = record.tables[shape.table]
    if not shape.sharded:
        return [part_file(home, record.load, shape.table, None)] if part.rows else []
    return [part_file(home, record.load, shape.table, held) for held in part.shards if shard in (None, held)]
