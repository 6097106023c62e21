"""Guarantee periods: fixed, and kept only by what the law asks of each form of guarantee."""

import polars as pl

from postloan.steps.legal_clocks.last_days import LastDays
from postloan.steps.legal_clocks.prescription import FOUND


def guarantee_periods(ties: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """Say of each guarantee of each loan when its period ends, and whether it was kept.

    Reads   ties: clock, main_clock, began_on, agreed_on, is_general; points: clock, step, happened_on: steps against
            the guarantor under the guarantee's clock, against the debtor under the loan's.
    Writes  FOUND, one row a tie, and period_is_agreed; touched_by is the step that kept it.
    Source  Civil Code Arts. 692, 693; rulebook: legal_clocks.

    A joint guarantee is kept by what is done to the guarantor, a general one by suing the debtor, within the period.
    """
    if ties.is_empty():
        return pl.DataFrame(schema=FOUND | {"period_is_agreed": pl.Boolean})
    is_agreed = (pl.col("agreed_on") > pl.col("began_on")).fill_null(value=False)
    ties = ties.with_columns(last.of(last.law.unagreed, ties["began_on"]).alias("unagreed_on")).with_columns(
        period_is_agreed=is_agreed, ends_on=pl.when(is_agreed).then("agreed_on").otherwise("unagreed_on")
    )
    kept = pl.concat([_joint(ties, points, last), _general(ties, points, last)])
    return (
        ties.join(kept, on="clock", how="left", maintain_order="left")
        .with_columns(
            state=pl.when(pl.col("kept_on").is_not_null()).then(pl.lit("kept"))
            .when(pl.col("ends_on") < last.on).then(pl.lit("lost"))
            .otherwise(pl.lit("running")),
            restarted_on=pl.lit(None, pl.Date),
        )
        .select(*FOUND, "period_is_agreed", "kept_on")
    )  # fmt: skip


def _joint(ties: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """The first step against each guarantor of a joint guarantee within its period."""
    steps = points.filter(pl.col("step").is_in(last.law.keeps_joint.steps))
    met = ties.filter(~pl.col("is_general")).join(steps.select("clock", "step", "happened_on"), on="clock")
    return (
        met.filter(pl.col("happened_on").is_between("began_on", "ends_on"))
        .sort("clock", "happened_on", "step")
        .group_by("clock", maintain_order=True)
        .agg(kept_on=pl.col("happened_on").first(), touched_by=pl.col("step").first())
    )


def _general(ties: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """The last suit against the debtor within the period of a general guarantee; one withdrawn keeps nothing."""
    law = last.law.keeps_general
    steps = points.filter(pl.col("step").is_in([*law.steps, *law.ended_by]))
    met = ties.filter("is_general").join(steps.select("step", "happened_on", main_clock="clock"), on="main_clock")
    is_suit = pl.col("step").is_in(law.steps)
    ended = pl.col("happened_on").filter(~is_suit).max()
    within = is_suit & pl.col("happened_on").is_between("began_on", "ends_on")
    return (
        met.sort("clock", "happened_on", "step")
        .group_by("clock", maintain_order=True)
        .agg(
            kept_on=pl.col("happened_on").filter(within).last(), touched_by=pl.col("step").filter(within).last(),
            ended_on=ended,
        )
        .filter(pl.col("kept_on").is_not_null() & ~(pl.col("ended_on") >= pl.col("kept_on")).fill_null(value=False))
        .drop("ended_on")
    )  # fmt: skip
