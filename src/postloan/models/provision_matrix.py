"""The provision matrix: loss rates of receivables by age, from how a year's sales were collected."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def loss_rates(reaching: Floats, uncollected: float) -> Floats:
    """Return the loss rate of each age: what was never collected over what reached that age.

    reaching     amounts that reached each age, the youngest first; uncollected: of them, never paid.
    Returns      the rates, and 1 for the oldest, of which nothing more comes.
    Source       IFRS 9 B5.5.35, the practical expedient for trade receivables.
    """
    rates = uncollected / np.asarray(reaching, np.float64)
    return np.minimum(rates, 1.0)
