"""What the pages of agencies read: the register, placements, what could be placed, an account's own agency."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from postloan.desk.agency.actions import rules_on
from postloan.desk.agency.models import Agency, Bill, Placement
from postloan.desk.collection.models import CollectionCase
from postloan.desk.collection.queries import named
from postloan.desk.collection.queries import rules_on as rules_on_collection
from postloan.desk.contact.models import Attempt
from postloan.desk.core.authority import within
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.rules.agency_rules import Agencies

_SHOWN_MOST = 200


def agencies_seen(_desk: Desk) -> QuerySet[Agency]:
    """Every agency: they are of the whole bank, and so is the list that is published."""
    running = Count("placements", filter=Q(placements__state=Placement.State.RUNNING))
    return Agency.objects.annotate(running=running)


def agency_seen(desk: Desk, agency_id: int) -> Agency:
    """One agency. Raises NotFoundHere."""
    found = agencies_seen(desk).select_related("proposed_by", "decided_by", "account").filter(pk=agency_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这家机构。"), hint=_("请从列表进入。"))
    return found


def placements_seen(desk: Desk) -> QuerySet[Placement]:
    """The placements of the desk's offices."""
    return within(Placement.objects.all(), desk.scope)


def placement_seen(desk: Desk, placement_id: int) -> Placement:
    """One placement. Raises NotFoundHere where it is outside the desk's offices."""
    found = placements_seen(desk).select_related("agency", "case", "told").filter(pk=placement_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这笔委托，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def bill_seen(bill_id: int, agency: Agency) -> Bill:
    """One bill of an agency. Raises NotFoundHere."""
    found = agency.bills.select_related("proposed_by", "decided_by").filter(pk=bill_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次结算。"), hint=_("请从列表进入。"))
    return found


def placeable(desk: Desk, segment: str, days: int) -> list[tuple[CollectionCase, str]]:
    """Cases in the queue that could be placed, at least so many days past due, each with how its segment is said."""
    taken = Placement.objects.filter(state__in=["waiting", "running"]).values("case")
    found = within(CollectionCase.objects.filter(state="open", days_past_due__gte=days), desk.scope)
    if segment:
        found = found.filter(segment=segment)
    rules = rules_on_collection(desk)
    cases = found.exclude(pk__in=taken).select_related("org").order_by("-days_past_due", "pk")[:_SHOWN_MOST]
    return [(each, named(rules, "segment", each.segment)) for each in cases]


def segments_known(desk: Desk) -> list[tuple[str, str]]:
    """The segments that open cases have, and how they are said."""
    found = within(CollectionCase.objects.filter(state="open"), desk.scope).order_by("segment")
    rules = rules_on_collection(desk)
    return [(each, named(rules, "segment", each)) for each in found.values_list("segment", flat=True).distinct()]


def checks_said(rules: Agencies, evidence: dict[str, str]) -> list[dict[str, Any]]:
    """Each entry check in the reader's language, with its clause and evidence."""
    is_chinese = language() == "zh"
    return [
        {"check": each.check, "said": each.zh if is_chinese else each.en, "cite": each.cite,
         "evidence": evidence.get(each.check, "")}
        for each in rules.checks
    ]  # fmt: skip


def weights_said(rules: Agencies) -> list[dict[str, Any]]:
    """Each criterion in the reader's language, with what it weighs."""
    is_chinese = language() == "zh"
    return [
        {"criterion": each.criterion, "said": each.zh if is_chinese else each.en, "weight_e8": each.weight_e8}
        for each in rules.weights
    ]  # fmt: skip


def white_list() -> list[Agency]:
    """The agencies that the bank publishes: those on the list."""
    return list(Agency.objects.filter(state=Agency.State.LISTED).order_by("name"))


def published() -> list[dict[str, str]]:
    """The published list as data: what anybody may know."""
    return [
        {"name": each.name, "licence": each.licence, "line": each.line, "begins_on": each.begins_on.isoformat(),
         "ends_on": each.ends_on.isoformat()}
        for each in white_list()
    ]  # fmt: skip


def bank_named() -> str:
    """How the bank names itself over the published list."""
    return head_office().name


def own_agency(officer: Officer) -> Agency:
    """The listed agency whose account asks. Raises NotFoundHere."""
    found = Agency.objects.select_related("org").filter(account=officer, state=Agency.State.LISTED).first()
    if found is None:
        raise NotFoundHere(message=_("这个账户不属于在册机构。"), hint=_("请由管理员登记账户。"))
    return found


def own_attempt(desk: Desk, attempt_id: UUID) -> Attempt:
    """An attempt that the account itself asked for; the bank's own is not its to close. Raises NotFoundHere."""
    own_agency(desk.officer)
    found = Attempt.objects.filter(pk=attempt_id, officer=desk.officer).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次联系，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def rules_of(desk: Desk) -> Agencies:
    """The rules of agencies on the page's day."""
    return rules_on(desk.day.on)
