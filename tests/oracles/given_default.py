"""What a default costs by the night's own path: what securities bring in, and the severities that follow from it."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.kernels.loss import Exposures, Severities
from postloan.rules.expected_loss import ExpectedLoss
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import load_rulebook
from postloan.steps.loss import severities_of
from postloan.steps.proceeds import proceeds
from postloan.tables.losses import EarlierRanks, SecurityTie
from postloan.tables.neighbours import WeakGuarantee

ON = date(2024, 12, 31)
AMPLE = 10**17
KEYS = ("collateral_id", "kind")
LAW = load_rulebook(home=None).version("expected_loss", ExpectedLoss, ON)


class Piece(NamedTuple):
    """One collateral, pledged to the loan alone: its value in cents, shares, months until it is sold, its rank."""

    value: int
    haircut: float
    cost: float
    months: int
    rank: int = 1


class Terms(NamedTuple):
    """What a group's defaults come to, and the effective rate a year."""

    yearly_rate: float
    unsecured: float = 0.0
    unsecured_months: int = 0
    cure: float = 0.0
    cure_loss: float = 0.0


class Cost(NamedTuple):
    """Of one claim under one scenario: what sales bring in, at most the claim; and the share of the claim lost."""

    worth: float
    recovered: float
    lgd: float


def cost_of(claim: int, pieces: Sequence[Piece], terms: Terms, *, growths: Sequence[float] = (0.0,)) -> list[Cost]:
    """What a default of one loan costs under scenarios that differ in the yearly growth of prices alone; cents."""
    worth, found = severities(claim, pieces, terms, growths)
    costs = zip(worth, found.open[0], found.saved[0], strict=True)
    return [
        Cost(float(brought), min(claim, float(brought)), float(lost - saved * min(claim, brought) / claim))
        for brought, lost, saved in costs
    ]


def severities(
    claim: int, pieces: Sequence[Piece], terms: Terms, growths: Sequence[float]
) -> tuple[NDArray[np.float64], Severities]:
    """What the sales of a loan's collateral bring in by scenario, in cents; and its severities."""
    law = _law(pieces, terms, growths)
    names = [f"Y{at}" for at in range(len(pieces))]
    owed = pl.DataFrame({"loan_no": [1], "outstanding_cents": [claim]})
    ties = pl.DataFrame({
        "security": range(len(pieces)), "loan_no": 1, "debtor_no": 1, "collateral_id": names,
        "rank": [each.rank for each in pieces], "amount_cents": AMPLE, "guarantee_id": None, "prior_claims_cents": None,
    }, schema=SecurityTie.create_empty().schema)  # fmt: skip
    register = pl.DataFrame({"collateral_id": names, "kind": names}, schema=dict.fromkeys(KEYS, pl.String))
    valued = register.select(
        "collateral_id", valued_on=pl.lit(ON), value_cents=pl.Series([each.value for each in pieces], dtype=pl.Int64)
    )
    brought = proceeds(
        owed,
        ties,
        register,
        valued,
        EarlierRanks.create_empty(),
        WeakGuarantee.create_empty(),
        sales=law.sales,
        call=law.call,
        on=ON,
    )  # type: ignore[arg-type]
    one = np.zeros(1, np.int64)
    exposures = Exposures(
        np.array([claim]), one, one, np.array([(1 + terms.yearly_rate) ** (1 / 12) - 1]), np.array([12], np.int32),
        np.zeros(1, np.int32),
    )  # fmt: skip
    measured: Any = SimpleNamespace(stages=pl.DataFrame({"loan_no": [1]}), proceeds=brought)
    found = severities_of(measured, exposures, law)
    return found.worth_cents[0], found


def _law(pieces: Sequence[Piece], terms: Terms, growths: Sequence[float]) -> ExpectedLoss:
    group = LAW.groups[-1].model_copy(update={
        "cured_e8": _e8(terms.cure), "cured_loss_e8": _e8(terms.cure_loss), "recovered_e8": _e8(terms.unsecured),
        "after_months": terms.unsecured_months,
    })  # fmt: skip
    sales = [
        LAW.sales[0].model_copy(update={
            "kinds": (f"Y{at}",), "haircut_e8": _e8(each.haircut), "cost_e8": _e8(each.cost),
            "after_months": each.months,
        })
        for at, each in enumerate(pieces)
    ]  # fmt: skip
    scenarios = [LAW.scenarios[0].model_copy(update={"prices_e8": _e8(each)}) for each in growths]
    return LAW.model_copy(update={"groups": (group,), "sales": tuple(sales), "scenarios": tuple(scenarios)})


def _e8(share: float) -> int:
    return round(share * ONE_E8)
