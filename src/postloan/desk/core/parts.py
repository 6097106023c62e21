"""Parts: what a published day changes in many rows, cut so that nobody who works meanwhile waits for all of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

from postloan.desk.core.actions import record
from postloan.desk.core.days import BusinessDay

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


@dataclass(frozen=True)
class Adopting:
    """A desk that takes a published day over, as the audit chain names what it does and to what."""

    day: BusinessDay
    action: str
    subject: str

    def in_parts(
        self,
        rows: Sequence[T],
        deed: Callable[[list[T]], Mapping[str, int]],
        *,
        together: Callable[[T], object] | None = None,
    ) -> Counter[str]:
        """Do a deed to rows, in parts of a transaction each; where it did anything, the chain says so in the same one.

        deed      does it to one part, and counts what it did, by name. Returns the sums.
        together  see `parts`.
        The record comes last in a transaction, so that whoever holds rows never waits for whoever holds the chain.
        """
        done: Counter[str] = Counter()
        for part in parts(rows, together=together):
            with transaction.atomic():
                counts: dict[str, Any] = {**deed(part)}
                if any(counts.values()):
                    record(None, self.action, self.subject, run_id=self.day.run_id, on=self.day.on, **counts)
            done.update(counts)
        return done
