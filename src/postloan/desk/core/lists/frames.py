"""Rows of a list that come from a day's snapshot: a frame in memory, filtered and sorted whole."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_

import polars as pl

from postloan.desk.core.lists.asked import answer_of
from postloan.desk.core.lists.form import Filter, Found, ListForm, Values


class FrameSource:
    """The rows of a frame.

    frame  the rows that the officer may see.
    dress  puts to rows what only the rows that are shown need: names for numbers.
    """

    def __init__(
        self, form: ListForm, frame: pl.DataFrame, dress: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    ) -> None:
        self._form = form
        self._frame = frame
        self._dress = dress or (lambda rows: rows)

    def counts(self, asked: Sequence[Values]) -> list[int]:
        """How many rows there are to each set of answers, counted in one pass."""
        sums = [
            (self._where(values).sum() if values else pl.len()).alias(str(place)) for place, values in enumerate(asked)
        ]
        return [int(count or 0) for count in self._frame.lazy().select(sums).collect().row(0)] if sums else []

    def read(self, values: Values, *, sort: str, offset: int, size: int) -> Found:
        """One page, with the totals of everything that the filters leave."""
        kept = self._kept(values)
        summed = [column.name for column in self._form.columns if column.is_summed]
        totals = kept.select(summed).sum().to_dicts()[0] if summed and kept.height else dict.fromkeys(summed, 0)
        shown = self._sorted(kept, sort).slice(offset, size).collect()
        return Found(self._dress(shown).to_dicts(), kept.height, totals)

    def every(self, values: Values, *, sort: str) -> pl.DataFrame:
        """All rows to a set of answers, in order: what a workbook holds."""
        return self._dress(self._sorted(self._kept(values), sort).collect())

    def _kept(self, values: Values) -> pl.DataFrame:
        return self._frame.filter(self._where(values)) if values else self._frame

    def _sorted(self, kept: pl.DataFrame, sort: str) -> pl.LazyFrame:
        column = self._form.column(sort.removeprefix("-"))
        by = (column.sorts_by or column.name) if column else self._form.key
        # The key breaks ties, so that a row stands on one page and not on two.
        return kept.lazy().sort(by, self._form.key, descending=[sort.startswith("-"), False], nulls_last=True)

    def _where(self, values: Values) -> pl.Expr:
        asked = [
            each.where(values[each.name]) if each.where else _expression(each, values[each.name])
            for each in self._form.filters
            if each.name in values
        ]
        return reduce(and_, asked, pl.lit(value=True))


def _expression(each: Filter, answer: str) -> pl.Expr:
    """A filter as an expression."""
    if each.ask == "text":
        looks = [pl.col(name).str.contains(answer, literal=True).fill_null(value=False) for name in each.columns]
        return reduce(or_, looks)
    column, value = pl.col(each.columns[0]), answer_of(each, answer)
    if each.ask == "at_least":
        return (column >= value).fill_null(value=False)
    if each.ask == "at_most":
        return (column <= value).fill_null(value=False)
    if "," in answer:
        return column.cast(pl.String).is_in(answer.split(","))
    if each.kind == "flag":
        return column == (answer == "true")
    return (column == value).fill_null(value=False)
