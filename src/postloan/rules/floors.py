"""Floors: of several cases of law that may bind a loan, the one that counts."""

from collections.abc import Iterable

import dataframely as dy
import polars as pl

from postloan.tables.results import LoanFloor
from postloan.tables.units import TIERS


def worst_of(days: pl.DataFrame, cases: Iterable[tuple[pl.Expr, str, str]]) -> dy.DataFrame[LoanFloor]:
    """Give each row the floor of the worst case that binds it, and its citation; pass where none does.

    cases  when it binds, tier, citation. Of two with the same tier the first is cited.
    """
    tier, cite = pl.lit("pass"), pl.lit(None, pl.String)
    last_first = list(cases)[::-1]
    for binds, case_tier, case_cite in sorted(last_first, key=lambda case: TIERS.index(case[1])):
        tier = pl.when(binds).then(pl.lit(case_tier)).otherwise(tier)
        cite = pl.when(binds).then(pl.lit(case_cite)).otherwise(cite)
    return LoanFloor.validate(days.select("loan_no", floor_tier=tier.cast(pl.Enum(TIERS)), floor_cite=cite))
