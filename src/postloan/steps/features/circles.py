"""Circle features: for whom a debtor stands among the bank's debtors, and whether they stand for it in turn."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from postloan.tables.features import CircleFeatures

_PRUNINGS = 3


def circle_features(guarantors: pl.DataFrame, *, on: date) -> dy.DataFrame[CircleFeatures]:
    """Find the circles of guarantees in force, and sum up what each debtor gives.

    Reads   guarantors: who guarantees whom, of the whole bank: circles cross shards.
    Writes  circle_members, 2 or more, empty outside circles; guarantees_given_cents of guarantors.
    Source  risk 6.1: a mutual core is a strongly connected component of two or more.
    """
    in_force = guarantors.filter(
        (pl.col("begins_on") <= on) & ~(pl.col("ends_on") < on).fill_null(value=False)
        & (pl.col("debtor_no") != pl.col("guarantor_no"))
    )  # fmt: skip
    if in_force.is_empty():
        return CircleFeatures.create_empty()
    given = in_force.group_by(debtor_no="guarantor_no").agg(guarantees_given_cents=pl.col("amount_cents").sum())
    told = given.join(_circles(in_force), on="debtor_no", how="full", coalesce=True).sort("debtor_no")
    return CircleFeatures.validate(told.select(CircleFeatures.column_names()))


def _circles(ties: pl.DataFrame) -> pl.DataFrame:
    """Each debtor in a circle, with the size of it."""
    for _ in range(_PRUNINGS):
        # Who is guaranteed by nobody, or guarantees nobody, is in no circle: most debtors are.
        giving = ties.select(debtor_no="guarantor_no").unique()
        backed = ties.select(guarantor_no="debtor_no").unique()
        ties = ties.join(giving, on="debtor_no", how="semi").join(backed, on="guarantor_no", how="semi")
    numbers, places = np.unique(ties.select("debtor_no", "guarantor_no").to_numpy(), return_inverse=True)
    debtor, guarantor = places.reshape(-1, 2).T
    graph = coo_array((np.ones(ties.height, np.int8), (debtor, guarantor)), shape=(numbers.size, numbers.size))
    _count, label = connected_components(graph, directed=True, connection="strong")
    members = np.bincount(label, minlength=1)[label].astype(np.int32)
    return pl.DataFrame({"debtor_no": numbers, "circle_members": members}).filter(pl.col("circle_members") > 1)
