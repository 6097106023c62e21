"""Bins of a characteristic: numbers cut so that bad rates rise or fall throughout, categories joined, missing apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postloan.rules.figures import ONE_E8
from postloan.rules.model_rules import Binning

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DIGITS_MOST = 17


@dataclass(frozen=True)
class Counted:
    """Rows and bads of the bins of one characteristic.

    uppers      upper edges of numeric bins, all but the last, rising; a value on an edge is below it. Empty else.
    categories  the categories of each bin; empty of a numeric characteristic.
    rows, bads  counts by bin, in order; what is missing, or was never seen, stands last.
    """

    uppers: tuple[float, ...]
    categories: tuple[tuple[str, ...], ...]
    rows: Ints
    bads: Ints


def weights_of_evidence(rows: Ints, bads: Ints) -> Floats:
    """WoE of each bin: log((bad + 1/2) / (B + 1/2)) - log((good + 1/2) / (G + 1/2)); greater is worse. (b,) each.

    An empty bin has none: 0.
    Source  Good (1950); the half counts keep a bin without a bad finite.
    """
    goods = rows - bads
    woe = np.log((bads + 0.5) / (bads.sum() + 0.5)) - np.log((goods + 0.5) / (goods.sum() + 0.5))
    return np.where(rows > 0, woe, 0.0)


def information_value(rows: Ints, bads: Ints) -> float:
    """IV = sum of (bad/B - good/G) · WoE over the bins; 0 where a characteristic says nothing."""
    goods = rows - bads
    share = bads / max(bads.sum(), 1) - goods / max(goods.sum(), 1)
    return float(share @ weights_of_evidence(rows, bads))


def information_by_chance(rows: Ints, bads: Ints) -> float:
    """The information value that as many bins have on average where bads are drawn without looking at them.

    (bins - 1) · (1 / B + 1 / G): with few bads every column seems to say something.
    Source  IV is nearly a chi-square in its bins: Yurdakul and Naranjo, J. Risk Model Validation 14 (2020).
    """
    bad = int(bads.sum())
    good = int(rows.sum()) - bad
    return (int((rows > 0).sum()) - 1) * (1 / max(bad, 1) + 1 / max(good, 1))


def bin_numbers(values: Floats, bads: NDArray[np.bool_], settings: Binning) -> Counted:
    """Cut numbers into bins whose bad rates rise or fall throughout.

    values    (n,), NaN where missing; bads (n,).
    Quantiles first, then neighbours that break the order are pooled in both directions and the one that keeps more
    information stays; then bins that are too small, or without a bad or a good, are joined, and then the closest.
    Source    pool-adjacent-violators: Ayer et al. (1955).
    """
    known = np.isfinite(values)
    edges = _quantile_edges(values[known], settings.pre_bins)
    at = np.searchsorted(edges, values[known], side="left")
    rows = np.bincount(at, minlength=len(edges) + 1)
    bad = np.bincount(at, weights=bads[known], minlength=len(edges) + 1).astype(np.int64)
    least = settings.least_share_e8 * len(values) / ONE_E8
    kept = [
        _joined(_pooled([[i] for i in range(len(rows))], rows, bad, sign), rows, bad, least, settings.bins_most)
        for sign in (1, -1)
    ]
    values_of = [information_value(*_summed(groups, rows, bad)) for groups in kept]
    groups = kept[0] if values_of[0] >= values_of[1] else kept[1]
    return _counted(tuple(float(edges[group[-1]]) for group in groups[:-1]), (), groups, rows, bad, bads[~known])


def bin_categories(values: list[str | None], bads: NDArray[np.bool_], settings: Binning) -> Counted:
    """Join categories in the order of their bad rates until none is too small.

    values  (n,), None where missing; bads (n,).
    Rare categories are one from the start: the bad rate of a few rows is chance, and to order by it is to learn it.
    """
    names = sorted({value for value in values if value is not None})
    number = {name: at for at, name in enumerate(names)}
    at = np.array([-1 if value is None else number[value] for value in values], dtype=np.int64)
    known = at >= 0
    rows = np.bincount(at[known], minlength=len(names))
    bad = np.bincount(at[known], weights=bads[known], minlength=len(names)).astype(np.int64)
    is_rare = rows * ONE_E8 < settings.rare_share_e8 * len(values)
    begun = [[int(i)] for i in np.flatnonzero(~is_rare)]
    if is_rare.any():
        begun.append([int(i) for i in np.flatnonzero(is_rare)])
    begun.sort(key=lambda group: (_rate(group, rows, bad), group))
    least = settings.least_share_e8 * len(values) / ONE_E8
    groups = _joined(begun, rows, bad, least, settings.bins_most)
    categories = tuple(tuple(sorted(names[i] for i in group)) for group in groups)
    return _counted((), categories, groups, rows, bad, bads[~known])


def _counted(
    uppers: tuple[float, ...], categories: tuple[tuple[str, ...], ...], groups: list[list[int]], rows: Ints, bad: Ints,
    missing_bads: NDArray[np.bool_],
) -> Counted:  # fmt: skip
    """Put the bins together, the missing one last."""
    group_rows, group_bads = _summed(groups, rows, bad)
    return Counted(
        uppers,
        categories,
        np.append(group_rows, len(missing_bads)),
        np.append(group_bads, int(missing_bads.sum())),
    )


def _quantile_edges(values: Floats, bins: int) -> Floats:
    """Edges between neighbouring values near the quantiles, in as few digits as still part them."""
    distinct = np.unique(values)
    if len(distinct) <= 1:
        return np.empty(0)
    if len(distinct) <= bins:
        below = np.arange(len(distinct) - 1)
    else:
        cuts = np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf")
        below = np.unique(np.minimum(np.searchsorted(distinct, cuts, side="left"), len(distinct) - 2))
    return np.array([_edge_between(distinct[i], distinct[i + 1]) for i in below])


def _edge_between(low: float, high: float) -> float:
    """The number of fewest digits that is at least `low` and below `high`: people, and SQL, read it alike."""
    middle = low / 2 + high / 2
    for digits in range(1, _DIGITS_MOST):
        edge = float(f"{middle:.{digits}g}")
        if low <= edge < high:
            return edge
    return float(low)


def _pooled(groups: list[list[int]], rows: Ints, bad: Ints, sign: int) -> list[list[int]]:
    """Pool neighbours until bad rates rise (sign 1) or fall (sign -1)."""
    done: list[list[int]] = []
    for group in groups:
        done.append(group)
        while len(done) > 1 and sign * _rate(done[-2], rows, bad) >= sign * _rate(done[-1], rows, bad):
            last = done.pop()
            done[-1] = done[-1] + last
    return done


def _joined(groups: list[list[int]], rows: Ints, bad: Ints, least: float, most: int) -> list[list[int]]:
    """Join what is too small to its closest neighbour, then the closest pairs, until there are at most `most`."""
    groups = [list(group) for group in groups]
    while len(groups) > 1:
        rates = [_rate(group, rows, bad) for group in groups]
        small = [at for at, group in enumerate(groups) if _is_small(group, rows, bad, least)]
        if small:
            at = min(small, key=lambda i: rows[groups[i]].sum())
            near = [i for i in (at - 1, at + 1) if 0 <= i < len(groups)]
            first = min(at, min(near, key=lambda i: abs(rates[i] - rates[at])))
        elif len(groups) > most:
            first = min(range(len(groups) - 1), key=lambda i: _lost(groups, i, rows, bad))
        else:
            break
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
    return groups


def _is_small(group: list[int], rows: Ints, bad: Ints, least: float) -> bool:
    count, bads = rows[group].sum(), bad[group].sum()
    return bool(count < least or bads in (0, count))


def _lost(groups: list[list[int]], first: int, rows: Ints, bad: Ints) -> float:
    """The information lost by joining a bin with the next."""
    joined = [*groups[:first], groups[first] + groups[first + 1], *groups[first + 2 :]]
    return information_value(*_summed(groups, rows, bad)) - information_value(*_summed(joined, rows, bad))


def _rate(group: list[int], rows: Ints, bad: Ints) -> float:
    return float(bad[group].sum() / max(rows[group].sum(), 1))


def _summed(groups: list[list[int]], rows: Ints, bad: Ints) -> tuple[Ints, Ints]:
    return np.array([rows[g].sum() for g in groups], np.int64), np.array([bad[g].sum() for g in groups], np.int64)
