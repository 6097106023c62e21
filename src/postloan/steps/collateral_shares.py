"""Collateral shares: how values are parted over the loans they secure, and how each loan and collateral stands."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.figures import ONE_E8
from postloan.tables.collateral import (
    ELIGIBILITIES,
    INSURANCES,
    CollateralShare,
    CollateralStanding,
    LoanToValue,
    PledgedLoan,
)
from postloan.tables.ratios import exact_e8

_ELIGIBILITY = pl.Enum(ELIGIBILITIES)


def counted_values(values: pl.DataFrame, pledged: dy.DataFrame[PledgedLoan], ranks: pl.DataFrame) -> pl.DataFrame:
    """Take from each collateral's value what ranks before those of this bank take.

    Reads   values: of collateral_values; pledged: of the whole bank; ranks: collateral_id and rank of every pledge of
            this bank that has begun, though what it secured be repaid.
    Writes  the values with prior_claims_cents, counted_cents; `prior_unknown` where an earlier rank is not in the book
            and nobody said what it secures.
    Source  Civil Code Art. 414; regulations COL-18.

    The ranks of this bank on one collateral are one: its loans are treated as one (COL-18).
    """
    first = pledged.group_by("collateral_id").agg(first=pl.col("rank").min(), prior=pl.col("prior_claims_cents").max())
    before = (
        ranks.join(first.select("collateral_id", "first"), on="collateral_id")
        .filter(pl.col("rank") < pl.col("first"))
        .group_by("collateral_id")
        .agg(own=pl.col("rank").n_unique())
    )
    found = values.join(first, on="collateral_id", how="left", maintain_order="left").join(
        before, on="collateral_id", how="left", maintain_order="left"
    )
    is_unknown = (pl.col("own").fill_null(0) < pl.col("first") - 1) & pl.col("prior").is_null()
    is_eligible = pl.col("eligibility") == "eligible"
    eligibility = pl.when(is_eligible & is_unknown.fill_null(value=False)).then(
        pl.lit("prior_unknown", _ELIGIBILITY)
    ).otherwise("eligibility")  # fmt: skip
    prior = pl.col("prior").fill_null(0)
    return found.with_columns(eligibility=eligibility, prior_claims_cents=prior).with_columns(
        counted_cents=pl.when(pl.col("eligibility") == "eligible")
        .then((pl.col("value_cents") - prior).clip(lower_bound=0)).otherwise(0)
    )  # fmt: skip


def collateral_shares(pledged: dy.DataFrame[PledgedLoan], counted: pl.DataFrame) -> dy.DataFrame[CollateralShare]:
    """Part each value over the loans it secures, by what it secures of each; the parts add up to the value.

    Reads   pledged: of the whole bank; counted: of counted_values.
    Writes  CollateralShare, by collateral and loan; what is not in the register of collateral has a share of 0.
    Source  regulations COL-18: by balance, off-balance loans first, the method fixed.
    """
    asked = pledged.join(
        counted.select("collateral_id", "counted_cents", "lends_most_e8"), on="collateral_id", how="left"
    ).sort("collateral_id", "is_off_balance", "loan_no", descending=[False, True, False])
    claim, value = pl.col("claim_cents").cast(pl.Int128), pl.col("counted_cents").fill_null(0).cast(pl.Int128)
    upto, in_all = claim.cum_sum().over("collateral_id"), claim.sum().over("collateral_id")
    share = pl.when(in_all > 0).then(value * upto // in_all - value * (upto - claim) // in_all).otherwise(0)
    rows = asked.with_columns(share_cents=share.cast(pl.Int64), lends_most_e8=pl.col("lends_most_e8").fill_null(0))
    return CollateralShare.validate(rows.sort("collateral_id", "loan_no").select(CollateralShare.column_names()))


def loan_to_value(shares: dy.DataFrame[CollateralShare]) -> dy.DataFrame[LoanToValue]:
    """Hold each loan against all its collateral together.

    Reads   shares: of the whole bank, or of all collateral of the loans asked about.
    Writes  LoanToValue; cents of what is lent are cut once a loan.
    Source  regulations COL-03, COL-04. A loan at exactly what is lent has no shortfall.
    """
    lends = (pl.col("share_cents").cast(pl.Int128) * pl.col("lends_most_e8")).sum() // ONE_E8
    of_loan = (
        shares.sort("loan_no", "share_cents", "collateral_id", descending=[False, True, False])
        .group_by("loan_no", maintain_order=True)
        .agg(
            pl.col("loan_id", "debtor_no", "debtor_id", "org_id", "officer_id", "outstanding_cents", "secured_cents")
            .first(),
            value_cents=pl.col("share_cents").sum(),
            lends_cents=lends.cast(pl.Int64),
            collateral_count=pl.len().cast(pl.Int64),
            uncounted_count=(pl.col("share_cents") == 0).sum().cast(pl.Int64),
            main_collateral_id=pl.col("collateral_id").first(),
        )
    )  # fmt: skip
    secured, value = pl.col("secured_cents"), pl.col("value_cents")
    return LoanToValue.validate(
        of_loan.with_columns(
            ltv_e8=exact_e8(secured.cast(pl.Int128), value),
            shortfall_cents=(secured - pl.col("lends_cents")).clip(lower_bound=0),
        )
    )


def collateral_standing(
    counted: pl.DataFrame, shares: dy.DataFrame[CollateralShare], loans: dy.DataFrame[LoanToValue], *, on: date
) -> dy.DataFrame[CollateralStanding]:
    """Say how each collateral stands: its value, what it secures, its papers.

    Reads   counted: of counted_values; shares, loans: of the same collateral.
    Writes  CollateralStanding. A loan's shortfall stands at its main collateral, so that sums count it once.
    Source  regulations COL-02, COL-03, COL-10. Insurance covers on its last day, too; what it
            pays to somebody else covers nothing here, and where nobody said whom it pays, it counts.
    """
    by_size = shares.sort(
        "collateral_id", "share_cents", "claim_cents", "loan_no", descending=[False, True, True, False]
    )
    secures = by_size.group_by("collateral_id", maintain_order=True).agg(
        pl.col("debtor_id", "org_id", "officer_id").first(), loan_count=pl.len().cast(pl.Int64),
        claim_cents=pl.col("claim_cents").sum(),
    )  # fmt: skip
    short = loans.group_by(collateral_id="main_collateral_id").agg(pl.col("shortfall_cents").sum())
    rows = counted.join(secures, on="collateral_id", how="left").join(short, on="collateral_id", how="left")
    rows = rows.with_columns(pl.col("loan_count", "claim_cents", "shortfall_cents").fill_null(0))
    return CollateralStanding.validate(
        rows.with_columns(
            ltv_e8=exact_e8(pl.col("claim_cents").cast(pl.Int128), pl.col("counted_cents")), insurance=_insurance(on)
        ).sort("collateral_id").select(CollateralStanding.column_names())
    )  # fmt: skip


def _insurance(on: date) -> pl.Expr:
    state = (
        pl.when(~pl.col("needs_insurance") | (pl.col("claim_cents") == 0)).then(pl.lit("not_needed"))
        .when(pl.col("insured_to_on").is_null()).then(pl.lit("missing"))
        .when(pl.col("insured_to_on") < on).then(pl.lit("ended"))
        .when((pl.col("insurance_payee") == "other").fill_null(value=False)).then(pl.lit("payee"))
        .when(pl.col("insured_cents").fill_null(0) < pl.col("claim_cents")).then(pl.lit("short"))
        .otherwise(pl.lit("enough"))
    )  # fmt: skip
    return state.cast(pl.Enum(INSURANCES))
