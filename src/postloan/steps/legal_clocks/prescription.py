"""Prescription: a period that steps interrupt, proceedings stop, obstacles suspend and the debtor's word revives."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from postloan.rules.legal_clocks import Period, Proceeding
from postloan.steps.legal_clocks.last_days import LastDays

FOUND = {
    "clock": pl.String, "began_on": pl.Date, "restarted_on": pl.Date, "touched_by": pl.String, "ends_on": pl.Date,
    "state": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Prescription:
    """What a period is subject to: steps that interrupt, revive and settle it, the proceeding that stops it."""

    period: Period
    interrupts: Sequence[str]
    pending: Proceeding
    revives: Sequence[str] = ()
    settled_by: Sequence[str] = ()


def prescribed(bases: pl.DataFrame, points: pl.DataFrame, rule: Prescription, last: LastDays) -> pl.DataFrame:
    """Say of each period when it ends, from when it runs anew, and whether it runs, is kept or lost.

    Reads   bases: clock, began_on; points: clock, step, happened_on, ends_on: what happened by the day, in any order.
    Writes  FOUND, one row a base, in their order; ends_on is empty while a proceeding keeps it. Of a suspended one
            it is the earliest that it can be.
    Source  Civil Code Arts. 188, 194, 195; rulebook: legal_clocks.

    A step counts on the last day, and no longer on the day after: from then only the debtor's own word begins anew.
    """
    if bases.is_empty():
        return pl.DataFrame(schema=FOUND)
    rows = _in_order(bases, points, rule)
    ends = rows.select(rule.period.after(pl.col("at"))).to_series()
    rows = _suspended(rows.with_columns(last_on=ends), points, last)
    rows = rows.with_columns(last.moved(rule.period, rows["last_on"]).alias("ends_on"))
    return bases.select("clock", "began_on").join(
        _governing(rows, last), on="clock", how="left", maintain_order="left"
    ).select(*FOUND)  # fmt: skip


def _in_order(bases: pl.DataFrame, points: pl.DataFrame, rule: Prescription) -> pl.DataFrame:
    """Every base and what happened after it, in order; a proceeding begun before stops it from the first day."""
    opens, ends = list(rule.pending.steps), list(rule.pending.ended_by)
    both = [*opens, *ends, *rule.settled_by]
    asked = [*both, *rule.interrupts, *rule.revives]
    met = (
        points.filter(pl.col("step").is_in(asked))
        .join(bases, on="clock")
        .filter((pl.col("happened_on") > pl.col("began_on")) | pl.col("step").is_in(both))
        .select("clock", "step", at=pl.max_horizontal("happened_on", "began_on"), happened_on="happened_on")
    )
    begun = bases.select("clock", step=pl.lit(None, pl.String), at="began_on", happened_on=pl.lit(None, pl.Date))
    is_open = (
        pl.when(pl.col("step").is_in(opens))
        .then(pl.lit(value=True))
        .when(pl.col("step").is_in(ends))
        .then(pl.lit(value=False))
    )
    # Of one day, the end of a proceeding comes after its beginning.
    rank = (2 * pl.col("step").is_in(ends).cast(pl.Int8) + pl.col("step").is_in(opens).cast(pl.Int8)).fill_null(0)
    return (
        pl.concat([begun, met])
        .sort("clock", "at", pl.col("step").is_not_null(), "happened_on", rank, "step")
        .with_columns(
            is_open=is_open.forward_fill().over("clock").fill_null(value=False),
            revives=pl.col("step").is_in(list(rule.revives)).fill_null(value=False),
            is_settled=pl.col("step").is_in(list(rule.settled_by)).fill_null(value=False).any().over("clock"),
        )
    )


def _suspended(rows: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """Let periods whose last months meet an obstacle end so many months after it; one obstacle after the other."""
    law = last.law.suspends
    met = points.filter(pl.col("step").is_in(law.steps)).select(
        "clock",
        hindered_on="happened_on",
        lasts=pl.col("ends_on").is_null() | (pl.col("ends_on") >= last.on),
        gone_on=pl.min_horizontal(pl.col("ends_on").fill_null(last.on), pl.lit(last.on)),
    )
    rows = rows.with_columns(is_suspended=pl.lit(value=False))
    if met.is_empty():
        return rows
    met = met.sort("clock", "hindered_on", "gone_on").with_columns(turn=pl.int_range(pl.len()).over("clock"))
    begins = pl.col("last_on").dt.offset_by(f"-{law.within_last_months}mo")
    hinders = ((pl.col("hindered_on") <= pl.col("last_on")) & (pl.col("gone_on") >= begins)).fill_null(value=False)
    later = pl.max_horizontal("last_on", pl.col("gone_on").dt.offset_by(f"{law.ends_after_months}mo"))
    for _turn, held in met.group_by("turn", maintain_order=True):
        rows = (
            rows.join(held.drop("turn"), on="clock", how="left", maintain_order="left")
            .with_columns(
                last_on=pl.when(hinders).then(later).otherwise("last_on"),
                is_suspended=pl.col("is_suspended") | (hinders & pl.col("lasts").fill_null(value=False)),
            )
            .drop("hindered_on", "lasts", "gone_on")
        )
    return rows


def _governing(rows: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """The row from which each period runs: the last before a gap, since the debtor last revived it."""
    late = pl.col("at") > pl.col("ends_on").shift(1).over("clock")
    runs = ~pl.col("is_open").shift(1).over("clock")
    turn = pl.col("revives").cum_sum().over("clock")
    return (
        rows.with_columns(
            is_gap=(late & runs & ~pl.col("revives")).fill_null(value=False), turn=turn,
        )
        .filter(pl.col("turn") == pl.col("turn").max().over("clock"))
        .with_columns(is_lost=pl.col("is_gap").any().over("clock"), is_after=pl.col("is_gap").cum_max().over("clock"))
        .filter(~pl.col("is_after"))
        .group_by("clock", maintain_order=True)
        .last()
        .with_columns(
            state=pl.when("is_settled").then(pl.lit("kept"))
            .when("is_lost").then(pl.lit("lost"))
            .when("is_open").then(pl.lit("kept"))
            .when(pl.col("ends_on") < last.on).then(pl.lit("lost"))
            .when("is_suspended").then(pl.lit("suspended"))
            .otherwise(pl.lit("running")),
        )
        .select(
            "clock",
            "state",
            restarted_on=pl.when(pl.col("step").is_not_null()).then("at"),
            touched_by="step",
            ends_on=pl.when(pl.col("state") != "kept").then("ends_on"),
        )
    )  # fmt: skip
