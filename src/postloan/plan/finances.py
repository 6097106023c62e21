"""Finances, asked of a debtor or its industry: the ratio set, quartiles of peers, statements against flows."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from postloan.intake.number import shard_of
from postloan.plan.published_day import published_day
from postloan.steps.features.accounts import RECEIPTS
from postloan.steps.features.statements import statement_features
from postloan.tables.ratios import RATIOS, exact_e8, sides

_ITEMS = tuple(dict.fromkeys(item for ratio in RATIOS.values() for item in ratio.items))
_STATEMENT = ("debtor_no", "period_end_on", "item", "value_cents", "audited")
_NAMES = pl.Enum(list(RATIOS))
_QUARTERS = {"lower_e8": 1, "middle_e8": 2, "upper_e8": 3}


class Doubts(NamedTuple):
    """What of a debtor's latest statement does not add up, or does not meet what its accounts here show.

    from_on, to_on   the days of the revenue of which account entries are known.
    revenue_cents, receipts_cents  since the beginning of the year, and what came in on accounts on those days.
    shares  of imbalance_share, unexplained_equity_share, tax_revenue_gap, cash_to_profit those that are known.
    """

    from_on: date
    to_on: date
    revenue_cents: int | None
    receipts_cents: int
    shares: dict[str, float]


def debtor_ratios(home: Path, debtor_id: str, debtor_no: int, on: date) -> pl.DataFrame:
    """Reckon a debtor's ratios, as the published night of the day knew its statements.

    Returns ratio, period_end_on, value_e8, rising; ratios that have no value are left out. Raises NothingPublished.
    """
    facts = published_day(home, on).facts
    is_its = pl.col("debtor_no") == debtor_no
    said = facts.read("statement", shard_of(debtor_id, facts.layout.shards), _STATEMENT, is_its)
    return _ratios(said.filter(pl.col("period_end_on") <= on)).drop("debtor_no")


def peer_ratios(home: Path, on: date) -> pl.DataFrame:
    """Reckon the quartiles of each ratio by industry, of every debtor's latest statement up to the day.

    Returns industry (the letter of GB/T 4754), ratio, debtors, lower_e8, middle_e8, upper_e8. Raises NothingPublished.
    """
    facts = published_day(home, on).facts
    parts = []
    for shard in range(facts.layout.shards):
        said = facts.read("statement", shard, _STATEMENT).filter(pl.col("period_end_on") <= on)
        last = pl.col("period_end_on") == pl.col("period_end_on").max().over("debtor_no")
        whose = facts.read("debtor", shard, ("debtor_no", "industry_code")).select(
            "debtor_no", industry=pl.col("industry_code").str.slice(0, 1)
        )
        parts.append(_ratios(said.filter(last)).join(whose, on="debtor_no"))
    rows = pl.concat(parts).drop_nulls("industry")
    quarters = {name: pl.col("value_e8").quantile(at / 4, "nearest").cast(pl.Int64) for name, at in _QUARTERS.items()}
    return rows.group_by("industry", "ratio").agg(debtors=pl.len().cast(pl.Int64), **quarters).sort("industry", "ratio")


def debtor_doubts(home: Path, debtor_id: str, debtor_no: int, on: date) -> Doubts | None:
    """Hold a debtor's latest statement against itself and against its accounts; None where there is no statement.

    Raises NothingPublished.
    """
    facts = published_day(home, on).facts
    shard, is_its = shard_of(debtor_id, facts.layout.shards), pl.col("debtor_no") == debtor_no
    told = statement_features(facts.read("statement", shard, _STATEMENT, is_its), on=on)
    if told.is_empty():
        return None
    row = told.row(0, named=True)
    columns = ("debtor_no", "booked_at", "amount_cents", "counterparty_kind")
    entries = facts.read("account_entry", shard, columns, is_its).with_columns(booked_on=pl.col("booked_at").dt.date())
    to_on = row["statement_on"]
    begins = date(to_on.year, 1, 1)
    first = entries["booked_on"].min()
    from_on = max(begins, first) if isinstance(first, date) else begins
    received = entries.filter(RECEIPTS & pl.col("booked_on").is_between(begins, to_on))["amount_cents"].sum()
    names = ("imbalance_share", "unexplained_equity_share", "tax_revenue_gap", "cash_to_profit")
    shares = {name: row[name] for name in names if row[name] is not None}
    return Doubts(from_on, to_on, row["revenue_cents"], int(received), shares)


def _ratios(said: pl.DataFrame) -> pl.DataFrame:
    """Every ratio of every statement that has it: debtor_no, ratio, period_end_on, value_e8."""
    items = {item: pl.col("value_cents").filter(pl.col("item") == item).last() for item in _ITEMS}
    wide = said.group_by("debtor_no", "period_end_on").agg(**items)
    values = {name: exact_e8(*sides(ratio)) for name, ratio in RATIOS.items()}
    told = wide.select("debtor_no", "period_end_on", **values).unpivot(
        on=list(RATIOS), index=["debtor_no", "period_end_on"], variable_name="ratio", value_name="value_e8"
    )
    rows = told.drop_nulls("value_e8").cast({"ratio": _NAMES}).sort("debtor_no", "ratio", "period_end_on")
    return rows.select("debtor_no", "ratio", "period_end_on", "value_e8")
