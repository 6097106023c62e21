"""The score of doubt about a year's statements: how much like those of firms that had cooked their books."""

from collections.abc import Callable

import polars as pl

from postloan.steps.features.ratios import gross_margin, over

_WEIGHTS = {
    "receivables": 0.92, "margin": 0.528, "soft_assets": 0.404, "growth": 0.892, "depreciation": 0.115,
    "expense": -0.172, "accruals": 4.679, "leverage": -0.327,
}  # fmt: skip
_CONSTANT = -4.84


def manipulation_score() -> pl.Expr:
    """Return Beneish's M of items beside those of a year before, which have `_then` after their names.

    Source  Beneish, The Detection of Earnings Manipulation (1999), table of the eight indices.

    Depreciation and expense are told by few: where they are not, their index is 1, as if nothing had moved.
    """
    indices = {
        "receivables": _index(lambda at: over(_item("receivables", at), _item("revenue", at))),
        "margin": over(gross_margin("_then"), gross_margin()),
        "soft_assets": _index(_soft_assets),
        "growth": over(_item("revenue", ""), _item("revenue", "_then")),
        "depreciation": over(_worn("_then"), _worn("")).fill_null(1.0),
        "expense": _index(lambda at: over(_selling(at), _item("revenue", at))).fill_null(1.0),
        "accruals": over(_item("net_profit", "") - _item("operating_cash_flow", ""), _item("total_assets", "")),
        "leverage": _index(lambda at: over(_item("total_liabilities", at), _item("total_assets", at))),
    }
    return sum((indices[name] * weight for name, weight in _WEIGHTS.items()), start=pl.lit(_CONSTANT))


def _index(ratio: Callable[[str], pl.Expr]) -> pl.Expr:
    """A ratio of this year over that of the year before."""
    return over(ratio(""), ratio("_then"))


def _item(name: str, at: str) -> pl.Expr:
    return pl.col(name + at)


def _soft_assets(at: str) -> pl.Expr:
    """The share of assets that are neither current nor fixed."""
    return 1 - over(_item("current_assets", at) + _item("fixed_assets", at), _item("total_assets", at))


def _selling(at: str) -> pl.Expr:
    return _item("selling_expense", at) + _item("administrative_expense", at)


def _worn(at: str) -> pl.Expr:
    depreciation = _item("depreciation_and_amortisation", at)
    return over(depreciation, depreciation + _item("fixed_assets", at))
