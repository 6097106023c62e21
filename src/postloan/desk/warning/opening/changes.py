"""What a day's signals change: cases to open, and signals that came, worsened or went; nothing is written here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import BusinessDay
from postloan.desk.warning.clocks import Clocks
from postloan.desk.warning.models import CaseSignal, WarningCase
from postloan.desk.warning.signals import UNKNOWN, KnownSignal, known_signals, signals_of_day
from postloan.tables.units import TIERS
from postloan.tables.warnings import LEVELS

_ONE = ("debtor_id", "signal", "loan_id")
"""What tells one signal from another."""
_SAID = ("pk", "debtor_id", "exposure_cents", "tier")
"""What a case says of its debtor that changes from day to day."""
_HELD = {
    "pk": pl.Int64, "case_id": pl.Int64, "debtor_id": pl.String, "signal": pl.String, "loan_id": pl.String,
    "held_rank": pl.Int64, "gone_on": pl.Date, "arrival": pl.String,
}  # fmt: skip
_COOLING = {
    "debtor_id": pl.String, "signal": pl.String, "loan_id": pl.String, "held_rank": pl.Int64, "closed_on": pl.Date,
}  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """What a day changes.

    fresh  signals of debtors without a running case; came, those new to a running case, with its case_id.
    worse  those that are worse than they were, or that came back, with case_id and pk.
    gone   keys of those that hold no more.
    """

    fresh: pl.DataFrame
    came: pl.DataFrame
    worse: pl.DataFrame
    gone: list[int]


def changes_of(clocks: Clocks) -> Changes:
    """Hold a day's signals against the cases there are; three reads in all, whatever their number."""
    found, held = _found(signals_of_day(clocks.day), known_signals(clocks.day)), _held(Q())
    waits = pl.col("arrival") == CaseSignal.Arrival.WAITS
    gone = held.filter(pl.col("gone_on").is_null() & ~waits).join(found, on=_ONE, how="anti")
    return _changes(found, held, _running(Q()), gone["pk"].to_list(), clocks)


def changes_on_arrival(
    clocks: Clocks, debtor_id: str, signals: pl.DataFrame, known: Mapping[str, KnownSignal]
) -> Changes:
    """Hold signals that an event raised against the debtor's case; an event lets no signal go."""
    found = _found(signals.lazy(), known)
    return _changes(found, _held(Q(case__debtor_id=debtor_id)), _running(Q(debtor_id=debtor_id)), [], clocks)


def _changes(
    found: pl.DataFrame, held: pl.DataFrame, running: pl.DataFrame, gone: list[int], clocks: Clocks
) -> Changes:
    warm = _without_cooling(found, clocks)
    within = warm.join(running, on="debtor_id")
    again = within.join(held.drop("debtor_id"), on=["case_id", "signal", "loan_id"])
    return Changes(
        fresh=warm.join(running, on="debtor_id", how="anti"),
        came=within.join(held, on=["case_id", "signal", "loan_id"], how="anti"),
        worse=again.filter((pl.col("rank") > pl.col("held_rank")) | pl.col("gone_on").is_not_null()),
        gone=gone,
    )


def debtors_warned(day: BusinessDay, debtor_ids: pl.Series) -> dict[str, dict[str, Any]]:
    """Facts of some debtors with a loan on the book: name, exposure, worst tier, and what their largest loan says."""
    return {row["debtor_id"]: row for row in _facts(day, debtor_ids).iter_rows(named=True)}


def debtors_changed(day: BusinessDay) -> pl.DataFrame:
    """The running cases whose debtor owes or is classed otherwise than they say: pk, exposure_cents, tier."""
    rows = WarningCase.objects.filter(state__in=WarningCase.RUNNING).values_list("pk", *_SAID[1:])
    cases = _frame(rows, dict(zip(_SAID, (pl.Int64, pl.String, pl.Int64, pl.String), strict=True)))
    facts = _facts(day, cases["debtor_id"]).select(*_SAID[1:]).with_columns(pl.col("tier").cast(pl.String))
    return cases.select("pk", "debtor_id").join(facts, on="debtor_id").join(cases, on=_SAID, how="anti")


def _facts(day: BusinessDay, debtor_ids: pl.Series) -> pl.DataFrame:
    rows = loan_rows(day).lazy().filter(pl.col("status") == "active", pl.col("debtor_id").is_in(debtor_ids.implode()))
    return (
        rows.sort("outstanding_cents", "loan_no", descending=[True, False])
        .group_by("debtor_id", maintain_order=True)
        .agg(
            pl.col("debtor_name", "officer_id").first(),
            pl.col("org_id", "product").cast(pl.String).first(),
            exposure_cents=pl.col("outstanding_cents").sum(),
            tier=pl.col("tier").cast(pl.Enum(TIERS)).max(),
        )
        .collect()
    )


def without_debtor(day: BusinessDay) -> list[int]:
    """The cases that wait for nobody's agreement and whose debtor has no loan on the book any more."""
    waiting = WarningCase.objects.filter(state__in=WarningCase.WITH_OFFICER)
    cases = _frame(waiting.values_list("pk", "debtor_id"), {"pk": pl.Int64, "debtor_id": pl.String})
    on_book = loan_rows(day).filter(pl.col("status") == "active").select("debtor_id")
    return cases.join(on_book, on="debtor_id", how="anti")["pk"].to_list()


def _found(signals: pl.LazyFrame, known: Mapping[str, KnownSignal]) -> pl.DataFrame:
    categories = {name: each.category for name, each in known.items()}
    return (
        signals.select(
            "debtor_id", "signal", "evidence",
            loan_id=pl.col("loan_id").fill_null(""),
            rank=pl.col("level").cast(pl.Enum(LEVELS)).to_physical().cast(pl.Int64),
        )
        .sort("debtor_id", "signal", "loan_id")
        .collect()
        .with_columns(category=pl.col("signal").replace_strict(categories, default=UNKNOWN, return_dtype=pl.String))
    )  # fmt: skip


def _running(only: Q) -> pl.DataFrame:
    rows = WarningCase.objects.filter(only, state__in=WarningCase.RUNNING).values_list("pk", "debtor_id")
    return _frame(rows, {"case_id": pl.Int64, "debtor_id": pl.String})


def _held(only: Q) -> pl.DataFrame:
    rows = CaseSignal.objects.filter(only, case__state__in=WarningCase.RUNNING).order_by()
    fields = ("pk", "case_id", "case__debtor_id", "signal", "loan_id", "rank", "gone_on", "arrival")
    return _frame(rows.values_list(*fields), _HELD)


def _without_cooling(found: pl.DataFrame, clocks: Clocks) -> pl.DataFrame:
    """Leave out what ended lately and is no worse than it was."""
    days = [clocks.rules.of(level).cooling_off_days for level in LEVELS]
    lately = clocks.day.on - timedelta(days=max(days))
    rows = CaseSignal.objects.filter(case__closed_on__gt=lately).exclude(case__state=WarningCase.State.GONE).order_by()
    fields = ("case__debtor_id", "signal", "loan_id", "rank", "case__closed_on")
    cools = pl.duration(days=pl.col("held_rank").replace_strict(dict(enumerate(days)), return_dtype=pl.Int64))
    cooling = _frame(rows.values_list(*fields), _COOLING).filter(pl.col("closed_on") + cools > clocks.day.on)
    worst = cooling.group_by(_ONE).agg(pl.col("held_rank").max())
    known = found.join(worst, on=_ONE, how="left", maintain_order="left")
    return known.filter((pl.col("rank") > pl.col("held_rank")).fill_null(value=True)).drop("held_rank")


def _frame(rows: Iterable[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def late_cases(clocks: Clocks) -> QuerySet[WarningCase]:
    """The running cases whose step is late and of which the office above is to be told and was not yet."""
    told_of = [each.level for each in clocks.rules.levels if each.escalates_to_above]
    return WarningCase.objects.filter(
        state__in=WarningCase.RUNNING, level__in=told_of, due_on__lt=clocks.day.on, late_to=None
    )
