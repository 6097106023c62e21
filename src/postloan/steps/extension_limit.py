"""The extension limit: the last day to which a loan may be extended, by the law on the day it was signed."""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

from postloan.kernels import extension as kernel
from postloan.kernels.daycount import NEVER
from postloan.rules.servicing import ExtensionLimits
from postloan.tables.days import days_of
from postloan.tables.results import ExtensionLimit


def extension_limit(
    loans: pl.DataFrame, debtors: pl.DataFrame, *, limits: Sequence[ExtensionLimits]
) -> dy.DataFrame[ExtensionLimit]:
    """Say of each loan how far it may be extended, and whether it was extended farther.

    Reads   loans: facts of `loan` in the book; debtors: legal_form; limits: the versions of the rule, oldest first.
    Writes  extension_latest_on and its citation, both empty where the law names no day (a product's longest term, or a
            loan older than the rule); is_extended_too_far: the maturity now lies beyond it.
    Source  rulebook: extension_limits (regulations LN-17 to LN-19).

    The law of the day of signing binds; a loan without one was signed when it was paid out.
    """
    book = loans.select(
        "loan_no",
        "debtor_no",
        "disbursed_on",
        "matures_on",
        signed_on=pl.coalesce("signed_on", "disbursed_on"),
        first_matures_on=pl.coalesce("original_matures_on", "matures_on"),
    ).join(debtors.select("debtor_no", "legal_form"), on="debtor_no", how="left", maintain_order="left")
    begins, ends = _days(book["disbursed_on"]), _days(book["first_matures_on"])
    months_whole, days_beyond = kernel.terms(begins, ends)
    # A begun month counts whole.
    line = _line_of(book.with_columns(term_months=pl.Series(months_whole + (days_beyond > 0))), limits)
    lines = [each for version in limits for each in version.lines]
    share_e8 = [-1 if each.at_most_share_e8 is None else each.at_most_share_e8 for each in lines]
    months = [-1 if each.at_most_months is None else each.at_most_months for each in lines]

    def of_line(values: list[int]) -> pl.Series:
        return pl.Series([*values, -1], dtype=pl.Int64).gather(line)

    latest_on = days_of(
        kernel.latest(ends, months_whole, days_beyond, of_line(share_e8).to_numpy(), of_line(months).to_numpy()), NEVER
    )
    cites = pl.Series([*(str(each.cite) for each in lines), None], dtype=pl.String).gather(line)
    return ExtensionLimit.validate(
        book.select("loan_no", "matures_on", extension_latest_on=latest_on, extension_cite=cites).select(
            "loan_no",
            "extension_latest_on",
            extension_cite=pl.when(pl.col("extension_latest_on").is_not_null()).then("extension_cite"),
            is_extended_too_far=(pl.col("matures_on") > pl.col("extension_latest_on")).fill_null(value=False),
        )
    )


def _line_of(book: pl.DataFrame, limits: Sequence[ExtensionLimits]) -> pl.Series:
    """Number the line that binds each loan, over all versions; the number beyond the last where none does."""
    none = sum(len(version.lines) for version in limits)
    chosen, at = pl.lit(none), 0
    for version in limits:
        of_version, numbers = pl.lit(none), range(at, at + len(version.lines))
        for number, each in reversed(list(zip(numbers, version.lines, strict=True))):
            is_met = pl.lit(value=True) if each.debtors == "all" else pl.col("legal_form") == each.debtors
            if each.term_up_to_months is not None:
                is_met = is_met & (pl.col("term_months") <= each.term_up_to_months)
            of_version = pl.when(is_met).then(pl.lit(number)).otherwise(of_version)
        chosen = pl.when(pl.col("signed_on") >= version.since).then(of_version).otherwise(chosen)
        at += len(version.lines)
    return book.select(line=chosen).to_series()


def _days(days: pl.Series) -> kernel.Days:
    return days.to_physical().to_numpy()
