"""The rulebook that comes with Postloan: what it says on which day, and what goes into its fingerprint."""

import pickle
import shutil
from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import polars as pl
import pytest
from pydantic import ValidationError

from postloan.errors import NoRuleInForce
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.rulebook import LATER_LAW, LAW, POLICY, load_rulebook, policy_on
from postloan.rules.sources import SourceFile, fingerprint_of, shipped_rules

BOOK = load_rulebook(None)
LAW_BEGINS = date(2023, 7, 1)


def test_the_law_as_it_stands() -> None:
    policy = policy_on(BOOK, date(2026, 11, 23))
    assert [(floor.tier, floor.over_days) for floor in policy.tier_law.overdue_floors.floors] == [
        ("special_mention", 0),
        ("substandard", 90),
        ("doubtful", 270),
        ("loss", 360),
    ]
    assert policy.tier_law.overdue_floors.technical_delay.up_to_days == 7
    assert policy.tier_law.contamination.own_bank.over_share_e8 == 10_000_000
    assert policy.tier_law.contamination.all_banks.over_share_e8 == 20_000_000
    assert policy.tier_law.contamination.all_banks.over_days == 90
    assert policy.tier_law.contamination.any_non_performing.tier == "special_mention"
    assert policy.tier_law.restructuring_floors.repeat_restructured.tier == "substandard"
    assert policy.allocation_order.components == ("fee", "penalty", "compound", "interest", "principal")
    assert policy.book_of_record.system == "core"
    assert policy.publish_checks.tier_share_move.over_share_e8 == 10_000_000
    assert policy.publish_checks.tier_share_move.within_days == 7
    assert policy.publish_checks.quarantined.over_share_e8 == 5_000_000
    assert str(policy.tier_law.overdue_floors.floors[1].cite) == "cn-2023-1 Art. 11 (1)"


def test_buckets_as_a_table() -> None:
    buckets = policy_on(BOOK, LAW_BEGINS).dpd_buckets.frame()
    assert buckets["from_days"].to_list() == [0, 1, 31, 61, 91, 121, 151, 181]
    assert buckets["from_days"].dtype == pl.Int32
    assert buckets["bucket"].to_list() == ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]


def test_a_version_holds_from_its_day_until_the_next() -> None:
    before, after = (
        policy_on(BOOK, day).tier_law.restructuring_floors.renewals[0].cite.text
        for day in (date(2024, 9, 23), date(2024, 9, 24))
    )
    assert (before, after) == ("cn-2023-1", "cn-2024-13")


def test_before_the_first_version_there_is_no_policy() -> None:
    first = max(versions[0].since for rule, versions in BOOK.in_force.items() if rule not in LATER_LAW | {"forms"})
    assert policy_on(BOOK, first).on == first == date(2021, 1, 1)
    with pytest.raises(NoRuleInForce):
        policy_on(BOOK, first - timedelta(days=1))


def test_a_policy_knows_the_laws_of_classification_up_to_its_day() -> None:
    begun = [law.since for law in policy_on(BOOK, date(2024, 9, 24)).tier_laws.laws]
    assert begun == [date(2007, 7, 3), LAW_BEGINS, date(2024, 9, 24)]
    before = policy_on(BOOK, LAW_BEGINS - timedelta(days=1))
    assert [law.since for law in before.tier_laws.laws] == [date(2007, 7, 3)]
    assert [floor.tier for floor in before.tier_law.overdue_floors.floors] == ["special_mention", "substandard"]
    assert before.tier_law.overdue_floors.technical_delay is None


def test_a_policy_cannot_be_changed_and_travels_whole() -> None:
    policy = policy_on(BOOK, LAW_BEGINS)
    with pytest.raises(FrozenInstanceError):
        policy.on = date(2020, 1, 1)  # type: ignore[misc]
    with pytest.raises(ValidationError):
        policy.tier_law.overdue_floors.technical_delay.up_to_days = 30
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 - our own bytes


def test_every_registered_text_is_cited() -> None:
    written = [*BOOK.written, *load_desk_rules(None).files.values()]
    cited = {figure.cite.text for file in written for version in file.versions for _, figure in version.cited()}
    # A bank's rules that its rule studio agreed to cite it, and Postloan ships none.
    assert cited | {"desk-approvals"} == set(BOOK.texts)
    assert "desk-approvals" not in cited


def test_the_fingerprint_depends_on_every_file_and_on_nothing_else(shelf) -> None:
    calm = shelf.read().fingerprint
    assert calm == BOOK.fingerprint == shelf.read().fingerprint
    names = ["texts.yaml", *(f"national/{rule}.yaml" for rule in LAW), *(f"bank/{rule}.yaml" for rule in POLICY)]
    seen = {calm}
    for name in names:
        path = shelf.shipped / name
        kept = path.read_bytes()
        path.write_bytes(kept + b"# one more word\n")
        seen.add(shelf.read().fingerprint)
        path.write_bytes(kept)
    assert len(seen) == len(names) + 1
    (shelf.shipped / "national" / "notes.txt").write_text("no rule")
    assert shelf.read().fingerprint == calm


def test_a_fingerprint_sees_names_and_bytes_and_no_order() -> None:
    one, two = SourceFile("a", "x", b"1"), SourceFile("b", "x", b"2")
    others = [
        [one],
        [two],
        [SourceFile("a", "x", b"3"), two],
        [SourceFile("c", "x", b"1"), two],
        [SourceFile("a", "x", b"2"), SourceFile("b", "x", b"1")],
    ]
    assert fingerprint_of([one, two]) == fingerprint_of([two, one])
    assert len({fingerprint_of(sources) for sources in [[one, two], *others]}) == 6
    shown_elsewhere = SourceFile("a", "/elsewhere/bank/a", b"1")
    assert fingerprint_of([shown_elsewhere, two]) == fingerprint_of([one, two])


def test_the_banks_own_folder_comes_before_what_is_shipped(shelf) -> None:
    calm = shelf.read()
    shipped = (shelf.shipped / "bank" / "book_of_record.yaml").read_text()
    shelf.own_file("book_of_record.yaml", shipped.replace("system: core", "system: postloan"))
    book = shelf.read()
    assert policy_on(calm, LAW_BEGINS).book_of_record.system == "core"
    assert policy_on(book, LAW_BEGINS).book_of_record.system == "postloan"
    assert policy_on(book, LAW_BEGINS).publish_checks == policy_on(calm, LAW_BEGINS).publish_checks
    assert book.fingerprint != calm.fingerprint


def test_a_home_without_its_own_rules_has_the_shipped_ones(tmp_path) -> None:
    assert load_rulebook(tmp_path).fingerprint == BOOK.fingerprint


def test_a_home_finds_its_own_rules_in_its_folder(tmp_path) -> None:
    shutil.copytree(shipped_rules() / "bank", tmp_path / "rulebook" / "bank")
    path = tmp_path / "rulebook" / "bank" / "publish_checks.yaml"
    path.write_text(path.read_text().replace("0.05", '"0.02"'))
    assert policy_on(load_rulebook(tmp_path), LAW_BEGINS).publish_checks.quarantined.over_share_e8 == 2_000_000


def test_the_example_in_the_readme_holds(shelf) -> None:
    readme = (shipped_rules() / "README.md").read_text()
    example = readme.split("```yaml\n")[1].split("```")[0]
    shelf.own_file("book_of_record.yaml", example)
    assert policy_on(shelf.read(), LAW_BEGINS).book_of_record.system == "postloan"
