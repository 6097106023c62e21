"""Who pays arrears off: the demo's contracts with them charge no penalty, since the bank waives small penalties.

What the others owe then goes on by itself: the truth knows instalments and money, and need not know penalty interest.
"""

import numpy as np

from postloan.demo.behaviour import Payments
from postloan.demo.draws import Bools
from postloan.demo.schedules import Schedule

_DAY_BITS = 16


def pays_when_late(schedule: Schedule, payments: Payments, loans: int) -> Bools:
    """Whether a loan ever receives money while something older is unpaid, or has money taken back."""
    owed_to = np.concatenate(([0], np.cumsum(schedule.principal_cents + schedule.interest_cents)))
    due_key = (schedule.owner.astype(np.int64) << _DAY_BITS) | schedule.due
    loan = payments.loan.astype(np.int64)
    key = (loan << _DAY_BITS) | payments.paid_on
    order = np.argsort(key, kind="stable")
    cash_to = np.concatenate(([0], np.cumsum(payments.amount_cents[order])))
    sorted_key = key[order]
    received = cash_to[np.searchsorted(sorted_key, key)] - cash_to[np.searchsorted(sorted_key, loan << _DAY_BITS)]
    fallen = owed_to[np.searchsorted(due_key, key)] - owed_to[schedule.first[loan]]
    found = np.zeros(loans, dtype=np.bool_)
    found[loan[(received < fallen) | payments.is_reversal]] = True
    return found
