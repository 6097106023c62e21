"""The normal distribution, of scipy: imported where it is asked, for that takes a third of a second."""

# ruff: noqa: PLC0415 - see above

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ndtr(z: Floats | float) -> Floats:
    """The chance of a standard normal value of at most z; any shape."""
    from scipy.special import ndtr as of_scipy

    return np.asarray(of_scipy(z))


def ndtri(chance: Floats | float) -> Floats:
    """The z that a standard normal value passes upwards with a chance of 1 - `chance`; any shape, inverse of `ndtr`."""
    from scipy.special import ndtri as of_scipy

    return np.asarray(of_scipy(chance))
