"""Results: what each step of the night leaves for the next."""

import dataframely as dy
import polars as pl

from postloan.tables.checked import Checked
from postloan.tables.units import (
    BUCKETS,
    COMPONENTS,
    HOLIDAY_ROLLS,
    RATE_KINDS,
    REPRICINGS,
    TIERS,
    PerDebtor,
    PerLoan,
)

LOAN_STATUSES = ("active", "settled", "written_off")
SCHEDULE_SOURCES = ("feed", "terms", "none")
BECOMES = ("waived", "principal", "instalments")


class Position(PerLoan):
    """A loan in the book on the day, and where its story begins: paid out, or taken on."""

    debtor_no = dy.Int64()
    begins_on = dy.Date()
    balance_cents = dy.Int64(min=0)
    accrued_cents = dy.Int64(min=0)
    penalty_cents = dy.Int64(min=0)
    compound_cents = dy.Int64(min=0)
    principal_cents = dy.Int64(min=0)
    disbursed_on = dy.Date()
    matures_on = dy.Date()
    method = dy.String()
    annual_rate_e8 = dy.Int64()
    day_count = dy.String()
    period_months = dy.Int64(min=1)
    due_day = dy.Int64(min=1, max=31)
    instalment_cents = dy.Int64(min=0)
    is_taken_on = dy.Bool()
    product = dy.String()
    grace_days = dy.Int32(min=0)
    penalty_factor_e8 = dy.Int64(min=0)
    compound_factor_e8 = dy.Int64(min=0)
    misuse_factor_e8 = dy.Int64(min=0)
    misused_from_on = dy.Date(nullable=True)
    accelerated_from_on = dy.Date(nullable=True)
    written_off_from_on = dy.Date(nullable=True)
    known_on = dy.Date()
    first_due_on = dy.Date(nullable=True)
    rate_kind = dy.Enum(RATE_KINDS)
    spread_e8 = dy.Int64()
    reprices = dy.Enum(REPRICINGS)
    reprice_months = dy.Int64()
    splits_periods = dy.Bool()
    holiday_roll = dy.Enum(HOLIDAY_ROLLS)
    roll_moves_interest = dy.Bool()
    amortization_months = dy.Int64()
    interest_only_periods = dy.Int64()
    step_periods = dy.Int64(min=1)
    step_cents = dy.Int64()
    step_factor_e8 = dy.Int64()


class RateChange(Checked):
    """A contract rate from a day on, by loan and day; with the prime rate behind it, where it follows one.

    Cast, not validated: as many as there are repricings, and made in order.
    """

    loan_no = dy.Int64()
    from_on = dy.Date()
    rate_e8 = dy.Int64()
    prime_rate_e8 = dy.Int64(nullable=True)
    prime_rate_on = dy.Date(nullable=True)


class RateInForce(PerLoan):
    """The contract rate of the day, and how it came."""

    rate_in_force_e8 = dy.Int64(min=0)
    rate_since_on = dy.Date(nullable=True)
    prime_rate_e8 = dy.Int64(nullable=True)
    prime_rate_on = dy.Date(nullable=True)


class Due(Checked):
    """An instalment as of the day, by loan and due day. Arrears at a take-on are instalments too.

    Cast, not validated: amounts were checked at intake, and the kernel that counts the rows refuses any out of order.
    """

    loan_no = dy.Int64()
    due_on = dy.Date()
    principal_cents = dy.Int64(min=0)
    interest_cents = dy.Int64(min=0)
    fee_cents = dy.Int64(min=0)


class ScheduleSource(PerLoan):
    """Where a loan's instalments come from, and how far they are from its balance."""

    schedule_source = dy.Enum(SCHEDULE_SOURCES)
    schedule_gap_cents = dy.Int64()


class Relief(Checked):
    """What leaves a loan's arrears on a day without cash, by loan, day and decision; and what becomes of it."""

    loan_no = dy.Int64()
    relieved_on = dy.Date()
    component = dy.Enum(COMPONENTS)
    amount_cents = dy.Int64(min=0)
    becomes = dy.Enum(BECOMES)


class Balances(PerLoan):
    """What each loan owes and has paid at close of the day."""

    outstanding_cents = dy.Int64(min=0)
    overdue_principal_cents = dy.Int64(min=0)
    overdue_interest_cents = dy.Int64(min=0)
    overdue_fee_cents = dy.Int64(min=0)
    penalty_cents = dy.Int64(min=0)
    compound_cents = dy.Int64(min=0)
    accrued_interest_cents = dy.Int64(min=0)
    paid_principal_cents = dy.Int64(min=0)
    paid_interest_cents = dy.Int64(min=0)
    paid_fee_cents = dy.Int64(min=0)
    paid_penalty_cents = dy.Int64(min=0)
    paid_compound_cents = dy.Int64(min=0)
    received_cents = dy.Int64(min=0)
    unapplied_cents = dy.Int64(min=0)
    waived_cents = dy.Int64(min=0)
    capitalised_cents = dy.Int64(min=0)
    reamortised_cents = dy.Int64(min=0)
    balance_days = dy.Int64(min=0)
    accounting_principal_cents = dy.Int64(min=0)
    accounting_income_cents = dy.Int64(min=0)
    oldest_principal_due_on = dy.Date(nullable=True)
    oldest_interest_due_on = dy.Date(nullable=True)
    next_due_on = dy.Date(nullable=True)
    last_paid_on = dy.Date(nullable=True)
    settled_on = dy.Date(nullable=True)

    @dy.rule()
    def cash_is_conserved(cls) -> pl.Expr:
        """What came in was either paid to something or waits unapplied."""
        paid_cents = (
            cls.paid_principal_cents.col
            + cls.paid_interest_cents.col
            + cls.paid_fee_cents.col
            + cls.paid_penalty_cents.col
            + cls.paid_compound_cents.col
        )
        return cls.received_cents.col == paid_cents + cls.unapplied_cents.col

    @dy.rule()
    def overdue_principal_is_outstanding(cls) -> pl.Expr:
        """A part cannot be greater than the whole."""
        return cls.overdue_principal_cents.col <= cls.outstanding_cents.col


class DebtService(PerLoan):
    """What falls due of a loan within a year, and fell due in the year up to the day."""

    service_year_cents = dy.Int64(min=0)
    matures_year_cents = dy.Int64(min=0)
    service_past_year_cents = dy.Int64(min=0)


class Spell(Checked):
    """Since the close of which day a loan that was late once has owed what is oldest, by loan and day.

    oldest_due_on is the due day of the oldest principal or interest unpaid since then, or null.
    Cast, not validated: the kernel writes the lines in order.
    """

    loan_no = dy.Int64()
    from_on = dy.Date()
    oldest_due_on = dy.Date(nullable=True)
    paid_principal_cents = dy.Int64(min=0)


class Late(Checked):
    """A stretch of days on which a loan was past due with one oldest due day.

    It lasts from its first day until, not with, the day on which that changed. Cast, not validated: made of spells row
    by row.
    """

    loan_no = dy.Int64()
    from_on = dy.Date()
    until_on = dy.Date()
    oldest_due_on = dy.Date()


class PaymentHistory(PerLoan):
    """How late a loan was at each of its last month-ends."""

    payment_string = dy.String(max_length=60)


class ExtensionLimit(PerLoan):
    """The last day to which a loan may be extended."""

    extension_latest_on = dy.Date(nullable=True)
    extension_cite = dy.String(nullable=True)
    is_extended_too_far = dy.Bool()


class InterestStanding(PerLoan):
    """Interest owed on and off the balance sheet, and whether what was charged passes what a court may reduce it to."""

    on_balance_interest_cents = dy.Int64(min=0)
    off_balance_interest_cents = dy.Int64(min=0)
    passes_court_cap = dy.Bool()


class Standing(PerLoan):
    """The balance that governs: ours, or the core's where the core is the book of record."""

    status = dy.Enum(LOAN_STATUSES)
    outstanding_cents = dy.Int64(min=0)
    own_outstanding_cents = dy.Int64(min=0)
    core_outstanding_cents = dy.Int64(nullable=True)
    balance_break_cents = dy.Int64(nullable=True)
    core_days_past_due = dy.Int32(nullable=True)
    written_off_cents = dy.Int64(min=0)
    transferred_cents = dy.Int64(min=0)
    asset_cents = dy.Int64(min=0)
    recovered_cents = dy.Int64(min=0)
    last_recovered_on = dy.Date(nullable=True)


class Funding(PerLoan):
    """What of each loan is the bank's own; of a loan that is not joint, all of it."""

    own_share_outstanding_cents = dy.Int64(min=0)
    partner_outstanding_cents = dy.Int64(min=0)
    own_share_overdue_principal_cents = dy.Int64(min=0)
    own_share_overdue_interest_cents = dy.Int64(min=0)


class Cover(PerLoan):
    """How much of each loan is secured by contract."""

    secured_cents = dy.Int64(min=0)


class DaysPastDue(PerLoan):
    """Calendar days past due at close of the day, by principal and by interest; the longer governs."""

    days_past_due_principal = dy.Int32(min=0)
    days_past_due_interest = dy.Int32(min=0)
    days_past_due = dy.Int32(min=0)
    bucket = dy.Enum(BUCKETS)
    delay_is_technical = dy.Bool()


class Floor(Checked):
    """The best tier that may be held, and the citation that says so."""

    floor_tier = dy.Enum(TIERS)
    floor_cite = dy.String(nullable=True)

    @dy.rule()
    def a_floor_below_pass_is_cited(cls) -> pl.Expr:
        """No tier worse than pass without the text that sets it."""
        return (cls.floor_tier.col == "pass") | cls.floor_cite.col.is_not_null()


class LoanFloor(Floor):
    """A floor per loan, or per loan and day, in the order of the rows it was asked for."""

    loan_no = dy.Int64()


class DebtorFloor(Floor):
    """A floor per debtor, or per debtor and day."""

    debtor_no = dy.Int64()


class ItemTier(Checked):
    """A loan's tier by its own facts, before its debtor's other debts are looked at."""

    loan_no = dy.Int64()
    item_tier = dy.Enum(TIERS)
    item_rule = dy.String(nullable=True)
    item_cite = dy.String(nullable=True)


class DebtorView(PerDebtor):
    """A debtor's debts at this bank, and what the credit bureau says of all banks."""

    is_retail = dy.Bool()
    loan_count = dy.Int64(min=0)
    exposure_cents = dy.Int64(min=0)
    overdue_cents = dy.Int64(min=0)
    npl_cents = dy.Int64(min=0)
    over_90_cents = dy.Int64(min=0)
    days_past_due_worst = dy.Int32(min=0)
    tier_worst = dy.Enum(TIERS)
    all_banks_cents = dy.Int64(nullable=True)
    all_banks_over_90_cents = dy.Int64(nullable=True)
    other_bank_npl = dy.Bool()


LOSS_PROVISIONS = ("general_provision_cents", "specific_provision_cents", "special_provision_cents")
"""What is set aside for a loan; the estimate of the standard method stands beside it."""


class Provisions(PerLoan):
    """What is to be set aside for a loan, of the bank's own share, and by which clauses."""

    general_provision_cents = dy.Int64(min=0)
    specific_provision_cents = dy.Int64(min=0)
    specific_provision_cite = dy.String(nullable=True)
    special_provision_cents = dy.Int64(min=0)
    special_provision_cite = dy.String(nullable=True)
    standard_method_cents = dy.Int64(min=0, nullable=True)

    @dy.rule()
    def a_provision_is_cited(cls) -> pl.Expr:
        """No specific or special provision without the text that asks for it."""
        specific = (cls.specific_provision_cents.col == 0) | cls.specific_provision_cite.col.is_not_null()
        return specific & ((cls.special_provision_cents.col == 0) | cls.special_provision_cite.col.is_not_null())


class GroupMember(PerDebtor):
    """A debtor of a group of connected customers that has loans on the book: what other members may have to know."""

    debtor_id = dy.String()
    group_id = dy.String()
    org_id = dy.String()
    exposure_cents = dy.Int64(min=0)
    tier = dy.Enum(TIERS)
    since_on = dy.Date()
