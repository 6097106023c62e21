"""Circle features: for whom a debtor stands among the bank's debtors, and whether they stand for it in turn."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.models.circles import ALONE, mutual_cores
from postloan.tables.features import CircleFeatures, told_of_nobody
from postloan.tables.neighbours import guarantee_is_over


def circle_features(guarantors: pl.DataFrame, *, on: date) -> dy.DataFrame[CircleFeatures]:
    """Find the circles of guarantees in force, and sum up what each debtor gives.

    Reads   guarantors: who guarantees whom, of the whole bank: circles cross shards.
    Writes  circle_members, 2 or more, empty outside circles; guarantees_given_cents of guarantors.
    Source  risk 6.1: a mutual core is a strongly connected component of two or more.
    """
    in_force = given_for_others(guarantors, on=on)
    if in_force.is_empty():
        return told_of_nobody(CircleFeatures)
    given = in_force.group_by(debtor_no="guarantor_no").agg(guarantees_given_cents=pl.col("amount_cents").sum())
    members = members_of_circles(in_force).select("debtor_no", circle_members=pl.len().over("core").cast(pl.Int32))
    return CircleFeatures.validate(given.join(members, on="debtor_no", how="full", coalesce=True).sort("debtor_no"))


def given_for_others(guarantors: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Keep the guarantees in force on a day, but for those that somebody gives for itself."""
    return guarantors.filter(
        (pl.col("begins_on") <= on) & ~guarantee_is_over(on) & (pl.col("debtor_no") != pl.col("guarantor_no"))
    )


def members_of_circles(ties: pl.DataFrame) -> pl.DataFrame:
    """Say of each debtor in a circle of these guarantees which one: debtor_no, core."""
    tied = pl.concat([ties["debtor_no"], ties["guarantor_no"]]).unique().sort()
    if tied.is_empty():
        return pl.DataFrame(schema={"debtor_no": pl.Int64, "core": pl.Int32})
    # The graph is of those who are tied: few of the bank are.
    debtor, guarantor = (np.searchsorted(tied, ties[name]) for name in ("debtor_no", "guarantor_no"))
    core = mutual_cores(debtor, guarantor, size=tied.len())
    return pl.DataFrame({"debtor_no": tied, "core": core}).filter(pl.col("core") != ALONE)
