"""Recovery plans: what people expect to recover of a loan that is assessed by itself, as of today."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.figures import ONE_E8
from postloan.tables.losses import RecoveryPlan
from postloan.tables.results import RateInForce

_TERMS = pl.Struct({
    "strategies": pl.List(pl.Struct({
        "weight": pl.String,
        "flows": pl.List(pl.Struct({"on": pl.String, "amount": pl.String})),
    })),
})  # fmt: skip
_YEAR_DAYS = 365


def recovery_plans(
    decisions: pl.DataFrame, rates: dy.DataFrame[RateInForce], *, on: date
) -> dy.DataFrame[RecoveryPlan]:
    """Discount the recoveries that the latest plan of each loan expects, weighted over its strategies.

    Reads   decisions: of kind recovery_plan that hold on the day; rates: the effective rate of each loan.
    Writes  recovered_cents as of today (not rounded), once a loan that has a plan. What was expected of a day gone by
            is no recovery any more: it came in and lowered the claim, or it did not come.
    Source  CAS 22; regulations ECL-26; risk 5.5: sum over strategies of weight x cash / (1 + rate)^years.
    """
    told = decisions.filter(pl.col("kind") == "recovery_plan")
    latest = told.sort("effective_on", "decision_id").unique("loan_no", keep="last", maintain_order=True)
    if latest.is_empty():
        return RecoveryPlan.validate(RecoveryPlan.create_empty())
    strategies = (
        latest.select("loan_no", pl.col("terms").str.json_decode(_TERMS).struct.field("strategies"))
        .explode("strategies")
        .unnest("strategies")
    )
    flows = (
        strategies.explode("flows")
        .unnest("flows")
        .join(rates, on="loan_no")
        .with_columns(on=pl.col("on").str.to_date())
    )
    years = (pl.col("on") - pl.lit(on)).dt.total_days() / _YEAR_DAYS
    cents = pl.col("amount").cast(pl.Decimal(18, 2)).cast(pl.Float64) * 100 * pl.col("weight").cast(pl.Float64)
    worth = pl.when(pl.col("on") > on).then(cents / (1 + pl.col("rate_in_force_e8") / ONE_E8) ** years).otherwise(0.0)
    return RecoveryPlan.validate(
        flows.group_by("loan_no", maintain_order=True).agg(recovered_cents=worth.sum()).sort("loan_no")
    )
