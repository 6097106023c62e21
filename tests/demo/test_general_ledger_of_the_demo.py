"""The demo's general ledger: right but for what is planted, and the tie-out finds exactly that."""

import polars as pl
import pytest
from written_bank import WrittenBank, write_bank

from postloan.desk.report.tieout import tieout
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.plan.tie_out import tie_out


def test_the_ledger_less_what_is_planted_is_the_truth(bank):
    office = bank.table("loan").select("loan_id", "org_id").unique("loan_id")
    planted = bank.truth("gl_difference")
    told = bank.table("gl_balance")
    assert planted.height >= 10
    assert set(told["account"]) == {"loans_principal"}
    for day in bank.days:
        right = bank.standing(day).join(office, on="loan_id").group_by("org_id").agg(pl.col("outstanding_cents").sum())
        wrong = planted.filter(pl.col("on") == day).select("org_id", "difference_cents")
        lines = told.filter(pl.col("on") == day).join(right, on="org_id", how="left").join(
            wrong, on="org_id", how="left"
        )  # fmt: skip
        said = pl.col("balance_cents") - pl.col("difference_cents").fill_null(0)
        assert lines.select((said == pl.col("outstanding_cents").fill_null(0)).all()).item(), day
        assert lines.select(said.sum()).item() == right["outstanding_cents"].sum()


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> WrittenBank:
    written = write_bank(tmp_path_factory.mktemp("ledger"), loans=400, months=4, seed=3)
    load_feeds(written.folder, written.feeds, shards=1)
    list(run_nights(written.folder, written.days))
    return written


def test_the_tie_out_finds_what_is_planted_and_no_more(small):
    planted = small.truth("gl_difference")
    orgs = Facts(small.folder, None).read("org", None)
    assert planted["on"].n_unique() == 2
    for day in small.days:
        expected = planted.filter(pl.col("on") == day).select("org_id", "difference_cents").sort("org_id").rows()
        lines = tie_out(small.folder, day).lines
        assert lines.filter("differs").select("org_id", "difference_cents").rows() == expected
        assert len(tieout(small.folder, day, by_org=False, orgs=orgs).failed) == len(expected)
