"""How far a population moved away from the one a model was made for: PSI of a score, CSI of a characteristic."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_EMPTY_ROWS = 0.5


def psi(expected: Floats, actual: Floats) -> float:
    """Population stability index = sum of (a - e) · log(a / e) over shares by bin, (k,) each.

    Counts may be given for shares. A bin that is empty on one side counts as half a row of a count, and half the
    smallest share of a share; one that is empty on both says nothing.
    Source  Siddiqi (2006), 8.
    """
    seen = (expected > 0) | (actual > 0)
    shares = [_filled(each[seen]) for each in (expected, actual)]
    e, a = (each / each.sum() for each in shares)
    return float((a - e) @ np.log(a / e))


def band_edges(values: Floats, bands: int) -> Floats:
    """Inner edges of bands of equal count, rising, at most bands - 1; a value on an edge is below it. None of none."""
    if not len(values):
        return np.empty(0)
    cuts = np.quantile(values, np.arange(1, bands) / bands, method="inverted_cdf")
    edges = np.unique(cuts)
    return np.asarray(edges[edges < values.max()])


def counts_by_band(values: Floats, edges: Floats) -> Floats:
    """Rows by band, (len(edges) + 1,)."""
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1).astype(np.float64)


def _filled(each: Floats) -> Floats:
    floor = _EMPTY_ROWS if each.sum() > 1 + 1e-9 else each[each > 0].min() / 2
    return np.where(each > 0, each, floor)
