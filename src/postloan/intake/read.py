"""Read: a feed file as it stands, whatever its form; nothing is converted yet except to text or to Parquet's types."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from postloan.errors import FeedHeaderWrong, FeedUnreadable
from postloan.intake.order import read_rows
from postloan.intake.scan import CsvShape, decoded_pieces, scan_csv
from postloan.tables.inputs import FEED_TABLES

UNITS = {"_cents": 2, "_e8": 8}
"""Decimals held by an integer column of that suffix."""

UNZIPPED_BYTES_MAX = 1 << 30

CSV_WHOLE_BYTES_MAX = 1 << 29
"""CSV files from this size on are written as Parquet before they are read."""

_TEXT = (pl.String, pl.Categorical, pl.Enum)
_PARQUET_KINDS: dict[type[pl.DataType], tuple[type[pl.DataType], ...]] = {
    pl.String: _TEXT,
    pl.Enum: _TEXT,
    pl.Date: (pl.Date, *_TEXT),
    pl.Datetime: (pl.Datetime, *_TEXT),
    pl.Boolean: (pl.Boolean, *_TEXT),
    pl.Float64: (pl.Float64, pl.Float32, pl.Decimal, *_TEXT),
}


@dataclass(frozen=True)
class RawTable:
    """A feed file's rows as they stand.

    frame         columns under the names of the file.
    sources       schema column → the file's column that holds it (`principal_cents` may come from `principal`).
    number_cells  for spreadsheets: where a cell of an identifier was a number, so that leading zeros are lost.
    places        which rows of the file these are, the first being 0; None where they are all.
    """

    table: str
    frame: pl.DataFrame
    sources: dict[str, str]
    number_cells: dict[str, pl.Series] = field(default_factory=dict)
    places: pl.Series | None = None


def read_table(table: str, path: Path, encoding: str) -> RawTable:
    """Read one feed file; refuse it where it is not what it says it is, or where its header is wrong."""
    form = path.suffix
    if form == ".csv":
        return _read_csv(table, path, encoding)
    if form == ".parquet":
        return _read_parquet(table, path)
    return _read_xlsx(table, path)


def match_header(table: str, names: Sequence[str], path: Path) -> dict[str, str]:
    """Match a file's column names with the schema's, or refuse by name what is unknown, missing or there twice."""
    columns = FEED_TABLES[table].columns()
    sources: dict[str, str] = {}
    accepted = {name: name for name in columns} | {
        name.removesuffix(suffix): name for name in columns for suffix in UNITS if name.endswith(suffix)
    }
    for name in names:
        if name not in accepted:
            raise _header_wrong(path, f"has a column {name!r} that the table {table} does not know", name)
        if accepted[name] in sources:
            raise _header_wrong(path, f"gives {accepted[name]!r} twice", name)
        sources[accepted[name]] = name
    for name, column in columns.items():
        if not column.nullable and name not in sources:
            raise _header_wrong(path, f"lacks the column {name!r}", name)
    return sources


def _header_wrong(path: Path, why: str, column: str) -> FeedHeaderWrong:
    return FeedHeaderWrong(
        message=f"{path.name} {why}.",
        hint="Columns and their types are listed in docs/feeds.md; money may drop _cents, rates may drop _e8.",
        where={"file": path, "column": column},
    )


def _unreadable(path: Path, what: str, wrong: BaseException) -> FeedUnreadable:
    why = " ".join(str(wrong).split())[:200]
    return FeedUnreadable(
        message=f"{path.name} cannot be read as {what}: {why or type(wrong).__name__}.",
        hint="The file may be cut short or damaged; deliver it again.",
        where={"file": path},
    )


def parquet_of(table: str, path: Path, encoding: str, aside: Path) -> Path | None:
    """Give a file that can be read in batches: a Parquet file itself, a big CSV file written as one; None for others.

    aside  a folder that is made where something has to be written.
    """
    if path.suffix == ".parquet":
        return path
    if path.suffix != ".csv" or path.stat().st_size < CSV_WHOLE_BYTES_MAX:
        return None
    shape = scan_csv(path, encoding)
    match_header(table, shape.header, path)
    aside.mkdir(parents=True)
    source, written = path, aside / f"{table}.parquet"
    try:
        if encoding != "utf-8":
            source = aside / f"{table}.csv"
            with source.open("wb") as opened:
                opened.writelines(decoded_pieces(path, encoding))
        rows = pl.scan_csv(source, infer_schema=False, glob=False)
        rows.sink_parquet(written, compression="lz4", statistics=False)
        _check_records(path, shape, pl.scan_parquet(written, glob=False).collect_schema().names(), rows_of(written))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as wrong:
        raise _unreadable(path, "CSV", wrong) from wrong
    return written


def rows_of(path: Path) -> int:
    """How many rows a Parquet file says it has; 0 where it cannot be read, which reading it will tell."""
    try:
        return int(pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return 0


def batches_of(path: Path, rows: int, *, numbered: str) -> Iterator[pl.DataFrame]:
    """Read a Parquet file some rows at a time, in its order, each with its number in the column `numbered`."""
    whole = pl.scan_parquet(path, glob=False, hive_partitioning=False, row_index_name=numbered)
    try:
        yield from whole.collect_batches(chunk_size=rows, maintain_order=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as wrong:
        raise _unreadable(path, "Parquet", wrong) from wrong


def sources_of(table: str, path: Path) -> dict[str, str]:
    """Match the columns of a Parquet file with the schema's, as to name and kind; refuse what does not fit."""
    try:
        types = pl.scan_parquet(path, glob=False, hive_partitioning=False).collect_schema()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as wrong:
        raise _unreadable(path, "Parquet", wrong) from wrong
    sources = match_header(table, list(types), path)
    for name, source in sources.items():
        _check_kind(table, path, name, source, types[source])
    return sources


def _read_csv(table: str, path: Path, encoding: str) -> RawTable:
    shape = scan_csv(path, encoding)
    sources = match_header(table, shape.header, path)
    source = path if encoding == "utf-8" else b"".join(decoded_pieces(path, encoding))
    try:
        frame = pl.read_csv(source, infer_schema=False, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as wrong:
        raise _unreadable(path, "CSV", wrong) from wrong
    _check_records(path, shape, frame.columns, frame.height)
    return RawTable(table, frame, sources)


def _check_records(path: Path, shape: CsvShape, names: list[str], rows: int) -> None:
    if names != shape.header or rows != shape.records:
        raise FeedUnreadable(
            message=f"{path.name} reads as {rows} rows where it has {shape.records} records.",
            hint="A quote inside a field is doubled, and such a field stands in quotes; deliver the file again.",
            where={"file": path},
        )


def _read_parquet(table: str, path: Path) -> RawTable:
    sources = sources_of(table, path)
    try:
        frame = read_rows(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as wrong:
        raise _unreadable(path, "Parquet", wrong) from wrong
    return RawTable(table, frame, sources)


def _check_kind(table: str, path: Path, name: str, source: str, found: pl.DataType) -> None:
    wanted = FEED_TABLES[table].columns()[name].dtype
    allowed = _PARQUET_KINDS.get(type(wanted), _TEXT)
    is_integer = found.is_integer() and not isinstance(found, (pl.Int128, pl.UInt128))
    fits = isinstance(found, (*allowed, pl.Null)) or (is_integer and isinstance(wanted, (pl.Int64, pl.Float64)))
    if isinstance(wanted, pl.Int64) and name != source:
        fits = fits or isinstance(found, pl.Decimal)
    if isinstance(found, pl.Datetime) and found.time_zone is not None:
        fits = False
    if not fits:
        why = f"holds {source!r} as {found}, which the table {table} does not take"
        if found.is_float():
            why += ": money and rates are never floats"
        raise _header_wrong(path, why, source)


def _read_xlsx(table: str, path: Path) -> RawTable:
    try:
        with zipfile.ZipFile(path) as parts:
            unzipped = sum(part.file_size for part in parts.infolist())
        if unzipped > UNZIPPED_BYTES_MAX:
            raise FeedUnreadable(
                message=f"{path.name} unpacks to {unzipped} bytes, more than {UNZIPPED_BYTES_MAX}.",
                hint="Deliver a table of this size as CSV or Parquet.",
                where={"file": path},
            )
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError, ZipError, PasswordError, OSError) as wrong:
        raise _unreadable(path, "xlsx", wrong) from wrong
    if not rows:
        raise FeedUnreadable(
            message=f"{path.name} is empty: its first sheet has not even a header.",
            hint="Deliver at least the line of column names; a table without rows is fine.",
            where={"file": path},
        )
    while len(rows) > 1 and not any(cell != "" for cell in rows[-1]):
        rows.pop()  # a spreadsheet remembers rows that were cleared
    names = [_cell_text(cell) or "" for cell in rows[0]]
    sources = match_header(table, names, path)
    columns = dict(zip(names, zip(*rows[1:], strict=True), strict=True)) if len(rows) > 1 else {}
    schema = FEED_TABLES[table].columns()
    frame = pl.DataFrame(
        {name: [_cell_text(cell) for cell in columns.get(name, ())] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )
    number_cells = {
        name: pl.Series([isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in columns[source]])
        for name, source in sources.items()
        if columns and isinstance(schema[name].dtype, pl.String)
    }
    return RawTable(table, frame, sources, number_cells)


def _cell_text(cell: object) -> str | None:
    """Write a cell as it would stand in a CSV file; a number by its shortest decimal text."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
