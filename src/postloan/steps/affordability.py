"""Affordability: what a debtor is to pay, against the income or the earnings it is paid from."""

from datetime import date

import polars as pl

from postloan.rules.figures import ONE_E8
from postloan.rules.rate_risk import RateRiskLaw

INCOME = "annual_income"
EARNINGS = ("total_profit", "net_profit", "income_tax", "interest_expense", "finance_expense")
_MONTHS = 12


def pays_from(statements: pl.DataFrame, *, law: RateRiskLaw, on: date) -> pl.DataFrame:
    """Find what debtors pay from, whatever rates do.

    Reads   statements: facts of `statement`, debtor_no, period_end_on, item, value_cents.
    Writes  debtor_no, income_cents, and earned_cents with the interest_cents that they cover; null where unknown.
    Source  rulebook: rate_risk.
    """
    since = pl.lit(on).dt.offset_by(f"-{law.statements.within_months}mo")
    known = statements.filter((pl.col("period_end_on") <= on) & (pl.col("period_end_on") >= since))
    return _incomes(known).join(_earnings(known), on="debtor_no", how="full", coalesce=True)


def affordability(debtors: pl.DataFrame, paid_from: pl.DataFrame, *, law: RateRiskLaw) -> pl.DataFrame:
    """Say of each debtor what is paid against what it is paid from, before and after rates move.

    Reads   debtors: debtor_no, legal_form, before_cents and after_cents: the instalments of a month; rise_year_cents of
            interest; paid_from: see `pays_from`.
    Writes  the same rows and kind: pays_from_income or pays_from_earnings; before_e8 and after_e8: instalments over
            income, or earnings over interest, null where they are unknown; was_over and is_over: beyond the bound.
    Source  rulebook: rate_risk. Earnings are before interest and tax, of a whole year; interest is that of the same
            statement, at all banks, and what it rises by here.
    """
    has_income = pl.col("legal_form").cast(pl.String).is_in(list(law.burden.legal_forms))
    rows = debtors.join(paid_from, on="debtor_no", how="left", maintain_order="left")
    wide = {name: pl.col(name).cast(pl.Int128) for name in ("before_cents", "after_cents", "interest_cents")}
    income, earned = pl.col("income_cents").cast(pl.Int128), pl.col("earned_cents").cast(pl.Int128)
    more = wide["interest_cents"] + pl.col("rise_year_cents")
    ratios = {
        "before_e8": (wide["before_cents"] * _MONTHS, income, earned, wide["interest_cents"]),
        "after_e8": (wide["after_cents"] * _MONTHS, income, earned, more),
    }
    share, times = law.burden.over_share_e8, law.cover.below_times_e8
    return rows.select(
        *debtors.columns,
        kind=pl.when(has_income).then(pl.lit("pays_from_income")).otherwise(pl.lit("pays_from_earnings")),
        **{
            name: pl.when(has_income).then(_over(paid, of)).otherwise(_over(gained, interest))
            for name, (paid, of, gained, interest) in ratios.items()
        },
        **{
            flag: pl.when(has_income).then(paid * ONE_E8 > share * of).otherwise(gained * ONE_E8 < times * interest)
            for flag, (paid, of, gained, interest) in zip(("was_over", "is_over"), ratios.values(), strict=True)
        },
    )


def _over(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A ratio in 1e-8, rounded down; the bounds are compared without it."""
    return (part * ONE_E8 // whole).cast(pl.Int64, strict=False)


def _incomes(known: pl.DataFrame) -> pl.DataFrame:
    """The latest income of each debtor; one of nothing says nothing."""
    latest = known.filter(pl.col("item") == INCOME).sort("period_end_on").unique("debtor_no", keep="last")
    return latest.filter(pl.col("value_cents") > 0).select("debtor_no", income_cents="value_cents")


def _earnings(known: pl.DataFrame) -> pl.DataFrame:
    """Earnings before interest and tax, and the interest, of each debtor's latest whole year that says both."""
    is_year = (pl.col("period_end_on").dt.month() == _MONTHS) & pl.col("item").is_in(EARNINGS)
    stated = {item: pl.col("value_cents").filter(pl.col("item") == item).first() for item in EARNINGS}
    profit = pl.coalesce("total_profit", pl.col("net_profit") + pl.col("income_tax").fill_null(0))
    interest = pl.coalesce("interest_expense", "finance_expense")
    return (
        known.filter(is_year)
        .group_by("debtor_no", "period_end_on")
        .agg(**stated)
        .select("debtor_no", "period_end_on", earned_cents=profit + interest, interest_cents=interest)
        .filter(pl.col("earned_cents").is_not_null() & (pl.col("interest_cents") > 0))
        .sort("period_end_on")
        .unique("debtor_no", keep="last")
        .drop("period_end_on")
    )
