"""Checks: what can be said of a row by itself: its types, its bounds, its closed lists, its days."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.intake.convert import Broken, convert
from postloan.intake.quarantine import Complaints
from postloan.intake.read import UNITS, RawTable
from postloan.tables.inputs import FEED_TABLES

PAST_DAYS: dict[str, tuple[str, ...]] = {
    "debtor": ("registered_on",),
    "contract": ("signed_on",),
    "loan": ("signed_on", "disbursed_on"),
    "drawdown": ("paid_on",),
    "opening": ("on",),
    "payment": ("paid_on",),
    "ledger": ("on",),
    "account_entry": ("booked_at",),
    "collateral": ("registered_on",),
    "valuation": ("valued_on",),
    "statement": ("period_end_on",),
    "event": ("happened_on",),
    "legal_event": ("happened_on",),
    "written_off": ("on",),
    "elsewhere": ("on",),
    "market": ("on",),
    "bank_figure": ("on",),
    "gl_balance": ("on",),
}
"""Days on which something happened. A feed cannot know them before they come."""

SPANS: dict[str, tuple[str, str]] = {
    "facility": ("begins_on", "ends_on"),
    "contract": ("begins_on", "ends_on"),
    "pledge": ("begins_on", "ends_on"),
    "guarantee": ("begins_on", "ends_on"),
    "decision": ("effective_on", "ends_on"),
    "legal_event": ("happened_on", "ends_on"),
}
"""First and last day of what lasts: the last is not before the first."""


def typed_rows(raw: RawTable, complaints: Complaints, *, feed_day: date, known_by: date) -> pl.DataFrame:
    """Convert a feed file's rows to the types of their schema, and complain of whatever does not fit.

    Only the columns of the file are there, and `known_on`, which the feed's day fills. Row by row as in the file.
    """
    columns: list[pl.Series] = []
    for name, column in FEED_TABLES[raw.table].columns().items():
        if name not in raw.sources:
            continue
        source = raw.sources[name]
        given = raw.frame[source]
        if name in raw.number_cells:
            complaints.add("identifier_is_number", raw.number_cells[name], name)
        converted, broken = convert(given, column.dtype, name=name, is_major=name != source)
        _complain_of_conversion(complaints, column, name, broken, is_major=name != source)
        if not column.nullable:
            _complain_of_nothing(complaints, name, converted, broken)
        columns.append(converted)
    frame = pl.DataFrame(columns)
    _check_bounds(raw.table, frame, complaints)
    frame = _with_known_on(frame, feed_day)
    complaints.add("future_dated", frame["known_on"] > known_by, "known_on")
    _check_days(raw.table, frame, complaints, feed_day)
    _check_rules(raw.table, frame, complaints)
    return frame


def _complain_of_conversion(
    complaints: Complaints, column: dy.Column, name: str, broken: Broken, *, is_major: bool
) -> None:
    decimals = next((held for suffix, held in UNITS.items() if is_major and name.endswith(suffix)), 0)
    allowed = ", ".join(column.dtype.categories) if isinstance(column.dtype, pl.Enum) else ""
    for rule, mask in broken.items():
        complaints.add(rule, mask, name, decimals=decimals, allowed=allowed)


def _complain_of_nothing(complaints: Complaints, name: str, converted: pl.Series, broken: Broken) -> None:
    if not converted.null_count():
        return
    missing = converted.is_null()
    for mask in broken.values():
        missing = missing & ~mask.fill_null(value=False)
    complaints.add("required", missing, name)


def _check_bounds(table: str, frame: pl.DataFrame, complaints: Complaints) -> None:
    schema = FEED_TABLES[table].columns()
    rules = {
        (name, rule): expression.fill_null(value=True)
        for name in frame.columns
        for rule, expression in schema[name].validation_rules(pl.col(name)).items()
        if rule != "nullability"
    }
    if not rules or not frame.height:
        return
    held = frame.select(rule.all().alias(str(at)) for at, rule in enumerate(rules.values())).row(0)
    for ((name, rule), expression), holds in zip(rules.items(), held, strict=True):
        if not holds:
            ours, bound = _named(schema[name], rule)
            complaints.add(ours, ~frame.select(expression).to_series(), name, bound=bound)


def _named(column: dy.Column, rule: str) -> tuple[str, object]:
    """Our name and the bound for a rule of a schema's column."""
    if rule == "min":
        least = column.min  # type: ignore[attr-defined]
        return ("negative" if least == 0 else "too_small"), least
    if rule == "max":
        return "too_large", column.max  # type: ignore[attr-defined]
    if rule == "max_length":
        return "too_long", column.max_length  # type: ignore[attr-defined]
    if rule == "regex":
        return "wrong_form", column.regex  # type: ignore[attr-defined]
    return {"inf": "not_finite", "nan": "not_finite"}[rule], None


def _with_known_on(frame: pl.DataFrame, feed_day: date) -> pl.DataFrame:
    if "known_on" not in frame.columns:
        return frame.with_columns(known_on=pl.lit(feed_day, pl.Date))
    return frame.with_columns(pl.col("known_on").fill_null(feed_day)) if frame["known_on"].null_count() else frame


def _check_days(table: str, frame: pl.DataFrame, complaints: Complaints, feed_day: date) -> None:
    for name in PAST_DAYS.get(table, ()):
        if name in frame.columns:
            happened = frame[name].cast(pl.Date)
            complaints.add("future_dated", happened > feed_day, name)
    first, last = SPANS.get(table, ("", ""))
    if first in frame.columns and last in frame.columns:
        complaints.add("ends_before_it_begins", frame[last] < frame[first], last, other=first)


def _check_rules(table: str, frame: pl.DataFrame, complaints: Complaints) -> None:
    schema = FEED_TABLES[table]
    rules = schema._schema_validation_rules()
    if not rules:
        return
    absent = {name: column.dtype for name, column in schema.columns().items() if name not in frame.columns}
    whole = frame.lazy().with_columns(pl.lit(None, dtype).alias(name) for name, dtype in absent.items())
    held = whole.select(rule.expr.fill_null(value=True).alias(name) for name, rule in rules.items()).collect()
    for name in rules:
        said = getattr(schema, name).validation_fn.__doc__
        complaints.add(name, ~held[name] & ~complaints.bad, reason=said)
