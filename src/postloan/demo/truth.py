"""The truth of the demo: where every loan stood at every month-end, worked out from the instalments and the money."""

from dataclasses import dataclass

import numpy as np

from postloan.demo.behaviour import Payments
from postloan.demo.dates import Days, month_of
from postloan.demo.draws import Bools, Indexes, Ints
from postloan.demo.lines import Window
from postloan.demo.loans import Loans
from postloan.demo.schedules import Schedule

CURRENT, LATE, DEFAULTED, CLOSED, UNBORN = range(5)
STATE_NAMES = ("current", "late", "defaulted", "closed")
DEFAULT_DAYS = 90


@dataclass(frozen=True)
class Standing:
    """Where each loan stood at close of one day, one row a loan of the book.

    oldest_principal_on, oldest_interest_on  due days of the oldest unpaid of each; meaningless where none is.
    """

    on: int
    state: Indexes
    days_past_due: Indexes
    outstanding_cents: Ints
    overdue_principal_cents: Ints
    overdue_interest_cents: Ints
    oldest_principal_on: Days
    oldest_interest_on: Days


class Accounts:
    """Running totals of what fell due and what was paid, month by month."""

    def __init__(self, loans: Loans, schedule: Schedule, payments: Payments, settled_on: Days, window: Window) -> None:
        self.loans, self.schedule, self.settled_on, self.window = loans, schedule, settled_on, window
        self.principal_to = np.concatenate(([0], np.cumsum(schedule.principal_cents)))
        self.interest_to = np.concatenate(([0], np.cumsum(schedule.interest_cents)))
        self.owed_to = self.principal_to + self.interest_to
        first = int(month_of(window.ends)[0])
        self._due_month = np.maximum(month_of(schedule.due) - first, 0).astype(np.int16)
        self._paid_month = np.maximum(month_of(payments.paid_on) - first, 0).astype(np.int16)
        self._signed = np.where(payments.is_reversal, -payments.amount_cents, payments.amount_cents)
        self._payer = payments.loan
        self._cash = np.zeros(len(loans), dtype=np.int64)
        self._fallen = np.zeros(len(loans), dtype=np.int64)
        self._month = 0

    def next_month(self) -> Standing:
        """The standing at the next month-end."""
        month, size = self._month, len(self.loans)
        money = self._paid_month == month
        # Sums of cents stay below 2**53, where floats are exact.
        self._cash += np.bincount(self._payer[money], self._signed[money], size).astype(np.int64)
        self._fallen += np.bincount(self.schedule.owner[self._due_month == month], minlength=size)
        self._month += 1
        return self._stand(int(self.window.ends[month]))

    def _stand(self, on: int) -> Standing:
        first, due = self.schedule.first, np.append(self.schedule.due, 0).astype(np.int32)
        reached = first + self._fallen
        fell_due = self.owed_to[reached] - self.owed_to[first]
        applied = np.minimum(self._cash, fell_due)
        at = self.owed_to[first] + applied
        oldest = np.searchsorted(self.owed_to, at, side="right") - 1
        inside = at - self.owed_to[oldest]
        interest_of = np.append(self.schedule.interest_cents, 0)[oldest]
        principal_paid = self.principal_to[oldest] - self.principal_to[first] + np.maximum(inside - interest_of, 0)
        is_settled = self.settled_on <= on
        is_behind = (applied < fell_due) & ~is_settled
        overdue = self.principal_to[reached] - self.principal_to[first] - principal_paid
        overdue_interest = fell_due - applied - overdue
        unpaid_principal = np.searchsorted(self.principal_to, self.principal_to[first] + principal_paid, side="right")
        interest_at = self.interest_to[first] + applied - principal_paid
        unpaid_interest = np.searchsorted(self.interest_to, interest_at, side="right")
        outstanding = np.where(is_settled, 0, self.loans.principal_cents - principal_paid)
        days = np.where(is_behind, on - due[oldest], 0).astype(np.int32)
        return Standing(
            on=on, state=self._states(on, days, outstanding), days_past_due=days, outstanding_cents=outstanding,
            overdue_principal_cents=np.where(is_settled, 0, overdue),
            overdue_interest_cents=np.where(is_settled, 0, overdue_interest),
            oldest_principal_on=due[np.minimum(unpaid_principal - 1, len(due) - 1)],
            oldest_interest_on=due[np.minimum(unpaid_interest - 1, len(due) - 1)],
        )  # fmt: skip

    def _states(self, on: int, days: Indexes, outstanding: Ints) -> Indexes:
        state = np.where(days > DEFAULT_DAYS, DEFAULTED, np.where(days > 0, LATE, CURRENT))
        state = np.where(outstanding == 0, CLOSED, state)
        return np.where(self.loans.disbursed > on, UNBORN, state).astype(np.int32)


def is_in_the_book(standing: Standing) -> Bools:
    """Loans paid out by the day."""
    return np.asarray(standing.state != UNBORN)
