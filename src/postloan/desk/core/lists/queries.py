"""Rows of a list that come from the database: work, people, audit."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Sum

from postloan.desk.core.lists.asked import answer_of
from postloan.desk.core.lists.form import Column, Filter, Found, ListForm, Values


class QuerySource:
    """The rows of a query: fields are named through relations as the ORM does, org__name.

    query  the rows that the officer may see.
    """

    def __init__(self, form: ListForm, query: QuerySet[Any]) -> None:
        self._form = form
        self._query = query
        self._fields = dict.fromkeys([form.key, *(name for column in form.columns for name in _fields(column))])

    def counts(self, asked: Sequence[Values]) -> list[int]:
        """How many rows there are to each set of answers."""
        return [self._query.filter(self._where(values)).count() for values in asked]

    def read(self, values: Values, *, sort: str, offset: int, size: int) -> Found:
        """One page, with the totals of everything that the filters leave."""
        kept = self._query.filter(self._where(values))
        summed = [column.name for column in self._form.columns if column.is_summed]
        totals = kept.aggregate(**{name: Sum(name, default=0) for name in summed}) if summed else {}
        rows = self._sorted(kept, sort)[offset : offset + size]
        return Found(list(rows), kept.count(), totals)

    def every(self, values: Values, *, sort: str) -> list[dict[str, Any]]:
        """All rows to a set of answers, in order."""
        return list(self._sorted(self._query.filter(self._where(values)), sort))

    def _sorted(self, kept: QuerySet[Model], sort: str) -> QuerySet[Any, dict[str, Any]]:
        column = self._form.column(sort.removeprefix("-"))
        by = F((column.sorts_by or column.name) if column else self._form.key)
        order = by.desc(nulls_last=True) if sort.startswith("-") else by.asc(nulls_last=True)
        return kept.order_by(order, self._form.key).values(*self._fields)

    def _where(self, values: Values) -> Q:
        where = Q()
        for each in self._form.filters:
            if each.name in values:
                where &= _condition(each, values[each.name])
        return where


def _fields(column: Column) -> list[str]:
    linked = [column.link[1]] if column.link else []
    return [name for name in (column.name, *linked, column.link_to, column.tone_by) if name]


def _condition(each: Filter, answer: str) -> Q:
    """A filter as a condition."""
    if each.ask == "text":
        found = Q()
        for name in each.columns:
            found |= Q(**{f"{name}__icontains": answer})
        return found
    name, value = each.columns[0], answer_of(each, answer)
    if each.ask == "one_of":
        return Q(**{f"{name}__in": answer.split(",")}) if "," in answer else Q(**{name: value})
    return Q(**{f"{name}__{'gte' if each.ask == 'at_least' else 'lte'}": value})
