"""The rules of inspection: which debtors are inspected, when, by how many people, and how the inspectors are inspected.

Where the law has the figure it is cited; otherwise the line says that it is the bank's own setting and after what
practice. A bank sets its own in rulebook/desk of its home folder.
"""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.figures import Cents, Cite, Cited, Days, ShareE8, Strict, Tier, Version, Words, written_record
from postloan.rules.shapes import LegalForm

SizeClass = Literal["large", "medium", "small", "micro", "none"]
InspectionKind = Literal["first", "periodic", "triggered", "special", "sampled"]
Trigger = Literal["tier_worsened", "overdue_principal", "overdue_interest", "event"]
FileKind = Literal["jpeg", "png", "webp", "pdf", "docx", "xlsx"]
Months = Annotated[int, Field(ge=1, le=60)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Bytes = Annotated[int, Field(ge=1)]
Points = Annotated[int, Field(ge=1, le=100)]


class Grounded(Strict):
    """A figure with what it rests on: a clause of law, or the bank's own setting. One of the two, never neither."""

    cite: Cite | None = None
    setting: Words | None = None

    @model_validator(mode="after")
    def rests_on_something(self) -> "Grounded":
        """A figure that rests on nothing could not be argued with."""
        if (self.cite is None) == (self.setting is None):
            raise ValueError("a figure has either a cite or a setting")
        return self

    @property
    def ground(self) -> str:
        """What it rests on, in words."""
        return str(self.cite) if self.cite else str(self.setting)

    def cited(self) -> "Clause | None":
        """The figure with its clause, as cited figures are listed; None where it is the bank's own setting."""
        return None if self.cite is None else Clause(cite=self.cite, figure=self)


class Clause(Cited):
    """A grounded figure that rests on a clause of law."""

    figure: Grounded

    def written(self) -> str:
        """The figure as its line of the rule file has it, without what the line leaves out."""
        return written_record(self.figure, self.figure.model_fields_set)


class Segment(Grounded):
    """Debtors that a rule is for. What is left out is any.

    retail       whether the law classes them loan by loan.
    exposure_to  the largest exposure, that amount included; exposure_from the smallest.
    """

    retail: bool
    debtors: Annotated[tuple[LegalForm, ...], Field(strict=False)] = ()
    sizes: Annotated[tuple[SizeClass, ...], Field(strict=False)] = ()
    exposure_from_cents: Annotated[Cents, Field(alias="exposure_from")] = 0
    exposure_to_cents: Annotated[Cents | None, Field(alias="exposure_to")] = None


class FirstRule(Segment):
    """How long after money was paid out the debtor is inspected for the first time."""

    within_days: Days


class PeriodicRule(Segment):
    """How often a debtor of some tiers is inspected. The first rule that fits a debtor holds."""

    tiers: Annotated[tuple[Tier, ...], Field(strict=False)]
    every_months: Months


class TriggerRule(Segment):
    """What makes an inspection due by itself.

    over_days  the days past due that must be exceeded, for the overdue triggers.
    events     the kinds of events that count; none is all of them.
    """

    trigger: Trigger
    within_days: Days
    again_after_days: Days
    over_days: Days = 0
    events: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    tiers: Annotated[tuple[Tier, ...], Field(strict=False)] = ()


class SampleRule(Segment):
    """The share of debtors that is drawn every quarter and inspected within some days."""

    share_e8: Annotated[ShareE8, Field(alias="share")]
    within_days: Days


class TwoPeopleRule(Grounded):
    """Whose inspection two people sign: all conditions that are given hold together."""

    kinds: Annotated[tuple[InspectionKind, ...], Field(strict=False)] = ()
    tiers: Annotated[tuple[Tier, ...], Field(strict=False)] = ()
    exposure_from_cents: Annotated[Cents, Field(alias="exposure_from")] = 0

    def asks(self, *, kind: str, tier: str, exposure_cents: int) -> bool:
        """Whether it asks for a second person."""
        fits = _fits(kind, self.kinds) and _fits(tier, self.tiers)
        return fits and exposure_cents >= self.exposure_from_cents


def _fits(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


class CorrectionRule(Grounded):
    """By when a finding of some severity is corrected."""

    severity: Literal["low", "medium", "high"]
    within_days: Days


class FileRules(Grounded):
    """What may be put to an inspection."""

    kinds: Annotated[tuple[FileKind, ...], Field(strict=False)]
    bytes_most: Bytes
    pixels_most: Bytes
    files_most: Count


class SignRules(Grounded):
    """When a report looks copied.

    alike_percent        the likeness of two texts from which they are shown side by side.
    letters_least        the length below which a text says too little to be compared.
    photo_bits_most      in how many of 64 bits two photos may differ and still be one.
    compared_months      how far back other reports are compared.
    """

    alike_percent: Annotated[int, Field(ge=50, le=100)]
    letters_least: Count
    photo_bits_most: Annotated[int, Field(ge=0, le=3)]
    compared_months: Months


class PaperQuestion(Strict):
    """A question of a working paper of supervision, and the points it is worth."""

    question: Words
    zh: Words
    en: Words
    points: Points


class Supervising(Grounded):
    """How head office inspects the inspectors."""

    sample_most: Count
    correct_within_days: Days
    questions: Annotated[tuple[PaperQuestion, ...], Field(strict=False)]

    @model_validator(mode="after")
    def a_hundred_points(self) -> "Supervising":
        """A score is out of a hundred."""
        if sum(each.points for each in self.questions) != 100:  # noqa: PLR2004
            raise ValueError("the points of the questions add up to 100")
        return self


class Inspections(Version):
    """How the bank inspects after lending, from a day on.

    look_back_days    how far back a pay-out is looked for when a day is adopted.
    ahead_days        how long before its day a periodic inspection is opened.
    """

    look_back_days: Days
    ahead_days: Days
    special_within_days: Days
    first: Annotated[tuple[FirstRule, ...], Field(strict=False)]
    periodic: Annotated[tuple[PeriodicRule, ...], Field(strict=False)]
    triggered: Annotated[tuple[TriggerRule, ...], Field(strict=False)]
    sampled: Annotated[tuple[SampleRule, ...], Field(strict=False)]
    two_people: Annotated[tuple[TwoPeopleRule, ...], Field(strict=False)]
    corrections: Annotated[tuple[CorrectionRule, ...], Field(strict=False)]
    files: FileRules
    signs: SignRules
    supervision: Supervising

    @model_validator(mode="after")
    def each_severity_has_its_days(self) -> "Inspections":
        """A finding without a day would stay open for ever."""
        if sorted(each.severity for each in self.corrections) != ["high", "low", "medium"]:
            raise ValueError("corrections names low, medium and high, each once")
        return self

    @model_validator(mode="after")
    def no_task_per_retail_debtor(self) -> "Inspections":
        """Retail is drawn or triggered: a task for each would bury the branch."""
        for name in ("first", "periodic"):
            if any(rule.retail for rule in getattr(self, name)):
                raise ValueError(f"{name} is not for retail: retail is sampled or triggered")
        return self

    def cited(self) -> Iterator[tuple[str, Cited]]:
        """Every figure that rests on a clause, with the key it stands under; the bank's own settings have none."""
        for key, held in self:
            grounded = [each for each in (held if isinstance(held, tuple) else (held,)) if isinstance(each, Grounded)]
            yield from ((key, clause) for each in grounded if (clause := each.cited()) is not None)

    def needs_two(self, *, kind: str, tier: str, exposure_cents: int) -> bool:
        """Whether an inspection is signed by two people."""
        return any(rule.asks(kind=kind, tier=tier, exposure_cents=exposure_cents) for rule in self.two_people)

    def correct_within(self, severity: str) -> int:
        """Days within which a finding is corrected."""
        return next(each.within_days for each in self.corrections if each.severity == severity)
