"""Opening an account from the bank's own server, where whoever may run commands may do so."""

from datetime import date
from pathlib import Path

from django.db import transaction

from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.actions import officer_open, orgs_adopt, role_give
from postloan.errors import FormWrong
from postloan.plan.dossier import office_rows
from postloan.rules.desk_rules import Roles, load_desk_rules


@transaction.atomic
def open_first(
    home: Path, *, username: str, name: str, role: str, org_id: str | None, staff_no: str | None, password: str
) -> Officer:
    """Open an account with a role in an office, or in the head office. Raises FormWrong where either is unknown."""
    orgs_adopt(office_rows(home).to_dicts())
    known = load_desk_rules(home).version("roles", Roles, date.today())  # noqa: DTZ011 - today where the bank is
    given = known.named(role)
    if given is None:
        raise FormWrong(
            message=f"There is no role {role}.",
            hint=f"One of: {', '.join(each.role for each in known.roles)}.",
            where={"role": role},
        )
    org = Org.objects.filter(pk=org_id).first() if org_id else Org.objects.filter(parent=None).order_by("pk").first()
    if org is None:
        raise FormWrong(message=f"There is no office {org_id}.", hint="Its number as in the feed table org.")
    officer = officer_open(None, username=username, name=name, password=password, org=org, staff_no=staff_no)
    role_give(None, officer, given, org, begins_on=date.today(), ends_on=None, reason="opened on the server")  # noqa: DTZ011
    return officer
