"""Statement features: ratios of the latest statement, and how they moved."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.ratios import over
from postloan.tables.features import StatementFeatures

_ITEMS = (
    "cash", "receivables", "inventory", "current_assets", "fixed_assets", "total_assets", "short_term_borrowings",
    "current_liabilities", "long_term_borrowings", "total_liabilities", "equity", "revenue", "cost_of_sales",
    "finance_expense", "net_profit", "operating_cash_flow",
)  # fmt: skip
_MONTHS = 12


def statement_features(statements: pl.DataFrame, *, on: date) -> dy.DataFrame[StatementFeatures]:
    """Reckon the ratios of each debtor's latest statement up to the day.

    Reads   statements: facts, one row an item. What lacks an item lacks the ratios made of it; where a divisor is 0 or
            less there is no ratio. A year before is the same period's end; before is the statement before.
    Writes  ratios as fractions, changes as fractions of what was, differences of ratios.
    Source  warning signals WS-FIN-01 to 18 and 22.
    """
    wide = _by_statement(statements.filter(pl.col("period_end_on") <= on))
    of_debtor = pl.col("debtor_no")
    in_order = wide.sort("debtor_no", "period_end_on").with_columns(
        *(
            pl.col(item).shift(1).over("debtor_no").alias(f"{item}_before")
            for item in ("inventory", "short_term_borrowings")
        ),
        loss_statements=_run_of(pl.col("net_profit") < 0),
        negative_cash_statements=_run_of(pl.col("operating_cash_flow") < 0),
    )
    latest = in_order.group_by(of_debtor, maintain_order=True).last()
    year_before = wide.rename({name: f"{name}_then" for name in (*_ITEMS, "period_end_on", "audited")})
    beside = latest.with_columns(period_end_on_then=pl.col("period_end_on").dt.offset_by("-1y").dt.month_end()).join(
        year_before, on=["debtor_no", "period_end_on_then"], how="left", maintain_order="left"
    )
    return StatementFeatures.validate(beside.select(*_ratios(on)).select(StatementFeatures.column_names()))


def _by_statement(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.group_by("debtor_no", "period_end_on").agg(
        pl.col("audited").any(),
        *(pl.col("value_cents").filter(pl.col("item") == item).last().alias(item) for item in _ITEMS),
    )


def _run_of(is_so: pl.Expr) -> pl.Expr:
    """How many statements in a row up to each are so."""
    breaks = (~is_so.fill_null(value=False)).cast(pl.Int32).cum_sum().over("debtor_no")
    return is_so.fill_null(value=False).cast(pl.Int32).cum_sum().over("debtor_no", breaks.alias("breaks"))


def _then(item: str) -> pl.Expr:
    return pl.col(f"{item}_then")


def _ratios(on: date) -> list[pl.Expr]:
    now = pl.col
    margin = over(now("revenue") - now("cost_of_sales"), now("revenue"))
    margin_then = over(_then("revenue") - _then("cost_of_sales"), _then("revenue"))
    debt = over(now("total_liabilities"), now("total_assets"))
    year_of_revenue = now("revenue") * _MONTHS / now("period_end_on").dt.month()
    claims = now("total_liabilities") + now("equity")
    return [
        now("debtor_no"),
        now("period_end_on").alias("statement_on"),
        (on - now("period_end_on")).dt.total_days().cast(pl.Int32).alias("statement_age_days"),
        now("audited").alias("statement_is_audited"),
        now("total_assets").alias("total_assets_cents"),
        now("equity").alias("net_assets_cents"),
        now("revenue").alias("revenue_cents"),
        debt.alias("debt_to_assets"),
        (debt - over(_then("total_liabilities"), _then("total_assets"))).alias("debt_to_assets_change"),
        over(now("current_assets"), now("current_liabilities")).alias("current_ratio"),
        over(now("current_assets") - now("inventory"), now("current_liabilities")).alias("quick_ratio"),
        over(now("cash"), now("current_liabilities")).alias("cash_ratio"),
        over(now("net_profit") + now("finance_expense"), now("finance_expense")).alias("interest_cover"),
        (over(now("revenue"), _then("revenue")) - 1).alias("revenue_change"),
        margin.alias("gross_margin"),
        (margin - margin_then).alias("gross_margin_change"),
        now("loss_statements").cast(pl.Int32),
        now("negative_cash_statements").cast(pl.Int32),
        over(now("operating_cash_flow"), now("net_profit")).alias("cash_to_profit"),
        (over(now("receivables"), _then("receivables")) - 1).alias("receivables_change"),
        (over(now("inventory"), now("inventory_before")) - 1).alias("inventory_change"),
        (over(now("short_term_borrowings"), now("short_term_borrowings_before")) - 1).alias("short_debt_change"),
        over(now("fixed_assets"), now("equity") + now("long_term_borrowings")).alias("long_assets_to_long_funds"),
        over(now("short_term_borrowings") + now("long_term_borrowings"), year_of_revenue).alias(
            "borrowings_to_revenue"
        ),
        (over(now("equity"), _then("equity")) - 1).alias("net_assets_change"),
        over((now("total_assets") - claims).abs(), now("total_assets")).alias("imbalance_share"),
    ]
