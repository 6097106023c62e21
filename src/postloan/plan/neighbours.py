"""Neighbours: what debtors make of one another's securities, found before the shards and given to each."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from postloan.kernels.network import counted_once, network_of
from postloan.models.circles import ALONE, mutual_cores
from postloan.plan.asked import Asked
from postloan.plan.inputs import Inputs, Neighbours
from postloan.plan.night import assess
from postloan.rules.rulebook import Policy
from postloan.tables.neighbours import WEAKNESSES, CollateralClaim, DebtorInDefault, WeakGuarantee
from postloan.tables.units import NON_PERFORMING


class Standings(NamedTuple):
    """What some debtors were found to be.

    debtors  debtor_no, is_distressed: of those with loans on the book.
    claims   what their pledges on shared collateral secure.
    """

    debtors: pl.DataFrame
    claims: pl.DataFrame


def standings(inputs: Inputs, shared: pl.DataFrame, policy: Policy, *, on: date) -> Standings:
    """Assess the debtors asked of a shard, as the night will, but for what their securities are worth."""
    assessed = assess(inputs, policy.without_signals(), on=on)
    bad = (pl.col("stage") == "stage_3") | pl.col("tier").is_in(NON_PERFORMING)
    on_book = assessed.loans.filter(pl.col("status") == "active")
    # A rank whose loans are repaid is still a rank: it secures nothing.
    held = inputs.pledge.filter(pl.col("begins_on") <= on).select(
        "collateral_id", "rank", "debtor_no", secured_cents=pl.lit(0, pl.Int64)
    )
    owed = assessed.classed.ties.drop_nulls("collateral_id").join(
        assessed.classed.standing.select("loan_no", "outstanding_cents"), on="loan_no"
    )
    secured = owed.group_by("security").agg(
        pl.col("collateral_id", "rank", "debtor_no").first(),
        secured_cents=pl.min_horizontal(pl.col("amount_cents").first(), pl.col("outstanding_cents").sum()),
    )
    claims = (
        pl.concat([held, secured.select(held.columns)])
        .join(shared, on="collateral_id", how="semi")
        .group_by("collateral_id", "rank", "debtor_no")
        .agg(pl.col("secured_cents").sum())
    )
    return Standings(on_book.group_by("debtor_no").agg(is_distressed=bad.any()).sort("debtor_no"), claims)


def neighbours(given: Asked, found: Sequence[Standings]) -> Neighbours:
    """Put together what the debtors asked were found to be, at least one: weak guarantees, claims, who is in default.

    Source  risk 6.4: a guarantor in trouble, or one that the debtor stands for in its turn; a ring counts once. Who
            owes nothing any more ties no ring.
    """
    debtors, claims = (pl.concat(parts) for parts in zip(*found, strict=True))
    bad = debtors.filter("is_distressed").select("debtor_no")
    distressed = bad.select(guarantor_no="debtor_no", is_distressed=pl.lit(value=True))
    weak = (
        _in_cores(given.edges, debtors)
        .join(distressed, on="guarantor_no", how="left", maintain_order="left")
        .with_columns(
            weakness=pl.when("is_distressed").then(pl.lit("distressed")).when("is_mutual").then(pl.lit("mutual"))
        )
        .drop_nulls("weakness")
    )
    return Neighbours(
        CollateralClaim.validate(claims.sort("collateral_id", "rank", "debtor_no")),
        WeakGuarantee.validate(
            weak.select(
                "guarantee_id", "debtor_no", "guarantor_no", pl.col("weakness").cast(pl.Enum(WEAKNESSES)),
                "counts_cents",
            ).sort("guarantee_id")
        ),
        DebtorInDefault.validate(
            given.debtors.join(bad, on="debtor_no", how="semi", maintain_order="left").select("debtor_no", "group_id")
        ),
    )  # fmt: skip


def _in_cores(edges: pl.DataFrame, debtors: pl.DataFrame) -> pl.DataFrame:
    """Tell of each guarantee whether it lies within a mutual core, and how much of it counts."""
    places = pl.concat([edges["debtor_no"], edges["guarantor_no"]]).unique().sort()
    owes = edges["debtor_no"].is_in(debtors["debtor_no"].implode()).to_numpy()
    debtor, guarantor = (np.searchsorted(places, edges[name]) for name in ("debtor_no", "guarantor_no"))
    core = mutual_cores(debtor[owes], guarantor[owes], size=places.len())
    is_own = debtor == guarantor
    is_mutual = owes & (((core[debtor] == core[guarantor]) & (core[debtor] != ALONE)) | is_own)
    counts = edges["amount_cents"].to_numpy().copy()
    if is_mutual.any():
        # Rows are by debtor and guarantor already, so the network keeps their order.
        network = network_of(
            debtor[is_mutual], guarantor[is_mutual], counts[is_mutual], np.zeros(places.len(), np.int64)
        )
        counts[is_mutual] = counted_once(network)
    return edges.with_columns(is_mutual=pl.Series(is_mutual), counts_cents=pl.Series(counts))
