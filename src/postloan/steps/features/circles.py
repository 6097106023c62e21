"""Circle features: for whom a debtor stands among the bank's debtors, and whether they stand for it in turn."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from postloan.tables.features import CircleFeatures, told_of_nobody
from postloan.tables.neighbours import guarantee_is_over


def circle_features(guarantors: pl.DataFrame, *, on: date) -> dy.DataFrame[CircleFeatures]:
    """Find the circles of guarantees in force, and sum up what each debtor gives.

    Reads   guarantors: who guarantees whom, of the whole bank: circles cross shards.
    Writes  circle_members, 2 or more, empty outside circles; guarantees_given_cents of guarantors.
    Source  risk 6.1: a mutual core is a strongly connected component of two or more.
    """
    in_force = guarantors.filter(
        (pl.col("begins_on") <= on) & ~guarantee_is_over(on) & (pl.col("debtor_no") != pl.col("guarantor_no"))
    )
    if in_force.is_empty():
        return told_of_nobody(CircleFeatures)
    given = in_force.group_by(debtor_no="guarantor_no").agg(guarantees_given_cents=pl.col("amount_cents").sum())
    told = given.join(_circles(in_force), on="debtor_no", how="full", coalesce=True).sort("debtor_no")
    return CircleFeatures.validate(told.select(CircleFeatures.column_names()))


def _circles(ties: pl.DataFrame) -> pl.DataFrame:
    """Each debtor in a circle, with the size of it. Debtors' numbers are dense: they are the places of the graph."""
    debtor, guarantor = ties["debtor_no"].to_numpy(), ties["guarantor_no"].to_numpy()
    size = int(max(debtor.max(), guarantor.max())) + 1
    graph = csr_array((np.ones(ties.height, np.int8), (debtor, guarantor)), shape=(size, size))
    _count, label = connected_components(graph, directed=True, connection="strong")
    members = np.bincount(label)[label]
    within = np.flatnonzero(members > 1)
    return pl.DataFrame({"debtor_no": within.astype(np.int64), "circle_members": members[within].astype(np.int32)})
