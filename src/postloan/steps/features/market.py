"""Market features: what happens around a debtor, by its region and its industry."""

from collections.abc import Sequence
from datetime import date

import dataframely as dy
import polars as pl

from postloan.steps.features.months import months_before
from postloan.steps.features.ratios import change
from postloan.tables.features import MarketFeatures, told_of_nobody

_FRESH_MONTHS = 6
"""A value counts for so long; older ones say nothing of the day."""
_QUARTER, _HALF, _YEAR = 3, 6, 12
_NOW, _THEN = pl.col("value"), pl.col("then")

_BY_REGION = (("house_price_", _YEAR, {"house_price_change": change(_NOW, _THEN)}),
              ("region_npl_", _HALF, {"region_npl_change": _NOW - _THEN}))  # fmt: skip
_BY_INDUSTRY = (
    ("industry_index_", _QUARTER, {"industry_index": _NOW, "industry_index_before": _THEN}),
    ("industry_price_", _YEAR, {"industry_price_change": change(_NOW, _THEN)}),
    ("input_price_", _QUARTER, {"input_price_change": change(_NOW, _THEN)}),
)
"""By what a series' name begins with: how many months before it is looked at too, and the features made of the two."""

_Rules = Sequence[tuple[str, int, dict[str, pl.Expr]]]


def market_features(debtors: pl.DataFrame, market: pl.DataFrame, *, on: date) -> dy.DataFrame[MarketFeatures]:
    """Give each debtor the series of its city, else its province, and of its industry.

    Reads   debtors: debtor_no, region_code, industry_code; market: facts.
    Writes  changes as fractions; only debtors of whose region or industry a series tells.
    Source  warning signals WS-IND-01, 03, 05 and 06.
    """
    by_region, by_industry = _told(market, _BY_REGION, on), _told(market, _BY_INDUSTRY, on)
    if by_region.is_empty() and by_industry.is_empty():
        return told_of_nobody(MarketFeatures)
    region, rows = pl.col("region_code"), debtors.select("debtor_no", "region_code", "industry_code")
    regions = (
        debtors.select(region.unique())
        .drop_nulls()
        .with_columns(city=region.str.head(4) + "00", province=region.str.head(2) + "0000")
    )
    city, province = (regions.join(by_region, left_on=name, right_on="code", how="left", maintain_order="left")
                      for name in ("city", "province"))  # fmt: skip
    nearest = regions.select(
        "region_code", *(city[name].fill_null(province[name]) for name in by_region.columns if name != "code")
    )
    found = (
        rows.join(nearest, on="region_code", how="left", maintain_order="left")
        .with_columns(code=pl.col("industry_code").str.head(1))
        .join(by_industry, on="code", how="left", maintain_order="left")
        .select(MarketFeatures.column_names())
    )
    is_told = pl.any_horizontal(pl.exclude("debtor_no").is_not_null())
    return MarketFeatures.validate(found.filter(is_told))


def _told(market: pl.DataFrame, rules: _Rules, on: date) -> pl.DataFrame:
    """One row a code: what the series of these names say today, in the columns of their features."""
    told = pl.LazyFrame(schema={"code": pl.String})
    for begins, months, features in rules:
        is_mine = pl.col("series").str.starts_with(begins)
        mine = market.lazy().filter(is_mine).with_columns(code=pl.col("series").str.strip_prefix(begins))
        now, then = (_latest(mine, months_back, on) for months_back in (0, months))
        beside = now.join(then.rename({"value": "then"}), on="code", how="left").select("code", **features)
        told = told.join(beside, on="code", how="full", coalesce=True)
    return told.collect()


def _latest(series: pl.LazyFrame, months_back: int, on: date) -> pl.LazyFrame:
    """The latest value of each code on the day so many months back, unless it is too old."""
    day = months_before(on, months_back)
    fresh = (pl.col("on") <= day) & (pl.col("on") > day.dt.offset_by(f"-{_FRESH_MONTHS}mo"))
    return series.filter(fresh).sort("on", maintain_order=True).group_by("code").agg(pl.col("value").last())
