"""Whether default rates come out as predicted: tests by grade, the Brier score and its parts, and setting it right."""

# ruff: noqa: PLC0415 - scipy.optimize is imported where a curve is shifted: a night that scores has no use for it

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, betainc, expit

from postloan.errors import UnitWrong
from postloan.models.card import CalibrationLine
from postloan.models.logit import fit_logit
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Fitting, Likelihood

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SHIFT_MOST = 50.0


@dataclass(frozen=True)
class GradeTest:
    """One grade: predicted against observed.

    p_under  probability of so many defaults or more if the PD were right: small where the PD is too low.
    p_over   probability of so many or fewer: small where it is too high.
    jeffreys probability that the true PD is at most the predicted one: small where the PD is too low.
    light    green, amber or red by the smaller of p_under and p_over, each side on its own.
    """

    grade: str
    rows: int
    defaults: int
    pd: float
    observed: float
    p_under: float
    p_over: float
    jeffreys: float
    light: str


def binomial_at_least(defaults: int, rows: int, pd: float) -> float:
    """Probability of at least so many defaults among so many independent rows."""
    return 1.0 if defaults <= 0 else float(bdtrc(defaults - 1, rows, pd))


def binomial_at_most(defaults: int, rows: int, pd: float) -> float:
    """Probability of at most so many defaults. BCBS, Supervisory framework for backtesting (1996), Table 1."""
    return float(bdtr(defaults, rows, pd))


def jeffreys(defaults: int, rows: int, pd: float) -> float:
    """Posterior probability that the true PD is at most `pd`, from the prior Beta(1/2, 1/2).

    Source  ECB, Instructions for reporting the validation results of internal models (2019), 2.5.3.
    """
    return float(betainc(defaults + 0.5, rows - defaults + 0.5, pd))


def judge_grade(grade: str, rows: int, defaults: int, pd: float, bands: Likelihood) -> GradeTest:
    """Test one grade by its mean PD. Defaults are taken as independent, so a bad year turns many grades red."""
    under, over = binomial_at_least(defaults, rows, pd), binomial_at_most(defaults, rows, pd)
    observed = defaults / rows if rows else 0.0
    said = light_of_p(min(under, over), bands)
    return GradeTest(grade, rows, defaults, pd, observed, under, over, jeffreys(defaults, rows, pd), said)


def light_of_p(p: float, bands: Likelihood) -> str:
    """The traffic light of a p-value."""
    if p * ONE_E8 < bands.act_below_e8:
        return "red"
    return "amber" if p * ONE_E8 < bands.watch_below_e8 else "green"


@dataclass(frozen=True)
class Brier:
    """Mean squared error of PDs = reliability - resolution + uncertainty + within, by grade.

    within  what differences of PD inside a grade add: zero where all rows of a grade have one PD.
    """

    value: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier(pd: Floats, bads: Bools, grades: NDArray[np.int64]) -> Brier:
    """The Brier score and its parts over grades, (n,) each.

    Source  Murphy, J. Appl. Meteor. 12 (1973); the part within: Stephenson et al., Weather and Forecasting 23 (2008).
    """
    value = float(np.mean((pd - bads) ** 2))
    _, at = np.unique(grades, return_inverse=True)
    rows = np.bincount(at).astype(np.float64)
    predicted, observed = np.bincount(at, weights=pd) / rows, np.bincount(at, weights=bads) / rows
    overall, share = float(bads.mean()), rows / rows.sum()
    reliability = float(share @ (predicted - observed) ** 2)
    resolution = float(share @ (observed - overall) ** 2)
    uncertainty = overall * (1 - overall)
    return Brier(value, reliability, resolution, uncertainty, value - reliability + resolution - uncertainty)


def calibrate(
    score: Floats, bads: Bools, segments: list[str | None] | None, settings: Fitting, anchor: float | None
) -> tuple[CalibrationLine, ...]:
    """Log-odds of default as a line of the score, in each segment and once for all (segment null).

    score   (n,) in the model's own unit; segments (n,) or None.
    anchor  the long-run default rate that the mean PD is brought to, by moving the intercept; None leaves it.
    A segment whose labels are all the same takes the line of all.
    """
    lines = [_line(None, score, bads, settings, anchor)]
    for segment in sorted({each for each in segments or () if each is not None}):
        held = np.array([each == segment for each in segments or ()])
        if 0 < bads[held].sum() < held.sum() and np.ptp(score[held]) > 0:
            # The anchor is a rate of all: within a segment the slope and the ratio to the whole are its own.
            ratio = None if anchor is None else min(anchor * float(bads[held].mean() / bads.mean()), 1 - 1 / len(bads))
            lines.append(_line(segment, score[held], bads[held], settings, ratio))
    return tuple(lines)


def _line(segment: str | None, score: Floats, bads: Bools, settings: Fitting, anchor: float | None) -> CalibrationLine:
    centre, spread = float(score.mean()), float(score.std()) or 1.0
    design = np.column_stack([np.ones(len(score)), (score - centre) / spread])
    fit = fit_logit(
        design, bads.astype(np.float64), np.ones(len(score)), penalty=0.0, rounds_most=settings.logit.rounds_most
    )
    slope = float(fit.beta[1]) / spread
    intercept = float(fit.beta[0]) - slope * centre
    if anchor is not None:
        intercept += shift_to(intercept + slope * score, anchor)
    return CalibrationLine(segment=segment, intercept=intercept, slope=slope)


def shift_to(log_odds: Floats, mean: float) -> float:
    """What to add to all log-odds so that their mean PD is `mean`. Raises UnitWrong where that is no rate."""
    from scipy.optimize import brentq

    if not 0 < mean < 1:
        raise UnitWrong(message=f"{mean} is not a default rate.", hint="A rate lies between 0 and 1, both excluded.")
    return float(brentq(lambda by: float(expit(log_odds + by).mean()) - mean, -_SHIFT_MOST, _SHIFT_MOST, xtol=1e-13))


def pd_of(lines: tuple[CalibrationLine, ...], score: Floats, segments: list[str | None] | None) -> Floats:
    """PD of each row by the line of its segment, or that of all, (n,)."""
    of_all = next(line for line in lines if line.segment is None)
    intercept, slope = np.full(len(score), of_all.intercept), np.full(len(score), of_all.slope)
    for line in lines:
        if line.segment is not None and segments is not None:
            held = np.array([each == line.segment for each in segments])
            intercept[held], slope[held] = line.intercept, line.slope
    return np.asarray(expit(intercept + slope * score))
