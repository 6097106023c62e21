"""How well a measure parts bads from goods: AUC with its interval, Gini, KS, and the AUC expected without labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from postloan.errors import TableUnfit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Auc:
    """Area under the curve with DeLong's interval; `error` is its standard error."""

    value: float
    error: float
    low: float
    high: float

    @property
    def gini(self) -> float:
        """Twice the area above chance."""
        return 2 * self.value - 1


def auc(risk: Floats, bads: Bools, *, confidence: float) -> Auc:
    """AUC of a measure that is greater for worse, (n,), against labels, (n,). Ties count half.

    Raises  TableUnfit where all labels are the same.
    Source  DeLong et al., Biometrics 44 (1988); by midranks: Sun and Xu, IEEE SPL 21 (2014).
    """
    worse, better = risk[bads], risk[~bads]
    m, n = len(worse), len(better)
    if not m or not n:
        raise TableUnfit(
            message="All rows have the same label: nothing can be ranked.", hint="Wait for more labels, or join groups."
        )
    together = midranks(np.concatenate([worse, better]))
    of_bads = (together[:m] - midranks(worse)) / n
    of_goods = 1 - (together[m:] - midranks(better)) / m
    value = float(of_bads.mean())
    variance = (of_bads.var(ddof=1) / m if m > 1 else 0.0) + (of_goods.var(ddof=1) / n if n > 1 else 0.0)
    error = float(np.sqrt(variance))
    half = float(ndtri(0.5 + confidence / 2)) * error
    return Auc(value, error, max(0.0, value - half), min(1.0, value + half))


def midranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs, (n,)."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[at]


def auc_of_counts(goods: Floats, bads: Floats) -> float:
    """AUC from counts by band, worst band first, (k,) each. Ties within a band count half."""
    goods_after = goods.sum() - np.cumsum(goods)
    return float(bads @ (goods_after + goods / 2) / (goods.sum() * bads.sum()))


def ks_of_counts(goods: Floats, bads: Floats) -> float:
    """Greatest distance between the shares of bads and goods passed, from counts by band in order, (k,) each."""
    return float(np.abs(np.cumsum(bads) / bads.sum() - np.cumsum(goods) / goods.sum()).max())


def ks(risk: Floats, bads: Bools) -> float:
    """Kolmogorov-Smirnov distance between bads and goods, from 0 to 1."""
    _, at = np.unique(risk, return_inverse=True)
    bad = np.asarray(np.bincount(at, weights=bads), dtype=np.float64)
    return ks_of_counts(np.bincount(at).astype(np.float64) - bad, bad)


def expected_auc(risk: Floats, pd: Floats) -> float:
    """AUC to be expected from calibrated PDs alone, before any label is known.

    A row is a bad with weight pd and a good with 1 - pd; it is not compared with itself. (n,) each.
    Source  confidence-based performance estimation (CBPE), as NannyML documents it; exact for pd in {0, 1}.
    """
    _, at = np.unique(risk, return_inverse=True)
    bad, good = np.bincount(at, weights=pd), np.bincount(at, weights=1 - pd)
    itself = float(pd @ (1 - pd))
    good_below = np.cumsum(good) - good
    pairs = float(bad @ (good_below + good / 2)) - itself / 2
    return pairs / (float(pd.sum()) * float((1 - pd).sum()) - itself)
