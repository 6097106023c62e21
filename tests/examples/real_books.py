"""Real books lie outside the repository; their tests are skipped where they are absent."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

REPOSITORY = Path(__file__).parents[2]
REAL_BOOKS = REPOSITORY.parent / "shared" / "data"

Run = Callable[..., Path]


def real_book(folder: str) -> Path:
    """Return the folder of a real book, or skip the test."""
    if not (REAL_BOOKS / folder).is_dir():
        pytest.skip(f"the real book {folder} is not on this machine")
    return REAL_BOOKS / folder


def rows(feeds: Path, table: str) -> pl.DataFrame:
    """Read a table of all feed days, in the order of the days."""
    parquet, csv = sorted(feeds.glob(f"*/{table}.parquet")), sorted(feeds.glob(f"*/{table}.csv"))
    frames = [pl.read_parquet(path) for path in parquet] + [pl.read_csv(path, infer_schema=False) for path in csv]
    return pl.concat(frames, how="vertical_relaxed")
