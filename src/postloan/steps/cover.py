"""Cover: how much of each loan its pledges and guarantees secure by contract; what they are worth comes later."""

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels.security import Ties, secured
from postloan.tables.losses import SecurityTie
from postloan.tables.results import Cover, Standing


def cover(standing: dy.DataFrame[Standing], ties: dy.DataFrame[SecurityTie]) -> dy.DataFrame[Cover]:
    """Let each security in its turn secure what those before it left of its loans, by what is left of each.

    Reads   standing: the balance that governs; ties: of the same loans.
    Writes  secured_cents, at most the balance. A security gives all of its amount or all that is left, to the cent.
    Source  Civil Code Arts. 420, 690: up to its amount; regulations COL-18: loans of one collateral are treated as one.

    What collateral is worth, and so what a later rank finds left of it, is not known here.
    """
    owing = standing.select("loan_no", "outstanding_cents")
    if ties.is_empty():
        return Cover.validate(owing.select("loan_no", secured_cents=pl.lit(0, pl.Int64)))
    places = owing.select("loan_no").with_row_index("place")
    held = ties.join(places, on="loan_no", maintain_order="left")
    counts = held.group_by("security", maintain_order=True).agg(pl.len(), pl.col("amount_cents").first())
    tied = Ties(
        first=np.append(0, counts["len"].cum_sum().cast(pl.Int64).to_numpy()),
        cents=counts["amount_cents"].to_numpy(),
        loans=held["place"].cast(pl.Int64).to_numpy(),
        owed_cents=owing["outstanding_cents"].to_numpy(),
    )
    return Cover.validate(owing.select("loan_no", secured_cents=pl.Series(secured(tied))))
