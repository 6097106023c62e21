"""Cover: how much of each loan its pledges and guarantees secure by contract; what they are worth comes later."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside
from postloan.tables.results import Cover, Standing

_SECURITY = ("secures_kind", "secures_id", "is_maximum_amount", "begins_on", "ends_on")


def cover(
    loans: pl.DataFrame,
    standing: dy.DataFrame[Standing],
    contracts: pl.DataFrame,
    pledges: pl.DataFrame,
    guarantees: pl.DataFrame,
    *,
    on: date,
) -> dy.DataFrame[Cover]:
    """Spread each security over the loans it secures, by what is outstanding, and add up loan by loan.

    Reads   loans: facts of the loans in the book; standing: the balance that governs; contracts: facts, which facility
            a loan's contract draws on; pledges, guarantees: facts.
    Writes  secured_cents, at most the balance. A security gives all of its amount or all that it secures, to the cent.
    Source  Civil Code Arts. 420, 690: maximum-amount security covers what arises in its period, up to its amount.

    A maximum-amount security secures the loans paid out from its first day to its last, also after that; any other
    secures on the days from its first to its last. Loans are told by themselves, their contract or its facility.
    """
    amounts = (pledges.select(*_SECURITY, cents="secured_cents"), guarantees.select(*_SECURITY, cents="amount_cents"))
    securities = pl.concat(amounts).with_row_index("security").filter(pl.col("begins_on") <= on)
    owing = beside(
        loans.select("loan_no", "loan_id", "contract_id", "disbursed_on"),
        standing.select("loan_no", "outstanding_cents"),
    )
    if securities.is_empty():
        return Cover.validate(owing.select("loan_no", secured_cents=pl.lit(0, pl.Int64)))
    named = owing.join(contracts.select("contract_id", "facility_id"), on="contract_id", how="left")
    tied = pl.concat(
        securities.filter(pl.col("secures_kind") == kind).join(
            named.select("loan_no", "disbursed_on", "outstanding_cents", secures_id=f"{kind}_id"), on="secures_id"
        )
        for kind in ("loan", "contract", "facility")
    )
    is_maximum = pl.col("is_maximum_amount").fill_null(value=False)
    secures_on = pl.when(is_maximum).then("disbursed_on").otherwise(pl.lit(on))
    has_begun, has_ended = pl.col("begins_on") <= secures_on, pl.col("ends_on") < secures_on
    spread = _spread(tied.filter(has_begun & ~has_ended.fill_null(value=False)))
    of_loan = spread.group_by("loan_no").agg(pl.col("cents").sum())
    covered = owing.join(of_loan, on="loan_no", how="left", maintain_order="left")
    return Cover.validate(
        covered.select("loan_no", secured_cents=pl.min_horizontal(pl.col("cents").fill_null(0), "outstanding_cents"))
    )


def _spread(tied: pl.DataFrame) -> pl.DataFrame:
    """Part each security by the running sum of what it secures: the parts of its loans add up to the whole."""
    owed = pl.col("outstanding_cents").cast(pl.Int128)
    given = pl.min_horizontal(pl.col("cents").cast(pl.Int128), pl.col("owed"))
    return (
        tied.filter(pl.col("outstanding_cents") > 0)
        .sort("security", "loan_no")
        .with_columns(owed=owed.sum().over("security"), upto=owed.cum_sum().over("security"))
        .with_columns(given_upto=given * pl.col("upto") // pl.col("owed"))
        .select(
            "loan_no",
            cents=(pl.col("given_upto") - pl.col("given_upto").shift(1, fill_value=0).over("security")).cast(pl.Int64),
        )
    )
