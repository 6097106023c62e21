"""Money followed from purse to purse: by hand, against a slow and simple reckoning, and every cent of it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.kernels.money_trail import NOWHERE, OWN, Movements, Payouts, Trail, follow

Move = tuple[int, int, int, int, int]
"""Payer, payee, cents, day, pay-out."""


def trail_of(moves: list[Move], payouts: list[tuple[int, int, int]], *, purses: int = 4, hops: int = 3) -> Trail:
    payer, payee, cents, day, payout = (np.array(each, np.int64) for each in zip(*moves, strict=True))
    borrower, until, first_hop = (np.array(each, np.int64) for each in zip(*payouts, strict=True))
    return follow(
        Movements(payer, payee, cents, day.astype(np.int32), payout),
        Payouts(borrower, until.astype(np.int32), first_hop), purses=purses, hops=hops,
    )  # fmt: skip


def rows_of(trail: Trail) -> list[tuple[int, ...]]:
    return [tuple(int(value) for value in row) for row in zip(*trail, strict=True)]


def told_slowly(moves: list[Move], payouts: list[tuple[int, int, int]], *, purses: int, hops: int) -> list[tuple]:
    """The same cent by cent: a purse is a list of cents, each with the row that brought it."""
    held: list[list[int]] = [[] for _ in range(purses)]
    rows: list[list[int]] = []
    for at, (payer, payee, cents, day, payout) in enumerate(moves):
        if payout != OWN:
            rows.append([at, payout, payouts[payout][2], cents, 0])
            arriving = [len(rows) - 1] * cents
        else:
            queue = held[payer] if payer != NOWHERE else []
            taken = [queue.pop(0) for _ in range(min(cents, len(queue)))]
            arriving, brought_by = [], {}
            for lot, cent in _lots(taken):
                is_lent = cent != OWN and day <= payouts[rows[cent][1]][1] and rows[cent][2] < hops
                if not is_lent:
                    arriving.append(OWN)
                    continue
                if lot not in brought_by:
                    rows.append([at, rows[cent][1], rows[cent][2] + 1, 0, 0])
                    brought_by[lot] = len(rows) - 1
                row = brought_by[lot]
                rows[row][3] += 1
                rows[cent][4] += 1
                arriving.append(OWN if payee == payouts[rows[cent][1]][0] else row)
            arriving += [OWN] * (cents - len(taken))
        if payee != NOWHERE:
            held[payee] += arriving
    return [tuple(row) for row in rows]


def _lots(taken: list[int]) -> list[tuple[int, int]]:
    """Number the runs of cents that one row brought."""
    lots, number = [], -1
    for place, cent in enumerate(taken):
        if place == 0 or taken[place - 1] != cent:
            number += 1
        lots.append((number, cent))
    return lots


def summed(rows: list[tuple]) -> dict[tuple, tuple[int, int]]:
    """What moved at once of a pay-out at a hop, whatever lots it was parted into."""
    sums: dict[tuple, tuple[int, int]] = {}
    for movement, payout, hop, cents, left in rows:
        before = sums.get((movement, payout, hop), (0, 0))
        sums[movement, payout, hop] = (before[0] + cents, before[1] + left)
    return sums


def test_first_in_first_out_along_a_ring() -> None:
    """100 lent; 80 to one, who had 20 come before and 10 after, pays 90: the 20 first, then 70 of the loan."""
    moves = [(NOWHERE, 0, 100, 1, 0), (3, 1, 20, 1, OWN), (0, 1, 80, 2, OWN), (3, 1, 10, 3, OWN), (1, 2, 90, 4, OWN),
             (2, 0, 90, 5, OWN)]  # fmt: skip
    assert rows_of(trail_of(moves, [(0, 30, 0)])) == [
        (0, 0, 0, 100, 80), (2, 0, 1, 80, 70), (4, 0, 2, 70, 70), (5, 0, 3, 70, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "found"), [(30, 2), (31, 1)])
def test_money_older_than_its_window_stays(day: int, found: int) -> None:
    assert len(rows_of(trail_of([(NOWHERE, 0, 5, 1, 0), (0, 1, 5, day, OWN)], [(0, 30, 0)]))) == found


def test_money_that_came_back_is_the_borrowers_own_again() -> None:
    moves = [(NOWHERE, 0, 9, 1, 0), (0, 1, 9, 2, OWN), (1, 0, 9, 3, OWN), (0, 2, 9, 4, OWN)]
    assert [row[:3] for row in rows_of(trail_of(moves, [(0, 30, 0)]))] == [(0, 0, 0), (1, 0, 1), (2, 0, 2)]


def test_no_more_hops_than_asked_and_cash_leaves_every_purse() -> None:
    moves = [(NOWHERE, 0, 9, 1, 0), (0, 1, 9, 2, OWN), (1, NOWHERE, 4, 3, OWN), (1, 2, 5, 3, OWN), (2, 3, 5, 4, OWN)]
    assert rows_of(trail_of(moves, [(0, 30, 0)], hops=2)) == [
        (0, 0, 0, 9, 9), (1, 0, 1, 9, 9), (2, 0, 2, 4, 0), (3, 0, 2, 5, 0),
    ]  # fmt: skip


PLACE = st.integers(0, 3)
DAYS = st.integers(0, 6)


@st.composite
def stories(draw: Any) -> tuple[list[Move], list[tuple[int, int, int]], int]:
    payouts = draw(st.lists(st.tuples(PLACE, DAYS, st.integers(0, 1)), min_size=1, max_size=3))
    lent = [(NOWHERE, borrower if hop == 0 else draw(PLACE), draw(st.integers(1, 9)), 0, number)
            for number, (borrower, _until, hop) in enumerate(payouts)]  # fmt: skip
    ends = st.one_of(PLACE, st.just(NOWHERE))
    moved = draw(st.lists(st.tuples(ends, ends, st.integers(1, 9), DAYS, st.just(OWN)), max_size=14))
    moves = [move for move in moved if move[0] != move[1]]
    mixed = draw(st.permutations([*lent, *moves]))
    return list(mixed), payouts, draw(st.integers(1, 4))


@settings(max_examples=200, deadline=None)
@given(stories())
def test_as_cent_by_cent_and_conserved(story: tuple[list[Move], list[tuple[int, int, int]], int]) -> None:
    moves, payouts, hops = story
    rows = rows_of(trail_of(moves, payouts, hops=hops))
    assert summed(rows) == summed(told_slowly(moves, payouts, purses=4, hops=hops))
    lent = sum(move[2] for move in moves if move[4] != OWN)
    assert sum(cents - left for _, _, _, cents, left in rows) == lent
    assert all(0 <= left <= cents for _, _, _, cents, left in rows)
    for hop in range(hops):
        left = sum(row[4] for row in rows if row[2] == hop)
        came_on = sum(row[3] for row in rows if row[2] == hop + 1)
        began = sum(row[3] for row in rows if row[2] == hop + 1 and moves[row[0]][4] != OWN)
        assert left == came_on - began
