"""Group alert: who is to be assessed because another member of its group is non-performing (CLS-07)."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.rules.judging import GroupAlert as Law
from postloan.rules.rulebook import load_rulebook
from postloan.steps.group_alert import group_alert
from postloan.tables.published import GroupAlert
from postloan.tables.results import GroupMember
from postloan.tables.units import NON_PERFORMING, TIERS

LAW = load_rulebook(None).version("group_alert", Law, date(2024, 1, 1))
SINCE = date(2024, 3, 1)


def members(*given: tuple[int, str, str]) -> Any:
    """Debtor number, group, worst tier."""
    rows = [
        {"debtor_no": number, "debtor_id": f"D{number}", "group_id": group, "org_id": f"O{number}",
         "exposure_cents": 100 * number, "tier": tier, "since_on": SINCE}
        for number, group, tier in given
    ]  # fmt: skip
    return GroupMember.validate(pl.DataFrame(rows, schema=GroupMember.create_empty().schema))


def test_the_others_of_the_group_are_named_and_nobody_else() -> None:
    alerts = group_alert(
        members((1, "G1", "pass"), (2, "G1", "substandard"), (3, "G1", "special_mention"), (4, "G2", "pass")), law=LAW
    )
    assert alerts.select("group_id", "debtor_no", "debtor_id", "tier", "since_on").unique().rows() == [
        ("G1", 2, "D2", "substandard", SINCE)
    ]
    assert alerts.select("other_no", "other_id", "other_tier", "org_id", "exposure_cents").rows() == [
        (1, "D1", "pass", "O1", 100), (3, "D3", "special_mention", "O3", 300),
    ]  # fmt: skip
    assert set(alerts["cite"]) == {"cn-2023-1 Art. 7"}


def test_special_mention_is_not_enough_and_before_the_law_there_was_no_alert() -> None:
    assert group_alert(members((1, "G1", "pass"), (2, "G1", "special_mention")), law=LAW).is_empty()
    assert group_alert(members((1, "G1", "pass"), (2, "G1", "loss")), law=None).is_empty()
    assert load_rulebook(None).version_if_any("group_alert", Law, date(2023, 6, 30)) is None
    assert load_rulebook(None).version_if_any("group_alert", Law, date(2023, 7, 1)) is not None


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["G1", "G2", "G3"]), st.sampled_from(TIERS)), max_size=12))
def test_it_is_every_pair_of_a_bad_and_another_member_in_order(given_: list[tuple[str, str]]) -> None:
    bank = [(number, *each) for number, each in enumerate(given_)]
    expected = sorted(
        (group, bad, other)
        for bad, group, tier in bank
        for other, its_group, _ in bank
        if tier in NON_PERFORMING and group == its_group and bad != other
    )
    found = group_alert(members(*bank), law=LAW)
    assert found.select("group_id", "debtor_no", "other_no").rows() == expected
    assert found.columns == GroupAlert.column_names()
