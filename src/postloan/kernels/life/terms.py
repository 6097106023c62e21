"""What a life is made from: the terms of a loan, the order in which its cash is spread, and the events that happen."""

from enum import IntEnum
from typing import NamedTuple

from postloan.kernels import daycount

PRINCIPAL, INTEREST, FEE, PENALTY = range(4)
"""What an instalment consists of; a list of four amounts is always in this order."""

PAST_DUE, DUE, IN_ADVANCE = range(3)
"""Where an instalment stands on the day a payment comes in."""

NEXT, LAST, NEXT_THEN_LAST, ALL_ALIKE = range(4)
"""Which instalments not yet due take what a payment leaves: the nearest one, the furthest one, the one whose period is
running and then the furthest, or all of them in equal parts."""

DAYS, WEEKS, MONTHS = range(3)

SHARE_OF_MONTH, SHARE_OF_PERIOD = 5, 6
"""Two day counts beside the five of `daycount`. SHARE_OF_MONTH: a month is 30 days of 360, and a part of it counts by
its share of the month's own days. SHARE_OF_PERIOD: every period is the same part of a year, whatever its days."""


class Policy(NamedTuple):
    """How a payment is spread.

    order         (stage, component) pairs; what stands first is paid first.
    future        NEXT, LAST, NEXT_THEN_LAST or ALL_ALIKE.
    by_component  pay a component of every instalment before the next component; otherwise instalment by instalment.
    """

    order: tuple[tuple[int, int], ...]
    future: int = NEXT
    by_component: bool = False


INTEREST_FIRST = Policy(
    tuple((stage, part) for stage in (PAST_DUE, DUE, IN_ADVANCE) for part in (FEE, PENALTY, INTEREST, PRINCIPAL))
)
"""Costs, penalty, interest, principal, the oldest instalment first. The statutory order is costs, interest, principal
(Civil Code Art. 561); where penalty stands within interest is for the contract to say."""


class Terms(NamedTuple):
    """The terms of a loan and the arithmetic of its product.

    rate_e8              yearly rate.
    periods, every, unit the number of instalments, and how far apart they are due.
    due_day              day of the month they are due on, when it is not the day of paying out.
    method               a code of `schedule.CODES`: LEVEL, EQUAL_PRINCIPAL, FLAT, INTEREST_ONLY.
    day_count            a code of `daycount.CODES`, or one of the two above.
    year_days            days of a year for equal months and the actual counts of a fixed year; 0 takes the count's own.
    fixed_cents          a level instalment fixed by contract; 0 lets the formula find it.
    step_cents           instalments are whole multiples of it; `steps_up` rounds to the next one above.
    unit_cents           every amount is a whole multiple of it.
    is_half_even         ties go to the even neighbour; otherwise up.
    digits               significant digits that every product and quotient of a rate is rounded to; with the 50 that
                         are ours by default every rounding to cents is that of the exact amount.
    prorates             interest of a part of a period is that of all its days to the due day, shared out by days;
                         otherwise the day count of the part itself.
    levels_by_months     a level instalment is the annuity of equal months of 30 days, whatever days they have.
    shares_down          equal principal is rounded down, the last instalment taking the rest; a flat-rate instalment
                         is such a share and the period's interest. Otherwise the share is rounded as money is, and
                         flat-rate instalments are equal.
    evens_out            the difference of the last instalment is shared out over the tail.
    recalculates         a payment before its day lowers the interest of the days that are left.
    overdue_bears        principal that is past due goes on bearing interest, up to the day it is counted to.
    rests_by_period      interest is reckoned to the end of the period that is running, of arrears and of payments.
    settles_to_due       a payment in advance owes interest to the due day, not to the day of payment.
    from_the_eve         a new rate, a pause or an extension named for a day works from the evening before it.
    grace_periods        periods without principal at the start (EQUAL_PRINCIPAL).
    at_once_e8           the share of every disbursement that is due back on the same day.
    leap_by_period       366 days only where the period holds a 29 February (ACT/ACT).
    year_ends_early      a period over New Year is split at 31 December, not at 1 January (ACT/ACT).
    charged_off_by       what a charge-off does to the schedule: REGULAR, ZERO_INTEREST or ACCELERATE_ALL.
    """

    rate_e8: int
    periods: int
    policy: Policy
    method: int = 0
    every: int = 1
    unit: int = MONTHS
    due_day: int = 0
    day_count: int = daycount.THIRTY_360
    year_days: int = 0
    fixed_cents: int = 0
    step_cents: int = 1
    steps_up: bool = False
    unit_cents: int = 1
    is_half_even: bool = False
    digits: int = 50
    prorates: bool = False
    levels_by_months: bool = True
    shares_down: bool = True
    evens_out: bool = False
    recalculates: bool = True
    overdue_bears: bool = True
    rests_by_period: bool = False
    settles_to_due: bool = False
    from_the_eve: bool = False
    grace_periods: int = 0
    at_once_e8: int = 0
    leap_by_period: bool = False
    year_ends_early: bool = False
    charged_off_by: int = 0


REGULAR, ZERO_INTEREST, ACCELERATE_ALL = range(3)


class Kind(IntEnum):
    """What can happen to a loan.

    DISBURSE        money is paid out: the first lays out the schedule, a later one levels what follows it.
    PAY             a payment is spread by its policy.
    PREPAY          a payment beyond what is due lowers the principal on its day, and the tail is made anew.
    CHARGE          a fee or a penalty falls due.
    CHANGE_RATE     a new rate from a day on; the tail is levelled.
    EXTEND          more periods at the end; the tail is levelled.
    SHIFT           the due days from one on move; instalments stay, the last takes what that costs.
    PAUSE_INTEREST  days without interest; instalments stay.
    CAPITALISE      interest that is due and unpaid becomes principal; the tail is levelled.
    REAMORTISE      what is past due is spread over the instalments to come.
    REPLAN          all that is open goes into new instalments.
    ACCELERATE      all that is open falls due on a day.
    CHARGE_OFF      the loan is charged off; it goes on being owed, by the schedule the product says.
    WRITE_OFF       the loan leaves the book; cash that still comes waits in suspense.
    REVERSE         another event never happened.
    """

    DISBURSE = 0
    PAY = 1
    PREPAY = 2
    CHARGE = 3
    CHANGE_RATE = 4
    EXTEND = 5
    SHIFT = 6
    PAUSE_INTEREST = 7
    CAPITALISE = 8
    REAMORTISE = 9
    REPLAN = 10
    ACCELERATE = 11
    CHARGE_OFF = 12
    WRITE_OFF = 13
    REVERSE = 14


SHORTER_TERM, SMALLER_INSTALMENT = range(2)
"""What a prepayment does to the tail: the same instalment for fewer periods, or a smaller one for the same periods."""


class Event(NamedTuple):
    """One thing that happened, or is agreed to happen.

    on            the day it takes its place in the story; for a charge the day it is known, or due if that is earlier;
                  for a change of terms the day the change names.
    amount_cents  paid out, paid in, charged.
    component     FEE or PENALTY of a charge.
    rate_e8       the new yearly rate.
    until_on      due day of a charge; last day of a pause; the new due day of a shift; first due day of a new plan.
    number        periods added; instalments of a new plan; SHORTER_TERM or SMALLER_INSTALMENT; the place in the list of
                  the event that is reversed.
    every, unit   how far apart the instalments of a new plan are due.
    policy        how this payment is spread; None spreads it by the product's.
    """

    kind: Kind
    on: int
    amount_cents: int = 0
    component: int = FEE
    rate_e8: int = 0
    until_on: int = daycount.NEVER
    number: int = 0
    every: int = 1
    unit: int = MONTHS
    policy: Policy | None = None
