"""Who is past due on a published day, and how each is collected from: segment, side of a trial, cure, priority."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path

import polars as pl

from postloan.rules.collection import CHALLENGER, CHAMPION, Collection, PriorityRule, Segment, Trial
from postloan.rules.figures import ONE_E8
from postloan.snapshot.read import scan_debtors, scan_whole_loans
from postloan.tables.units import TIERS
from postloan.tables.warnings import LEVELS

_DUE = ("overdue_principal_cents", "overdue_interest_cents", "overdue_fee_cents")
_CHARGED = ("penalty_cents", "compound_cents")
_PERSONS = ("person", "sole_trader")
_IS_LATE = (pl.col("status") == "active") & (pl.col("days_past_due") > 0)
_WIDE = pl.Int128
"""What products of cents and shares are reckoned in."""


def past_due(home: Path, on: date) -> pl.DataFrame:
    """Sum up every debtor that is past due at close of a published day, one row each, by debtor.

    Columns  debtor_id, debtor_name, form, org_id, officer_id, bucket, tier, warning_level; days_past_due of the worst
             loan; past_due_cents is principal, interest and fees, cure_cents penalty and compound interest beside;
             exposure_cents of all its loans; loan_count of those past due; score, the worst.
    Raises NothingPublished.
    """
    loans = scan_whole_loans(home, on)
    late = loans.filter(_IS_LATE)
    due = pl.when(_IS_LATE).then(pl.sum_horizontal(_DUE)).otherwise(0)
    cure = pl.when(_IS_LATE).then(pl.sum_horizontal(*_DUE, *_CHARGED)).otherwise(0)
    owed = pl.when(pl.col("status") == "active").then(pl.col("outstanding_cents")).otherwise(0)
    worst, largest = ["days_past_due", "cure", "loan_no"], ["cure", "days_past_due", "loan_no"]
    summed = (
        loans.join(late.select("debtor_id").unique(), on="debtor_id", how="semi")
        .with_columns(due=due, cure=cure, owed=owed, is_late=_IS_LATE)
        .group_by("debtor_id")
        .agg(
            pl.col("legal_form").cast(pl.String).first(),
            pl.col("org_id", "officer_id").sort_by(largest, descending=[True, True, False]).first(),
            pl.col("bucket").cast(pl.String).sort_by(worst, descending=[True, True, False]).first(),
            days_past_due=pl.col("days_past_due").filter("is_late").max().cast(pl.Int64),
            tier=pl.col("tier").cast(pl.String).cast(pl.Enum(TIERS)).filter("is_late").max().cast(pl.String),
            past_due_cents=pl.col("due").sum(),
            cure_cents=pl.col("cure").sum(),
            exposure_cents=pl.col("owed").sum(),
            loan_count=pl.col("is_late").sum().cast(pl.Int64),
            score=pl.col("behaviour_score").filter("is_late").min(),
        )
    )
    names = scan_debtors(home, on).select(
        "debtor_id", debtor_name=pl.col("name"), warning_level=pl.col("warning_level").cast(pl.String)
    )
    form = pl.when(pl.col("legal_form").is_in(_PERSONS)).then(pl.lit("person")).otherwise(pl.lit("company"))
    return (
        summed.join(names, on="debtor_id", how="left")
        .with_columns(form=form, org_id=pl.col("org_id").cast(pl.String))
        .drop("legal_form")
        .sort("debtor_id")
        .collect()
    )


def received(home: Path, on: date, debtor_ids: Sequence[str]) -> pl.DataFrame:
    """What each loan of some debtors received so far, whether it is past due, and whether it left the book unpaid.

    Columns  debtor_id, loan_id, received_cents, is_late, is_active, is_settled.
    """
    asked = pl.LazyFrame({"debtor_id": list(debtor_ids)}, schema={"debtor_id": pl.String})
    return (
        scan_whole_loans(home, on)
        .join(asked, on="debtor_id", how="semi")
        .select(
            "debtor_id", "loan_id", "received_cents", is_late=_IS_LATE, is_active=pl.col("status") == "active",
            is_settled=pl.col("status") == "settled",
        )
        .collect()
    )  # fmt: skip


def came_in(counted: Mapping[str, Sequence[int]], now: Mapping[str, Sequence[int]]) -> tuple[int, dict[str, list[int]]]:
    """What counts as collected of a debtor's loans since some day, and what the next day is held against.

    counted  by loan that was past due: what it had received by then, and 1 where it was past due then, else 0.
    now      of every loan of the debtor the same, today.

    What was paid on a loan that was past due counts, whether it cures or pays it off. What was paid on another does
    not; but where such a loan was past due before and has less now, a payment was reversed, and is taken back.
    """
    came, held = 0, {loan: [cents, late] for loan, (cents, late) in now.items() if late}
    for loan, (had_cents, was_late) in counted.items():
        cents, is_late = now.get(loan, (had_cents, was_late))
        came += cents - had_cents if was_late else min(cents - had_cents, 0)
        held[loan] = [cents if was_late or is_late else min(cents, had_cents), is_late]
    return came, held


def collection_plan(late: pl.DataFrame, history: pl.DataFrame, rules: Collection) -> pl.DataFrame:
    """Say of each debtor past due how it is collected from.

    late     the rows of `past_due`; history: debtor_id, broken_count, the promises it broke so far.
    Adds     broken_count, segment, team, strategy, trial and arm (empty outside a trial), priority.
    """
    known = late.join(history, on="debtor_id", how="left", maintain_order="left")
    known = known.with_columns(pl.col("broken_count").fill_null(0).cast(pl.Int64))
    fits = [_fits(segment) for segment in rules.segments]
    first = pl.coalesce(
        pl.when(fit).then(pl.lit(place, pl.Int64)) for place, fit in enumerate(fits)
    )  # fmt: skip
    placed = known.with_columns(place=first)
    named = pl.DataFrame(
        {
            "place": range(len(rules.segments)),
            "segment": [each.segment for each in rules.segments],
            "team": [each.team for each in rules.segments],
            "strategy": [each.strategy for each in rules.segments],
        },
        schema_overrides={"place": pl.Int64},
    )
    whole = placed.join(named, on="place", how="left", maintain_order="left").drop("place")
    return _with_arms(whole, rules.trials).with_columns(priority=priority(rules.priority))


def _fits(segment: Segment) -> pl.Expr:
    """Whether a debtor is of a segment, by that segment alone."""
    asked = [pl.lit(value=True)]
    if segment.forms:
        asked.append(pl.col("form").is_in(list(segment.forms)))
    for column, least in (
        ("days_past_due", segment.days_from),
        ("cure_cents", segment.from_cents),
        ("broken_count", segment.broken_from),
    ):
        if least is not None:
            asked.append(pl.col(column) >= least)
    if segment.days_to is not None:
        asked.append(pl.col("days_past_due") <= segment.days_to)
    for column, below in (("cure_cents", segment.below_cents), ("score", segment.score_below)):
        if below is not None:
            asked.append(pl.col(column) < below)
    if segment.level_from is not None:
        asked.append(_level() >= LEVELS.index(segment.level_from))
    return pl.all_horizontal(asked).fill_null(value=False)


def _level() -> pl.Expr:
    return pl.col("warning_level").cast(pl.Enum(LEVELS)).to_physical().cast(pl.Int64)


def side_of(debtor_id: str, trial: Trial) -> str:
    """On which side of a trial a debtor stands, by key and number alone: champion or challenger."""
    drawn = int.from_bytes(blake2b(debtor_id.encode(), key=trial.key.encode(), digest_size=8).digest(), "big")
    return CHALLENGER if drawn * ONE_E8 >> 64 < trial.share_e8 else CHAMPION


def _with_arms(rows: pl.DataFrame, trials: Sequence[Trial]) -> pl.DataFrame:
    """Draw the side of every debtor of a segment that is tried: one hash each, of those alone."""
    out = rows.with_columns(trial=pl.lit(""), arm=pl.lit(""))
    for trial in trials:
        mine = rows.filter(pl.col("segment") == trial.segment).get_column("debtor_id")
        arms = pl.DataFrame(
            {"debtor_id": mine, "drawn": [side_of(each, trial) for each in mine]},
            schema={"debtor_id": pl.String, "drawn": pl.String},
        )
        is_in = pl.col("drawn").is_not_null()
        challenged = pl.col("drawn") == CHALLENGER
        out = out.join(arms, on="debtor_id", how="left", maintain_order="left").with_columns(
            trial=pl.when(is_in).then(pl.lit(trial.trial)).otherwise("trial"),
            arm=pl.when(is_in).then("drawn").otherwise("arm"),
            strategy=pl.when(challenged).then(pl.lit(trial.challenger)).otherwise("strategy"),
        )
        out = out.drop("drawn")
    return out


def priority(rule: PriorityRule) -> pl.Expr:
    """The points of a debtor: more is an earlier turn. A null level or score gives none."""
    levels = {name: rule.levels.get(name, 0) for name in LEVELS}  # type: ignore[call-overload]
    broken = pl.min_horizontal(pl.col("broken_count"), pl.lit(rule.broken_most))
    return (
        _points("days_past_due", [(each.begins, each.points) for each in rule.days])
        + _points("cure_cents", [(each.begins_cents, each.points) for each in rule.amount])
        + pl.col("warning_level").replace_strict(levels, default=0, return_dtype=pl.Int64)
        + broken.cast(pl.Int64) * rule.broken
        + pl.when(pl.col("score") < rule.score_below).then(rule.score).otherwise(0)
    ).cast(pl.Int64)


def _points(column: str, lines: Sequence[tuple[int, int]]) -> pl.Expr:
    """The points of the last line that a figure reaches; none below the first."""
    held = pl.coalesce(
        *(pl.when(pl.col(column) >= begins).then(pl.lit(points, pl.Int64)) for begins, points in reversed(lines)),
        pl.lit(0, pl.Int64),
    )
    return held.cast(pl.Int64)


def promises_judged(promises: pl.DataFrame, on: date, rules: Collection) -> pl.DataFrame:
    """Say what became of open promises by the close of a day.

    promises  amount_cents, due_on, base_cents, collected_cents (what was paid so far on loans past due), is_cured.
    Adds      paid_cents, and state: kept, partial, broken, or open while it may still be kept. A promise is kept as
              soon as enough was paid, or once nothing is past due any more.
    """
    rule = rules.promise
    amount = pl.col("amount_cents").cast(_WIDE)
    short = (amount * rule.short_share_e8 // ONE_E8).cast(pl.Int64)
    part = ((amount * rule.partial_share_e8 + (ONE_E8 - 1)) // ONE_E8).cast(pl.Int64)
    paid = pl.col("collected_cents") - pl.col("base_cents")
    is_over = pl.col("due_on") + pl.duration(days=rule.grace_days) <= on
    state = (
        pl.when(pl.col("is_cured") | (paid >= pl.col("amount_cents") - short))
        .then(pl.lit("kept"))
        .when(~is_over)
        .then(pl.lit("open"))
        .when(paid >= part)
        .then(pl.lit("partial"))
        .otherwise(pl.lit("broken"))
    )
    return promises.with_columns(paid_cents=paid, state=state)
