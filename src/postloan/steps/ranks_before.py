"""Ranks before: what other debtors and other banks take of a collateral before a later rank gets anything."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.losses import EarlierRanks, SecurityTie
from postloan.tables.neighbours import CollateralClaim

_OWN = ("debtor_no", "collateral_id")


def ranks_before(
    ties: dy.DataFrame[SecurityTie], pledges: pl.DataFrame, claims: dy.DataFrame[CollateralClaim], *, on: date
) -> dy.DataFrame[EarlierRanks]:
    """Say of each pledge of a later rank what the ranks before it take, but for those of its own debtor.

    Reads   ties; pledges: facts, of the same debtors; claims: of the whole bank.
    Writes  taken_cents: of other debtors and of other banks; null where an earlier rank is not in our book and nobody
            said what it secures.
    Source  Civil Code Art. 414; risk 5.4: prior liens come off.

    A rank is in our book once it has begun, though what it secured be repaid: then it takes nothing.
    """
    later = ties.filter(pl.col("rank") > 1).drop_nulls("collateral_id").unique("security", maintain_order=True)
    if later.is_empty():
        return EarlierRanks.create_empty()
    named = later.select("security", "debtor_no", "collateral_id", "prior_claims_cents", own_rank="rank")
    held = pl.concat([
        pledges.filter(pl.col("begins_on") <= on).select(*_OWN, "rank", secured_cents=pl.lit(0, pl.Int64)),
        claims.select(*_OWN, "rank", "secured_cents"),
    ])  # fmt: skip
    before = (
        named.join(held, on="collateral_id", suffix="_held")
        .filter(pl.col("rank") < pl.col("own_rank"))
        .group_by("security")
        .agg(
            ranks=pl.col("rank").n_unique(),
            held_cents=pl.col("secured_cents").filter(pl.col("debtor_no_held") != pl.col("debtor_no")).sum(),
        )
    )
    all_known = (pl.col("ranks") == pl.col("own_rank") - 1) | pl.col("prior_claims_cents").is_not_null()
    taken = pl.sum_horizontal("held_cents", "prior_claims_cents")
    found = named.join(before, on="security", how="left", maintain_order="left")
    return EarlierRanks.validate(
        found.select("security", taken_cents=pl.when(all_known.fill_null(value=False)).then(taken))
    )
