"""Covenant features: how the promises of a debtor's contracts are kept."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.ratios import over
from postloan.tables.covenants import CovenantTest
from postloan.tables.features import CovenantFeatures, told_of_nobody


def covenant_features(tests: dy.DataFrame[CovenantTest], *, on: date) -> dy.DataFrame[CovenantFeatures]:
    """Sum up the last test of each covenant, debtor by debtor.

    Reads   tests: of the night. What is not due yet says nothing.
    Writes  the worst result, days since the first of the breaches that last, since the first late statement, and the
            least room of the covenants that are met, as a share of their bound.
    Source  signals PL-COV-01 to 03.
    """
    if tests.is_empty():
        return told_of_nobody(CovenantFeatures)
    latest = tests.filter("is_latest")
    is_late, is_met = pl.col("result") == "not_tested", pl.col("result") == "met"
    is_breach = pl.col("result").is_in(["curing", "breached"])
    room = over(pl.col("headroom_e8"), pl.col("threshold_e8").abs())
    told = latest.group_by("debtor_no").agg(
        covenant_state=pl.col("result").max(),
        covenant_breach_days=(on - pl.col("notice_on").filter(is_breach).min()).dt.total_days().cast(pl.Int32),
        covenant_late_days=(on - pl.col("due_on").filter(is_late).min()).dt.total_days().cast(pl.Int32),
        covenant_headroom=room.filter(is_met).min(),
    )
    return CovenantFeatures.validate(told.sort("debtor_no").select(CovenantFeatures.column_names()))
