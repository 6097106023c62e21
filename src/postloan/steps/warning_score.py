"""The warning model: how likely a debtor that is well is to go bad, why, and the signal that it raises of it."""

import json
from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.models.binning import Ints
from postloan.models.card import ScorecardPart
from postloan.models.foresight import FEATURES, READ, foreseen, well
from postloan.models.in_force import card_in_force, unfit
from postloan.models.scorecard import bins_of, points_by_bin, points_of, reasons_of, written_bin
from postloan.models.scoring import pd_by
from postloan.rules.scores import ModelInForce, ModelSignal
from postloan.tables.published import PublishedLoan
from postloan.tables.warnings import LEVELS, PublishedWarning, WarningScore

_LEVEL = pl.Enum(LEVELS)


def warning_score(
    features: pl.DataFrame, loans: dy.DataFrame[PublishedLoan], named: ModelInForce, *, on: date
) -> dy.DataFrame[WarningScore]:
    """Score the debtors that are well.

    Reads   features: debtor_no, debtor_id and the features of debtors on the book; loans: published rows, which tell
            who is well; named: the rule and its card.
    Writes  a row a debtor that is well: probability within the months of the card's label, the worst level that it
            reaches, reasons.
    Source  rulebook: warning_model; the card's own hash and approval. Raises RuleFileWrong, CardWrong, CardChanged.
    """
    card, part = card_in_force(named.card, on, known=FEATURES)
    told = foreseen(card.training.label)
    if told is None:
        raise unfit(named.card, f"its label {card.training.label} is not one of debtors, late_N_in_M_months")
    asked = well(features, loans.lazy().select(READ), told.days)
    if asked.is_empty():
        return WarningScore.create_empty()
    bins = bins_of(part, asked)
    pd = pl.Series("pd_ratio", pd_by(card, asked, points_of(part, bins).sum(axis=1).astype(np.float64)))
    return WarningScore.validate(
        asked.select(
            "debtor_no", "debtor_id", pd_ratio=pd, level=_level(named.signal, pl.lit(pd)), reasons=_reasons(part, bins)
        )
    )


def model_signals(scores: dy.DataFrame[WarningScore], named: ModelInForce) -> dy.DataFrame[PublishedWarning]:
    """Say of whom the model warns: those whose probability reaches a level of the rule, as signals like any other.

    Reads   scores: of the model; named: the rule that says how its signal is called.
    Writes  one row a debtor that reaches a level; its evidence holds the probability and the reasons.
    Source  rulebook: warning_model; regulations PRA-10.
    """
    return PublishedWarning.validate(
        scores.filter(pl.col("level").is_not_null()).select(
            "debtor_no", "debtor_id",
            loan_id=pl.lit(None, pl.String),
            signal=pl.lit(named.signal.id),
            level="level",
            evidence=pl.concat_str(pl.lit('{"pd_ratio":'), "pd_ratio", pl.lit(',"reasons":'), "reasons", pl.lit("}")),
        )
    )  # fmt: skip


def _level(rule: ModelSignal, pd: pl.Expr) -> pl.Expr:
    level = pl.lit(None, _LEVEL)
    for rung in rule.levels:
        level = pl.when(pd >= rung.pd_from).then(pl.lit(rung.level, _LEVEL)).otherwise(level)
    return level


def _reasons(part: ScorecardPart, bins: Ints) -> pl.Series:
    """The costliest characteristics of each row as JSON; what a bin costs is the same in every row: written once."""
    which, lost = reasons_of(part, bins)
    width = max(len(each.bins) for each in part.characteristics) + 1
    best = [max(held.points for held in (*each.bins, each.missing) if held.rows) for each in part.characteristics]
    said = pl.Series(
        [
            json.dumps(
                {
                    "feature": each.name,
                    "bin": written_bin(each, at),
                    "lost": max(top - int(points_by_bin(each)[at]), 0),
                },
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for each, top in zip(part.characteristics, best, strict=True)
            for at in (min(place, len(each.bins)) for place in range(width))
        ]
    )
    columns = [
        said.gather(which[:, k] * width + np.take_along_axis(bins, which[:, k : k + 1], axis=1)[:, 0]).zip_with(
            pl.Series(lost[:, k] > 0), pl.Series([None], dtype=pl.String)
        )
        for k in range(which.shape[1])
    ]
    listed = pl.concat_str([pl.lit(each) for each in columns], separator=",", ignore_nulls=True)
    return pl.select(pl.format("[{}]", listed)).to_series()
