"""What the pages of decisions read: every decision of the desk's offices, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, Replace
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import with_steps
from postloan.desk.core.authority import within
from postloan.desk.core.decisions.actions import REFUSED
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Decision, Officer, WorkItem
from postloan.desk.core.pages import Desk
from postloan.desk.withdrawal.models import Withdrawal
from postloan.errors import NotFoundHere
from postloan.tables.said import SAID, said

_OF_PEOPLE = frozenset({"proposed_by", "determined_by", "approved_by", "approver"})


@dataclass(frozen=True)
class TermTold:
    """A term of a decision as it is said: its name, what it holds."""

    name: str
    value: str


def decisions_seen(desk: Desk) -> QuerySet[Decision]:
    """The decisions of the desk's offices with their `standing`; those that tell of a withdrawal are no decisions.

    standing  waiting for the next hand-over, handed over, refused by intake, being withdrawn, or withdrawn.
    """
    withdrawals = Withdrawal.objects.filter(decision=OuterRef("pk"))
    standing = Case(
        When(Exists(Decision.objects.filter(withdraws=OuterRef("pk"))), then=Value("withdrawn")),
        When(Exists(withdrawals.filter(state=Withdrawal.State.PROPOSED)), then=Value("withdrawing")),
        When(Exists(_refused()), then=Value("refused")),
        When(feed_day=None, then=Value("waiting")),
        default=Value("handed_over"),
    )
    found = Decision.objects.filter(withdraws=None).annotate(standing=standing)
    return within(found.select_related("org", "decided_by"), desk.scope)


def _refused() -> QuerySet[WorkItem]:
    # SQLite keeps a UUID as its 32 digits, PostgreSQL writes it with dashes: work names it with dashes.
    digits = Replace(Cast(OuterRef("pk"), CharField()), Value("-"), Value(""))
    named = Replace(F("subject"), Value("-"), Value(""))
    return WorkItem.objects.filter(kind=REFUSED).alias(named=named).filter(named=Concat(Value("decision:"), digits))


def decision_seen(desk: Desk, decision_id: UUID) -> Decision:
    """One decision. Raises NotFoundHere where it is outside the desk's offices, or none."""
    found = decisions_seen(desk).filter(pk=decision_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项决定，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def may_be_withdrawn(decision: Decision) -> bool:
    """Whether a decision that was found with its standing can still be taken back."""
    return vars(decision)["standing"] in {"waiting", "handed_over"}


def withdrawals_of(decision: Decision) -> list[Withdrawal]:
    """The withdrawals of a decision that were proposed, the last one first, with the steps that were taken."""
    found = list(decision.withdrawals.select_related("case").order_by("-opened_at"))
    with_steps(each.case for each in found)
    return found


def terms_told(terms: Mapping[str, object]) -> list[TermTold]:
    """The terms of a decision as they are said; a name on no list stands as it is."""
    people = {str(terms[name]) for name in _OF_PEOPLE & terms.keys()}
    names = dict(Officer.objects.filter(username__in=people).values_list("username", "name"))
    told = []
    for name, value in terms.items():
        word = said("decision_term", name, language()) if name in SAID["decision_term"] else name
        text = str(value)
        if name in _OF_PEOPLE:
            text = names.get(text, text)
        elif name == "tier":
            text = said("tier", text, language())
        elif name == "stage":
            text = said("stage", f"stage_{value}", language())
        elif isinstance(value, list):
            text = "；".join(_strategy(each) for each in value)
        told.append(TermTold(word, text))
    return told


def _strategy(told: Mapping[str, str]) -> str:
    """A strategy of a recovery plan with its weight."""
    return f"{said('strategy', told['name'], language())} {Decimal(told['weight']):%}"
