"""Tiers: what the class of a loan rests on, day by day, what it was judged to be, and how it came to it."""

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.tables.checked import Checked
from postloan.tables.units import LEGAL_FORMS, SIZE_CLASSES, TIERS, PerLoan


class Known(Checked):
    """What is known of a loan on a day that may bear on its tier.

    originated_on         day of signing, or of paying out.
    clean_since_on        the day since which nothing is overdue; null while something is.
    renews_pass_loan      the loan it renewed was neither past due nor restructured when this one was signed.
    is_renewed_in_time    that loan had not matured yet.
    observation_ends_on   of a restructured loan: when it may leave observation, if it pays until then.
    """

    originated_on = dy.Date()
    period_months = dy.Int64(min=1)
    clean_since_on = dy.Date(nullable=True)
    use_changed = dy.Bool()
    impaired = dy.Bool()
    impaired_share_e8 = dy.Int64(nullable=True)
    rating_fall = dy.Bool()
    evasion = dy.Bool()
    bankruptcy = dy.Bool()
    manual_tier = dy.Enum(TIERS, nullable=True)
    upgrade_decided_on = dy.Date(nullable=True)
    merged_on = dy.Date(nullable=True)
    is_restructured = dy.Bool()
    is_repeat_restructured = dy.Bool()
    observation_ends_on = dy.Date(nullable=True)
    is_refinanced = dy.Bool()
    is_no_principal_renewal = dy.Bool()
    renews_pass_loan = dy.Bool()
    is_renewed_in_time = dy.Bool()


class Class(Checked):
    """What a loan was judged to be on a day: every floor, the tier, and what set it.

    item_tier   by the loan's own facts, held where it may not improve yet.
    is_held     it would be better by its facts, and waits for an upgrade.
    """

    overdue_floor_tier = dy.Enum(TIERS)
    overdue_floor_cite = dy.String(nullable=True)
    fact_floor_tier = dy.Enum(TIERS)
    fact_floor_cite = dy.String(nullable=True)
    restructuring_floor_tier = dy.Enum(TIERS)
    restructuring_floor_cite = dy.String(nullable=True)
    manual_floor_tier = dy.Enum(TIERS)
    manual_floor_cite = dy.String(nullable=True)
    item_tier = dy.Enum(TIERS)
    is_held = dy.Bool()
    debtor_floor_tier = dy.Enum(TIERS)
    debtor_floor_cite = dy.String(nullable=True)
    tier = dy.Enum(TIERS)
    tier_rule = dy.String(nullable=True)
    tier_cite = dy.String(nullable=True)

    @dy.rule()
    def a_tier_below_pass_is_cited(cls) -> pl.Expr:
        """No tier worse than pass without the text that sets it."""
        return (cls.tier.col == "pass") | cls.tier_cite.col.is_not_null()


class LoanDay(Known):
    """A loan on a day of its life: all that its class may rest on. Rows stand by debtor, day and loan.

    Of most loans nothing is known that could bear on their tier, and they have no row. A loan that has one has a row
    for each day on which something changed, and for the business date. Where debts touch one another, all loans of the
    debtor have rows for the same days.

    days_past_due   that govern on the day; worst_days_past_due: the longest since the row before.
    debt_cents      principal outstanding, the bank's own share; nothing where the loan is not on the book.
    """

    loan_no = dy.Int64()
    debtor_no = dy.Int64()
    on = dy.Date()
    disbursed_on = dy.Date()
    is_on_book = dy.Bool()
    legal_form = dy.Enum(LEGAL_FORMS, nullable=True)
    size_class = dy.Enum(SIZE_CLASSES, nullable=True)
    debt_cents = dy.Int64(min=0)
    days_past_due = dy.Int32(min=0)
    worst_days_past_due = dy.Int32(min=0)
    delay_is_technical = dy.Bool()
    all_banks_cents = dy.Int64(nullable=True)
    all_banks_over_90_cents = dy.Int64(nullable=True)
    other_bank_npl = dy.Bool()


class Between(Checked):
    """What happened to loans between their rows and no row shows; the same rows as the LoanDay it goes with.

    A night has a row for every day on which something changed, and needs none of this. A replay has a row a published
    day, and takes from what was published then that something did happen before it.

    was_bad         by its own facts it was non-performing since its row before.
    was_tier        the tier it had since then; null where its rows tell.
    was_upgraded    a decision since then did upgrade it, though something was overdue again after it.
    improved_first  a merger since then found it improved already, and bars nothing of that.
    """

    was_bad = dy.Bool()
    was_tier = dy.Enum(TIERS, nullable=True)
    was_upgraded = dy.Bool()
    improved_first = dy.Bool()


class Judged(LoanDay, Class):
    """A loan's class on each of its days.

    is_free                 it moves by its days past due alone.
    is_upgraded             a decision of the day upgrades the debtor's loans.
    debtor_clean_since_on   since when nothing of the debtor's is overdue; null while something is.
    clean_months            for how long that must be so before a decision may upgrade.
    """

    is_retail = dy.Bool()
    is_free = dy.Bool()
    item_rule = dy.String(nullable=True)
    item_cite = dy.String(nullable=True)
    is_upgraded = dy.Bool()
    debtor_clean_since_on = dy.Date(nullable=True)
    clean_months = dy.Int32(min=0)
    exposure_cents = dy.Int64(min=0)
    npl_cents = dy.Int64(min=0)
    over_90_cents = dy.Int64(min=0)


class TierHistory(PerLoan, Known, Class):
    """A loan's class on the day, what it rests on, and how the loan came to it; every loan of the book has a row.

    tier_yesterday, tier_last_quarter  at close of the day before, and of the last day of the quarter before; null
                                       where the loan was not in the book.
    tier_before, tier_before_cite      what it was before the tier it has, and by which clause; null where it never
                                       moved.
    month_worst_days_past_due          the longest that it was past due at a close of the month.
    may_upgrade_from_on                of a non-performing loan that waits: the first day on which a decision may
                                       upgrade it, if nothing is overdue until then.
    """

    month_worst_days_past_due = dy.Int32(min=0)
    may_upgrade_from_on = dy.Date(nullable=True)
    grade = dy.String(nullable=True)
    tier_since_on = dy.Date()
    tier_before = dy.Enum(TIERS, nullable=True)
    tier_before_cite = dy.String(nullable=True)
    tier_yesterday = dy.Enum(TIERS, nullable=True)
    tier_last_quarter = dy.Enum(TIERS, nullable=True)


def place_of(days: pl.DataFrame) -> NDArray[np.int32]:
    """Number the loans of some days from 0 without gaps, in the order of their numbers."""
    return (days["loan_no"].rank("dense").cast(pl.Int32) - 1).to_numpy()


def tiers_of(codes: pl.Series) -> pl.Series:
    """The tiers of their ranks, 0 best; null stays null."""
    return pl.Series(TIERS, dtype=pl.Enum(TIERS)).gather(codes.cast(pl.UInt32))


def ranks_of(tiers: pl.Series) -> NDArray[np.int8]:
    """The ranks of tiers, 0 best."""
    return tiers.to_physical().cast(pl.Int8).to_numpy()
