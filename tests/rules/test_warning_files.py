"""A version is put below those that stand in a rule file, whose bytes stay; what cannot be gone on with is refused."""

from datetime import date
from pathlib import Path

import pytest

from postloan.errors import RuleFileWrong
from postloan.rules.figures import Cite
from postloan.rules.rulebook import load_rulebook
from postloan.rules.sources import SourceFile
from postloan.rules.warning_files import rule_of, rule_written, standing_rules, warning_file, with_version
from postloan.rules.warnings import CATEGORIES

SINCE = date(2026, 1, 1)
NONE = Path("/nowhere")


def rules_of(category: str) -> list:
    return [each.rule for each in standing_rules(load_rulebook(None)).values() if each.category == category]


def put(home: Path, category: str, content: bytes) -> None:
    folder = home / "rulebook" / "bank" / "warnings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{category}.yaml").write_bytes(content)


@pytest.mark.parametrize("category", CATEGORIES)
def test_what_stands_in_the_file_stays_and_the_version_says_what_it_was_given(category: str, tmp_path: Path) -> None:
    file, rules = warning_file(NONE, category), rules_of(category)
    content = with_version(file, SINCE, rules, says="as it stands")
    assert content.startswith(file.content.rstrip())
    put(tmp_path, category, content)
    versions = load_rulebook(tmp_path).in_force[f"warnings/{category}"]
    assert versions[:-1] == load_rulebook(None).in_force[f"warnings/{category}"]
    assert (versions[-1].since, list(versions[-1].rules)) == (SINCE, rules)
    twice = with_version(SourceFile(file.name, file.shown, content), date(2026, 2, 1), rules, says="again")
    assert twice.startswith(content.rstrip())


@pytest.mark.parametrize("margin", ["", "    "])
def test_the_banks_own_layout_is_kept(margin: str) -> None:
    rule = 'id: BK-RPY-01, zh: 甲, en: A, levels: [{level: red, when: "exposure_cents > 1"}], clears: {zh: 乙, en: B}'
    text = (
        f"rule: warnings/repayment\nsays: Ours.\nversions:\n{margin}- from: 2021-01-01\n{margin}  rules:\n"
        f"{margin}  - {{{rule}, cite: {{text: postloan-settings, at: x}}}}\n"
    )
    file = SourceFile("bank/warnings/repayment.yaml", "ours.yaml", text.encode())
    content = with_version(file, SINCE, rules_of("repayment"), says="ours").decode()
    assert f"\n{margin}- from: 2026-01-01\n" in content


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("versions:\n  - from: 2021-01-01\n    rules: [R]\nsays: Ours.\nrule: warnings/repayment\n", SINCE),
        ("rule: warnings/repayment\nsays: Ours.\nversions:\n  - from: 2021-01-01\n    rules: [R]\n", date(2021, 1, 1)),
        ("rule: warnings/repayment\nsays: Ours.\nversions:\n  - from: 2027-01-01\n    rules: [R]\n", SINCE),
    ],
)
def test_a_file_that_cannot_be_gone_on_with_is_refused(text: str, since: date) -> None:
    rule = "{id: BK-RPY-01, zh: 甲, en: A, waits_for: {zh: 乙, en: B}, cite: {text: postloan-settings, at: x}}"
    file = SourceFile("bank/warnings/repayment.yaml", "ours.yaml", text.replace("R", rule, 1).encode())
    with pytest.raises(RuleFileWrong):
        with_version(file, since, rules_of("repayment"), says="x")
    with pytest.raises(RuleFileWrong):
        with_version(warning_file(NONE, "repayment"), SINCE, [], says="none is left")


def test_text_that_yaml_reads_in_its_own_way_comes_back_as_it_was_written() -> None:
    said = "on: 1:30 # no, 010 'quoted' \"twice\" {a: b} - 是"
    written = rule_written(rules_of("repayment")[0]) | {
        "zh": said,
        "en": "yes",
        "clears": {"zh": "2024-01-01", "en": "~"},
    }
    rule = rule_of(written, Cite(text="desk-approvals", at=said, confirmed_on=SINCE))
    content = with_version(warning_file(NONE, "repayment"), SINCE, [rule], says=said)
    assert content.decode().count("- from:") == 2


def test_a_number_stands_in_one_category(tmp_path: Path) -> None:
    [stray] = [rule for rule in rules_of("tax") if rule.id == "WS-TAX-01"]
    put(tmp_path, "repayment", with_version(warning_file(NONE, "repayment"), SINCE, [stray], says="x"))
    with pytest.raises(RuleFileWrong, match="WS-TAX-01"):
        load_rulebook(tmp_path)
