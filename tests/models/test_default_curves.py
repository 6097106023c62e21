"""Default curves of the rule: their unit, what holds when they end, and what the economy moves."""

from datetime import date

import numpy as np
import pytest

from postloan.models.default_curves import MONTHS, YEAR, curves_of, hazards_through_the_cycle, hazards_under
from postloan.rules.expected_loss import ExpectedLoss
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import load_rulebook

LAW = load_rulebook(home=None).version("expected_loss", ExpectedLoss, date(2026, 6, 30))


def test_twelve_months_make_the_year_of_the_rule() -> None:
    """Read as a month's, a year's probability would cost twelve times as much; read as a year's, a month's nothing."""
    hazards = hazards_through_the_cycle(LAW.groups, months=YEAR)
    within = 1 - np.prod(1 - hazards, axis=-1)
    assert within == pytest.approx([group.yearly_pd_e8[0] / ONE_E8 for group in LAW.groups], rel=1e-12)


def test_the_last_year_of_a_curve_goes_on() -> None:
    hazards = hazards_through_the_cycle(LAW.groups, months=MONTHS)
    for at, group in enumerate(LAW.groups):
        years = len(group.yearly_pd_e8)
        later = 1 - np.prod(1 - hazards[at].reshape(-1, YEAR), axis=-1)
        assert later[years - 1 :] == pytest.approx(np.full(MONTHS // YEAR - years + 1, group.yearly_pd_e8[-1] / ONE_E8))


def test_bad_times_raise_the_chance_that_stages_read() -> None:
    """Scenarios move the losses and, through the weighted chance to default, the stage."""
    hazards = hazards_under(LAW.groups, LAW.scenarios, months=YEAR)
    base, up, down = range(3)
    assert (hazards[:, up] < hazards[:, base]).all()
    assert (hazards[:, base] < hazards[:, down]).all()
    weights = [
        scenario.model_copy(update={"weight_e8": ONE_E8 * (at == down)}) for at, scenario in enumerate(LAW.scenarios)
    ]
    bad = LAW.model_copy(update={"scenarios": tuple(weights)})
    assert (curves_of(bad).weighted[:, YEAR] > curves_of(LAW).weighted[:, YEAR]).all()
