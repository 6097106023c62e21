"""Guarantee networks: cascades and rings reckoned by hand, and what must hold of any network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels.network import Network, cascade, counted_once, network_of, times_fallen

Edge = tuple[int, int, int]
DRAWS = 20_000


def network(edges: list[Edge], buffers: list[int]) -> Network:
    debtor, guarantor, cents = np.array(edges, np.int64).reshape(-1, 3).T
    return network_of(debtor, guarantor, cents, np.array(buffers, np.int64))


def drawn(said: Network, chance: np.ndarray, *, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    return times_fallen(said, chance, np.arange(chance.size), draws=draws, seed=seed)


def rounds(edges: list[Edge], buffers: list[int], *first: int) -> tuple[list[int], list[int]]:
    found, called = cascade(network(edges, buffers), np.isin(np.arange(len(buffers)), first))
    return found.tolist(), called.tolist()


CHAIN = [(0, 1, 100), (1, 2, 80), (2, 3, 60)]


@pytest.mark.parametrize(
    ("buffers", "found", "called"),
    [
        ([0, 99, 79, 59], [0, 1, 2, 3], [0, 100, 80, 60]),
        ([0, 100, 0, 0], [0, -1, -1, -1], [0, 100, 0, 0]),  # what is reached is not passed
        ([0, 99, 80, 0], [0, 1, -1, -1], [0, 100, 80, 0]),
    ],
)
def test_a_guarantor_falls_when_more_than_its_buffer_is_called(
    buffers: list[int], found: list[int], called: list[int]
) -> None:
    assert rounds(CHAIN, buffers, 0) == (found, called)


def test_calls_add_up_over_rounds_and_a_ring_ends() -> None:
    """3 stands a call of 50 and not one of 90: it falls two rounds after the first call. 0 and 1 are a ring."""
    edges = [(0, 1, 10), (1, 0, 10), (0, 3, 50), (1, 3, 40), (3, 2, 5)]
    assert rounds(edges, [0, 9, 5, 60], 0) == ([0, 1, -1, 2], [10, 10, 5, 90])
    assert rounds(edges, [0, 9, 5, 60]) == ([-1] * 4, [0] * 4)
    assert rounds([], [1, 2], 1) == ([-1, 0], [0, 0])


@pytest.mark.parametrize(
    ("edges", "counts"),
    [
        ([(0, 1, 10), (1, 0, 6)], [7, 3]),  # 6 goes round: 3 of it here, 3 there; 4 does not
        ([(0, 1, 10), (1, 2, 10), (2, 0, 10)], [3, 3, 3]),
        ([(0, 1, 10), (1, 2, 20), (2, 0, 10)], [3, 13, 3]),
        ([(0, 0, 10), (0, 1, 4)], [0, 4]),  # who stands for itself
        ([(0, 1, 10), (1, 2, 20)], [10, 20]),
        ([(0, 1, 4), (0, 2, 4), (1, 0, 8), (2, 0, 0)], [2, 4, 6, 0]),
        # Two rings that share 0 to 1: 4 goes round by 2, 1 of it each; then what is left, 6, by 3, 2 each.
        ([(0, 1, 10), (1, 2, 4), (2, 0, 9), (1, 3, 7), (3, 0, 8)], [3, 1, 6, 3, 4]),
    ],
)
def test_what_goes_round_counts_once(edges: list[Edge], counts: list[int]) -> None:
    said = network(edges, [0] * 4)
    found = dict(zip(zip(np.repeat(range(4), np.diff(said.first)), said.guarantor, strict=True), counted_once(said),
                     strict=True))  # fmt: skip
    assert [found[debtor, guarantor] for debtor, guarantor, _ in edges] == counts


# Every network ---------------------------------------------------------------------------------------------------

SIZE = 6
EDGES = st.lists(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.integers(0, 50)), max_size=14,
)  # fmt: skip
BUFFERS = st.lists(st.integers(0, 80), min_size=SIZE, max_size=SIZE)


def fallen(edges: list[Edge], buffers: list[int], first: list[int]) -> set[int]:
    return {at for at, found in enumerate(rounds(edges, buffers, *first)[0]) if found >= 0}


def plainly_fallen(edges: list[Edge], buffers: list[int], first: list[int]) -> set[int]:
    down = set(first)
    while True:
        called = [sum(cents for debtor, to, cents in edges if debtor in down and to == at) for at in range(SIZE)]
        more = {at for at in range(SIZE) if called[at] > buffers[at]} | down
        if more == down:
            return down
        down = more


@given(EDGES, BUFFERS, st.lists(st.integers(0, SIZE - 1), max_size=3), st.data())
def test_more_buffer_or_fewer_guarantees_never_make_more_fall(
    edges: list[Edge], buffers: list[int], first: list[int], data: st.DataObject
) -> None:
    before = fallen(edges, buffers, first)
    assert before == plainly_fallen(edges, buffers, first)
    richer = data.draw(st.integers(0, SIZE - 1))
    assert fallen(edges, [cents + (at == richer) * 30 for at, cents in enumerate(buffers)], first) <= before
    if edges:
        gone = data.draw(st.integers(0, len(edges) - 1))
        fewer = edges[:gone] + edges[gone + 1 :]
        assert fallen(fewer, buffers, first) <= before
        chance = np.full(SIZE, 0.3)
        (alone, more), (same, less) = (
            drawn(network(each, buffers), chance, draws=50, seed=3) for each in (edges, fewer)
        )
        assert (alone == same).all()
        assert (less <= more).all()


@given(EDGES)
def test_what_counts_is_never_more_than_was_promised_and_rings_alone_lose(edges: list[Edge]) -> None:
    said = network(edges, [0] * SIZE)
    counts = counted_once(said)
    assert ((counts >= 0) & (counts <= said.called_cents)).all()
    one_way = network([(min(edge[:2]), max(edge[:2]), edge[2]) for edge in edges if edge[0] != edge[1]], [0] * SIZE)
    assert (counted_once(one_way) == one_way.called_cents).all()


# By chance -------------------------------------------------------------------------------------------------------


def test_without_guarantees_each_falls_as_often_as_its_own_chance_says() -> None:
    chance = np.array([0.0, 0.01, 0.1, 0.5, 0.9, 1.0])
    times, along = drawn(network([], [0] * SIZE), chance, draws=DRAWS, seed=7)
    assert not along.any()
    spread = np.sqrt(chance * (1 - chance) / DRAWS)
    assert (np.abs(times / DRAWS - chance) <= 4 * spread).all()
    again, _ = drawn(network([], [0] * SIZE), chance, draws=DRAWS, seed=7)
    assert (again == times).all()
    other, _ = drawn(network([], [0] * SIZE), chance, draws=DRAWS, seed=8)
    assert (other[1:5] != times[1:5]).any()


def test_a_guarantor_without_a_buffer_falls_with_any_of_its_debtors() -> None:
    """1 - 0.9 x 0.8 x 0.7: draws of different debtors are independent."""
    chance = np.array([0.1, 0.2, 0.3])
    alone, along = drawn(network([(0, 2, 1), (1, 2, 1)], [0, 0, 0]), chance, draws=DRAWS, seed=7)
    assert not along[:2].any()
    assert abs((alone + along)[2] / DRAWS - (1 - 0.9 * 0.8 * 0.7)) < 4 * np.sqrt(0.25 / DRAWS)


def test_a_part_of_the_bank_falls_as_it_does_within_it() -> None:
    """0 to 2 and 3 to 5 are apart: by their numbers the second falls alike in whichever network."""
    chance = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    edges = [(0, 1, 1), (1, 2, 1), (3, 4, 1), (4, 5, 1)]
    alone, along = drawn(network(edges, [0] * SIZE), chance, draws=200, seed=7)
    part = network([(0, 1, 1), (1, 2, 1)], [0] * 3)
    same, also = times_fallen(part, chance[3:], np.array([3, 4, 5]), draws=200, seed=7)
    assert (same.tolist(), also.tolist()) == (alone[3:].tolist(), along[3:].tolist())
    other, _ = times_fallen(part, chance[3:], np.array([4, 3, 5]), draws=200, seed=7)
    assert other.tolist() != same.tolist()
