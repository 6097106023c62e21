"""Parts: what a published day changes in many rows, cut so that nobody who works meanwhile waits for all of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
MOST = 500
"""Rows that one transaction changes: it holds them, and on SQLite everybody, for less than a second."""
_GIVES_WAY_SECONDS = 0.12
"""SQLite has one lock for all, and whoever waits for it looks whether it is free every tenth of a second."""


def parts(rows: Sequence[T], *, together: Callable[[T], object] | None = None) -> Iterator[list[T]]:
    """Cut rows into parts, for a transaction each. Between two, whoever waits for SQLite's one lock gets it.

    together  what of a row keeps it with others: rows of which it says the same lie in one part. For deeds that ask
              whether any of them was done already.
    """
    held: dict[object, list[T]] = {}
    for at, row in enumerate(rows):
        held.setdefault(at if together is None else together(row), []).append(row)
    kept = list(held.values())
    for start in range(0, len(kept), MOST):
        if start and connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(_GIVES_WAY_SECONDS)
        yield [row for each in kept[start : start + MOST] for row in each]
