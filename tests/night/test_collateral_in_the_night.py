"""Collateral of a whole bank: the same however it is parted into shards, and its sums hold."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from postloan.demo.bank import write_demo_feeds
from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.snapshot.read import read_loans, read_of_bank

TABLES = ("collateral_standing", "collateral_share", "loan_to_value")


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, date]:
    """One demo bank in one shard and in eight, its day computed in both."""
    feeds = tmp_path_factory.mktemp("feeds")
    write_demo_feeds(feeds / "feeds", feeds / "truth", loans=400, months=2, seed=3, tell=lambda *_: None)
    homes = []
    for shards in (1, 8):
        home = tmp_path_factory.mktemp(f"of_{shards}")
        on = max(report.feed_day for report in load_feeds(home, feeds / "feeds", shards=shards))
        run_night(home, on)
        homes.append(home)
    return homes[0], homes[1], on


def test_one_shard_and_eight_say_the_same_of_collateral(parted: tuple[Path, Path, date]) -> None:
    one, eight, on = parted
    for table in TABLES:
        rows = read_of_bank(one, on, table)
        assert rows.height > 50, table
        assert rows.equals(read_of_bank(eight, on, table)), table


def test_shares_of_a_bank_add_up(parted: tuple[Path, Path, date]) -> None:
    home, _eight, on = parted
    standing, shares, loans = (read_of_bank(home, on, table) for table in TABLES)
    by_collateral = shares.group_by("collateral_id").agg(pl.col("share_cents").sum())
    held = standing.join(by_collateral, on="collateral_id")
    assert (held["share_cents"] == held["counted_cents"]).all()
    assert loans["shortfall_cents"].sum() == standing["shortfall_cents"].sum() > 0
    assert (standing["counted_cents"] <= standing["value_cents"].fill_null(0)).all()
    assert standing["index_series"].drop_nulls().len() > 0
    owed = read_loans(home, on, ["loan_no", "outstanding_cents"])
    assert loans.join(owed, on=["loan_no", "outstanding_cents"], how="semi").height == loans.height
