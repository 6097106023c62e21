"""The standing of interest: on or off the balance sheet, and within what a court would uphold."""

import dataframely as dy
import polars as pl

from postloan.rules.servicing import InterestBounds
from postloan.tables.beside import beside
from postloan.tables.results import Balances, DaysPastDue, InterestStanding

_ONE_E8 = 10**8
_DAYS_OF_YEAR = 365


def interest_standing(
    balances: dy.DataFrame[Balances], overdue: dy.DataFrame[DaysPastDue], *, bounds: InterestBounds
) -> dy.DataFrame[InterestStanding]:
    """Split what is owed of interest, and compare what was charged with the yearly cap.

    Reads   balances; overdue: days past due that govern.
    Writes  on_balance_interest_cents and off_balance_interest_cents: interest due and accrued, penalty and compound
            interest; passes_court_cap: all charges so far, paid, owed or made principal, are more than the
            cap's yearly share of the principal outstanding day by day.
    Source  rulebook: interest_bounds (regulations PRV-50; servicing: the cap is a warning, not a stop).

    The share is compared as whole products in 128 bits: charges x 365 days against share x cents by days.
    """
    owed_cents = pl.sum_horizontal(
        "overdue_interest_cents", "accrued_interest_cents", "penalty_cents", "compound_cents"
    )
    charged_cents = owed_cents + pl.sum_horizontal(
        "overdue_fee_cents",
        "paid_fee_cents",
        "paid_interest_cents",
        "paid_penalty_cents",
        "paid_compound_cents",
        "capitalised_cents",
    )
    is_off = pl.col("days_past_due") > bounds.off_balance.over_days
    charged = charged_cents.cast(pl.Int128) * (_DAYS_OF_YEAR * _ONE_E8)
    upheld = pl.col("balance_days").cast(pl.Int128) * bounds.court_cap.over_share_e8
    return InterestStanding.validate(
        beside(balances, overdue.select("loan_no", "days_past_due")).select(
            "loan_no",
            on_balance_interest_cents=pl.when(is_off).then(0).otherwise(owed_cents),
            off_balance_interest_cents=pl.when(is_off).then(owed_cents).otherwise(0),
            passes_court_cap=charged > upheld,
        )
    )
