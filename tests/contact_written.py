"""What tests of the contact gate share: contact points, and a ledger that is written as the gate would write it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from postloan.plan.contact.judging import Answer, Ask, decide
from postloan.plan.contact.ledger import NOTHING_BEFORE, Entry, Head, hash_of, written_at
from postloan.plan.contact.standing import Standing
from postloan.rules.calendar import days_off
from postloan.rules.contact_rules import Contact
from postloan.rules.desk_rules import load_desk_rules

BEIJING = ZoneInfo("Asia/Shanghai")
LAW = load_desk_rules(None).files["contact"]
OWN = {"party": "D1", "role": "debtor", "form": "person", "kind": "phone", "region": "330100"}
POINTS: dict[str, dict[str, str]] = {
    "own": OWN,
    "second": OWN,
    "home": OWN | {"kind": "address"},
    "spouse": OWN | {"party": "S1", "role": "co_borrower"},
    "guarantor": OWN | {"party": "G1", "role": "guarantor"},
    "neighbour": OWN | {"party": "N1", "role": "third"},
}


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BEIJING)


def day_off(day: date) -> bool:
    return bool(days_off(day, day, (), on=date(2020, 1, 1)))


def rules_at(at: datetime) -> Contact:
    return load_desk_rules(None).version("contact", Contact, at.astimezone(BEIJING).date())


class Written:
    """A ledger as the gate writes it: each ask judged by what stands, each entry chained to the one before."""

    def __init__(self, begins: datetime, points: dict[str, dict[str, str]] | None = None) -> None:
        self.entries: list[Entry] = []
        self.standing = Standing()
        self._rules: dict[str, int] = {}
        for name, each in (POINTS if points is None else points).items():
            told = {"role": each["role"], "form": each["form"], "region": each["region"], "point_kind": each["kind"]}
            self.add(begins, "point", point=name, party=each["party"], **told)

    def add(
        self, at: datetime, kind: str, *, debtor: str = "D1", party: str = "", point: str = "", officer: str = "a",
        **told: Any,
    ) -> Entry:  # fmt: skip
        before = self.entries[-1].hash if self.entries else NOTHING_BEFORE
        entry = Entry(len(self.entries) + 1, at.astimezone(UTC), kind, debtor, party, point, officer, told, before)
        entry = replace(entry, hash=hash_of(entry))
        self.entries.append(entry)
        self.standing.take(entry.event)
        return entry

    def weaken(self, at: datetime, kind: str, **more: Any) -> Entry:
        return self.add(at, kind, **more, officer="b", proposed_by="a")

    def judge(self, at: datetime, ask: Ask) -> Answer:
        return decide(rules_at(at), self.standing, ask, at, day_off)

    def ask(self, at: datetime, ask: Ask) -> tuple[Entry, Answer]:
        answer = self.judge(at, ask)
        until = written_at(answer.valid_until) if answer.valid_until else None
        return self.force(at, ask, allowed=answer.is_allowed, refused=[each.rule for each in answer.refusals],
                          until=until), answer  # fmt: skip

    def force(
        self, at: datetime, ask: Ask, *, allowed: bool = True, refused: list[str] | None = None,
        until: str | None = None, party: str | None = None,
    ) -> Entry:  # fmt: skip
        """An ask with whatever answer, as an insider might write it."""
        rules = rules_at(at)
        if rules.as_written not in self._rules:
            self._rules[rules.as_written] = self.add(at, "rules", debtor="", rules=rules.as_written).seq
        point = self.standing.points[ask.debtor].get(ask.point)
        return self.add(
            at, "ask", debtor=ask.debtor, point=ask.point, party=party or (point.party if point else ""),
            channel=ask.channel, purpose=ask.purpose, visitors=ask.visitors, allowed=allowed,
            refused_by=refused or [], rules=self._rules[rules.as_written],
            valid_until=until or (written_at(at + timedelta(minutes=5)) if allowed else None),
        )  # fmt: skip

    def outcome(self, at: datetime, ask: Entry, outcome: str, made_at: datetime | None = None) -> Entry:
        told = {"ask": ask.seq, "outcome": outcome, "made_at": written_at(made_at or ask.at)}
        return self.add(at, "outcome", debtor=ask.debtor, party=ask.party, point=ask.point, **told)

    def lines(self) -> Iterator[Entry | Head]:
        yield from self.entries
        yield Head(self.entries[-1].seq, self.entries[-1].hash)


Deed = Callable[[Written, datetime], None]
