"""What the warning model foresees of a debtor: that a loan is past due for days, or in stage 3, within months.

A debtor that is well at a month-end is a row of the features that warning rules ask too. Its label is told by the
month-ends after it. Days and months are in the label's name, so that a card says itself what it foresees.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from postloan.rules.warnings import FEATURES as ASKED

PERIOD, DEBTOR = "on", "debtor_id"
READ = ("debtor_no", "debtor_id", "status", "days_past_due", "stage")
"""The published columns of loans that tell who is well."""
FEATURES = tuple(name for name, kind in ASKED["debtor"].kinds.items() if kind != pl.Date)
"""The columns that a card may use: the features of debtors but days, which are neither numbers nor categories."""
_LABEL = re.compile(r"late_([1-9]\d{0,2})_in_([1-9]\d?)_months")


class Foreseen(NamedTuple):
    """What a label says: past due for so many days or in stage 3, within so many months."""

    days: int
    months: int


def label_of(days: int, months: int) -> str:
    """The label that looks so many months ahead for so many days past due."""
    return f"late_{days}_in_{months}_months"


def foreseen(label: str) -> Foreseen | None:
    """What a label foresees; None where it is no label of debtors."""
    found = _LABEL.fullmatch(label)
    return Foreseen(int(found[1]), int(found[2])) if found else None


def standing(loans: pl.LazyFrame, days: int) -> pl.DataFrame:
    """Whether each debtor with a loan on the book is bad: debtor_no, debtor_id, is_bad, by debtor.

    loans  the columns READ of PublishedLoan.
    """
    is_bad = (pl.col("days_past_due") >= days) | (pl.col("stage").cast(pl.String) == "stage_3").fill_null(value=False)
    return (
        loans.filter(pl.col("status") == "active")
        .group_by("debtor_no")
        .agg(pl.col("debtor_id").first(), is_bad=is_bad.any())
        .sort("debtor_no")
        .collect()
    )


def well(features: pl.DataFrame, loans: pl.LazyFrame, days: int) -> pl.DataFrame:
    """Keep the features of debtors that are well: of the others there is nothing left to foresee."""
    are_bad = standing(loans, days).filter("is_bad")
    return features.join(are_bad.select("debtor_no"), on="debtor_no", how="anti", maintain_order="left")


def plain(found: pl.DataFrame, on: date) -> pl.DataFrame:
    """A plain table of one day from features of debtors: DEBTOR, PERIOD and FEATURES, by debtor."""
    return found.select(DEBTOR, pl.lit(on).alias(PERIOD), *FEATURES).sort(DEBTOR)


def labelled(found: pl.DataFrame, later: Sequence[pl.LazyFrame], label: str) -> pl.DataFrame:
    """Add the label: 1 where a debtor is bad on one of the later days.

    found  a plain table of one day; later: READ of the published days that the label looks at. A debtor that is no
           longer on the book repaid, and is good.
    """
    told = foreseen(label)
    assert told is not None  # noqa: S101 - a label of this module
    bads = [standing(rows, told.days).filter("is_bad")[DEBTOR] for rows in later]
    went = pl.concat(bads).unique()
    return found.with_columns(pl.col(DEBTOR).is_in(went.implode()).cast(pl.Int8).alias(label))
