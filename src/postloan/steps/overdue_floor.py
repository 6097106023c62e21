"""The overdue floor: the best tier a loan may hold, given how long it is past due."""

import dataframely as dy
import polars as pl

from postloan.rules.shapes import OverdueFloors
from postloan.tables.results import DaysPastDue, LoanFloor
from postloan.tables.units import TIERS


def overdue_floor(overdue: dy.DataFrame[DaysPastDue], *, floors: OverdueFloors) -> dy.DataFrame[LoanFloor]:
    """Give each loan the best tier its days past due still allow.

    Reads   overdue: days_past_due in calendar days, and whether a decision excuses the delay today as technical.
    Writes  floor_tier and the citation that set it; the same loans, one row each.
    Source  rulebook: overdue_floors (Order 2023 No. 1, Arts. 10-13, and the bank's overlay).

    A threshold binds when it is exceeded, not when it is reached: day 90 is special mention, day 91 is substandard.
    """
    excused_days = floors.technical_delay.up_to_days if floors.technical_delay else 0
    is_excused = pl.col("delay_is_technical") & (pl.col("days_past_due") <= excused_days)
    counted_days = pl.when(is_excused).then(0).otherwise(pl.col("days_past_due"))
    tier, cite = pl.lit("pass"), pl.lit(None, pl.String)
    for over_days, floor_tier, floor_cite in floors.frame().sort("over_days").iter_rows():
        binds = counted_days > over_days
        tier = pl.when(binds).then(pl.lit(floor_tier)).otherwise(tier)
        cite = pl.when(binds).then(pl.lit(floor_cite)).otherwise(cite)
    return LoanFloor.validate(overdue.select("loan_no", floor_tier=tier.cast(pl.Enum(TIERS)), floor_cite=cite))
