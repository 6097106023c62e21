"""What early warnings are worth on the demo bank: who was warned of, how often rightly, and how long before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from postloan.models.card import Card
from postloan.models.fitting import Asked, fit_card
from postloan.models.scoring import score_table
from postloan.plan.warnings import features_of_day
from postloan.rules.model_rules import Fitting, Monitoring
from postloan.snapshot.read import published_days, read_loans, scan_warnings
from postloan.tables.warnings import LEVELS

AHEAD_MONTHS = 6
BAD_DAYS = 30
LABEL = "goes_bad"
FOLDS = 5


@dataclass(frozen=True)
class Worth:
    """How a way of warning did.

    alerts      debtor-months warned of; rightly: those that went bad within the time.
    recall      of the debtors that went bad, how many were warned of in the months before; early: three months before
                or more; lead: months before, on average of those warned of.
    """

    name: str
    alerts: int
    precision: float
    recall: float
    early: float
    lead: float


def debtor_months(home: Path) -> pl.DataFrame:
    """Each debtor at each month-end while well: its worst rule level, its features, and whether it went bad.

    Well is no loan past due for 30 days or in stage 3; bad is the contrary at one of the next six month-ends. Months of
    which six later ones are not known are left out.
    """
    days = published_days(home)
    standing = pl.concat(_standing(home, on).with_columns(at=pl.lit(at)) for at, on in enumerate(days))
    bad_at = standing.filter("is_bad").select("debtor_no", bad_at="at").sort("bad_at")
    rows = []
    for at, on in enumerate(days[: len(days) - AHEAD_MONTHS]):
        levels = (
            scan_warnings(home, on)
            .group_by("debtor_no")
            .agg(level=pl.col("level").max().cast(pl.Enum(LEVELS)))
            .collect()
        )
        well = standing.filter((pl.col("at") == at) & ~pl.col("is_bad")).select("debtor_no", "at").sort("at")
        next_bad = well.with_columns(after=pl.col("at") + 1).join_asof(
            bad_at,
            left_on="after",
            right_on="bad_at",
            by="debtor_no",
            strategy="forward",
            coalesce=False,
            check_sortedness=False,
        )
        rows.append(
            next_bad.with_columns(months_to_bad=pl.col("bad_at") - at)
            .with_columns(goes_bad=(pl.col("months_to_bad") <= AHEAD_MONTHS).fill_null(value=False).cast(pl.Int64))
            .join(levels, on="debtor_no", how="left")
            .join(features_of_day(home, on).drop("debtor_id"), on="debtor_no", how="left")
        )
    return pl.concat(rows).drop("after", "bad_at")


def _standing(home: Path, on: date) -> pl.DataFrame:
    loans = read_loans(home, on, ["debtor_no", "status", "days_past_due", "stage"])
    is_bad = (pl.col("days_past_due") >= BAD_DAYS) | (pl.col("stage").cast(pl.String) == "stage_3")
    return loans.filter(pl.col("status") == "active").group_by("debtor_no").agg(is_bad=is_bad.any())


def worth(name: str, months: pl.DataFrame, warned: pl.Expr) -> Worth:
    """Count what a way of warning was worth; `warned` says of a debtor-month whether it warns."""
    told = months.with_columns(warned=warned.fill_null(value=False))
    alerts = told.filter("warned")
    going = told.filter(pl.col("goes_bad") == 1)
    first = going.group_by("debtor_no", falls=pl.col("at") + pl.col("months_to_bad")).agg(
        lead=pl.col("months_to_bad").filter("warned").max()
    )
    caught = first["lead"].drop_nulls()
    return Worth(
        name, alerts.height, float(alerts["goes_bad"].mean() or 0), caught.len() / max(first.height, 1),
        float((caught >= AHEAD_MONTHS // 2).sum()) / max(first.height, 1), float(caught.mean() or 0),
    )  # fmt: skip


def scored(months: pl.DataFrame, until: int, settings: Fitting, bands: Monitoring) -> tuple[pl.DataFrame, list[Card]]:
    """The months from `until` on with the probability that a card gives that saw neither their debtors nor their time.

    Debtors are parted into folds by a digest of their number. A fold is scored by a card fitted on the other folds, on
    months whose outcome was known by `until`: six months before and earlier.
    """
    leave = ("at", "months_to_bad", "level", "fold", *(name for name, kind in months.schema.items() if kind == pl.Date))
    asked = Asked("scorecard", LABEL, "warning", id="debtor_no", without=leave)
    folded = months.with_columns(fold=pl.col("debtor_no").hash(seed=1) % FOLDS)
    early = folded.filter(pl.col("at") + AHEAD_MONTHS < until)
    parts, cards = [], []
    for fold in range(FOLDS):
        card = fit_card(early.filter(pl.col("fold") != fold), "0" * 64, asked, settings, bands)
        later = folded.filter((pl.col("at") >= until) & (pl.col("fold") == fold))
        parts.append(later.with_columns(pd=score_table(card, later, id_column=None)["pd"]))
        cards.append(card)
    return pl.concat(parts).drop("fold"), cards


def judged(months: pl.DataFrame, levels: Sequence[str] = LEVELS) -> list[Worth]:
    """What rules, model and both are worth, the model warning as often as rules of a level do."""
    order = pl.col("level").cast(pl.Enum(LEVELS))
    found = []
    for level in levels:
        by_rule = order >= level
        count = int(months.select(by_rule.fill_null(value=False).sum()).item())
        bound = float(np.sort(months["pd"].to_numpy())[::-1][max(count - 1, 0)])
        by_model = pl.col("pd") >= bound
        found += [
            worth(f"rules, {level} or worse", months, by_rule),
            worth("model, as often", months, by_model),
            worth("both", months, by_rule.fill_null(value=False) | by_model),
        ]
    return found
