"""Default curves: from probabilities a year through the cycle to monthly hazards under each scenario."""

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from postloan.kernels.loss import first_defaults
from postloan.rules.expected_loss import ExpectedLoss, RiskGroup, Scenario
from postloan.rules.figures import ONE_E8

Floats = NDArray[np.float64]
YEAR = 12
"""Months in a year: hazards here are of a month."""
MONTHS = 480
"""How far a default curve reaches; what a loan has left beyond it falls into its last month."""
_NORMAL = NormalDist()


def pd_in_time(pd: float, factor: float, *, correlation: float) -> float:
    """Return the probability of default of a year whose systematic factor is known.

    pd           through the cycle: the mean over all factors; 0 stays 0.
    factor       standard normal, above 0 is good times.
    correlation  how strongly defaults follow it, 0 to below 1.
    Source       Vasicek 2002; risk 5.2: Phi((Phi^-1(pd) - sqrt(rho) Z) / sqrt(1 - rho)).
    """
    if pd <= 0:
        return 0.0
    return _NORMAL.cdf((_NORMAL.inv_cdf(pd) - sqrt(correlation) * factor) / sqrt(1 - correlation))


def monthly_hazard(yearly_pd: float) -> float:
    """Return the hazard a month that makes a probability a year: 1 - (1 - pd)^(1/12)."""
    return float(-np.expm1(np.log1p(-yearly_pd) / YEAR))


def hazards_under(groups: Sequence[RiskGroup], scenarios: Sequence[Scenario], *, months: int) -> Floats:
    """Return the monthly hazards of each group under each scenario.

    months   how many months from today.
    Returns  by (group, scenario, month); the last year of a group's curve goes on.
    Source   regulations ECL-20, ECL-21; risk 5.2: the macro factor moves the probability of each year.
    """
    years = -(-months // YEAR)
    yearly = np.array(
        [
            [
                [
                    monthly_hazard(
                        pd_in_time(
                            _pd_of(group, year), scenario.factor_in(year), correlation=group.correlation_e8 / ONE_E8
                        )
                    )
                    for year in range(1, years + 1)
                ]
                for scenario in scenarios
            ]
            for group in groups
        ]
    )
    return np.ascontiguousarray(np.repeat(yearly, YEAR, axis=-1)[..., :months])


def hazards_through_the_cycle(groups: Sequence[RiskGroup], *, months: int) -> Floats:
    """Return the monthly hazards of each group by (group, month), whatever the economy does."""
    years = -(-months // YEAR)
    yearly = np.array([[monthly_hazard(_pd_of(group, year)) for year in range(1, years + 1)] for group in groups])
    return np.repeat(yearly, YEAR, axis=-1)[..., :months]


def _pd_of(group: RiskGroup, year: int) -> float:
    return group.yearly_pd_e8[min(year, len(group.yearly_pd_e8)) - 1] / ONE_E8


class Curves(NamedTuple):
    """What depends on no loan.

    first      by (group, scenario, month): the chance to default first in the month.
    weighted   by (group, months): the chance to default within so many months, weighted over the scenarios.
    surviving  by (group, months): the chance not to default within so many months, through the cycle.
    """

    first: Floats
    weighted: Floats
    surviving: Floats


@lru_cache(maxsize=8)
def curves_of(law: ExpectedLoss) -> Curves:
    """Work out the curves of a version of the rule."""
    first = first_defaults(hazards_under(law.groups, law.scenarios, months=MONTHS))
    weighted = np.zeros((first.shape[0], MONTHS + 1))
    for at, scenario in enumerate(law.scenarios):
        weighted[:, 1:] += scenario.weight_e8 / ONE_E8 * np.cumsum(first[:, at], axis=-1)
    through = hazards_through_the_cycle(law.groups, months=MONTHS)
    surviving = np.concatenate([np.ones((len(law.groups), 1)), np.cumprod(1.0 - through, axis=-1)], axis=-1)
    return Curves(first, np.minimum(weighted, 1.0), surviving)
