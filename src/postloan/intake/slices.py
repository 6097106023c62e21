"""Slices: a table too big to be held at once is accepted a group of shards at a time.

The file is cut on the disk, batch by batch, by the shard of each row's owner. Rows that share a key but not a slice
come together in a slice of their own, before the others, so that every check finds what it would find in the whole.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from postloan.intake.book import Book
from postloan.intake.convert import convert
from postloan.intake.read import RawTable, batches_of, parquet_of, read_table, rows_of, sources_of
from postloan.intake.stage import refusing_unwritable
from postloan.tables.inputs import FEED_TABLES

WHOLE_ROWS_MAX = 12_000_000
"""Tables of so many rows are accepted in one piece: some 2 GiB."""

SLICE_ROWS = 6_000_000
BATCH_ROWS = 3_000_000

LINKS = {"payment": ("reverses_payment_id",)}
"""Columns that name another row of the same table: whom a check has to see together."""

_CUT_BY = {"loan": "loan_id", "debtor": "debtor_id"}
_WHOLE = frozenset({"debtor", "facility", "contract", "loan", "decision"})
"""Tables that give out numbers, or whose rows are checked against one another by loan and day."""

_ROW, _SLICE = "_row", "_slice"


@dataclass(frozen=True)
class Slice:
    """A part of a feed file that can be accepted by itself.

    raw        its rows.
    shards     whose rows they are; None for all shards.
    is_shared  the rows whose keys several slices would share; the slices of their shards are yet to come.
    """

    raw: RawTable
    shards: range | None = None
    is_shared: bool = False


def read_slices(table: str, path: Path, encoding: str, book: Book, aside: Path) -> Iterator[Slice]:
    """Read a feed file in one piece, or in slices where it is big; refuse it as `read_table` does.

    aside  a folder that is made for the time of reading, and removed.
    """
    owner = FEED_TABLES[table].owner
    try:
        parquet = None if owner not in _CUT_BY or table in _WHOLE else parquet_of(table, path, encoding, aside)
        rows = 0 if parquet is None else rows_of(parquet)
        if parquet is None or rows <= WHOLE_ROWS_MAX:
            yield Slice(read_table(table, path, encoding))
            return
        count = min(book.shards, -(-rows // SLICE_ROWS))
        yield from _Cut(table, parquet, book, aside / "slices", count).slices()
    finally:
        shutil.rmtree(aside, ignore_errors=True)


class _Cut:
    """A file that lies in `count` folders, each holding the rows of some neighbouring shards in the file's order."""

    def __init__(self, table: str, path: Path, book: Book, folder: Path, count: int) -> None:
        self.table = table
        self.path = path
        self.folder = folder
        self.count = count
        self.shards = book.shards
        self.sources = sources_of(table, path)
        self._by = _CUT_BY[FEED_TABLES[table].owner]
        known = book.known(FEED_TABLES[table].owner)
        self._owners = known.select(self._by, (pl.col("shard").cast(pl.Int64) * count // book.shards).alias(_SLICE))
        key = FEED_TABLES[table].primary_key()
        # A key that names the owner cannot come in two slices; every other key is a single column.
        named = [] if self._by in key else [*key, *(name for name in LINKS.get(table, ()) if name in self.sources)]
        self._hashed = {f"_hash_of_{name}": name for name in named}

    def slices(self) -> Iterator[Slice]:
        """Cut the file, and give its slices: first the rows that several would share."""
        self._spill()
        shared = self._shared_keys()
        given = 0
        if len(shared):
            together = pl.concat(self._read(at, self._is_among(shared)) for at in range(self.count))
            given += together.height
            yield Slice(self._raw(together.sort(_ROW)), is_shared=True)
            del together
        for at in range(self.count):
            rows = self._read(at, ~self._is_among(shared) if len(shared) else None)
            shutil.rmtree(self._of(at), ignore_errors=True)
            given += rows.height
            first, last = (-(-each * self.shards // self.count) for each in (at, at + 1))
            yield Slice(self._raw(rows), range(first, last))
        if given != rows_of(self.path):
            raise AssertionError(f"{self.table}: {given} rows in slices, of {rows_of(self.path)} in the file")

    def _spill(self) -> None:
        with refusing_unwritable(self.folder):
            for at in range(self.count):
                self._of(at).mkdir(parents=True)
        for number, batch in enumerate(batches_of(self.path, BATCH_ROWS, numbered=_ROW)):
            parted = self._marked(batch).partition_by(_SLICE, as_dict=True, include_key=False)
            for (at,), rows in parted.items():
                path = self._of(int(at)) / f"{number:06d}.parquet"
                with refusing_unwritable(path):
                    rows.write_parquet(path, compression="lz4", statistics=False)

    def _marked(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Add each row's slice (the first where nobody owns it) and the hashes of what it may share with others."""
        named = self._typed(batch, self._by).to_frame()
        looked = named.join(self._owners, on=self._by, how="left", maintain_order="left")
        hashes = {
            name: self._typed(batch, column)
            .to_frame()
            .select(pl.when(pl.col(column).is_not_null()).then(pl.col(column).hash(seed=0)))
            .to_series()
            for name, column in self._hashed.items()
        }
        return batch.with_columns(looked[_SLICE].fill_null(0), **hashes)

    def _typed(self, batch: pl.DataFrame, name: str) -> pl.Series:
        source = self.sources[name]
        wanted = FEED_TABLES[self.table].columns()[name].dtype
        return convert(batch[source], wanted, name=name, is_major=name != source)[0]

    def _shared_keys(self) -> npt.NDArray[np.uint64]:
        """Find the hashes that come in more than one slice, a part of all hashes at a time."""
        if not self._hashed or self.count == 1:
            return np.empty(0, np.uint64)
        found = []
        for part in range(self.count):
            seen = [self._hashes(at, part) for at in range(self.count)]
            hashes = np.sort(np.concatenate(seen))
            found.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
        return self._with_their_links(np.concatenate(found))

    def _with_their_links(self, shared: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Add what the rows that are shared have in common with others, and these with yet others."""
        while len(shared):
            paths = [path for at in range(self.count) for path in self._of(at).iterdir()]
            rows = (
                pl.scan_parquet(paths, glob=False).select(list(self._hashed)).filter(self._is_among(shared)).collect()
            )
            linked = pl.concat(rows[name].alias("hash") for name in self._hashed).drop_nulls().unique().to_numpy()
            if len(linked) == len(shared):
                break
            shared = linked
        return shared

    def _hashes(self, at: int, part: int) -> npt.NDArray[np.uint64]:
        """List what a slice's rows may share with others, each hash once, of one part of all hashes."""
        paths = sorted(self._of(at).iterdir())
        if not paths:
            return np.empty(0, np.uint64)
        each = [
            pl.scan_parquet(paths, glob=False)
            .select(pl.col(name).alias("hash"))
            .filter(pl.col("hash") % self.count == part)  # which a null is not
            for name in self._hashed
        ]
        return np.unique(pl.concat(each).collect().to_series().to_numpy())

    def _is_among(self, shared: npt.NDArray[np.uint64]) -> pl.Expr:
        hashes = pl.Series(shared, dtype=pl.UInt64).implode()
        # A null is among nothing, and must not make the row neither here nor there.
        return pl.any_horizontal(pl.col(name).is_in(hashes).fill_null(value=False) for name in self._hashed)

    def _read(self, at: int, only: pl.Expr | None) -> pl.DataFrame:
        paths = sorted(self._of(at).iterdir())
        if not paths:
            kinds = pl.scan_parquet(self.path, glob=False, hive_partitioning=False).collect_schema()
            return pl.DataFrame(schema={_ROW: pl.UInt32, **kinds})
        rows = pl.scan_parquet(paths, glob=False)
        return (rows if only is None else rows.filter(only)).drop(self._hashed).collect()

    def _raw(self, rows: pl.DataFrame) -> RawTable:
        return RawTable(self.table, rows.drop(_ROW), self.sources, places=rows[_ROW].cast(pl.Int64))

    def _of(self, at: int) -> Path:
        return self.folder / f"{at:04d}"
