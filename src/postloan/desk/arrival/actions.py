"""Taking events in as other systems post them: each kept once, with whom it concerns, and judged at once."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.arrival.judging.actions import debtor_judge
from postloan.desk.arrival.models import ArrivedEvent, Match
from postloan.desk.arrival.queries import aliases_known, debtor_of, names_of_bank, names_rule, unjudged
from postloan.desk.arrival.reading.names import Found, names_found
from postloan.desk.arrival.reading.tone import tone_of
from postloan.desk.arrival.work import work_of
from postloan.desk.core.actions import record, refuse_past
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.pages import Desk
from postloan.desk.core.work.actions import work_open
from postloan.errors import EventContradicts, FormWrong
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.news import Sentiment

State = ArrivedEvent.State
LETTERS_MOST = 200_000
"""Letters of all texts of a post: what is read while the caller waits."""


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


@dataclass(frozen=True)
class _Read:
    """What is kept of a posted event, and the debtors that it concerns, each with its row."""

    posted: Posted
    facts: dict[str, Any]
    written: str
    concerned: Sequence[tuple[Found, Mapping[str, Any]]]


def events_post(desk: Desk, posted: Sequence[Posted]) -> list[Kept]:
    """Take events in, and judge whom they concern at once (事件到达). The same again changes nothing.

    Permission  event.post; what lies outside its offices is as good as unknown, and kept for review.
    Leaves      all events or none, whom they concern, an audit entry each, work for whoever is to say whom one names;
                then what `debtor_judge` leaves.
    Raises EventContradicts where an id comes with other contents, FormWrong where an event says too little.
    """
    refuse_past(desk.day)
    _check(posted, desk.day)
    # Texts are read before anything is held: nobody waits for it.
    kept = _keep(desk, _read(desk, sorted(posted, key=lambda each: each.event_id)))
    concerned = Match.objects.filter(event__in=[each.event.pk for each in kept]).values_list("debtor_id", flat=True)
    for debtor_id in unjudged(set(concerned)):
        debtor_judge(desk.officer, debtor_id, desk.day)
    order = {each.event_id: place for place, each in enumerate(posted)}
    return sorted(kept, key=lambda each: order[each.event.event_id])


def _check(posted: Sequence[Posted], day: BusinessDay) -> None:
    latest = max(today(), day.on + timedelta(days=1))
    counts, letters = Counter(each.event_id for each in posted), sum(len(each.text) for each in posted)
    for place, each in enumerate(posted):
        has_text = bool(each.text.strip())
        wrong = {
            "event_id": counts[each.event_id] > 1,
            "happened_on": each.happened_on > latest,
            "debtor_id": not each.debtor_id and not has_text,
            "kind": not each.kind and not has_text,
            "text": letters > LETTERS_MOST or not all(map(is_clean, (each.debtor_id, each.kind, each.text))),
        }
        if any(wrong.values()):
            raise FormWrong(
                message=_("第 %s 个事件不能接收。") % (place + 1),
                hint=_("事件号不能重复，发生日不能晚于今天；客户号和内容至少有一项，事件类型和内容至少有一项。"),
                where={"event_id": each.event_id, "field": next(name for name in wrong if wrong[name])},
            )


def is_clean(text: str) -> bool:
    """Whether a database and a file take a text: no zero bytes, no halves of letters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _read(desk: Desk, posted: Sequence[Posted]) -> list[_Read]:
    words = load_desk_rules(desk.day.home).version("sentiment", Sentiment, desk.day.on)
    offices, aliases = set(Org.objects.values_list("pk", flat=True)), aliases_known()
    read = []
    for each in posted:
        found = [Found(each.debtor_id, "", 0, "posted", 100, is_sure=True)]
        if not each.debtor_id:
            found = names_found(each.text, names_of_bank(desk.day), aliases, names_rule(desk.day))
        rows = [(one, row) for one in found if (row := debtor_of(desk, one.debtor_id)) and row["org_id"] in offices]
        content = {name: value for name, value in asdict(each).items() if name != "is_correction"}
        written = json.dumps(content, default=str, ensure_ascii=False, sort_keys=True)
        read.append(_Read(each, _facts_of(each, words, written), written, rows))
    return read


def _facts_of(posted: Posted, words: Sentiment, written: str) -> dict[str, Any]:
    """What is kept of an event: as it was posted, with the tone of its text, and the kind that follows without one."""
    tone = tone_of(posted.text, words) if posted.text else None
    return {
        "happened_on": posted.happened_on, "source": posted.source, "amount_cents": posted.amount_cents,
        "text": posted.text, "kind_said": posted.kind, "kind": posted.kind or (tone.kind if tone else ""),
        "score": tone.score if tone else None, "hits": [asdict(hit) for hit in tone.hits] if tone else [],
        "content_hash": hashlib.sha256(written.encode()).hexdigest(),
    }  # fmt: skip


@transaction.atomic
def _keep(desk: Desk, read: Sequence[_Read]) -> list[Kept]:
    if desk.officer.org is None:
        raise FormWrong(message=_("账号没有所属机构。"), hint=_("请系统管理员为账号设置机构。"))
    return [_kept(desk, each, desk.officer.org) for each in read]


def _kept(desk: Desk, read: _Read, org: Org) -> Kept:
    event, is_new = ArrivedEvent.objects.select_for_update(of=("self",)).get_or_create(
        event_id=read.posted.event_id,
        defaults=read.facts | {
            "debtor_id": read.posted.debtor_id, "arrived_on": desk.day.on, "posted_by": desk.officer, "org": org,
            "state": State.NOBODY,
        },
    )  # fmt: skip
    if not is_new and event.content_hash == read.facts["content_hash"]:
        return Kept(event, "repeated")
    before = {} if is_new else _correct(desk, event, read)
    known = set(event.matches.values_list("debtor_id", flat=True))
    made = []
    for found, row in read.concerned:
        if found.debtor_id not in known:
            state = Match.State.CONFIRMED if found.is_sure else Match.State.WAITING
            made.append(match_made(event, row, state, found, by=None))
    waiting = [each for each in made if each.state == Match.State.WAITING]
    work_open([work_of(each, names_rule(desk.day), desk.day.on) for each in waiting])
    settle(event)
    record(desk.officer, "event.arrived" if is_new else "event.corrected", event, org=event.org, run_id=desk.day.run_id,
           revision=event.revision, content=json.loads(read.written), before=before)  # fmt: skip
    return Kept(event, "accepted" if is_new else "corrected")


def _correct(desk: Desk, event: ArrivedEvent, read: _Read) -> dict[str, Any]:
    """Let an event say something else, where it is called a correction, stays with its debtor, and is the caller's.

    Returns what it said before.
    """
    posted = read.posted
    if not posted.is_correction or posted.debtor_id != event.debtor_id or event.org_id not in desk.scope:
        raise EventContradicts(
            message=_("事件 %s 已经接收过，这次内容不同。") % posted.event_id,
            hint=_("更正时请设 is_correction；更正不能改换客户，改换客户请用新的事件号。"),
            where={"event_id": posted.event_id, "revision": event.revision},
        )
    before = {name: getattr(event, name) for name in read.facts}
    for name, value in read.facts.items():
        setattr(event, name, value)
    event.revision += 1
    event.save(update_fields=[*read.facts, "revision"])
    told: dict[str, Any] = json.loads(json.dumps(before, default=str))
    return told


def match_made(event: ArrivedEvent, row: Mapping[str, Any], state: str, found: Found, *, by: Officer | None) -> Match:
    """Keep that an event concerns a debtor, or may."""
    return Match.objects.create(
        event=event, debtor_id=row["debtor_id"], debtor_no=row["debtor_no"], debtor_name=row["name"][:200],
        org_id=row["org_id"], state=state, how=found.how, found=found.found, score=found.score, decided_by=by,
    )  # fmt: skip


def settle(event: ArrivedEvent) -> None:
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
