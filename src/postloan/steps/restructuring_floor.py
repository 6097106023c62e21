"""The restructuring floor: the best tier a restructured or refinanced loan may hold."""

import dataframely as dy
import polars as pl

from postloan.rules.shapes import RestructuringFloors
from postloan.tables.results import LoanFloor, RestructureHistory
from postloan.tables.units import TIERS


def restructuring_floor(
    history: dy.DataFrame[RestructureHistory], *, floors: RestructuringFloors
) -> dy.DataFrame[LoanFloor]:
    """Give each loan the best tier its restructuring history still allows.

    Reads   history: restructured, restructured again in observation, repaid by a new loan, renewed without principal.
    Writes  floor_tier and the citation that set it; the same loans, one row each.
    Source  rulebook: restructuring_floors (Order 2023 No. 1; Notice 2024 No. 13 for renewals without principal).

    Worse is later: a case further down the list overrides one above it.
    """
    excused = pl.col("is_no_principal_renewal")
    cases = (
        (pl.col("is_refinanced") & ~excused, floors.refinanced),
        (pl.col("is_restructured"), floors.restructured),
        (pl.col("is_repeat_restructured"), floors.repeat_restructured),
    )
    tier, cite = pl.lit("pass"), pl.lit(None, pl.String)
    for applies, floor in cases:
        tier = pl.when(applies).then(pl.lit(floor.tier)).otherwise(tier)
        cite = pl.when(applies).then(pl.lit(str(floor.cite))).otherwise(cite)
    return LoanFloor.validate(history.select("loan_no", floor_tier=tier.cast(pl.Enum(TIERS)), floor_cite=cite))
