"""A month-end on the command line: tied to the ledger, closed, corrected, reported in any version; and group alerts."""

import csv
import io
import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.site.cli import app
from postloan.snapshot.read import read_loans

ON = SMALL_BANK_DAY
CENT_IS_NOTHING = """\
rule: tie_out
says: We round each line.
versions:
  - from: 2023-07-01
    tolerance: {up_to_cents: 1, cite: {text: postloan-settings, at: "tie-out", confirmed_on: null}}
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def told(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def load(home: Path, day: date, tables: dict[str, list[dict[str, Any]]], *, first: bool = False) -> None:
    modes = None if first else dict.fromkeys(tables, "increment")
    feed = write_feed(home / "feeds", day, tables, modes=modes)
    assert run("load", feed, "--home", home, "--shards", 3).exit_code == 0


def night(home: Path) -> Result:
    result = run("night", ON, "--home", home, "--workers", 0)
    assert result.exit_code == 0, result.stderr
    return result


def a_bank_in_a_group() -> dict[str, list[dict[str, Any]]]:
    """L4 is joint and impaired; its debtor is in a group with D2, who has a loan, and D9, who has none."""
    bank = small_bank()
    bank["loan"] = [each | {"funding_share": None, "partner_id": None} for each in bank["loan"]]
    bank["loan"][3] |= {"funding_share": Decimal("0.3"), "partner_id": "B2", "org_id": "000"}
    bank["debtor"] = [each | {"group_id": None if each["debtor_id"] == "D1" else "G7"} for each in bank["debtor"]]
    bank["debtor"].append(bank["debtor"][2] | {"debtor_id": "D9", "id_number": "11010819900101000X"})
    bank["decision"] = [
        {"decision_id": "X1", "kind": "impairment", "loan_id": "L4", "effective_on": date(2024, 3, 15),
         "terms": '{"expected_loss": "0.2", "evidence": "accounts", "approver": "Li Na"}'}
    ]  # fmt: skip
    return bank


def ledger_rows(home: Path, **off_cents: int) -> list[dict[str, Any]]:
    """What we publish, added up loan by loan in plain Python, as the ledger would say it, wrong where it is said so."""
    sums: dict[tuple[str, str], int] = {}
    for loan in read_loans(home, ON).filter(status="active").to_dicts():
        share = Decimal(loan["funding_share_e8"] or 10**8) / 10**8
        parts = {
            "loans_principal": loan["own_share_outstanding_cents"],
            "interest_receivable": half_up(loan["on_balance_interest_cents"] * share),
            "off_balance_interest": half_up(loan["off_balance_interest_cents"] * share),
            "loan_loss_provisions": sum(loan[f"{kind}_provision_cents"] for kind in ("general", "specific", "special")),
        }
        for account, cents in parts.items():
            key = (loan["org_id"], account)
            sums[key] = sums.get(key, 0) + cents
    return [
        {"org_id": org, "account": account, "on": ON,
         "balance": Decimal(cents + off_cents.get(f"{account}_{org}", 0)) / 100}
        for (org, account), cents in sums.items()
    ]  # fmt: skip


def half_up(amount: Decimal) -> int:
    return int((amount + Decimal("0.5")).to_integral_value("ROUND_FLOOR"))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bank published before any ledger came. Never written to."""
    home = tmp_path_factory.mktemp("closing")
    load(home, ON, a_bank_in_a_group(), first=True)
    night(home)
    return home


@pytest.fixture
def home(books: Path, tmp_path: Path) -> Path:
    shutil.copytree(books, tmp_path / "home")
    return tmp_path / "home"


def state(home: Path, rows: list[dict[str, Any]]) -> None:
    load(home, date(2024, 4, 2), {"gl_balance": rows})
    night(home)


# Tie-out ----------------------------------------------------------------------------------------------------------


def test_a_ledger_that_says_the_same_ties_to_the_cent(home: Path) -> None:
    state(home, ledger_rows(home))
    result = run("report", "tieout", "--on", ON, "--by", "org", "--home", home, "--format", "csv")
    lines = told(result)
    assert result.exit_code == 0, result.stderr
    assert {line["result"] for line in lines} == {"ties"}
    assert {line["org_id"] for line in lines} == {"000", "010", ""}
    assert {line["difference"] for line in lines} == {"0.00"}
    assert any(Decimal(line["ours"]) for line in lines if line["account"] == "interest_receivable")


def test_two_offices_that_differ_break_the_tie_though_their_total_holds(home: Path) -> None:
    state(home, ledger_rows(home, loans_principal_000=-5, loans_principal_010=5, loan_loss_provisions_010=1))
    result = run("report", "tieout", "--on", ON, "--home", home, "--format", "csv")
    (principal,) = [line for line in told(result) if line["account"] == "loans_principal"]
    assert (principal["difference"], principal["result"]) == ("0.00", "differs")
    assert result.exit_code == 1
    assert sorted(line.split(": ")[1] for line in result.stderr.splitlines()) == [
        "000 loans_principal -0.05", "010 loan_loss_provisions 0.01", "010 loans_principal 0.05",
    ]  # fmt: skip


def test_the_bank_says_what_ties(home: Path) -> None:
    folder = home / "rulebook" / "bank"
    folder.mkdir(parents=True)
    (folder / "tie_out.yaml").write_text(CENT_IS_NOTHING)
    state(home, ledger_rows(home, loans_principal_000=1, loans_principal_010=-2))
    result = run("report", "tieout", "--on", ON, "--home", home, "--format", "csv")
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == ["010 loans_principal -0.02"]


def test_what_the_ledger_does_not_state_is_said_and_is_no_difference(home: Path) -> None:
    result = run("report", "tieout", "--on", ON, "--home", home, "--format", "csv")
    assert result.exit_code == 0
    assert all((line["ledger"], line["difference"], line["result"]) == ("", "", "not_stated") for line in told(result)
               if Decimal(line["ours"]))  # fmt: skip

    stated = [row for row in ledger_rows(home) if (row["org_id"], row["account"]) == ("010", "loans_principal")]
    state(home, [*stated, {"org_id": "000", "account": "off_balance_interest", "on": ON, "balance": "7.00"}])
    result = run("report", "tieout", "--on", ON, "--home", home, "--format", "csv")
    by_account = {line["account"]: line for line in told(result)}
    principal = by_account["loans_principal"]
    assert principal["result"] == "not_stated"
    assert Decimal(principal["ours"]) - Decimal(principal["not_stated"]) == Decimal(principal["ledger"])
    assert by_account["off_balance_interest"]["difference"] == "7.00", "an office where we have nothing"
    assert result.exit_code == 1


def test_a_ledger_row_of_an_unknown_office_or_account_goes_to_quarantine(home: Path) -> None:
    row = {"org_id": "010", "account": "loans_principal", "on": ON, "balance": "1"}
    rows = [row, row | {"org_id": "999"}, row | {"org_id": "000", "account": "cash"}]
    feed = write_feed(home / "feeds", date(2024, 4, 2), {"gl_balance": rows}, modes={"gl_balance": "increment"})
    result = run("load", feed, "--home", home, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["days"][-1]["tables"]["gl_balance"] == {"accepted": 1, "quarantined": 2}


# Closing ----------------------------------------------------------------------------------------------------------


def test_a_month_end_from_tie_out_to_correction(home: Path) -> None:
    state(home, ledger_rows(home, loans_principal_010=100))
    refused = run("close", ON, "--by", "王敏", "--home", home)
    assert refused.exit_code == 1
    assert "PL-K02" in refused.stderr
    assert "tieout 1" in refused.stderr
    closed = run("close", ON, "--by", "王敏", "--note", "next month", "--home", home, "--json")
    said = json.loads(closed.stdout)
    assert (said["version"], said["by"], said["open_items"]) == (2, "王敏", {"tieout": 1})

    payment = {"payment_id": "P9", "loan_id": "L2", "paid_on": date(2024, 3, 20), "amount": "268.17"}
    load(home, date(2024, 4, 5), {"payment": [payment]})
    assert "version 3 beside those before" in night(home).stdout

    rows = json.loads(run("closings", "--on", ON, "--home", home, "--json").stdout)
    assert [(row["version"], row["by"]) for row in rows] == [(1, None), (2, "王敏"), (3, None)]
    assert [row["run_id"] for row in rows[:2]] == said["runs"]
    (moved,) = told(run("report", "corrections", "--on", ON, "--home", home, "--format", "csv"))
    paid = Decimal(moved["outstanding_before"]) - Decimal(moved["outstanding_after"])
    assert (moved["loan_id"], moved["causes"]) == ("L2", "payment P9")
    assert paid > 0
    by_org = told(run("report", "corrections", "--on", ON, "--by", "org", "--home", home, "--format", "csv"))
    by_office = {line["org_id"]: Decimal(line["outstanding_change"]) for line in by_org}
    assert by_office == {"000": 0, "010": -paid, "": -paid}

    def outstanding(*how: object) -> Decimal:
        result = run("report", "tiers", "--on", ON, "--home", home, "--format", "csv", *how)
        return Decimal(next(line["outstanding"] for line in told(result) if line["row"] == "total"))

    assert outstanding("--filed") == outstanding("--version", 2) == outstanding("--of", 1) == outstanding() + paid
    assert outstanding("--version", 3) == outstanding("--of", "latest") == outstanding()
    for wrong in (("--version", 4), ("--version", 1, "--filed"), ("--against", 1)):
        assert run("report", "tiers", "--on", ON, "--home", home, *wrong).exit_code == 1
    nothing = told(run("report", "corrections", "--on", ON, "--filed", "--home", home, "--format", "csv"))
    assert nothing == [], "the filed version differs in nothing from itself"


def test_closings_are_verified_and_a_change_makes_the_exit_code_1(home: Path) -> None:
    assert "No day" in run("closings", "--home", home).stdout
    closed = run("close", ON, "--by", "Li Na", "--home", home)
    assert closed.exit_code == 0, closed.stderr
    good = run("closings", "--verify", "--home", home, "--json")
    assert json.loads(good.stdout)["sha256"] in closed.stdout
    listed = run("--lang", "zh", "closings", "--home", home)
    assert "Li Na" in listed.stdout
    assert "确认人" in listed.stdout
    (record,) = home.glob("closings/0*.json")
    record.write_text(record.read_text().replace("Li Na", "Nobody"))
    bad = run("closings", "--verify", "--home", home)
    assert bad.exit_code == 1
    assert "PL-K04" in bad.stderr
    assert record.name in bad.stderr


@pytest.mark.parametrize("kind", ["tieout", "groups", "corrections"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_new_report_has_all_its_words(home: Path, kind: str, lang: str) -> None:
    run("close", ON, "--by", "Li Na", "--home", home)
    for more in ([], ["--by", "org"] if kind != "groups" else []):
        shown = run("--lang", lang, "report", kind, "--on", ON, "--home", home, *more)
        assert shown.exit_code == 0, shown.stderr
        assert "_" not in shown.stdout
        book = home / f"{kind}.xlsx"
        assert run("report", kind, "--on", ON, "--home", home, "--format", "xlsx", "--out", book).exit_code == 0


# Groups -----------------------------------------------------------------------------------------------------------


def test_the_other_member_with_a_loan_is_named_in_the_report_and_in_why(home: Path) -> None:
    (alert,) = told(run("report", "groups", "--on", ON, "--home", home, "--format", "csv"))
    assert (alert["group_id"], alert["bad_member"], alert["tier"], alert["since_on"]) == (
        "G7", "D3", "substandard", "2024-03-15",
    )  # fmt: skip
    assert (alert["other_member"], alert["org_id"], alert["clause"]) == ("D2", "010", "cn-2023-1 Art. 7")
    why = run("why", "L3", "--on", ON, "--home", home)
    assert "member D3 of group G7 is substandard" in " ".join(why.stdout.split())
    assert "member D3" not in run("why", "L1", "--on", ON, "--home", home).stdout
    assert "D3" in run("--lang", "zh", "why", "L3", "--on", ON, "--home", home).stdout
    assert run("report", "groups", "--on", ON, "--from", "2024-01-31", "--home", home).exit_code == 1
