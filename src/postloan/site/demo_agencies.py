"""The demo bank's outside agency: on the list by two people, and a few cases that wait until their debtors are told."""

from datetime import date
from uuid import UUID

from postloan.desk.agency.actions import NewAgency, agency_decide, agency_propose, rules_on
from postloan.desk.agency.models import Agency
from postloan.desk.agency.placing.actions import cases_place
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.authority import today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer

_AGENCY, _BATCH = (UUID(f"00000000-0000-4000-8000-0000000000{at}") for at in ("a1", "b1"))
_PLACED = 2


def agency_a_little(proposer: Officer, approver: Officer) -> None:
    """List an agency and place the cases longest past due with it. Twice changes nothing."""
    day, begins_on = business_day(None), date(today().year, 1, 1)
    evidence = {each.check: "现场核查，见准入档案" for each in rules_on(day.on).checks}
    made = agency_propose(proposer, NewAgency(
        _AGENCY, "之江信用管理有限公司", "91330100MA2DEMO001", "0571-87000001", evidence, "委外-001", begins_on,
        date(begins_on.year, 12, 31), "standard",
    ), day=day)  # fmt: skip
    if made.state == Agency.State.PROPOSED:
        agency_decide(approver, made.pk, "agree", reason="", seen_version=made.version, day=day)
        cases = CollectionCase.objects.filter(state="open", form="person").order_by("-days_past_due", "pk")
        keys = list(cases.values_list("pk", flat=True)[:_PLACED])
        cases_place(proposer, made.pk, keys, _BATCH, reason="长期未联系上", day=day)
