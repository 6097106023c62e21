"""Classification, top to bottom: from what is known of loans on their days to their tiers, with every clause."""

from collections.abc import Callable

import dataframely as dy
import polars as pl

from postloan.rules.tier_law import TierLaw, TierLaws
from postloan.steps.debtor_floor import debtor_floor
from postloan.steps.fact_floor import fact_floor, manual_floor
from postloan.steps.overdue_floor import overdue_floor
from postloan.steps.restructuring_floor import restructuring_floor
from postloan.steps.tier import final_tier, item_tier
from postloan.steps.upgrade import debtor_sums, held_by_debtor, held_items
from postloan.tables.tiers import Between, Judged, LoanDay

FLOORS = ("overdue", "fact", "restructuring", "manual")
"""The floors by a loan's own facts, in the order of the law: of two alike the first is cited."""


def classify(
    days: dy.DataFrame[LoanDay], *, laws: TierLaws, between: dy.DataFrame[Between] | None = None
) -> dy.DataFrame[Judged]:
    """Class each loan on each of its days, by the law of the day.

    Reads   days, by debtor, day and loan: of every debtor that is meant, all loans; between: of the same rows, where
            they are not all the days on which something changed.
    Writes  Judged: the same rows with each floor, the tier, and what set it.
    Source  regulations, order of the classification engine: own facts, restructuring, contamination, people; then what
            is needed to improve; rulebook: transition (by which law), retail (who moves by days alone).
    """
    own = by_law(days, laws, _own)
    held = held_items(own, between)
    summed = debtor_sums(held)
    touched = by_law(summed, laws, _by_debtor)
    return Judged.validate(final_tier(held_by_debtor(touched, between)))


def by_law(days: pl.DataFrame, laws: TierLaws, judge: Callable[[pl.DataFrame, TierLaw], pl.DataFrame]) -> pl.DataFrame:
    """Judge each row by the law it falls under; the rows keep their order."""
    place = days.select(laws.which()).to_series()
    used = place.unique().to_list()
    if len(used) <= 1:
        return judge(days, laws.laws[used[0] if used else -1])
    numbered = days.with_row_index("_row")
    parts = [judge(numbered.filter(place == at), laws.laws[at]) for at in used]
    return pl.concat(parts).sort("_row").drop("_row")


def _own(days: pl.DataFrame, law: TierLaw) -> pl.DataFrame:
    """Lay the floors by the loan's own facts on each row, and say what the law asks before it may improve."""
    floors = {
        "overdue_floors": overdue_floor(days, floors=law.overdue_floors),
        "fact_floors": fact_floor(days, floors=law.fact_floors),
        "restructuring_floors": restructuring_floor(days, floors=law.restructuring_floors),
        "manual_tier": manual_floor(days, floors=law.fact_floors),
    }
    worst = overdue_floor(days, floors=law.overdue_floors, counted="worst_days_past_due")
    named = [
        floor.select(pl.col("floor_tier").alias(f"{name}_floor_tier"), pl.col("floor_cite").alias(f"{name}_floor_cite"))
        for name, floor in zip(FLOORS, floors.values(), strict=True)
    ]
    whole = law.contamination.all_banks
    is_retail, upgrade = law.retail.is_retail(), law.upgrade
    months = pl.max_horizontal(pl.lit(upgrade.clean.months), pl.col("period_months") * upgrade.clean.periods)
    is_long_overdue = pl.lit(value=False) if whole is None else pl.col("days_past_due") > whole.over_days
    return pl.concat(
        [days, *named, item_tier(floors).drop("loan_no"), worst.select(worst_tier="floor_tier")], how="horizontal"
    ).with_columns(
        is_retail=is_retail,
        is_free=is_retail & upgrade.by_days.retail,
        is_long_overdue=is_long_overdue,
        held_tier=pl.lit(upgrade.held.tier),
        held_cite=pl.lit(str(upgrade.held.cite)),
        clean_months=months.cast(pl.Int32),
        needs_unimpaired=pl.lit(upgrade.unimpaired.is_required),
        merger_months=pl.lit(0 if upgrade.merger is None else upgrade.merger.months, pl.Int32),
        merger_cite=pl.lit(None if upgrade.merger is None else str(upgrade.merger.cite), pl.String),
    )


def _by_debtor(days: pl.DataFrame, law: TierLaw) -> pl.DataFrame:
    floor = debtor_floor(days, contamination=law.contamination)
    return days.with_columns(debtor_floor_tier=floor["floor_tier"], debtor_floor_cite=floor["floor_cite"])
