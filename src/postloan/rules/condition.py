"""Conditions: what a risk manager writes about a row of features, in a small part of SQL that cannot do harm."""

# ruff: noqa: PLC0415 - the parser is imported where a text is read: who is given what was read has no use for it

from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl


class ConditionWrong(ValueError):
    """A condition that is not understood, or says what it may not; the message says what and where."""


@dataclass(frozen=True)
class Condition:
    """A condition that may be run.

    text     as it was written.
    sql      what the parser writes back, and what is run.
    columns  the features it asks, in the order in which they are first named.
    holds_of_unknown  whether it holds of a row of which it knows nothing.
    """

    text: str
    sql: str
    columns: tuple[str, ...]
    holds_of_unknown: bool

    @cached_property
    def holds(self) -> pl.Expr:
        """Whether it holds of a row; where a feature it needs is unknown, it does not."""
        return pl.sql_expr(self.sql).fill_null(value=False)


class FrozenSchema(tuple[tuple[str, pl.DataType], ...]):
    """The names and kinds of features, as something that may be kept by: each is itself, whatever it holds."""

    __slots__ = ()
    __hash__, __eq__ = object.__hash__, object.__eq__

    @property
    def kinds(self) -> dict[str, pl.DataType]:
        """Kinds by name."""
        return dict(self)


@lru_cache(maxsize=4096)
def condition(text: str, features: FrozenSchema) -> Condition:
    """Read a condition about rows that have these features.

    Raises ConditionWrong where it is too long or too deep, is no SQL, names what is no feature, holds a part that is
    not allowed (a query, a window, a cast, a comment, any other function), or is not true or false.
    """
    from postloan.rules.condition_reading import understood

    try:
        return understood(text, features)
    except RecursionError:
        raise ConditionWrong("is nested too deeply") from None
