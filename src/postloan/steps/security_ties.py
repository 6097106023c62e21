"""Security ties: which loans each pledge and guarantee secures today, in the order of their right."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.losses import SecurityTie

_AFTER_ALL_RANKS = 100
"""Guarantees come after every pledge: the feed's ranks end at 99."""
_NARROW_FIRST = ("loan", "contract", "facility")
_SECURITY = ("debtor_no", "secures_kind", "secures_id", "is_maximum_amount", "begins_on", "ends_on")


def security_ties(
    loans: pl.DataFrame, contracts: pl.DataFrame, pledges: pl.DataFrame, guarantees: pl.DataFrame, *, on: date
) -> dy.DataFrame[SecurityTie]:
    """Tie each security to the loans that it secures.

    Reads   loans: facts of the loans in the book; contracts: facts, which facility a loan's contract draws on; pledges,
            guarantees: facts.
    Writes  SecurityTie, securities in order of right: by rank, guarantees after pledges.
    Source  Civil Code Arts. 420, 690: maximum-amount security covers what arises in its period; Art. 414: pledges by
            rank; regulations COL-18: collateral comes before guarantees.

    A maximum-amount security secures the loans paid out from its first day to its last, also after that; any other
    secures on the days from its first to its last. Loans are told by themselves, their contract or its facility. Of one
    rank the narrower tie comes first, then the older: what only it can secure is not taken by another.
    """
    securities = _in_order(pledges, guarantees).filter(pl.col("begins_on") <= on).with_row_index("security")
    if securities.is_empty():
        return SecurityTie.cast(SecurityTie.create_empty())
    named = loans.select("loan_no", "loan_id", "contract_id", "disbursed_on").join(
        contracts.select("contract_id", "facility_id"), on="contract_id", how="left", maintain_order="left"
    )
    tied = pl.concat(
        securities.filter(pl.col("secures_kind") == kind).join(
            named.select("loan_no", "disbursed_on", secures_id=f"{kind}_id"), on="secures_id"
        )
        for kind in _NARROW_FIRST
    )
    is_maximum = pl.col("is_maximum_amount").fill_null(value=False)
    secures_on = pl.when(is_maximum).then("disbursed_on").otherwise(pl.lit(on))
    has_begun, has_ended = pl.col("begins_on") <= secures_on, pl.col("ends_on") < secures_on
    held = tied.filter(has_begun & ~has_ended.fill_null(value=False)).sort("security", "loan_no")
    return SecurityTie.cast(held.select(SecurityTie.column_names()))


def _in_order(pledges: pl.DataFrame, guarantees: pl.DataFrame) -> pl.DataFrame:
    """Put pledges and guarantees in the order of their right."""
    after_pledges = pl.lit(_AFTER_ALL_RANKS, pledges.schema["rank"])
    parts = (
        pledges.select("collateral_id", "rank", *_SECURITY, "prior_claims_cents", amount_cents="secured_cents"),
        guarantees.select("guarantee_id", *_SECURITY, "amount_cents", rank=after_pledges),
    )
    narrow = pl.col("secures_kind").cast(pl.String).cast(pl.Enum(_NARROW_FIRST))
    return pl.concat(parts, how="diagonal").sort("rank", narrow, "begins_on", maintain_order=True)
