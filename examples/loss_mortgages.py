"""Mortgages by quarter: a scorecard across ids and out of time, and what the economy adds to its PD.

Part of `loss_study.py`. Everything about the cycle is fitted before quarter 27; what comes after is the path that was
seen later, so the figures say what the overlay would have made of a perfect forecast, not that anybody had one.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from postloan.models.calibration import GradeTest, judge_grade, pd_of
from postloan.models.card import Card, ScorecardPart
from postloan.models.cycle import History, Satellite, fit_satellite, history_of, pd_at, weighted
from postloan.models.fitting import Asked, fit_card, raw_score
from postloan.models.hazard import row_hazards
from postloan.models.ranking import auc
from postloan.models.stability import band_edges
from postloan.rules.model_rules import Fitting, Monitoring

Floats = NDArray[np.float64]

FEATURES = (
    "FICO_orig_time", "LTV_time", "LTV_orig_time", "interest_rate_time", "spread", "age", "balance_orig_time", "paid",
    "REtype_CO_orig_time", "REtype_PU_orig_time", "REtype_SF_orig_time", "investor_orig_time",
    "Interest_Rate_orig_time",
)  # fmt: skip
SPLIT = 27
FIRST = 3
"""The first quarter with forty loans or more."""
SIGNS = {"gdp": 1, "prices": 1, "unemployment": -1}
LABEL = "default_time"


@dataclass(frozen=True)
class Overlay:
    """PDs of all rows under the overlay, and what it rests on; `kept` has its level moved to the fitted quarters'."""

    lag: int
    history: History
    satellite: Satellite
    pd: Floats
    kept: Floats


def read_quarters(folder: Path) -> pl.DataFrame:
    """Read loan-quarters, the first of each (id, time), with growth of prices and unemployment over four quarters."""
    rows = pl.read_parquet(folder / "dcr_odd.parquet").unique(["id", "time"], keep="first", maintain_order=True)
    economy = rows.group_by("time").agg(pl.col(f"{name}_time").mean() for name in ("gdp", "hpi", "uer")).sort("time")
    economy = economy.select(
        "time", gdp="gdp_time", prices=100 * (pl.col("hpi_time") / pl.col("hpi_time").shift(4) - 1),
        unemployment=pl.col("uer_time") - pl.col("uer_time").shift(4),
    )  # fmt: skip
    score = pl.col("FICO_orig_time")
    return rows.join(economy, on="time", maintain_order="left").with_columns(
        age=pl.col("time") - pl.col("orig_time"),
        spread=pl.col("interest_rate_time") - pl.col("rate_time"),
        paid=pl.col("balance_time") / pl.col("balance_orig_time"),
        segment=pl.when(score < 620).then(pl.lit("FICO below 620"))
        .when(score < 680).then(pl.lit("FICO 620 to 679"))
        .when(score < 740).then(pl.lit("FICO 680 to 739")).otherwise(pl.lit("FICO from 740")),
    )  # fmt: skip


def fit_across_ids(rows: pl.DataFrame, settings: Fitting, bands: Monitoring) -> Card:
    """Fit the first seven tenths of the ids, judge the rest."""
    ids = rows["id"].unique().sort()
    asked = Asked(
        "scorecard", LABEL, "mortgage_ids", id="id", time="id", features=FEATURES, until=str(ids[int(0.7 * len(ids))])
    )
    return fit_card(rows, "0" * 64, asked, settings, bands)


def folds(rows: pl.DataFrame, settings: Fitting, bands: Monitoring, count: int) -> list[tuple[float, float, float]]:
    """AUC, mean PD and observed rate of each fold, every `count`-th id being held out in turn."""
    ids, found = rows["id"].unique().sort(), []
    for at in range(count):
        held = rows.with_columns(fold=pl.col("id").is_in(ids.gather_every(count, at).implode()).cast(pl.Int64))
        asked = Asked("scorecard", LABEL, "fold", id="id", time="fold", features=FEATURES, until="1")
        metrics = fit_card(held, "0" * 64, asked, settings, bands).metrics
        m = {each.name: each.value for each in metrics if each.sample == "held_out"}
        found.append((m["auc"], m["mean_pd"], m["default_rate"]))
    return found


def fit_before(rows: pl.DataFrame, settings: Fitting, bands: Monitoring) -> Card:
    """Fit the quarters before the split, judge the rest."""
    asked = Asked("scorecard", LABEL, "mortgage_time", id="id", time="time", features=FEATURES, until=str(SPLIT))
    return fit_card(rows, "0" * 64, asked, settings, bands)


def pds_of(card: Card, rows: pl.DataFrame) -> Floats:
    """PD of every row by a scorecard."""
    assert isinstance(card.parameters, ScorecardPart)  # noqa: S101 - it was fitted as one
    assert card.calibration is not None  # noqa: S101
    return pd_of(card.calibration.lines, raw_score(card.parameters, rows)[0], None)


def by_quarter(rows: pl.DataFrame) -> pl.DataFrame:
    """Defaults, loans and the economy by quarter; half a default is added, so that every quarter has a rate."""
    return (
        rows.group_by("time")
        .agg(pl.len(), pl.col(LABEL).sum().alias("defaults"), *(pl.col(name).mean() for name in SIGNS))
        .sort("time")
        .with_columns(rate=(pl.col("defaults") + 0.5) / (pl.col("len") + 1))
    )


def overlaid(rows: pl.DataFrame, pd: Floats, lag: int, settings: Fitting) -> Overlay:
    """Read the cycle before the split, explain it, and carry it over all quarters by the drivers that were seen."""
    quarters = by_quarter(rows)
    time = quarters["time"].to_numpy()
    past = (time >= FIRST) & (time < SPLIT)
    history = history_of(quarters["rate"].to_numpy()[past])
    drivers = {name: quarters[name].shift(lag).fill_null(float("nan")).to_numpy() for name in SIGNS}
    satellite = fit_satellite(
        history.z, {name: path[past] for name, path in drivers.items()}, SIGNS,
        drivers_most=settings.satellite.drivers_most,
    )  # fmt: skip
    z = satellite.z(drivers)[rows["time"].to_numpy() - 1]
    fitted = (rows["time"].to_numpy() < SPLIT) & np.isfinite(z)
    seen = float(rows.filter(pl.Series(fitted))[LABEL].mean())  # type: ignore[arg-type]

    def lifted(by: float) -> Floats:
        return pd_at(expit(logit(pd) + by), history.rho, z)

    by = float(brentq(lambda each: float(lifted(each)[fitted].mean()) - seen, -5, 5))
    return Overlay(lag, history, satellite, lifted(0.0), lifted(by))


def hazards(rows: pl.DataFrame, drivers: tuple[str, ...], lag: int, settings: Fitting, bands: Monitoring) -> Floats:
    """Hazard of every row, fitted before the split, by segment, age and the drivers."""
    asked = Asked(
        "hazard", LABEL, "mortgage_hazard", id="id", time="time", segment="segment", age="age", drivers=drivers,
        lag=lag, unit="quarter", exits="payoff_time", until=str(SPLIT),
    )  # fmt: skip
    card = fit_card(rows, "0" * 64, asked, settings, bands)
    return row_hazards(card.parameters, rows, "segment")  # type: ignore[arg-type]


def without_foresight(rows: pl.DataFrame, pd: Floats, overlay: Overlay) -> dict[str, float]:
    """Mean PD after the split under three scenarios drawn from what had been seen before it, and weighted."""
    past = by_quarter(rows).filter((pl.col("time") >= FIRST) & (pl.col("time") < SPLIT))
    late = pd[rows["time"].to_numpy() >= SPLIT]
    means = {}
    for name, share in (("good", 0.9), ("base", 0.5), ("bad", 0.1)):
        path = {
            each: np.array([past[each].quantile(share if SIGNS[each] > 0 else 1 - share)])
            for each in overlay.satellite.drivers
        }
        z = float(overlay.satellite.z(path)[0])
        means[name] = np.array([float(pd_at(late, overlay.history.rho, z).mean())])
    mean = weighted(means, {"good": 0.2, "base": 0.5, "bad": 0.3})
    return {name: float(each[0]) for name, each in means.items()} | {"weighted": float(mean[0])}


def judged(pd: Floats, rows: pl.DataFrame, *, confidence: float) -> tuple[float, float, float, float, float]:
    """Mean PD, observed rate, AUC and its interval after the split."""
    held = (rows["time"].to_numpy() >= SPLIT) & np.isfinite(pd)
    bads = rows[LABEL].to_numpy() == 1
    area = auc(pd[held], bads[held], confidence=confidence)
    return float(pd[held].mean()), float(bads[held].mean()), area.value, area.low, area.high


def grades(pd: Floats, bads: NDArray[np.bool_], bands: Monitoring) -> list[GradeTest]:
    """Calibration by ten bands of PD, the best first."""
    at = np.searchsorted(band_edges(pd, bands.score_bands.bands), pd, side="left")
    held = {int(band): at == band for band in np.unique(at)}
    return [
        judge_grade(str(band + 1), int(own.sum()), int(bads[own].sum()), float(pd[own].mean()), bands.calibration)
        for band, own in held.items()
    ]
