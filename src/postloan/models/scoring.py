"""Scores of a table by a card: score, PD and reasons, a row each, with the card they come from."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.models.calibration import pd_of
from postloan.models.card import Card, ChallengerPart, HazardPart, LgdPart, MigrationPart, ScorecardPart
from postloan.models.challenger import contributions_of, log_odds_of
from postloan.models.hazard import row_hazards
from postloan.models.migration import cumulative_pd
from postloan.models.plain_table import column_of, texts_of, unfit
from postloan.models.scorecard import bins_of, counterfactual, points_of, reasons_of, written_bin

Floats = NDArray[np.float64]


def score_table(
    card: Card, table: pl.DataFrame, *, id_column: str | None, periods: int = 1, trigger: int | None = None
) -> pl.DataFrame:
    """Score every row, in the order of the table.

    periods   of a migration card: PD within so many of its periods.
    trigger   of a scorecard: `to_trigger` says the smallest change of bins that brings a row to this score.
    Gives     the id, `score` where the card has one, `pd` or `lgd`, `reason_k`, `bin_k` and `lost_k` from the costliest
              on, and the id and hash of the card.
    Raises    TableUnfit where the table lacks a column of the card.
    """
    part = card.parameters
    for name in (*card.features, card.segment_column, id_column):
        if name is not None:
            column_of(table, name)
    found = table.select(id_column) if id_column else table.select(pl.int_range(pl.len()).alias("row"))
    if isinstance(part, ScorecardPart):
        scored = _by_points(card, part, table, trigger)
    elif isinstance(part, ChallengerPart):
        scored = _by_trees(card, part, table)
    elif isinstance(part, HazardPart):
        scored = pl.DataFrame({"pd": row_hazards(part, table, card.segment_column)}).fill_nan(None)
    elif isinstance(part, MigrationPart):
        scored = _by_grade(card, part, table, periods)
    else:
        scored = _by_segment(card, part, table)
    return pl.concat([found, scored], how="horizontal").with_columns(
        model_id=pl.lit(f"{card.model_id}/{card.version}"), model_sha256=pl.lit(card.sha256)
    )


def _by_points(card: Card, part: ScorecardPart, table: pl.DataFrame, trigger: int | None) -> pl.DataFrame:
    bins = bins_of(part, table)
    score = points_of(part, bins).sum(axis=1)
    which, lost = reasons_of(part, bins)
    width = max(len(each.bins) for each in part.characteristics) + 1
    named = pl.Series([each.name for each in part.characteristics])
    written = pl.Series(
        [written_bin(each, min(at, len(each.bins))) for each in part.characteristics for at in range(width)]
    )
    columns: dict[str, object] = {"score": score, "pd": pd_by(card, table, score.astype(np.float64))}
    for k in range(which.shape[1]):
        costs, own = pl.Series(lost[:, k] > 0), which[:, k]
        columns[f"reason_{k + 1}"] = named.gather(own).zip_with(costs, pl.Series([None], dtype=pl.String))
        columns[f"bin_{k + 1}"] = written.gather(
            own * width + np.take_along_axis(bins, which[:, k : k + 1], axis=1)[:, 0]
        ).zip_with(costs, pl.Series([None], dtype=pl.String))
        columns[f"lost_{k + 1}"] = lost[:, k]
    if trigger is not None:
        columns["to_trigger"] = [said_change(part, row, trigger) for row in bins]
    return pl.DataFrame(columns)


def said_change(part: ScorecardPart, bins: NDArray[np.int64], trigger: int) -> str | None:
    """What would bring one row to a score, as `late: (2, 3] -> <= 2 (+24)`; None where nothing does."""
    changes = counterfactual(part, bins, trigger)
    if changes is None:
        return None
    return "; ".join(f"{each.name}: {each.from_bin} -> {each.to_bin} (+{each.points})" for each in changes)


def _by_trees(card: Card, part: ChallengerPart, table: pl.DataFrame) -> pl.DataFrame:
    score = log_odds_of(part, table)
    added = contributions_of(part, table)[:, :-1]
    most = min(part.reasons_most, added.shape[1])
    which = np.argsort(-added, axis=1, kind="stable")[:, :most]
    columns: dict[str, object] = {"score": score, "pd": pd_by(card, table, score)}
    for k in range(most):
        lost = np.take_along_axis(added, which[:, k : k + 1], axis=1)[:, 0]
        columns[f"reason_{k + 1}"] = [
            part.names[j] if each > 0 else None for j, each in zip(which[:, k], lost, strict=True)
        ]
        columns[f"lost_{k + 1}"] = np.maximum(lost, 0.0)
    return pl.DataFrame(columns)


def pd_by(card: Card, table: pl.DataFrame, score: Floats) -> Floats:
    """The probabilities that a card's calibration gives scores of the table's rows.

    Raises TableUnfit where it has none.
    """
    if card.calibration is None:
        raise unfit("The card has no calibration: it ranks, and gives no PD.", card.model_id)
    return pd_of(card.calibration.lines, score, texts_of(table, card.segment_column) if card.segment_column else None)


def _by_grade(card: Card, part: MigrationPart, table: pl.DataFrame, periods: int) -> pl.DataFrame:
    within = cumulative_pd(np.array(part.matrix), periods)[:, -1]
    known = dict(zip(part.grades, within.tolist(), strict=True))
    grades = texts_of(table, card.training.label)
    return pl.DataFrame({"pd": [known.get(each) if each is not None else None for each in grades]}, {"pd": pl.Float64})


def _by_segment(card: Card, part: LgdPart, table: pl.DataFrame) -> pl.DataFrame:
    known = {each.segment: each.lgd_ratio for each in part.segments}
    segments = texts_of(table, card.segment_column) if card.segment_column else ["all"] * len(table)
    return pl.DataFrame({"lgd": [known.get(each or "missing") for each in segments]}, {"lgd": pl.Float64})
