"""Cover: how much of each loan its pledges and guarantees secure by contract; what they are worth comes later."""

from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels.security import Ties, secured
from postloan.tables.beside import beside
from postloan.tables.results import Cover, Standing

_SECURITY = ("secures_kind", "secures_id", "is_maximum_amount", "begins_on", "ends_on")
_AFTER_ALL_RANKS = 100
"""Guarantees come after every pledge: the feed's ranks end at 99."""
_NARROW_FIRST = ("loan", "contract", "facility")


def cover(
    loans: pl.DataFrame,
    standing: dy.DataFrame[Standing],
    contracts: pl.DataFrame,
    pledges: pl.DataFrame,
    guarantees: pl.DataFrame,
    *,
    on: date,
) -> dy.DataFrame[Cover]:
    """Let each security in its turn secure what those before it left of its loans, by what is left of each.

    Reads   loans: facts of the loans in the book; standing: the balance that governs; contracts: facts, which facility
            a loan's contract draws on; pledges, guarantees: facts.
    Writes  secured_cents, at most the balance. A security gives all of its amount or all that is left, to the cent.
    Source  Civil Code Arts. 420, 690: maximum-amount security covers what arises in its period, up to its amount;
            Art. 414: pledges by rank; regulations COL-18: loans of one collateral are treated as one, collateral
            comes before guarantees.

    A maximum-amount security secures the loans paid out from its first day to its last, also after that; any other
    secures on the days from its first to its last. Loans are told by themselves, their contract or its facility. Of one
    rank the narrower tie comes first, then the older: what only it can secure is not taken by another. What collateral
    is worth, and so what a later rank finds left of it, is not known here.
    """
    securities = _in_order(pledges, guarantees).filter(pl.col("begins_on") <= on).with_row_index("security")
    owing = beside(
        loans.select("loan_no", "loan_id", "contract_id", "disbursed_on"),
        standing.select("loan_no", "outstanding_cents"),
    )
    if securities.is_empty():
        return Cover.validate(owing.select("loan_no", secured_cents=pl.lit(0, pl.Int64)))
    named = owing.with_row_index("place").join(
        contracts.select("contract_id", "facility_id"), on="contract_id", how="left", maintain_order="left"
    )
    tied = pl.concat(
        securities.filter(pl.col("secures_kind") == kind).join(
            named.select("place", "disbursed_on", secures_id=f"{kind}_id"), on="secures_id"
        )
        for kind in _NARROW_FIRST
    )
    is_maximum = pl.col("is_maximum_amount").fill_null(value=False)
    secures_on = pl.when(is_maximum).then("disbursed_on").otherwise(pl.lit(on))
    has_begun, has_ended = pl.col("begins_on") <= secures_on, pl.col("ends_on") < secures_on
    held = tied.filter(has_begun & ~has_ended.fill_null(value=False)).sort("security", "place")
    counts = held.group_by("security", maintain_order=True).agg(pl.len(), pl.col("cents").first())
    ties = Ties(
        first=np.append(0, counts["len"].cum_sum().cast(pl.Int64).to_numpy()),
        cents=counts["cents"].to_numpy(),
        loans=held["place"].cast(pl.Int64).to_numpy(),
        owed_cents=owing["outstanding_cents"].to_numpy(),
    )
    return Cover.validate(owing.select("loan_no", secured_cents=pl.Series(secured(ties))))


def _in_order(pledges: pl.DataFrame, guarantees: pl.DataFrame) -> pl.DataFrame:
    """Put pledges and guarantees in the order of their right."""
    after_pledges = pl.lit(_AFTER_ALL_RANKS, pledges.schema["rank"])
    amounts = (
        pledges.select("rank", *_SECURITY, cents="secured_cents"),
        guarantees.select(after_pledges.alias("rank"), *_SECURITY, cents="amount_cents"),
    )
    narrow = pl.col("secures_kind").cast(pl.String).cast(pl.Enum(_NARROW_FIRST))
    return pl.concat(amounts).sort("rank", narrow, "begins_on", maintain_order=True)
