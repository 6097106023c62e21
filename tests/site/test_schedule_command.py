"""`postloan schedule`: its forms and its refusals."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from postloan.site.cli import app

TERMS = {
    "principal": "1200.00", "annual_rate": "0.12", "method": "level_instalment", "disbursed_on": "2024-01-15",
    "matures_on": "2024-04-15",
}  # fmt: skip


def asked(tmp_path: Path, *options: str, terms: str | None = None) -> tuple[int, str, str]:
    path = tmp_path / "terms.json"
    path.write_text(json.dumps(TERMS) if terms is None else terms)
    home = str(tmp_path / "home")
    before, after = (
        [each for each in options if each.startswith("--lang=")],
        [each for each in options if not each.startswith("--lang=")],
    )
    result = CliRunner().invoke(app, [*before, "schedule", str(path), "--home", home, *after])
    return result.exit_code, result.stdout, result.stderr


def test_a_table_says_how_interest_came_about(tmp_path: Path) -> None:
    code, out, _ = asked(tmp_path)
    assert code == 0
    assert "1,200.00 × 12 % × 30/360" in out
    assert "level instalment" in out
    rows = [line.split() for line in out.splitlines()]
    assert [
        "1",
        "2024-02-15",
        *["1,200.00", "×", "12", "%", "×", "30/360"],
        "12.00",
        "396.03",
        "408.03",
        "803.97",
    ] in rows
    assert ["total", "24.08", "1,200.00", "1,224.08"] in rows


def test_it_speaks_chinese(tmp_path: Path) -> None:
    code, out, _ = asked(tmp_path, "--lang=zh")
    assert code == 0
    assert "还款计划 等额本息" in out
    assert "应还日" in out


def test_csv_and_json_have_decimal_strings(tmp_path: Path) -> None:
    _, said, _ = asked(tmp_path, "--format", "json")
    rows = json.loads(said)["rows"]
    assert rows[2] == {
        "seq": 3, "begins_on": "2024-03-15", "ends_on": "2024-04-15", "due_on": "2024-04-15", "base": "403.98",
        "parts": [{"annual_rate": "0.12000000", "days": 30, "base": 360}], "interest": "4.04", "principal": "403.98",
        "instalment": "408.02", "left": "0.00",
    }  # fmt: skip
    _, said, _ = asked(tmp_path, "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(said)))
    assert [line["instalment"] for line in lines] == ["408.03", "408.03", "408.02"]
    assert lines[0]["parts"] == "1,200.00 × 12 % × 30/360"


@pytest.mark.parametrize("terms", ["", "[]", "{", json.dumps(TERMS | {"rows": "x"}), json.dumps(TERMS | {"red": 1})])
def test_wrong_terms_are_refused_with_a_code(tmp_path: Path, terms: str) -> None:
    code, out, err = asked(tmp_path, terms=terms)
    assert (code, out) == (1, "")
    assert err.startswith("PL-C02 The terms are wrong at ")
    code, _, err = asked(tmp_path, "--format", "json", terms=terms)
    assert json.loads(err)["code"] == "PL-C02"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["schedule", str(tmp_path / "none.json")])
    assert result.exit_code == 1
    assert "PL-C02 The terms cannot be read" in result.stderr
