"""A member, guarantor or guaranteed in default warns the others the same night, whatever the shards."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from a_book import FEED_DAY, ON, Tables, book

from feeds import write_feed
from postloan.errors import ShardFailed
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.night.look import look_around, neighbours_left
from postloan.night.pins import pins
from postloan.night.run import run_night
from postloan.night.task import ShardTask
from postloan.plan.inputs import law_day
from postloan.plan.warnings import features_of_day
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.snapshot.files import commit_json
from postloan.snapshot.read import read_loans, read_of_bank, scan_warnings
from postloan.tables.units import NON_PERFORMING

TIED = ["group_members_in_default", "guarantors_in_default", "guaranteed_in_default", "circle_members_in_default"]
ENDED = ON - timedelta(days=1)


def guarantee(at: int, guarantor: str, debtor_id: str, **says: Any) -> dict[str, Any]:
    return {
        "guarantee_id": f"B{at}", "guarantor_id": guarantor, "secures_kind": "loan",
        "secures_id": f"L{debtor_id[1:]}-0", "amount": 100, "kind": "joint", "begins_on": date(2024, 1, 1),
    } | says  # fmt: skip


def published(folder: Path, tables: Tables, shards: int) -> Path:
    tables = {table: rows for table, rows in tables.items() if rows}
    load_feeds(folder / "home", write_feed(folder / "feeds", FEED_DAY, tables), shards=shards)
    run_night(folder / "home", ON)
    return folder / "home"


def in_default(home: Path) -> list[str]:
    """Debtors with a loan on the book that is non-performing or in stage 3, by their published rows."""
    loans = read_loans(home, ON, ["debtor_id", "status", "tier", "stage"]).filter(pl.col("status") == "active")
    bad = pl.col("tier").is_in(NON_PERFORMING) | (pl.col("stage") == "stage_3").fill_null(value=False)
    return loans.filter(bad)["debtor_id"].unique().sort().to_list()


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """One debtor in default and four that are well, by a night without ties."""
    home = published(tmp_path_factory.mktemp("plain"), book(debtors=24), 2)
    bad = in_default(home)
    on_book = read_loans(home, ON, ["debtor_id", "status"]).filter(pl.col("status") == "active")
    well = sorted(set(on_book["debtor_id"]) - set(bad))
    assert read_of_bank(home, ON, "debtor_in_default").is_empty(), "nobody is tied to anybody"
    return bad[0], well[:4]


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory, parties: tuple[str, list[str]]) -> tuple[Path, Path]:
    """The same book with ties, in one shard and in eight.

    The first well debtor shares a group with the bad one; it guarantees the second; the third guarantees it; for the
    fourth its guarantee has ended, and the fourth stands for it by one of a maximum amount whose period is over.
    """
    bad, (member, guaranteed, guarantor, past) = parties
    tables = book(debtors=24)
    for row in tables["debtor"]:
        row["group_id"] = "G1" if row["debtor_id"] in {bad, member} else None
    tables["guarantee"] = [
        guarantee(1, bad, guaranteed),
        guarantee(2, guarantor, bad),
        guarantee(3, bad, past, ends_on=ENDED, begins_on=date(2023, 1, 1)),
        guarantee(4, past, bad, ends_on=ENDED, begins_on=date(2023, 1, 1), is_maximum_amount=True),
    ]
    folder = tmp_path_factory.mktemp("tied")
    return published(folder / "one", tables, 1), published(folder / "eight", tables, 8)


def test_those_tied_to_it_are_warned_and_nobody_else(parties, tied) -> None:
    bad, (member, guaranteed, guarantor, past) = parties
    home = tied[1]
    rows = features_of_day(home, ON).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in TIED))
    told = {row["debtor_id"]: [row[name] for name in TIED] for row in rows.iter_rows(named=True)}
    assert told == {
        member: [1, None, None, None], guaranteed: [None, 1, None, None],
        guarantor: [None, None, 1, None], past: [None, None, 1, None],
    }  # fmt: skip
    signals = scan_warnings(home, ON).collect()

    def warned(signal: str) -> set[str]:
        return set(signals.filter(pl.col("signal") == signal)["debtor_id"])

    assert warned("WS-GRP-01") == {member}
    assert warned("WS-GUA-03") == {guaranteed}
    assert warned("WS-GUA-10") == {guarantor, past}
    names = dict(features_of_day(home, ON).select("debtor_no", "debtor_id").iter_rows())
    listed = read_of_bank(home, ON, "debtor_in_default").select("debtor_no", "group_id").rows()
    assert [(names[number], group) for number, group in listed] == [(bad, "G1")]


def test_the_signals_do_not_depend_on_the_shards(tied) -> None:
    one, eight = tied
    for table in ("debtor_in_default", "weak_guarantee"):
        assert read_of_bank(one, ON, table).equals(read_of_bank(eight, ON, table))
    order = ("debtor_no", "signal", "loan_id")
    found = [scan_warnings(home, ON).collect().sort(order) for home in tied]
    assert found[0].equals(found[1])
    assert features_of_day(one, ON).equals(features_of_day(eight, ON))


def test_a_ring_with_one_in_default_warns_its_others(tmp_path: Path, parties) -> None:
    bad, (first, second, *_) = parties
    tables = book(debtors=24)
    tables["guarantee"] = [guarantee(1, bad, first), guarantee(2, first, bad), guarantee(3, second, first)]
    home = published(tmp_path, tables, 2)
    rows = features_of_day(home, ON).filter(pl.col("circle_members_in_default") > 0)
    assert rows.select("debtor_id", "circle_members_in_default", "guarantors_in_default").rows() == [(first, 1, 1)]
    signals = scan_warnings(home, ON).collect().filter(pl.col("signal") == "WS-GUA-05")
    assert signals["debtor_id"].to_list() == [first]


def test_who_recovers_warns_nobody(tmp_path: Path, parties) -> None:
    """A group none of whose members is in default, of three."""
    _bad, well = parties
    tables = book(debtors=24)
    for row in tables["debtor"]:
        row["group_id"] = "G1" if row["debtor_id"] in well else None
    home = published(tmp_path, tables, 2)
    assert read_of_bank(home, ON, "debtor_in_default").is_empty()
    assert scan_warnings(home, ON).collect().filter(pl.col("signal") == "WS-GRP-01").is_empty()


def test_a_model_without_any_rule_is_told_of_those_tied_too(tmp_path: Path, parties) -> None:
    bad, (member, *_others) = parties
    tables = book(debtors=24)
    for row in tables["debtor"]:
        row["group_id"] = "G1" if row["debtor_id"] in {bad, member} else None
    home, night = published(tmp_path, tables, 2), tmp_path / "look"
    facts, rulebook = Facts(home, None), load_rulebook(home)
    law = law_day(ON, facts)
    night.mkdir()
    commit_json(night / "pins.json", pins(facts, rulebook, on=ON, law_of=law))
    model_alone = replace(policy_on(rulebook, law), warnings=(), warning_model="a model")
    tasks = [ShardTask(home, night, shard, ON, facts.known_on, model_alone) for shard in range(2)]
    look_around(facts, model_alone, tasks, None, killed=ShardFailed(message="", hint=""))
    told = neighbours_left(night).in_default
    assert told.height
    assert told.equals(read_of_bank(home, ON, "debtor_in_default"))
