"""Funding: what of a joint or syndicated loan is the bank's own, and what its partners'."""

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside
from postloan.tables.results import Balances, Funding, Standing
from postloan.tables.shares import own_share


def funding(
    loans: pl.DataFrame, standing: dy.DataFrame[Standing], balances: dy.DataFrame[Balances]
) -> dy.DataFrame[Funding]:
    """Split what is owed by the bank's funding share.

    Reads   loans: facts of the loans in the book, funding_share_e8 in 1e-8, null for all; standing: the balance that
            governs; balances: what is overdue.
    Writes  the bank's own share in cents, half up, and of the balance the partners' too: the rest, so that no cent is
            lost or made.
    Source  regulations CLS-06, CLS-11: shares are counted over the bank's own claims.
    """
    frame = beside(
        loans.select("loan_no", "funding_share_e8"),
        standing.select("loan_no", "outstanding_cents"),
        balances.select("loan_no", "overdue_principal_cents", "overdue_interest_cents"),
    )
    whole = ("outstanding_cents", "overdue_principal_cents", "overdue_interest_cents")
    is_joint = frame["funding_share_e8"].null_count() < frame.height
    own = frame.select(
        "loan_no",
        *((own_share(pl.col(name)) if is_joint else pl.col(name)).alias(f"own_share_{name}") for name in whole),
    )
    partner_cents = frame["outstanding_cents"] - own["own_share_outstanding_cents"]
    return Funding.validate(own.with_columns(partner_outstanding_cents=partner_cents))
