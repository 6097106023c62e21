"""The tier: the worst of a loan's floors, with the rule and the citation that set it."""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside
from postloan.tables.results import DebtorFloor, FinalTier, ItemTier, LoanFloor, Position, Standing
from postloan.tables.units import TIERS

_PASS = pl.lit("pass", pl.Enum(TIERS))
_NOTHING = pl.lit(None, pl.String)


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


def final_tier(
    items: dy.DataFrame[ItemTier],
    positions: dy.DataFrame[Position],
    standing: dy.DataFrame[Standing],
    debtor_floors: dy.DataFrame[DebtorFloor],
) -> dy.DataFrame[FinalTier]:
    """Take the worse of a loan's own tier and what its debtor's other debts allow.

    Reads   items; positions: debtor_no; standing: status; debtor_floors: contamination by debtor.
    Writes  tier, tier_rule, tier_cite; a loan that is settled or written off is not on the book and stays pass.
    Source  regulations, order of the classification engine.
    """
    is_on_book = pl.col("status") == "active"
    is_worse = is_on_book & (pl.col("floor_tier") > pl.col("item_tier"))
    return FinalTier.validate(
        beside(items, positions.select("loan_no", "debtor_no"), standing.select("loan_no", "status"))
        .join(debtor_floors, on="debtor_no", how="left", maintain_order="left")
        .with_columns(pl.col("floor_tier").fill_null("pass"))
        .select(
            "loan_no",
            tier=pl.when(is_worse).then("floor_tier").when(is_on_book).then("item_tier").otherwise(_PASS),
            tier_rule=pl.when(is_worse).then(pl.lit("contamination")).when(is_on_book).then("item_rule"),
            tier_cite=pl.when(is_worse).then("floor_cite").when(is_on_book).then("item_cite"),
        )
    )
