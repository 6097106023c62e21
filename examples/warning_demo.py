"""What early warnings are worth on the demo bank: who was warned of, how often rightly, and how long before."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from postloan.models.card import Card
from postloan.models.fitting import Asked, fit_card
from postloan.models.scoring import score_table
from postloan.plan.rule_trial import Worth, history, worths
from postloan.plan.warnings import features_of_day
from postloan.rules.model_rules import Fitting, Monitoring
from postloan.rules.studio import Outcome
from postloan.snapshot.read import published_days, scan_warnings
from postloan.tables.warnings import LEVELS

LABEL = "goes_bad"
FOLDS = 5


def debtor_months(home: Path, outcome: Outcome) -> pl.DataFrame:
    """Each debtor at each month-end while well: its worst rule level, its features, and whether it goes bad."""
    past = history(home, published_days(home), outcome)
    rows = []
    for at, on in past.days.items():
        levels = (
            scan_warnings(home, on)
            .group_by("debtor_no")
            .agg(level=pl.col("level").max().cast(pl.Enum(LEVELS)))
            .collect()
        )
        rows.append(
            past.well.filter(pl.col("at") == at)
            .join(levels, on="debtor_no", how="left")
            .join(features_of_day(home, on).drop("debtor_id"), on="debtor_no", how="left")
        )
    return pl.concat(rows)


def worth(name: str, months: pl.DataFrame, warned: pl.Expr, outcome: Outcome) -> Worth:
    """Count what a way of warning was worth; `warned` says of a debtor-month whether it warns."""
    hits = months.filter(warned.fill_null(value=False)).select("debtor_no", "at", signal=pl.lit(name))
    return worths(months, hits, outcome, names=[name])[name]


def scored(
    months: pl.DataFrame, until: int, settings: Fitting, bands: Monitoring, outcome: Outcome
) -> tuple[pl.DataFrame, list[Card]]:
    """The months from `until` on with the probability that a card gives that saw neither their debtors nor their time.

    Debtors are parted into folds by a digest of their number. A fold is scored by a card fitted on the other folds, on
    months whose outcome was known by `until`: six months before and earlier.
    """
    leave = ("at", "months_to_bad", "level", "fold", *(name for name, kind in months.schema.items() if kind == pl.Date))
    asked = Asked("scorecard", LABEL, "warning", id="debtor_no", without=leave)
    folded = months.with_columns(fold=pl.col("debtor_no").hash(seed=1) % FOLDS)
    early = folded.filter(pl.col("at") + outcome.within_months < until)
    parts, cards = [], []
    for fold in range(FOLDS):
        card = fit_card(early.filter(pl.col("fold") != fold), "0" * 64, asked, settings, bands)
        later = folded.filter((pl.col("at") >= until) & (pl.col("fold") == fold))
        parts.append(later.with_columns(pd=score_table(card, later, id_column=None)["pd"]))
        cards.append(card)
    return pl.concat(parts).drop("fold"), cards


def judged(months: pl.DataFrame, outcome: Outcome, levels: Sequence[str] = LEVELS) -> list[Worth]:
    """What rules, model and both are worth, the model warning as often as rules of a level do."""
    order = pl.col("level").cast(pl.Enum(LEVELS))
    found = []
    for level in levels:
        by_rule = order >= level
        count = int(months.select(by_rule.fill_null(value=False).sum()).item())
        bound = float(np.sort(months["pd"].to_numpy())[::-1][max(count - 1, 0)])
        by_model = pl.col("pd") >= bound
        found += [
            worth(f"rules, {level} or worse", months, by_rule, outcome),
            worth("model, as often", months, by_model, outcome),
            worth("both", months, by_rule.fill_null(value=False) | by_model, outcome),
        ]
    return found
