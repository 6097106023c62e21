"""Watching a model on what nights published: its population today against that of its fit, and what became of it since.

A label says of whom it is: of loans that perform (models/behaviour), or of debtors that are well (models/foresight).

The reference is the last month-end a card was fitted on. Stability is of the day itself; ranking and calibration are of
the latest month-end whose label is ripe, since the months that the label looks ahead have been published by then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from postloan.errors import NothingPublished, RequestWrong
from postloan.models import foresight
from postloan.models.behaviour import FEATURES, LOAN, READ, behaviour, labelled, months_of
from postloan.models.card import Card, ChallengerPart, ScorecardPart
from postloan.models.monitoring import Scored, Watched, outcomes, scored, stability
from postloan.plan.month_ends import is_month_end, month_end_after
from postloan.plan.warnings import features_of_day
from postloan.rules.model_rules import Monitoring
from postloan.snapshot.read import published_days, scan_loans

FeaturesOf = Callable[[Path, date], pl.DataFrame]
"""The features of debtors on a published day, see plan/warnings; whoever keeps them need not reckon them again."""

Unwatched = Literal["kind", "calibration", "label", "columns", "reference"]
"""Why a card cannot be watched on published days: it gives no score or no PD, its label is none that published days
tell, it uses columns that they have not, or the day it was fitted on is not published."""


@dataclass(frozen=True)
class WatchedDay:
    """What was found of a card on a published month-end; labelled_on: the month-end that outcomes are of, if any."""

    on: date
    labelled_on: date | None
    watched: Watched


def sample(home: Path, days: tuple[date, ...], label: str, *, features: FeaturesOf = features_of_day) -> pl.DataFrame:
    """A plain table for a fit: the loans, or debtors, of published month-ends with what became of them.

    label  one of models/behaviour or models/foresight, which says how many months are looked ahead.
    Raises NothingPublished where a month-end is not published, RequestWrong where one is too young for its label.
    """
    return pl.concat([_labelled(home, day, label, features) for day in days])


def month_ends_between(home: Path, first: date, last: date) -> tuple[date, ...]:
    """The published month-ends from one day to another, both included, rising."""
    return tuple(day for day in published_days(home) if first <= day <= last and is_month_end(day))


def unwatched(home: Path, card: Card) -> Unwatched | None:
    """Why a card cannot be watched; None where it can."""
    if not isinstance(card.parameters, ScorecardPart | ChallengerPart):
        return "kind"
    if card.calibration is None:
        return "calibration"
    if _months(card.training.label) is None:
        return "label"
    if not card.columns <= set(FEATURES if months_of(card.training.label) else foresight.FEATURES):
        return "columns"
    fitted = fitted_until(card)
    return None if fitted is not None and fitted in published_days(home) else "reference"


def fitted_until(card: Card) -> date | None:
    """The last month-end that a card was fitted on; None where its periods are no days."""
    try:
        return date.fromisoformat(card.training.last or "")
    except ValueError:
        return None


def reference_of(home: Path, card: Card, *, features: FeaturesOf = features_of_day) -> Scored:
    """The rows of the last month-end that a card was fitted on, with what became of them; unwatched() was asked first.

    Raises TableUnfit, ChallengerMissing where its library is not there, NothingPublished, RequestWrong where what
    became of them is not published yet.
    """
    return scored(card, _labelled(home, _fitted(card)[0], card.training.label, features))


def watch_on(
    home: Path, card: Card, reference: Scored, on: date, bands: Monitoring, *, features: FeaturesOf = features_of_day
) -> WatchedDay:
    """Watch a card against its reference, on a published month-end after its fit.

    Raises TableUnfit, ChallengerMissing where its library is not there, NothingPublished, RequestWrong.
    """
    label, (fitted, months) = card.training.label, _fitted(card)
    still = stability(card, reference, scored(card, _rows(home, on, label, features)), bands)
    ripe = [day for day in month_ends_between(home, fitted, month_end_after(on, -months)) if day > fitted]
    if not ripe:
        return WatchedDay(on, None, Watched(still, ()))
    outcome = outcomes(reference, scored(card, _labelled(home, ripe[-1], label, features)), label, bands)
    return WatchedDay(on, ripe[-1], Watched((*still, *outcome.findings), outcome.grades))


def _fitted(card: Card) -> tuple[date, int]:
    fitted, months = fitted_until(card), _months(card.training.label)
    assert fitted is not None  # noqa: S101 - unwatched() was asked first
    assert months is not None  # noqa: S101
    return fitted, months


def _months(label: str) -> int | None:
    """How many months a label looks ahead; None where published days do not tell it."""
    of_debtors = foresight.foreseen(label)
    return of_debtors.months if of_debtors else months_of(label)


def _labelled(home: Path, on: date, label: str, features: FeaturesOf) -> pl.DataFrame:
    months = _months(label)
    assert months is not None  # noqa: S101 - a label of published days
    until = month_end_after(on, months)
    later = [day for day in month_ends_between(home, on, until) if day > on]
    if until not in later:
        raise RequestWrong(
            message=f"What became of {on} is told by {until}, and that is not published.",
            hint="Name an earlier month-end, or fewer months.",
            where={"on": on, "months": months},
        )
    if foresight.foreseen(label):
        frames = [scan_loans(home, day).select(foresight.READ) for day in later]
        return foresight.labelled(_rows(home, on, label, features), frames, label)
    frames = [scan_loans(home, day).select(LOAN, "status", "tier") for day in later]
    return labelled(_rows(home, on, label, features), frames, label)


def _rows(home: Path, on: date, label: str, features: FeaturesOf) -> pl.DataFrame:
    """The loans or debtors of a published day that a label is of. Raises NothingPublished."""
    if on not in published_days(home):
        raise NothingPublished(
            message=f"No snapshot is published for {on}.",
            hint=f"Compute the day first: postloan night {on}.",
            where={"home": home, "on": on},
        )
    told = foresight.foreseen(label)
    if told is None:
        return behaviour(scan_loans(home, on).select(READ), on)
    are_well = foresight.well(features(home, on), scan_loans(home, on).select(foresight.READ), told.days)
    return foresight.plain(are_well, on)
