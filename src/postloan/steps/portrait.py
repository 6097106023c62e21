"""The portrait: one published row a loan and one a debtor."""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside, found_beside
from postloan.tables.published import PublishedDebtor, PublishedLoan
from postloan.tables.results import DebtorFloor, DebtorView
from postloan.tables.warnings import PublishedWarning


def loan_portrait(
    loans: pl.DataFrame,
    debtors: pl.DataFrame,
    results: Sequence[pl.DataFrame],
    views: dy.DataFrame[DebtorView],
) -> dy.DataFrame[PublishedLoan]:
    """Lay a loan's facts and results side by side.

    Reads   loans: facts of the loans in the book; debtors: facts; results: tables of the same loans; views: per debtor.
    Writes  PublishedLoan, one row a loan; no figure is computed here, and none has a score yet.
    Source  design: every input of classification is published.
    """
    of_debtor = debtors.select(
        "debtor_no", "debtor_id", "legal_form", "size_class", "region_code", debtor_industry="industry_code"
    ).join(views.select("debtor_no", "is_retail"), on="debtor_no", maintain_order="right")
    return PublishedLoan.validate(
        loans.pipe(found_beside, of_debtor, by="debtor_no")
        .with_columns(
            industry_code=pl.coalesce("use_industry_code", "debtor_industry"),
            exposure_kind=pl.col("exposure_kind").fill_null("loan"),
            security_kind=pl.col("security_kind").fill_null("credit"),
        )
        .drop("is_no_principal_renewal", "period_months")
        .pipe(beside, *results)
        .with_columns(behaviour_score=pl.lit(None, pl.Int64), behaviour_pd_ratio=pl.lit(None, pl.Float64))
    )


def debtor_portrait(
    debtors: pl.DataFrame,
    views: dy.DataFrame[DebtorView],
    debtor_floors: dy.DataFrame[DebtorFloor],
    warnings: dy.DataFrame[PublishedWarning],
) -> dy.DataFrame[PublishedDebtor]:
    """Lay a debtor's facts and results side by side.

    Reads   debtors: facts; views, debtor_floors: per debtor; warnings: the signals raised on them.
    Writes  PublishedDebtor, one row a debtor with a loan in the book; tier_worst is that of its loans on the book.
    Source  design: every input of classification is published.
    """
    raised = warnings.group_by("debtor_no").agg(
        warning_count=pl.len().cast(pl.Int64), warning_level=pl.col("level").max()
    )
    return PublishedDebtor.validate(
        beside(views, debtor_floors, by="debtor_no")
        .pipe(found_beside, debtors, by="debtor_no")
        .pipe(found_beside, raised, by="debtor_no")
        .with_columns(pl.col("warning_count").fill_null(0))
    )
