"""Statement features: ratios of the latest statement, and how they moved."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.ratios import change, gross_margin, over
from postloan.steps.features.statement_score import manipulation_score
from postloan.tables.features import StatementFeatures, told_of_nobody

_ITEMS = (
    "cash", "receivables", "inventory", "current_assets", "fixed_assets", "total_assets", "short_term_borrowings",
    "current_liabilities", "long_term_borrowings", "total_liabilities", "equity", "revenue", "cost_of_sales",
    "finance_expense", "net_profit", "operating_cash_flow", "other_receivables", "long_term_investments",
    "income_tax", "depreciation_and_amortisation", "selling_expense", "administrative_expense", "vat_revenue",
    "related_party_revenue", "contingent_guarantees",
)  # fmt: skip
_MONTHS, _DAYS = 12, 365
_BEFORE = {"then": "-1y", "quarter": "-3mo"}
"""A statement of another day: of the same day a year before, and of a quarter before."""


def statement_features(statements: pl.DataFrame, *, on: date) -> dy.DataFrame[StatementFeatures]:
    """Reckon the ratios of each debtor's latest statement up to the day.

    Reads   statements: facts, one row an item. What lacks an item lacks the ratios made of it; where a divisor is 0 or
            less there is no ratio. A statement before counts if it is of that very period's end.
    Writes  ratios as fractions, changes as fractions of what was, differences of ratios.
    Source  warning signals WS-FIN-01 to 24, WS-OPR-08, WS-GRP-02 and 03, WS-GUA-04.
    """
    if statements.is_empty():
        return told_of_nobody(StatementFeatures)
    wide = _by_statement(statements.filter(pl.col("period_end_on") <= on))
    in_order = _with_runs(wide.sort("debtor_no", "period_end_on"))
    beside = in_order.group_by("debtor_no", maintain_order=True).last()
    for name, back in _BEFORE.items():
        ended = pl.col("period_end_on").dt.offset_by(back).dt.month_end()
        beside = _joined(beside, wide, name, ended)
    year_end = pl.date(pl.col("period_end_on").dt.year() - 1, _MONTHS, 31)
    beside = _joined(beside, wide.select("debtor_no", "period_end_on", "equity"), "year_end", year_end)
    told = beside.select("debtor_no", **_standing(on), **_moves(), **_doubts())
    return StatementFeatures.validate(told)


def _by_statement(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.group_by("debtor_no", "period_end_on").agg(
        pl.col("audited").any(),
        *(pl.col("value_cents").filter(pl.col("item") == item).last().alias(item) for item in _ITEMS),
    )


def _joined(rows: pl.DataFrame, statements: pl.DataFrame, name: str, ended_on: pl.Expr) -> pl.DataFrame:
    """Put beside each row the statement of another day, its items with the name after them."""
    before = statements.rename({item: f"{item}_{name}" for item in statements.columns if item != "debtor_no"})
    keyed = rows.with_columns(ended_on.alias(f"period_end_on_{name}"))
    return keyed.join(before, on=["debtor_no", f"period_end_on_{name}"], how="left", maintain_order="left")


def _with_runs(statements: pl.DataFrame) -> pl.DataFrame:
    """Count how many periods in a row up to each statement lost money, by what each period added of its own."""
    is_year = pl.col("period_end_on").dt.month() == _MONTHS
    years = _runs(statements.filter(is_year), loss_years=pl.col("net_profit") < 0)
    held = _runs(
        statements,
        loss_periods=_own("net_profit") < 0,
        negative_cash_periods=_own("operating_cash_flow") < 0,
    ).join(
        years.select("debtor_no", "period_end_on", "loss_years"), on=["debtor_no", "period_end_on"], how="left",
        maintain_order="left",
    )  # fmt: skip
    return held.with_columns(pl.col("loss_years").forward_fill().over("debtor_no").fill_null(0))


def _own(item: str) -> pl.Expr:
    """What a period added of its own: the item runs from the beginning of the year."""
    before = pl.col(item).shift(1).over("debtor_no")
    year = pl.col("period_end_on").dt.year()
    is_first = (year != year.shift(1).over("debtor_no")).fill_null(value=True)
    return pl.col(item) - pl.when(is_first).then(0).otherwise(before)


def _runs(statements: pl.DataFrame, **is_so: pl.Expr) -> pl.DataFrame:
    """Count the rows in a row up to each that are so; what is not known breaks a run, and so does a year without any.

    In three passes: a window inside a window would look no further than the outer one.
    """
    follows_on = pl.col("period_end_on").shift(1).over("debtor_no").dt.offset_by("1y").dt.month_end()
    known = statements.with_columns(
        *(so.fill_null(value=False).cast(pl.Int32).alias(name) for name, so in is_so.items()),
        is_late=(pl.col("period_end_on") > follows_on).fill_null(value=False),
    )
    breaks = {name: (pl.col(name) == 0) | pl.col("is_late") for name in is_so}
    parted = known.with_columns(each.cum_sum().over("debtor_no").alias(f"{name}_run") for name, each in breaks.items())
    return parted.with_columns(pl.col(name).cum_sum().over("debtor_no", f"{name}_run") for name in is_so)


def _a_year_of(item: str, name: str = "") -> pl.Expr:
    """What the item comes to over a year, if the rest of it goes on like this."""
    return pl.col(item + name) * _MONTHS / pl.col("period_end_on").dt.month()


def _debt(name: str = "") -> pl.Expr:
    return pl.col(f"short_term_borrowings{name}") + pl.col(f"long_term_borrowings{name}")


def _standing(on: date) -> dict[str, pl.Expr]:
    """Where the debtor stands by its latest statement."""
    now = pl.col
    a_year_of_profit = (
        _a_year_of("net_profit")
        + _a_year_of("income_tax")
        + _a_year_of("finance_expense")
        + _a_year_of("depreciation_and_amortisation")
    )
    return {
        "statement_on": now("period_end_on"),
        "statement_age_days": (on - now("period_end_on")).dt.total_days().cast(pl.Int32),
        "statement_is_audited": now("audited"),
        "total_assets_cents": now("total_assets"),
        "net_assets_cents": now("equity"),
        "revenue_cents": now("revenue"),
        "revenue_year_cents": now("revenue") * _MONTHS // now("period_end_on").dt.month(),
        "debt_to_assets": over(now("total_liabilities"), now("total_assets")),
        "current_ratio": over(now("current_assets"), now("current_liabilities")),
        "quick_ratio": over(now("current_assets") - now("inventory"), now("current_liabilities")),
        "cash_ratio": over(now("cash"), now("current_liabilities")),
        "interest_cover": over(now("net_profit") + now("finance_expense"), now("finance_expense")),
        "gross_margin": gross_margin(),
        "loss_periods": now("loss_periods").cast(pl.Int32),
        "loss_years": now("loss_years").cast(pl.Int32),
        "negative_cash_periods": now("negative_cash_periods").cast(pl.Int32),
        "cash_to_profit": over(now("operating_cash_flow"), now("net_profit")),
        "receivable_days": (over(now("receivables"), _a_year_of("revenue")) * _DAYS).cast(pl.Int32),
        "other_receivables_to_assets": over(now("other_receivables"), now("total_assets")),
        "long_assets_to_long_funds": over(
            now("total_assets") - now("current_assets"), now("equity") + now("long_term_borrowings")
        ),
        "borrowings_to_revenue": over(_debt(), _a_year_of("revenue")),
        "borrowings_to_ebitda": over(_debt(), a_year_of_profit),
        "guarantees_to_net_assets": over(now("contingent_guarantees"), now("equity")),
        "related_revenue_share": over(now("related_party_revenue"), now("revenue")),
    }


def _moves() -> dict[str, pl.Expr]:
    """How that moved against a year or a quarter before."""
    now = pl.col
    debt_then = over(now("total_liabilities_then"), now("total_assets_then"))
    turnover, turnover_then = (over(now(f"cost_of_sales{name}"), now(f"inventory{name}")) for name in ("", "_then"))
    days, days_then = (over(now(f"receivables{name}"), now(f"revenue{name}")) for name in ("", "_then"))
    borrowings_then = over(_debt("_then"), _a_year_of("revenue", "_then"))
    return {
        "debt_to_assets_change": over(now("total_liabilities"), now("total_assets")) - debt_then,
        "revenue_change": change(now("revenue"), now("revenue_then")),
        "gross_margin_change": gross_margin() - gross_margin("_then"),
        "receivables_change": change(now("receivables"), now("receivables_then")),
        "receivable_days_change": change(days, days_then),
        "inventory_change": change(now("inventory"), now("inventory_quarter")),
        "inventory_turnover_change": change(turnover, turnover_then),
        "other_receivables_change": change(now("other_receivables"), now("other_receivables_quarter")),
        "short_debt_change": change(now("short_term_borrowings"), now("short_term_borrowings_quarter")),
        "borrowings_to_revenue_change": over(_debt(), _a_year_of("revenue")) - borrowings_then,
        "net_assets_change": change(now("equity"), now("equity_then")),
        "investment_share": over(now("long_term_investments") - now("long_term_investments_then"), now("equity")),
    }


def _doubts() -> dict[str, pl.Expr]:
    """What does not add up."""
    now = pl.col
    claims = now("total_liabilities") + now("equity")
    unexplained = now("equity") - now("equity_year_end") - now("net_profit")
    return {
        "imbalance_share": over((now("total_assets") - claims).abs(), now("total_assets")),
        "unexplained_equity_share": over(unexplained.abs(), now("equity_year_end")),
        "tax_revenue_gap": over((now("vat_revenue") - now("revenue")).abs(), now("revenue")),
        "manipulation_score": pl.when(now("period_end_on").dt.month() == _MONTHS).then(manipulation_score()),
    }
