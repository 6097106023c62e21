"""How a condition is read: parsed, every part of it asked for in a list of what is allowed, and written back.

What is run is what the parser writes back, never the text itself. Numbers are reckoned with as doubles, and a division
by nothing has no value.
"""

from collections.abc import Iterator
from functools import lru_cache

import polars as pl
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from postloan.rules.condition import Condition, ConditionWrong, FrozenSchema
from postloan.rules.condition_kinds import KindsDiffer, kind_of

DIALECT = "postgres"
CHARACTERS_MOST, PARTS_MOST, BRACKETS_MOST = 2_000, 200, 30
DIGITS_MOST, TEXT_MOST = 15, 64
"""A double holds 15 digits exactly; a code or a word is no longer than 64 characters."""

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs)
_CHOICES = (exp.Case, exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest)
_ALLOWED = frozenset({
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Is,
    *_ARITHMETIC, *_CHOICES, exp.If, exp.StartsWith,
})  # fmt: skip
_MAY_SAY = (
    "AND OR NOT, = <> < <= > >=, BETWEEN, IN (…), IS [NOT] NULL, + - * /, CASE WHEN, ABS, COALESCE, NULLIF, LEAST, "
    "GREATEST, STARTS_WITH"
)


def understood(text: str, features: FrozenSchema) -> Condition:
    """Parse a condition and ask of every part of it whether it is allowed; see `condition`. Raises ConditionWrong."""
    read = _parsed(text)
    for part in _parts(read):
        _check(part, features)
    columns = tuple(dict.fromkeys(column.name for column in read.find_all(exp.Column)))
    if not columns:
        raise ConditionWrong("asks no feature: it is the same of every row")
    _check_kinds(read, features)
    _reckon_in_doubles(read, features)
    sql = read.sql(dialect=DIALECT, comments=False)
    return Condition(text, sql, columns, _holds_of_unknown(sql, features))


def _parsed(text: str) -> exp.Expression:
    if len(text) > CHARACTERS_MOST:
        raise ConditionWrong(f"is longer than {CHARACTERS_MOST} characters")
    if text.count("(") > BRACKETS_MOST:
        raise ConditionWrong(f"has more than {BRACKETS_MOST} brackets")
    try:
        read = parse_one(text, read=DIALECT)
    except SqlglotError as error:
        raise ConditionWrong(f"is no SQL expression: {_first_line(error)}") from None
    if not isinstance(read, exp.Expression):
        raise ConditionWrong("is empty")
    return read


def _first_line(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if details:
        first = details[0]
        return f"{first.get('description')} at character {first.get('col')}"
    return str(error).splitlines()[0][:200]


def _parts(read: exp.Expression) -> Iterator[exp.Expr]:
    for count, part in enumerate(read.walk(), start=1):
        if count > PARTS_MOST:
            raise ConditionWrong(f"has more than {PARTS_MOST} parts")
        yield part


def _check(part: exp.Expr, features: FrozenSchema) -> None:
    if part.comments:
        raise ConditionWrong("holds a comment")
    if type(part) not in _ALLOWED:
        raise ConditionWrong(f"holds {_named(part)}, which is not allowed; it may say {_MAY_SAY}")
    if isinstance(part, exp.Column):
        if part.table or part.name not in features.kinds:
            raise ConditionWrong(f"asks {part.sql(dialect=DIALECT)[:80]}, which is no feature")
        _check_words(part, features.kinds[part.name])
    elif isinstance(part, exp.Literal):
        _check_literal(part)
    elif isinstance(part, exp.In) and any(part.args.get(name) for name in part.args.keys() - {"this", "expressions"}):
        raise ConditionWrong("holds IN of something that is no list of values")


def _check_literal(part: exp.Literal) -> None:
    if part.is_string:
        if len(part.name) > TEXT_MOST:
            raise ConditionWrong(f"holds a text longer than {TEXT_MOST} characters")
        return
    whole, _point, decimals = part.name.partition(".")
    if not (whole + decimals).isdecimal() or len(whole + decimals) > DIGITS_MOST:
        raise ConditionWrong(
            f"holds the number {part.name[:40]}; a number has at most {DIGITS_MOST} digits, and no power"
        )


def _check_words(column: exp.Column, kind: pl.DataType) -> None:
    """A word that is on no closed list would never be met, and nobody would notice."""
    if not isinstance(kind, pl.Enum):
        return
    beside = column.parent
    while isinstance(beside, _PASS_ON):
        beside = beside.parent
    for word in _words_asked(beside):
        if word not in kind.categories:
            raise ConditionWrong(f"compares {column.name} with {word}; it is one of {', '.join(kind.categories)}")


_PASS_ON = (exp.Paren, exp.Coalesce, exp.Nullif)
"""What gives on one of the values in it."""


def _words_asked(comparison: exp.Expr | None) -> Iterator[str]:
    """The words that a comparison compares; a CASE of a value compares it with those after WHEN."""
    if isinstance(comparison, exp.Case):
        for way in comparison.args["ifs"] if comparison.this else ():
            yield from _words_of(way.this)
    elif isinstance(comparison, exp.Binary | exp.In | exp.Between):
        for part in comparison.iter_expressions():
            yield from _words_of(part)


def _words_of(part: exp.Expr) -> Iterator[str]:
    """The words that a value may be; what only decides between them is none."""
    if isinstance(part, exp.Literal) and part.is_string:
        yield part.name
    elif isinstance(part, _PASS_ON):
        for inner in part.iter_expressions():
            yield from _words_of(inner)
    elif isinstance(part, exp.Case):
        for value in (*(way.args["true"] for way in part.args["ifs"]), part.args.get("default")):
            yield from _words_of(value) if value else ()


def _named(part: exp.Expr) -> str:
    if isinstance(part, exp.Anonymous):
        return f"the function {part.name[:40]}"
    if isinstance(part, exp.Func):
        return f"the function {part.sql_name()}"
    return f"{part.key.upper()} ({part.sql(dialect=DIALECT, comments=False)[:60]})"


def _reckon_in_doubles(read: exp.Expression, features: FrozenSchema) -> None:
    """Let no whole number wrap around, or differ in width from one beside it; a division by nothing has no value."""
    for value in list(read.find_all(exp.Column, exp.Literal)):
        is_number = features.kinds[value.name].is_numeric() if isinstance(value, exp.Column) else not value.is_string
        if is_number and value.find_ancestor(*_ARITHMETIC, *_CHOICES):
            value.replace(exp.Cast(this=value.copy(), to=exp.DataType.build("double precision", dialect=DIALECT)))
    for division in list(read.find_all(exp.Div)):
        divisor = division.expression
        divisor.replace(exp.Nullif(this=divisor.copy(), expression=exp.Literal.number("0")))


def _check_kinds(read: exp.Expression, features: FrozenSchema) -> None:
    try:
        kind = kind_of(read, features.kinds)
    except KindsDiffer as differ:
        raise ConditionWrong(str(differ)) from None
    if kind not in {"true or false", None}:
        raise ConditionWrong(f"is {kind}, neither true nor false")


def _holds_of_unknown(sql: str, features: FrozenSchema) -> bool:
    """Run a condition on a row of which nothing is known, and on one whose texts are on no list; tell of the first."""
    try:
        answers = _unknown(features).select(pl.sql_expr(sql).alias("holds"))["holds"]
    except pl.exceptions.PolarsError as error:
        raise ConditionWrong(f"compares what cannot be compared: {str(error).splitlines()[0][:200]}") from None
    if answers.dtype not in {pl.Boolean, pl.Null}:
        raise ConditionWrong(f"is {answers.dtype}, neither true nor false")
    return bool(answers[0])


@lru_cache(maxsize=8)
def _unknown(features: FrozenSchema) -> pl.DataFrame:
    return pl.DataFrame({name: [None, _word_of(kind)] for name, kind in features}, schema=features.kinds)


def _word_of(kind: pl.DataType) -> str | None:
    return str(kind.categories[0]) if isinstance(kind, pl.Enum) else "" if kind == pl.String else None
