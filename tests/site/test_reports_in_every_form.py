"""A report says the same on screen, in CSV, in JSON and in a workbook."""

import csv
import io
import itertools
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from postloan.desk.core.figures import money_units, said_money
from postloan.desk.report.ask import ask_report
from postloan.desk.report.form import Report
from postloan.desk.report.titles import sheet_title
from postloan.site.cli import app
from postloan.site.words import Words, all_words
from postloan.tables.said import LANGUAGES

KINDS = ("tiers", "overdue", "migration")
GROUPS = (None, "org", "product", "industry")
QUESTIONS = list(itertools.product(KINDS, GROUPS))
MOVEMENTS = [*(("bridge", by) for by in GROUPS), ("rolls", None), ("vintages", None), ("g11", None), ("g12", None)]
BETWEEN = ("migration", "bridge", "rolls", "vintages", "g11", "g12")
EVERY = [*QUESTIONS, *(("breaks", by) for by in GROUPS), *MOVEMENTS]
FROM = date(2024, 1, 31)
"""The forms count from the end of last year, which this home has not published."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def options(home: Path, kind: str, by: str | None) -> list[str]:
    start = ["--from", str(FROM)] if kind in {"g11", "g12"} else []
    return ["report", kind, "--home", str(home), *(["--by", by] if by else []), *start]


def asked(home: Path, kind: str, by: str | None) -> Report:
    return ask_report(home, kind, on=None, from_on=FROM if kind in {"g11", "g12"} else None, by=by)


@pytest.mark.parametrize(("kind", "by"), EVERY)
def test_csv_and_json_hold_the_rows_with_exact_decimals(home: Path, kind: str, by: str | None) -> None:
    sheet = asked(home, kind, by).filed
    as_csv = run(*options(home, kind, by), "--format", "csv")
    as_json = run(*options(home, kind, by), "--format", "json")
    assert (as_csv.exit_code, as_json.exit_code) == (0, 0)

    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    said = json.loads(as_json.stdout)
    assert [list(row) for row in rows] == [["row", *(column.name for column in sheet.columns)]] * len(sheet.rows)
    for line, in_csv, in_json in zip(sheet.rows, rows, said["rows"], strict=True):
        assert {name: "" if value is None else str(value) for name, value in in_json.items()} == in_csv
        for column in sheet.columns:
            value = line[column.name]
            if value is not None and column.kind == "money":
                assert Decimal(in_json[column.name]) * 100 == value
                assert in_json[column.name][-3] == "."
            elif value is not None and column.kind == "share":
                assert Decimal(in_json[column.name]) * 10**8 == value
            else:
                assert in_json[column.name] == value
    assert said["on"] == "2024-03-31"
    assert said["pins_sha256"].startswith(said["run_id"])
    assert (said["from"]["on"] if "from" in said else None) == ("2024-01-31" if kind in BETWEEN else None)


@pytest.mark.parametrize(("kind", "by"), EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_read_back_equals_the_sheets(
    home: Path, tmp_path: Path, kind: str, by: str | None, language: str
) -> None:
    path = tmp_path / "report.xlsx"
    outcome = run("--lang", language, *options(home, kind, by), "--format", "xlsx", "--out", path)
    assert (outcome.exit_code, outcome.stdout) == (0, "")

    report, words = asked(home, kind, by), Words(language)
    book = python_calamine.CalamineWorkbook.from_path(path)
    assert book.sheet_names == [sheet.name for sheet in report.shown]
    for sheet in report.shown:
        title, source, _, header, *rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        assert "2024-03-31" in title[0]
        assert report.snapshot.run_id in source[0]
        assert len(header) == len(sheet.columns)
        for line, cells in zip(sheet.rows, rows, strict=True):
            for column, cell in zip(sheet.columns, cells, strict=True):
                assert same(line[column.name], cell, column.kind, words), (column.name, line, cell)


def same(value: Any, cell: Any, kind: str, words: Words) -> bool:
    """Numbers are numbers; words are translated or left as they stand."""
    if kind in {"word", "text"}:
        translations = {said[words.language == "en"] for said in all_words().values()}
        return cell == (value or "") or cell in translations
    if value is None:
        return cell == ""
    over = {"count": 1, "money": 100, "share": 10**8}[kind]
    return isinstance(cell, float) and round(cell * over) == value


def test_the_same_report_is_the_same_workbook(home: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for path in paths:
        assert run(*options(home, "tiers", None), "--format", "xlsx", "--out", path).exit_code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(("kind", "by"), QUESTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_fits_a_hundred_columns_and_shows_every_figure(
    home: Path, kind: str, by: str | None, language: str
) -> None:
    outcome = run("--lang", language, *options(home, kind, by))
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert max(cell_len(line) for line in lines) <= 100
    assert "…" not in outcome.stdout
    words, report = Words(language), asked(home, kind, by)
    total = next(each for each in reversed(report.shown[-1].rows) if each["row"] == "total")
    assert any(line.startswith(words("column.total")) for line in lines)
    name = "outstanding" if kind != "migration" else "balance_to"
    assert any(said_money(total[name], unit) in outcome.stdout for unit in money_units("CNY", language)[:3])
    assert report.snapshot.run_id in lines[-1]


@pytest.mark.parametrize(("kind", "by"), MOVEMENTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_movement_is_told_in_both_languages_and_says_what_it_cannot_see(
    home: Path, kind: str, by: str | None, language: str
) -> None:
    outcome = run("--lang", language, *options(home, kind, by))
    assert outcome.exit_code == 0
    words, report = Words(language), asked(home, kind, by)
    for sheet in report.shown:
        assert (sheet_title(report, sheet, words) in outcome.stdout) is sheet.on_screen
    assert "…" not in outcome.stdout.replace("]+…+[", "")
    lines = outcome.stdout.splitlines()
    assert report.snapshot.run_id in lines[-1]
    assert (words("report.points", days=2) in lines[-2]) is (kind != "g11")
    if kind.startswith("g1"):
        assert words.of("item", f"{kind}_1") in outcome.stdout
        assert words.of("holds", "yes") in outcome.stdout


def test_curves_of_a_workbook_are_drawn(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "vintages.xlsx"
    assert run(*options(home, "vintages", None), "--format", "xlsx", "--out", path).exit_code == 0
    drawn = [sheet for sheet in asked(home, "vintages", None).shown if sheet.is_drawn]
    with zipfile.ZipFile(path) as book:
        assert len([name for name in book.namelist() if name.startswith("xl/charts/")]) == len(drawn) == 4


def test_a_check_that_fails_is_told_and_makes_the_exit_code(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postloan.desk.report.g12.CHECKS", (("[1.]=[2.]", ("C",)),))
    for language, said in (("zh", "不符"), ("en", "does not hold")):
        outcome = run("--lang", language, *options(home, "g12", None))
        assert outcome.exit_code == 1
        assert "[1.]=[2.] C" in outcome.stderr
        assert said in outcome.stderr
        assert Words(language).of("holds", "no") in outcome.stdout


def test_forms_ask_for_what_they_need(home: Path, tmp_path: Path) -> None:
    assert run(*options(home, "tiers", None), "--format", "xlsx").exit_code == 1
    assert run(*options(home, "tiers", None), "--out", tmp_path / "x").exit_code == 1
    assert run(*options(home, "tiers", None), "--from", "2024-01-31").exit_code == 1
    assert run(*options(home, "migration", None), "--on", "2024-01-31").exit_code == 1
    assert run("report", "g12", "--home", home).exit_code == 1
    assert run("report", "rolls", "--home", home, "--by", "org").exit_code == 1
    written = tmp_path / "tiers.csv"
    assert run(*options(home, "tiers", None), "--format", "csv", "--out", written).exit_code == 0
    assert written.read_text(encoding="utf-8") == run(*options(home, "tiers", None), "--format", "csv").stdout
