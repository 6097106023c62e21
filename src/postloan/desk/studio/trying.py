"""Trying a rule: whom it would warn of today, what it would have been worth, and what every rule was worth so far."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.desk.book.features import features_folder, features_kept, features_make
from postloan.desk.book.queries import debtors_seen, loans_seen
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.desk.studio.kept import answer_file, answer_read, answer_write, is_ready
from postloan.desk.warning.evidence import evidence_told
from postloan.plan.rule_trial import Overlap, Trial, Worth, history, hits_on, records, trial_days, trials
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.studio import Studio
from postloan.rules.warning_files import rule_written
from postloan.rules.warnings import WarningRule
from postloan.snapshot.read import published_run
from postloan.tables.warnings import LEVELS

_NEW, _OLD = "new", "old"
_MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class HitTold:
    """A debtor that a rule warns of: its name, the worst level, the loan where it is of one, and why."""

    debtor_id: str
    name: str
    level: str
    loan_id: str
    exposure_cents: int
    evidence: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class HitsTold:
    """Whom a rule warns of in the desk's offices: how many debtors, by level the worst first, and the largest."""

    count: int
    levels: Sequence[tuple[str, int]]
    shown: Sequence[HitTold]


@dataclass(frozen=True)
class WorthTold:
    """What a rule was worth, with its price: hours in all, and for an alert that is right.

    hours_for_right  None where no alert was right.
    earns            whether it earns its hours; None where there were too few alerts to say.
    """

    worth: Worth
    officer_months: int
    hours: int
    hours_for_right: int | None
    earns: bool | None

    @property
    def each_month(self) -> float:
        """Debtors that an account officer is warned of in a month."""
        return self.worth.hits / max(self.officer_months, 1)


@dataclass(frozen=True)
class OverlapTold:
    """Another signal, how many alerts both raised, and the share of either that is both."""

    signal: str
    both: int
    share: float


@dataclass(frozen=True)
class TrialTold:
    """A trial on history: which months, the rule as proposed, as it stands, and beside the others.

    months  how many month-ends were judged; with none there is nothing else.
    """

    months: int
    first_on: date | None = None
    last_on: date | None = None
    new: WorthTold | None = None
    old: WorthTold | None = None
    also_share: float = 0.0
    overlaps: Sequence[OverlapTold] = ()


def studio_rules(day: BusinessDay) -> Studio:
    """What the studio goes by on a day."""
    return load_desk_rules(day.home).version("studio", Studio, day.on)


def hits_told(desk: Desk, rule: WarningRule) -> HitsTold | None:
    """Whom a rule warns of on the desk's day, in its offices; None while the features of the day are being reckoned."""
    home, on = desk.day.home, desk.day.on
    if rule.of == "debtor" and not is_ready(features_folder(home, on), lambda: features_make(home, on)):
        return None
    raised = hits_on(home, on, rule, lambda day: features_kept(home, day)).with_columns(pl.col("level").cast(_LEVEL))
    seen = debtors_seen(desk).select("debtor_id", "name", "exposure_cents")
    if rule.of == "loan":
        raised = raised.join(loans_seen(desk).select("loan_id"), on="loan_id", how="semi")
    mine = (
        raised.join(seen, on="debtor_id")
        .sort("level", "exposure_cents", "debtor_id", descending=[True, True, False])
        .unique("debtor_id", keep="first", maintain_order=True)
    )
    counted = dict(mine.group_by(pl.col("level").cast(pl.String)).len().iter_rows())
    shown = mine.head(studio_rules(desk.day).shown.debtors).iter_rows(named=True)
    return HitsTold(
        mine.height,
        [(level, counted[level]) for level in reversed(LEVELS) if level in counted],
        [_hit(row, rule) for row in shown],
    )


_LEVEL = pl.Enum(LEVELS)


def _hit(row: Mapping[str, Any], rule: WarningRule) -> HitTold:
    return HitTold(
        row["debtor_id"], row["name"], row["level"], row["loan_id"] or "", row["exposure_cents"],
        evidence_told(rule.of, json.loads(row["evidence"])),
    )  # fmt: skip


def trial_told(desk: Desk, rule: WarningRule, standing: WarningRule | None) -> TrialTold | None:
    """What a rule would have been worth beside what stands; None while it is being reckoned.

    It is of the whole bank: a rule is, and figures of it name nobody.
    """
    day, rules = desk.day, studio_rules(desk.day)
    days = _days(day, rules)
    if not days:
        return TrialTold(0)
    tried = {_NEW: rule} | ({_OLD: standing} if standing and standing.levels else {})
    asked = [[name, rule_written(each)] for name, each in tried.items()]
    path = answer_file(day.home, "trial", [asked, _runs(day, days), rules.outcome.model_dump(mode="json")])
    if not is_ready(path, lambda: _try(day, days, tried, rules, path)):
        return None
    return _trial_of(answer_read(path), rules)


def _try(day: BusinessDay, days: Sequence[date], tried: Mapping[str, WarningRule], rules: Studio, path: Path) -> None:
    past = history(day.home, days, rules.outcome)
    found = trials(day.home, past, tried, lambda on: features_kept(day.home, on), rules.outcome)
    judged = list(past.days.values())
    told = {
        "months": len(judged), "first_on": str(judged[0]), "last_on": str(judged[-1]),
        "officer_months": past.officer_months, "found": {name: asdict(each) for name, each in found.items()},
    }  # fmt: skip
    answer_write(path, told)


def _trial_of(told: Mapping[str, Any], rules: Studio) -> TrialTold:
    found = {
        name: Trial(Worth(**each["worth"]), each["also"], tuple(Overlap(**one) for one in each["overlaps"]))
        for name, each in told["found"].items()
    }
    new, old, months = found[_NEW], found.get(_OLD), told["officer_months"]
    return TrialTold(
        told["months"], date.fromisoformat(told["first_on"]), date.fromisoformat(told["last_on"]),
        worth_told(new.worth, months, rules), worth_told(old.worth, months, rules) if old else None,
        new.also / max(new.worth.alerts, 1),
        [
            OverlapTold(each.signal, each.both, each.both / each.either)
            for each in new.overlaps[: rules.shown.others]
        ],
    )  # fmt: skip


def worth_told(worth: Worth, officer_months: int, rules: Studio) -> WorthTold:
    """Tell what a rule was worth and what it cost."""
    minutes = rules.effort.minutes_an_alert
    for_right = minutes * worth.alerts // (_MINUTES_AN_HOUR * worth.right) if worth.right else None
    is_enough = worth.alerts >= rules.earning.alerts_from
    earns = for_right is not None and for_right <= rules.earning.hours_most
    return WorthTold(
        worth, officer_months, minutes * worth.alerts // _MINUTES_AN_HOUR, for_right, earns if is_enough else None
    )


def records_told(day: BusinessDay) -> dict[str, WorthTold] | None:
    """What every signal was worth so far, as nights published it; None while it is being counted."""
    rules = studio_rules(day)
    path, make = _records(day, rules)
    if not is_ready(path, make):
        return None
    told = answer_read(path)
    return {name: worth_told(Worth(**each), told["officer_months"], rules) for name, each in told["found"].items()}


def day_ready(day: BusinessDay) -> None:
    """Reckon what the studio shows of a day before anybody asks."""
    path, make = _records(day, studio_rules(day))
    if not path.exists():
        make()
    features_make(day.home, day.on)


def _days(day: BusinessDay, rules: Studio) -> tuple[date, ...]:
    return trial_days(day.home, day.on, rules.outcome, months_most=rules.history.months_most)


def _records(day: BusinessDay, rules: Studio) -> tuple[Path, Callable[[], None]]:
    """Where the records of a day lie, and what makes them."""
    days = _days(day, rules)
    path = answer_file(day.home, "records", [_runs(day, days), rules.outcome.model_dump(mode="json")])
    return path, lambda: _record(day, days, rules, path)


def _record(day: BusinessDay, days: Sequence[date], rules: Studio, path: Path) -> None:
    past = history(day.home, days, rules.outcome)
    found = records(day.home, past, rules.outcome)
    told = {name: asdict(each) for name, each in found.items()}
    answer_write(path, {"officer_months": past.officer_months, "found": told})


def _runs(day: BusinessDay, days: Sequence[date]) -> list[tuple[str, str | None]]:
    return [(str(each), published_run(day.home, each)) for each in days]
