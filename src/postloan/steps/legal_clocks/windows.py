"""Windows: periods that one step opens and another keeps, such as a freeze until it is renewed."""

import polars as pl

from postloan.rules.legal_clocks import Opened
from postloan.steps.legal_clocks.last_days import LastDays
from postloan.steps.legal_clocks.prescription import FOUND

OPENED = FOUND | {"loan_no": pl.Int64, "kind": pl.String, "asset_id": pl.String}


def windows(points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """Say of each thing seized, claim announced or asset taken until when something must be done, and whether it was.

    Reads   points: loan_no, is_settled, step, happened_on, ends_on, asset_kind, asset_id, legal_event_id.
    Writes  OPENED, one row a loan, kind and thing: of several openings the latest, which renewed the others.
    Source  regulations DSP-12, 13, 22, 27, 53 to 55; rulebook: legal_clocks.

    A thing without an identifier is known by the step that seized it. What was done late closes the matter: no row.
    """
    if points.is_empty():
        return pl.DataFrame(schema=OPENED)
    return pl.concat([pl.DataFrame(schema=OPENED), *(_of(each, points, last) for each in last.law.opened)])


def _of(window: Opened, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    is_meant = pl.col("step").is_in(window.opened_by)
    if window.assets:
        is_untold = pl.col("asset_kind").is_null() & pl.col("step").is_in(list(window.untold))
        is_meant &= pl.col("asset_kind").is_in(window.assets).fill_null(value=False) | is_untold
    if not window.outlives_debt:
        is_meant &= ~pl.col("is_settled")
    found = points.filter(is_meant).with_columns(
        thing=pl.coalesce("asset_id", "legal_event_id") if window.assets else pl.lit("")
    )
    if found.is_empty():
        return pl.DataFrame(schema=OPENED)
    latest = (
        found.sort("happened_on", "legal_event_id")
        .unique(["loan_no", "thing"], keep="last", maintain_order=True)
        .unique("legal_event_id", keep="first", maintain_order=True)
    )
    longest = last.of(window, latest["happened_on"])
    days = window.unless_told_days
    untold = longest if days is None else latest.select(pl.col("happened_on").dt.offset_by(f"{days}d")).to_series()
    latest = latest.with_columns(untold.alias("untold_on"), longest.alias("longest_on")).with_columns(
        last_on=pl.min_horizontal(pl.coalesce("ends_on", "untold_on"), "longest_on")
    )
    return _kept(window, latest, points, last)


def _kept(window: Opened, latest: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """Put beside each window the first step that keeps it; a step that names no thing keeps all of the loan's."""
    steps = points.filter(pl.col("step").is_in(window.kept_by)).select(
        "loan_no", kept_by="step", kept_on="happened_on", kept_id="asset_id"
    )
    is_same = pl.col("kept_id").is_null() | (pl.col("asset_id") == pl.col("kept_id"))
    is_same = is_same.fill_null(value=False) if window.assets else pl.lit(value=True)
    met = (
        latest.select("loan_no", "legal_event_id", "asset_id", "happened_on")
        .join(steps, on="loan_no")
        .filter(is_same & (pl.col("kept_on") >= pl.col("happened_on")))
        .sort("kept_on", "kept_by")
        .group_by("legal_event_id", maintain_order=True)
        .agg(pl.col("kept_on", "kept_by").first())
    )
    rows = latest.join(met, on="legal_event_id", how="left", maintain_order="left")
    is_late = (pl.col("kept_on") > pl.col("last_on")).fill_null(value=False)
    return rows.filter(~is_late).select(
        clock=pl.format("{}-{}-{}", pl.lit(window.clock), "loan_no", "legal_event_id"),
        began_on="happened_on",
        restarted_on=pl.lit(None, pl.Date),
        touched_by=pl.coalesce("kept_by", "step"),
        ends_on="last_on",
        state=pl.when(pl.col("kept_on").is_not_null()).then(pl.lit("kept"))
        .when(pl.col("last_on") < last.on).then(pl.lit("lost")).otherwise(pl.lit("running")),
        loan_no="loan_no",
        kind=pl.lit(window.clock),
        asset_id="asset_id",
    )  # fmt: skip
