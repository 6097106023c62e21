"""Features of those tied to a debtor: members of its group, guarantors and guaranteed that are in default."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.circles import given_for_others, members_of_circles
from postloan.tables.features import TiedFeatures, told_of_nobody
from postloan.tables.neighbours import DebtorInDefault


def tied_features(
    debtors: pl.DataFrame, guarantors: pl.DataFrame, in_default: dy.DataFrame[DebtorInDefault], *, on: date
) -> dy.DataFrame[TiedFeatures]:
    """Count those in default to whom a debtor is tied, each once.

    Reads   debtors: facts, of whatever shard; guarantors: who guarantees whom, of the whole bank; in_default: likewise.
    Writes  counts above 0, empty where nobody is; a guarantee counts while it is in force.
    Source  regulations CLS-07 (groups); warning signals WS-GRP-01, WS-GUA-03, WS-GUA-05.
    """
    if in_default.is_empty():
        return told_of_nobody(TiedFeatures)
    in_force = given_for_others(guarantors, on=on).select("debtor_no", "guarantor_no").unique()
    bad = in_default.select(bad_no="debtor_no")
    found = [
        _of_groups(debtors, in_default),
        in_force.join(bad, left_on="guarantor_no", right_on="bad_no", how="semi")
        .group_by("debtor_no")
        .agg(guarantors_in_default=_counted()),
        in_force.join(bad, left_on="debtor_no", right_on="bad_no", how="semi")
        .group_by(debtor_no="guarantor_no")
        .agg(guaranteed_in_default=_counted()),
        _of_circles(in_force, in_default),
    ]
    told = found[0]
    for each in found[1:]:
        told = told.join(each, on="debtor_no", how="full", coalesce=True)
    return TiedFeatures.validate(told.sort("debtor_no").select(TiedFeatures.column_names()))


def _counted() -> pl.Expr:
    return pl.len().cast(pl.Int32)


def _of_groups(debtors: pl.DataFrame, in_default: pl.DataFrame) -> pl.DataFrame:
    return (
        debtors.select("debtor_no", "group_id")
        .drop_nulls("group_id")
        .join(in_default.select("group_id", bad_no="debtor_no"), on="group_id")
        .filter(pl.col("debtor_no") != pl.col("bad_no"))
        .group_by("debtor_no")
        .agg(group_members_in_default=_counted())
    )


def _of_circles(ties: pl.DataFrame, in_default: pl.DataFrame) -> pl.DataFrame:
    """Of each debtor in a circle, how many others of it are in default."""
    members = members_of_circles(ties)
    bad = members.join(in_default, on="debtor_no", how="semi").select("core", bad_no="debtor_no")
    return (
        members.join(bad, on="core")
        .filter(pl.col("debtor_no") != pl.col("bad_no"))
        .group_by("debtor_no")
        .agg(circle_members_in_default=_counted())
    )
