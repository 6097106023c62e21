"""The register of agencies: proposed with evidence of every check, agreed to by a second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.agency.models import Agency
from postloan.desk.core.actions import forbid_same_person, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay, home
from postloan.desk.core.forms import SHORT_MOST, check_text
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import head_office
from postloan.errors import FormWrong, NotFoundHere
from postloan.rules.agency_rules import Agencies
from postloan.rules.desk_rules import load_desk_rules

WRITE, APPROVE = "agency.write", "agency.approve"


@dataclass(frozen=True)
class NewAgency:
    """An agency to be: who it is, what was looked at, its contract, and how it is paid."""

    id: UUID
    name: str
    licence: str
    line: str
    evidence: Mapping[str, str]
    contract_no: str
    begins_on: date
    ends_on: date
    schedule: str


def rules_on(on: date) -> Agencies:
    """The rules of agencies on a day."""
    return load_desk_rules(home()).version("agencies", Agencies, on)


@transaction.atomic
def agency_propose(officer: Officer, new: NewAgency, *, day: BusinessDay) -> Agency:
    """Propose an agency for the list (准入申请). The same id again gives the same agency.

    Permission  agency.write in the head office. Raises NotPermitted, IllegalMove; FormWrong where a check has no
                evidence, or the contract is longer than the rules let it be.
    Source      COLL-08, COLL-40.
    """
    refuse_past(day)
    org, rules = head_office(), rules_on(day.on)
    require(officer, WRITE, org=org)
    known = Agency.objects.filter(made_id=new.id).first()
    if known is not None:
        return known
    missing = [each for each in rules.checks if not new.evidence.get(each.check, "").strip()]
    if missing:
        raise FormWrong(
            message=_("准入条件没有全部核查。"), hint=_("请填写每一项的核查依据。"), where={"field": missing[0].check}
        )
    if not all(each.strip() for each in (new.name, new.licence, new.line, new.contract_no)):
        raise FormWrong(message=_("机构信息不完整。"), hint=_("请填写后再提交。"), where={"field": "name"})
    for check, said in new.evidence.items():
        check_text(said.strip(), f"check_{check}", SHORT_MOST)
    months = (new.ends_on.year - new.begins_on.year) * 12 + new.ends_on.month - new.begins_on.month
    is_long = months > rules.contract.months_most or (
        months == rules.contract.months_most and new.ends_on.day >= new.begins_on.day
    )
    if new.ends_on <= new.begins_on or is_long or rules.schedule(new.schedule) is None:
        raise FormWrong(
            message=_("合同期限或佣金方案不对。"), hint=_("合同最长 %s 个月。") % rules.contract.months_most,
            where={"field": "ends_on"},
        )  # fmt: skip
    if Agency.objects.filter(licence=new.licence.strip(), state__in=["proposed", "listed"]).exists():
        raise FormWrong(message=_("这家机构已在册或已申请。"), hint=_("请从列表进入。"), where={"field": "licence"})
    made = Agency.objects.create(
        made_id=new.id, state=Agency.State.PROPOSED, org=org, name=new.name.strip()[:200],
        licence=new.licence.strip()[:40], line=new.line.strip()[:40],
        evidence={each.check: new.evidence[each.check].strip() for each in rules.checks},
        contract_no=new.contract_no.strip()[:60], begins_on=new.begins_on, ends_on=new.ends_on, schedule=new.schedule,
        proposed_by=officer,
    )  # fmt: skip
    record(officer, "agency.proposed", made, org=org, run_id=day.run_id, name=made.name, evidence=made.evidence)
    return made


@transaction.atomic
def agency_decide(
    officer: Officer, agency_id: int, verdict: str, *, reason: str, seen_version: int, day: BusinessDay
) -> Agency:
    """Put an agency on the list, or turn it down: another person than who proposed it.

    Permission  agency.approve in the head office. Move  proposed -> listed or refused.
    Raises NotPermitted, SamePerson, ReasonMissing, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    held = agency_held(agency_id)
    require(officer, APPROVE, org=held.org)
    forbid_same_person(officer, others=[held.proposed_by])
    is_agreed = verdict == "agree"
    said = reason.strip() if is_agreed else require_reason(reason)
    move(held, Agency.State.LISTED if is_agreed else Agency.State.REFUSED, seen_version=seen_version)
    held.decided_by, held.listed_on = officer, day.on if is_agreed else None
    held.save(update_fields=["decided_by", "listed_on"])
    record(officer, "agency.decided", held, org=held.org, run_id=day.run_id, reason=said, state=held.state)
    return held


@transaction.atomic
def agency_account(officer: Officer, agency_id: int, account: Officer, *, day: BusinessDay) -> Agency:
    """Say in whose name an agency's system asks the gate and reports.

    Permission  agency.write in the head office. Raises NotPermitted, NotFoundHere; FormWrong where the account is
                another agency's.
    """
    refuse_past(day)
    held = agency_held(agency_id)
    require(officer, WRITE, org=held.org)
    if Agency.objects.filter(account=account).exclude(pk=held.pk).exists():
        raise FormWrong(message=_("这个账户属于另一家机构。"), hint=_("请另开账户。"), where={"field": "account"})
    held.account = account
    held.save(update_fields=["account"])
    record(officer, "agency.account_set", held, org=held.org, account=account.username)
    return held


def agency_held(agency_id: int) -> Agency:
    """Hold an agency until the transaction ends. Raises NotFoundHere."""
    found = (
        Agency.objects.select_for_update(of=("self",)).select_related("org", "proposed_by").filter(pk=agency_id).first()
    )  # fmt: skip
    if found is None:
        raise NotFoundHere(message=_("没有这家机构。"), hint=_("请从列表进入。"))
    return found
