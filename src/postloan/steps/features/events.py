"""Event features: how long ago something last befell a debtor, how often, and with which amounts."""

from collections.abc import Iterator
from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.months import months_before
from postloan.tables.event_kinds import COUNTED_KINDS, EVENT_KINDS, LIFTED, SUMMED_KINDS
from postloan.tables.features import EventFeatures, told_of_nobody
from postloan.tables.units import PerDebtor

_SUMMED_MONTHS = 12


def event_features(events: pl.DataFrame, *, on: date) -> dy.DataFrame[PerDebtor]:
    """Count the days since the latest event of each known kind, up to the day; others are left out.

    Reads   events: facts. An event `<kind>_lifted` ends those of the kind up to its own day.
    Writes  days_since_<kind>, <kind>_cents and <kind>_times, empty where there was none; cents of those with an amount.
    Source  warning signals that rest on events, by kind.
    """
    if events.is_empty():
        return told_of_nobody(EventFeatures)
    up_to_now = events.filter(pl.col("happened_on") <= on)
    standing = _not_lifted(up_to_now).select(
        "debtor_no", "kind", "happened_on", "amount_cents",
        days=(on - pl.col("happened_on")).dt.total_days().cast(pl.Int32),
    )  # fmt: skip
    wide = standing.group_by("debtor_no").agg(_told_by_kind(set(standing["kind"]), on))
    unknown = [name for name in EventFeatures.column_names() if name not in wide.columns]
    dtypes = EventFeatures.create_empty().schema
    told = wide.with_columns(pl.lit(None, dtypes[name]).alias(name) for name in unknown)
    return EventFeatures.validate(told.sort("debtor_no"))


def _not_lifted(events: pl.DataFrame) -> pl.DataFrame:
    """Keep the events of known kinds that were not ended since, nor on their own day."""
    known = events.filter(pl.col("kind").is_in(list(EVENT_KINDS)))
    lifted = events.filter(pl.col("kind").str.ends_with(LIFTED))
    if lifted.is_empty():
        return known
    ends = lifted.group_by("debtor_no", kind=pl.col("kind").str.strip_suffix(LIFTED)).agg(
        lifted_on=pl.col("happened_on").max()
    )
    beside = known.join(ends, on=["debtor_no", "kind"], how="left")
    return beside.filter(pl.col("lifted_on").is_null() | (pl.col("happened_on") > pl.col("lifted_on")))


def _told_by_kind(kinds: set[str], on: date) -> Iterator[pl.Expr]:
    """Say what is told of each kind that came at all; most never do."""
    for kind in EVENT_KINDS:
        if kind not in kinds:
            continue
        is_kind = pl.col("kind") == kind
        yield pl.col("days").filter(is_kind).min().alias(f"days_since_{kind}")
        if kind in SUMMED_KINDS:
            cents = pl.col("amount_cents").filter(is_kind & _within(_SUMMED_MONTHS, on)).drop_nulls()
            yield pl.when(cents.len() > 0).then(cents.sum()).alias(f"{kind}_cents")
        if kind in COUNTED_KINDS:
            count = (is_kind & _within(COUNTED_KINDS[kind], on)).sum().cast(pl.Int32)
            yield pl.when(is_kind.any()).then(count).alias(f"{kind}_times")


def _within(months: int, on: date) -> pl.Expr:
    return pl.col("happened_on") > months_before(on, months)
