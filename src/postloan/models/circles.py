"""Guarantee circles: who is tied together by guarantees, and who stands for one another."""

# ruff: noqa: PLC0415 - sparse graphs are loaded where a bank has guarantees: other workers have no use for them

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Labels = NDArray[np.int32]

ALONE = -1
"""The label of who stands in no mutual core."""


def circles(debtor: Places, guarantor: Places, *, size: int) -> Labels:
    """Label the debtors that guarantees tie together, whoever stands for whom; by place. Source: risk 6.1."""
    return _components(debtor, guarantor, size, "weak")


def mutual_cores(debtor: Places, guarantor: Places, *, size: int) -> Labels:
    """Label the debtors that stand for one another, directly or along others; by place, ALONE where one does not.

    Source  risk 6.1: strongly connected components of two or more.
    """
    labels = _components(debtor, guarantor, size, "strong")
    members = np.bincount(labels, minlength=1)
    return np.where(members[labels] > 1, labels, ALONE).astype(np.int32)


def _components(debtor: Places, guarantor: Places, size: int, connection: Literal["weak", "strong"]) -> Labels:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(debtor.size), (debtor, guarantor)), shape=(size, size))
    _, labels = connected_components(graph, directed=True, connection=connection)
    found: Labels = labels.astype(np.int32)
    return found
