"""The fact floor: the best tier a loan may hold, given what was decided of it or its debtor."""

import dataframely as dy
import polars as pl

from postloan.rules.floors import worst_of
from postloan.rules.judging import FactFloors
from postloan.tables.results import LoanFloor
from postloan.tables.units import TIERS


def fact_floor(days: pl.DataFrame, *, floors: FactFloors) -> dy.DataFrame[LoanFloor]:
    """Give each loan the best tier that what is known of it still allows.

    Reads   days: LoanDay: use of the money changed, impaired and how far, rating fallen, debts evaded, bankruptcy.
    Writes  floor_tier and the citation that set it; the same loans, one row each.
    Source  rulebook: fact_floors (Order 2023 No. 1, Arts. 10-13). A share of loss binds when it is reached.
    """
    cases = [(pl.col(floor.fact), floor.tier, str(floor.cite)) for floor in floors.floors]
    for share in floors.impaired_shares:
        loses = pl.col("impaired") & (pl.col("impaired_share_e8") >= share.from_share_e8).fill_null(value=False)
        cases.append((loses, share.tier, str(share.cite)))
    return worst_of(days, cases)


def manual_floor(days: pl.DataFrame, *, floors: FactFloors) -> dy.DataFrame[LoanFloor]:
    """Give each loan the tier that people found, which may be worse than the rules', never better.

    Reads   days: LoanDay, of which manual_tier.
    Writes  floor_tier and the citation; the same loans, one row each.
    Source  rulebook: fact_floors, by_people.
    """
    tier = pl.col("manual_tier").fill_null("pass")
    cite = pl.when(tier > "pass").then(pl.lit(str(floors.by_people.cite)))
    return LoanFloor.validate(days.select("loan_no", floor_tier=tier.cast(pl.Enum(TIERS)), floor_cite=cite))
