"""Taking events in as they are posted, saying whom they concern, and what debtors are also called."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.arrival.judging.actions import debtor_judge
from postloan.desk.arrival.models import Alias, ArrivedEvent, Match
from postloan.desk.arrival.queries import aliases_known, debtor_of, names_of_bank, names_rule, unjudged
from postloan.desk.arrival.reading.names import Found, names_found
from postloan.desk.arrival.reading.tone import tone_of
from postloan.desk.core.actions import check_seen, move, record, refuse_past, require, require_reason
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.pages import Desk
from postloan.errors import EventContradicts, FormWrong, IllegalMove, NotFoundHere
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.news import Sentiment

State = ArrivedEvent.State
_ALIAS_LETTERS = (2, 60)


@dataclass(frozen=True)
class Posted:
    """An event as another system posts it: the columns of feed table `event`.

    debtor_id, kind  empty where the text is to say whom it concerns, or what it tells.
    is_correction    whether it stands in for what was posted under its id before.
    """

    event_id: str
    debtor_id: str
    happened_on: date
    source: str
    kind: str
    amount_cents: int | None
    text: str
    is_correction: bool


@dataclass(frozen=True)
class Kept:
    """What became of a posted event: accepted, repeated or corrected."""

    event: ArrivedEvent
    became: str


def events_post(desk: Desk, posted: Sequence[Posted]) -> list[Kept]:
    """Take events in, and judge whom they concern at once (事件到达). The same again changes nothing.

    Permission  event.post; what lies outside its offices is as good as unknown, and kept for review.
    Leaves      all events or none, whom they concern, an audit entry each; then what `debtor_judge` leaves.
    Raises EventContradicts where an id comes with other contents, FormWrong where an event says too little.
    """
    refuse_past(desk.day)
    _check(posted, desk.day)
    kept = _keep(desk, sorted(posted, key=lambda each: each.event_id))
    concerned = Match.objects.filter(event__in=[each.event.pk for each in kept]).values_list("debtor_id", flat=True)
    for debtor_id in unjudged(set(concerned)):
        debtor_judge(desk.officer, debtor_id, desk.day)
    order = {each.event_id: place for place, each in enumerate(posted)}
    return sorted(kept, key=lambda each: order[each.event.event_id])


def _check(posted: Sequence[Posted], day: BusinessDay) -> None:
    latest = max(today(), day.on + timedelta(days=1))
    ids = [each.event_id for each in posted]
    for place, each in enumerate(posted):
        wrong = ""
        if ids.count(each.event_id) > 1:
            wrong = "event_id"
        elif each.happened_on > latest:
            wrong = "happened_on"
        elif not each.debtor_id and not each.text.strip():
            wrong = "debtor_id"
        elif not each.kind and not each.text.strip():
            wrong = "kind"
        elif not all(map(_is_clean, (each.event_id, each.debtor_id, each.kind, each.text))):
            wrong = "text"
        if wrong:
            raise FormWrong(
                message=_("第 %s 个事件不能接收。") % (place + 1),
                hint=_("事件号不能重复，发生日不能晚于今天；客户号和内容至少有一项，事件类型和内容至少有一项。"),
                where={"event_id": each.event_id[:64], "field": wrong, "latest": latest},
            )


def _is_clean(text: str) -> bool:
    """Whether a database and a file take a text: no zero bytes, no halves of letters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


@transaction.atomic
def _keep(desk: Desk, posted: Sequence[Posted]) -> list[Kept]:
    words = load_desk_rules(desk.day.home).version("sentiment", Sentiment, desk.day.on)
    return [_kept(desk, each, words) for each in posted]


def _kept(desk: Desk, posted: Posted, words: Sentiment) -> Kept:
    org = desk.officer.org
    if org is None:
        raise FormWrong(message=_("账号没有所属机构。"), hint=_("请系统管理员为账号设置机构。"))
    content = {name: value for name, value in asdict(posted).items() if name != "is_correction"}
    written = json.dumps(content, default=str, ensure_ascii=False, sort_keys=True)
    facts = _facts_of(posted, words) | {"content_hash": hashlib.sha256(written.encode()).hexdigest()}
    event, is_new = ArrivedEvent.objects.select_for_update(of=("self",)).get_or_create(
        event_id=posted.event_id,
        defaults=facts | {
            "debtor_id": posted.debtor_id, "arrived_on": desk.day.on, "posted_by": desk.officer, "org": org,
            "state": State.NOBODY,
        },
    )  # fmt: skip
    if not is_new and event.content_hash == facts["content_hash"]:
        return Kept(event, "repeated")
    if not is_new:
        _correct(desk.officer, event, posted, facts)
    _concerns(desk, event)
    record(desk.officer, "event.arrived" if is_new else "event.corrected", event, org=event.org, run_id=desk.day.run_id,
           event_id=event.event_id, revision=event.revision, content=json.loads(written))  # fmt: skip
    return Kept(event, "accepted" if is_new else "corrected")


def _facts_of(posted: Posted, words: Sentiment) -> dict[str, Any]:
    """What is kept of an event: as it was posted, with the tone of its text, and the kind that follows without one."""
    read = tone_of(posted.text, words) if posted.text else None
    return {
        "happened_on": posted.happened_on, "source": posted.source, "amount_cents": posted.amount_cents,
        "text": posted.text, "kind_said": posted.kind, "kind": posted.kind or (read.kind if read else ""),
        "score": read.score if read else None, "hits": [asdict(hit) for hit in read.hits] if read else [],
    }  # fmt: skip


def _correct(officer: Officer, event: ArrivedEvent, posted: Posted, facts: Mapping[str, Any]) -> None:
    """Let an event say something else, where it is called a correction and stays with its debtor."""
    if not posted.is_correction or posted.debtor_id != event.debtor_id:
        raise EventContradicts(
            message=_("事件 %s 已经接收过，这次内容不同。") % posted.event_id,
            hint=_("更正时请设 is_correction；更正不能改换客户，改换客户请用新的事件号。"),
            where={"event_id": posted.event_id, "revision": event.revision},
        )
    before = {name: getattr(event, name) for name in facts}
    for name, value in facts.items():
        setattr(event, name, value)
    event.revision += 1
    event.version += 1
    event.save(update_fields=[*facts, "revision", "version"])
    record(officer, "event.replaced", event, org=event.org, revision=event.revision - 1, content=json.loads(
        json.dumps(before, default=str)
    ))  # fmt: skip


def _concerns(desk: Desk, event: ArrivedEvent) -> None:
    """Say whom an event concerns, as far as it can be told: who is there already stays."""
    if event.debtor_id:
        found = [Found(event.debtor_id, "", 0, "exact", 100, is_sure=True)]
    else:
        found = names_found(event.text, names_of_bank(desk.day), aliases_known(), names_rule(desk.day))
    known = set(event.matches.values_list("debtor_id", flat=True))
    for each in found:
        row = None if each.debtor_id in known else debtor_of(desk, each.debtor_id)
        if row is not None and row["org_id"] is not None:
            state = Match.State.CONFIRMED if each.is_sure else Match.State.WAITING
            _match(event, row, state, how="posted" if event.debtor_id else each.how, found=each, by=None)
    _settle(event)


def _match(
    event: ArrivedEvent,
    row: Mapping[str, Any],
    state: str,
    *,
    how: str,
    found: Found | None,
    by: Officer | None,
) -> Match:
    return Match.objects.create(
        event=event, debtor_id=row["debtor_id"], debtor_no=row["debtor_no"], debtor_name=row["name"][:200],
        org_id=row["org_id"], state=state, how=how, found=found.found if found else "",
        score=found.score if found else 100, decided_by=by,
    )  # fmt: skip


def _settle(event: ArrivedEvent) -> None:
    """Say anew where an event stands: somebody is asked, it concerns somebody, or nobody that is known."""
    states = set(event.matches.values_list("state", flat=True))
    if Match.State.WAITING in states:
        event.state = State.WAITING
    elif Match.State.CONFIRMED in states:
        event.state = State.SETTLED
    else:
        event.state = State.SET_ASIDE if states else State.NOBODY
    event.version += 1
    event.save(update_fields=["state", "version"])


def match_decide(
    officer: Officer, match_id: int, *, confirms: bool, seen_version: int, reason: str, day: BusinessDay
) -> Match:
    """Say whether an event concerns a debtor (确认、否认归属); confirmed, the debtor is judged at once.

    Permission  event.review in the debtor's office.
    Move        waiting -> confirmed or denied; confirmed -> denied and back: the night is told.
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
    _settle(ArrivedEvent.objects.select_for_update(of=("self",)).get(pk=found.event_id))
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
    match = _match(event, debtor, Match.State.CONFIRMED, how="named", found=None, by=desk.officer)
    _settle(event)
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
    move(event, State.SET_ASIDE, seen_version=seen_version)
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
    if org is None or not least <= len(alias) <= most or not _is_clean(alias):
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
