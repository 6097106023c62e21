"""The restructuring floor: the best tier a restructured or refinanced loan may hold."""

import dataframely as dy
import polars as pl

from postloan.rules.floors import worst_of
from postloan.rules.shapes import RestructuringFloors
from postloan.tables.results import LoanFloor


def restructuring_floor(days: pl.DataFrame, *, floors: RestructuringFloors) -> dy.DataFrame[LoanFloor]:
    """Give each loan the best tier its restructuring history still allows.

    Reads   days: LoanDay: restructured, restructured again while watched, repaid by a new loan, renewed without
            principal.
    Writes  floor_tier and the citation that set it; the same loans, one row each.
    Source  rulebook: restructuring_floors (Order 2023 No. 1, Arts. 10, 20-22; Notice 2024 No. 13 for renewals without
            principal; before that the guideline of 2007, Art. 12).

    A renewal counts as refinancing unless the rulebook excuses its debtor, and the loan it renewed was pass.
    """
    excused = [renewal.is_meant() for renewal in floors.renewals]
    is_excused = pl.any_horizontal(pl.lit(value=False), *excused).fill_null(value=False)
    is_excused &= pl.col("is_no_principal_renewal") & pl.col("renews_pass_loan")
    is_overdue = pl.col("is_restructured") & (pl.col("days_past_due") > 0)
    cases = (
        (pl.col("is_refinanced") & ~is_excused, floors.refinanced),
        (pl.col("is_restructured"), floors.restructured),
        (is_overdue, floors.restructured_overdue),
        (pl.col("is_repeat_restructured"), floors.repeat_restructured),
    )
    return worst_of(days, [(binds, floor.tier, str(floor.cite)) for binds, floor in cases if floor is not None])
