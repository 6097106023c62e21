"""Collateral values: what each collateral is worth on the day, whether it counts, and when it is to be valued anew."""

from datetime import date
from typing import NamedTuple

import polars as pl

from postloan.rules.collateral import Collateral, CollateralReview
from postloan.rules.figures import ONE_E8
from postloan.tables.collateral import ELIGIBILITIES
from postloan.tables.inputs.security import COLLATERAL_KINDS
from postloan.tables.ratios import exact_e8

_ELIGIBILITY, _KIND = pl.Enum(ELIGIBILITIES), pl.Enum(COLLATERAL_KINDS)
_CITY_DIGITS, _CITY_ENDS = 4, "00"


class CollateralLaw(NamedTuple):
    """What law and bank say of collateral on the day."""

    bank: Collateral
    review: CollateralReview


def collateral_values(
    collateral: pl.DataFrame, valuations: pl.DataFrame, market: pl.DataFrame, *, law: CollateralLaw, on: date
) -> pl.DataFrame:
    """Say of each collateral what it is worth on the day.

    Reads   collateral, valuations, market: facts of the bank; what is dated after the day does not count.
    Writes  one row a collateral, in order: its columns of CollateralStanding that do not depend on loans, and
            needs_insurance. `eligibility` knows nothing of earlier ranks.
    Source  rulebook: collateral, collateral_review (regulations COL-01, 02, 11, 12, 17, 20, 21).

    A value moves with the index from the last one known on the day of the valuation to the last one known on the day,
    half up to the cent; where either is not known, the valuation stands.
    """
    latest = (
        valuations.filter(pl.col("valued_on") <= on)
        .sort("collateral_id", "valued_on")
        .unique("collateral_id", keep="last", maintain_order=True)
        .select("collateral_id", "valued_on", valued_cents="value_cents")
    )
    held = (
        collateral.join(_classes(law), on="kind", how="left")
        .join(latest, on="collateral_id", how="left")
        .sort("collateral_id")
    )
    moved = _moved(held, market, law, on)
    months = pl.format("{}mo", pl.min_horizontal("within_months", pl.lit(law.review.revaluation.within_months)))
    is_sooner = pl.col("within_months") < law.review.revaluation.within_months
    return moved.with_columns(
        eligibility=_eligibility(law, on),
        revalue_by_on=pl.col("valued_on").dt.offset_by(months),
        revalue_cite=pl.when(is_sooner).then("class_cite").otherwise(pl.lit(str(law.review.revaluation.cite))),
    )


def _classes(law: CollateralLaw) -> pl.DataFrame:
    rows = [
        {
            "kind": kind, "is_taken": each.is_taken, "lends_most_e8": each.lends_most_e8,
            "within_months": each.within_months, "needs_insurance": each.needs_insurance, "class_cite": str(each.cite),
        }
        for each in law.bank.classes
        for kind in each.kinds
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"kind": _KIND})


def _moved(held: pl.DataFrame, market: pl.DataFrame, law: CollateralLaw, on: date) -> pl.DataFrame:
    """Put beside each collateral the index it moves with, how far it moved, and the value of the day."""
    moves = [
        {"kind": kind, "national": each.series, "counts_rises": each.counts_rises, "index_cite": str(each.cite)}
        for each in law.bank.index
        for kind in each.kinds
    ]
    shape: dict[str, pl.DataType] = {
        "kind": _KIND,
        "national": pl.String(),
        "counts_rises": pl.Boolean(),
        "index_cite": pl.String(),
    }
    city = pl.col("region_code").str.head(_CITY_DIGITS) + _CITY_ENDS
    asked = held.join(pl.DataFrame(moves, schema=shape), on="kind", how="left").with_columns(
        city=pl.format("{}_{}", "national", city)
    )
    known = market.filter((pl.col("on") <= on) & (pl.col("value") > 0)).select(
        "series", "on", index_e8=(pl.col("value") * ONE_E8).round().cast(pl.Int128)
    )
    series = known["series"].unique().implode()
    asked = asked.with_columns(
        index_series=pl.when(pl.col("city").is_in(series)).then("city").when(pl.col("national").is_in(series))
        .then("national")
    ).with_columns(today=pl.lit(on))  # fmt: skip
    found = _index_on(_index_on(asked, known, "valued_on", "then"), known, "today", "now")
    now, then = pl.col("now_e8"), pl.col("then_e8")
    counts = pl.when("counts_rises").then(now).otherwise(pl.min_horizontal(now, then))
    value = pl.col("valued_cents").cast(pl.Int128)
    has_moved = pl.col("then_e8").is_not_null() & pl.col("valued_cents").is_not_null()
    indexed = (value * counts * 2 + then) // (then * 2)
    return found.with_columns(
        value_cents=pl.when(has_moved).then(indexed.cast(pl.Int64)).otherwise("valued_cents"),
        index_change_e8=pl.when(has_moved).then(exact_e8(counts - then, then)),
        **{name: pl.when(has_moved).then(name) for name in ("index_series", "index_cite")},
        index_on=pl.when(has_moved).then("now_on"),
    )


def _index_on(asked: pl.DataFrame, known: pl.DataFrame, day: str, name: str) -> pl.DataFrame:
    """Put beside each row the last index of its series up to its day."""
    asks = asked.select("collateral_id", "index_series", day).drop_nulls().sort(day)
    told = known.rename({"series": "index_series", "index_e8": f"{name}_e8"}).sort("on")
    found = asks.join_asof(
        told.with_columns(pl.col("on").alias(f"{name}_on")), left_on=day, right_on="on", by="index_series",
        check_sortedness=False,
    )  # fmt: skip
    return asked.join(
        found.select("collateral_id", f"{name}_e8", f"{name}_on"), on="collateral_id", how="left", maintain_order="left"
    )


def _eligibility(law: CollateralLaw, on: date) -> pl.Expr:
    """The first reason for which a collateral covers nothing."""
    by_registration = pl.col("kind").is_in(list(law.review.by_registration.kinds))
    is_registered = (pl.col("registered_on") <= on).fill_null(value=False)
    status = pl.col("status").cast(pl.String).fill_null("held")
    reason = (
        pl.when(~pl.col("is_taken")).then(pl.lit("not_taken"))
        .when(status.is_in(["released", "sold", "seized"])).then(status)
        .when(by_registration & ~is_registered).then(pl.lit("not_registered"))
        .when(pl.col("registration_ends_on") < on).then(pl.lit("registration_ended"))
        .when(pl.col("valued_cents").is_null()).then(pl.lit("unvalued"))
        .otherwise(pl.lit("eligible"))
    )  # fmt: skip
    return reason.cast(_ELIGIBILITY)
