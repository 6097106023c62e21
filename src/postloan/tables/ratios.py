"""The ratio set: what covenants may promise and finances are read by, each a sum of statement items over another.

Flows run from the beginning of the year. Where a flow meets a balance it is brought to a year: twelve over the months
that it covers, as if the rest of the year went on like this.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from postloan.tables.statement_items import FLOWS

Unit = Literal["times", "share", "yuan"]
_MONTHS, _CENTS, _E8 = 12, 100, 10**8


@dataclass(frozen=True)
class Ratio:
    """One ratio.

    above, below  items, with `-` before those that are taken off; nothing below is an amount in units of currency.
    unit          how it is said: times, as a share, or as an amount.
    optional      items that count as nothing where a statement does not tell them.
    """

    above: tuple[str, ...]
    below: tuple[str, ...] = ()
    unit: Unit = "times"
    optional: frozenset[str] = frozenset()

    @property
    def items(self) -> tuple[str, ...]:
        """The items it is made of, each once."""
        return tuple(dict.fromkeys(item.removeprefix("-") for item in (*self.above, *self.below)))


_BORROWED = ("short_term_borrowings", "long_term_borrowings")
_EARNED = ("net_profit", "income_tax", "finance_expense", "depreciation_and_amortisation")
_DUE = "current_portion_of_long_term_debt"

RATIOS: dict[str, Ratio] = {
    "debt_to_assets": Ratio(("total_liabilities",), ("total_assets",), "share"),
    "debt_to_equity": Ratio(("total_liabilities",), ("equity",)),
    "current_ratio": Ratio(("current_assets",), ("current_liabilities",)),
    "quick_ratio": Ratio(("current_assets", "-inventory"), ("current_liabilities",)),
    "cash_ratio": Ratio(("cash",), ("current_liabilities",)),
    "interest_cover": Ratio(("net_profit", "finance_expense"), ("finance_expense",)),
    "debt_service_cover": Ratio(("operating_cash_flow",), ("finance_expense", _DUE), optional=frozenset({_DUE})),
    "gross_margin": Ratio(("revenue", "-cost_of_sales"), ("revenue",), "share"),
    "net_margin": Ratio(("net_profit",), ("revenue",), "share"),
    "return_on_equity": Ratio(("net_profit",), ("equity",), "share"),
    "borrowings_to_revenue": Ratio(_BORROWED, ("revenue",)),
    "borrowings_to_ebitda": Ratio(
        _BORROWED, _EARNED, optional=frozenset({"income_tax", "depreciation_and_amortisation"})
    ),
    "cash_to_profit": Ratio(("operating_cash_flow",), ("net_profit",), "share"),
    "guarantees_to_net_assets": Ratio(("contingent_guarantees",), ("equity",), "share"),
    "net_assets": Ratio(("equity",), unit="yuan"),
}  # fmt: skip
"""Every ratio by its name."""


def sides(ratio: Ratio) -> tuple[pl.Expr, pl.Expr]:
    """Return what stands above and below the line of a ratio of the set, as whole numbers of the same unit.

    Of rows with a column an item, in cents, and period_end_on. Flows are brought to a year by multiplying them by
    twelve and balances by the months since the year began, so that nothing is rounded. Empty where one is unknown.
    """
    below = _sum(ratio, ratio.below) if ratio.below else _months() * _CENTS
    return _sum(ratio, ratio.above), below


def exact_e8(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """A ratio of whole numbers in 1e-8, rounded half away from 0; empty where the lower one is not above 0."""
    half_up = (above.abs() * _E8 * 2 + below) // (below * 2) * above.sign()
    return pl.when(below > 0).then(half_up).cast(pl.Int64, strict=False)


def _months() -> pl.Expr:
    return pl.col("period_end_on").dt.month().cast(pl.Int128)


def _sum(ratio: Ratio, items: tuple[str, ...]) -> pl.Expr:
    return pl.sum_horizontal([_term(ratio, item) for item in items], ignore_nulls=False)


def _term(ratio: Ratio, written: str) -> pl.Expr:
    item = written.removeprefix("-")
    amount = pl.col(item).fill_null(0) if item in ratio.optional else pl.col(item)
    amount = amount.cast(pl.Int128) * (_MONTHS if item in FLOWS else _months())
    return amount * -1 if written.startswith("-") else amount
