"""Which guarantees a formal demand on a guarantor is of: a message names the guarantor, and the law asks for each."""

import polars as pl

from postloan.desk.core.days import business_day
from postloan.snapshot.read import scan_clocks


def guarantees_demanded(loan_id: str, guarantor_id: str) -> list[str]:
    """The guarantees of a loan that somebody gave and that a demand on him keeps, or that were kept already, by number.

    A general guarantee asks for a suit against the debtor until it was kept; what became of one that is lost stays so.
    Source  regulations DSP-42 to DSP-44.
    """
    day = business_day(None)
    is_his = (pl.col("loan_id") == loan_id) & (pl.col("guarantor_id") == guarantor_id)
    period = scan_clocks(day.home, day.on).filter(is_his, pl.col("kind") == "guarantee_period")
    asks = (pl.col("keeps") == "demand_of_guarantor") & (pl.col("state") == "running")
    found = period.filter(asks | (pl.col("state") == "kept")).select(pl.col("guarantee_id").cast(pl.String)).collect()
    return sorted(set(found["guarantee_id"]))
