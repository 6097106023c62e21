"""Reliefs: amounts that leave the arrears on a day without cash, by component."""

from typing import NamedTuple

import numpy as np

from postloan.kernels.loan_arrays import Cents, Days, Rows

WAIVED, CAPITALISED, REAMORTISED = range(3)
BECOMES = {"waived": WAIVED, "principal": CAPITALISED, "instalments": REAMORTISED}
"""What becomes of a relief: nothing, principal to come, or instalments to come of the same component."""

RELIEVED = 10
"""Added to the component of a line in the log, where no cash met the debt."""


class Reliefs(NamedTuple):
    """Reliefs, by loan and day and in the order they were decided; `rows` from `offsets`."""

    rows: Rows
    on: Days
    component: Days
    cents: Cents
    becomes: Days


def no_reliefs(loans: int) -> Reliefs:
    """Say of each of so many loans that nothing was relieved."""
    days = np.zeros(0, np.int32)
    return Reliefs(np.zeros(2 * loans, np.int64), days, days, np.zeros(0, np.int64), days)
