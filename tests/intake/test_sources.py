"""A day holds one delivery of each source; a full table speaks for its own source and no other."""

from datetime import date
from pathlib import Path

import pytest
from delivering import Bank

from feeds import SMALL_BANK_DAY, Row, small_bank
from postloan.errors import FeedChanged, FeedNotDescribed, FeedOutOfOrder
from postloan.intake.records import read_records

TERMS = '{"evidence":"e","approver":"a"}'


def decision(name: str, loan: str = "L1") -> Row:
    return {"decision_id": name, "kind": "evasion", "loan_id": loan, "effective_on": "2024-03-31", "terms": TERMS}


def desk(bank: Bank, *rows: Row, day: date = SMALL_BANK_DAY, mode: str = "increment", source: str = "desk") -> Path:
    folder = Bank(bank.root / source).deliver({"decision": list(rows)}, str(day))
    (folder / "feed.yaml").write_text(f"source: {source}\ntables:\n  decision: {mode}\n")
    return folder


def decisions(bank: Bank) -> set[str]:
    return {row[0] for row in bank.rows("decision", "decision_id")}


def test_the_desk_delivers_beside_the_core_on_the_same_day(bank: Bank) -> None:
    bank.loaded(small_bank() | {"decision": [decision("C1")]})
    [report] = bank.load(desk(bank, decision("D1")))
    assert not report.already_loaded
    assert decisions(bank) == {"C1", "D1"}
    assert [record.source for record in read_records(bank.home)] == ["core", "desk"]
    assert read_records(bank.home)[-1].supersedes == ()
    assert bank.load(bank.root / "desk" / "feeds")[0].already_loaded


def test_a_full_table_of_the_core_leaves_what_the_desk_decided(bank: Bank) -> None:
    bank.loaded(small_bank() | {"decision": [decision("C1")]})
    bank.load(desk(bank, decision("D1")))
    bank.loaded(small_bank() | {"decision": [decision("C2")]}, "2024-04-30")
    assert decisions(bank) == {"C2", "D1"}
    bank.load(desk(bank, decision("D2"), day=date(2024, 4, 30), mode="full"))
    assert decisions(bank) == {"C2", "D2"}


def test_a_full_table_of_one_source_does_not_forget_whom_another_told_of(bank: Bank) -> None:
    bank.loaded(small_bank())
    org = {"org_id": "DESK", "name": "desk", "level": "branch"}
    folder = Bank(bank.root / "other").deliver({"org": [org], "decision": [decision("D1")]}, "2024-04-30")
    (folder / "feed.yaml").write_text("source: other\n")
    [report] = bank.load(folder)
    assert report.quarantined == 0
    assert "DESK" in {row[0] for row in bank.rows("org", "org_id")}
    assert len(bank.rows("org", "org_id")) == len(small_bank()["org"]) + 1


def test_a_changed_delivery_of_the_desk_is_refused_as_the_core_s_is(bank: Bank) -> None:
    bank.loaded(small_bank())
    bank.load(desk(bank, decision("D1")))
    bank.refused(FeedChanged, desk(bank, decision("D1"), decision("D2")))
    bank.loaded(small_bank(), "2024-04-30")
    bank.refused(FeedOutOfOrder, desk(bank, decision("D3"), source="third"))


@pytest.mark.parametrize("source", ["Desk", "the desk", "''"])
def test_a_source_is_a_plain_word(bank: Bank, source: str) -> None:
    folder = bank.deliver(small_bank())
    (folder / "feed.yaml").write_text(f"source: {source}\n")
    bank.refused(FeedNotDescribed, folder)
