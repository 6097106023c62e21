"""Exceptions (例外事项): what went otherwise than it should, and how a desk tells the register of it.

A desk registers a source when it starts; the register asks every source for its rows of a day. Neither knows the other:
a desk that has work to return, or limits to pass, adds its kind to rulebook/desk/exceptions.yaml and a source here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.work.pages import action_of
from postloan.rules.desk_exceptions import ExceptionKind

ROW: dict[str, pl.DataType] = {
    "subject": pl.String(), "title": pl.String(), "told": pl.String(), "org_id": pl.String(), "officer": pl.String(),
    "happened_on": pl.Date(), "late_days": pl.Int64(), "amount_cents": pl.Int64(), "page": pl.String(),
    "action": pl.String(),
}  # fmt: skip
"""What a row says: what it is about, a name, in words, the office (none is the bank's own), who, since when, how late,
how much, the address of its page, and the grant that opens it. What does not apply is empty."""


@dataclass(frozen=True)
class Told:
    """One exception, as a source that reads the database tells it. A page whose grant it does not say is asked."""

    subject: str
    title: str
    told: str
    org_id: str | None
    happened_on: date
    officer: str = ""
    late_days: int | None = None
    amount_cents: int | None = None
    page: str = ""
    action: str = ""


@dataclass(frozen=True)
class ExceptionSource:
    """A source of exceptions of one kind.

    find  its rows of a day, of all offices: the columns of ROW; the kind brings its thresholds.
    """

    kind: str
    find: Callable[[BusinessDay, ExceptionKind], pl.DataFrame]


_SOURCES: dict[str, ExceptionSource] = {}


def register_source(source: ExceptionSource) -> ExceptionSource:
    """Make a source known by its kind."""
    _SOURCES[source.kind] = source
    return source


def sources() -> Mapping[str, ExceptionSource]:
    """Every source by its kind."""
    return dict(_SOURCES)


def told_rows(rows: Iterable[Told]) -> pl.DataFrame:
    """Lay told exceptions out as rows, each page with the grant that opens it."""
    return pl.DataFrame(
        [
            {name: getattr(row, name) for name in ROW} | {"action": row.action or (row.page and action_of(row.page))}
            for row in rows
        ],
        schema=ROW,
    )
