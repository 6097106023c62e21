"""Falls tried one by one are those of whole cascades; the shortest ring is that of a plain search."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels.falls import falls_alone, lost_without
from postloan.kernels.network import STANDS, Network, cascade, network_of
from postloan.kernels.rings import shortest_rings
from postloan.models.circles import mutual_cores

Edge = tuple[int, int, int]
SIZE, EVERYTHING = 6, 10**9
EDGES = st.lists(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.integers(0, 50)), max_size=14,
)  # fmt: skip
CENTS = st.lists(st.integers(0, 80), min_size=SIZE, max_size=SIZE)
FIRST = st.sets(st.integers(0, SIZE - 1), max_size=3)


def network(edges: list[Edge], buffers: list[int]) -> Network:
    debtor, guarantor, cents = np.array(edges, np.int64).reshape(-1, 3).T
    return network_of(debtor, guarantor, cents, np.array(buffers, np.int64))


def lost(said: Network, first: set[int], loss: np.ndarray) -> tuple[int, int]:
    round_of, _ = cascade(said, np.isin(np.arange(SIZE), list(first)))
    return int((round_of != STANDS).sum()), int(loss[round_of != STANDS].sum())


@given(EDGES)
def test_a_network_is_laid_out_by_debtor_and_guarantor_in_the_order_of_rows(edges: list[Edge]) -> None:
    said = network(edges, [0] * SIZE)
    debtor = np.repeat(np.arange(SIZE), np.diff(said.first))
    found = list(zip(debtor.tolist(), said.guarantor.tolist(), said.called_cents.tolist(), strict=True))
    assert found == sorted(edges, key=lambda edge: edge[:2])


@given(EDGES, CENTS, CENTS)
def test_each_alone_is_a_cascade_of_its_own(edges: list[Edge], buffers: list[int], losses: list[int]) -> None:
    said, loss = network(edges, buffers), np.array(losses)
    found = falls_alone(said, loss, most=EVERYTHING)
    told = list(zip(found.fallen.tolist(), found.lost_cents.tolist(), strict=True))
    assert told == [lost(said, {debtor}, loss) for debtor in range(SIZE)]
    assert not found.is_cut.any()
    short = falls_alone(said, loss, most=0)
    assert (short.fallen <= found.fallen).all()
    assert (short.is_cut | (short.fallen == found.fallen)).all(), "what is cut is said"


@given(EDGES, CENTS, CENTS, FIRST)
def test_what_is_lost_without_a_guarantee_or_a_debtor(
    edges: list[Edge], buffers: list[int], losses: list[int], first: set[int]
) -> None:
    said, loss = network(edges, buffers), np.array(losses)
    rows, debtors = np.arange(len(edges)), np.arange(SIZE)
    falls = np.isin(debtors, list(first))
    found = lost_without(said, falls, loss, rows, debtors)
    laid = sorted(edges, key=lambda edge: edge[:2])
    for row in rows:
        assert found[row] == lost(network(laid[:row] + laid[row + 1 :], buffers), first, loss)[1]
    for gone in range(SIZE):
        left = [edge for edge in edges if gone not in edge[:2]]
        assert found[len(edges) + gone] == lost(network(left, buffers), first - {gone}, loss * (debtors != gone))[1]
    assert (found <= lost(said, first, loss)[1]).all()


@given(EDGES)
def test_the_shortest_ring(edges: list[Edge]) -> None:
    said = network(edges, [0] * SIZE)
    debtor = np.repeat(np.arange(SIZE), np.diff(said.first))
    core = mutual_cores(debtor, said.guarantor, size=SIZE)
    ways = {(from_, to) for from_, to, _ in edges if from_ != to}
    for longest in (2, 3, SIZE):
        found = shortest_rings(said, core, longest=longest, most=EVERYTHING).tolist()
        assert found == [plainly(ways, root, longest) for root in range(SIZE)]
    assert [ring > 0 for ring in found] == (core >= 0).tolist()


def plainly(ways: set[tuple[int, int]], root: int, longest: int) -> int:
    reached = {root}
    for length in range(1, longest + 1):
        reached = {to for from_, to in ways if from_ in reached}
        if root in reached:
            return length
    return 0
