"""The demo bank's desk: its staff with their roles, and the published days adopted, so that there is work waiting."""

from datetime import date, timedelta
from pathlib import Path

from postloan.demo.staff import PASSWORD, StaffMember, lent_roles, staff
from postloan.desk.core.authority import today
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.actions import officer_open, orgs_adopt, role_give
from postloan.plan.dossier import office_rows
from postloan.rules.desk_rules import Roles, load_desk_rules
from postloan.site.demo_agencies import agency_a_little
from postloan.site.demo_approvals import seed_approvals
from postloan.site.demo_collateral import collateral_a_little, valuer_a_little
from postloan.site.demo_collection import seat_collectors
from postloan.site.demo_covenants import covenants_a_little
from postloan.site.demo_disposals import dispose_a_little
from postloan.site.demo_events import post_a_little
from postloan.site.demo_impairment import propose_a_little
from postloan.site.demo_inspections import inspect_a_little
from postloan.site.demo_letters import write_a_letter
from postloan.site.demo_models import Agreeing, model_a_little
from postloan.site.demo_preservation import preserve_a_little
from postloan.site.demo_restructurings import restructure_a_little
from postloan.site.demo_studio import study_rules
from postloan.site.demo_warnings import answer_warnings, work_on_warnings
from postloan.site.serving import adopt
from postloan.snapshot.read import published_days

_ADOPTED_DAYS = 2
"""The last days of the demo that are adopted: what worsened between them is work."""


def open_demo_desk(home: Path) -> list[StaffMember]:
    """Open the staff's accounts and adopt the last published days; who logs in is returned. Twice changes nothing."""
    days = published_days(home)
    orgs_adopt(office_rows(home).to_dicts())
    members = staff()
    roles = load_desk_rules(home).version("roles", Roles, days[-1])
    begins_on = date(days[-1].year, 1, 1)
    known = set(Officer.objects.values_list("username", flat=True))
    for member in members:
        role, org = roles.named(member.role), Org.objects.filter(pk=member.org_id).first()
        if member.username in known or role is None or org is None:
            continue
        password = PASSWORD if member.logs_in else None
        officer = officer_open(
            None, username=member.username, name=member.name, password=password, org=org, staff_no=member.staff_no
        )
        role_give(None, officer, role, org, begins_on=begins_on, ends_on=None, reason="demo")
    _lend_roles(roles, begins_on)
    officer, risk = (Officer.objects.get(username=name) for name in ("officer", "risk"))
    for on in days[-_ADOPTED_DAYS:]:
        # Nobody answered the warnings of a month ago but the officer's own office, where the demo began with them.
        is_last = on == days[-1]
        adopt(home, on, warns_in=None if is_last else [str(officer.org_id)])
        inspect_a_little(home)
        seat_collectors()
        if not is_last:
            answer_warnings(officer, risk)
    seed_approvals(officer, risk)
    propose_a_little(risk)
    covenants_a_little(risk)
    collateral_a_little(officer, risk)
    valuer_a_little(*(Officer.objects.get(username=name) for name in ("collateral", "approver")))
    dispose_a_little(Officer.objects.get(username="preserver"))
    preserve_a_little(*(Officer.objects.get(username=name) for name in ("preserver", "approver")))
    agency_a_little(*(Officer.objects.get(username=name) for name in ("collection", "manager")))
    write_a_letter(Officer.objects.get(username="collector"))
    restructure_a_little(risk)
    model_a_little(who_agrees_to_models())
    study_rules(risk)
    work_on_warnings(officer, risk)
    if source := roles.named("event_system"):
        post_a_little(officer, source)
    return [member for member in members if member.logs_in]


def who_agrees_to_models() -> Agreeing:
    """Who of the demo's staff proposes, validates and approves a model."""
    return Agreeing(*(Officer.objects.get(username=name) for name in ("modeller", "approver", "manager")))


def _lend_roles(roles: Roles, begins_on: date) -> None:
    for lent in lent_roles():
        officer, role = (
            Officer.objects.filter(username=lent.username).select_related("org").first(),
            roles.named(lent.role),
        )
        if officer is None or officer.org is None or role is None or officer.grants.filter(role=lent.role).exists():
            continue
        ends_on = today() + timedelta(days=lent.days_left)
        role_give(None, officer, role, officer.org, begins_on=begins_on, ends_on=ends_on, reason="demo")
