"""Feed folders: tables cut by the month-end that first tells of their rows, written as Parquet with a feed.yaml."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from postloan.demo.dates import Days, month_of, to_date
from postloan.demo.draws import Bools, Indexes
from postloan.errors import RequestWrong
from postloan.tables.inputs import FEED_TABLES

ROW_GROUP = 262_144
"""Fixed, because the size of row groups is part of the bytes."""


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame so that the same rows give the same bytes."""
    frame.rechunk().write_parquet(path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds anything: another bank's month-ends among these would be read as one bank."""
    if folder.exists() and any(folder.iterdir()):
        raise RequestWrong(
            message=f"The folder {folder} is not empty.",
            hint="Name a new folder, or remove the old demo first.",
            where={"folder": folder},
        )
    folder.mkdir(parents=True, exist_ok=True)


class FeedWriter:
    """Writes each table's rows into the folder of the month-end that tells of them; the first one is the take-on."""

    def __init__(self, feeds: Path, ends: Days) -> None:
        require_empty(feeds)
        self.days: list[date] = [to_date(int(end)) for end in ends]
        self._first = int(month_of(ends)[0])
        self._folders = [feeds / day.isoformat() for day in self.days]
        self._tables: list[set[str]] = [set() for _ in self.days]
        for folder in self._folders:
            folder.mkdir()

    def month_known(self, days: Days) -> Indexes:
        """The number of the month-end that tells of something that happened on a day; 0 is the take-on."""
        return np.maximum(month_of(days) - self._first, 0).astype(np.int32)

    def put(self, table: str, frame: pl.DataFrame, months: Indexes) -> None:
        """Write rows of a table, each at its month-end; rows keep their order inside it."""
        order = np.argsort(months, kind="stable")
        bounds = np.searchsorted(months[order], np.arange(len(self.days) + 1))
        sorted_frame = frame[order]
        for month in range(len(self.days)):
            begin, end = int(bounds[month]), int(bounds[month + 1])
            self.put_month(table, month, sorted_frame[begin:end])

    def put_month(self, table: str, month: int, frame: pl.DataFrame) -> None:
        """Write one month-end's rows of a table; nothing where there are none."""
        if frame.is_empty():
            return
        write_frame(_typed(table, frame), self._folders[month] / f"{table}.parquet")
        self._tables[month].add(table)

    def finish(self) -> list[date]:
        """Say in each folder what it holds."""
        for month, folder in enumerate(self._folders):
            mode = "full" if month == 0 else "increment"
            lines = [f"  {table}: {mode}\n" for table in FEED_TABLES if table in self._tables[month]]
            text = "encoding: utf-8\nbook_currency: CNY\ntables:\n" + "".join(lines)
            (folder / "feed.yaml").write_text(text, encoding="utf-8")
        return self.days


def _typed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The schema's types and order of columns; closed lists as plain text, as a core system would send them."""
    columns = FEED_TABLES[table].columns()
    wanted = []
    for name, column in columns.items():
        if name in frame.columns:
            dtype = pl.String() if isinstance(column.dtype, pl.Enum) else column.dtype
            wanted.append(pl.col(name).cast(dtype))
    return frame.select(wanted)


def day_series(days: Days) -> pl.Series:
    """Day numbers as dates."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def serials(prefix: str, numbers: Indexes, width: int) -> pl.Series:
    """Identifiers: a prefix and a number with leading zeros."""
    text = pl.Series(numbers).cast(pl.String).str.zfill(width)
    return pl.select(pl.concat_str(pl.lit(prefix), text)).to_series()


def words(names: tuple[str, ...], choice: Indexes) -> pl.Series:
    """The word for each index."""
    return pl.Series(list(names)).gather(choice)


def only(values: pl.Series, where: Bools) -> pl.Series:
    """The values where they apply, null elsewhere."""
    return values.zip_with(pl.Series(where), pl.Series([None], dtype=values.dtype).new_from_index(0, len(values)))
