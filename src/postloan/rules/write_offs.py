"""The rule of writing off: on which grounds a debt may leave the book, and what must prove each."""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from postloan.rules.figures import Cents, Cite, Cited, Days, Tier, Version, Words

LegalForm = Literal["person", "sole_trader", "company", "financial", "government"]
Security = Literal["credit", "guarantee", "mortgage", "pledge"]
Lack = Literal["paper", "tier", "amount", "days", "legal_form", "security", "ground"]


class Asked(Cited):
    """A condition that a paper proves."""

    item: Words
    zh: Words
    en: Words


class Owed(NamedTuple):
    """What of a loan grounds ask about."""

    legal_form: str
    security_kind: str
    tier: str
    principal_cents: int
    days_past_due: int


class Lacking(NamedTuple):
    """What a write-off lacks: which paper, or which bound, and the clause that asks for it."""

    lack: Lack
    told: str
    cite: Cite


class Ground(Cited):
    """A ground on which a debt may be written off.

    asks         the papers that prove it.
    legal_forms, securities  of which debtors and loans it is, where it is not of all.
    up_to_cents, least_days  the most principal, and the least days past due, where there are bounds.
    """

    ground: Words
    zh: Words
    en: Words
    asks: Annotated[tuple[Asked, ...], Field(strict=False, min_length=1)]
    legal_forms: Annotated[tuple[LegalForm, ...], Field(strict=False)] = ()
    securities: Annotated[tuple[Security, ...], Field(strict=False)] = ()
    up_to_cents: Cents | None = Field(default=None, alias="up_to")
    least_days: Days | None = None

    def written(self) -> str:
        """The ground as a line of the rule file, of its papers the names alone."""
        held = {
            "ground": self.ground, "legal_forms": " or ".join(self.legal_forms),
            "securities": " or ".join(self.securities), "up_to_cents": self.up_to_cents,
            "least_days": self.least_days, "asks": " and ".join(each.item for each in self.asks),
        }  # fmt: skip
        return ", ".join(f"{name} {value}" for name, value in held.items() if value)


class Classed(Cited):
    """The tiers from which a loan may be written off."""

    tiers: Annotated[tuple[Tier, ...], Field(strict=False, min_length=1)]


class WriteOffs(Version):
    """On which grounds loans may be written off, from a day on.

    always  what every ground asks for.
    """

    classed: Classed
    always: Annotated[tuple[Asked, ...], Field(strict=False)]
    grounds: Annotated[tuple[Ground, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def each_stands_once(self) -> Self:
        """Two grounds of one name, or two items within one, leave the reader to guess."""
        names = [each.ground for each in self.grounds]
        items = [[asked.item for asked in (*self.always, *each.asks)] for each in self.grounds]
        if len(set(names)) < len(names) or any(len(set(each)) < len(each) for each in items):
            raise ValueError("a ground, or an item of one, stands twice")
        return self

    def named(self, ground: str) -> Ground | None:
        """Find a ground."""
        return next((each for each in self.grounds if each.ground == ground), None)

    def asked(self, ground: str) -> tuple[Asked, ...]:
        """The papers that a ground asks for, those of every ground first."""
        found = self.named(ground)
        return self.always if found is None else (*self.always, *found.asks)

    def lacking(self, ground: str, owed: Owed, papers: Collection[str]) -> list[Lacking]:
        """Say what a write-off lacks: empty where it may be decided."""
        found = self.named(ground)
        if found is None:
            return [Lacking("ground", ground, self.classed.cite)]
        missing = [Lacking("paper", each.item, each.cite) for each in self.asked(ground) if each.item not in papers]
        return [*self._bounds(found, owed), *missing]

    def _bounds(self, found: Ground, owed: Owed) -> Iterator[Lacking]:
        if owed.tier not in self.classed.tiers:
            yield Lacking("tier", owed.tier, self.classed.cite)
        if found.legal_forms and owed.legal_form not in found.legal_forms:
            yield Lacking("legal_form", owed.legal_form, found.cite)
        if found.securities and owed.security_kind not in found.securities:
            yield Lacking("security", owed.security_kind, found.cite)
        if found.up_to_cents is not None and owed.principal_cents > found.up_to_cents:
            yield Lacking("amount", str(found.up_to_cents), found.cite)
        if found.least_days is not None and owed.days_past_due < found.least_days:
            yield Lacking("days", str(found.least_days), found.cite)
