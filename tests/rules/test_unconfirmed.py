"""Which figures are said to be unread: those the research could not confirm, and those read too long ago."""

from datetime import date

import pytest

from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.rulebook import load_rulebook

BOOK = load_rulebook(None)


def why(rule: str, value: str, on: date | None = None) -> list[str]:
    return [each.why for each in BOOK.unconfirmed(on) if each.rule == rule and each.value.startswith(value)]


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        # The figure was read in a second-hand text; the number of the article is from memory.
        ("overdue_floors", "tier special_mention, over_days 0", ["the figure and the place", "the place"]),
        ("overdue_floors", "tier substandard, over_days 90", ["the figure", "the place"]),
        ("overdue_floors", "tier doubtful, over_days 270", ["the place"]),
        ("overdue_floors", "tier loss, over_days 360", ["the place"]),
        ("contamination", "over_share 10 %", ["the place"]),
        ("contamination", "over_share 20 %", ["the place"]),
        ("dpd_buckets", "bucket M7+, from_days 181", ["the place"]),
        # From memory altogether.
        ("overdue_floors", "up_to_days 7", ["the figure and the place"]),
        ("contamination", "tier special_mention", ["the figure and the place"] * 2),
        ("restructuring_floors", "tier substandard", ["the figure and the place"] * 3),
        ("retail", "legal_form company, size_classes small or micro", ["the figure and the place"] * 2),
        # The order among kinds of interest is usage; the Code names costs, interest, principal.
        ("allocation_order", "component penalty", ["the figure"]),
        # Read in the text itself.
        ("allocation_order", "component fee", []),
        ("allocation_order", "component principal", []),
        # Settings that no bank has adopted yet.
        ("book_of_record", "system core", ["the figure"]),
        ("publish_checks", "over_share 5 %", ["the figure"]),
        # The renewal notice was read, but for its third section; the exception in the older text is from memory.
        ("restructuring_floors", "legal_form person", ["the figure and the place"]),
        ("restructuring_floors", "legal_form company, size_classes medium", ["the figure and the place"]),
        # The dates of the text.
        ("texts", "issued 2023-02-10, in force 2023-07-01", []),
        ("texts", "issued 2024-09-24, in force 2024-09-24", ["the number and dates"]),
    ],
)
def test_what_is_listed(rule, value, expected) -> None:
    assert why(rule, value) == expected


def test_a_line_says_where_to_look() -> None:
    line = next(each for each in BOOK.unconfirmed() if each.value == "up_to_days 7")
    assert (line.rule, line.version, line.figure, line.cite) == (
        "overdue_floors",
        date(2023, 7, 1),
        "technical_delay",
        "cn-2023-1 Art. 10 (1)",
    )


def test_a_figure_goes_stale_after_400_days() -> None:
    """Read on 2026-11-23; day 400 after it is 2027-12-28."""
    assert why("allocation_order", "component fee", date(2027, 12, 28)) == []
    assert why("allocation_order", "component fee", date(2027, 12, 29)) == ["the figure since 2026-11-23"]
    assert why("overdue_floors", "tier loss", date(2027, 12, 29)) == ["the figure since 2026-11-23 and the place"]
    assert why("texts", "issued 2023-02-10", date(2027, 12, 29)) == ["the number and dates since 2026-11-23"]


def test_a_bank_figure_is_listed_too(shelf) -> None:
    shelf.own_file(
        "overdue_floors.yaml",
        "rule: overdue_floors\nsays: Stricter.\nversions:\n  - from: 2024-02-01\n"
        "    floors: [{tier: loss, over_days: 300, cite: {text: bank-1, at: s. 4}}]\n",
    )
    listed = [each for each in shelf.read().unconfirmed() if each.cite == "bank-1 s. 4"]
    assert [(each.version, each.value, each.why) for each in listed] == [
        (date(2024, 2, 1), "tier loss, over_days 300", "the figure")
    ]


def test_the_shares_of_inspections_that_rest_on_a_clause_are_listed_and_the_banks_own_settings_are_not() -> None:
    rules = load_desk_rules(None)
    listed = [each for each in rules.unconfirmed() if each.rule == "desk/inspections"]
    assert [(each.figure, each.value) for each in listed] == [
        ("sampled", "retail True, debtors company or sole_trader, share 5 %, within_days 60"),
        ("sampled", "retail True, debtors person, share 1 %, within_days 60"),
    ]
    assert {each.why for each in listed} == {"the figure and the place"}
    [version] = rules.in_force["desk/inspections"]
    assert [figure.cite.text for _key, figure in version.cited()] == ["cn-nfra-2024-123"] * 2
