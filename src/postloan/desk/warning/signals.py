"""The signals of a published day, and the rules or the model that raise them: names, categories, what clears them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.errors import NothingPublished
from postloan.plan.published_day import published_day
from postloan.rules.rulebook import Rulebook, warnings_on
from postloan.rules.scores import ModelSignal
from postloan.rules.warnings import WarningRule
from postloan.snapshot.read import scan_warnings
from postloan.tables.warnings import PublishedWarning

UNKNOWN, OF_MODEL = "unknown", "model"
"""The category of a signal whose rule is no longer there, and of the model's."""


@dataclass(frozen=True)
class KnownSignal:
    """A rule that may raise a signal, or the model's, and its category."""

    rule: WarningRule | ModelSignal
    category: str

    @property
    def said(self) -> str:
        """Its name, in the reader's language."""
        return self.rule.zh if language() == "zh" else self.rule.en

    @property
    def clears(self) -> str:
        """What would clear it."""
        told = self.rule.clears
        return "" if told is None else told.zh if language() == "zh" else told.en


def signals_of_day(day: BusinessDay) -> pl.LazyFrame:
    """A day's signals; without rows where an earlier version of the program published none."""
    try:
        return scan_warnings(day.home, day.on)
    except NothingPublished:
        return PublishedWarning.create_empty().lazy()


def known_signals(day: BusinessDay) -> Mapping[str, KnownSignal]:
    """The rules that a day's signals come from, by id. They change with a night, so that they are kept by its run."""
    return _known(day.home, day.run_id, day.on)


def signals_of_next_night(day: BusinessDay, on: date) -> Mapping[str, KnownSignal]:
    """The rules that the night of a later date will ask, as they lie now: one handed over today may begin with it."""
    night = published_day(day.home, day.on)
    return _under(night.rulebook, max(on, night.law_of))


@lru_cache(maxsize=4)
def _known(home: Path, run_id: str, on: date) -> Mapping[str, KnownSignal]:
    del run_id
    night = published_day(home, on)
    return _under(night.rulebook, night.law_of)


def _under(rulebook: Rulebook, law_of: date) -> Mapping[str, KnownSignal]:
    known = {rule.id: KnownSignal(rule, category) for category, rule in warnings_on(rulebook, law_of)}
    model = rulebook.warning_model(law_of)
    return known | ({model.signal.id: KnownSignal(model.signal, OF_MODEL)} if model else {})


def signal_said(day: BusinessDay, signal: str) -> str:
    """The name of a signal; one whose rule is gone says its number."""
    known = known_signals(day).get(signal)
    return known.said if known else signal
