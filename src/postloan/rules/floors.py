"""Floors: of several cases of law that may bind a loan, the one that counts."""

from collections.abc import Iterable, Sequence

import dataframely as dy
import polars as pl

from postloan.tables.results import LoanFloor
from postloan.tables.units import TIERS


def worst_of(days: pl.DataFrame, cases: Iterable[tuple[pl.Expr, str, str]]) -> dy.DataFrame[LoanFloor]:
    """Give each row the floor of the worst case that binds it, and its citation; pass where none does.

    cases  when it binds, tier, citation. Of two with the same tier the first is cited.
    """
    last_first = list(cases)[::-1]
    rising = sorted(last_first, key=lambda case: TIERS.index(case[1]))
    tier, cite = last_that_binds(days, rising)
    return LoanFloor.validate(pl.DataFrame([days["loan_no"], tier.alias("floor_tier"), cite.alias("floor_cite")]))


def last_that_binds(days: pl.DataFrame, cases: Sequence[tuple[pl.Expr, str, str]]) -> tuple[pl.Series, pl.Series]:
    """Return each row's tier and citation by the last of the cases that binds it; pass where none does.

    Which case it is, is a number: tier and citation are looked up once, not carried through every case as text.
    """
    which = pl.lit(0, pl.UInt32)
    for number, (binds, _, _) in enumerate(cases, start=1):
        which = pl.when(binds).then(pl.lit(number, pl.UInt32)).otherwise(which)
    at = days.with_columns(which=which)["which"]
    tiers = pl.Series(["pass", *(tier for _, tier, _ in cases)], dtype=pl.Enum(TIERS))
    cites = pl.Series([None, *(cite for _, _, cite in cases)], dtype=pl.String)
    return tiers[at], cites[at]
