"""The rules of the desk: who may do what, how work is divided and by when. No night rests on them.

They lie apart from the rulebook of the night, in rulebook/desk, so that a new deadline or role changes no published
number and no pin of a night.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, model_validator

from postloan.rules.agency_rules import Agencies
from postloan.rules.apart import Found, RulesApart, found_apart, read_apart
from postloan.rules.circle_rules import CircleRules
from postloan.rules.clock_desk import ClockDesk
from postloan.rules.collateral_desk import CollateralDesk
from postloan.rules.collection import Collection
from postloan.rules.contact_overlay import check_not_laxer
from postloan.rules.contact_rules import Contact
from postloan.rules.desk_approvals import Approvals, Classification, Lending
from postloan.rules.desk_exceptions import ExceptionKinds
from postloan.rules.disposal_desk import DisposalDesk
from postloan.rules.disposal_routes import DisposalRoutes
from postloan.rules.figures import Cents, Days, RuleFile, Strict, Version, Words
from postloan.rules.finances import Finances
from postloan.rules.inspection_forms import InspectionForms
from postloan.rules.inspection_rules import Inspections
from postloan.rules.message_rules import Messages
from postloan.rules.news import Names, Sentiment
from postloan.rules.preservation_desk import PreservationDesk
from postloan.rules.reminder_rules import Reminders
from postloan.rules.restructuring_rules import Restructurings
from postloan.rules.retention import Retention
from postloan.rules.studio import Studio
from postloan.rules.warning_desk import WarningDesk


class RoleAction(NamedTuple):
    """An action of a role, and the amount up to which it goes; None is any."""

    action: str
    limit_cents: int | None


class Role(Strict):
    """What somebody in a role may do.

    limits  per action the largest amount; an action that is not there has none.
    """

    role: Words
    zh: Words
    en: Words
    allowed: Annotated[tuple[Words, ...], Field(strict=False, alias="actions")]
    limits: dict[str, Cents] = Field(default_factory=dict)

    @model_validator(mode="after")
    def limits_are_of_its_actions(self) -> "Role":
        """A limit on what the role may not do anyway is a slip."""
        if stray := sorted(set(self.limits) - set(self.allowed)):
            raise ValueError(f"limits names {stray[0]}, which is not among its actions")
        return self

    @property
    def actions(self) -> Iterator[RoleAction]:
        """Each action with its limit."""
        return (RoleAction(action, self.limits.get(action)) for action in self.allowed)


class Roles(Version):
    """The roles of the bank from a day on."""

    roles: Annotated[tuple[Role, ...], Field(strict=False)]

    @model_validator(mode="after")
    def each_stands_once(self) -> "Roles":
        """Two roles of one name would be one too many."""
        names = [role.role for role in self.roles]
        if len(set(names)) < len(names):
            raise ValueError("a role stands twice")
        return self

    def named(self, name: str) -> Role | None:
        """Find a role."""
        return next((role for role in self.roles if role.role == name), None)


class WorkKind(Strict):
    """A kind of work that a published day opens.

    ahead_days  how long before its day it is opened, for work that looks ahead.
    """

    kind: Words
    zh: Words
    en: Words
    due_in_days: Days
    again_after_days: Days
    page: Literal[
        "loan", "debtor", "impairment", "covenant", "restructure", "officer", "collateral", "collateral_stress"
    ]
    ahead_days: Days = 0


class WorkKinds(Version):
    """The kinds of work of the bank from a day on."""

    kinds: Annotated[tuple[WorkKind, ...], Field(strict=False)]

    def named(self, name: str) -> WorkKind | None:
        """Find a kind."""
        return next((kind for kind in self.kinds if kind.kind == name), None)


SHAPES: dict[str, TypeAdapter[Any]] = {
    "agencies": TypeAdapter(RuleFile[Agencies]),
    "approvals": TypeAdapter(RuleFile[Approvals]),
    "circles": TypeAdapter(RuleFile[CircleRules]),
    "collateral": TypeAdapter(RuleFile[CollateralDesk]),
    "collection": TypeAdapter(RuleFile[Collection]),
    "classification": TypeAdapter(RuleFile[Classification]),
    "contact": TypeAdapter(RuleFile[Contact]),
    "disposals": TypeAdapter(RuleFile[DisposalDesk]),
    "finances": TypeAdapter(RuleFile[Finances]),
    "disposal_routes": TypeAdapter(RuleFile[DisposalRoutes]),
    "legal_clocks": TypeAdapter(RuleFile[ClockDesk]),
    "lending": TypeAdapter(RuleFile[Lending]),
    "inspection_forms": TypeAdapter(RuleFile[InspectionForms]),
    "inspections": TypeAdapter(RuleFile[Inspections]),
    "messages": TypeAdapter(RuleFile[Messages]),
    "names": TypeAdapter(RuleFile[Names]),
    "preservation": TypeAdapter(RuleFile[PreservationDesk]),
    "reminders": TypeAdapter(RuleFile[Reminders]),
    "restructurings": TypeAdapter(RuleFile[Restructurings]),
    "retention": TypeAdapter(RuleFile[Retention]),
    "roles": TypeAdapter(RuleFile[Roles]),
    "sentiment": TypeAdapter(RuleFile[Sentiment]),
    "studio": TypeAdapter(RuleFile[Studio]),
    "work": TypeAdapter(RuleFile[WorkKinds]),
    "exceptions": TypeAdapter(RuleFile[ExceptionKinds]),
    "warnings": TypeAdapter(RuleFile[WarningDesk]),
}


class DeskRules(RulesApart):
    """All versions of the desk's rules, by rule."""

    folder = "desk"


def load_desk_rules(home: Path | None) -> DeskRules:
    """The desk's rules that come with Postloan; a file of the same name in home/rulebook/desk stands in for one.

    Raises RuleFileWrong, LaxerThanLaw where the bank's own rules of contact are laxer than those they stand in for.
    """
    return _read(found_apart(DeskRules.folder, home, SHAPES))


@lru_cache(maxsize=8)
def _read(found: Found) -> DeskRules:
    files = read_apart(DeskRules.folder, found, SHAPES)
    shipped = found_apart(DeskRules.folder, None, SHAPES)
    if set(found) - set(shipped):
        law = read_apart(DeskRules.folder, shipped, SHAPES)["contact"]
        check_not_laxer(files["contact"], law, next(path for name, path, _changed in found if name == "contact"))
    return DeskRules(files)
