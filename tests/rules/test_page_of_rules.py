"""docs/rules.md is what the rulebook, its cases and the steps say, and leaves no requirement out."""

import re
from pathlib import Path

import pytest

from postloan.rules import pages
from postloan.rules.rulebook import load_rulebook
from postloan.tables.pages import MARK, rewritten

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rules.md"
NUMBERS = {
    "CLS": [*range(1, 33), *range(40, 44)],
    "DSP": [3, 4, 12, 13, *range(20, 24), 27, *range(30, 36), *range(40, 48), *range(50, 56)],
    "ECL": [1, 2, *range(10, 16), *range(20, 29)],
    "PRV": [1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 30, 31, *range(40, 44), 50],
}
REQUIREMENTS = {f"{kind}-{number:02d}" for kind, numbers in NUMBERS.items() for number in numbers}


def test_the_page_is_what_the_rulebook_says() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == rewritten(text, pages.RULES_PAGE), "run: make docs"


def test_every_requirement_is_met_or_said_not_to_be() -> None:
    by_hand, _mark, made = PAGE.read_text(encoding="utf-8").partition(MARK)
    met = set(re.findall(r"^### ([A-Z]{3}-\d\d)$", made, re.MULTILINE))
    not_met = set(re.findall(r"^\| ([A-Z]{3}-\d\d) \|", by_hand, re.MULTILINE))
    assert met.union(not_met) == REQUIREMENTS
    assert not met & not_met
    assert met == {each for file in load_rulebook(None).written for each in file.covers}


def test_every_rule_has_a_step_that_applies_it_its_figures_and_its_cases() -> None:
    sections = re.split(r"^### ", PAGE.read_text(encoding="utf-8").partition("## Rules")[2], flags=re.MULTILINE)[1:]
    files = {file.rule: file for file in load_rulebook(None).written}
    assert [section.split("\n")[0] for section in sections] == list(files)
    for section in sections:
        file = files[section.split("\n")[0]]
        for step in re.findall(r"`([\w/]+\.py)`", section) or ["none"]:
            assert (ROOT / "src" / "postloan" / step).is_file(), file.rule
        figures = [figure for version in file.versions for _key, figure in version.cited()]
        assert len(re.findall(r"^\| [12]\d{3}-", section, re.MULTILINE)) == len(figures)
        for figure in figures:
            assert f"| {figure.written()} | {figure.cite} |" in section


@pytest.mark.parametrize("check", [True, False])
def test_a_stale_page_is_told_or_mended(
    check: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.md").write_text(f"by hand\n{MARK}\nold\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["pages", str(tmp_path), *(["--check"] if check else [])])
    assert pages.main() == (1 if check else 0)
    assert "rules.md" in capsys.readouterr().out
    assert (tmp_path / "rules.md").read_text(encoding="utf-8").endswith("old\n") is check
