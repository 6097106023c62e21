"""What stands of contact, by all that a ledger tells: points, attempts, complaints, consents, and who wants none.

It is folded from the ledger's events alone, so that whoever holds the ledger can judge every answer again.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, cast

from postloan.rules.contact_rules import Channel, Form, Outcome, PointKind, Purpose, Role

EventKind = Literal[
    "rules", "point", "point_ended", "do_not_call", "do_not_call_lifted", "complaint", "complaint_answered", "consent",
    "consent_ended", "ask", "outcome", "served",
]  # fmt: skip
"""`served` is a letter that went out beside the gate, as it was told afterwards: it bears on no answer."""
NOT_MADE: Outcome = "not_made"


@dataclass(frozen=True)
class Event:
    """An entry of the ledger, as far as it bears on contact.

    debtor  whose debt it is about. party is whoever is contacted, point the contact point: a keyed hash of the number.
    told    what the kind says besides.
    """

    seq: int
    at: datetime
    kind: str
    debtor: str
    party: str
    point: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """A contact point of a debtor: whose it is, what that person is to the debt, and where."""

    party: str
    role: Role
    form: Form
    kind: PointKind
    region: str


@dataclass(frozen=True)
class Attempt:
    """A contact that was allowed: one that was made, is being made, or was not made after all.

    made_at  when it was begun; when it was allowed, as long as nobody said.
    outcome  None as long as nobody said: it counts as made, and as nobody reached.
    """

    seq: int
    made_at: datetime
    channel: Channel
    purpose: Purpose
    debtor: str
    party: str
    point: str
    outcome: Outcome | None = None

    @property
    def counts(self) -> bool:
        """Whether it was made, for all that is known."""
        return self.outcome != NOT_MADE


@dataclass(frozen=True)
class Consent:
    """Leave to contact somebody at any hour, up to a day, that day included."""

    given_at: datetime
    until: date


class Standing:
    """What stands after the events that it took, in their order."""

    def __init__(self) -> None:
        self.points: dict[str, dict[str, Point]] = defaultdict(dict)
        self.complaints: dict[str, set[str]] = defaultdict(set)
        self.consents: dict[str, dict[str, Consent]] = defaultdict(dict)
        self.do_not_call: set[str] = set()
        self._attempts: dict[int, Attempt] = {}
        self._by: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in ("debtor", "party", "point")}

    def of_debtor(self, debtor: str) -> list[Attempt]:
        """The attempts about a debtor's debt, in their order."""
        return self._found("debtor", debtor)

    def of_party(self, party: str) -> list[Attempt]:
        """The attempts to reach somebody, about whosever debt."""
        return self._found("party", party)

    def at_point(self, point: str) -> list[Attempt]:
        """The attempts at a contact point, about whosever debt."""
        return self._found("point", point)

    def attempt(self, seq: int) -> Attempt | None:
        """The attempt of an ask, by the ask's number; None where it was refused, or is none."""
        return self._attempts.get(seq)

    def take(self, event: Event) -> None:
        """Let an event count."""
        told = event.told
        if event.kind == "point":
            self.points[event.debtor][event.point] = point_of(event)
        elif event.kind == "point_ended":
            self.points[event.debtor].pop(event.point, None)
        elif event.kind == "do_not_call":
            self.do_not_call.add(event.point)
        elif event.kind == "do_not_call_lifted":
            self.do_not_call.discard(event.point)
        elif event.kind == "complaint":
            self.complaints[event.debtor].add(told["complaint"])
        elif event.kind == "complaint_answered":
            self.complaints[event.debtor].discard(told["complaint"])
        elif event.kind == "consent":
            self.consents[event.party][told["consent"]] = Consent(event.at, date.fromisoformat(told["until"]))
        elif event.kind == "consent_ended":
            self.consents[event.party].pop(told["consent"], None)
        elif event.kind == "ask" and told["allowed"]:
            self._add(event)
        elif event.kind == "outcome" and (held := self._attempts.get(told["ask"])):
            made_at = datetime.fromisoformat(told["made_at"])
            self._attempts[held.seq] = replace(held, outcome=told["outcome"], made_at=made_at)

    def _add(self, event: Event) -> None:
        attempt = Attempt(
            event.seq, event.at, event.told["channel"], event.told["purpose"], event.debtor, event.party, event.point
        )
        self._attempts[event.seq] = attempt
        for name, index in self._by.items():
            index[getattr(attempt, name)].append(event.seq)

    def _found(self, name: str, key: str) -> list[Attempt]:
        return [self._attempts[seq] for seq in self._by[name].get(key, ())]


def point_of(event: Event) -> Point:
    """The contact point that an event registers."""
    told = event.told
    return Point(
        event.party, cast("Role", told["role"]), cast("Form", told["form"]), cast("PointKind", told["point_kind"]),
        str(told["region"]),
    )  # fmt: skip
