"""Event features: how long ago something last befell a debtor."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.features import EVENT_KINDS, EventFeatures
from postloan.tables.units import PerDebtor

_BEGINS = "days_since_"


def event_features(events: pl.DataFrame, *, on: date) -> dy.DataFrame[PerDebtor]:
    """Count the days since the latest event of each known kind, up to the day; others are left out.

    Reads   events: facts.
    Writes  days_since_<kind>, empty where there was none.
    Source  warning signals that rest on events, by kind.
    """
    last = (
        events.filter((pl.col("happened_on") <= on) & pl.col("kind").is_in(list(EVENT_KINDS)))
        .group_by("debtor_no", "kind")
        .agg(days=(on - pl.col("happened_on").max()).dt.total_days().cast(pl.Int32))
    )
    wide = last.group_by("debtor_no").agg(
        pl.col("days").filter(pl.col("kind") == kind).first().alias(_BEGINS + kind) for kind in EVENT_KINDS
    )
    return EventFeatures.validate(wide.sort("debtor_no"))
