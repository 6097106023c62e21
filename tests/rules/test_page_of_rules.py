"""The page of rules says what the rulebook says, of every rule, and names a module that is there."""

from pathlib import Path

from postloan.rules.pages import APPLIED_BY, page
from postloan.rules.rulebook import load_rulebook

HERE = Path(__file__).parents[2]


def test_the_page_is_what_the_rulebook_says() -> None:
    assert (HERE / "docs" / "rules.md").read_text(encoding="utf-8") == page()


def test_every_rule_names_the_module_that_applies_it() -> None:
    assert {file.rule for file in load_rulebook(None).written} == APPLIED_BY.keys()
    for rule, module in APPLIED_BY.items():
        written = (HERE / "src" / "postloan" / module).read_text(encoding="utf-8")
        assert written, f"{rule} is applied by nothing"


def test_every_rule_of_classification_and_provisions_has_a_case_and_one_at_the_edge() -> None:
    text = page()
    for rule in ("overdue_floors", "fact_floors", "restructuring_floors", "contamination", "upgrade", "transition"):
        part = text.split(f"\n## {rule}\n")[1].split("\n## ")[0]
        cases = [line for line in part.splitlines() if line.startswith("- ")]
        assert any("(at the edge)" in case for case in cases), rule
        assert any("(at the edge)" not in case for case in cases), rule
