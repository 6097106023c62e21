"""Loss, top to bottom: from what is known of loans to their stages and what they are expected to lose."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.rules.rulebook import Policy
from postloan.steps.decisions import in_force
from postloan.steps.default_chances import default_chances
from postloan.steps.loss import Measured, loss
from postloan.steps.proceeds import proceeds
from postloan.steps.ranks_before import ranks_before
from postloan.steps.recovery_plans import recovery_plans
from postloan.steps.stage import stages
from postloan.tables.losses import DefaultChances, Loss, SecurityTie, Stage
from postloan.tables.results import (
    Balances,
    DaysPastDue,
    DebtorView,
    Due,
    Funding,
    InterestStanding,
    Position,
    RateInForce,
    Standing,
)
from postloan.tables.tiers import Judged, TierHistory


@dataclass(frozen=True)
class Classed:
    """What the steps before found of the loans in the book, up to their classes."""

    positions: dy.DataFrame[Position]
    dues: dy.DataFrame[Due]
    balances: dy.DataFrame[Balances]
    standing: dy.DataFrame[Standing]
    shares: dy.DataFrame[Funding]
    rates: dy.DataFrame[RateInForce]
    ties: dy.DataFrame[SecurityTie]
    overdue: dy.DataFrame[DaysPastDue]
    interest: dy.DataFrame[InterestStanding]
    judged: dy.DataFrame[Judged]
    tiers: dy.DataFrame[TierHistory]
    views: dy.DataFrame[DebtorView]


class Lost(NamedTuple):
    """What the book is expected to lose; `measured` is what that rests on, None before there was such a law."""

    chances: pl.DataFrame
    stages: pl.DataFrame
    losses: pl.DataFrame
    measured: Measured | None


def losses(inputs: Inputs, loans: pl.DataFrame, classed: Classed, policy: Policy, *, on: date) -> Lost:
    """Put each loan of the book in a stage, and reckon its expected loss; all empty before there was such a law."""
    law, grounds = policy.expected_loss, policy.stages
    if law is None or grounds is None:
        return Lost(_unknown(loans, DefaultChances), _unknown(loans, Stage), _unknown(loans, Loss), None)
    decided = in_force(inputs.decision, on=on)
    chances = default_chances(
        loans, inputs.debtor, classed.positions, classed.dues, classed.overdue, classed.tiers, law=law, on=on
    )
    found = stages(
        loans, classed.tiers, classed.overdue, classed.views, chances, classed.judged, decided, law=grounds, on=on
    )
    earlier = ranks_before(classed.ties, inputs.pledge, inputs.neighbours.claims, on=on)
    brought = proceeds(
        classed.standing, classed.ties, inputs.collateral, inputs.valuation, earlier, inputs.neighbours.weak,
        sales=law.sales, call=law.call, on=on,
    )  # fmt: skip
    measured = Measured(
        classed.standing, classed.balances, classed.interest, classed.shares, classed.rates, classed.dues, chances,
        found, earlier, brought, recovery_plans(decided, classed.rates, on=on),
    )  # fmt: skip
    return Lost(chances, found, loss(loans, inputs.debtor, measured, law=law, on=on), measured)


def _unknown(loans: pl.DataFrame, shape: type[dy.Schema]) -> pl.DataFrame:
    dtypes = shape.create_empty().schema.items()
    return loans.select("loan_no", *(pl.lit(None, dtype).alias(name) for name, dtype in dtypes if name != "loan_no"))
