"""Rings of guarantees: how short the shortest one through each debtor is."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.loan_arrays import frozen
from postloan.kernels.network import Network, Rounds

Labels = NDArray[np.int32]


def shortest_rings(network: Network, core: Labels, *, longest: int, most: int) -> Rounds:
    """Return how many debtors stand on the shortest ring through each: 2 or more, 0 where none that short was found.

    core     per debtor, its mutual core; below 0 in none: a ring lies within one.
    longest  debtors of the longest ring that is looked for.
    most     guarantees after which the search from a debtor is broken off.
    Source: risk 6.1.
    """
    rings: Rounds = _shortest_rings(frozen(network), core, longest, most)
    return rings


@njit(cache=True)
def _shortest_rings(network: Network, core: Labels, longest: int, most: int) -> Rounds:
    size = core.size
    rings, seen_from = np.zeros(size, np.int32), np.full(size, -1, np.int64)
    queue = np.empty(size, np.int64)
    for root in range(size):
        if core[root] < 0:
            continue
        queue[0], seen_from[root], begin, end, passed = root, root, 0, 1, 0
        for length in range(1, longest + 1):
            upto = end
            while begin < upto and rings[root] == 0 and passed <= most:
                debtor, begin = queue[begin], begin + 1
                for row in range(network.first[debtor], network.first[debtor + 1]):
                    guarantor, passed = network.guarantor[row], passed + 1
                    if guarantor == root and length > 1:
                        rings[root] = length
                        break
                    if length < longest and core[guarantor] == core[root] and seen_from[guarantor] != root:
                        queue[end], seen_from[guarantor], end = guarantor, root, end + 1
    return rings
