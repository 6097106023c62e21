"""The demo bank's contacts: a debtor who is to be visited, and one who is called now, if the gate allows it now.

The gate asks the clock, and its ledger keeps the hour: whoever opens the demo at night sees a refusal.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from postloan.desk.collection.deeds.actions import Promised, contact_note
from postloan.desk.collection.models import CollectionCase
from postloan.desk.collection.queue.actions import case_next
from postloan.desk.contact.actions import NewPoint, Wanted, attempt_ask, point_add
from postloan.desk.contact.models import ContactPoint
from postloan.desk.contact.queries import parties_seen
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.visit.actions import visit_plan
from postloan.desk.visit.models import Visit
from postloan.desk.visit.planning import NewVisit
from postloan.errors import VisitNotAllowed
from postloan.plan.contact.parties import Party
from postloan.rules.collection import Collection
from postloan.rules.desk_rules import load_desk_rules

_VISIT, _CALL, _SAID = (UUID(int=at) for at in (92, 93, 94))
"""Keys that do not change, so that twice is once."""
_TEN, _DAYS_AHEAD, _SAYS_IN_DAYS = 10, 14, 3


def contact_a_little() -> None:
    """Plan a visit for the first hour that may be, and call the next debtor. Where a visit was planned, do nothing."""
    if Visit.objects.exists():
        return
    collector, companion = (Officer.objects.get(username=name) for name in ("collector", "collector2"))
    desk = Desk(collector, actions_of(collector), scope_of(collector, "collection.work"), None)
    plan_a_visit(desk, companion)
    call_the_next(desk)


def plan_a_visit(desk: Desk, companion: Officer) -> None:
    """Visit the person who is most behind, at the address of the contract, on the first day that the gate allows."""
    persons = CollectionCase.objects.filter(state=CollectionCase.State.OPEN, form="person", officer=desk.officer)
    case = persons.filter(placements=None).order_by("-days_past_due", "pk").first()
    if case is None:
        return
    debtor = next(each for each in parties_seen(desk, case.debtor_id) if each.role == "debtor")
    point = _address(desk, case, debtor)
    today = timezone.localtime().replace(hour=_TEN, minute=0, second=0, microsecond=0)
    for at in (today + timedelta(days=ahead) for ahead in range(1, _DAYS_AHEAD)):
        if _planned(desk, case, companion, point, at):
            return


def _address(desk: Desk, case: CollectionCase, debtor: Party) -> ContactPoint:
    new = NewPoint(debtor, "address", "杭州市西湖区文三路 18 号 3 单元 502 室", "借款合同")
    with transaction.atomic():
        return point_add(desk.officer, case.debtor_id, case.org_id, new, day=desk.day)


def _planned(desk: Desk, case: CollectionCase, companion: Officer, point: ContactPoint, at: datetime) -> bool:
    new = NewVisit(_VISIT, point.pk, "collect", companion.username, at, "多次致电未接通")
    try:
        visit_plan(desk.officer, case.pk, desk.officer, new, day=desk.day)
    except VisitNotAllowed:
        return False
    return True


def call_the_next(desk: Desk) -> None:
    """Ask the gate for a call to the next debtor in turn; where it is allowed he promises what cures him."""
    found = case_next(desk)
    if found is None:
        return
    case = CollectionCase.objects.get(pk=found)
    debtor = next((each for each in parties_seen(desk, case.debtor_id) if each.phone), None)
    if debtor is None:
        return
    wanted = Wanted(_CALL, case.debtor_id, case.debtor_name, case.org_id, debtor, "call", "collect")
    attempt = attempt_ask(desk.officer, wanted)
    rules = load_desk_rules(desk.day.home).version("collection", Collection, desk.day.on)
    promise = next(each for each in rules.outcomes if each.leads_to == "promise" and each.fits("call"))
    if attempt.is_allowed:
        promised = Promised(case.cure_cents, desk.day.on + timedelta(days=_SAYS_IN_DAYS))
        contact_note(
            desk.officer, case.pk, attempt.pk, promise.key, entry_id=_SAID, note="下月工资到账后还款",
            promised=promised, day=desk.day,
        )  # fmt: skip
