"""A demo bank written to a folder, and its tables read back."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from postloan.demo.bank import write_demo_feeds


@dataclass(frozen=True)
class WrittenBank:
    folder: Path
    days: list

    @property
    def feeds(self) -> Path:
        return self.folder / "feeds"

    def table(self, name: str) -> pl.DataFrame:
        """All rows ever delivered of a table, in the order delivered, with the day of each."""
        parts = [
            pl.read_parquet(path).with_columns(feed_day=pl.lit(day))
            for day in self.days
            if (path := self.feeds / day.isoformat() / f"{name}.parquet").exists()
        ]
        return pl.concat(parts, how="diagonal")

    def truth(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "truth" / f"{name}.parquet")

    def standing(self, day) -> pl.DataFrame:
        return self.truth(f"standing/{day.isoformat()}")


def write_bank(folder: Path, *, loans: int, months: int, seed: int) -> WrittenBank:
    days = write_demo_feeds(folder / "feeds", folder / "truth", loans=loans, months=months, seed=seed)
    return WrittenBank(folder, days)
