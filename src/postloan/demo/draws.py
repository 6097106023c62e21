"""Chance: one stream of random numbers a subject, and draws that hold their totals even in a small bank."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indexes = NDArray[np.int32]

SUBJECTS = (
    "lines", "parties", "stops", "loans", "behaviour", "people", "companies", "security", "statements", "events",
    "elsewhere", "decisions", "market", "accounts", "relations", "agreements", "ledger", "findings", "incomes",
)  # fmt: skip


def stream(seed: int, subject: str, part: int = 0) -> np.random.Generator:
    """The random numbers of one subject; another subject drawing more or less does not move them."""
    return np.random.default_rng([seed, SUBJECTS.index(subject), part])


def ragged(counts: NDArray[Any]) -> tuple[Indexes, Indexes, Ints]:
    """For rows in groups of the given sizes: each row's group, its place in it from 0, each group's first row."""
    starts = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
    owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    place = (np.arange(starts[-1], dtype=np.int64) - starts[owner]).astype(np.int32)
    return owner, place, starts[:-1]


def systematic(weights: Floats, offset: float) -> tuple[Ints, float]:
    """Rows drawn at equal steps along the running sum of weights, and the offset to go on with.

    Each row is drawn with a chance equal to its weight, but the number drawn is the sum of weights to within one,
    and neighbours in the order given share their draws: a sorted list is sampled evenly.
    """
    total = np.cumsum(weights)
    if len(total) == 0:
        return np.empty(0, dtype=np.int64), offset
    marks = np.arange(offset, total[-1], 1.0)
    drawn = np.minimum(np.searchsorted(total, marks, side="right"), len(total) - 1).astype(np.int64)
    return np.unique(drawn), float(offset + len(marks) - total[-1])


def pick(rng: np.random.Generator, size: int, shares: tuple[float, ...]) -> Indexes:
    """Indexes 0, 1, 2 … in the given shares, which need not sum to one."""
    bounds = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.asarray(np.searchsorted(bounds, rng.random(size) * bounds[-1], side="right"), dtype=np.int32)


def portion(whole: Ints, number: Ints, of: int) -> Ints:
    """`whole * number / of` rounded half up, exact also where the product would not fit 64 bits.

    Right for wholes below 1e15, numbers below 4e9 and `of` below 1e11.
    """
    high, low = np.divmod(whole, 1_000_000)
    quotient, rest = np.divmod(high * number, of)
    return np.asarray(quotient * 1_000_000 + (rest * 1_000_000 + low * number + of // 2) // of, dtype=np.int64)
