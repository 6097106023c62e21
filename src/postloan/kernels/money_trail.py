"""Following money: of what moves between purses, which part is money that was lent, first in, first out."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.loan_arrays import frozen

Cents = NDArray[np.int64]
Places = NDArray[np.int64]
Days = NDArray[np.int32]

NOWHERE = -1
"""The payer of a pay-out, and the payee of what leaves every purse: cash drawn, or an account without a number."""

OWN = -1
"""The pay-out of money that nobody lent, or that is followed no further."""


class Movements(NamedTuple):
    """Money that moves, in the order in which it does.

    payer, payee  places of purses, or NOWHERE.
    cents         above 0.
    day           days since 1970.
    payout        of a pay-out its number, else OWN.
    """

    payer: Places
    payee: Places
    cents: Cents
    day: Days
    payout: Places


class Payouts(NamedTuple):
    """Pay-outs by number: the purse of the borrower, the last day on which the money is followed, its first hop.

    first_hop  0 where the money came to the borrower's purse, 1 where the bank paid the payee itself.
    """

    borrower: Places
    until: Days
    first_hop: Places


class Trail(NamedTuple):
    """Parts of pay-outs that moved, each after the one that brought it.

    movement    the row of Movements that took it.
    payout      whose money it is.
    hop         how many purses it had come to, the borrower's not counted.
    cents       how much.
    left_cents  of that, what was followed further; the rest stayed.
    """

    movement: Places
    payout: Places
    hop: Places
    cents: Cents
    left_cents: Cents


def follow(movements: Movements, payouts: Payouts, *, purses: int, hops: int) -> Trail:
    """Follow each pay-out along at most so many hops.

    What a purse held before is not known and counts for nothing: of what was seen to come, the first goes first. What a
    purse pays beyond that is its own. Money that comes back to its borrower, that is older than its last day, or that
    has made all its hops is followed no further; it stays where it was last seen.
    """
    trail = _follow(frozen(movements), frozen(payouts), purses, hops)
    return Trail(*trail)


@njit(cache=True)
def _follow(
    movements: Movements, payouts: Payouts, purses: int, hops: int
) -> tuple[Places, Places, Places, Cents, Cents]:
    size = movements.cents.size
    # Each movement parts at most one lot, and brings at most one that was not seen before.
    lots = 2 * size
    rows = (hops + 1) * lots
    row_of, cents_of, after = np.empty(lots, np.int64), np.empty(lots, np.int64), np.full(lots, NOWHERE, np.int64)
    first, last = np.full(purses, NOWHERE, np.int64), np.full(purses, NOWHERE, np.int64)
    movement, payout = np.empty(rows, np.int64), np.empty(rows, np.int64)
    hop, cents, left = np.empty(rows, np.int64), np.empty(rows, np.int64), np.zeros(rows, np.int64)
    lot, row = 0, 0
    for at in range(size):
        payer, payee, to_pay = movements.payer[at], movements.payee[at], movements.cents[at]
        if movements.payout[at] != OWN:
            number = movements.payout[at]
            movement[row], payout[row], hop[row], cents[row] = at, number, payouts.first_hop[number], to_pay
            row_of[lot], cents_of[lot] = row, to_pay
            _put(first, last, after, payee, lot)
            lot, row = lot + 1, row + 1
            continue
        while to_pay > 0 and payer != NOWHERE and first[payer] != NOWHERE:
            taken = first[payer]
            if cents_of[taken] > to_pay:
                row_of[lot], cents_of[lot] = row_of[taken], to_pay
                cents_of[taken] -= to_pay
                taken, lot = lot, lot + 1
            else:
                first[payer] = after[taken]
                after[taken] = NOWHERE
            to_pay -= cents_of[taken]
            brought = row_of[taken]
            if brought != OWN:
                number = payout[brought]
                if movements.day[at] > payouts.until[number] or hop[brought] >= hops:
                    row_of[taken] = OWN
                else:
                    left[brought] += cents_of[taken]
                    movement[row], payout[row], hop[row], cents[row] = at, number, hop[brought] + 1, cents_of[taken]
                    row_of[taken] = OWN if payee == payouts.borrower[number] else row
                    row += 1
            _put(first, last, after, payee, taken)
        if to_pay > 0:
            row_of[lot], cents_of[lot] = OWN, to_pay
            _put(first, last, after, payee, lot)
            lot += 1
    return movement[:row], payout[:row], hop[:row], cents[:row], left[:row]


@njit(cache=True)
def _put(first: Places, last: Places, after: Places, purse: int, lot: int) -> None:
    """Put a lot behind those that a purse holds; what goes nowhere is in no purse."""
    if purse == NOWHERE:
        return
    if first[purse] == NOWHERE:
        first[purse] = lot
    else:
        after[last[purse]] = lot
    last[purse] = lot
