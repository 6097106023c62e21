"""The tier: the worst of a loan's floors, with the rule and the citation that set it."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from postloan.kernels.upgrade import BARRED, HELD, TOUCHED
from postloan.tables.results import ItemTier, LoanFloor
from postloan.tables.units import TIERS

_PASS = pl.lit("pass", pl.Enum(TIERS))
_NOTHING = pl.lit(None, pl.String)
_CAUSES = (
    (TOUCHED, "contamination", "debtor_floor_cite"),
    (HELD, "upgrade", "held_cite"),
    (BARRED, "upgrade", "merger_cite"),
)


def item_tier(floors: Mapping[str, dy.DataFrame[LoanFloor]]) -> dy.DataFrame[ItemTier]:
    """Take the worst floor of each loan by its own facts.

    Reads   floors: by rule name, in the order of the law; each has the same loans.
    Writes  item_tier, item_rule, item_cite. Of two floors alike the first named sets the tier.
    Source  regulations, order of the classification engine.
    """
    frame = next(iter(floors.values())).select("loan_no", item_tier=_PASS, item_rule=_NOTHING, item_cite=_NOTHING)
    for name, floor in floors.items():
        frame = frame.with_columns(floor["floor_tier"], floor["floor_cite"])
        is_worse = pl.col("floor_tier") > pl.col("item_tier")
        frame = frame.select(
            "loan_no",
            item_tier=pl.max_horizontal("floor_tier", "item_tier"),
            item_rule=pl.when(is_worse).then(pl.lit(name)).otherwise("item_rule"),
            item_cite=pl.when(is_worse).then("floor_cite").otherwise("item_cite"),
        )
    return ItemTier.validate(frame)


def final_tier(days: pl.DataFrame) -> pl.DataFrame:
    """Name what set each tier: the loan's own facts, its debtor's other debts, the want of an upgrade, or a merger.

    Reads   days with settled_tier, cause and the citations of each.
    Writes  tier, tier_rule, tier_cite; a loan that is settled or written off is not on the book and stays pass.
    Source  regulations, order of the classification engine.
    """
    rule, cite = pl.col("item_rule"), pl.col("item_cite")
    for cause, named, column in _CAUSES:
        binds = pl.col("cause") == cause
        rule = pl.when(binds).then(pl.lit(named)).otherwise(rule)
        cite = pl.when(binds).then(column).otherwise(cite)
    is_below_pass = pl.col("is_on_book") & (pl.col("settled_tier") > "pass")
    return days.with_columns(
        tier="settled_tier", tier_rule=pl.when(is_below_pass).then(rule), tier_cite=pl.when(is_below_pass).then(cite)
    )
