"""Default curves: from probabilities a year through the cycle to monthly hazards under each scenario."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from postloan.models.curves import even_hazards, marginal_of, survival_of
from postloan.models.cycle import pd_at
from postloan.rules.expected_loss import ExpectedLoss, RiskGroup, Scenario
from postloan.rules.figures import ONE_E8

Floats = NDArray[np.float64]
YEAR = 12
"""Months in a year: hazards here are of a month."""
MONTHS = 480
"""How far a default curve reaches; what a loan has left beyond it falls into its last month."""


def hazards_under(groups: Sequence[RiskGroup], scenarios: Sequence[Scenario], *, months: int) -> Floats:
    """Return the monthly hazards of each group under each scenario.

    months   how many months from today.
    Returns  by (group, scenario, month); the last year of a group's curve goes on.
    Source   regulations ECL-20, ECL-21; risk 5.2: the macro factor moves the probability of each year.
    """
    years = range(1, -(-months // YEAR) + 1)
    factors = np.array([[scenario.factor_in(year) for year in years] for scenario in scenarios])
    yearly = [
        pd_at(_yearly(group.yearly_pd_e8, len(years)), group.correlation_e8 / ONE_E8, factors) for group in groups
    ]
    return _monthly(np.array(yearly), months)


def hazards_through_the_cycle(groups: Sequence[RiskGroup], *, months: int) -> Floats:
    """Return the monthly hazards of each group by (group, month), whatever the economy does."""
    return _monthly(np.array([_yearly(group.yearly_pd_e8, -(-months // YEAR)) for group in groups]), months)


def prepaid_under(groups: Sequence[RiskGroup], hazards: Floats) -> Floats:
    """Return the monthly hazards of being repaid early, beside those of default, (group, ..., month).

    Source  risk 5.1. A loan that defaults in a month is not repaid in it, so that both together stay below 1.
    """
    months = hazards.shape[-1]
    yearly = np.array([_yearly(group.yearly_prepaid_e8 or (0,), -(-months // YEAR)) for group in groups])
    return (1.0 - hazards) * _monthly(yearly, months).reshape(len(groups), *[1] * (hazards.ndim - 2), months)


def _monthly(yearly: Floats, months: int) -> Floats:
    return np.ascontiguousarray(np.repeat(even_hazards(yearly, YEAR), YEAR, axis=-1)[..., :months])


def _yearly(given_e8: tuple[int, ...], years: int) -> Floats:
    """The probabilities of years 1 to `years`; the last that is given goes on."""
    given = np.array(given_e8) / ONE_E8
    return given[np.minimum(np.arange(years), given.size - 1)]


class Curves(NamedTuple):
    """What depends on no loan. A loan defaults first, or is repaid early first, or is still there.

    first      by (group, scenario, month): the chance to default first in the month.
    weighted   by (group, months): the chance to default within so many months, weighted over the scenarios.
    remaining  by (group, months): the chance to be still there after so many months, through the cycle.
    prepaid    by (group, months): the chance to be repaid early within so many months, through the cycle.
    """

    first: Floats
    weighted: Floats
    remaining: Floats
    prepaid: Floats


@lru_cache(maxsize=64)
def curves_of(law: ExpectedLoss) -> Curves:
    """Work out the curves of a version of the rule."""
    hazards = hazards_under(law.groups, law.scenarios, months=MONTHS)
    first = marginal_of(hazards, prepaid_under(law.groups, hazards))
    weighted = np.zeros((first.shape[0], MONTHS + 1))
    for at, scenario in enumerate(law.scenarios):
        weighted[:, 1:] += scenario.weight_e8 / ONE_E8 * np.cumsum(first[:, at], axis=-1)
    cycle = hazards_through_the_cycle(law.groups, months=MONTHS + 1)
    leaving = prepaid_under(law.groups, cycle)
    remaining = survival_of(cycle, leaving)
    prepaid = np.cumsum(remaining * leaving, axis=-1)
    return Curves(first, np.minimum(weighted, 1.0), remaining, np.insert(prepaid[:, :-1], 0, 0.0, axis=-1))
