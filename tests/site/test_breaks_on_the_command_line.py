"""A small book with a core that disagrees in every way, walked on the command line from feed to report."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.site.cli import app
from postloan.snapshot.files import write_table
from postloan.snapshot.read import read_loans, read_manifest, scan_instructions
from postloan.tables.units import BREAK_KINDS

ON = date(2024, 3, 30)
OWN_BOOK = """\
rule: book_of_record
says: We keep the balance, and a cent of rounding is no break.
versions:
  - from: 2023-07-01
    holder: {system: postloan, cite: {text: postloan-settings, at: "book of record", confirmed_on: null}}
    tolerance: {up_to_cents: 1, up_to_days: 0, cite: {text: postloan-settings, at: "tolerance", confirmed_on: null}}
"""


def word(loan_id: str, on: date, outstanding: str, **says: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("overdue_principal", "overdue_interest", "penalty", "days_past_due", "tier"))
    return blank | {"loan_id": loan_id, "on": on, "outstanding": Decimal(outstanding)} | says


def a_bank_whose_core_disagrees() -> dict[str, list[dict[str, Any]]]:
    """L1 differs by a cent, L2 in everything, L3 is stale, L4 is joint and missing, L5 begins the day after."""
    bank = small_bank()
    bank["loan"] = [each | {"funding_share": None, "partner_id": None} for each in bank["loan"]]
    bank["loan"][3] |= {"funding_share": Decimal("0.3"), "partner_id": "B2"}
    bank["loan"].append(bank["loan"][0] | {"loan_id": "L5", "disbursed_on": SMALL_BANK_DAY})
    bank["ledger"] = [
        word("L1", ON, "10049.55"),
        word("L2", ON, "1.00", overdue_principal="0.50", overdue_interest="0.25", penalty="0.01", days_past_due=1,
             tier="pass"),
        word("L3", date(2024, 3, 29), "50000.00"),
        word("L5", ON, "12000.00"),
    ]  # fmt: skip
    terms = {"principal": "2750.46", "interest": "0", "ground": "estate closed"}
    bank["decision"] = [
        {"decision_id": "X1", "kind": "write_off", "loan_id": "L2", "effective_on": ON, "terms": json.dumps(terms)}
    ]
    return bank


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def walked(folder: Path, own_rules: str | None = None) -> Path:
    if own_rules:
        (folder / "rulebook" / "bank").mkdir(parents=True)
        (folder / "rulebook" / "bank" / "book_of_record.yaml").write_text(own_rules)
    feed = write_feed(folder / "feeds", SMALL_BANK_DAY, a_bank_whose_core_disagrees())
    assert run("load", feed, "--home", folder, "--shards", 5).exit_code == 0
    night = run("night", ON, "--home", folder, "--workers", 0)
    assert night.exit_code == 0, night.stderr
    return folder


@pytest.fixture(scope="module")
def core_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walked(tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walked(tmp_path_factory.mktemp("own"), OWN_BOOK)


def filed(home: Path, *more: str) -> list[dict[str, str]]:
    outcome = run("report", "breaks", "--home", home, "--on", ON, "--format", "csv", *more)
    assert outcome.exit_code == 0, outcome.stderr
    return list(csv.DictReader(io.StringIO(outcome.stdout)))


FOUND = {
    ("L1", "outstanding"), ("L2", "outstanding"), ("L2", "overdue_principal"), ("L2", "overdue_interest"),
    ("L2", "penalty"), ("L2", "days_past_due"), ("L2", "tier"), ("L3", "stale"), ("L4", "missing_in_core"),
    ("L5", "missing_here"),
}  # fmt: skip


def test_each_kind_of_break_is_filed_once_and_counted(core_home: Path) -> None:
    rows = filed(core_home)
    assert {(row["loan_id"], row["break_kind"]) for row in rows} == FOUND
    assert len(rows) == len(FOUND)
    assert {row["break_kind"] for row in rows} == set(BREAK_KINDS)
    counted = read_manifest(core_home, ON)["totals"]["breaks"]
    assert counted == {kind: sum(row["break_kind"] == kind for row in rows) for kind in BREAK_KINDS}
    ours = dict(read_loans(core_home, ON, ["loan_id", "own_outstanding_cents"]).iter_rows())
    for row in rows:
        if row["break_kind"] in {"outstanding", "stale", "missing_in_core"}:
            assert Decimal(row["ours"]) * 100 == ours[row["loan_id"]]
            core = Decimal(row["core"] or 0)
            assert Decimal(row["difference"]) == core - Decimal(row["ours"])


def test_the_screen_shows_every_break_in_its_unit(core_home: Path) -> None:
    for language, words in (("en", ("Missing in core", "Days past due")), ("zh", ("核心无", "逾期天数"))):
        outcome = run("--lang", language, "report", "breaks", "--home", core_home, "--on", ON)
        assert outcome.exit_code == 0, outcome.stderr
        assert all(word in outcome.stdout for word in words)
        assert max(cell_len(line) for line in outcome.stdout.splitlines()) <= 100
        assert "12,000.00" in outcome.stdout
    as_json = json.loads(run("report", "breaks", "--home", core_home, "--format", "json").stdout)
    assert (as_json["report"], len(as_json["rows"])) == ("breaks", len(FOUND))


def test_breaks_are_counted_by_product_and_office(core_home: Path) -> None:
    for by in ("product", "org", "industry"):
        *groups, total = filed(core_home, "--by", by)
        assert int(total["breaks"]) == sum(int(row["breaks"]) for row in groups) == len(FOUND)


def test_an_instruction_waits_for_the_core_and_alters_nothing(core_home: Path) -> None:
    (told,) = scan_instructions(core_home, ON).collect().to_dicts()
    assert (told["decision_id"], told["state"], told["amount_cents"]) == ("X1", "pending", 275_046)
    assert read_manifest(core_home, ON)["totals"]["instructions"] == {
        "withdrawn": 0, "refused": 0, "pending": 1, "in_force": 0, "confirmed": 0,
    }  # fmt: skip
    loans = {row["loan_id"]: row for row in read_loans(core_home, ON).to_dicts()}
    assert (loans["L2"]["status"], loans["L2"]["written_off_cents"], loans["L2"]["outstanding_cents"]) == (
        "active", 0, 100,
    )  # fmt: skip


def test_instructions_are_listed_with_what_they_wait_for(core_home: Path, own_home: Path) -> None:
    said = run("--lang", "zh", "report", "instructions", "--home", core_home, "--on", ON)
    assert said.exit_code == 0, said.stderr
    assert "待核心生效" in said.stdout
    assert "2,750.46" in said.stdout
    assert max(cell_len(line) for line in said.stdout.splitlines()) <= 100
    (row,) = json.loads(run("report", "instructions", "--home", own_home, "--format", "json").stdout)["rows"]
    assert (row["decision_id"], row["state"], row["amount"]) == ("X1", "in_force", "2750.46")
    assert run("report", "instructions", "--home", core_home, "--by", "org").exit_code == 1


def test_the_days_of_the_ledger_are_those_of_the_whole_bank_as_known(core_home: Path, tmp_path: Path) -> None:
    assert Facts(core_home, None).days_of("ledger")["on"].to_list() == [date(2024, 3, 29), ON]
    bank = a_bank_whose_core_disagrees()
    bank["ledger"] = [word("L1", ON, "1.00", known_on=ON), word("L2", SMALL_BANK_DAY, "1.00", known_on=SMALL_BANK_DAY)]
    home = tmp_path / "home"
    load_feeds(home, write_feed(tmp_path / "feeds", SMALL_BANK_DAY, bank), shards=5)
    more = {"ledger": [word("L1", date(2024, 4, 1), "1.00")]}
    load_feeds(home, write_feed(tmp_path / "feeds", date(2024, 4, 1), more, modes={"ledger": "increment"}))
    known = Facts(home, SMALL_BANK_DAY).days_of("ledger")["on"].to_list()
    assert known == [ON, SMALL_BANK_DAY]
    assert Facts(home, None).days_of("ledger")["on"].to_list() == [*known, date(2024, 4, 1)]
    assert Facts(home, None).days_of("written_off").is_empty()


def test_where_we_keep_the_balance_decisions_hold_and_rounding_is_no_break(own_home: Path) -> None:
    loans = {row["loan_id"]: row for row in read_loans(own_home, ON).to_dicts()}
    assert loans["L1"]["outstanding_cents"] == loans["L1"]["own_outstanding_cents"]
    assert (loans["L2"]["written_off_cents"], loans["L2"]["status"]) == (275_046, "written_off")
    assert [row["state"] for row in scan_instructions(own_home, ON).collect().to_dicts()] == ["in_force"]
    kinds = {(row["loan_id"], row["break_kind"]) for row in filed(own_home)}
    assert kinds == {("L2", "outstanding"), ("L3", "stale"), ("L4", "missing_in_core"), ("L5", "missing_here")}


def test_reports_and_debtors_count_the_banks_own_share(core_home: Path) -> None:
    loan = read_loans(core_home, ON).filter(pl.col("loan_id") == "L4").row(0, named=True)
    assert (loan["outstanding_cents"], loan["own_share_outstanding_cents"]) == (100_000_000, 30_000_000)
    assert (loan["partner_outstanding_cents"], loan["partner_id"]) == (70_000_000, "B2")
    said = run("report", "tiers", "--home", core_home, "--format", "json").stdout
    total = next(row for row in json.loads(said)["rows"] if row["tier"] == "total")
    active = read_loans(core_home, ON).filter(pl.col("status") == "active")
    assert Decimal(total["outstanding"]) * 100 == active["own_share_outstanding_cents"].sum()
    cents = read_manifest(core_home, ON)["totals"]["tiers"].values()
    assert sum(tier["cents"] for tier in cents) == active["own_share_outstanding_cents"].sum()


def test_a_snapshot_from_before_there_were_breaks_says_so(core_home: Path, tmp_path: Path) -> None:
    manifest = read_manifest(core_home, ON)
    place = tmp_path / "snapshots" / manifest["run_id"]
    (place / "loan").mkdir(parents=True)
    files = {"loan/0000.parquet": write_table(place / "loan" / "0000.parquet", read_loans(core_home, ON))}
    (place / "manifest.json").write_text(json.dumps(manifest | {"files": files}))
    (tmp_path / "snapshots" / f"{ON}.json").write_text(json.dumps({"run_id": manifest["run_id"]}))
    refused = run("report", "breaks", "--home", tmp_path, "--on", ON)
    assert (refused.exit_code, refused.stderr.split()[0]) == (1, "PL-N04")
