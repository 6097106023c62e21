"""What is said when a rulebook is refused: message, place and hint, word for word."""

from datetime import date

import pytest

from postloan.errors import LaxerThanLaw, NoRuleInForce, PostloanError, RuleFileWrong, TextUnknown
from postloan.rules.rulebook import LAW, load_rulebook, policy_on

SHAPE_HINT = "Correct the file at this place; the files that come with Postloan show the shape of each rule."


def refusal(kind, read) -> PostloanError:
    with pytest.raises(kind) as caught:
        read()
    assert type(caught.value) is kind
    return caught.value


def overlay(figures: str, since: str = "2024-02-01", rule: str = "overdue_floors") -> str:
    return f"rule: {rule}\nsays: Stricter.\nversions:\n  - from: {since}\n{figures}"


def test_r01_no_rule_in_force() -> None:
    assert refusal(NoRuleInForce, lambda: policy_on(load_rulebook(None), date(1999, 1, 1))).where["rule"] in LAW
    error = refusal(NoRuleInForce, lambda: policy_on(load_rulebook(None), date(2019, 3, 1)))
    assert str(error) == (
        "PL-R01 grades has no version in force on 2019-03-01; the first begins on 2021-01-01.\n"
        "  where: rule=grades, on=2019-03-01\n"
        "  hint:  Add the earlier version with its citation, or start the back-calculation later."
    )


def test_r03_a_laxer_floor(shelf) -> None:
    shelf.own_file(
        "overdue_floors.yaml",
        overlay('    floors: [{tier: substandard, over_days: 95, cite: {text: bank-1, at: "s. 4.2"}}]'),
    )
    error = refusal(LaxerThanLaw, shelf.read)
    assert str(error) == (
        "PL-R03 The bank calls substandard after 95 days; the law, after 90.\n"
        f"  where: file={shelf.own}/overdue_floors.yaml, bank=bank-1 s. 4.2, law=cn-2023-1 Art. 11 (1)\n"
        "  hint:  Lower over_days to 90 or less, or remove the bank's entry."
    )


def test_r03_a_longer_technical_delay(shelf) -> None:
    shelf.own_file(
        "overdue_floors.yaml", overlay("    technical_delay: {up_to_days: 8, cite: {text: bank-1, at: s. 5}}")
    )
    error = refusal(LaxerThanLaw, shelf.read)
    assert error.message == "The bank excuses a technical delay of 8 days; the law, of 7."
    assert error.hint == "Lower up_to_days to 7 or less, or remove the bank's entry."


@pytest.mark.parametrize(
    ("figure", "message", "hint"),
    [
        (
            "own_bank: {over_share: 0.10000001, cite: {text: bank-1, at: s. 6}}",
            "The bank lets 10.000001 % of a debtor's debt here be non-performing; the law, 10 %.",
            "Lower over_share to 10 % or less, or remove the bank's entry.",
        ),
        (
            "all_banks: {over_share: 0.25, cite: {text: bank-1, at: s. 6}}",
            "The bank lets 25 % of a debtor's debt at all banks be overdue; the law, 20 %.",
            "Lower over_share to 20 % or less, or remove the bank's entry.",
        ),
    ],
)
def test_r03_a_greater_tolerance(shelf, figure, message, hint) -> None:
    shelf.own_file("contamination.yaml", overlay(f"    {figure}", rule="contamination"))
    error = refusal(LaxerThanLaw, shelf.read)
    assert (error.message, error.hint) == (message, hint)
    assert error.where["file"] == str(shelf.own / "contamination.yaml")


def test_r03_a_law_that_grows_stricter_than_the_bank_is_seen_at_once(shelf) -> None:
    """The bank's 80 days were stricter than 90; from 2025 the law says 70. The bank's file must follow."""
    shelf.own_file(
        "overdue_floors.yaml",
        overlay("    floors: [{tier: substandard, over_days: 80, cite: {text: bank-1, at: s. 4}}]"),
    )
    shelf.read()
    path = shelf.shipped / "national" / "overdue_floors.yaml"
    latest = "  - from: 2023-07-01" + path.read_text().split("  - from: 2023-07-01")[1]
    path.write_text(
        path.read_text() + latest.replace("2023-07-01", "2025-01-01").replace("over_days: 90", "over_days: 70")
    )
    error = refusal(LaxerThanLaw, shelf.read)
    assert error.message == "The bank calls substandard after 80 days; the law, after 70."


@pytest.mark.parametrize("folder", ["national", "bank"])
def test_r04_a_text_that_is_not_registered(shelf, folder) -> None:
    name = {"national": "national/retail.yaml", "bank": "bank/book_of_record.yaml"}[folder]
    old = {"national": "text: cn-2023-1", "bank": "text: postloan-settings"}[folder]
    shelf.edit(name, old, "text: cn-2023-9")
    at = {"national": "Art. 8", "bank": "book of record"}[folder]
    assert str(refusal(TextUnknown, shelf.read)) == (
        f"PL-R04 rulebook/{name} cites cn-2023-9, which is not in the register of texts.\n"
        f"  where: file=rulebook/{name}, cite=cn-2023-9 {at}\n"
        "  hint:  Correct the id, or register cn-2023-9 in texts.yaml beside the rules that cite it."
    )


def test_r02_names_the_file_the_place_and_what_is_wrong(shelf) -> None:
    shelf.edit("national/overdue_floors.yaml", "over_days: 90", "over_day: 90")
    assert str(refusal(RuleFileWrong, shelf.read)) == (
        "PL-R02 rulebook/national/overdue_floors.yaml is not a rule Postloan can follow: "
        "versions[0].floors[1].over_day: is not a key of this rule.\n"
        "  where: file=rulebook/national/overdue_floors.yaml, place=versions[0].floors[1].over_day\n"
        f"  hint:  {SHAPE_HINT}"
    )


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just words"])
def test_r02_a_file_that_is_no_rule_at_all(shelf, content) -> None:
    (shelf.shipped / "national" / "retail.yaml").write_text(content)
    error = refusal(RuleFileWrong, shelf.read)
    assert error.where == {"file": "rulebook/national/retail.yaml", "place": "the file"}


def test_r02_a_rule_without_a_version(shelf) -> None:
    (shelf.shipped / "national" / "retail.yaml").write_text("rule: retail\nsays: Nothing yet.\nversions: []\n")
    error = refusal(RuleFileWrong, shelf.read)
    assert error.message.endswith("the file: a rule has at least one version.")


def test_r02_a_file_that_is_not_yaml(shelf) -> None:
    shelf.edit("national/overdue_floors.yaml", "unit:", "\tunit:")
    error = refusal(RuleFileWrong, shelf.read)
    assert error.where == {"file": "rulebook/national/overdue_floors.yaml", "place": "line 5, column 1"}


def test_r02_a_file_in_another_encoding(shelf) -> None:
    (shelf.shipped / "texts.yaml").write_bytes("标题: 办法".encode("gb18030"))
    error = refusal(RuleFileWrong, shelf.read)
    assert error.message.endswith("the file: is not YAML in UTF-8.")


def test_r02_a_file_whose_name_is_no_rule_is_not_passed_over(shelf) -> None:
    """A misspelt name would otherwise be a rule the bank believes in and no night applies."""
    shelf.own_file("overdue_floor.yaml", overlay("    floors: []"))
    error = refusal(RuleFileWrong, shelf.read)
    assert error.where["file"] == str(shelf.own / "overdue_floor.yaml") or error.where["file"].endswith(
        "overdue_floor.yaml"
    )
    assert error.message.endswith("the file: no rule kept in this folder has this name.")


def test_r02_a_rule_the_bank_may_not_touch(shelf) -> None:
    shelf.own_file("dpd_buckets.yaml", "rule: dpd_buckets\nsays: Other buckets.\nversions: []\n")
    assert refusal(RuleFileWrong, shelf.read).message.endswith("the file: no rule kept in this folder has this name.")


def test_r02_a_missing_file(shelf) -> None:
    (shelf.shipped / "national" / "contamination.yaml").unlink()
    error = refusal(RuleFileWrong, shelf.read)
    assert error.message == (
        "rulebook/national/contamination.yaml is not a rule Postloan can follow: the file: is missing."
    )


def test_r02_a_file_that_cannot_be_opened(shelf) -> None:
    shelf.own_file("contamination.yaml", "")
    (shelf.own / "contamination.yaml").unlink()
    (shelf.own / "contamination.yaml").mkdir()
    assert "the file: cannot be read (Is a directory)." in refusal(RuleFileWrong, shelf.read).message


def test_r02_a_bank_text_may_not_take_the_place_of_a_law(shelf) -> None:
    shelf.own.mkdir()
    (shelf.own / "texts.yaml").write_text(
        "cn-2023-1: {title: A, title_zh: 甲, issuer: B, number: null, issued: null, in_force: 1990-01-01}"
    )
    error = refusal(RuleFileWrong, shelf.read)
    assert error.where["place"] == "cn-2023-1"
    assert error.message.endswith("cn-2023-1: this id is already registered.")


def test_r02_a_stricter_floor_may_not_overtake_a_worse_tier(shelf) -> None:
    """With loss after 80 days and substandard after 90, a loan would improve on day 91."""
    shelf.own_file(
        "overdue_floors.yaml", overlay("    floors: [{tier: loss, over_days: 80, cite: {text: bank-1, at: s. 4}}]")
    )
    error = refusal(RuleFileWrong, shelf.read)
    assert error.where == {
        "file": str(shelf.own / "overdue_floors.yaml"),
        "place": "the version from 2024-02-01, over the law's",
    }
    assert error.message.endswith("a worse tier needs a longer delay: over_days must rise with the tier.")


def test_r02_a_direction_the_law_does_not_give(shelf) -> None:
    """`bank_may` in the national file decides, not the code."""
    shelf.edit("national/overdue_floors.yaml", "[lower over_days, lower up_to_days]", "[lower over_days]")
    shelf.own_file(
        "overdue_floors.yaml", overlay("    technical_delay: {up_to_days: 3, cite: {text: bank-1, at: s. 5}}")
    )
    error = refusal(RuleFileWrong, shelf.read)
    assert error.where["place"] == "up_to_days"
    assert error.message.endswith("up_to_days: the law leaves the bank no choice here.")


@pytest.mark.parametrize("tier", ["pass", "substandard"])
def test_r02_a_bank_floor_for_pass_or_twice_for_a_tier(shelf, tier) -> None:
    line = "{{tier: {}, over_days: {}, cite: {{text: bank-1, at: s. 4}}}}"
    floors = f"    floors: [{line.format('substandard', 60)}, {line.format(tier, 50)}]"
    shelf.own_file("overdue_floors.yaml", overlay(floors))
    error = refusal(RuleFileWrong, shelf.read)
    assert "a floor is given at most once for each of special_mention, substandard, doubtful, loss" in error.message
