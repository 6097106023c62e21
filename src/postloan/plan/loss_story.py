"""How one loan's expected loss was reckoned, in figures a person can follow from month to month."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from postloan.kernels.loss import claims_of, month_ends
from postloan.models.default_curves import MONTHS, YEAR, curves_of
from postloan.plan.inputs import Neighbours
from postloan.plan.night import Assessment
from postloan.rules.expected_loss import RiskGroup
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import Policy
from postloan.steps.loss import convention_of, exposures_of, instalments_of, severities_of


@dataclass(frozen=True)
class ScenarioStory:
    """One scenario: its weight in 1e-8, the chance to default within a year and until repaid, the share lost today."""

    name: str
    weight_e8: int
    pd_year: float
    pd_left: float
    lgd: float
    year_cents: float
    lifetime_cents: float


@dataclass(frozen=True)
class MonthStory:
    """One month: the claim if it defaulted then, its worth today, and chance and loss, weighted over the scenarios."""

    month: int
    claim_cents: float
    discount: float
    chance: float
    lost_cents: float


class LaterRank(NamedTuple):
    """A pledge of the loan that is not first; what ranks before it take but for the debtor's own, None if not known."""

    collateral_id: str
    rank: int
    taken_cents: int | None


class Weakened(NamedTuple):
    """A guarantee of the loan that is worth less than its words: why, what was promised, and how much of it counts."""

    guarantee_id: str
    weakness: str
    amount_cents: int
    counts_cents: int


@dataclass(frozen=True)
class LossStory:
    """The whole reckoning.

    balance_cents, waiting_cents   of the claim today: principal, of a commitment the part drawn by then; interest.
    worth_cents                    what securities bring in today's prices, before the time it takes.
    later, weak                    securities that others come before, or whose guarantor is in trouble.
    share                          the bank's own share of all of it.
    prepaid_left                   the chance that it is repaid early, through the cycle; 0 where its group has none.
    months                         the first months of those left.
    """

    group: RiskGroup
    balance_cents: int
    waiting_cents: int
    worth_cents: int
    later: tuple[LaterRank, ...]
    weak: tuple[Weakened, ...]
    share: float
    prepaid_left: float
    scenarios: tuple[ScenarioStory, ...]
    months: tuple[MonthStory, ...]


MONTHS_TOLD = 6


def loss_story(
    assessed: Assessment, neighbours: Neighbours, policy: Policy, loan: dict[str, Any], on: date
) -> LossStory | None:
    """Tell how a loan's expected loss came about; None off the book, or where no rule was in force.

    assessed  of the loan's debtor; neighbours: as the night knew them; loan: its published row.
    """
    law, found = policy.expected_loss, assessed.measured
    if law is None or found is None or loan["ecl_method"] in {None, "none"}:
        return None
    at = int(found.standing["loan_no"].to_list().index(loan["loan_no"]))
    exposures, share = exposures_of(assessed.book, found, law)
    severities = severities_of(found, exposures, law)
    claims, factors = claims_of(
        at, exposures, instalments_of(found), period_ends=month_ends(np.datetime64(on), MONTHS),
        convention=convention_of(law), on=(on - date(1970, 1, 1)).days,
    )  # fmt: skip
    group, curves = int(exposures.segment[at]), curves_of(law)
    first = curves.first[group, :, : claims.size]
    cost = severities.open[at][:, None] * claims - severities.saved[at][:, None] * np.minimum(
        claims, severities.worth_cents[at][:, None] * factors
    )
    lost = first * cost
    today = float(exposures.balance_cents[at] + exposures.waiting_cents[at])
    now = severities.open[at] * today - severities.saved[at] * np.minimum(today, severities.worth_cents[at])
    weights = np.array([scenario.weight_e8 / ONE_E8 for scenario in law.scenarios])
    ties = assessed.classed.ties.filter(pl.col("loan_no") == loan["loan_no"])
    return LossStory(
        group=law.groups[group],
        balance_cents=int(exposures.balance_cents[at]),
        waiting_cents=int(exposures.waiting_cents[at]),
        worth_cents=int(found.proceeds.filter(pl.col("loan_no") == loan["loan_no"])["proceeds_cents"].sum()),
        later=tuple(LaterRank(**row) for row in ties.join(found.earlier, on="security", maintain_order="left")
                    .select(LaterRank._fields).iter_rows(named=True)),
        weak=tuple(Weakened(**row) for row in ties.join(neighbours.weak, on="guarantee_id", maintain_order="left")
                   .select(Weakened._fields).iter_rows(named=True)),
        share=float(share[at]),
        prepaid_left=float(curves.prepaid[group, claims.size]),
        scenarios=tuple(
            ScenarioStory(
                scenario.name, scenario.weight_e8, float(first[place, :YEAR].sum()), float(first[place].sum()),
                float(now[place] / today), float(lost[place, :YEAR].sum()), float(lost[place].sum()),
            )
            for place, scenario in enumerate(law.scenarios)
        ),
        months=tuple(
            MonthStory(
                month + 1, float(claims[month] / factors[month]), float(factors[month]),
                float(weights @ first[:, month]), float(weights @ lost[:, month]),
            )
            for month in range(min(MONTHS_TOLD, claims.size))
        ),
    )  # fmt: skip
