"""Rates: when the rates of a published day's book change next, and what a move of them does to its borrowers.

One pass over the shards: the published loans, and what falls due of them as the night finds it. Only loans are known
here: it is the asset side of a bank's gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from postloan.plan.inputs import NO_NEIGHBOURS, Inputs, read_inputs
from postloan.plan.night import Planned, planned
from postloan.plan.published_day import published_day
from postloan.plan.rate_paths import Paths, paths_of
from postloan.rules.rate_risk import RateRiskLaw
from postloan.rules.rulebook import Policy
from postloan.snapshot.read import scan_loans
from postloan.steps.affordability import affordability, pays_from
from postloan.steps.contract_rates import reprices_next
from postloan.steps.first_instalments import first_instalments
from postloan.steps.repricing_gap import repricing_gap
from postloan.tables.units import NON_PERFORMING, PAID_EVENLY

TREATMENTS = (
    "by_terms",  # floating: its schedule is made anew by its terms
    "by_plan",  # floating: its principals stay as planned, its interest is made anew
    "nothing_due",  # floating, and no instalment is to come: it has no price
    "no_more",  # floating, and not repriced again before it matures
    "fixed",
    "no_interest",
    "non_performing",
)
"""How a move of the prime rates reaches a loan, or why it does not."""

_BALANCES = ("outstanding_cents", "own_share_outstanding_cents", "overdue_principal_cents")
_PUBLISHED = (
    "loan_no", "debtor_no", "debtor_id", "product", "legal_form", "method", "period_months", "disbursed_on",
    "matures_on", "rate_in_force_e8", "status", "tier", "exposure_kind", *_BALANCES,
)  # fmt: skip
_EVEN = ("level_instalment", "equal_principal", "flat_rate", "step_arithmetic", "step_geometric", "daily_interest")
_MONTHS = 12


class Found(NamedTuple):
    """What is found of whole debtors; it adds up over shards. Amounts are the bank's own share but for instalments.

    gap         by product and is_floating: the buckets of the rule, and rate_risk.APART.
    treatments  by treatment: loans, own_share_outstanding_cents.
    shocks      by shock and kind of debtor, see _COUNTED.
    debtors     those whose instalments rise most by the last shock, see affordability.
    """

    gap: pl.DataFrame
    treatments: pl.DataFrame
    shocks: pl.DataFrame
    debtors: pl.DataFrame


@dataclass(frozen=True)
class RateRisk:
    """What is found of a bank's rates, and the rule by which it was asked."""

    law: RateRiskLaw
    found: Found


def rate_risk(home: Path, on: date) -> RateRisk:
    """Find when the rates of a published day's book change, and what the rule's moves do. Raises NothingPublished.

    Source: rulebook: rate_risk.
    """
    day = published_day(home, on)
    law = day.rulebook.version("rate_risk", RateRiskLaw, day.law_of)
    parts = []
    for shard in range(day.facts.layout.shards):
        inputs = read_inputs(day.facts, shard, NO_NEIGHBOURS)
        loans = scan_loans(home, on, shard=shard).select(_PUBLISHED).sort("loan_no").collect()
        due = planned(inputs, day.policy, on=on)
        parts.append(rates_of(loans, due, inputs, day.policy, law, on=on))
    return RateRisk(law, _together(parts, law))


def rates_of(loans: pl.DataFrame, due: Planned, inputs: Inputs, policy: Policy, law: RateRiskLaw, *, on: date) -> Found:
    """Find the same of whole debtors: their loans as a night publishes them, and what it says falls due."""
    book = _book(loans, due, law, on)
    gap = repricing_gap(book, due.dues, law=law, on=on)
    floating = book.filter(
        pl.col("stands").is_null() & pl.col("resets_on").is_not_null() & (pl.col("to_come_cents") > 0)
    )
    moves = (0, *(move.move_e8 for move in law.shocks))
    asked = floating.select("loan_no", "resets_on", "to_come_cents", "rate_in_force_e8")
    paths = paths_of(asked, due, inputs, policy, moves, on=on)
    book = book.with_columns(treatment=_treatment(paths))
    before, *after = _burdens(book, paths, due, on)
    paid_from = pays_from(inputs.statement, law=law, on=on)
    shocks = [
        affordability(_by_debtor(book, before, moved), paid_from, law=law).with_columns(shock=pl.lit(move.name))
        for move, moved in zip(law.shocks, after, strict=True)
    ]
    products = pl.concat(
        [book.select("product", is_floating=pl.col("resets_on").is_not_null()), gap.drop("loan_no")], how="horizontal"
    )
    treated = book.filter("is_active").group_by("treatment").agg(
        pl.len().cast(pl.Int64).alias("loans"), pl.col("own_share_outstanding_cents").sum()
    )  # fmt: skip
    return Found(
        products.group_by("product", "is_floating").sum(),
        treated,
        pl.concat(each.group_by("shock", "kind").agg(**_COUNTED) for each in shocks),
        _largest(shocks[-1], law),
    )


def _book(loans: pl.DataFrame, due: Planned, law: RateRiskLaw, on: date) -> pl.DataFrame:
    """The loans of the day and what rates ask of them; what is off the book has no balance."""
    is_active = pl.col("status") == "active"
    stands = (
        pl.when(pl.col("tier").is_in(NON_PERFORMING)).then(pl.lit("non_performing"))
        .when(pl.col("exposure_kind").cast(pl.String).is_in(list(law.no_interest.exposure_kinds)))
        .then(pl.lit("no_interest"))
    )  # fmt: skip
    to_come = pl.col("outstanding_cents") - pl.col("overdue_principal_cents")
    return (
        loans.with_columns(
            is_active=is_active, stands=stands,
            **{name: pl.when(is_active).then(name).otherwise(0) for name in _BALANCES},
        )
        .join(reprices_next(due.held, on=on), on="loan_no", how="left", maintain_order="left")
        .with_columns(to_come_cents=pl.max_horizontal(0, to_come))
    )  # fmt: skip


def _treatment(paths: Paths) -> pl.Expr:
    """Say how a move reaches a loan of the book: one of TREATMENTS."""
    number = pl.col("loan_no")
    return (
        pl.when(pl.col("stands").is_not_null()).then("stands")
        .when(number.is_in(paths.by_terms.implode())).then(pl.lit("by_terms"))
        .when(number.is_in(paths.by_plan.implode())).then(pl.lit("by_plan"))
        .when(pl.col("resets_on").is_not_null()).then(pl.lit("nothing_due"))
        .when("floats").then(pl.lit("no_more"))
        .otherwise(pl.lit("fixed"))
    )  # fmt: skip


def _burdens(book: pl.DataFrame, paths: Paths, due: Planned, on: date) -> list[pl.DataFrame]:
    """What each loan asks of its borrower: now, and after each move of the prime rates.

    Each has loan_no, month_cents and interest_year_cents. A loan that no move reaches asks what falls due next. What is
    repaid at once at the end is not paid from a month's income.
    """
    others = book.filter(pl.col("is_active") & pl.col("treatment").is_in(["no_more", "fixed"]))
    asked = others.select("loan_no", after_on=pl.lit(on), is_whole=pl.lit(value=False))
    stay = first_instalments(asked, due.dues)
    whole_term = (pl.col("matures_on").dt.year() - pl.col("disbursed_on").dt.year()) * _MONTHS + (
        pl.col("matures_on").dt.month() - pl.col("disbursed_on").dt.month()
    )
    terms = book.select(
        "loan_no",
        is_even=pl.col("method").cast(pl.String).is_in(PAID_EVENLY),
        months=pl.when(method="bullet").then(pl.max_horizontal(1, whole_term)).otherwise("period_months"),
    )
    asks_principal = pl.col("is_even") | ~pl.col("is_last")
    paid = pl.col("interest_cents") + pl.col("fee_cents") + pl.when(asks_principal).then("principal_cents").otherwise(0)
    months = pl.col("months")
    return [
        pl.concat([rows, stay])
        .join(terms, on="loan_no", maintain_order="left")
        .select(
            "loan_no",
            month_cents=(2 * paid + months) // (2 * months),
            interest_year_cents=(2 * _MONTHS * pl.col("interest_cents") + months) // (2 * months),
        )
        for rows in paths.instalments
    ]


def _by_debtor(book: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Sum up what debtors with a loan that a move reaches pay a month, before and after it."""
    paid = before.rename({"month_cents": "before_cents"}).with_columns(
        after_cents=after["month_cents"],
        rise_year_cents=after["interest_year_cents"] - before["interest_year_cents"],
    )
    return (
        book.filter(pl.col("is_active") & pl.col("stands").is_null())
        .join(paid, on="loan_no", how="left")
        .group_by("debtor_no")
        .agg(
            pl.col("debtor_id", "legal_form").first(),
            pl.col("before_cents", "after_cents", "rise_year_cents").sum(),
            exposure_cents=pl.col("own_share_outstanding_cents").sum(),
            is_met=pl.col("treatment").is_in(["by_terms", "by_plan"]).any(),
        )
        .filter("is_met")
        .drop("is_met")
        .sort("debtor_no")
    )


_IS_KNOWN = pl.col("is_over").is_not_null()
_CROSSES = pl.col("is_over") & ~pl.col("was_over")
_COUNTED = {
    "debtors": pl.len().cast(pl.Int64),
    "exposure_cents": pl.col("exposure_cents").sum(),
    "before_cents": pl.col("before_cents").sum(),
    "after_cents": pl.col("after_cents").sum(),
    "over_before": pl.col("was_over").sum().cast(pl.Int64),
    "crosses": _CROSSES.sum().cast(pl.Int64),
    "crosses_cents": pl.col("exposure_cents").filter(_CROSSES).sum(),
    "unknown": (~_IS_KNOWN).sum().cast(pl.Int64),
    "unknown_cents": pl.col("exposure_cents").filter(~_IS_KNOWN).sum(),
}
"""Of the debtors that a shock reaches: how many, what they owe, and pay a month before and after; how many were beyond
the bound before, how many pass it, of how many nobody knows what they pay from."""


def _largest(debtors: pl.DataFrame, law: RateRiskLaw) -> pl.DataFrame:
    rise = pl.col("after_cents") - pl.col("before_cents")
    return debtors.sort(rise, "debtor_no", descending=[True, False]).head(law.largest.shown)


def _together(parts: Sequence[Found], law: RateRiskLaw) -> Found:
    gap, treatments, shocks, debtors = (pl.concat(each) for each in zip(*parts, strict=True))
    return Found(
        gap.group_by("product", "is_floating").sum().sort("product", "is_floating"),
        treatments.group_by("treatment").sum(),
        shocks.group_by("shock", "kind").sum(),
        _largest(debtors, law),
    )
