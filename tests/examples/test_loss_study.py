"""The loss study: what its page says of three real books is still so."""

import sys
from datetime import date

import numpy as np
import pytest
from real_books import REPOSITORY, real_book

from postloan.models.fitting import Asked, fit_card
from postloan.models.plain_table import read_plain
from postloan.rules.model_rules import load_model_rules

sys.path.insert(0, str(REPOSITORY / "examples"))

import loss_autos as autos
import loss_mortgages as mortgages

RULES = load_model_rules(None)
SETTINGS, BANDS = RULES.fitting(date(2026, 1, 1)), RULES.monitoring(date(2026, 1, 1))


def test_the_scorecard_ranks_cards_it_has_not_seen_with_at_least_0_76() -> None:
    table, digest = read_plain(real_book("uci_taiwan_card") / "card_even.parquet")
    asked = Asked("scorecard", "has_default", "cards", id="id", held_out=0.3)
    metrics = fit_card(table, digest, asked, SETTINGS, BANDS).metrics
    assert next(each.value for each in metrics if (each.name, each.sample) == ("auc", "held_out")) >= 0.76


@pytest.fixture(scope="module")
def quarters() -> mortgages.pl.DataFrame:
    return mortgages.read_quarters(real_book("dcr_mortgage"))


def test_mortgages_are_ranked_across_ids_and_their_mean_is_met(quarters: mortgages.pl.DataFrame) -> None:
    metrics = mortgages.fit_across_ids(quarters, SETTINGS, BANDS).metrics
    found = {each.name: each.value for each in metrics if each.sample == "held_out"}
    assert found["auc"] > 0.714, "the plain regression known for this set"
    assert found["mean_pd"] == pytest.approx(found["default_rate"], rel=0.1)


def test_the_overlay_narrows_the_gap_out_of_time_and_closes_it_not(quarters: mortgages.pl.DataFrame) -> None:
    pd = mortgages.pds_of(mortgages.fit_before(quarters, SETTINGS, BANDS), quarters)
    alone, observed, area, _, _ = mortgages.judged(pd, quarters, confidence=0.95)
    overlay = mortgages.overlaid(quarters, pd, 1, SETTINGS)
    laid, _, better, _, _ = mortgages.judged(overlay.kept, quarters, confidence=0.95)
    assert alone < 0.3 * observed
    assert 2 * alone < laid < observed
    assert better > area
    assert mortgages.without_foresight(quarters, pd, overlay)["weighted"] < 0.2 * observed


def test_lifetime_loss_is_met_on_other_loans_and_not_in_time() -> None:
    book = autos.read_book(real_book("auto_abs_2017_3"))
    ids = book.loans["loan_id"].sort()
    half = len(ids) // 2
    other = autos.back_test(book, autos.estimate(book, ids[:half], book.last, SETTINGS), ids[half:], 0)
    assert other.expected_net.sum() == pytest.approx((other.lost_gross - other.recovered).sum(), rel=0.1)
    later = autos.back_test(book, autos.estimate(book, ids, 18, SETTINGS), ids, 18)
    assert later.defaults[0] == pytest.approx(later.defaults[1], rel=0.1)
    assert later.expected_net.sum() < 0.6 * (later.lost_gross - later.recovered).sum()


def test_a_contract_s_exposure_starts_whole_and_ends_at_nothing() -> None:
    ead = autos.exposures(np.array([1200.0, 1200.0]), np.array([0.0, 0.12]), np.array([12, 12]), 14)
    assert ead[:, 0].tolist() == pytest.approx([1200.0, 1212.0])
    assert ead[0, 6] == pytest.approx(600.0)
    assert ead[1, 6] > 600
    assert (ead[:, 12:] == 0).all()
