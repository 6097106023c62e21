"""Discrete-time hazard: the chance to default, or to leave otherwise, in a period, by age, segment and the economy.

Age, calendar and vintage are one equation (age = calendar - vintage), so three trends cannot be told apart. Here the
trend of vintages is none: what they differ in has to be in the segment.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from postloan.errors import TableUnfit
from postloan.models.card import HazardCause, HazardPart, HazardYears, Term, Unit
from postloan.models.curves import Curve
from postloan.models.logit import fit_logit
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import AgeSpline, Fitting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Columns:
    """Which columns of a table of loan-periods, one row a loan and period, say what.

    age      periods since origination. segment: any text, None for one segment.
    time     whole number of the period; drivers are the same for all rows of a period.
    lag      a period is explained by the drivers so many periods before it.
    """

    age: str
    segment: str | None = None
    time: str | None = None
    drivers: tuple[str, ...] = ()
    lag: int = 0


@dataclass(frozen=True)
class Cells:
    """Loan-periods grouped by what explains them: for a binomial model the counts say all that the rows do.

    age, segment  (n,), periods since origination, and a number of `segments`; time (n,), the period.
    drivers       (n, k), already lagged.
    trials        loans at the beginning of the period, defaults and exits in it, (n,).
    """

    segments: tuple[str, ...]
    age: Floats
    segment: Ints
    time: Ints
    drivers: Floats
    trials: Floats
    defaults: Floats
    exits: Floats


def explained(table: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Every row's age, segment, time and lagged drivers, in the order of the table; null where one is not known.

    Raises  TableUnfit where a column is missing, or drivers are asked for without time.
    """
    needed = [columns.age, columns.segment, columns.time, *columns.drivers]
    for name in needed:
        if name is not None and name not in table.columns:
            raise _unfit(f"The table has no column {name}.", name)
    rows = table.select(
        age=pl.col(columns.age).cast(pl.Float64),
        segment=pl.col(columns.segment).cast(pl.String) if columns.segment else pl.lit("all"),
        time=pl.col(columns.time).cast(pl.Int64) if columns.time else pl.lit(0, pl.Int64),
    )
    if not columns.drivers:
        return rows
    if columns.time is None:
        raise _unfit("Macro drivers need the column of the period (--time).", ", ".join(columns.drivers))
    if not table.schema[columns.time].is_integer():
        raise _unfit("The period of macro drivers is a whole number.", columns.time)
    lagged = table.group_by(time=pl.col(columns.time).cast(pl.Int64) + columns.lag).agg(
        pl.col(name).cast(pl.Float64).mean() for name in columns.drivers
    )
    return rows.join(lagged, on="time", how="left", maintain_order="left")


def cells_of(table: pl.DataFrame, columns: Columns, *, label: str, exits: str | None) -> Cells:
    """Group loan-periods; rows that lack something, such as the first ones under a lag, are left out.

    label    0 or 1: default in the period. exits: 0 or 1, any other way of leaving; a default is never an exit.
    Raises   TableUnfit where no row is left.
    """
    rows = explained(table, columns).with_columns(
        table.select(
            default=pl.col(label).cast(pl.Int64),
            leaves=(pl.col(exits).cast(pl.Int64) * (1 - pl.col(label).cast(pl.Int64))) if exits else 0,
        )
    )
    by = ["age", "segment", "time", *columns.drivers]
    cells = rows.drop_nulls().group_by(by).agg(
        trials=pl.len(), defaults=pl.col("default").sum(), exits=pl.col("leaves").sum()
    ).sort(by)  # fmt: skip
    if cells.is_empty():
        raise _unfit("No loan-period is left to fit.", label)
    names = tuple(cells["segment"].unique().sort().to_list())
    return Cells(
        names, cells["age"].to_numpy(), _numbers(cells["segment"], names), cells["time"].to_numpy(),
        cells.select(columns.drivers).to_numpy().reshape(len(cells), len(columns.drivers)),
        *(cells[name].cast(pl.Float64).to_numpy() for name in ("trials", "defaults", "exits")),
    )  # fmt: skip


def fit_hazard(
    cells: Cells, columns: Columns, *, unit: Unit, settings: Fitting, fade_ratio: float | None = None
) -> HazardPart:
    """Fit the hazards of default and, where there were any, of other exits.

    columns     those the cells were made of; the card keeps their names.
    unit        of a period of the table; it is stored with the card, and every curve carries it.
    fade_ratio  of drivers after a scenario; None takes the setting.
    Raises      ModelNotFitted where a cause never happens, or separates.
    Source      Shumway, J. Business 74 (2001); grouped cells: Botha and Verster, arXiv:2507.15441.
    """
    knots = _knots(cells.age, cells.trials, settings.age)
    # The long run is a mean of periods: by loans, it would be the years in which the book was large.
    means = cells.drivers[np.unique(cells.time, return_index=True)[1]].mean(axis=0)
    names = _term_names(len(knots), cells.segments, columns.drivers)
    design = _design(cells.age, cells.segment, cells.drivers - means, knots, len(cells.segments))
    causes = []
    for cause, events in (("default", cells.defaults), ("exit", cells.exits)):
        if cause == "exit" and not events.any():
            continue
        fit = fit_logit(
            design, events, cells.trials,
            penalty=settings.logit.penalty_e8 / ONE_E8, rounds_most=settings.logit.rounds_most,
        )  # fmt: skip
        terms = tuple(
            Term(name=name, beta=float(beta), error=float(error))
            for name, beta, error in zip(names, fit.beta, fit.errors, strict=True)
        )
        causes.append(HazardCause(cause="default" if cause == "default" else "exit", terms=terms))
    part = HazardPart(
        unit=unit, age_column=columns.age, time_column=columns.time, segments=cells.segments,
        knots=tuple(float(each) for each in knots), drivers=columns.drivers, lag=columns.lag,
        means=tuple(float(each) for each in means), oldest=int(cells.age.max()), causes=tuple(causes),
        fade_ratio=settings.fade.fade_ratio_e8 / ONE_E8 if fade_ratio is None else fade_ratio,
    )  # fmt: skip
    return part.model_copy(update={"years": tuple(years_of(part, segment) for segment in cells.segments)})


def hazards_at(part: HazardPart, age: Floats, segment: Ints, drivers: Floats, cause: str = "default") -> Floats:
    """Hazards of a cause in one period each, (n,); 0 for a cause the card has none of.

    age (n,) in periods, held beyond the oldest seen; segment (n,) numbers of part.segments; drivers (n, k), lagged.
    """
    found = next((each for each in part.causes if each.cause == cause), None)
    if found is None:
        return np.zeros(len(age))
    centred = drivers - np.array(part.means)
    held = np.minimum(age, part.oldest)
    design = _design(held, segment, centred, np.array(part.knots), len(part.segments))
    return np.asarray(expit(design @ np.array([term.beta for term in found.terms])))


def row_hazards(part: HazardPart, table: pl.DataFrame, segment_column: str | None, cause: str = "default") -> Floats:
    """Hazard of every row of a table of loan-periods, (n,); NaN where its age, segment or drivers are not known."""
    columns = Columns(part.age_column, segment_column, part.time_column, part.drivers, part.lag)
    rows = explained(table, columns)
    is_known = pl.col("segment").is_in(part.segments) & pl.all_horizontal(pl.all().is_not_null())
    known = rows.select(is_known.fill_null(value=False)).to_series().to_numpy()
    held = rows.filter(known)
    found = np.full(len(rows), np.nan)
    found[known] = hazards_at(
        part, held["age"].to_numpy(), _numbers(held["segment"], part.segments),
        held.select(part.drivers).to_numpy().reshape(len(held), len(part.drivers)), cause,
    )  # fmt: skip
    return found


def term_structure(
    part: HazardPart, segment: str, *, age: int, periods: int, scenario: dict[str, Floats] | None = None
) -> tuple[Curve, Curve]:
    """The hazards of default and of exit of a loan in a segment over its next periods.

    age       of the loan in periods now; its next period is of age + 1.
    scenario  paths of the drivers for the periods to come, already lagged; None is their long-run means. When a path
              ends, its distance from the mean fades by the ratio of the card.
    Returns   curves in the unit of the card, which hold their last hazard: the fading is in them already.
    Raises    TableUnfit for a segment or a scenario the card does not know.
    """
    if segment not in part.segments:
        raise _unfit(f"The card has no segment {segment}.", ", ".join(part.segments))
    if scenario is not None and scenario.keys() != set(part.drivers):
        raise _unfit("A scenario has a path for every driver of the card.", ", ".join(part.drivers))
    ages = age + np.arange(1, periods + 1, dtype=np.float64)
    paths = [
        np.full(periods, mean) if scenario is None else _faded(scenario[name], mean, periods, part.fade_ratio)
        for name, mean in zip(part.drivers, part.means, strict=True)
    ]
    drivers = np.column_stack(paths) if paths else np.empty((periods, 0))
    number = np.full(periods, part.segments.index(segment))
    default, leaving = (hazards_at(part, ages, number, drivers, cause) for cause in ("default", "exit"))
    return Curve(part.unit, default, 1.0), Curve(part.unit, leaving, 1.0)


def years_of(part: HazardPart, segment: str) -> HazardYears:
    """The hazards of a segment by the year, over the ages that were seen, its drivers at their long-run means."""
    default, leaving = term_structure(part, segment, age=0, periods=max(part.oldest, 1))
    # Of those that do not default: what is left of a year then is (1 - default) x (1 - prepaid), as the rule reads it.
    others = Curve(part.unit, np.minimum(leaving.hazards / (1.0 - default.hazards), 1.0), 1.0)
    return HazardYears(
        segment=segment, yearly_pd=tuple(default.in_years().hazards.tolist()),
        yearly_prepaid=tuple(others.in_years().hazards.tolist()),
    )  # fmt: skip


def _numbers(segments: pl.Series, names: tuple[str, ...]) -> Ints:
    number = {name: at for at, name in enumerate(names)}
    return np.array([number[each] for each in segments], np.int64)


def _faded(path: Floats, mean: float, periods: int, ratio: float) -> Floats:
    beyond = np.arange(1, max(periods - len(path), 0) + 1)
    return np.concatenate([path[:periods], mean + (path[-1] - mean) * ratio**beyond])


def _knots(age: Floats, trials: Floats, asked: AgeSpline) -> Floats:
    """Knots at even quantiles of age, weighted by loan-periods; fewer where ages repeat."""
    order = np.argsort(age, kind="stable")
    share, tail = np.cumsum(trials[order]) / trials.sum(), asked.tail_e8 / ONE_E8
    at = np.searchsorted(share, np.linspace(tail, 1 - tail, asked.knots))
    return np.unique(age[order][np.minimum(at, len(age) - 1)])


def _design(age: Floats, segment: Ints, drivers: Floats, knots: Floats, segments: int) -> Floats:
    dummies = (segment[:, None] == np.arange(1, segments)[None, :]).astype(np.float64)
    return np.column_stack([np.ones(len(age)), _spline(age, knots), dummies, drivers])


def _spline(age: Floats, knots: Floats) -> Floats:
    """Natural cubic spline, linear beyond its knots, (n, max(knots - 1, 0)). Harrell (2001), 2.4.4."""
    if len(knots) < 2:  # noqa: PLR2004 - one age has no curve
        return np.empty((len(age), 0))
    span = knots[-1] - knots[0]
    columns = [(age - knots[0]) / span]
    last, before = knots[-1], knots[-2]
    for knot in knots[:-2]:
        bent = (
            np.maximum(age - knot, 0) ** 3
            - np.maximum(age - before, 0) ** 3 * (last - knot) / (last - before)
            + np.maximum(age - last, 0) ** 3 * (before - knot) / (last - before)
        )
        columns.append(bent / span**3)
    return np.column_stack(columns)


def _term_names(knots: int, segments: tuple[str, ...], drivers: tuple[str, ...]) -> list[str]:
    ages = [f"age_{at}" for at in range(1, knots)] if knots > 1 else []
    return ["intercept", *ages, *(f"segment {name}" for name in segments[1:]), *drivers]


def _unfit(why: str, named: str) -> TableUnfit:
    return TableUnfit(message=why, hint="Correct the table or what is asked for.", where={"named": named})
