"""The overdue floor: the best tier a loan may hold, given how long it is past due."""

import dataframely as dy
import polars as pl

from postloan.rules.floors import worst_of
from postloan.rules.shapes import OverdueFloors
from postloan.tables.results import LoanFloor


def overdue_floor(
    days: pl.DataFrame, *, floors: OverdueFloors, counted: str = "days_past_due"
) -> dy.DataFrame[LoanFloor]:
    """Give each loan the best tier its days past due still allow.

    Reads   days: LoanDay, of which the days `counted`, in calendar days, and whether a decision excuses the delay as
            technical.
    Writes  floor_tier and the citation that set it; the same loans, one row each.
    Source  rulebook: overdue_floors (Order 2023 No. 1, Arts. 10-13, and the bank's overlay).

    A threshold binds when it is exceeded, not when it is reached: day 90 is special mention, day 91 is substandard.
    """
    excused_days = floors.technical_delay.up_to_days if floors.technical_delay else 0
    is_excused = pl.col("delay_is_technical") & (pl.col(counted) <= excused_days)
    counted_days = pl.when(is_excused).then(0).otherwise(pl.col(counted))
    return worst_of(days, [(counted_days > floor.over_days, floor.tier, str(floor.cite)) for floor in floors.floors])
