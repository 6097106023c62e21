"""Watching a model in use: how far its population moved, whether it still ranks, whether rates come out as predicted.

A finding carries its light. What is not green is an alarm: the desk opens work from it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from postloan.models.calibration import GradeTest, brier, judge_grade
from postloan.models.card import Card, ChallengerPart, ScorecardPart
from postloan.models.fitting import raw_score
from postloan.models.plain_table import column_of, labels_of, unfit
from postloan.models.ranking import auc, expected_auc, ks, midranks
from postloan.models.scorecard import bins_of, kind_of, numbers_of
from postloan.models.scoring import pd_by
from postloan.models.stability import band_edges, counts_by_band, psi
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Band, Monitoring

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """One measure of a model in use.

    subject    the characteristic or grade it is of; `model` for the whole.
    reference  the same measure on the reference, where it has one.
    light      green, amber, red; None where no band is set for it.
    """

    measure: str
    subject: str
    value: float
    reference: float | None = None
    low: float | None = None
    high: float | None = None
    light: str | None = None


@dataclass(frozen=True)
class Watched:
    """What monitoring found, and its tests by band of score, the worst first."""

    findings: tuple[Finding, ...]
    grades: tuple[GradeTest, ...]

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """Findings to be acted upon or watched, red ones first."""
        held = [each for each in self.findings if each.light in {"red", "amber"}]
        return tuple(sorted(held, key=lambda each: each.light != "red"))


class Scored(NamedTuple):
    """A table and what a card says of its rows, (n,) each: score, the same so that greater is worse, and PD."""

    table: pl.DataFrame
    score: Floats
    risk: Floats
    pd: Floats


def monitor(card: Card, reference: pl.DataFrame, actual: pl.DataFrame, label: str | None, bands: Monitoring) -> Watched:
    """Compare the table a model was made for with the one it is used on.

    label   of both tables, or only of the reference while labels are not ripe; None for none. Rows of the actual table
            without a label are left out of what needs one.
    Raises  TableUnfit where a table lacks a column of the card, or the card is of a kind that does not score.
    """
    before, now = scored(card, reference), scored(card, actual)
    still = stability(card, before, now, bands)
    if label is None or label not in actual.columns:
        return Watched(still, ())
    outcome = outcomes(before, now, label, bands)
    return Watched((*still, *outcome.findings), outcome.grades)


def scored(card: Card, table: pl.DataFrame) -> Scored:
    """Score a table by a card. Raises TableUnfit, see `monitor`."""
    score, risk = raw_score(scoring_part(card), table)
    return Scored(table, score, risk, pd_by(card, table, score))


def stability(card: Card, reference: Scored, actual: Scored, bands: Monitoring) -> tuple[Finding, ...]:
    """Find how far the population moved, and what the card predicts of it; no label is asked."""
    return (
        _score_stability(reference.score, actual.score, bands),
        *_stabilities(scoring_part(card), reference.table, actual.table, bands),
        Finding("expected_auc", "model", expected_auc(actual.risk, actual.pd)),
        Finding("mean_pd", "model", float(actual.pd.mean()), float(reference.pd.mean())),
    )


def outcomes(reference: Scored, actual: Scored, label: str, bands: Monitoring) -> Watched:
    """Find whether the card ranked those whose label is known, and whether rates came out as it predicted."""
    known = actual.table[label].is_not_null().to_numpy()
    score, risk, pd = actual.score[known], actual.risk[known], actual.pd[known]
    bads = labels_of(actual.table.filter(known), label)
    before = labels_of(reference.table, label) if label in reference.table.columns else None
    grades = _grades(score, pd, bads, reference.score, bands)
    whole = judge_grade("model", len(bads), int(bads.sum()), float(pd.mean()), bands.calibration)
    calibrated = (
        Finding("calibration_p", each.grade, min(each.p_under, each.p_over), light=each.light)
        for each in (whole, *grades)
    )
    return Watched((*_ranked(risk, pd, bads, (reference.risk, before), bands), *calibrated), grades)


def scoring_part(card: Card) -> ScorecardPart | ChallengerPart:
    """The parameters of a card that ranks rows. Raises TableUnfit for another kind."""
    if isinstance(card.parameters, ScorecardPart | ChallengerPart):
        return card.parameters
    raise unfit(f"A card of kind {card.kind} gives no score to watch.", card.model_id)


def light_of(value: float, band: Band) -> str:
    """The traffic light of a measure that is worse as it grows."""
    if value * ONE_E8 > band.act_over_e8:
        return "red"
    return "amber" if value * ONE_E8 >= band.watch_from_e8 else "green"


def _score_stability(reference: Floats, actual: Floats, bands: Monitoring) -> Finding:
    edges = band_edges(reference, bands.score_bands.bands)
    value = psi(counts_by_band(reference, edges), counts_by_band(actual, edges))
    return Finding("psi", "model", value, light=light_of(value, bands.stability))


def _stabilities(
    part: ScorecardPart | ChallengerPart, reference: pl.DataFrame, actual: pl.DataFrame, bands: Monitoring
) -> list[Finding]:
    """CSI and the rise of what is missing, by column."""
    found = []
    for at, name in enumerate(_names(part)):
        if isinstance(part, ScorecardPart):
            size = len(part.characteristics[at].bins) + 1
            counts = [
                np.bincount(bins_of(_only(part, at), each)[:, 0], minlength=size).astype(float)
                for each in (reference, actual)
            ]
        elif kind_of(reference, name) == "number":
            edges = band_edges(_known(numbers_of(reference, name)), bands.score_bands.bands)
            counts = [_with_missing(numbers_of(each, name), edges) for each in (reference, actual)]
        else:
            counts = _by_level(reference, actual, name)
        value = psi(counts[0], counts[1])
        found.append(Finding("csi", name, value, light=light_of(value, bands.stability)))
        missing = [float(each[-1] / each.sum()) for each in counts]
        rise = missing[1] - missing[0]
        found.append(Finding("missing", name, missing[1], missing[0], light=light_of(rise, bands.missing_rise)))
    return found


def _ranked(
    risk: Floats, pd: Floats, bads: Bools, before: tuple[Floats, Bools | None], bands: Monitoring
) -> list[Finding]:
    rate = float(bads.mean())
    found = [Finding("default_rate", "model", rate, None if before[1] is None else float(before[1].mean()))]
    if not 0 < bads.sum() < len(bads):
        return found
    confidence = bands.interval.confidence_e8 / ONE_E8
    now = auc(risk, bads, confidence=confidence)
    then = None
    if before[1] is not None and 0 < before[1].sum() < len(before[1]):
        then = auc(before[0], before[1], confidence=confidence).value
    light = None if then is None else light_of(max(then - now.value, 0.0), bands.auc_fall)
    grades = np.searchsorted(band_edges(pd, bands.score_bands.bands), pd, side="left").astype(np.int64)
    parts = brier(pd, bads, grades)
    return [
        *found,
        Finding("auc", "model", now.value, then, now.low, now.high, light),
        Finding("gini", "model", now.gini, None if then is None else 2 * then - 1),
        Finding("ks", "model", ks(risk, bads)),
        Finding("brier", "model", parts.value),
        Finding("brier_reliability", "model", parts.reliability),
        Finding("brier_resolution", "model", parts.resolution),
        Finding("brier_uncertainty", "model", parts.uncertainty),
        Finding("brier_within", "model", parts.within),
    ]


def _grades(score: Floats, pd: Floats, bads: Bools, reference: Floats, bands: Monitoring) -> tuple[GradeTest, ...]:
    """Calibration by band of score as the reference had it; empty bands are left out."""
    edges = band_edges(reference, bands.score_bands.bands)
    at = np.searchsorted(edges, score, side="left")
    found = []
    for band in np.unique(at):
        held = at == band
        name = f"band {band + 1}"
        found.append(
            judge_grade(name, int(held.sum()), int(bads[held].sum()), float(pd[held].mean()), bands.calibration)
        )
    return tuple(found)


@dataclass(frozen=True)
class Contest:
    """Two cards on one table: AUC of each with its interval, their difference, and how likely that is chance.

    p   of a difference so large or larger if both ranked alike (DeLong, paired).
    """

    rows: int
    bads: int
    auc: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    ks: tuple[float, float]
    brier: tuple[float, float]
    mean_pd: tuple[float, float]
    default_rate: float
    difference: float
    p: float


def contest(first: Card, second: Card, table: pl.DataFrame, label: str, bands: Monitoring) -> Contest:
    """Judge two cards on the same rows. Raises TableUnfit.

    Source  DeLong et al., Biometrics 44 (1988): the paired test of two areas.
    """
    bads = labels_of(table, label)
    confidence = bands.interval.confidence_e8 / ONE_E8
    scores = [raw_score(scoring_part(card), table) for card in (first, second)]
    pds = [pd_by(card, table, score) for card, (score, _) in zip((first, second), scores, strict=True)]
    areas = [auc(risk, bads, confidence=confidence) for _, risk in scores]
    parts = [_placements(risk, bads) for _, risk in scores]
    apart = [parts[0][side] - parts[1][side] for side in (0, 1)]
    variance = sum(float(each.var(ddof=1)) / len(each) for each in apart if len(each) > 1)
    difference = areas[0].value - areas[1].value
    p = 2 * float(ndtr(-abs(difference) / np.sqrt(variance))) if variance > 0 else 1.0
    one_grade = np.zeros(len(bads), np.int64)
    return Contest(
        len(bads), int(bads.sum()), (areas[0].value, areas[1].value), (areas[0].low, areas[1].low),
        (areas[0].high, areas[1].high), (ks(scores[0][1], bads), ks(scores[1][1], bads)),
        (brier(pds[0], bads, one_grade).value, brier(pds[1], bads, one_grade).value),
        (float(pds[0].mean()), float(pds[1].mean())), float(bads.mean()), difference, p,
    )  # fmt: skip


def _placements(risk: Floats, bads: Bools) -> tuple[Floats, Floats]:
    worse, better = risk[bads], risk[~bads]
    together = midranks(np.concatenate([worse, better]))
    m, n = len(worse), len(better)
    return (together[:m] - midranks(worse)) / n, 1 - (together[m:] - midranks(better)) / m


def _names(part: ScorecardPart | ChallengerPart) -> tuple[str, ...]:
    return tuple(each.name for each in part.characteristics) if isinstance(part, ScorecardPart) else part.names


def _only(part: ScorecardPart, at: int) -> ScorecardPart:
    return part.model_copy(update={"characteristics": (part.characteristics[at],)})


def _known(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _with_missing(values: Floats, edges: Floats) -> Floats:
    return np.append(counts_by_band(_known(values), edges), np.isnan(values).sum())


def _by_level(reference: pl.DataFrame, actual: pl.DataFrame, name: str) -> list[Floats]:
    held = [column_of(each, name).cast(pl.String) for each in (reference, actual)]
    levels = pl.concat(held).drop_nulls().unique().sort().to_list()
    return [
        np.array([*((each == level).sum() for level in levels), each.null_count()], dtype=np.float64) for each in held
    ]
