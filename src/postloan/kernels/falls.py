"""Falls tried one by one in a guarantee network: each debtor alone, or some with one guarantee or debtor gone.

A trial touches only whom it reaches: thousands of them cost little in a network of a million.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from postloan.kernels.loan_arrays import frozen
from postloan.kernels.network import Cents, Flags, Network, Places

_NEVER = np.iinfo(np.int64).max


class Falls(NamedTuple):
    """What trials made fall, one row each.

    fallen      how many fell, the first among them.
    lost_cents  what is lost of all of them.
    is_cut      the trial was broken off: at least so many fell.
    """

    fallen: Places
    lost_cents: Cents
    is_cut: Flags


class _Board(NamedTuple):
    """What a trial marks, and wipes again."""

    queue: Places
    is_down: Flags
    called: Cents


def falls_alone(network: Network, loss_cents: Cents, *, most: int) -> Falls:
    """Let each debtor fall alone.

    loss_cents  per debtor, what is lost when it falls.
    most        guarantees after which a trial is broken off.
    Source: risk 6.4.
    """
    return Falls(*_falls_alone(frozen(network), loss_cents.copy(), most))


def lost_without(network: Network, falls: Flags, loss_cents: Cents, rows: Places, debtors: Places) -> Cents:
    """Return what is lost when some fall, without one guarantee or one debtor: first of each row, then of each debtor.

    A debtor that is gone does not fall, and nothing of it is lost. Source: risk 6.4.
    """
    lost: Cents = _lost_without(frozen(network), np.flatnonzero(falls), loss_cents.copy(), rows, debtors)
    return lost


@njit(cache=True)
def _falls_alone(network: Network, loss: Cents, most: int) -> tuple[Places, Cents, Flags]:
    size = network.buffer_cents.size
    fallen, lost, is_cut = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.bool_)
    board = _board(size)
    for debtor in range(size):
        board.queue[0] = debtor
        end, is_cut[debtor] = _fall(network, network.called_cents, network.buffer_cents, board, 1, most)
        fallen[debtor], lost[debtor] = end, _wipe(network, board, end, loss)
    return fallen, lost, is_cut


@njit(cache=True)
def _lost_without(network: Network, first: Places, loss: Cents, rows: Places, debtors: Places) -> Cents:
    called_cents, buffer_cents = network.called_cents.copy(), network.buffer_cents.copy()
    lost, board, everything = np.zeros(rows.size + debtors.size, np.int64), _board(buffer_cents.size), _NEVER
    for at in range(rows.size):
        row = rows[at]
        board.queue[: first.size] = first
        called_cents[row] = 0
        end, _ = _fall(network, called_cents, buffer_cents, board, first.size, everything)
        lost[at] = _wipe(network, board, end, loss)
        called_cents[row] = network.called_cents[row]
    for at in range(debtors.size):
        debtor, begin = debtors[at], 0
        for other in first:
            if other != debtor:
                board.queue[begin], begin = other, begin + 1
        buffer_cents[debtor] = _NEVER
        end, _ = _fall(network, called_cents, buffer_cents, board, begin, everything)
        lost[rows.size + at] = _wipe(network, board, end, loss)
        buffer_cents[debtor] = network.buffer_cents[debtor]
    return lost


@njit(cache=True)
def _board(size: int) -> _Board:
    return _Board(np.empty(size, np.int64), np.zeros(size, np.bool_), np.zeros(size, np.int64))


@njit(cache=True)
def _fall(
    network: Network, called_cents: Cents, buffer_cents: Cents, board: _Board, end: int, most: int
) -> tuple[int, bool]:
    """Let the first `end` of the queue fall, and whom they bring down; return how many fell, and whether it was cut."""
    begin, passed = 0, 0
    for at in range(end):
        board.is_down[board.queue[at]] = True
    while begin < end and passed <= most:
        debtor, begin = board.queue[begin], begin + 1
        for row in range(network.first[debtor], network.first[debtor + 1]):
            guarantor, passed = network.guarantor[row], passed + 1
            board.called[guarantor] += called_cents[row]
            if not board.is_down[guarantor] and board.called[guarantor] > buffer_cents[guarantor]:
                board.queue[end], board.is_down[guarantor], end = guarantor, True, end + 1
    return end, begin < end


@njit(cache=True)
def _wipe(network: Network, board: _Board, end: int, loss: Cents) -> int:
    """Sum up what is lost of the fallen, and wipe what the trial marked."""
    lost = 0
    for at in range(end):
        debtor = board.queue[at]
        lost, board.is_down[debtor] = lost + loss[debtor], False
        for row in range(network.first[debtor], network.first[debtor + 1]):
            board.called[network.guarantor[row]] = 0
    return lost
