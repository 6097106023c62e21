"""Guarantee circles: who guarantees whom in a ring, and who falls when one falls."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Guarantees = Mapping[str, Sequence[tuple[str, float]]]
"""By borrower: who guarantees it, and for how much."""


def mutual_cores(guarantees: Guarantees) -> list[list[str]]:
    """Return the groups in which everybody guarantees everybody else, directly or along others; sorted.

    Source  risk 6.1: strongly connected components of two or more.
    """
    return [core for core in _components(guarantees, "strong") if len(core) > 1]


def circles(guarantees: Guarantees) -> list[list[str]]:
    """Return the groups that guarantees tie together, whoever stands for whom; sorted. Source: risk 6.1."""
    return _components(guarantees, "weak")


def cascade(
    guarantees: Guarantees, buffers: Mapping[str, float], first: Sequence[str]
) -> tuple[list[list[str]], dict[str, float]]:
    """Return who fails in which round when some fail first, and what is called on each guarantor in the end.

    A guarantor fails when what is called on it is more than its buffer; a failed borrower's guarantees are called
    whole. Source: risk 6.4.
    """
    failed, rounds = set(first), [sorted(first)]
    while True:
        called = dict.fromkeys(buffers, 0.0)
        for borrower in failed:
            for guarantor, amount in guarantees.get(borrower, ()):
                called[guarantor] += amount
        falling = sorted(name for name, buffer in buffers.items() if name not in failed and called[name] > buffer)
        if not falling:
            return rounds, called
        rounds.append(falling)
        failed.update(falling)


def _components(guarantees: Guarantees, connection: str) -> list[list[str]]:
    names = sorted({*guarantees, *(guarantor for ties in guarantees.values() for guarantor, _ in ties)})
    place = {name: at for at, name in enumerate(names)}
    ties = [(place[borrower], place[guarantor]) for borrower, all_of in guarantees.items() for guarantor, _ in all_of]
    rows, columns = np.array(ties, np.int64).reshape(-1, 2).T
    graph = csr_array((np.ones(len(ties), np.int8), (rows, columns)), shape=(len(names), len(names)))
    count, label = connected_components(graph, directed=True, connection=connection)
    return sorted([name for name, of in zip(names, label, strict=True) if of == group] for group in range(count))
