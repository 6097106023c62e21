"""The command line walked as a person and as a scheduler walks it: what it prints, and its exit codes."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

import postloan.site.nights
from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.errors import RequestWrong
from postloan.site.cli import app
from postloan.site.days import days_between

COMMAND = [sys.executable, "-c", "from postloan.site.cli import main; main()"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def feed_with_a_bad_row(root: Path) -> Path:
    tables = small_bank()
    tables["payment"][0]["loan_id"] = "NOT-THERE"
    return write_feed(root, SMALL_BANK_DAY, tables)


def test_a_load_ends_with_what_became_of_the_rows(tmp_path: Path) -> None:
    """In processes of their own, as a scheduler sees them: 0 all accepted, 3 some quarantined, 1 refused."""
    good = write_feed(tmp_path / "good", SMALL_BANK_DAY, small_bank())
    accepted = process("load", good, "--home", tmp_path / "home")
    assert accepted.returncode == 0, accepted.stderr
    assert "payment" in accepted.stdout

    some = process("--lang", "zh", "load", feed_with_a_bad_row(tmp_path / "bad"), "--home", tmp_path / "other")
    assert some.returncode == 3
    assert "隔离原因" in some.stdout
    assert len(pl.read_parquet(tmp_path / "other" / "facts" / "parts" / "000001" / "quarantine.parquet")) >= 1
    assert "facts/parts/000001/quarantine.parquet" in some.stdout

    refused = process("load", feed_with_a_bad_row(tmp_path / "bad"), "--home", tmp_path / "home", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert json.loads(refused.stderr)["code"] == "PL-I04"


def test_help_needs_none_of_the_heavy_rooms() -> None:
    heavy = "import sys; from postloan.site import cli; print({'polars', 'numba', 'pydantic', 'rich'} & {*sys.modules})"
    command = [sys.executable, "-c", heavy]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"


def test_load_says_as_json_what_it_says_as_a_table(tmp_path: Path) -> None:
    outcome = run("load", feed_with_a_bad_row(tmp_path / "feeds"), "--home", tmp_path / "home", "--json", "--shards", 3)
    assert outcome.exit_code == 3
    (day,) = json.loads(outcome.stdout)["days"]
    assert day["tables"]["payment"] == {"accepted": 4, "quarantined": 1}
    assert [(each["table"], each["times"]) for each in day["reasons"]] == [("payment", 1)]
    assert Path(day["quarantine_file"]).is_file()
    assert json.loads((tmp_path / "home" / "facts" / "layout.json").read_text())["shards"] == 3

    again = run("load", tmp_path / "feeds", "--home", tmp_path / "home")
    assert again.exit_code == 3
    assert "was loaded before" in again.stdout


def test_many_days_are_a_line_each(tmp_path: Path) -> None:
    for day in range(25, 29):
        write_feed(tmp_path / "feeds", date(2024, 4, day), small_bank() if day == 25 else {"org": small_bank()["org"]})
    outcome = run("load", tmp_path / "feeds", "--home", tmp_path / "home")
    assert outcome.exit_code == 0
    assert [line.split()[0] for line in outcome.stdout.splitlines() if line.startswith("2024-04")] == [
        f"2024-04-{day}" for day in range(25, 29)
    ]


def test_a_night_is_published_once(home: Path) -> None:
    said = run("night", "2024-03-31", "--home", home, "--workers", 0)
    assert said.exit_code == 0
    assert said.stdout.startswith("2024-03-31  run ")
    assert "already published" in said.stdout
    assert "NPL 0.26 %" in said.stdout
    as_json = json.loads(run("night", "2024-03-31", "--home", home, "--workers", 0, "--json").stdout)
    assert as_json["already_published"] is True
    assert as_json["outstanding"] == "1062800.00"
    assert len(as_json["checks"]) >= 3


def test_nights_are_a_line_each(home: Path) -> None:
    outcome = run("--lang", "zh", "nights", "2024-01-31", "2024-01-31", "--home", home, "--workers", 0, "--month-ends")
    assert outcome.exit_code == 0
    assert "此前已发布" in outcome.stdout
    as_json = run("nights", "2024-01-31", "2024-01-31", "--home", home, "--workers", 0, "--json")
    assert [each["on"] for each in json.loads(as_json.stdout)] == ["2024-01-31"]


@pytest.mark.parametrize("said", [("--lang", "zh"), ("--lang=zh",)])
def test_the_language_may_stand_before_or_behind_the_command(home: Path, said: tuple[str, ...]) -> None:
    command = ("nights", "2024-01-31", "2024-01-31", "--home", home, "--workers", 0, "--month-ends")
    before, behind = run(*said, *command), run(*command, *said)
    assert before.stdout.split("  ")[:3] == behind.stdout.split("  ")[:3]
    assert "此前已发布" in behind.stdout
    assert run("night", "--lang").exit_code == 2


def test_days_between_two_days() -> None:
    assert len(days_between(date(2024, 1, 1), date(2024, 2, 29), month_ends=False)) == 60
    month_ends = days_between(date(2024, 1, 31), date(2024, 4, 29), month_ends=True)
    assert month_ends == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    with pytest.raises(RequestWrong):
        days_between(date(2024, 2, 1), date(2024, 1, 31), month_ends=False)
    with pytest.raises(RequestWrong):
        days_between(date(2024, 2, 1), date(2024, 2, 28), month_ends=True)


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt(), 130), (ZeroDivisionError("by nothing"), 70)])
def test_interruptions_and_faults_have_their_exit_codes(
    home: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(postloan.site.nights, "run_nights", fail)
    outcome = run("night", "2024-03-31", "--home", home)
    assert outcome.exit_code == code
    assert outcome.stdout == ""
    assert ("Finished shards are kept" in outcome.stderr) == (code == 130)
    assert ("ZeroDivisionError: by nothing" in outcome.stderr) == (code == 70)
    assert "Traceback" not in outcome.stderr
    assert ("Traceback" in run("--debug", "night", "2024-03-31", "--home", home).stderr) == (code == 70)


def test_refusals_are_their_own_text_or_problem_json(home: Path, tmp_path: Path) -> None:
    refused = run("report", "tiers", "--home", home, "--on", "2024-02-10")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("PL-N04 No snapshot is published for 2024-02-10.\n  where: ")
    assert "\n  hint:  " in refused.stderr
    as_json = run("report", "tiers", "--home", tmp_path, "--format", "json")
    assert json.loads(as_json.stderr)["code"] == "PL-N04"
    assert run("why", "NO-SUCH", "--home", home).stderr.startswith("PL-N06 ")
    assert run("night", "2024-03-31", "--home", tmp_path / "empty", "--workers", 0).stderr.startswith("PL-I07 ")


@pytest.mark.parametrize("text", ["2026-02-30", "31.03.2024", "yesterday"])
def test_a_day_that_is_none_is_refused(home: Path, text: str) -> None:
    outcome = run("night", text, "--home", home, "--json")
    assert outcome.exit_code == 1
    assert json.loads(outcome.stderr)["title"] == f"{text} is not a day."


def test_wrong_options_are_usage_errors() -> None:
    assert run("report", "nonsense").exit_code == 2
    assert run("--lang", "fr", "rules").exit_code == 2
    assert run("night").exit_code == 2
    assert run("--version").stdout.startswith("postloan ")


def test_why_speaks_the_language_asked_for(home: Path) -> None:
    english, chinese = (
        run("--lang", "en", "why", "L2", "--home", home),
        run("--lang", "zh", "why", "L2", "--home", home),
    )
    assert (english.exit_code, chinese.exit_code) == (0, 0)
    assert "2024-03-31" in english.stdout, "the last published day is the default"
    assert "cn-2023-1 Art. 11 (1)" in english.stdout
    assert "次级" in chinese.stdout


def test_rules_are_listed_with_their_citations(tmp_path: Path) -> None:
    shown = run("rules", "--home", tmp_path, "--on", "2024-03-31")
    assert shown.exit_code == 0
    assert "overdue_floors" in shown.stdout
    said = json.loads(run("rules", "--home", tmp_path, "--on", "2024-03-31", "--json").stdout)["rules"]
    assert {"rule": "overdue_floors", "since": "2023-07-01", "figure": "floors",
            "value": "tier substandard, over_days 90", "cite": "cn-2023-1 Art. 11 (1)"} in said  # fmt: skip
    begun = {each["rule"]: each["figure"] is not None for each in said}
    assert begun["dpd_buckets"]
    assert all(begun[each["rule"]] == (each["since"] <= "2024-03-31") for each in said)


def test_unconfirmed_figures_are_listed(tmp_path: Path) -> None:
    said = json.loads(run("rules", "--unconfirmed", "--home", tmp_path, "--json").stdout)["unconfirmed"]
    assert "technical_delay" in {each["figure"] for each in said}
    # Those that only the desk or the models go by are no better confirmed.
    assert {("desk/collateral", "claim.lapse"), ("models/fitting", "held_out")} <= {
        (each["rule"], each["figure"]) for each in said
    }
    assert all(each["why"] for each in said)
    shown = run("--lang", "zh", "rules", "--unconfirmed", "--home", tmp_path)
    assert f"{len(said)} 项" in shown.stdout


def test_the_demo_bank_is_built_once(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    bank = ["demo", "--home", home, "--loans", 150, "--months", 2, "--workers", 0]
    first = run(*bank, "--no-serve")
    assert first.exit_code == 0, first.stderr
    held = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file() and path.suffix != ".lock"}
    again = run(*bank, "--no-serve")
    assert again.exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in held} == held
    assert again.stdout.count("already published") == 2
    assert first.stdout[first.stdout.index("\nTiers") :] == again.stdout[again.stdout.index("\nTiers") :]
    assert run(*bank, "--seed", 2).stderr.startswith("PL-C01 ")

    commands = [line.split()[1:] for line in first.stdout.splitlines() if line.startswith("  postloan ")]
    assert len(commands) >= 4
    for command in commands:
        assert run(*command).exit_code == 0, command


def test_the_demo_bank_does_not_move_into_another_book(tmp_path: Path) -> None:
    write_feed(tmp_path / "feeds", SMALL_BANK_DAY, small_bank())
    refused = run("demo", "--home", tmp_path, "--loans", 150, "--months", 1)
    assert refused.stderr.startswith("PL-C01 This home folder holds another book.")
