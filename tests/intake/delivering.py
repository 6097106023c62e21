"""A bank that delivers feeds into a home, and how two homes are compared."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from feeds import SMALL_BANK_DAY, Row, Tables, small_bank, write_feed
from postloan.errors import PostloanError
from postloan.intake.facts import Facts
from postloan.intake.load import LoadReport, load_feeds


def tree(folder: Path) -> dict[str, str]:
    """Every file and folder under a path, with the hash of its bytes; empty where there is no such folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


class Bank:
    """A bank that delivers feeds into a home."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.feeds = root / "feeds"

    def deliver(self, tables: Tables | dict[str, Any], day: str = str(SMALL_BANK_DAY), **said: Any) -> Path:
        return write_feed(self.feeds, day, tables, **said)

    def load(self, folder: Path | None = None, **said: Any) -> list[LoadReport]:
        return load_feeds(self.home, folder or self.feeds, **said)

    def loaded(self, tables: Tables | dict[str, Any], day: str = str(SMALL_BANK_DAY), **said: Any) -> LoadReport:
        correct = said.pop("correct", False)
        [report] = self.load(self.deliver(tables, day, **said), correct=correct)
        return report

    def facts(self, known_on: Any = None) -> Facts:
        return Facts(self.home, known_on)

    def rows(self, table: str, *columns: str, known_on: Any = None) -> list[tuple[Any, ...]]:
        return self.facts(known_on).read(table, None, list(columns)).rows()

    def quarantine(self) -> pl.DataFrame:
        """The rows that the latest load put aside."""
        latest = max((self.home / "facts" / "parts").iterdir())
        return pl.read_parquet(latest / "quarantine.parquet")

    def refused(self, error: type[PostloanError], folder: Path | None = None, **said: Any) -> PostloanError:
        """Load and be refused with this very error, with the home as it was before."""
        before, was_there = tree(self.home), self.home.exists()
        with pytest.raises(PostloanError) as caught:
            self.load(folder, **said)
        assert type(caught.value) is error, str(caught.value)
        assert tree(self.home) == before
        assert self.home.exists() == was_there
        return caught.value


def february() -> Tables:
    """The small bank as it stood a month earlier: the payments of March were not there yet."""
    tables = small_bank()
    tables["payment"] = [row for row in tables["payment"] if row["paid_on"].isoformat() <= "2024-02-29"]
    return tables


def with_row(table: str, change: Callable[[Row], None], at: int = 0) -> Tables:
    """The small bank with one row changed."""
    tables = small_bank()
    change(tables[table][at])
    return tables
