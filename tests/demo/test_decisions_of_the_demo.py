"""What three people decide in the demo: those who recover are upgraded, and the night follows them to the day."""

import json

import polars as pl
import pytest

from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.snapshot.read import read_loans
from postloan.tables.units import NON_PERFORMING


def decided(bank, kind):
    return bank.table("decision").filter(pl.col("kind") == kind)


def test_three_different_people_decide(bank):
    for kind in ("upgrade", "manual_tier"):
        terms = [json.loads(each) for each in decided(bank, kind)["terms"]]
        assert terms
        assert all(len({each[f"{part}_by"] for part in ("proposed", "determined", "approved")}) == 3 for each in terms)


def test_what_people_find_is_told_once_a_loan_and_ends_or_is_bad(bank):
    found = decided(bank, "manual_tier")
    tier = found["terms"].str.json_path_match("$.tier")
    assert found["loan_id"].is_unique().all()
    assert ((tier == "substandard") == found["ends_on"].is_null()).all()
    assert (found["effective_on"] == found["feed_day"]).all()


def test_upgrades_are_decided_as_the_truth_knows_them(bank):
    said = decided(bank, "upgrade").select("loan_id", on="effective_on").sort("on", "loan_id")
    assert said.equals(bank.truth("upgrade"))
    assert len(said) >= 2


@pytest.mark.slow
def test_every_upgrade_ends_the_waiting_of_a_loan_on_its_very_day(bank, tmp_path):
    """Neither earlier, where the decision would count for nothing, nor of a loan that did not wait."""
    reports = load_feeds(tmp_path / "home", bank.feeds, shards=1)
    assert sum(report.quarantined for report in reports) == 0
    upgrades = bank.truth("upgrade")
    list(run_nights(tmp_path / "home", upgrades["on"].unique().sort().to_list()))
    for loan_id, on in upgrades.iter_rows():
        loans = read_loans(tmp_path / "home", on)
        (row,) = loans.filter(pl.col("loan_id") == loan_id).to_dicts()
        assert row["tier_yesterday"] in NON_PERFORMING, loan_id
        assert row["tier"] not in NON_PERFORMING, loan_id
        assert (row["tier_since_on"], row["upgrade_decided_on"], row["is_retail"]) == (on, on, False)
