"""What a day changes in the ledger of disposal: debtors with bad loans, and what is off the book and pursued."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from postloan.desk.book.narrow import loan_rows
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.days import BusinessDay
from postloan.desk.disposal.models import DisposalCase, Outcome
from postloan.desk.disposal.pursued import pursued_rows
from postloan.tables.units import NON_PERFORMING, TIERS

FACTS = (
    "debtor_name", "org_id", "product", "legal_form", "tier", "loan_count", "balance_cents", "debt_cents", "off_cents",
)  # fmt: skip
"""What a case says of its debtor that a night may change."""


def debtors_of_day(day: BusinessDay) -> pl.DataFrame:
    """The debtors with a non-performing loan on the book, or one written off and pursued: FACTS, and whose they are.

    Of a debtor that collection handed over to court, the loans past due are among them, as long as it is there.

    Returns debtor_id, org_id, officer_id, FACTS, is_on_book; the office and officer are those of the largest loan. What
    is off the book has no tier there any more, and is a loss here.
    """
    wanted = ("debtor_id", "org_id", "officer_id", "debtor_name", "product", "legal_form")
    bad = _bad_loans(day).select(
        *wanted, "tier",
        balance_cents="outstanding_cents", off_cents=pl.lit(0, pl.Int64), is_on_book=pl.lit(value=True),
        debt_cents=pl.col("outstanding_cents") + pl.col("arrears_cents").fill_null(0),
    )  # fmt: skip
    ended = Outcome.objects.filter(state=Outcome.State.ENDED).values_list("loan_id", flat=True)
    off = pursued_rows(day).filter(~pl.col("loan_id").is_in(list(ended)) & (pl.col("left_cents") > 0)).select(
        *wanted, tier=pl.lit("loss"), balance_cents=pl.lit(0, pl.Int64), off_cents="left_cents",
        is_on_book=pl.lit(value=False), debt_cents=pl.lit(0, pl.Int64),
    )  # fmt: skip
    return (
        pl.concat([bad, off.select(bad.columns)], how="vertical_relaxed")
        .sort("is_on_book", "balance_cents", descending=True, maintain_order=True)
        .group_by("debtor_id", maintain_order=True)
        .agg(
            pl.col("org_id", "officer_id", "debtor_name", "product", "legal_form").first(),
            pl.col("tier").cast(pl.Enum(TIERS)).max().cast(pl.String),
            pl.col("balance_cents", "debt_cents", "off_cents").sum(),
            pl.col("is_on_book").any(),
            loan_count=pl.col("is_on_book").sum().cast(pl.Int64),
        )
        .with_columns(
            pl.col("debtor_name").fill_null(pl.col("debtor_id")), pl.col("product", "legal_form").fill_null("")
        )
    )


def running_cases() -> pl.DataFrame:
    """The running cases: pk, debtor_id, state, and what each says of its debtor."""
    names = ("pk", "debtor_id", "state", *FACTS)
    kinds = {name: pl.Int64 if name == "pk" or name.endswith(("_cents", "_count")) else pl.String for name in names}
    rows = DisposalCase.objects.filter(state__in=DisposalCase.RUNNING).order_by("pk").values_list(*names)
    return _frame(rows, kinds)


def _bad_loans(day: BusinessDay) -> pl.DataFrame:
    sued = CollectionCase.objects.filter(state=CollectionCase.State.COURT).values_list("debtor_id", flat=True)
    is_sued = pl.col("debtor_id").is_in(list(sued))
    rows = loan_rows(day).filter(pl.col("status") == "active", is_bad(is_sued=is_sued))
    return rows.with_columns(pl.col("org_id", "product", "legal_form", "tier").cast(pl.String))


def is_bad(*, is_sued: pl.Expr) -> pl.Expr:
    """Whether a loan on the book is disposed of: non-performing, or past due where its debtor is taken to court."""
    return pl.col("tier").cast(pl.String).is_in(NON_PERFORMING) | (is_sued & (pl.col("days_past_due") > 0))


def _frame(rows: Iterable[Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")
