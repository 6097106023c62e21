"""Whatever is asked and told in whatever order: no contact is allowed that a plain statement of the rules forbids.

The statement below shares nothing with the gate: it counts hours by adding six or eight to UTC, knows its figures by
heart and looks at nothing but the contacts that were made, in a list.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contact_written import LAW, OWN, POINTS, Written, day_off
from postloan.plan.contact.judging import Ask
from postloan.plan.contact.ledger import Entry
from postloan.plan.contact.proof import Proved, faults_of

WEST = OWN | {"region": "650100"}
HERE = POINTS | {
    "west": WEST | {"party": "W1", "role": "guarantor"},
    "firm": OWN | {"party": "F1", "role": "guarantor", "form": "company"},
}
BEGINS = datetime(2026, 9, 29, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Plain:
    """What happened, as a clerk would note it down."""

    made: list[dict[str, Any]] = field(default_factory=list)
    complaints: set[str] = field(default_factory=set)
    unwanted: set[str] = field(default_factory=set)
    consents: list[tuple[str, date]] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)


def wall_clocks(at: datetime, region: str) -> list[datetime]:
    offsets = (8, 6) if region.startswith("65") else (8,)
    return [at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=each) for each in offsets]


def forbidden(plain: Plain, ask: Ask, at: datetime) -> bool:  # noqa: PLR0911 - a list of what is forbidden
    point = HERE[ask.point]
    clocks, is_demand = wall_clocks(at, point["region"]), ask.purpose == "demand"
    firm = point["form"] == "company"
    if ask.point in plain.ended:
        return True
    if point["role"] == "third" and (ask.purpose not in {"locate", "message"} or ask.channel != "call"):
        return True
    if point["role"] != "third" and ask.purpose in {"locate", "message"}:
        return True
    if ask.channel not in ({"call", "sms"} if point["kind"] == "phone" else {"letter", "visit", "formal_demand"}):
        return True
    if (is_demand and ask.channel == "call") or (ask.channel == "formal_demand" and not is_demand):
        return True
    if ask.purpose in {"notice", "reply"} and ask.channel == "visit":
        return True
    if ask.channel == "visit" and ask.visitors < 2:
        return True
    agreed = any(who == point["party"] and all(c.date() <= until for c in clocks) for who, until in plain.consents)
    if not agreed and any(c.hour < 8 or c.hour >= (20 if firm else 22) for c in clocks):
        return True
    if not agreed and firm and any(day_off(c.date()) for c in clocks):
        return True
    if ask.purpose in {"collect", "locate", "message"} and plain.complaints:
        return True
    if ask.purpose == "reply" and not plain.complaints:
        return True
    if is_demand:
        return False
    return ask.point in plain.unwanted or too_many(plain, ask, at) or too_soon(plain, ask, at)


def too_many(plain: Plain, ask: Ask, at: datetime) -> bool:
    point = HERE[ask.point]
    firm = point["form"] == "company"
    for place in range(len(wall_clocks(at, point["region"]))):
        today = [
            each
            for each in plain.made
            if each["outcome"] != "not_made"
            and wall_clocks(each["at"], point["region"])[place].date() == wall_clocks(at, point["region"])[place].date()
        ]
        missed = [each for each in today if each["point"] == ask.point and each["outcome"] != "connected"]
        same = [each for each in today if HERE[each["point"]]["party"] == point["party"]]
        talked = [each for each in same if each["channel"] == "call" and each["outcome"] in {"connected", None}]
        if len(missed) >= (12 if firm else 6):
            return True
        if ask.channel == "call" and len(talked) >= (6 if firm else 3):
            return True
        if ask.channel == "visit" and sum(each["channel"] == "visit" for each in same) >= (2 if firm else 1):
            return True
    return False


def too_soon(plain: Plain, ask: Ask, at: datetime) -> bool:
    """Whether a third person is asked before each own number of the debtor failed three times in a row."""
    if HERE[ask.point]["role"] != "third":
        return False
    numbers = [name for name in ("own", "second") if name not in plain.ended]
    for number in numbers:
        tried = [
            each
            for each in plain.made
            if each["point"] == number and each["channel"] == "call" and each["outcome"] != "not_made"
        ]
        last = tried[-3:]
        if len(last) < 3 or any(each["outcome"] in {"connected", None} for each in last):
            return True
        if any(at - each["at"] > timedelta(days=30) for each in last):
            return True
    return not numbers


DEEDS = st.one_of(
    st.tuples(
        st.just("ask"), st.sampled_from([*HERE, "own", "second", "neighbour"]),
        st.sampled_from(["call", "call", "call", "sms", "letter", "visit", "formal_demand"]),
        st.sampled_from(["collect", "collect", "notice", "reply", "demand", "locate", "message"]),
        st.sampled_from([0, 2, 3]),
        st.sampled_from(["connected", "unanswered", "unanswered", "invalid", "other_person", "not_made", None]),
    ),
    st.tuples(st.just("fail"), st.integers(0, 4), st.integers(0, 4), st.sampled_from(["own", "neighbour", "second"])),
    st.tuples(st.sampled_from(["complaint", "complaint_answered", "do_not_call", "do_not_call_lifted", "consent"]),
              st.sampled_from([*HERE])),
    st.tuples(st.just("point_ended"), st.sampled_from(["second"])),
)  # fmt: skip
STEPS = st.tuples(st.sampled_from([1, 7, 31, 60, 119, 240, 600, 1439]), DEEDS)


def asked(written: Written, plain: Plain, at: datetime, ask: Ask, outcome: str | None) -> None:
    entry, answer = written.ask(at, ask)
    assert answer.is_allowed != forbidden(plain, ask, at), (ask, at, answer)
    if answer.is_allowed:
        assert answer.valid_until
        assert not forbidden(plain, ask, answer.valid_until - timedelta(microseconds=1))
        held = {"at": at, "point": ask.point, "channel": ask.channel, "outcome": None}
        plain.made.append(held)
        told = outcome if ask.channel in {"call", "visit"} or outcome in {None, "not_made", "invalid"} else "sent"
        if told:
            written.outcome(at, entry, told)
            held["outcome"] = told
    elif answer.allowed_from:
        assert answer.allowed_from > at
        assert not forbidden(plain, ask, answer.allowed_from)
        assert forbidden(plain, ask, max(at, answer.allowed_from - MINUTE))
    else:
        assert all(forbidden(plain, ask, at + timedelta(hours=hours)) for hours in range(0, 24 * 12, 5))


def told(written: Written, plain: Plain, at: datetime, kind: str, name: str) -> None:
    party = HERE[name]["party"]
    if kind == "complaint":
        written.add(at, kind, complaint=name)
        plain.complaints.add(name)
    elif kind == "complaint_answered":
        written.weaken(at, kind, complaint=name)
        plain.complaints.discard(name)
    elif kind == "do_not_call":
        written.add(at, kind, point=name)
        plain.unwanted.add(name)
    elif kind == "do_not_call_lifted":
        written.weaken(at, kind, point=name)
        plain.unwanted.discard(name)
    elif kind == "consent":
        until = (at + timedelta(days=2)).date()
        written.weaken(at, kind, party=party, consent=f"{party}{at}", until=str(until))
        plain.consents.append((party, until))
    else:
        written.weaken(at, kind, point=name)
        plain.ended.add(name)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=40))
def test_no_sequence_gets_a_contact_allowed_that_is_forbidden(steps: list[Any]) -> None:
    written, plain, at = Written(BEGINS, HERE), Plain(), BEGINS
    for minutes, deed in steps:
        at += timedelta(minutes=minutes)
        if deed[0] == "ask":
            _kind, point, channel, purpose, visitors, outcome = deed
            asked(written, plain, at, Ask("D1", point, channel, purpose, visitors), outcome)
        elif deed[0] == "fail":
            for point in ["own"] * deed[1] + ["second"] * deed[2]:
                asked(written, plain, at, Ask("D1", point, "call", "collect"), "unanswered")
                at += MINUTE
            purpose = "locate" if deed[3] == "neighbour" else "collect"
            asked(written, plain, at, Ask("D1", deed[3], "call", purpose), "unanswered")
        else:
            told(written, plain, at, *deed)
    assert list(faults_of(written.lines(), LAW, day_off, Proved())) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=25), st.data())
def test_an_ask_that_was_forced_is_found(steps: list[Any], data: st.DataObject) -> None:
    """An insider who writes 'allowed' into a ledger whose hashes are right is found by its own history."""
    written, plain, at = Written(BEGINS, HERE), Plain(), BEGINS
    forced: list[Entry] = []
    for minutes, deed in steps:
        at += timedelta(minutes=minutes)
        if deed[0] == "ask":
            ask = Ask("D1", *deed[1:5])
            is_forbidden = forbidden(plain, ask, at)
            entry = written.force(at, ask)
            plain.made.append({"at": at, "point": ask.point, "channel": ask.channel, "outcome": None})
            forced += [entry] if is_forbidden else []
        elif deed[0] != "fail":
            told(written, plain, at, *deed)
    found = {fault.seq for fault in faults_of(written.lines(), LAW, day_off, Proved()) if "refuse it" in fault.fault}
    assert found == {entry.seq for entry in forced}
