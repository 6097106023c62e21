"""The portrait: one published row a loan and one a debtor."""

from collections.abc import Mapping, Sequence

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside
from postloan.tables.published import PublishedDebtor, PublishedLoan
from postloan.tables.results import DebtorFloor, DebtorView, LoanFloor
from postloan.tables.units import TIERS


def loan_portrait(
    loans: pl.DataFrame,
    debtors: pl.DataFrame,
    results: Sequence[pl.DataFrame],
    floors: Mapping[str, dy.DataFrame[LoanFloor]],
    views: dy.DataFrame[DebtorView],
    debtor_floors: dy.DataFrame[DebtorFloor],
) -> dy.DataFrame[PublishedLoan]:
    """Lay a loan's facts and results side by side.

    Reads   loans: facts of the loans in the book; debtors: facts; results: tables of the same loans; floors: the same,
            by the name under which they are published; views, debtor_floors: per debtor.
    Writes  PublishedLoan, one row a loan; no figure is computed here.
    Source  design: every input of classification is published.
    """
    named_floors = [
        floor.rename({"floor_tier": f"{name}_floor_tier", "floor_cite": f"{name}_floor_cite"})
        for name, floor in floors.items()
    ]
    by_debtor = beside(
        views.select("debtor_no", "is_retail"),
        debtor_floors.select("debtor_no", debtor_floor_tier="floor_tier", debtor_floor_cite="floor_cite"),
        by="debtor_no",
    )
    of_debtor = debtors.select(
        "debtor_no", "debtor_id", "legal_form", "size_class", "region_code", debtor_industry="industry_code"
    ).join(by_debtor, on="debtor_no", maintain_order="right")
    return PublishedLoan.validate(
        loans.join(of_debtor, on="debtor_no", how="left", maintain_order="left")
        .with_columns(
            industry_code=pl.coalesce("use_industry_code", "debtor_industry"),
            exposure_kind=pl.col("exposure_kind").fill_null("loan"),
            security_kind=pl.col("security_kind").fill_null("credit"),
        )
        .drop("is_no_principal_renewal")
        .pipe(beside, *results, *named_floors)
        .select(PublishedLoan.column_names())
    )


def debtor_portrait(
    debtors: pl.DataFrame, views: dy.DataFrame[DebtorView], debtor_floors: dy.DataFrame[DebtorFloor]
) -> dy.DataFrame[PublishedDebtor]:
    """Lay a debtor's facts and results side by side.

    Reads   debtors: facts; views, debtor_floors: per debtor.
    Writes  PublishedDebtor, one row a debtor with a loan in the book; tier_worst is that of its loans on the book.
    Source  design: every input of classification is published.
    """
    tier_worst = (
        pl.when(pl.col("loan_count") > 0)
        .then(pl.max_horizontal("item_tier_worst", "floor_tier"))
        .otherwise(pl.lit("pass", pl.Enum(TIERS)))
    )
    return PublishedDebtor.validate(
        beside(views, debtor_floors, by="debtor_no")
        .with_columns(tier_worst=tier_worst)
        .join(debtors, on="debtor_no", how="left", maintain_order="left")
        .select(PublishedDebtor.column_names())
    )
