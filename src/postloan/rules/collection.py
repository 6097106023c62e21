"""The rules of collection: segments, strategies and their trials, teams, outcomes of a contact, promises, priority."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.contact_rules import CHANNELS_OF, OUTCOMES_OF, Channel, Form, Purpose
from postloan.rules.contact_rules import Outcome as Answered
from postloan.rules.figures import Cents, Cited, Days, RatioE8, ShareE8, Strict, Version, Words, rises
from postloan.rules.warnings import Level

CollectionOutcome = Literal[
    "promised", "no_answer", "refused", "wrong_number", "third_person", "disputes", "complaint", "sent",
    "not_made", "asks_relief",
]  # fmt: skip
LeadsTo = Literal["again", "promise", "complaint"]
Several = Annotated[int, Field(ge=1, le=1_000_000)]
Points = Annotated[int, Field(ge=0, le=100_000)]
CHAMPION, CHALLENGER = "champion", "challenger"
_POINT_OF: dict[str, str] = {channel: kind for kind, channels in CHANNELS_OF.items() for channel in channels}


class Script(Strict):
    """What is said or written; names between braces are filled in: name, amount, days."""

    zh: Words
    en: Words

    @model_validator(mode="after")
    def words_name_what_is_there(self) -> "Script":
        """A blank that nothing fills would be read to a debtor."""
        for words in (self.zh, self.en):
            try:
                words.format(name="", amount="", days=1)
            except (KeyError, ValueError, IndexError):
                raise ValueError("a script knows {name}, {amount} and {days}, and nothing else") from None
        return self


class Step(Cited):
    """What a strategy does from a day past due on, until its next step: by which channel, for what, in which words.

    leads_to  what is to be decided beside the contact: nothing, a formal demand with receipt, or a suit.
    """

    days: Annotated[Days, Field(ge=1)]
    channel: Channel
    purpose: Purpose = "collect"
    zh: Words
    en: Words
    script: Script
    leads_to: Literal["contact", "demand", "court"] = "contact"

    def written(self) -> str:
        """The figures of the step."""
        return f"days {self.days}, channel {self.channel}, purpose {self.purpose}, leads_to {self.leads_to}"


class Strategy(Strict):
    """The steps by which debtors of a kind are reminded, from the first day past due."""

    strategy: Words
    zh: Words
    en: Words
    steps: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def steps_follow_one_another(self) -> "Strategy":
        """The first day past due has a step, and each later one comes later."""
        if self.steps[0].days != 1 or not rises([step.days for step in self.steps]):
            raise ValueError(f"steps of {self.strategy} begin on day 1 and rise")
        return self


class Team(Cited):
    """Who works on a segment: how many open cases one collector has at most, and how many he is given in a night."""

    team: Words
    zh: Words
    en: Words
    cap: Several
    a_night: Several

    def written(self) -> str:
        """The figures of the team."""
        return f"team {self.team}, cap {self.cap}, a_night {self.a_night}"


class Segment(Cited):
    """Which debtors are worked on by which team and strategy. A bound that is not there asks nothing.

    days_from, days_to   longest days past due, both included; from, below  what cures it; score_below  the worst
    behaviour score of its loans, which loans without one do not have; level_from  the warning level or worse;
    broken_from  promises broken so far.
    """

    segment: Words
    zh: Words
    en: Words
    forms: Annotated[tuple[Form, ...], Field(strict=False)] = ()
    days_from: Days | None = None
    days_to: Days | None = None
    from_cents: Cents | None = Field(default=None, alias="from")
    below_cents: Cents | None = Field(default=None, alias="below")
    score_below: int | None = None
    level_from: Level | None = None
    broken_from: Several | None = None
    team: Words
    strategy: Words

    @property
    def asks_nothing(self) -> bool:
        """Whether every debtor past due is of it."""
        asked = (self.days_from, self.days_to, self.from_cents, self.below_cents, self.score_below, self.level_from,
                 self.broken_from)  # fmt: skip
        return not self.forms and all(each is None for each in asked)

    def written(self) -> str:
        """What it asks, and what follows."""
        kept = self.model_dump(exclude={"cite", "zh", "en"}, exclude_none=True, by_alias=True)
        kept["forms"] = " or ".join(self.forms)
        return ", ".join(f"{name} {value}" for name, value in kept.items() if value)


class Trial(Cited):
    """A challenger against the champion of a segment: which share of its debtors, and by which key they are split.

    key    a debtor's side follows from key and number alone; another key draws anew.
    cured_in_days  by when a debtor must be cured to count as a success.
    confidence     how sure the interval of the difference is to be.
    """

    trial: Words
    zh: Words
    en: Words
    segment: Words
    challenger: Words
    share_e8: ShareE8 = Field(alias="share")
    key: Annotated[str, Field(min_length=8, max_length=64)]
    cured_in_days: Annotated[Days, Field(ge=1)]
    confidence_e8: ShareE8 = Field(alias="confidence")


class OutcomeRule(Cited):
    """What a key on a collector's keyboard says of a contact, and what follows.

    contact   what the gate is told; of it follows by which channels the outcome may be.
    again_minutes, again_days  when the case comes back.
    """

    key: Annotated[str, Field(pattern=r"^[0-9]$")]
    outcome: CollectionOutcome
    contact: Answered
    leads_to: LeadsTo = "again"
    again_minutes: Several | None = None
    again_days: Several | None = None

    @model_validator(mode="after")
    def it_comes_back_once(self) -> "OutcomeRule":
        """A case that never comes back is lost; one that comes back twice is called twice."""
        times = (self.again_minutes is not None) + (self.again_days is not None)
        if times != 1:
            raise ValueError(f"outcome {self.outcome} says again_minutes or again_days, and not both")
        return self

    def fits(self, channel: str) -> bool:
        """Whether it can come of a contact by a channel."""
        return self.contact in OUTCOMES_OF[channel]


class PromiseRule(Cited):
    """What a promise must be, and when it counts as kept.

    days_most     how far away its day may be.
    least_share   of what cures the debtor, what it promises at least.
    grace_days    how long after its day a payment still counts.
    short_share   of the promise, what may be missing of one that is kept; below partial_share of it, it is broken.
    """

    days_most: Annotated[Days, Field(ge=1)]
    least_share_e8: ShareE8 = Field(alias="least_share")
    grace_days: Days
    short_share_e8: ShareE8 = Field(alias="short_share")
    partial_share_e8: RatioE8 = Field(alias="partial_share")


class Weight(Strict):
    """From a figure on, so many points."""

    begins: Annotated[int, Field(ge=0)] = Field(alias="from")
    points: Points


class AmountWeight(Strict):
    """From an amount on, so many points."""

    begins_cents: Cents = Field(alias="from")
    points: Points


class PriorityRule(Cited):
    """What puts a debtor earlier into the queue; points are summed, and more is earlier.

    days, amount  the last line that is reached counts. levels  by warning colour.
    broken   a broken promise each, up to broken_most of them. score_below, score  a poor behaviour score.
    """

    days: Annotated[tuple[Weight, ...], Field(strict=False, min_length=1)]
    amount: Annotated[tuple[AmountWeight, ...], Field(strict=False, min_length=1)]
    levels: dict[Level, Points]
    broken: Points
    broken_most: Several
    score_below: int
    score: Points

    @model_validator(mode="after")
    def more_is_never_less(self) -> "PriorityRule":
        """Who owes more, or for longer, never waits longer for it."""
        for name, lines in (
            ("days", [(each.begins, each.points) for each in self.days]),
            ("amount", [(each.begins_cents, each.points) for each in self.amount]),
        ):
            points = [of for _begins, of in lines]
            if not rises([begins for begins, _of in lines]) or points != sorted(points):
                raise ValueError(f"{name} rises, and its points with it")
        return self

    def written(self) -> str:
        """What broken promises and a poor score weigh."""
        return f"broken {self.broken} up to {self.broken_most}, score below {self.score_below} {self.score}"


class HoldRule(Cited):
    """How long a case that was given lies on one desk."""

    minutes: Annotated[int, Field(ge=1, le=600)]


class Collection(Version):
    """How debtors past due are collected from, from a day on."""

    teams: Annotated[tuple[Team, ...], Field(strict=False, min_length=1)]
    segments: Annotated[tuple[Segment, ...], Field(strict=False, min_length=1)]
    strategies: Annotated[tuple[Strategy, ...], Field(strict=False, min_length=1)]
    trials: Annotated[tuple[Trial, ...], Field(strict=False)] = ()
    outcomes: Annotated[tuple[OutcomeRule, ...], Field(strict=False, min_length=1)]
    promise: PromiseRule
    priority: PriorityRule
    hold: HoldRule

    @model_validator(mode="after")
    def names_are_known(self) -> "Collection":
        """Each name stands once, every debtor is of a segment, and what a segment or trial names is there."""
        teams = _once("team", [each.team for each in self.teams])
        strategies = _once("strategy", [each.strategy for each in self.strategies])
        segments = _once("segment", [each.segment for each in self.segments])
        _once("trial", [each.trial for each in self.trials])
        _once("trial of a segment", [each.segment for each in self.trials])
        _once("key", [each.key for each in self.outcomes])
        _once("outcome", [each.outcome for each in self.outcomes])
        wanted = [(each.team, teams) for each in self.segments]
        wanted += [(each.strategy, strategies) for each in self.segments]
        wanted += [(each.segment, segments) for each in self.trials]
        wanted += [(each.challenger, strategies) for each in self.trials]
        for name, known in wanted:
            if name not in known:
                raise ValueError(f"{name} is named and not there")
        if not self.segments[-1].asks_nothing or any(each.asks_nothing for each in self.segments[:-1]):
            raise ValueError("the last segment, and it alone, asks nothing: every debtor is of one")
        return self

    def cited(self) -> Iterator[tuple[str, Cited]]:
        """Every figure of the version, with the key it stands under; steps under their strategy."""
        yield from super().cited()
        for strategy in self.strategies:
            for step in strategy.steps:
                yield f"strategies.{strategy.strategy}", step

    def team(self, name: str) -> Team | None:
        """Find a team."""
        return next((each for each in self.teams if each.team == name), None)

    def segment(self, name: str) -> Segment | None:
        """Find a segment."""
        return next((each for each in self.segments if each.segment == name), None)

    def step(self, strategy: str, days: int) -> Step:
        """The step of a strategy on a day past due; of a strategy that is no more, that of the last segment's."""
        known = {each.strategy: each for each in self.strategies}
        steps = (known.get(strategy) or known[self.segments[-1].strategy]).steps
        return next((step for step in reversed(steps) if step.days <= days), steps[0])

    def outcome(self, key: str) -> OutcomeRule | None:
        """What a key says."""
        return next((each for each in self.outcomes if each.key == key), None)


def point_kind_of(channel: str) -> str:
    """The kind of contact point that a channel needs."""
    return _POINT_OF[channel]


def _once(what: str, names: list[str]) -> set[str]:
    if len(set(names)) < len(names):
        raise ValueError(f"a {what} stands twice")
    return set(names)
