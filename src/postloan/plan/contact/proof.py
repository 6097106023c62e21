"""The proof of a ledger: that its chain is whole, and that by its own history every contact was allowed by the rules.

Nothing is believed of it but what its entries told before: points, complaints, consents and attempts are folded anew,
and each ask is judged again. The rules it names must be no laxer than those that come with Postloan.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from postloan.plan.contact.judging import Ask, DayOff, decide
from postloan.plan.contact.ledger import NOTHING_BEFORE, Entry, Head, hash_of
from postloan.plan.contact.standing import Standing
from postloan.rules.contact_overlay import laxer_places
from postloan.rules.contact_rules import OUTCOMES_OF, Contact
from postloan.rules.figures import RuleFile, latest_begun

WEAKENS = frozenset({"consent", "do_not_call_lifted", "point_ended", "complaint_answered"})
"""Kinds of entries that take protection away; `proposed_by` names the first of the two people."""


@dataclass(frozen=True)
class Fault:
    """A place where a ledger proves nothing, or proves a breach.

    kind  chain: it was tampered with; rules: judged by rules that are not the law's; breach: a contact outside them.
    """

    seq: int
    kind: str
    fault: str


@dataclass
class Proved:
    """What was gone through: entries, asks, contacts that were allowed, and the head that the entries end with."""

    entries: int = 0
    asks: int = 0
    allowed: int = 0
    head: Head = field(default_factory=lambda: Head(0, NOTHING_BEFORE))


def faults_of(
    lines: Iterable[Entry | Head], law: RuleFile[Contact], day_off: DayOff, proved: Proved, *, known: Head | None = None
) -> Iterator[Fault]:
    """Go through a ledger and name each fault; nothing where it is whole and no contact was made outside the rules.

    proved  is filled in on the way.
    known   the head that somebody kept outside: the ledger must contain it.
    """
    judge, told = _Judge(law, day_off), None
    for line in lines:
        if told is not None:
            yield Fault(proved.head.seq, "chain", "the ledger goes on after its end")
        if isinstance(line, Head):
            told = line
            continue
        yield from _faults_of_chain(line, proved, judge.last_at)
        if known and line.seq == known.seq and line.hash != known.hash:
            yield Fault(line.seq, "chain", "is not the entry whose hash was kept outside")
        yield from judge.faults(line)
        proved.entries += 1
        proved.asks += line.kind == "ask"
        proved.allowed += line.kind == "ask" and line.told.get("allowed") is True
        proved.head = Head(line.seq, line.hash)
    if told != proved.head:
        yield Fault(proved.head.seq, "chain", "is not the last entry that was written")
    if known and proved.head.seq < known.seq:
        yield Fault(proved.head.seq, "chain", f"ends before entry {known.seq}, whose hash was kept outside")


def _faults_of_chain(entry: Entry, proved: Proved, last_at: datetime | None) -> Iterator[Fault]:
    if entry.seq != proved.head.seq + 1:
        yield Fault(entry.seq, "chain", f"stands where entry {proved.head.seq + 1} should")
    if entry.before_hash != proved.head.hash:
        yield Fault(entry.seq, "chain", "does not follow the entry before it")
    if entry.hash != hash_of(entry):
        yield Fault(entry.seq, "chain", "was changed after it was written")
    if last_at is not None and entry.at < last_at:
        yield Fault(entry.seq, "chain", "is older than the entry before it")


class _Judge:
    """Judges each entry by all that were before it."""

    def __init__(self, law: RuleFile[Contact], day_off: DayOff) -> None:
        self.law, self.day_off = law, day_off
        self.standing, self.rules = Standing(), dict[int, Contact]()
        self.valid_until: dict[int, datetime] = {}
        self.closed: set[int] = set()
        self.last_at: datetime | None = None

    def faults(self, entry: Entry) -> Iterator[Fault]:
        """What is wrong with an entry; then it counts."""
        try:
            yield from {"rules": self._rules, "ask": self._ask, "outcome": self._outcome}.get(entry.kind, _weakened)(
                entry
            )
            self.standing.take(entry.event)
        except (KeyError, TypeError, ValueError, ValidationError):
            yield Fault(entry.seq, "chain", "does not say what an entry of its kind says")
        self.last_at = entry.at

    def _rules(self, entry: Entry) -> Iterator[Fault]:
        """Rules that the asks after it are judged by: none may be laxer than what Postloan ships for that day."""
        rules = Contact.model_validate_json(entry.told["rules"])
        self.rules[entry.seq] = rules
        law = latest_begun(self.law.versions, _day(rules, entry.at))
        if law is None or rules.since > _day(rules, entry.at):
            yield Fault(entry.seq, "rules", "are not in force on the day they are used")
            return
        for place in laxer_places(rules, law):
            yield Fault(entry.seq, "rules", f"are laxer than those that come with Postloan: {place}")

    def _ask(self, entry: Entry) -> Iterator[Fault]:
        told = entry.told
        rules = self.rules.get(told["rules"])
        if rules is None:
            yield Fault(entry.seq, "rules", "names rules that the ledger does not hold")
            return
        yield from self._outdated(entry, rules)
        ask = Ask(entry.debtor, entry.point, told["channel"], told["purpose"], told["visitors"])
        answer = decide(rules, self.standing, ask, entry.at, self.day_off)
        found = [each.rule for each in answer.refusals]
        if told["allowed"] and found:
            yield Fault(entry.seq, "breach", f"was allowed, and the rules refuse it: {', '.join(found)}")
        elif not told["allowed"] and sorted(told["refused_by"]) != sorted(found):
            yield Fault(entry.seq, "breach", f"was refused by {told['refused_by']}, and the rules say {found}")
        if answer.facts and answer.facts.point.party != entry.party:
            yield Fault(entry.seq, "breach", "is told of somebody whose contact point it is not")
        if told["allowed"] and answer.valid_until:
            said = datetime.fromisoformat(told["valid_until"])
            self.valid_until[entry.seq] = min(said, answer.valid_until)
            if said > answer.valid_until:
                yield Fault(entry.seq, "breach", "may be used for longer than the rules let it")

    def _outdated(self, entry: Entry, rules: Contact) -> Iterator[Fault]:
        """Rules are outdated where the law has a version of a later day that had begun, and they are laxer than it."""
        law = latest_begun(self.law.versions, _day(rules, entry.at))
        if law is not None and law.since > rules.since:
            for place in laxer_places(rules, law):
                yield Fault(entry.seq, "rules", f"rests on rules that had ended and are laxer: {place}")

    def _outcome(self, entry: Entry) -> Iterator[Fault]:
        told = entry.told
        attempt = self.standing.attempt(told["ask"])
        if attempt is None:
            yield Fault(entry.seq, "breach", "is the outcome of a contact that was not allowed")
            return
        if attempt.seq in self.closed:
            yield Fault(entry.seq, "breach", "is a second outcome of one contact")
        self.closed.add(attempt.seq)
        if (attempt.debtor, attempt.party, attempt.point) != (entry.debtor, entry.party, entry.point):
            yield Fault(entry.seq, "breach", "is told of another contact than its ask")
        if told["outcome"] not in OUTCOMES_OF[attempt.channel]:
            yield Fault(entry.seq, "breach", "is nothing that can come of a contact by this channel")
        made_at, until = datetime.fromisoformat(told["made_at"]), self.valid_until.get(attempt.seq)
        is_inside = attempt.made_at <= made_at <= entry.at and (until is None or made_at < until)
        if told["outcome"] != "not_made" and not is_inside:
            yield Fault(entry.seq, "breach", "is of a contact that was made outside the time it was allowed for")


def _weakened(entry: Entry) -> Iterator[Fault]:
    """What takes protection away is proposed by one and agreed to by another."""
    if entry.kind in WEAKENS and entry.told["proposed_by"] in {"", entry.officer}:
        yield Fault(entry.seq, "breach", "takes protection away on the word of one person")


def _day(rules: Contact, at: datetime) -> date:
    return at.astimezone(rules.clocks("")[0]).date()


def told_of(faults: Iterable[Fault]) -> list[Mapping[str, Any]]:
    """Faults as a program reads them."""
    return [{"seq": each.seq, "kind": each.kind, "fault": each.fault} for each in faults]
