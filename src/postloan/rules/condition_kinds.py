"""Kinds of what conditions compare: numbers with numbers, words with words, and only what is true or false by AND."""

from collections.abc import Callable, Iterable
from typing import Literal

import polars as pl
from sqlglot import exp

Kind = Literal["a number", "a text", "true or false", "a day"]

_ASK: tuple[tuple[tuple[type[exp.Expr], ...], Kind, Kind], ...] = (
    ((exp.And, exp.Or, exp.Not), "true or false", "true or false"),
    ((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs), "a number", "a number"),
    ((exp.StartsWith,), "a text", "true or false"),
)
"""What asks all its parts to be of one certain kind, that kind, and what it gives."""

_COMPARES = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)
_HAVE_ORDER = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Least, exp.Greatest)


class KindsDiffer(ValueError):
    """Something is compared or reckoned with what is of another kind; the message says what."""


def kind_of(part: exp.Expr, kinds: dict[str, pl.DataType]) -> Kind | None:
    """Say what kind of value a part of a condition has; None is NULL, which may stand for any.

    Raises KindsDiffer where a part of it mixes kinds.
    """
    if isinstance(part, exp.Column | exp.Literal | exp.Boolean | exp.Null):
        return _of_leaf(part, kinds)

    def of(inner: exp.Expr) -> Kind | None:
        return kind_of(inner, kinds)

    if isinstance(part, exp.Case):
        return _of_case(part, of)
    own = list(part.iter_expressions())
    for parts, asked, given in _ASK:
        if isinstance(part, parts):
            _all(own, part, of, asked)
            return given
    found = _one(own, part, of)
    if isinstance(part, _HAVE_ORDER) and found == "true or false":
        raise KindsDiffer(f"puts {_written(part)} in order, which is true or false")
    return "true or false" if isinstance(part, (*_COMPARES, exp.Is)) else found


def _of_leaf(part: exp.Expr, kinds: dict[str, pl.DataType]) -> Kind | None:
    if isinstance(part, exp.Column):
        return _of_column(kinds[part.name])
    if isinstance(part, exp.Literal):
        return "a text" if part.is_string else "a number"
    return "true or false" if isinstance(part, exp.Boolean) else None


def _of_column(dtype: pl.DataType) -> Kind:
    if dtype.is_numeric():
        return "a number"
    if dtype == pl.Boolean:
        return "true or false"
    return "a day" if dtype == pl.Date else "a text"


def _of_case(part: exp.Case, of: Callable[[exp.Expr], Kind | None]) -> Kind | None:
    """Every WHEN is true or false, or of the kind of what CASE looks at; every result is of one kind."""
    branches: list[exp.Expr] = part.args["ifs"]
    whens, results = [each.this for each in branches], [each.args["true"] for each in branches]
    if part.this is None:
        _all(whens, part, of, "true or false")
    else:
        _one([part.this, *whens], part, of)
    otherwise = part.args.get("default")
    return _one([*results, *([otherwise] if otherwise is not None else [])], part, of)


def _all(inner: Iterable[exp.Expr], part: exp.Expr, of: Callable[[exp.Expr], Kind | None], kind: Kind) -> None:
    for each in inner:
        if of(each) not in {kind, None}:
            raise KindsDiffer(f"asks {_written(part)} of {_written(each)}, which is not {kind}")


def _one(inner: Iterable[exp.Expr], part: exp.Expr, of: Callable[[exp.Expr], Kind | None]) -> Kind | None:
    found = {kind for each in inner if (kind := of(each)) is not None}
    if len(found) > 1:
        raise KindsDiffer(f"compares {' with '.join(sorted(found))} in {_written(part)}")
    return next(iter(found), None)


def _written(part: exp.Expr) -> str:
    return part.sql(dialect="postgres", comments=False)[:60]
