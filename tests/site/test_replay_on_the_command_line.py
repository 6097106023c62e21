"""The replay walked on the command line: what a manager reads, what a program reads, and what is refused."""

import csv
import io
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from postloan.site.cli import app

TEXTS = "draft: {title: Draft, title_zh: 草案, issuer: we, number: d, issued: 2023-07-01, in_force: 2023-07-01}\n"
FLOORS = """\
rule: overdue_floors
says: Substandard after 60 days.
versions:
  - from: 2023-07-01
    floors:
      - {tier: substandard, over_days: 60, cite: {text: draft, at: "s. 1"}}
"""
BUCKETS = "rulebook/national/dpd_buckets.yaml"


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    folder = tmp_path / "stricter"
    folder.mkdir()
    (folder / "texts.yaml").write_text(TEXTS, encoding="utf-8")
    (folder / "overdue_floors.yaml").write_text(FLOORS, encoding="utf-8")
    return folder


def run(home: Path, rulebook: Path, *more: object, language: str = "en", first: str = "2024-01-31") -> Result:
    asked = [
        "--lang",
        language,
        "replay",
        "--home",
        home,
        "--rulebook",
        rulebook,
        "--from",
        first,
        "--to",
        "2024-03-31",
    ]
    return CliRunner().invoke(app, [str(each) for each in (*asked, "--workers", 0, *more)])


def test_the_figures_are_those_of_the_loans_that_move(home: Path, stricter: Path) -> None:
    """L3 owes its interest since 20 January: 71 days on 31 March."""
    said = run(home, stricter, "--format", "csv")
    assert said.exit_code == 0, said.stderr
    (moved,) = csv.DictReader(io.StringIO(said.stdout))
    assert {name: moved[name] for name in ("on", "loan_id", "days_past_due", "tier_then", "tier_now", "cite")} == {
        "on": "2024-03-31", "loan_id": "L3", "days_past_due": "71", "tier_then": "special_mention",
        "tier_now": "substandard", "cite": "draft s. 1",
    }  # fmt: skip
    # 50 000: the general provision of 1 %, and 2 % or 25 %.
    assert (moved["provisions_then"], moved["provisions_now"]) == ("1500.00", "13000.00")
    rows = json.loads(run(home, stricter, "--format", "json").stdout)["rows"]
    (first, last) = [row for row in rows if row["section"] == "days"]
    assert (first["on"], first["moved_loans"], first["npl_more"]) == ("2024-01-31", 0, "0.00000000")
    assert (last["moved_loans"], last["moved_balance"]) == (1, "50000.00")
    (provided,) = [row for row in rows if row["section"] == "provisions" and row["on"] == "2024-03-31"]
    assert (provided["provisions_more"], provided["specific_more"], provided["general_more"]) == (
        "11500.00", "11500.00", "0.00",
    )  # fmt: skip
    (rule, _total) = [row for row in rows if row["section"] == "by_rule"]
    assert (rule["rule_now"], rule["moved_loans"]) == ("overdue_floors", 1)
    (total,) = [row for row in rows if row["section"] == "by_org" and row["row"] == "total"]
    assert total["npl_now"] == last["npl_now"] > last["npl_then"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["asset quality", "the bank's own: overdue_floors", "not judged again", "Days past due", "at 2 days"]),
        ("zh", ["资产质量", "现行规则不同：overdue_floors", "不重算", "逾期天数", "2 个时点", "次级"]),
    ],
)  # fmt: skip
def test_the_walk_in_both_languages(home: Path, stricter: Path, tmp_path: Path, language: str, said: list[str]) -> None:
    told = run(home, stricter, "--every", "month-end", language=language)
    assert told.exit_code == 0, told.stderr
    assert [each for each in said if each not in told.stdout] == []
    book = tmp_path / "replay.xlsx"
    assert run(home, stricter, "--format", "xlsx", "--out", book, language=language).exit_code == 0
    sheets = CalamineWorkbook.from_path(book).sheet_names
    assert sheets == [
        "replay_days", "replay_provisions", "replay_matrix_loans", "replay_matrix_balance", "replay_by_rule",
        "replay_by_org", "replay_by_product", "replay_pairs", "replay_loans",
    ]  # fmt: skip


def test_the_screen_says_what_is_another_law_and_what_is_not_replayed(home: Path, stricter: Path) -> None:
    told = run(home, stricter)
    assert "ANOTHER LAW" not in told.stdout
    assert "not replayed" not in told.stdout
    (stricter / "national").mkdir()
    shipped = (Path(__file__).parents[2] / BUCKETS).read_text(encoding="utf-8")
    (stricter / "national" / "dpd_buckets.yaml").write_text(shipped.replace("from_days: 1,", "from_days: 2,"))
    told = run(home, stricter, language="en")
    assert told.exit_code == 0, told.stderr
    assert "ANOTHER LAW stands in for the national rules, which may be laxer: dpd_buckets" in told.stdout
    assert "Of these not replayed" in told.stdout


def test_the_banks_own_rulebook_changes_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    told = run(home, tmp_path / "own", "--format", "csv")
    assert len(told.stdout.splitlines()) == 1
    assert "The rulebook tried is the one in force" in told.stderr


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--format", "xlsx"), "PL-C01", "A workbook needs a file"),
        (("--to", "2023-01-31", "--from", "2023-01-01"), "PL-N04", "No day from 2023-01-01"),
        (("--every", "month-end", "--to", "2024-03-30", "--from", "2024-03-01"), "PL-N04", "No month-end"),
        (("--rulebook", "nowhere"), "PL-C01", "nowhere is no folder"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    home: Path, stricter: Path, more: tuple[str, ...], code: str, said: str
) -> None:
    told = run(home, stricter, *more)
    assert told.exit_code == 1
    assert code in told.stderr
    assert said in told.stderr
