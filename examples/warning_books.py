"""Two real books for early warning: Chinese small companies by lawsuits and relations, Polish ones by ratios."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from postloan.models.fitting import Asked, fit_card
from postloan.rules.model_rules import Fitting, Monitoring

FOLDS = 5
RECENT_MONTHS, YEARS_MONTHS = 12, 36
CAUSES, RESULTS, RELATIONS = range(11), range(4), range(20)
LABEL = "bankrupt"


def companies(folder: Path) -> pl.DataFrame:
    """One row a company: what its register says, its lawsuits by age, cause and result, its relations by kind.

    Of whom it is related to only lawsuits are told, those before the same observation; never whether they went
    bankrupt, which is what is to be found out.
    """
    company, suits, ties = (pl.read_parquet(folder / f"{name}.parquet") for name in ("company", "lawsuit", "edge"))
    suits = suits.filter(pl.col("months_before_obs") >= 0)
    age = pl.col("months_before_obs")
    of_each = suits.group_by("company").agg(
        suits=pl.len(), last_suit=age.min(), first_suit=age.max(),
        suits_recent=(age <= RECENT_MONTHS).sum(), suits_years=(age <= YEARS_MONTHS).sum(),
        courts=pl.col("court").n_unique(),
        **{f"cause_{at}": (pl.col("cause") == at).sum() for at in CAUSES},
        **{f"result_{at}": (pl.col("result") == at).sum() for at in RESULTS},
    )  # fmt: skip
    related = ties.group_by(company="src").agg(
        relations=pl.len(), related_weight=pl.col("weight").log1p().sum(),
        **{f"relation_{at}": (pl.col("type") == at).sum() for at in RELATIONS},
    )  # fmt: skip
    near = (
        ties.join(of_each.select(dst="company", their_suits="suits", their_recent="suits_recent"), on="dst")
        .group_by(company="src")
        .agg(
            near_sued=pl.col("dst").n_unique(),
            near_suits=pl.col("their_suits").sum(),
            near_recent=pl.col("their_recent").sum(),
        )
    )
    counted = company
    for other in (of_each, related, near):
        counted = counted.join(other, on="company", how="left")
    none = [name for name in counted.columns if name not in {*company.columns, "last_suit", "first_suit"}]
    return counted.with_columns(
        pl.col(none).fill_null(0), paid_share=pl.col("paid_capital_wan") / pl.col("reg_capital_wan")
    ).drop("split")


def ratios(folder: Path) -> pl.DataFrame:
    """One row a company: 64 ratios of a year and whether it went bankrupt within the next; a number for each."""
    return pl.read_parquet(folder / "1year.parquet").with_row_index("company")


def by_folds(
    table: pl.DataFrame, kind: str, columns: Sequence[str] | None, settings: Fitting, bands: Monitoring
) -> list[float]:
    """AUC on each fold, fitted on the four others: every bin, weight and choice of columns is made without it."""
    chosen = table if columns is None else table.select("company", LABEL, *columns)
    fold = pl.Series(np.random.default_rng(0).permutation(len(chosen)) % FOLDS)
    areas = []
    for at in range(FOLDS):
        parted = chosen.with_columns(fold=(fold == at).cast(pl.Int64))
        asked = Asked(kind, LABEL, "fold", id="company", time="fold", without=("fold",), until="1")  # type: ignore[arg-type]
        metrics = fit_card(parted, "0" * 64, asked, settings, bands).metrics
        areas.append(next(each.value for each in metrics if each.name == "auc" and each.sample == "held_out"))
    return areas
