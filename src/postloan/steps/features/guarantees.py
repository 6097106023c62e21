"""Guarantee features: how long guarantees and claims can still be enforced."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.features import GuaranteeFeatures, told_of_nobody

_RENEWS_LIMITATION = ("demand", "acknowledgement", "filing", "judgment", "enforcement")
_NARROW = ("loan", "contract", "facility")


def guarantee_features(
    loans: pl.DataFrame,
    contracts: pl.DataFrame,
    guarantees: pl.DataFrame,
    legal_events: pl.DataFrame,
    *,
    on: date,
) -> dy.DataFrame[GuaranteeFeatures]:
    """Count the days that are left of guarantee periods, and those for which limitation has run.

    Reads   loans: of the book, loan_id, contract_id, matures_on, oldest unpaid due days, last_paid_on; contracts:
            facts, which facility a contract draws on; guarantees, legal_events: facts.
    Writes  days per debtor, the most pressing of its loans and guarantees.
    Source  Civil Code Arts. 188, 195 (limitation), 692 (guarantee periods); regulations DSP-30 to 41, PRA-13.

    A period that ends no later than the loan counts as not agreed; a maximum-amount guarantee's last day bounds the
    debts that it secures, and is no period. How long an unagreed period and limitation run is for the rules to say.
    """
    limited = _limitation(loans, legal_events, on)
    if guarantees.is_empty() and limited.is_empty():
        return told_of_nobody(GuaranteeFeatures)
    periods = _periods(loans, contracts, guarantees, on)
    joined = periods.join(limited, on="debtor_no", how="full", coalesce=True).sort("debtor_no")
    return GuaranteeFeatures.validate(joined)


def _periods(loans: pl.DataFrame, contracts: pl.DataFrame, guarantees: pl.DataFrame, on: date) -> pl.DataFrame:
    """The end of each guarantee's period, or the day from which an unagreed one runs, against the day."""
    begun = guarantees.filter(pl.col("begins_on") <= on)
    named = loans.join(
        contracts.select("contract_id", "facility_id"), on="contract_id", how="left", maintain_order="left"
    )
    tied = pl.concat(
        begun.filter(pl.col("secures_kind") == kind)
        .select("secures_id", "is_maximum_amount", "ends_on")
        .join(named.select("debtor_no", "matures_on", secures_id=f"{kind}_id"), on="secures_id")
        for kind in _NARROW
    )
    is_agreed = (pl.col("ends_on") > pl.col("matures_on")) & ~pl.col("is_maximum_amount").fill_null(value=False)
    is_agreed = is_agreed.fill_null(value=False)
    left, since = pl.col("ends_on") - on, on - pl.col("matures_on")
    return tied.group_by("debtor_no").agg(
        guarantee_days_left=left.filter(is_agreed & (pl.col("ends_on") >= on)).min().dt.total_days().cast(pl.Int32),
        guarantee_unagreed_days=since.filter(~is_agreed & (pl.col("matures_on") <= on))
        .max().dt.total_days().cast(pl.Int32),
    )  # fmt: skip


def _limitation(loans: pl.DataFrame, legal_events: pl.DataFrame, on: date) -> pl.DataFrame:
    """For how many days limitation has run, where something is unpaid."""
    oldest = pl.min_horizontal("oldest_principal_due_on", "oldest_interest_due_on")
    unpaid = loans.with_columns(oldest_on=oldest).drop_nulls("oldest_on")
    renews = legal_events.filter(pl.col("kind").is_in(_RENEWS_LIMITATION) & (pl.col("happened_on") <= on))
    latest = [pl.col("oldest_on"), pl.col("last_paid_on")]
    for name in ("loan_id", "contract_id"):
        ends = renews.drop_nulls(name).group_by(name).agg(pl.col("happened_on").max().alias(f"by_{name}"))
        unpaid = unpaid.join(ends, on=name, how="left", maintain_order="left")
        latest.append(pl.col(f"by_{name}"))
    runs_from = pl.max_horizontal(latest)
    return unpaid.group_by("debtor_no").agg(limitation_days=(on - runs_from.min()).dt.total_days().cast(pl.Int32))
