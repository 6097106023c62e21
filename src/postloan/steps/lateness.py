"""Lateness: the stretches of days on which each loan was past due, all its life."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.results import Late, Spell


def lateness(spells: dy.DataFrame[Spell], *, on: date) -> dy.DataFrame[Late]:
    """Turn what was oldest since when into the stretches of days past due.

    Reads   spells: by loan and day.
    Writes  one row a stretch with one oldest due day, by loan and day. A loan that pays on the day after its due day
            was past due at no close of business, and has no stretch.
    Source  docs/decisions/0026: what was past due on earlier days is computed, not kept.
    """
    is_same_loan = pl.col("loan_no") == pl.col("loan_no").shift(-1)
    until_on = pl.when(is_same_loan).then(pl.col("from_on").shift(-1)).otherwise(pl.lit(on) + pl.duration(days=1))
    return Late.cast(
        spells.with_columns(until_on=until_on)
        .filter(pl.col("oldest_due_on") + pl.duration(days=1) < pl.col("until_on"))
        .select(
            "loan_no",
            "oldest_due_on",
            "until_on",
            from_on=pl.max_horizontal("from_on", pl.col("oldest_due_on") + pl.duration(days=1)),
        )
    )
