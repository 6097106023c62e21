"""How a kernel is compiled that makes no array of its own."""

from numba import njit

borrows = njit(cache=True, _nrt=False)
"""Compile a kernel that only uses the arrays it is given.

Whoever calls it keeps them alive, so nobody need count who holds them. numba counts at every call otherwise, array by
array in every tuple, and that was half the time of a night's kernels. A kernel that makes an array is refused.
"""
