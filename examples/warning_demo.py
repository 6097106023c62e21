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


def fitted(months: pl.DataFrame, until: int, settings: Fitting, bands: Monitoring, outcome: Outcome) -> Card:
    """The scorecard fitted on the months whose outcome was known by `until`: six months before and earlier."""
    leave = ("at", "months_to_bad", "level", *(name for name, kind in months.schema.items() if kind == pl.Date))
    early = months.filter(pl.col("at") + outcome.within_months < until)
    asked = Asked("scorecard", LABEL, "warning", id="debtor_no", held_out=0.2, without=leave)
    return fit_card(early, "0" * 64, asked, settings, bands)


def scored(card: Card, months: pl.DataFrame) -> pl.DataFrame:
    """The months with the probability that the card gives."""
    return months.with_columns(pd=score_table(card, months, id_column=None)["pd"])


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
