"""A small book whose bank states its figures, walked on the command line from feed to report and to why."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.site.cli import app
from postloan.snapshot.read import read_loans

FIGURES = {
    "loan_loss_provisions": "30000.00", "general_reserve": "15000", "risk_assets": "1100000", "other_npa": "400",
    "other_npa_provisions": "150", "credit_rwa": "900000",
}  # fmt: skip
OWN_RATES = """\
rule: provision_rates
says: We provide for machines.
versions:
  - from: 2023-07-01
    special_shares:
      - {industry: C34, share: 0.02, cite: {text: postloan-settings, at: "s. 1"}}
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("provisions")
    (folder / "rulebook" / "bank").mkdir(parents=True)
    (folder / "rulebook" / "bank" / "provision_rates.yaml").write_text(OWN_RATES)
    bank = small_bank()
    bank["debtor"] = [
        each | {"industry_code": "C3421" if each["debtor_id"] == "D3" else None} for each in bank["debtor"]
    ]
    bank["bank_figure"] = [
        {"figure": name, "on": SMALL_BANK_DAY, "value": Decimal(value)} for name, value in FIGURES.items()
    ]
    feed = write_feed(folder / "feeds", SMALL_BANK_DAY, bank)
    loaded = run("load", feed, "--home", folder, "--shards", 3)
    assert loaded.exit_code == 0, loaded.stderr
    night = run("night", SMALL_BANK_DAY, "--home", folder, "--workers", 0)
    assert night.exit_code == 0, night.stderr
    return folder


def filed(home: Path, *more: str) -> list[dict[str, str]]:
    outcome = run("report", "provisions", "--home", home, "--format", "csv", *more)
    assert outcome.exit_code == 0, outcome.stderr
    return list(csv.DictReader(io.StringIO(outcome.stdout)))


def test_the_file_holds_every_section_and_what_the_loans_add_up_to(home: Path) -> None:
    rows = filed(home)
    sections = list(dict.fromkeys(row["section"] for row in rows))
    assert sections == ["tiers", "required", "coverage", "accuracy", "months", "movement", "reserve", "capital"]
    loans = read_loans(home, SMALL_BANK_DAY).to_dicts()
    total = next(row for row in rows if (row["section"], row["line"]) == ("tiers", "total"))
    for name in ("general_provision", "specific_provision", "special_provision", "standard_method"):
        assert Decimal(total[name]) * 100 == sum(loan[f"{name}_cents"] for loan in loans)
    assert Decimal(total["special_provision"]) == Decimal("20000.00"), "2 % of the million of the machine works"
    assert next(row for row in rows if row["line"] == "months_below")["months"] == "0"
    opening = next(row for row in rows if row["line"] == "opening")
    assert (opening["stands"], opening["result"]) == ("", "not_stated")


def test_the_screen_speaks_both_languages_and_fits(home: Path) -> None:
    said: Sequence[tuple[str, tuple[str, ...]]] = (
        ("en", ("Provisions by tier", "Coverage of NPL", "Not stated", "Counts as tier-2 capital", "Art. 5")),
        ("zh", ("拨备覆盖率", "未提供", "计入二级资本", "连续未达标月数", "潜在风险")),
    )
    for language, words in said:
        outcome = run("--lang", language, "report", "provisions", "--home", home)
        assert outcome.exit_code == 0, outcome.stderr
        assert [word for word in words if word not in outcome.stdout] == []
        assert max(cell_len(text) for text in outcome.stdout.splitlines()) <= 100


def test_every_word_of_the_report_is_said_in_both_languages(home: Path) -> None:
    """A word that no list holds would be shown as its key, such as cet1_deduction."""
    for language in ("en", "zh"):
        outcome = run("--lang", language, "report", "provisions", "--home", home)
        assert "_" not in outcome.stdout.replace("G4A_I(a)", "")


def test_groups_add_up_on_the_command_line(home: Path) -> None:
    total = next(row for row in filed(home) if row["line"] == "total")
    for by in ("org", "product", "industry"):
        *groups, last = filed(home, "--by", by)
        assert last["general_provision"] == total["general_provision"]
        assert sum(Decimal(row["general_provision"]) for row in groups) == Decimal(last["general_provision"])


def test_json_and_a_workbook_hold_the_same_report(home: Path, tmp_path: Path) -> None:
    said = json.loads(run("report", "provisions", "--home", home, "--format", "json").stdout)
    assert (said["report"], len(said["rows"])) == ("provisions", len(filed(home)))
    path = tmp_path / "provisions.xlsx"
    outcome = run("report", "provisions", "--home", home, "--format", "xlsx", "--out", path)
    assert outcome.exit_code == 0, outcome.stderr
    assert path.stat().st_size > 5_000


def test_why_shows_the_arithmetic_and_the_clause(home: Path) -> None:
    for language, words in (("en", ("9 Provisions", "general", "special")), ("zh", ("9 准备", "一般准备", "特种准备"))):
        outcome = run("--lang", language, "why", "L4", "--home", home)
        assert outcome.exit_code == 0, outcome.stderr
        assert "1,000,000.00 × 1 % = 10,000.00" in outcome.stdout
        assert "1,000,000.00 × 2 % = 20,000.00" in outcome.stdout
        assert "1,000,000.00 × 1.5 % = 15,000.00" in outcome.stdout
        assert "cn-pbc-2002-98 Art. 4" in outcome.stdout
        assert [word for word in words if word not in outcome.stdout] == []


def test_a_rulebook_changed_since_the_night_is_said(home: Path, tmp_path: Path) -> None:
    own = home / "rulebook" / "bank" / "provision_rates.yaml"
    assert not [row for row in filed(home) if row["line"] == "rulebook"]
    own.write_text(OWN_RATES.replace("0.02", "0.03"))
    try:
        (changed,) = [row for row in filed(home) if row["line"] == "rulebook"]
    finally:
        own.write_text(OWN_RATES)
    assert changed["result"] == "rulebook_changed"


def test_a_figure_outside_the_list_is_quarantined_and_one_of_tomorrow_too(tmp_path: Path) -> None:
    bank = small_bank()
    bank["bank_figure"] = [
        {"figure": "loan_loss_provisions", "on": SMALL_BANK_DAY, "value": Decimal("1")},
        {"figure": "goodwill", "on": SMALL_BANK_DAY, "value": Decimal("1")},
        {"figure": "credit_rwa", "on": date(2024, 4, 1), "value": Decimal("1")},
        {"figure": "other_npa", "on": SMALL_BANK_DAY, "value": Decimal("-1")},
    ]
    outcome = run("load", write_feed(tmp_path / "feeds", SMALL_BANK_DAY, bank), "--home", tmp_path / "home", "--json")
    assert outcome.exit_code == 3
    (day,) = json.loads(outcome.stdout)["days"]
    assert day["tables"]["bank_figure"] == {"accepted": 1, "quarantined": 3}
