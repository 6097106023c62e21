"""The check that no tier improved without a decision or a rule: tonight's rows against those last published.

A loan is classed better than before because something that bound it binds less, or because a decision let it rise; a
non-performing one by a decision alone, but for retail loans. Tonight's own history is asked only where that fails: it
may say that the loan never was what was published, where something became known later, or rules or program changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from postloan.rules.tier_law import TierLaws
from postloan.snapshot.read import scan_loans
from postloan.tables.days import last_quarter_end
from postloan.tables.units import NON_PERFORMING

_FLOORS = tuple(f"{name}_floor_tier" for name in ("overdue", "fact", "restructuring", "manual", "debtor"))
_BEFORE = ("loan_no", "status", "tier", *_FLOORS)
_TONIGHT = ("loan_id", "tier_since_on", "tier_yesterday", "tier_last_quarter", "upgrade_decided_on", "merged_on",
            "is_retail", "originated_on")  # fmt: skip


@dataclass(frozen=True)
class Improvements:
    """The loans that are classed better than on the day last published.

    retold       how many of them never were what was published, as is known tonight.
    unexplained  those that neither a decision nor a rule let improve, by identifier.
    """

    count: int
    retold: int
    unexplained: tuple[str, ...]


def improvements(
    home: Path, before_on: date, then: Mapping[str, Any], now: Mapping[str, Any], laws: TierLaws, files: Sequence[Path]
) -> Improvements | None:
    """Compare the loans on the book on two days.

    before_on  the day last published, and `then` what its night rested on.
    now, laws  what tonight rests on, and its laws of classification.
    files      tonight's loans, shard by shard.
    Returns    None where the earlier snapshot lacks a column: an earlier version of the program published it.
    """
    earlier, tonight = scan_loans(home, before_on), pl.scan_parquet(list(files))
    if not {*_BEFORE} <= {*earlier.collect_schema()}:
        return None
    is_active = pl.col("status") == "active"
    was = earlier.filter(is_active & (pl.col("tier") > "pass")).select("loan_no", tier_then="tier")
    better = (
        tonight.filter(is_active)
        .select("loan_no", "tier")
        .join(was, on="loan_no")
        .filter(pl.col("tier") < pl.col("tier_then"))
        .collect()
    )
    if better.is_empty():
        return Improvements(0, 0, ())
    numbers = pl.col("loan_no").is_in(better["loan_no"].implode())
    floors = earlier.filter(numbers).select("loan_no", *(pl.col(name).alias(f"{name}_then") for name in _FLOORS))
    rows = better.lazy().join(tonight.filter(numbers).select("loan_no", *_FLOORS, *_TONIGHT), on="loan_no")
    found = rows.join(floors, on="loan_no").sort("loan_no").collect()
    on = date.fromisoformat(str(now["on"]))
    found = found.with_columns(is_free=_is_free(found, laws, before_on) | _is_free(found, laws, on))
    left = found.filter(~_is_explained(laws, before_on, on))
    is_retold = _is_retold(then, now, before_on, on)
    unexplained = left.filter(~is_retold)["loan_id"].to_list()
    return Improvements(better.height, left.height - len(unexplained), tuple(unexplained))


def _is_explained(laws: TierLaws, before_on: date, on: date) -> pl.Expr:
    """Whether something that bound a loan binds it less; and of one that was non-performing, whether it may rise."""
    binds_less = pl.any_horizontal(pl.col(name) < pl.col(f"{name}_then") for name in _FLOORS)
    is_decided = (pl.col("upgrade_decided_on") > before_on).fill_null(value=False)
    is_bar_over = pl.any_horizontal(
        pl.col("merged_on").dt.offset_by(f"{months}mo").is_between(before_on, on, closed="right")
        for months in (laws.merger_months() or [0])
    ).fill_null(value=False)
    recovers = pl.col("tier_then").is_in(NON_PERFORMING) & ~pl.col("tier").is_in(NON_PERFORMING)
    may_rise = pl.col("is_retail") | is_decided | pl.col("is_free")
    return (binds_less | is_decided | is_bar_over) & (~recovers | may_rise)


def _is_free(loans: pl.DataFrame, laws: TierLaws, day: date) -> pl.Series:
    """Whether the law under which a loan is classed on a day asks for no decision."""
    free = [at for at, law in enumerate(laws.laws) if law.upgrade.held.tier not in NON_PERFORMING]
    dated = loans.select("originated_on", on=pl.lit(day))
    return dated.with_columns(law=laws.which())["law"].is_in(free)


def _is_retold(then: Mapping[str, Any], now: Mapping[str, Any], before_on: date, on: date) -> pl.Expr:
    """Whether tonight's history says that the loan never was what was published, and something is there to say so."""
    is_changed = any(then[name] != now[name] for name in ("rulebook", "code", "lock"))
    is_changed |= (then["law_of"] == then["on"]) != (now["law_of"] == now["on"])
    is_told_more = is_changed or then["feeds"] != now["feeds"] or then["known_on"] != now["known_on"]
    told_then: pl.Expr = pl.when(pl.col("tier_since_on") <= before_on).then("tier")
    if before_on == on - timedelta(days=1):
        told_then = pl.col("tier_yesterday")
    elif before_on == last_quarter_end(on):
        told_then = pl.col("tier_last_quarter")
    differs = (told_then != pl.col("tier_then")).fill_null(value=is_changed)
    return differs & pl.lit(is_told_more)
