"""Guarantee circles cross shards: a debtor's signals do not depend on how the book is cut."""

from pathlib import Path

import polars as pl
from a_book import FEED_DAY, ON, book

from feeds import write_feed
from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.plan.warnings import features_of_day
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.snapshot.read import read_debtors, scan_warnings
from postloan.steps.warnings import warnings
from postloan.tables.published import PublishedLoan

RING = ("D0001", "D0005", "D0009", "D0013")


def published(folder: Path, shards: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The signals and the debtors of a night over a book in which four debtors guarantee each other in a ring."""
    tables = {table: rows for table, rows in book(debtors=20).items() if rows}
    tables["guarantee"] = [
        {"guarantee_id": f"B{at}", "guarantor_id": RING[(at + 1) % len(RING)], "secures_kind": "loan",
         "secures_id": f"L{debtor_id[1:]}-0", "amount": 100, "kind": "joint", "begins_on": ON}
        for at, debtor_id in enumerate(RING)
    ]  # fmt: skip
    load_feeds(folder / "home", write_feed(folder / "feeds", FEED_DAY, tables), shards=shards)
    run_night(folder / "home", ON)
    found = scan_warnings(folder / "home", ON).collect().sort("debtor_no", "signal", "loan_id")
    return found, read_debtors(folder / "home", ON)


def test_one_shard_and_eight_raise_the_same_signals(tmp_path: Path) -> None:
    eight, one = published(tmp_path / "eight", 8), published(tmp_path / "one", 1)
    assert one[0].equals(eight[0])
    assert one[1].equals(eight[1])
    on_book = one[1].filter(pl.col("loan_count") > 0)["debtor_id"].to_list()
    circle = one[0].filter(pl.col("signal") == "WS-GUA-05")["debtor_id"].to_list()
    assert circle == [debtor_id for debtor_id in RING if debtor_id in on_book]
    assert len(circle) > 2


def test_features_reckoned_again_raise_what_was_published(tmp_path: Path) -> None:
    found, _ = published(tmp_path, 8)
    features = features_of_day(tmp_path / "home", ON)
    rules = policy_on(load_rulebook(tmp_path / "home"), ON).warnings
    assert not [rule for rule in rules if rule.of == "loan"]
    again = warnings(features, PublishedLoan.create_empty(), rules=rules)
    assert found.height
    assert again.equals(found)
