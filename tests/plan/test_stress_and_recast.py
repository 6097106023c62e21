"""Stresses: worse is never better, and the way down finds the break. A day measured anew by its own rules is itself."""

from pathlib import Path

import polars as pl
import pytest

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.plan.recast import MEASURES, loss_laws, recast
from postloan.plan.stress import Stressed, _crossing, stressed
from postloan.rules.rulebook import load_rulebook
from postloan.snapshot.read import read_loans


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stress")
    write_feed(folder / "feeds", SMALL_BANK_DAY, small_bank())
    load_feeds(folder / "home", folder / "feeds", shards=2)
    list(run_nights(folder / "home", [SMALL_BANK_DAY]))
    return folder / "home"


@pytest.fixture(scope="module")
def found(home: Path) -> Stressed:
    return stressed(home, SMALL_BANK_DAY)


def test_the_book_as_it_is_is_the_published_one(home: Path, found: Stressed) -> None:
    published = read_loans(home, SMALL_BANK_DAY, ("stage", "claim_cents", "ecl_cents"))
    assert found.as_it_is.allowance_cents == published["ecl_cents"].sum() > 0
    in_stage_2 = published.filter(pl.col("stage") == "stage_2")["claim_cents"].sum()
    assert found.as_it_is.stage_2_cents == in_stage_2


def test_worse_is_never_better(found: Stressed) -> None:
    lost = {each.name: each.allowance_cents for each in found.outcomes}
    assert found.as_it_is.allowance_cents < lost["mild"] < lost["severe"]
    assert found.as_it_is.allowance_cents < lost["pd_1_2"] < lost["pd_1_5"]
    assert lost["collateral_10"] <= lost["collateral_20"] <= lost["collateral_30"]
    path = [cents for _, cents in found.path]
    assert path[0] == found.as_it_is.allowance_cents
    assert path == sorted(path)
    assert min(lost.values()) >= found.as_it_is.allowance_cents


def test_the_largest_debtors_fall_whole(home: Path, found: Stressed) -> None:
    """Four loans of three debtors: the ten largest are everybody, and each loan loses what a default would cost."""
    loans = read_loans(home, SMALL_BANK_DAY, ("claim_cents", "lgd_ratio", "ecl_cents"))
    impaired = loans.select(pl.max_horizontal((pl.col("claim_cents") * pl.col("lgd_ratio")).round(), "ecl_cents"))
    fallen = next(each for each in found.outcomes if each.name == "largest_10")
    assert fallen.allowance_cents == int(impaired.to_series().sum())
    assert fallen.stage_3_cents == loans["claim_cents"].sum()


@pytest.mark.parametrize(
    ("booked", "breaks"), [(None, None), (50, 0.0), (100, 0.0), (150, -0.5), (200, -1.0), (500, None)]
)
def test_the_break_is_read_off_between_two_steps(booked: int | None, breaks: float | None) -> None:
    assert _crossing([(0.0, 100), (-1.0, 200), (-2.0, 400)], booked) == breaks


def test_a_day_measured_anew_by_its_own_rules_is_itself(home: Path) -> None:
    laws = loss_laws(home, load_rulebook(home), SMALL_BANK_DAY, SMALL_BANK_DAY)
    assert not laws.model_changed
    assert not laws.scenarios_changed
    again = recast(home, SMALL_BANK_DAY, laws, with_scenarios=True)
    assert again.equals(read_loans(home, SMALL_BANK_DAY, ("loan_no", *MEASURES)).sort("loan_no"))
