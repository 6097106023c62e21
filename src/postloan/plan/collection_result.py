"""What a trial came to: the share cured on each side, and between what the difference lies."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from postloan.rules.figures import ONE_E8


@dataclass(frozen=True)
class Side:
    """One side of a trial: how many debtors, and how many of them were cured in time."""

    count: int
    cured: int

    @property
    def share(self) -> float:
        """The share cured; 0 where there is nobody."""
        return self.cured / self.count if self.count else 0.0


@dataclass(frozen=True)
class Difference:
    """By how much the challenger's share is above the champion's, and the interval that it lies in.

    is_sure  whether the interval leaves zero out.
    """

    of: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether one side is better by more than chance."""
        return self.low > 0 or self.high < 0


def difference(champion: Side, challenger: Side, confidence_e8: int) -> Difference | None:
    """Hold the two sides of a trial against each other; None while one of them has nobody.

    Source  Newcombe (1998), method 10: Wilson's intervals of both shares, put together.
    """
    if not champion.count or not challenger.count:
        return None
    z = NormalDist().inv_cdf((ONE_E8 + confidence_e8) / (2 * ONE_E8))
    (low_0, high_0), (low_1, high_1) = _wilson(champion, z), _wilson(challenger, z)
    of, new, old = challenger.share - champion.share, challenger.share, champion.share
    low = of - sqrt((new - low_1) ** 2 + (high_0 - old) ** 2)
    high = of + sqrt((high_1 - new) ** 2 + (old - low_0) ** 2)
    return Difference(of, low, high)


def _wilson(side: Side, z: float) -> tuple[float, float]:
    n, p = side.count, side.share
    middle = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
