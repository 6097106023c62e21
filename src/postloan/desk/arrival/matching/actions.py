"""What people say of events: whom one concerns, whom not, that it is nobody's, and what debtors are also called."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.arrival.actions import is_clean, match_made, settle
from postloan.desk.arrival.judging.actions import debtor_judge
from postloan.desk.arrival.models import Alias, ArrivedEvent, Match
from postloan.desk.arrival.reading.names import Found
from postloan.desk.arrival.work import MATCH
from postloan.desk.core.actions import check_seen, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.actions import work_close
from postloan.errors import FormWrong, IllegalMove, NotFoundHere

_ALIAS_LETTERS = (2, 60)


def match_decide(
    officer: Officer, match_id: int, *, confirms: bool, seen_version: int, reason: str, day: BusinessDay
) -> Match:
    """Say whether an event concerns a debtor (确认、否认归属); confirmed, the debtor is judged at once.

    Permission  event.review in the debtor's office.
    Move        waiting -> confirmed or denied; confirmed -> denied and back: the night is told.
    Leaves      an audit entry; the work that waited for it is done.
    Raises NotPermitted, StaleView, IllegalMove, NotFoundHere, ReasonMissing where a debtor is denied without one.
    """
    refuse_past(day)
    match = _decided(officer, match_id, confirms=confirms, seen_version=seen_version, reason=reason, day=day)
    if confirms:
        debtor_judge(officer, match.debtor_id, day)
    return match


@transaction.atomic
def _decided(
    officer: Officer, match_id: int, *, confirms: bool, seen_version: int, reason: str, day: BusinessDay
) -> Match:
    found = Match.objects.select_for_update(of=("self",)).select_related("org", "event").filter(pk=match_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项归属。"), hint=_("请从列表进入。"))
    require(officer, "event.review", org=found.org)
    reason = reason.strip() if confirms else require_reason(reason)
    before = move(found, Match.State.CONFIRMED if confirms else Match.State.DENIED, seen_version=seen_version)
    found.decided_by, found.decided_on, found.judged_revision = officer, day.on, 0
    found.save(update_fields=["decided_by", "decided_on", "judged_revision"])
    settle(ArrivedEvent.objects.select_for_update(of=("self",)).get(pk=found.event_id))
    work_close((MATCH,), found.subject, on=day.on, note=reason)
    record(officer, "event.matched", found, org=found.org, run_id=day.run_id, reason=reason, before=before,
           after=found.state, event_id=found.event.event_id, debtor_id=found.debtor_id, how=found.how)  # fmt: skip
    return found


def event_name(desk: Desk, event_id: int, debtor: Mapping[str, Any], *, seen_version: int, reason: str) -> Match:
    """Say whom an event concerns where nobody was found, or somebody was missed (指定客户); he is judged at once.

    Permission  event.review in the debtor's office. Raises NotPermitted, StaleView, ReasonMissing, FormWrong.
    """
    refuse_past(desk.day)
    match = _named(desk, event_id, debtor, seen_version=seen_version, reason=require_reason(reason))
    debtor_judge(desk.officer, match.debtor_id, desk.day)
    return match


@transaction.atomic
def _named(desk: Desk, event_id: int, debtor: Mapping[str, Any], *, seen_version: int, reason: str) -> Match:
    event = _held(event_id)
    org = Org.objects.filter(pk=debtor["org_id"]).first()
    if org is None or event.matches.filter(debtor_id=debtor["debtor_id"]).exists():
        raise FormWrong(
            message=_("这位客户已经在归属中。"), hint=_("请在归属中确认或否认。"), where={"field": "debtor"}
        )
    require(desk.officer, "event.review", org=org)
    check_seen(event, seen_version)
    found = Found(debtor["debtor_id"], "", 0, "named", 100, is_sure=True)
    match = match_made(event, debtor, Match.State.CONFIRMED, found, by=desk.officer)
    settle(event)
    record(desk.officer, "event.matched", match, org=org, run_id=desk.day.run_id, reason=reason, before="",
           after=match.state, event_id=event.event_id, debtor_id=match.debtor_id, how=match.how)  # fmt: skip
    return match


@transaction.atomic
def event_set_aside(
    officer: Officer, event_id: int, *, seen_version: int, reason: str, day: BusinessDay
) -> ArrivedEvent:
    """Say that an event concerns no debtor of the bank (不涉及本行客户).

    Permission  event.review in the office of the account that posted it. Move nobody -> set_aside.
    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing.
    """
    refuse_past(day)
    reason = require_reason(reason)
    event = _held(event_id)
    require(officer, "event.review", org=event.org)
    move(event, ArrivedEvent.State.SET_ASIDE, seen_version=seen_version)
    record(officer, "event.set_aside", event, org=event.org, run_id=day.run_id, reason=reason, event_id=event.event_id)
    return event


def _held(event_id: int) -> ArrivedEvent:
    found = ArrivedEvent.objects.select_for_update(of=("self",)).select_related("org").filter(pk=event_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个事件，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


@transaction.atomic
def alias_add(officer: Officer, debtor: Mapping[str, Any], *, alias: str, reason: str, day: BusinessDay) -> Alias:
    """Keep what a debtor is also called (登记别名): texts that come from now on are read by it.

    Permission  event.review in the debtor's office. Twice is once. Raises NotPermitted, ReasonMissing, FormWrong.
    """
    refuse_past(day)
    reason = require_reason(reason)
    alias, (least, most) = alias.strip(), _ALIAS_LETTERS
    org = Org.objects.filter(pk=debtor["org_id"]).first()
    if org is None or not least <= len(alias) <= most or not is_clean(alias):
        raise FormWrong(
            message=_("别名应有 %(least)s 至 %(most)s 个字。") % {"least": least, "most": most},
            hint=_("请填写客户的简称、商号或曾用名。"), where={"field": "alias"},
        )  # fmt: skip
    require(officer, "event.review", org=org)
    made, is_new = Alias.objects.get_or_create(
        alias=alias, debtor_id=debtor["debtor_id"], ended_on=None,
        defaults={"debtor_name": debtor["name"][:200], "org": org, "made_by": officer, "made_on": day.on},
    )  # fmt: skip
    if is_new:
        record(officer, "alias.added", made, org=org, reason=reason, alias=alias, debtor_id=made.debtor_id)
    return made


@transaction.atomic
def alias_end(officer: Officer, alias_id: int, *, reason: str, day: BusinessDay) -> Alias:
    """End an alias (停用别名).

    Permission  event.review in its office. Raises NotPermitted, ReasonMissing, IllegalMove.
    """
    refuse_past(day)
    reason = require_reason(reason)
    found = Alias.objects.select_for_update(of=("self",)).select_related("org").filter(pk=alias_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个别名。"), hint=_("请从列表进入。"))
    require(officer, "event.review", org=found.org)
    if found.ended_on is not None:
        raise IllegalMove(message=_("这个别名已经停用。"), hint=_("请刷新页面。"), where={"alias": found.alias})
    found.ended_on = day.on
    found.save(update_fields=["ended_on"])
    record(officer, "alias.ended", found, org=found.org, reason=reason, alias=found.alias, debtor_id=found.debtor_id)
    return found
