"""How a kernel is compiled that makes no array of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

K = TypeVar("K", bound=Callable[..., Any])


def borrows(kernel: K) -> K:
    """Compile a kernel that only uses the arrays it is given.

    Whoever calls it keeps them alive, so nobody need count who holds them. numba counts at every call otherwise, array
    by array of every tuple, and that was half the time of a night's kernels. A kernel that makes an array is refused.
    """
    compiled: K = njit(cache=True, nogil=True, _nrt=False)(kernel)  # type: ignore[call-overload]
    return compiled


def borrows_in_place(kernel: K) -> K:
    """Compile the same into each caller: of a short kernel, handing over its arrays would be a third of the time."""
    compiled: K = njit(cache=True, _nrt=False, inline="always")(kernel)  # type: ignore[call-overload]
    return compiled
