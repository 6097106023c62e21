"""Pledged loans: what each collateral secures of each loan on the book, left by a shard for the bank as a whole."""

import dataframely as dy
import polars as pl

from postloan.tables.collateral import OFF_BALANCE, PledgedLoan
from postloan.tables.losses import SecurityTie
from postloan.tables.published import PublishedLoan
from postloan.tables.results import Cover


def pledged_loans(
    loans: dy.DataFrame[PublishedLoan], pledges: dy.DataFrame[SecurityTie], covered: dy.DataFrame[Cover]
) -> dy.DataFrame[PledgedLoan]:
    """Put the loans that owe something beside their collateral.

    Reads   loans: of whole debtors; pledges: ties of collateral to the same loans; covered: by all of those.
    Writes  PledgedLoan, by collateral and loan. A loan without collateral has no row.
    Source  regulations COL-03: loan to value is of the principal secured; COL-18: collateral comes before guarantees.
    """
    of_loan = loans.lazy().filter(pl.col("outstanding_cents") > 0).select(
        "loan_no", "loan_id", "debtor_no", "debtor_id", "org_id", "officer_id", "outstanding_cents",
        is_off_balance=pl.col("exposure_kind").is_in(OFF_BALANCE),
    )  # fmt: skip
    claims = (
        pledges.lazy()
        .group_by("collateral_id", "loan_no")
        .agg(pl.col("rank").min(), pl.col("prior_claims_cents").max(), claim_cents=pl.col("amount_cents").sum())
    )
    rows = (
        claims.join(of_loan, on="loan_no")
        .join(covered.lazy(), on="loan_no")
        .with_columns(claim_cents=pl.min_horizontal("claim_cents", "outstanding_cents"))
        .sort("collateral_id", "loan_no")
        .collect()
    )
    return PledgedLoan.validate(rows.select(PledgedLoan.column_names()))
