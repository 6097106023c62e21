"""From a plain table to a card: the rows are parted, the model is fitted on one part and judged on the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.models.calibration import brier, calibrate, pd_of
from postloan.models.card import (
    Calibration,
    Card,
    ChallengerPart,
    HazardPart,
    Kind,
    LgdPart,
    LgdSegment,
    Metric,
    MigrationPart,
    Sample,
    ScorecardPart,
    Training,
    Unit,
    code_version,
)
from postloan.models.challenger import fit_challenger, log_odds_of
from postloan.models.hazard import Columns, cells_of, fit_hazard, row_hazards
from postloan.models.histories import cases_by_segment, moves_of
from postloan.models.plain_table import column_of, is_held_out, labels_of, texts_of, unfit, usable_columns
from postloan.models.ranking import auc, expected_auc, ks
from postloan.models.recovery import recovery_curve, workout_lgd
from postloan.models.scorecard import bins_of, fit_scorecard, points_of
from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Fitting, Monitoring

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """What a fit is asked for. Columns are named as in the table.

    label      scorecard, challenger, hazard: 0 or 1; migration: the grade; lgd: cash net of costs in a month.
    id         of the debtor or loan: all its rows fall on one side of the split.
    held_out   share of ids judged and not fitted; `until`: rows of an earlier `time` are fitted, the others judged.
    anchor     long-run default rate to calibrate to. fixed: columns that a debtor cannot change.
    age, drivers, lag, unit, exits, fade_ratio    of a hazard; a unit is never guessed.
    grades     of a migration matrix, best first, default last; estimator: cohort or duration.
    exposure, is_open, yearly_rate                of losses: at default, whether the case is open, of discounting.
    """

    kind: Kind
    label: str
    model_id: str
    version: int = 1
    id: str | None = None
    time: str | None = None
    segment: str | None = None
    features: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    held_out: float = 0.0
    until: str | None = None
    anchor: float | None = None
    horizon: str = "as the label"
    age: str | None = None
    drivers: tuple[str, ...] = ()
    lag: int = 0
    unit: Unit | None = None
    exits: str | None = None
    fade_ratio: float | None = None
    grades: tuple[str, ...] = ()
    estimator: str = "cohort"
    exposure: str | None = None
    is_open: str | None = None
    yearly_rate: float | None = None


def fit_card(table: pl.DataFrame, data_sha256: str, asked: Asked, settings: Fitting, bands: Monitoring) -> Card:
    """Fit what is asked for on a plain table. Raises TableUnfit, ModelNotFitted, ChallengerMissing."""
    judged, how = _parted(table, asked)
    features: tuple[str, ...] = ()
    calibration = None
    metrics: list[Metric] = []
    part: ScorecardPart | ChallengerPart | HazardPart | MigrationPart | LgdPart
    if asked.kind in {"scorecard", "challenger"}:
        part, calibration, metrics = _ranked(table, judged, asked, settings, bands)
        features = tuple(each.name for each in part.characteristics) if isinstance(part, ScorecardPart) else part.names
    elif asked.kind == "hazard":
        part, metrics = _hazard(table, judged, asked, settings, bands)
        features = (part.age_column, *part.drivers)
    elif asked.kind == "migration":
        part, metrics = _migration(table.filter(~judged), asked)
    else:
        part, metrics = _lgd(table.filter(~judged), asked)
    training = _training(table, judged, how, data_sha256, asked)
    return Card(
        model_id=asked.model_id, version=asked.version, code_version=code_version(), training=training,
        settings={key: each.written() for key, each in settings.cited()}, features=features,
        segment_column=asked.segment, parameters=part, metrics=tuple(metrics), calibration=calibration,
    )  # fmt: skip


def measures(
    risk: Floats, pd: Floats, bads: Bools, *, sample: Sample, confidence: float, bands: int = 10
) -> list[Metric]:
    """How well risk ranks and pd predicts, (n,) each; ranks only where both labels are there."""
    found: list[tuple[str, float, float | None, float | None]] = [
        ("default_rate", float(bads.mean()), None, None),
        ("mean_pd", float(pd.mean()), None, None),
    ]
    if 0 < bads.sum() < len(bads):
        area = auc(risk, bads, confidence=confidence)
        grades = np.searchsorted(np.quantile(pd, np.arange(1, bands) / bands), pd, side="left").astype(np.int64)
        parts = brier(pd, bads, grades)
        found += [
            ("auc", area.value, area.low, area.high),
            ("gini", area.gini, 2 * area.low - 1, 2 * area.high - 1),
            ("ks", ks(risk, bads), None, None),
            ("expected_auc", expected_auc(risk, pd), None, None),
            ("brier", parts.value, None, None),
            ("brier_reliability", parts.reliability, None, None),
            ("brier_resolution", parts.resolution, None, None),
        ]
    return [Metric(name=n, sample=sample, rows=len(bads), value=v, low=low, high=high) for n, v, low, high in found]


def _ranked(
    table: pl.DataFrame, judged: Bools, asked: Asked, settings: Fitting, bands: Monitoring
) -> tuple[ScorecardPart | ChallengerPart, Calibration, list[Metric]]:
    bads = labels_of(table, asked.label)
    names = list(asked.features) or usable_columns(
        table, [asked.label, asked.id, asked.time, asked.segment, *asked.without]
    )
    fitted = table.filter(~judged)
    part: ScorecardPart | ChallengerPart
    if asked.kind == "scorecard":
        part = fit_scorecard(fitted, bads[~judged], names, settings, frozenset(asked.fixed))
    else:
        part = fit_challenger(fitted, bads[~judged], names, settings)
    score, risk = raw_score(part, table)
    segments = texts_of(table, asked.segment) if asked.segment else None
    of_fit = [each for each, out in zip(segments, judged, strict=True) if not out] if segments else None
    lines = calibrate(score[~judged], bads[~judged], of_fit, settings, asked.anchor)
    pd = pd_of(lines, score, segments)
    calibration = Calibration(version=1, anchor_ratio=asked.anchor, horizon=asked.horizon, lines=lines)
    return part, calibration, _both(risk, pd, bads, judged, bands)


def raw_score(part: ScorecardPart | ChallengerPart, table: pl.DataFrame) -> tuple[Floats, Floats]:
    """The score in the card's own unit, and the same turned so that greater is worse, (n,) each."""
    if isinstance(part, ScorecardPart):
        score = points_of(part, bins_of(part, table)).sum(axis=1).astype(np.float64)
        return score, -score
    score = log_odds_of(part, table)
    return score, score


def _hazard(
    table: pl.DataFrame, judged: Bools, asked: Asked, settings: Fitting, bands: Monitoring
) -> tuple[HazardPart, list[Metric]]:
    if asked.age is None or asked.unit is None:
        raise unfit("A hazard needs the column of age in periods (--age), and what a period is (--unit).", "age")
    bads = labels_of(table, asked.label)
    if asked.exits:
        labels_of(table, asked.exits)
    columns = Columns(asked.age, asked.segment, asked.time, asked.drivers, asked.lag)
    cells = cells_of(table.filter(~judged), columns, label=asked.label, exits=asked.exits)
    part = fit_hazard(cells, columns, unit=asked.unit, settings=settings, fade_ratio=asked.fade_ratio)
    hazards = row_hazards(part, table, asked.segment)
    known = np.isfinite(hazards)
    return part, _both(hazards[known], hazards[known], bads[known], judged[known], bands)


def _both(risk: Floats, pd: Floats, bads: Bools, judged: Bools, bands: Monitoring) -> list[Metric]:
    confidence, count = bands.interval.confidence_e8 / ONE_E8, bands.score_bands.bands
    found = []
    sides: tuple[tuple[Sample, Bools], ...] = (("fit", ~judged), ("held_out", judged))
    for sample, held in sides:
        if held.any():
            found += measures(risk[held], pd[held], bads[held], sample=sample, confidence=confidence, bands=count)
    return found


def _migration(table: pl.DataFrame, asked: Asked) -> tuple[MigrationPart, list[Metric]]:
    if not asked.grades or asked.id is None or asked.time is None or asked.unit is None:
        raise unfit("Moves need --id, --time with its --unit, and --grades, best first and default last.", asked.label)
    matrix, counted = moves_of(table, asked.id, asked.time, asked.label, asked.grades, asked.estimator)
    part = MigrationPart(
        unit=asked.unit, estimator="cohort" if asked.estimator == "cohort" else "duration", grades=asked.grades,
        matrix=_rows(matrix),
    )  # fmt: skip
    return part, [Metric(name="moves", sample="fit", rows=len(table), value=counted)]


def _lgd(table: pl.DataFrame, asked: Asked) -> tuple[LgdPart, list[Metric]]:
    if asked.id is None or asked.time is None or asked.exposure is None or asked.yearly_rate is None:
        raise unfit("Losses need --id, --time in months since default, --exposure and --rate.", asked.label)
    parts, metrics = [], []
    for segment, cases in cases_by_segment(
        table, id_column=asked.id, time=asked.time, cash=asked.label, exposure=asked.exposure,
        is_open=asked.is_open, segment=asked.segment,
    ):  # fmt: skip
        discounted = cases.discounted(asked.yearly_rate)
        curve = recovery_curve(discounted)
        lgd = workout_lgd(discounted, curve)
        by_amount = float(lgd @ cases.exposure / cases.exposure.sum())
        parts.append(
            LgdSegment(
                segment=segment, cases=len(lgd), lgd_ratio=by_amount, lgd_by_count_ratio=float(lgd.mean()),
                recovered_by_month=tuple(float(each) for each in curve),
            )
        )  # fmt: skip
        metrics.append(Metric(name=f"lgd {segment}", sample="fit", rows=len(lgd), value=by_amount))
    return LgdPart(discount_yearly_ratio=asked.yearly_rate, segments=tuple(parts)), metrics


def _parted(table: pl.DataFrame, asked: Asked) -> tuple[Bools, str]:
    """Which rows are judged and not fitted, and how that was chosen."""
    if asked.until is not None:
        if asked.time is None:
            raise unfit("Rows are parted by time only where --time names its column.", "until")
        column = column_of(table, asked.time)
        until = (
            pl.Series([asked.until]).str.to_date() if column.dtype.is_temporal() else pl.Series([float(asked.until)])
        )
        judged = (column >= until[0]).fill_null(value=True).to_numpy()
        how = f"{asked.time} from {asked.until} on"
    elif asked.held_out > 0:
        keys: Sequence[str | None] = texts_of(table, asked.id) if asked.id else [str(row) for row in range(len(table))]
        judged = is_held_out(list(keys), asked.held_out)
        how = f"{asked.held_out:g} of {asked.id or 'rows'}, by digest"
    else:
        judged, how = np.zeros(len(table), dtype=np.bool_), "none"
    if judged.all():
        raise unfit("All rows would be judged and none fitted.", asked.until or str(asked.held_out))
    return judged, how


def _training(table: pl.DataFrame, judged: Bools, how: str, data_sha256: str, asked: Asked) -> Training:
    fitted = table.filter(~judged)
    has_bads = asked.kind in {"scorecard", "challenger", "hazard"}
    period = fitted[asked.time] if asked.time else None
    return Training(
        data_sha256=data_sha256, rows=len(fitted), label=asked.label, held_out=how,
        bads=int(labels_of(fitted, asked.label).sum()) if has_bads else None,
        first=None if period is None else str(period.min()), last=None if period is None else str(period.max()),
    )  # fmt: skip


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(each) for each in row) for row in matrix)
