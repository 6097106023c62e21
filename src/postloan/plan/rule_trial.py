"""Trials of warning rules on what nights published: how often rightly, how long before, how much work, what for.

A debtor-month is a debtor at a published month-end. It is well while no loan is past due for so many days or in stage
3, and goes bad where that changes at one of the next month-ends; how many days and months, the rulebook says. Months of
which not all those later ones are published are not judged.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from postloan.errors import NothingPublished
from postloan.models.foresight import READ, standing
from postloan.plan.month_ends import is_month_end
from postloan.rules.studio import Outcome
from postloan.rules.warnings import WarningRule
from postloan.snapshot.read import published_days, scan_warnings, scan_whole_loans
from postloan.steps.warnings import warnings
from postloan.tables.warnings import PublishedWarning

FeaturesOf = Callable[[date], pl.LazyFrame]
"""The features of debtors on a published day, see plan/warnings."""

_MONTHS_A_YEAR = 12
_DEBTOR_MONTH = ("debtor_no", "at")


@dataclass(frozen=True)
class History:
    """The month-ends that rules are judged on.

    days            the month-ends by place: months counted from the first published one.
    well            debtor_no, at, months_to_bad (empty: never known to), goes_bad: debtor-months while well.
    officer_months  account officers with a loan on the book, summed over the month-ends.
    """

    days: Mapping[int, date]
    well: pl.DataFrame
    officer_months: int


@dataclass(frozen=True)
class Worth:
    """How a way of warning did.

    hits           debtor-months warned of, well or not.
    alerts         those while well; right: of them, those that went bad within the time.
    falls          debtors that went bad, each time; caught: those warned of in the months before; caught_early: early.
    months_before  months from the first warning to the fall, summed over those caught.
    """

    name: str
    hits: int
    alerts: int
    right: int
    falls: int
    caught: int
    caught_early: int
    months_before: int

    @property
    def precision(self) -> float:
        """How many of its alerts were right."""
        return self.right / max(self.alerts, 1)

    @property
    def recall(self) -> float:
        """How many of the debtors that went bad were warned of before."""
        return self.caught / max(self.falls, 1)

    @property
    def early(self) -> float:
        """How many of the debtors that went bad were warned of early."""
        return self.caught_early / max(self.falls, 1)

    @property
    def lead(self) -> float:
        """Months from the first warning, on average of those warned of."""
        return self.months_before / max(self.caught, 1)


@dataclass(frozen=True)
class Overlap:
    """Another signal: how many alerts both raised, and how many either did."""

    signal: str
    both: int
    either: int


@dataclass(frozen=True)
class Trial:
    """What a rule would have been worth.

    also      alerts that some other signal raised too.
    overlaps  the other signals, by how much they say the same.
    """

    worth: Worth
    also: int
    overlaps: tuple[Overlap, ...]


def trial_days(home: Path, on: date, outcome: Outcome, *, months_most: int) -> tuple[date, ...]:
    """The published month-ends up to a day that a trial reads: those it judges, at most so many, and those after."""
    days = [day for day in published_days(home) if day <= on and is_month_end(day)]
    judged = _judged(_places(days), outcome)
    return tuple(day for day in days if day >= list(judged.values())[-months_most:][0]) if judged else ()


def history(home: Path, days: Sequence[date], outcome: Outcome) -> History:
    """Read published month-ends: who was well, and who went bad when. Of no days there is none."""
    places = _places(days)
    judged = _judged(places, outcome)
    stood = [_standing(home, day, outcome).with_columns(at=pl.lit(at, pl.Int64)) for at, day in places.items()]
    told = pl.concat([_NOBODY, *stood])
    well = told.filter(~pl.col("is_bad") & pl.col("at").is_in(list(judged)))
    bad = told.filter("is_bad").select("debtor_no", bad_at="at").sort("bad_at")
    next_bad = (
        well.with_columns(after=pl.col("at") + 1)
        .sort("after")
        .join_asof(
            bad, left_on="after", right_on="bad_at", by="debtor_no", strategy="forward", coalesce=False,
            check_sortedness=False,
        )
    )  # fmt: skip
    months_to_bad = pl.col("bad_at") - pl.col("at")
    found = next_bad.select(
        *_DEBTOR_MONTH,
        months_to_bad=months_to_bad,
        goes_bad=(months_to_bad <= outcome.within_months).fill_null(value=False).cast(pl.Int64),
    )
    return History(judged, found, sum(_officers(home, day) for day in judged.values()))


def worths(well: pl.DataFrame, hits: pl.DataFrame, outcome: Outcome, *, names: Sequence[str] = ()) -> dict[str, Worth]:
    """Count what signals were worth.

    well   see History.
    hits   signal, debtor_no, at: each once.
    names  signals that are told of even where they never hit.

    Returns them by signal.
    """
    went = pl.col("goes_bad") == 1
    falls_at = pl.col("at") + pl.col("months_to_bad")
    falls = well.filter(went).select("debtor_no", falls_at.alias("falls_at")).n_unique()
    alerts = hits.join(well, on=_DEBTOR_MONTH)
    caught = (
        alerts.filter(went)
        .group_by("signal", "debtor_no", falls_at.alias("falls_at"))
        .agg(before=pl.col("months_to_bad").max())
        .group_by("signal")
        .agg(
            caught=pl.len(),
            caught_early=(pl.col("before") >= outcome.early_from_months).sum(),
            months_before=pl.col("before").sum(),
        )
    )
    found = (
        hits.group_by("signal")
        .agg(hits=pl.len())
        .join(alerts.group_by("signal").agg(alerts=pl.len(), right=went.sum()), on="signal", how="left")
        .join(caught, on="signal", how="left")
        .fill_null(0)
        .sort("signal")
    )
    told = {row["name"]: Worth(**row, falls=falls) for row in found.rename({"signal": "name"}).iter_rows(named=True)}
    return {name: Worth(name, 0, 0, 0, falls, 0, 0, 0) for name in names} | told


def records(home: Path, past: History, outcome: Outcome) -> dict[str, Worth]:
    """What the signals that were published were worth, whatever their rules said at the time.

    A month without signals is not judged: an earlier version of the program published it.
    """
    raised = _raised(home, past)
    return worths(past.well.filter(pl.col("at").is_in(list(raised))), pl.concat([_NO_HITS, *raised.values()]), outcome)


def hits_on(home: Path, on: date, rule: WarningRule, features: FeaturesOf) -> dy.DataFrame[PublishedWarning]:
    """Ask one rule of a published day: the rows that a night with this rule would raise. Raises NothingPublished."""
    nobody = pl.DataFrame()
    if rule.of == "loan":
        columns = dict.fromkeys(("debtor_no", "debtor_id", "loan_id", *rule.evidence))
        return warnings(nobody, _on_book(home, on).select(list(columns)).collect(), rules=[rule])
    columns = dict.fromkeys(("debtor_no", "debtor_id", *rule.evidence))
    return warnings(features(on).select(list(columns)).collect(), nobody, rules=[rule])


def trials(
    home: Path, past: History, tried: Mapping[str, WarningRule], features: FeaturesOf, outcome: Outcome
) -> dict[str, Trial]:
    """Try rules on the history: by their names here, each against the signals of other rules that were published.

    tried  rules by a name; two of them may be one signal, as it stands and as it is proposed.
    """
    own = {rule.id for rule in tried.values()}
    hits = pl.concat([
        _NO_HITS,
        *(_asked(home, day, at, name, rule, features) for at, day in past.days.items() for name, rule in tried.items()),
    ])  # fmt: skip
    raised = pl.concat([_NO_HITS, *_raised(home, past).values()])
    others = raised.filter(~pl.col("signal").is_in(sorted(own))).join(past.well, on=_DEBTOR_MONTH, how="semi")
    found = worths(past.well, hits, outcome, names=list(tried))
    alerts = hits.join(past.well, on=_DEBTOR_MONTH, how="semi")
    return {name: _beside(found[name], alerts.filter(pl.col("signal") == name), others) for name in tried}


def _beside(worth: Worth, mine: pl.DataFrame, others: pl.DataFrame) -> Trial:
    """Lay the alerts of a rule beside those of other signals."""
    both = others.join(mine.select(_DEBTOR_MONTH), on=_DEBTOR_MONTH, how="semi")
    counted = (
        others.group_by("signal")
        .agg(theirs=pl.len())
        .join(both.group_by("signal").agg(both=pl.len()), on="signal")
        .with_columns(either=pl.col("theirs") + mine.height - pl.col("both"))
        .sort(pl.col("both") / pl.col("either"), "signal", descending=[True, False])
    )
    overlaps = tuple(Overlap(**row) for row in counted.select("signal", "both", "either").iter_rows(named=True))
    return Trial(worth, both.select(_DEBTOR_MONTH).n_unique(), overlaps)


_HIT = {"signal": pl.String(), "debtor_no": pl.Int64(), "at": pl.Int64()}
_NO_HITS = pl.DataFrame(schema=_HIT)
_NOBODY = pl.DataFrame(schema={"debtor_no": pl.Int64(), "is_bad": pl.Boolean(), "at": pl.Int64()})


def _asked(home: Path, day: date, at: int, name: str, rule: WarningRule, features: FeaturesOf) -> pl.DataFrame:
    return _hits(hits_on(home, day, rule, features).with_columns(signal=pl.lit(name)), at)


def _raised(home: Path, past: History) -> dict[int, pl.DataFrame]:
    """The signals of each month that has any published, by place."""
    found = {}
    for at, day in past.days.items():
        with suppress(NothingPublished):
            found[at] = _hits(scan_warnings(home, day).select("signal", "debtor_no").collect(), at)
    return found


def _hits(rows: pl.DataFrame, at: int) -> pl.DataFrame:
    return rows.select("signal", "debtor_no", at=pl.lit(at, pl.Int64)).unique()


def _standing(home: Path, on: date, outcome: Outcome) -> pl.DataFrame:
    """As the warning model sees it: what it foresees is what rules are judged by."""
    return standing(scan_whole_loans(home, on).select(READ), outcome.overdue_from_days).select("debtor_no", "is_bad")


def _officers(home: Path, on: date) -> int:
    return int(_on_book(home, on).select(pl.col("officer_id").drop_nulls().n_unique()).collect().item())


def _places(days: Sequence[date]) -> dict[int, date]:
    return {_month(day) - _month(days[0]): day for day in days}


def _judged(places: Mapping[int, date], outcome: Outcome) -> dict[int, date]:
    """The month-ends of which every later one that is looked at is there, too."""
    ahead = range(1, outcome.within_months + 1)
    return {at: day for at, day in places.items() if all(at + months in places for months in ahead)}


def _on_book(home: Path, on: date) -> pl.LazyFrame:
    return scan_whole_loans(home, on).filter(pl.col("status") == "active")


def _month(on: date) -> int:
    return on.year * _MONTHS_A_YEAR + on.month
