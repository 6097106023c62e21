"""The ratio set: what covenants may promise and finances are read by, each a sum of statement items over another.

Flows run from the beginning of the year. Where a flow meets a balance it is brought to a year: twelve over the months
that it covers, as if the rest of the year went on like this.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["times", "share", "yuan"]


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
