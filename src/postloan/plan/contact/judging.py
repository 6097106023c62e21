"""Whether a contact may be made: by the rules, and by what stands at that instant. No clock is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from postloan.plan.contact.standing import Attempt, Point, Standing
from postloan.rules.contact_rules import CHANNELS_OF, Conduct, Contact, PurposeRule, Said
from postloan.rules.figures import Cite

DayOff = Callable[[date], bool]
"""Whether nobody works on a day."""

_DAY = timedelta(days=1)
_LOOKS_AHEAD_DAYS = 40
"""No run of days off and full days is longer; after so many days the next one is not named."""
_PASSES = frozenset({"hours", "days_off", "attempts", "connected", "visits"})
"""The refusals that end by themselves as time goes by; the others end only when somebody does something."""
_TWO_WAY = frozenset({"call", "visit"})
_FAILED = frozenset({"unanswered", "other_person", "invalid"})


@dataclass(frozen=True)
class Ask:
    """A contact about to be made: about whose debt, at which point, by what, for what, and how many people go."""

    debtor: str
    point: str
    channel: str
    purpose: str
    visitors: int = 0


@dataclass(frozen=True)
class Refusal:
    """A rule that refuses: its name, its clause, and what it says."""

    rule: str
    cite: Cite
    zh: str
    en: str


@dataclass(frozen=True)
class Facts:
    """What an ask was judged on, as far as it is counted. All counts are of the day of the clock that counts most.

    failed_least  how many contacts in a row failed on that of the debtor's own points on which fewest did; None where
                  there is no such point.
    """

    point: Point
    attempts: int
    connected: int
    visits: int
    complaints: int
    do_not_call: bool
    has_consent: bool
    failed_least: int | None


@dataclass(frozen=True)
class Answer:
    """Whether a contact may be made.

    refusals      the rules that refuse it, the weightiest first; none where it is allowed.
    allowed_from  the next instant at which it would be allowed if nothing else happened; None is never.
    valid_until   up to when an allowed contact may be begun, that instant excluded.
    facts         None where the point is not known.
    """

    refusals: tuple[Refusal, ...]
    facts: Facts | None
    allowed_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether it is."""
        return not self.refusals


def decide(rules: Contact, standing: Standing, ask: Ask, at: datetime, day_off: DayOff) -> Answer:
    """Judge a contact at an instant (with its zone), by what stands then.

    Source: COLL-02 to COLL-07, COLL-20, COLL-50, LN-22, DSP-30 to DSP-43; each figure carries its clause.
    """
    point = standing.points.get(ask.debtor, {}).get(ask.point)
    if point is None:
        return Answer((_refusal("known", rules.known),), None)
    judged = _Judged(rules, standing, ask, point, day_off)
    refusals = tuple(judged.refusals(at))
    facts = judged.facts(at)
    if refusals:
        passes = all(each.rule in _PASSES for each in refusals)
        return Answer(refusals, facts, allowed_from=judged.next_allowed(at) if passes else None)
    return Answer((), facts, valid_until=judged.valid_until(at))


def _refusal(rule: str, figure: Said) -> Refusal:
    return Refusal(rule, figure.cite, *figure.in_words())


@dataclass(frozen=True)
class _Judged:
    """One ask, judged at whatever instant."""

    rules: Contact
    standing: Standing
    ask: Ask
    point: Point
    day_off: DayOff

    @property
    def conduct(self) -> Conduct:
        return self.rules.conduct(self.point.form)

    @property
    def purpose(self) -> PurposeRule:
        return self.rules.purpose(self.ask.purpose)

    @property
    def clocks(self) -> tuple[ZoneInfo, ...]:
        return self.rules.clocks(self.point.region)

    def refusals(self, at: datetime) -> Iterator[Refusal]:
        """Every rule that refuses at an instant: first what somebody must change, then what time alone changes."""
        yield from self._of_the_ask()
        yield from self._of_the_debtor(at)
        if not self._has_consent(at):
            yield from self._of_the_hour(at)
        yield from self._of_the_count(at)

    def _of_the_ask(self) -> Iterator[Refusal]:
        """Whom, by what, for what, and by how many people: no instant changes that."""
        rules, ask = self.rules, self.ask
        if self.point.role not in self.purpose.roles:
            yield _refusal("parties", rules.parties)
        if ask.channel not in self.purpose.channels or ask.channel not in CHANNELS_OF[self.point.kind]:
            yield _refusal("channel", rules.channel)
        if ask.channel == "visit" and ask.visitors < self.conduct.visitors.least:
            yield _refusal("visitors", self.conduct.visitors)

    def _of_the_debtor(self, at: datetime) -> Iterator[Refusal]:
        """Complaints, who wants no contact, and third persons: somebody must do something first."""
        rules = self.rules
        if self._is_bound_by("pause") and self._complaints:
            yield _refusal("pause", rules.pause)
        if self.purpose.needs_complaint and not self._complaints:
            yield _refusal("asked", rules.asked)
        if self._is_bound_by("do_not_call") and self.ask.point in self.standing.do_not_call:
            yield _refusal("do_not_call", rules.do_not_call)
        if self.point.role == "third" and (self._failed_least(at) or 0) < rules.third.failed:
            yield _refusal("third", rules.third)

    def _of_the_hour(self, at: datetime) -> Iterator[Refusal]:
        """Quiet hours and days off, by each clock of the region; consent lifts both."""
        hours, local = self.conduct.hours, [at.astimezone(clock) for clock in self.clocks]
        if not all(hours.begins <= each.time() < hours.ends for each in local):
            yield _refusal("hours", hours)
        if self.conduct.days_off and any(self.day_off(each.date()) for each in local):
            yield _refusal("days_off", self.conduct.days_off)

    def _of_the_count(self, at: datetime) -> Iterator[Refusal]:
        """What was done already on the day, by each clock of the region."""
        conduct = self.conduct
        if self._is_bound_by("attempts") and self._attempts(at) >= conduct.attempts.most:
            yield _refusal("attempts", conduct.attempts)
        is_call = self.ask.channel == "call"
        if is_call and self._is_bound_by("connected") and self._connected(at) >= conduct.connected.most:
            yield _refusal("connected", conduct.connected)
        if self.ask.channel == "visit" and self._is_bound_by("visits") and self._visits(at) >= conduct.visits.most:
            yield _refusal("visits", conduct.visits)

    def _is_bound_by(self, limit: str) -> bool:
        return limit not in self.purpose.free_of

    @property
    def _complaints(self) -> int:
        return len(self.standing.complaints.get(self.ask.debtor, ()))

    def _has_consent(self, at: datetime) -> bool:
        """Whether whoever is contacted agreed to other hours, up to some day, and no longer than the rules let it."""
        most = timedelta(days=self.rules.consent.days_most)
        return any(
            all(
                local.date() <= min(each.until, each.given_at.astimezone(local.tzinfo).date() + most)
                for local in (at.astimezone(clock) for clock in self.clocks)
            )
            for each in self.standing.consents.get(self.point.party, {}).values()
        )

    def _attempts(self, at: datetime) -> int:
        """Attempts of the day at the point in which whoever is meant was not reached, those under way included."""
        made = self.standing.at_point(self.ask.point)
        return self._of_day(at, [each for each in made if each.outcome != "connected"])

    def _connected(self, at: datetime) -> int:
        """Calls of the day in which whoever is meant was reached; one under way may become one."""
        made = self.standing.of_party(self.point.party)
        may = [each for each in made if each.channel == "call" and each.outcome in {"connected", None}]
        return self._of_day(at, may)

    def _visits(self, at: datetime) -> int:
        made = self.standing.of_party(self.point.party)
        return self._of_day(at, [each for each in made if each.channel == "visit"])

    def _of_day(self, at: datetime, made: list[Attempt]) -> int:
        """How many were made on the day of an instant, by the clock by which most were."""
        return max(
            sum(each.counts and each.made_at.astimezone(clock).date() == at.astimezone(clock).date() for each in made)
            for clock in self.clocks
        )

    def _failed_least(self, at: datetime) -> int | None:
        """Failed contacts in a row on that own point of the debtor on which fewest failed."""
        own = [
            key
            for key, point in self.standing.points[self.ask.debtor].items()
            if point.role == "debtor" and point.kind in self.rules.third.own_kinds
        ]
        about = self.standing.of_debtor(self.ask.debtor)
        return min(
            (_failed([each for each in about if each.point == key], self._fresh(at)) for key in own), default=None
        )

    def _fresh(self, at: datetime) -> datetime:
        return at - timedelta(days=self.rules.third.within_days)

    def facts(self, at: datetime) -> Facts:
        """What is counted at an instant."""
        return Facts(
            point=self.point, attempts=self._attempts(at), connected=self._connected(at), visits=self._visits(at),
            complaints=self._complaints, do_not_call=self.ask.point in self.standing.do_not_call,
            has_consent=self._has_consent(at), failed_least=self._failed_least(at),
        )  # fmt: skip

    def next_allowed(self, at: datetime) -> datetime | None:
        """The first instant after `at` at which nothing refuses, if nothing else happens."""
        return next((each for each in self._turns(at, _LOOKS_AHEAD_DAYS) if not any(self.refusals(each))), None)

    def valid_until(self, at: datetime) -> datetime:
        """The end of an allowed answer: of its minutes, of the hours, or of the day it is counted on."""
        end = at + timedelta(minutes=self.rules.answer.minutes)
        for turn in self._turns(at, 1):
            if turn >= end:
                break
            is_midnight = any(turn.astimezone(clock).time() == time() for clock in self.clocks)
            if is_midnight or any(self.refusals(turn)):
                return turn
        return end

    def _turns(self, at: datetime, days: int) -> list[datetime]:
        """The instants after `at` at which an answer can change by itself: hours begin, hours end, a day begins."""
        hours = self.conduct.hours
        turns = {
            datetime.combine(at.astimezone(clock).date() + each * _DAY, turn, clock).astimezone(UTC)
            for clock in self.clocks
            for each in range(days + 1)
            for turn in (time(), hours.begins, hours.ends)
        }
        return sorted(turn for turn in turns if turn > at)


def _failed(attempts: list[Attempt], since: datetime) -> int:
    """How many of the latest calls and visits failed one after the other, since some instant; writing never fails."""
    count = 0
    for each in sorted(attempts, key=lambda each: (each.made_at, each.seq), reverse=True):
        if each.channel not in _TWO_WAY or not each.counts:
            continue
        if each.outcome not in _FAILED or each.made_at < since:
            break
        count += 1
    return count
