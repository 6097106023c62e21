"""A kernel that borrows its arrays may fill them, and may make none."""

import numpy as np
import pytest
from numba.core.errors import NumbaError

from postloan.kernels.borrowing import borrows


@borrows
def _fill(given: np.ndarray) -> None:
    given[:] = 7


@borrows
def _make(size: int) -> int:
    return int(np.zeros(size).sum())


def test_it_fills_what_it_is_given() -> None:
    given = np.zeros(3, np.int64)
    _fill(given)
    assert given.tolist() == [7, 7, 7]


def test_it_is_refused_where_it_makes_one() -> None:
    with pytest.raises(NumbaError):
        _make(3)
