"""A bank's own rules of contact: stricter ones hold, laxer ones are refused, figure by figure."""

from pathlib import Path

import pytest

from postloan.errors import LaxerThanLaw, RuleFileWrong
from postloan.rules.contact_rules import Contact
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.sources import shipped_rules

SHIPPED = (shipped_rules() / "desk" / "contact.yaml").read_text(encoding="utf-8")
LAXER = {
    "persons.hours": ('hours: {begins: "08:00", ends: "22:00"', 'hours: {begins: "08:00", ends: "22:01"'),
    "companies.hours": ('hours: {begins: "08:00", ends: "20:00"', 'hours: {begins: "07:59", ends: "20:00"'),
    "persons.attempts": ("attempts: {most: 6", "attempts: {most: 7"),
    "persons.connected": ("connected: {most: 3", "connected: {most: 4"),
    "persons.visits": ("visits: {most: 1", "visits: {most: 2"),
    "persons.visitors": ("visitors: {least: 2", "visitors: {least: 1"),
    "third.failed": ("third: {failed: 3", "third: {failed: 2"),
    "third.within_days": ("within_days: 30", "within_days: 31"),
    "third.own_kinds": ("own_kinds: [phone]", "own_kinds: [email]"),
    "consent.days_most": ("consent: {days_most: 90", "consent: {days_most: 91"),
    "answer.minutes": ("answer: {minutes: 10", "answer: {minutes: 11"),
    "zones, region 65": ("clocks: [Asia/Shanghai, Asia/Urumqi]", "clocks: [Asia/Urumqi]"),
    "purposes.collect.roles": ("purpose: collect, roles: [debtor,", "purpose: collect, roles: [third, debtor,"),
    "purposes.locate.channels": ("purpose: locate, roles: [third], channels: [call]",
                                 "purpose: locate, roles: [third], channels: [call, sms]"),
    "purposes.notice.free_of": ("free_of: [pause], cite: {text: cn-p", "free_of: [pause, visits], cite: {text: cn-p"),
    "purposes.demand.free_of": ("free_of: [attempts, connected, visits, pause, do_not_call]",
                                "free_of: [attempts, connected, visits, do_not_call]"),
    "purposes.reply.needs_complaint": ("needs_complaint: true", "needs_complaint: false"),
}  # fmt: skip


def bank(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "rulebook" / "desk"
    folder.mkdir(parents=True)
    (folder / "contact.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("place", LAXER)
def test_a_laxer_figure_is_refused(tmp_path: Path, place: str) -> None:
    before, after = LAXER[place]
    assert before in SHIPPED
    with pytest.raises(LaxerThanLaw) as refusal:
        load_desk_rules(bank(tmp_path, SHIPPED.replace(before, after)))
    assert refusal.value.where["place"] == place


def test_a_stricter_file_holds(tmp_path: Path) -> None:
    text = SHIPPED.replace('begins: "08:00", ends: "22:00"', 'begins: "09:00", ends: "20:00"')
    text = text.replace("attempts: {most: 6", "attempts: {most: 3").replace(
        "own_kinds: [phone]", "own_kinds: [phone, address]"
    )
    rules = load_desk_rules(bank(tmp_path, text)).files["contact"].versions[-1]
    assert isinstance(rules, Contact)
    assert (rules.persons.hours.in_words()[1], rules.persons.attempts.most) == (
        "no contact outside 09:00 to 20:00 without consent",
        3,
    )
    assert rules.third.own_kinds == ("phone", "address")


def test_laxer_only_in_an_older_version_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(LaxerThanLaw) as refusal:
        load_desk_rules(bank(tmp_path, SHIPPED.replace("attempts: {most: 6", "attempts: {most: 9", 1)))
    assert str(refusal.value.where["on"]) == "2021-01-01"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('begins: "08:00", ends: "22:00"', 'begins: "22:00", ends: "08:00"'),
        ('begins: "08:00"', 'begins: "8 o clock"'),
        ("不超过{most}次", "不超过{least}次"),
        ("Asia/Urumqi]", "Asia/Nowhere]"),
        ('region: ""', 'region: "33"'),
        ("purpose: reply", "purpose: notice"),
    ],
)
def test_a_file_that_cannot_be_followed_is_refused(tmp_path: Path, before: str, after: str) -> None:
    with pytest.raises(RuleFileWrong):
        load_desk_rules(bank(tmp_path, SHIPPED.replace(before, after)))
