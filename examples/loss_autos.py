"""Auto loans (AART 2017-3): losses given default by segment, and lifetime expected loss against what was lost.

Part of `loss_study.py`. A default is a balance that is closed without the cash; what the car and the debtor brought in,
net of costs, is the recovery. The schedule is the contract's, from the balance on the day of the estimate.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.models.card import HazardPart
from postloan.models.curves import marginal_of
from postloan.models.hazard import Columns, cells_of, fit_hazard, term_structure
from postloan.models.recovery import Cases, recovery_curve, workout_lgd
from postloan.rules.model_rules import Fitting

Floats = NDArray[np.float64]

LOST_ABOVE = 1.0
"""A dollar: what rounding may leave of a balance that was paid off."""
COLUMNS = Columns("age", "segment")


@dataclass(frozen=True)
class Book:
    """loans: one row each; months: loan-months at risk after the opening; cash: recoveries by loan and month."""

    loans: pl.DataFrame
    months: pl.DataFrame
    cash: pl.DataFrame
    last: int


@dataclass(frozen=True)
class Estimate:
    """What one part of the book says: hazards, LGD by segment, and the cases that it rests on."""

    hazard: HazardPart
    lgd: dict[str, float]
    by_count: dict[str, float]
    cases: dict[str, int]


@dataclass(frozen=True)
class BackTest:
    """Expected against realised, by month since the estimate, (m,) each, in dollars."""

    loans: int
    balance: float
    expected_gross: Floats
    expected_net: Floats
    discounted: float
    lifetime: float
    lost_gross: Floats
    recovered: Floats
    defaults: tuple[float, int]


def read_book(folder: Path) -> Book:
    """Read the filings into loan-months at risk with default and exit."""
    filed = pl.read_parquet(folder / "month.parquet").sort("loan_id", "t")
    segment = pl.col("risk_cat_ir").replace("subprime", "near_prime")
    loans = pl.read_parquet(folder / "loan.parquet").select(
        "loan_id", segment=segment, age0="initialLoanAge", rate="reportingPeriodInterestRatePercentage",
        term=pl.col("remainingTermtoMaturityNumber"),
    )  # fmt: skip
    before = pl.col("end_bal").shift(1).over("loan_id")
    months = (
        filed.with_columns(t=pl.col("t").cast(pl.Int64), before=before)
        .filter((pl.col("t") > 0) & (pl.col("before") > 0))
        .with_columns(
            lost=pl.col("before") - pl.col("prin_paid").fill_null(0).clip(0),
            is_closed=pl.col("end_bal").fill_null(0) <= 0,
        )
        .with_columns(default=(pl.col("is_closed") & (pl.col("lost") > LOST_ABOVE)).cast(pl.Int64))
        .with_columns(leaves=(pl.col("is_closed").cast(pl.Int64) - pl.col("default")))
        .join(loans, on="loan_id", maintain_order="left")
        .with_columns(age=pl.col("age0") + pl.col("t"))
    )
    cash = filed.select(
        "loan_id", pl.col("t").cast(pl.Int64),
        cash=pl.col("recovered").fill_null(0) + pl.col("repo_proceeds").fill_null(0),
    ).filter(pl.col("cash") != 0)  # fmt: skip
    return Book(loans, months, cash, int(months["t"].max()))


def cases_of(book: Book, until: int) -> pl.DataFrame:
    """Return the cases closed without the cash by `until`, a row each, and what came in by then, by month since."""
    cases = book.months.filter((pl.col("default") == 1) & (pl.col("t") <= until)).select(
        "loan_id", "segment", "rate", exposure="lost", closed=pl.col("t")
    )
    cash = book.cash.filter(pl.col("t") <= until).join(cases, on="loan_id")
    # What the car brought in while the balance still stood comes with the case.
    since = cash.with_columns(month=(pl.col("t") - pl.col("closed")).clip(0)).group_by("loan_id", "month")
    by_case = since.agg(pl.col("cash").sum()).group_by("loan_id").agg("month", "cash")
    return cases.join(by_case, on="loan_id", how="left").sort("loan_id")


def lgd_by_year(book: Book) -> list[tuple[int, int, float, float]]:
    """Year since the opening, cases, mean balance and LGD by amount without discount, as far as recoveries came in."""
    cases = cases_of(book, book.last).with_columns(
        year=(pl.col("closed") - 1) // 12 + 1, got=pl.col("cash").list.sum().fill_null(0.0)
    )
    by_year = cases.group_by("year").agg(
        pl.len(), pl.col("exposure").mean(), lgd=1 - pl.col("got").sum() / pl.col("exposure").sum()
    )
    return [(int(y), int(n), float(b), float(g)) for y, n, b, g in by_year.sort("year").rows()]


def laid_out(cases: pl.DataFrame, until: int, months: int) -> Cases:
    """Cases as arrays; all of them are open: something may come for years."""
    grid = np.zeros((len(cases), months))
    for row, (when, cash) in enumerate(cases.select("month", "cash").rows()):
        if when is not None:
            np.add.at(grid[row], np.array(when), np.array(cash))
    seen = until - cases["closed"].to_numpy() + 1
    return Cases(cases["exposure"].to_numpy(), seen, np.ones(len(cases), bool), grid)


def estimate(book: Book, loans: pl.Series, until: int, settings: Fitting) -> Estimate:
    """Fit hazards and LGD on some loans, by what was known at `until`."""
    known = book.months.filter(pl.col("loan_id").is_in(loans.implode()) & (pl.col("t") <= until))
    cells = cells_of(known, COLUMNS, label="default", exits="leaves")
    hazard = fit_hazard(cells, COLUMNS, unit="month", settings=settings)
    cases = cases_of(book, until).filter(pl.col("loan_id").is_in(loans.implode()))
    worked = laid_out(cases, until, until + 1).discounted(cases["rate"].to_numpy())
    lgd = workout_lgd(worked, recovery_curve(worked))
    amounts, counts, numbers = {}, {}, {}
    for segment in [*hazard.segments, "all"]:
        held = (cases["segment"] == segment).to_numpy() if segment != "all" else np.ones(len(cases), bool)
        numbers[segment] = int(held.sum())
        if held.any():
            amounts[segment] = float(lgd[held] @ worked.exposure[held] / worked.exposure[held].sum())
            counts[segment] = float(lgd[held].mean())
    return Estimate(hazard, amounts, counts, numbers)


def exposures(balance: Floats, rate: Floats, left: NDArray[np.int64], months: int) -> Floats:
    """Opening balance plus the month's interest by the contract's level instalments, (n, months); 0 when paid off."""
    at = np.arange(months)[None, :]
    monthly = rate[:, None] / 12
    plain = 1 - at / left[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        level = ((1 + monthly) ** left[:, None] - (1 + monthly) ** at) / ((1 + monthly) ** left[:, None] - 1)
    share = np.where(monthly > 0, level, plain)
    return balance[:, None] * np.clip(share, 0, 1) * (1 + monthly)


def back_test(book: Book, found: Estimate, loans: pl.Series, since: int) -> BackTest:
    """Judge an estimate on loans that stand at `since`, over the months that were seen after it."""
    standing = book.months.filter((pl.col("t") == since + 1) & pl.col("loan_id").is_in(loans.implode()))
    window = book.last - since
    left = np.maximum(standing["term"].fill_null(36).cast(pl.Int64).to_numpy() - since, 1)
    longest = max(int(left.max()), window)
    balance, rate = standing["before"].to_numpy(), standing["rate"].fill_null(0.0).to_numpy()
    ead = exposures(balance, rate, left, longest)
    marginal = np.zeros_like(ead)
    lgd = np.array([found.lgd.get(segment, found.lgd["all"]) for segment in standing["segment"]])
    ages = standing["age0"].to_numpy() + since
    for segment in found.hazard.segments:
        for age in np.unique(ages):
            held = (standing["segment"] == segment).to_numpy() & (ages == age)
            default, leaving = term_structure(found.hazard, segment, age=int(age), periods=longest)
            marginal[held] = marginal_of(default.hazards, leaving.hazards)
    gross, net = marginal * ead, marginal * ead * lgd[:, None]
    discount = (1 + rate[:, None] / 12) ** -np.arange(1, longest + 1)
    later = book.months.filter(
        (pl.col("t") > since) & (pl.col("default") == 1) & pl.col("loan_id").is_in(standing["loan_id"].implode())
    )
    cash = book.cash.join(later.select("loan_id", closed="t"), on="loan_id")
    lost = np.bincount(later["t"].to_numpy() - since - 1, weights=later["lost"].to_numpy(), minlength=window)
    when = np.maximum(cash["t"].to_numpy(), cash["closed"].to_numpy()) - since - 1
    got = np.bincount(when, weights=cash["cash"].to_numpy(), minlength=window)
    return BackTest(
        len(standing), float(balance.sum()), gross[:, :window].sum(axis=0), net[:, :window].sum(axis=0),
        float((net * discount)[:, :window].sum()), float((net * discount).sum()), lost, got,
        (float(np.where(ead > 0, marginal, 0)[:, :window].sum()), len(later)),
    )  # fmt: skip
