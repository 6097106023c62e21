"""Guarantee networks: who falls when some fall, how often by chance, and what a ring of guarantees counts for.

A guarantor falls when what is called on it is more than its buffer; whoever falls has all its guarantees called.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.loan_arrays import frozen

Cents = NDArray[np.int64]
Places = NDArray[np.int64]
Rounds = NDArray[np.int32]
Flags = NDArray[np.bool_]

STANDS = -1
"""The round of who does not fall."""

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_FRACTION_BITS = 53


class Network(NamedTuple):
    """Debtors by place, and what is called on whom when one falls.

    first         debtor d is stood for by the rows first[d] to first[d + 1].
    guarantor     per row, its place.
    called_cents  per row, what is called on it when the debtor falls.
    buffer_cents  per debtor, what it can pay.
    """

    first: Places
    guarantor: Places
    called_cents: Cents
    buffer_cents: Cents


def network_of(debtor: Places, guarantor: Places, called_cents: Cents, buffer_cents: Cents) -> Network:
    """Lay guarantees out by debtor; rows of any order, places as in buffer_cents."""
    size = buffer_cents.size
    by_guarantor, _ = _counted(guarantor, np.arange(guarantor.size), size)
    order, first = _counted(debtor, by_guarantor, size)
    return Network(first, guarantor[order], called_cents[order], buffer_cents)


def cascade(network: Network, falls: Flags) -> tuple[Rounds, Cents]:
    """Return in which round each debtor falls when some fall in round 0, and what is called on each in the end.

    Source: risk 6.4.
    """
    round_of, called = _cascade(frozen(network), falls.copy())
    return round_of, called


def times_fallen(
    network: Network, chance: NDArray[np.float64], number: Places, *, draws: int, seed: int
) -> tuple[Places, Places]:
    """Return in how many of some draws each debtor falls by itself, and in how many others along the network.

    chance  per debtor, to fall by itself; each is drawn alone.
    number  per debtor, a number of its own. Its draw depends on the seed, the count of the draw and this number, on
            nothing else: fewer guarantees never make more fall, and one circle alone falls as it does in the bank.
    """
    alone, along = _times_fallen(frozen(network), chance, number.copy(), draws, np.uint64(seed))
    return alone, along


def counted_once(network: Network) -> Cents:
    """Return of each guarantee how much counts when what goes round in a ring counts once.

    Of each ring the least of its amounts goes round: it is parted evenly among the guarantees of the ring, and taken
    away before the next ring is sought; whoever stands for itself counts nothing. Rings are sought from the first
    debtor on, along its guarantors in their order. Amounts are `called_cents`, whole, rounded down.
    Source: risk 6.4.
    """
    counts: Cents = _counted_once(frozen(network))
    return counts


@njit(cache=True)
def _counted(place: Places, rows: Places, size: int) -> tuple[Places, Places]:
    """Sort rows by place, those of one place in their order; and where each place begins."""
    first = np.zeros(size + 1, np.int64)
    for row in rows:
        first[place[row] + 1] += 1
    first, order = np.cumsum(first), np.empty(rows.size, np.int64)
    free = first.copy()
    for row in rows:
        order[free[place[row]]] = row
        free[place[row]] += 1
    return order, first


@njit(cache=True)
def _cascade(network: Network, fallen: Flags) -> tuple[Rounds, Cents]:
    size = network.buffer_cents.size
    round_of, called = np.full(size, STANDS, np.int32), np.zeros(size, np.int64)
    queue = np.empty(size, np.int64)
    begin, end = 0, 0
    for debtor in range(size):
        if fallen[debtor]:
            queue[end], round_of[debtor], end = debtor, 0, end + 1
    at = 0
    while begin < end:
        at += 1
        upto = end
        for place in range(begin, upto):
            debtor = queue[place]
            for row in range(network.first[debtor], network.first[debtor + 1]):
                guarantor = network.guarantor[row]
                called[guarantor] += network.called_cents[row]
                if round_of[guarantor] == STANDS and called[guarantor] > network.buffer_cents[guarantor]:
                    queue[end], round_of[guarantor], end = guarantor, at, end + 1
        begin = upto
    return round_of, called


@njit(cache=True)
def _times_fallen(
    network: Network, chance: NDArray[np.float64], number: Places, draws: int, seed: np.uint64
) -> tuple[Places, Places]:
    size = network.buffer_cents.size
    alone, along, falls = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.bool_)
    for draw in range(draws):
        of_draw = _mixed(_mixed(seed) + np.uint64(draw))
        for debtor in range(size):
            falls[debtor] = _uniform(of_draw, np.uint64(number[debtor])) < chance[debtor]
        round_of, _ = _cascade(network, falls)
        for debtor in range(size):
            alone[debtor] += round_of[debtor] == 0
            along[debtor] += round_of[debtor] > 0
    return alone, along


@njit(cache=True)
def _uniform(of_draw: np.uint64, number: np.uint64) -> float:
    """A number of [0, 1) that depends on its draw and its number alone: the finaliser of SplitMix64, once more."""
    mixed = _mixed(of_draw + number)
    return float(mixed >> np.uint64(64 - _FRACTION_BITS)) / float(1 << _FRACTION_BITS)


@njit(cache=True)
def _mixed(value: np.uint64) -> np.uint64:
    mixed = value + np.uint64(_GOLDEN)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_FIRST)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_SECOND)
    return mixed ^ (mixed >> np.uint64(31))


@njit(cache=True)
def _counted_once(network: Network) -> Cents:
    size = network.buffer_cents.size
    left, counts = network.called_cents.copy(), network.called_cents.copy()
    cursor, place = network.first[:-1].copy(), np.full(size, -1, np.int64)
    path, by, is_done = np.empty(size + 1, np.int64), np.empty(size + 1, np.int64), np.zeros(size, np.bool_)
    for root in range(size):
        depth = 0
        if not is_done[root]:
            path[0], place[root], depth = root, 0, 1
        while depth > 0:
            debtor = path[depth - 1]
            row = cursor[debtor]
            if row == network.first[debtor + 1]:
                is_done[debtor], place[debtor], depth = True, -1, depth - 1
                continue
            guarantor = network.guarantor[row]
            if left[row] == 0 or is_done[guarantor]:
                cursor[debtor] += 1
                continue
            by[depth - 1] = row
            if place[guarantor] < 0:
                path[depth], place[guarantor], depth = guarantor, depth, depth + 1
                continue
            depth = _close_ring(by, left, counts, path, place, place[guarantor], depth)
    return counts


@njit(cache=True)
def _close_ring(by: Places, left: Cents, counts: Cents, path: Places, place: Places, begin: int, depth: int) -> int:
    """Take away what goes round along the end of the path; return the depth at which the search goes on."""
    least, length = left[by[begin]], depth - begin
    for at in range(begin, depth):
        least = min(least, left[by[at]])
    share = least // length if length > 1 else 0
    for at in range(begin, depth):
        left[by[at]] -= least
        counts[by[at]] -= least - share
    for at in range(begin + 1, depth):
        place[path[at]] = -1
    return begin + 1
