"""Stage: how far the credit risk of each loan has risen since it was made, by which ground, and until when."""

from collections.abc import Sequence
from datetime import date

import dataframely as dy
import polars as pl

from postloan.rules.figures import ONE_E8
from postloan.rules.stages import Stages
from postloan.tables.losses import STAGE_CAUSES, STAGES, DefaultChances, Stage
from postloan.tables.results import DaysPastDue, DebtorView
from postloan.tables.tiers import Judged, TierHistory

_STAGE = pl.Enum(STAGES)
_CAUSE = pl.Enum(STAGE_CAUSES)
_MARKS = ("stage", "watch", "poci")


def stages(
    loans: pl.DataFrame,
    tiers: dy.DataFrame[TierHistory],
    overdue: dy.DataFrame[DaysPastDue],
    views: dy.DataFrame[DebtorView],
    chances: dy.DataFrame[DefaultChances],
    judged: dy.DataFrame[Judged],
    decisions: pl.DataFrame,
    *,
    law: Stages,
    on: date,
) -> dy.DataFrame[Stage]:
    """Put each loan in a stage.

    Reads   loans: facts of the loans in the book; tiers: class of the day; overdue: days past due; views: the debtor's
            debts; chances: of default, now and as expected at first; judged: the days of the loans of whom anything is
            known; decisions: of kinds stage, watch and poci that hold on the day.
    Writes  the stage, and apart what the loan's own facts, its debtor's debts and people say, each with its cause.
    Source  rulebook: stages (CAS 22; regulations ECL-10 to ECL-15). People may put a loan in a worse stage only.
    """
    marks = _marks(decisions)
    rows = (
        pl.concat([
            loans.select("loan_no", "debtor_no"),
            tiers.select("tier", "impaired", "is_restructured"),
            overdue.select("days_past_due"),
            chances.select("pd_year_ratio", "pd_left_ratio", "pd_expected_ratio"),
        ], how="horizontal")
        .join(
            views.select("debtor_no", "is_retail", "npl_cents", "exposure_cents"), on="debtor_no", how="left",
            maintain_order="left",
        )
        .join(_left_on(judged, law), on="loan_no", how="left", maintain_order="left")
        .join(marks, on="loan_no", how="left", maintain_order="left")
        .with_columns(pl.col("is_watched", "is_poci").fill_null(value=False))
    )  # fmt: skip
    found = rows.with_columns(own=_first(_own_grounds(law, on)), obligor=_first(_obligor_grounds(law)))
    own, obligor = pl.col("own").struct, pl.col("obligor").struct
    override = pl.col("override_stage").cast(_STAGE)
    return Stage.validate(
        found.select(
            "loan_no",
            stage=pl.max_horizontal(own.field("stage"), obligor.field("stage"), override),
            rule_stage=own.field("stage"),
            rule_stage_cause=own.field("cause"),
            obligor_stage=obligor.field("stage"),
            override_stage=override,
        )
    )


def stage_of(rows: pl.DataFrame, *, law: Stages, on: date) -> pl.DataFrame:
    """Return the stage and its cause of rows that say all that a stage rests on.

    rows    tier, impaired, is_poci, is_watched, is_restructured, is_retail, days_past_due, npl_cents and exposure_cents
            (of the debtor), left_stage_3_on, left_stage_2_on (the first day without a ground of that stage, null
            if there never was one), pd_year_ratio, pd_left_ratio, pd_expected_ratio.
    Source  rulebook: stages, in this order.
    """
    grounds = [*_impaired(law), *_obligor_grounds(law), *_others(law, on)]
    return rows.select(found=_first(grounds)).unnest("found")


Ground = tuple[pl.Expr, str, str]


def _own_grounds(law: Stages, on: date) -> list[Ground]:
    return [*_impaired(law), *_others(law, on)]


def _impaired(law: Stages) -> list[Ground]:
    """Grounds of stage 3, and the way back from it."""
    _, default = law.overdue
    is_npl = _is_of(law, 3)
    return [
        (pl.col("is_poci"), "poci", "poci"),
        (pl.col("days_past_due") > default.over_days, "stage_3", "default_overdue"),
        (pl.col("impaired"), "stage_3", "credit_impaired"),
        (is_npl, "stage_3", "non_performing"),
    ]


def _obligor_grounds(law: Stages) -> list[Ground]:
    bad = pl.col("npl_cents").cast(pl.Int128) * ONE_E8 > pl.col("exposure_cents").cast(pl.Int128) * (
        law.cross_default.over_share_e8
    )
    touches = ~pl.col("is_retail").fill_null(value=True) & bad
    return [(touches, "stage_3", "cross_default")]


def _others(law: Stages, on: date) -> list[Ground]:
    """Probation, then grounds of stage 2, then the way back from that."""
    backstop, _ = law.overdue
    two, three = law.probations
    rise, now, expected = law.pd_rise, pl.col("pd_left_ratio"), pl.col("pd_expected_ratio")
    has_risen = (now * ONE_E8 >= expected * rise.times_e8 - _NOISE) & ((now - expected) * ONE_E8 >= rise.by_e8 - _NOISE)
    return [
        (_is_within("left_stage_3_on", three.months, on), "stage_3", "stage_3_probation"),
        (_is_within("left_stage_3_on", three.months + two.months, on), "stage_2", "left_stage_3"),
        (pl.col("days_past_due") > backstop.over_days, "stage_2", "overdue"),
        (pl.col("is_watched"), "stage_2", "watched"),
        (pl.col("is_restructured"), "stage_2", "restructured"),
        (_is_of(law, 2), "stage_2", "special_mention"),
        (pl.col("pd_year_ratio") * ONE_E8 > law.pd_ceiling.over_pd_e8, "stage_2", "pd_ceiling"),
        (has_risen, "stage_2", "pd_rise"),
        (_is_within("left_stage_2_on", two.months, on), "stage_2", "stage_2_probation"),
        (pl.col("pd_year_ratio") * ONE_E8 < law.low_risk.below_pd_e8, "stage_1", "low_risk"),
    ]


_NOISE = 0.01
"""In 1e-8: what a ratio that stands exactly on a bound may miss it by as a float."""


def _is_of(law: Stages, stage: int) -> pl.Expr:
    """Whether the tier alone puts a loan in a stage."""
    tier = law.tier_of(stage)
    return pl.lit(value=False) if tier is None else pl.col("tier") >= tier


def _is_within(column: str, months: int, on: date) -> pl.Expr:
    """Whether fewer than so many whole months have passed since a day; no day is long ago."""
    return (pl.col(column).dt.offset_by(f"{months}mo") > on).fill_null(value=False)


def _first(grounds: Sequence[Ground]) -> pl.Expr:
    """The first ground that holds, as a struct of stage and cause; nothing risen where none does."""
    number = pl.lit(len(grounds), pl.UInt32)
    for place, (holds, _, _) in reversed(list(enumerate(grounds))):
        number = pl.when(holds).then(pl.lit(place, pl.UInt32)).otherwise(number)
    stage = pl.Series([*(stage for _, stage, _ in grounds), "stage_1"], dtype=_STAGE)
    cause = pl.Series([*(cause for _, _, cause in grounds), "none"], dtype=_CAUSE)
    return pl.struct(pl.lit(stage).gather(number).alias("stage"), pl.lit(cause).gather(number).alias("cause"))


def _left_on(judged: dy.DataFrame[Judged], law: Stages) -> pl.DataFrame:
    """The day since which no tier of stage 3, and none of stage 2, held; null where one holds or none ever did."""
    until_on = pl.col("on").shift(-1).over("loan_no")
    worse = judged.filter(_is_of(law, 2) | _is_of(law, 3)).select("loan_no").unique()
    days = (
        judged.select("loan_no", "on", "tier")
        .join(worse, on="loan_no", how="semi")
        .sort("loan_no", "on")
        .select("loan_no", "tier", until_on=until_on)
        .drop_nulls("until_on")
    )
    parts = days.select("loan_no").unique(maintain_order=True)
    for stage in (2, 3):
        was = days.filter(_is_of(law, stage))
        last = was.group_by("loan_no").agg(pl.col("until_on").max().alias(f"left_stage_{stage}_on"))
        parts = parts.join(last, on="loan_no", how="left", maintain_order="left")
    return parts


def _marks(decisions: pl.DataFrame) -> pl.DataFrame:
    """What people decided about stages, once a loan."""
    told = decisions.filter(pl.col("kind").is_in(_MARKS))
    named = pl.col("terms").str.json_path_match("$.stage")
    override = pl.when(pl.col("kind") == "stage").then(pl.format("stage_{}", named)).cast(_STAGE)
    return told.group_by("loan_no").agg(
        override_stage=override.max(), is_watched=(pl.col("kind") == "watch").any(),
        is_poci=(pl.col("kind") == "poci").any(),
    )  # fmt: skip
