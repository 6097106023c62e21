"""Who is asked before the shards, since other debtors' securities rest on what becomes of them.

A shard holds whole debtors and knows no others. What crosses debtors is asked of few: guarantors that are debtors of
the bank, those that share collateral with a later rank, and, where warnings ask who near a debtor is in default, the
members of groups and the guaranteed. Stages rest on no security, so they can be asked first.
"""

from datetime import date
from typing import NamedTuple

import polars as pl

from postloan.intake.facts import Facts
from postloan.tables.neighbours import guarantee_is_over

_EDGE = ("guarantee_id", "debtor_no", "guarantor_no", "guarantor_id", "amount_cents")


class Asked(NamedTuple):
    """Who is asked before the shards.

    edges    guarantees in force whose guarantor is a debtor of the bank, by debtor, guarantor and identifier.
    shared   collateral_id: collateral of several debtors with a later rank.
    debtors  debtor_no, shard and group_id of those asked.
    """

    edges: pl.DataFrame
    shared: pl.DataFrame
    debtors: pl.DataFrame

    def of_shard(self, shard: int) -> tuple[int, ...]:
        """Return the debtors asked of one shard."""
        return tuple(self.debtors.filter(pl.col("shard") == shard)["debtor_no"])


def asked(facts: Facts, *, on: date, with_tied: bool = True) -> Asked:
    """Find out from narrow facts of the whole bank who is to be asked.

    with_tied  ask those too whose default warns others: members of groups, and the guaranteed.
    """
    promised, shared = _promised(facts, on), _shared(facts, on)
    known = _debtors(facts) if with_tied else _debtors(facts, promised, shared)
    edges = _edges(promised, known)
    who = [edges.select(debtor_no="guarantor_no"), shared.select("debtor_no")]
    if with_tied:
        who += [edges.select("debtor_no"), _of_groups(known)]
    return Asked(
        edges,
        shared.select("collateral_id").unique(),
        known.join(pl.concat(who).unique(), on="debtor_no", how="semi")
        .select("debtor_no", "shard", "group_id")
        .sort("debtor_no"),
    )


def edges_of(facts: Facts, *, on: date) -> pl.DataFrame:
    """Find the guarantees alone; see `Asked`."""
    promised = _promised(facts, on)
    return _edges(promised, _debtors(facts, promised))


def _edges(promised: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    guarantors = known.select(guarantor_id="debtor_id", guarantor_no="debtor_no")
    edges = promised.join(guarantors, on="guarantor_id").select(*_EDGE)
    return edges.sort("debtor_no", "guarantor_no", "guarantee_id")


def _debtors(facts: Facts, *tied: pl.DataFrame) -> pl.DataFrame:
    """Number, identifier, group and shard of all debtors; of none where nothing of what is given ties any."""
    known = pl.DataFrame(schema={"debtor_no": pl.Int64, "debtor_id": pl.String, "group_id": pl.String})
    if tied and all(each.is_empty() for each in tied):
        return known.with_columns(shard=pl.lit(None, pl.Int32))
    return pl.concat(
        facts.read("debtor", shard, known.columns).with_columns(shard=pl.lit(shard, pl.Int32))
        for shard in range(facts.layout.shards)
    )


def _of_groups(known: pl.DataFrame) -> pl.DataFrame:
    """The members of groups of several debtors."""
    grouped = known.drop_nulls("group_id")
    several = grouped.group_by("group_id").len().filter(pl.col("len") > 1)
    return grouped.join(several, on="group_id", how="semi").select("debtor_no")


def _promised(facts: Facts, on: date) -> pl.DataFrame:
    """The guarantees in force."""
    told = facts.read(
        "guarantee", None,
        ("guarantee_id", "debtor_no", "guarantor_id", "amount_cents", "is_maximum_amount", "begins_on", "ends_on"),
    )  # fmt: skip
    return told.filter((pl.col("begins_on") <= on) & ~guarantee_is_over(on))


def _shared(facts: Facts, on: date) -> pl.DataFrame:
    """The pledges on collateral that several debtors share and that has a later rank: collateral_id, debtor_no."""
    nobody = pl.DataFrame(schema={"collateral_id": pl.String, "debtor_no": pl.Int64})
    if not (facts.read("pledge", None, ("rank",))["rank"] > 1).any():
        return nobody
    told = facts.read("pledge", None, ("collateral_id", "debtor_no", "rank", "begins_on")).filter(
        pl.col("begins_on") <= on
    )
    several = told.group_by("collateral_id").agg(pl.col("rank").max(), pl.col("debtor_no").n_unique())
    meant = several.filter((pl.col("rank") > 1) & (pl.col("debtor_no") > 1)).select("collateral_id")
    return told.join(meant, on="collateral_id", how="semi").select("collateral_id", "debtor_no")
