"""Securities in their order: each gives what those before it left unsecured of its loans, parted to the cent."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.exact import DOWN, rounded_over
from postloan.kernels.loan_arrays import frozen

Cents = NDArray[np.int64]


class Ties(NamedTuple):
    """Securities in their order of right, and the loans they secure.

    first       security s secures the loans of rows first[s] to first[s + 1].
    cents       per security, the most it gives.
    loans       per row, the place of a loan in `owed_cents`; no loan twice in one security.
    owed_cents  per loan, what is owed.
    """

    first: NDArray[np.int64]
    cents: Cents
    loans: NDArray[np.int64]
    owed_cents: Cents


def secured(ties: Ties) -> Cents:
    """Return how much of each loan all securities together secure.

    A security gives all of its amount or all that is left unsecured of its loans, parted by what is left of each: by
    the running sum, so that the parts add up to the whole.
    """
    secured_cents: Cents = _secured(frozen(ties))
    return secured_cents


@njit(cache=True)
def _secured(ties: Ties) -> Cents:
    left_cents = ties.owed_cents.copy()
    for security in range(ties.cents.size):
        loans, in_all = ties.loans[ties.first[security] : ties.first[security + 1]], 0
        for loan in loans:
            in_all += left_cents[loan]
        given_cents, before, upto = min(ties.cents[security], in_all), 0, 0
        if given_cents == 0:
            continue
        for loan in loans:
            upto += left_cents[loan]
            given_upto = rounded_over(given_cents, upto, in_all, DOWN)
            left_cents[loan] -= given_upto - before
            before = given_upto
    return ties.owed_cents - left_cents
