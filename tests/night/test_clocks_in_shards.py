"""Legal clocks of a published night: the same rows from one shard and from eight."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from a_book import FEED_DAY, ON, book

from feeds import write_feed
from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.snapshot.read import scan_clocks

STEPS = ("demand", "acknowledgement", "filing", "judgment", "enforcement", "freeze", "seal", "repossessed", "sold",
         "bankruptcy_accepted", "auction_failed", "voidable_act_known", "presuit_preservation")  # fmt: skip


def home_with_steps(folder: Path, shards: int) -> Path:
    chance = random.Random(3)  # noqa: S311 - the same steps every time
    tables = book(debtors=60)
    loans = [row["loan_id"] for row in tables["loan"]]
    tables["guarantee"] = [
        {"guarantee_id": f"G{loan_id}", "guarantor_id": "X", "secures_kind": "loan", "secures_id": loan_id,
         "amount": 100, "kind": chance.choice(["joint", "general"]), "begins_on": date(2020, 1, 1), "ends_on": None,
         "is_maximum_amount": False}
        for loan_id in chance.sample(loans, 60)
    ]  # fmt: skip
    guaranteed = [row["secures_id"] for row in tables["guarantee"]]
    tables["legal_event"] = [
        {"legal_event_id": f"E{at}", "loan_id": (loan_id := chance.choice(loans)), "contract_id": None,
         "kind": (step := chance.choice(STEPS)), "happened_on": ON - timedelta(days=chance.randint(0, 900)),
         "ends_on": None, "proof": None, "asset_id": f"A{at % 5}" if at % 2 else None, "asset_kind": None,
         "guarantee_id": f"G{loan_id}" if step == "demand" and loan_id in guaranteed else None}
        for at in range(300)
    ]  # fmt: skip
    told = {name: rows for name, rows in tables.items() if rows}
    (report,) = load_feeds(folder / "home", write_feed(folder / "feeds", FEED_DAY, told), shards=shards)
    assert report.quarantined == 0, report.tables
    return folder / "home"


def clocks(home: Path) -> pl.DataFrame:
    return scan_clocks(home, ON).collect().sort("loan_id", "clock_id")


def test_one_shard_and_eight_find_the_same_clocks(tmp_path: Path) -> None:
    one, eight = (home_with_steps(tmp_path / str(shards), shards) for shards in (1, 8))
    for home in (one, eight):
        run_night(home, ON)
    found = clocks(one)
    assert found.height > 100
    assert found["kind"].n_unique() >= 10
    assert set(found["state"].cast(pl.String)) == {"running", "kept", "lost"}
    assert found.equals(clocks(eight))
