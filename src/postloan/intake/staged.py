"""Staged: a table on its way into the facts, in one piece or slice by slice, and what its load record will say."""

from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from postloan.intake.accept import AcceptedTable
from postloan.intake.quarantine import QUARANTINE_COLUMNS
from postloan.intake.records import LoadedTable
from postloan.intake.slices import Slice
from postloan.intake.stage import write_part


class StagedTable:
    """What has been accepted of a table so far; its rows are on the disk, but for those that several slices share."""

    def __init__(self, home: Path, load: int, table: str, mode: Literal["full", "increment"]) -> None:
        self._home = home
        self._load = load
        self._table = table
        self._mode: Literal["full", "increment"] = mode
        self._rows = self._quarantined = 0
        self._repeats_keys = False
        self._last_known_on: date | None = None
        self._shards: list[int] = []
        self._sums: list[int] = []
        self._quarantines = [pl.DataFrame(schema=QUARANTINE_COLUMNS)]
        self._shared: pl.DataFrame | None = None

    def take(self, piece: Slice, accepted: AcceptedTable, rows: pl.DataFrame) -> None:
        """Write the accepted rows of a slice; those that slices share wait for the slice of their shard.

        rows  those of `accepted`, sealed.
        """
        self._rows += rows.height
        self._quarantined += accepted.quarantined
        self._repeats_keys |= accepted.repeats_keys
        self._quarantines.append(accepted.quarantine)
        last = rows["known_on"].max()
        if isinstance(last, date):
            self._last_known_on = max(last, self._last_known_on or last)
        if piece.is_shared:
            self._shared = rows
            return
        if self._shared is not None and piece.shards is not None:
            own = self._shared.filter(pl.col("shard").is_between(piece.shards.start, piece.shards.stop - 1))
            rows = pl.concat([own, rows])
        shards, sums = write_part(self._home, self._load, self._table, rows)
        self._shards += shards
        self._sums += sums

    def loaded(self) -> LoadedTable:
        """What the load's record says of the table."""
        return LoadedTable(
            mode=self._mode,
            rows=self._rows,
            quarantined=self._quarantined,
            last_known_on=self._last_known_on,
            repeats_keys=self._repeats_keys,
            shards=tuple(self._shards),
            sums=tuple(self._sums),
        )

    def quarantine(self) -> pl.DataFrame:
        """The rows that were not accepted, in the order of the file."""
        return pl.concat(self._quarantines).sort("row", maintain_order=True)
