"""Loss given default, worked out from what closed and open cases brought in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postloan.errors import ModelNotFitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cases:
    """Defaulted loans and what they brought in.

    exposure  at default, (n,), positive, in one currency.
    seen      months since default that were seen of each, (n,): an open case until now, a closed one for good.
    is_open   whether more may come, (n,).
    cash      net of costs, by month since default from 0 on, (n, m); costs are negative. 0 where not seen.
    """

    exposure: Floats
    seen: Ints
    is_open: NDArray[np.bool_]
    cash: Floats

    def __post_init__(self) -> None:
        if not len(self.exposure) or (self.exposure <= 0).any():
            raise ModelNotFitted(
                message="A case has an exposure at default above zero.",
                hint="Leave out cases that owed nothing when they defaulted.",
            )

    def of(self, held: NDArray[np.bool_]) -> "Cases":
        """Some of the cases."""
        return Cases(self.exposure[held], self.seen[held], self.is_open[held], self.cash[held])

    def discounted(self, yearly_ratio: float | Floats) -> "Cases":
        """The same with cash at its value on the day of default, at a yearly rate for all or each."""
        months = np.arange(self.cash.shape[1])
        growth = 1 + np.asarray(yearly_ratio, dtype=np.float64).reshape(-1, 1)
        factor = growth ** (-months / 12)
        return Cases(self.exposure, self.seen, self.is_open, self.cash * factor)


def recovery_curve(cases: Cases) -> Floats:
    """Cumulative recovery by month since default, as a ratio of exposure, (m,): what the ladder completes cases by.

    Of each month only those cases count that were seen through it; a closed case was seen for good. Increments are
    taken to exposure, not to what came before, because a recovery may be nothing or negative at first.
    Source  additive chain ladder: Mack, ASTIN Bulletin 21 (1991); for LGD: EBA/GL/2017/16, 6.3.2.3 (incomplete cases).
    """
    months = np.arange(cases.cash.shape[1])
    there = (months[None, :] < cases.seen[:, None]) | ~cases.is_open[:, None]
    base = cases.exposure @ there
    step = np.divide((cases.cash * there).sum(axis=0), base, out=np.zeros(len(months)), where=base > 0)
    return np.asarray(np.cumsum(step), dtype=np.float64)


def ladder_factors(cumulative: Floats, seen: Ints) -> Floats:
    """Chain-ladder factors of cumulative curves, (m - 1,): sum at a + 1 over sum at a, of those seen at both.

    cumulative  (n, m), of recoveries by case or of defaults by vintage; seen (n,) columns known of each row.
    1 where nothing was there to grow.
    Source      Mack (1993).
    """
    later = np.arange(1, cumulative.shape[1])
    both = seen[:, None] > later[None, :]
    top, below = (cumulative[:, 1:] * both).sum(axis=0), (cumulative[:, :-1] * both).sum(axis=0)
    return np.asarray(np.divide(top, below, out=np.ones(len(later)), where=below != 0))


def completed(cumulative: Floats, seen: Ints, factors: Floats) -> Floats:
    """The last value of each row after the factors have completed it, (n,)."""
    grown = np.append(np.cumprod(factors[::-1])[::-1], 1.0)
    last = np.maximum(seen, 1) - 1
    return np.asarray(cumulative[np.arange(len(seen)), last] * grown[last])


def workout_lgd(cases: Cases, curve: Floats) -> Floats:
    """LGD of each case, (n,) ratios: 1 - present value of what came in, an open one completed by the curve.

    cases   discounted to the day of default. Nothing is cut at 0 or 1: costs may exceed recoveries, and a sale the
            claim; whoever uses an average cuts it.
    """
    done = cases.cash.sum(axis=1) / cases.exposure
    at = np.clip(cases.seen, 0, len(curve)) - 1
    so_far = np.where(at >= 0, curve[np.maximum(at, 0)], 0.0)
    still = np.where(cases.is_open, curve[-1] - so_far, 0.0)
    return np.asarray(1 - done - still)
