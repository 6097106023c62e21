"""Sending what is due. It errs towards sending once too little: a reader who is reminded twice was disturbed twice.

A message is claimed by one sender, asked of the contact gate, given to a door, and marked. Whoever is killed between
the door and the mark leaves it claimed. A door that knows a message by its id (a folder, a gateway with
Idempotency-Key) is given it again. Mail is not: the message is kept as unsure, the ask counts as made, and a person
looks it up.
"""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.contact.actions import Wanted, attempt_ask, attempt_close
from postloan.desk.contact.models import Attempt, ContactPoint
from postloan.desk.core.actions import move, record, require
from postloan.desk.core.authority import scope_of, today, within
from postloan.desk.core.days import home
from postloan.desk.core.models import AdoptedDay, Officer, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.work.actions import work_open
from postloan.desk.outbox.actions import STUCK, message_held, try_told
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.sending.doors import Answer, Door, Sendable, check_doors, door_for
from postloan.desk.outbox.written import messages_now
from postloan.errors import ClockAstray, PostloanError
from postloan.plan.contact.parties import Party, opened_point
from postloan.rules.contact_rules import CHANNELS_OF
from postloan.rules.message_rules import Sending

SEND = "outbox.send"
_KIND_OF: dict[str, str] = {channel: kind for kind, channels in CHANNELS_OF.items() for channel in channels}
State = Message.State


def messages_send(officer: Officer, *, most: int) -> Counter[str]:
    """Send the messages that are due in the officer's offices, the longest waiting first.

    Two at once send each message once: whoever claims it. Returns how many came to which state.

    Permission  outbox.send and contact.ask in each message's office.
    Leaves      of each message what became of it, with its ask in the ledger; one audit entry.
    Raises SettingWrong where a door is set wrongly, ClockAstray: before anything is asked, let go or sent.
    """
    check_doors()
    rules = messages_now().sending
    check_clock(rules)
    mine = within(Message.objects.all(), scope_of(officer, SEND))
    left_behind(mine, rules)
    messages_expire(mine)
    due = mine.filter(state=State.QUEUED, not_before__lte=timezone.now()).order_by("not_before", "pk")
    told: Counter[str] = Counter()
    for message_id in list(due.values_list("pk", flat=True)[:most]):
        if message_claim(message_id):
            told[message_send(officer, message_id, rules)] += 1
    if told:
        with transaction.atomic():
            record(officer, "outbox.sent", "outbox", came=dict(told))
    return told


def check_clock(rules: Sending) -> None:
    """Stop where the clock cannot be right: messages would be let go, or reach people at night. Raises ClockAstray."""
    last = AdoptedDay.objects.order_by("-on", "-adopted_at").first()
    if last is None:
        return
    now, slack = timezone.now(), timedelta(minutes=rules.unsure_minutes)
    if not last.adopted_at - slack <= now <= last.adopted_at + timedelta(days=rules.clock_days_most):
        raise ClockAstray(
            message=_("服务器时钟是 %(now)s，而 %(on)s 是在 %(at)s 接收的：时钟不可信，消息不发送也不作废。")
            % {"now": f"{now:%Y-%m-%d %H:%M}", "on": last.on, "at": f"{last.adopted_at:%Y-%m-%d %H:%M}"},
            hint=_("请校准时钟后再执行；若时钟无误，请先接收最近的营业日：postloan adopt。"),
            where={"now": now, "adopted_at": last.adopted_at},
        )


@transaction.atomic
def messages_expire(mine: QuerySet[Message]) -> int:
    """Let go what is no longer worth sending. Returns how many."""
    late = mine.filter(state__in=[State.QUEUED, State.REFUSED, State.NO_POINT, State.FAILED], useful_until__lt=today())
    return late.update(state=State.EXPIRED, version=F("version") + 1)


@transaction.atomic
def left_behind(mine: QuerySet[Message], rules: Sending) -> int:
    """Take over what a sender claimed and never marked. Returns how many.

    Nothing was sent where the gate was not asked or said no. Otherwise a door that knows a message by its id is given
    it again; of any other nobody knows.
    """
    begun = timezone.now() - timedelta(minutes=rules.unsure_minutes)
    stale = mine.filter(state=State.SENDING, claimed_at__lt=begun)
    held = list(stale.select_for_update(of=("self",)).select_related("org", "point"))
    asked = set(
        Attempt.objects.filter(pk__in=[each.attempt_id for each in held], is_allowed=True).values_list("pk", flat=True)
    )
    for message in held:
        is_sure = message.attempt_id not in asked or door_for(message.channel).is_repeatable
        try_told(message, "left")
        _settle(message, State.QUEUED if is_sure else State.UNSURE)
    return len(held)


@transaction.atomic
def message_claim(message_id: UUID) -> bool:
    """Take a queued message for this sender alone, with the id of the ask it is about to make."""
    mine = Message.objects.filter(pk=message_id, state=State.QUEUED)
    claimed = mine.update(
        state=State.SENDING, claimed_at=timezone.now(), attempt_id=uuid4(), tries=F("tries") + 1,
        version=F("version") + 1,
    )  # fmt: skip
    return claimed == 1


def message_send(officer: Officer, message_id: UUID, rules: Sending) -> str:
    """Send a claimed message. Returns the state it came to.

    Permission  outbox.send and contact.ask in its office. Raises NotPermitted.
    """
    message = Message.objects.select_related("org").get(pk=message_id)
    require(officer, SEND, org=message.org)
    point = point_of(message)
    if point is None:
        return _ended(message, State.NO_POINT, "no_point")
    wanted = Wanted(
        message.attempt_id or uuid4(), message.debtor_id, message.debtor_name, message.org_id,
        point.pk if isinstance(point, ContactPoint) else point, message.channel, message.purpose,
    )  # fmt: skip
    try:
        attempt = attempt_ask(officer, wanted)
        to = opened_point(home(), attempt.point.sealed) if attempt.is_allowed else ""
    except PostloanError as fault:
        return _ended(message, State.FAILED, "failed", why=fault.code)
    if not attempt.is_allowed:
        return message_refused(message, attempt)
    door = door_for(message.channel)
    answer = door.send(
        Sendable(message.pk, message.channel, to, message.party_name, message.title, message.text,
                 head_office().name, timezone.localdate(attempt.at))
    )  # fmt: skip
    return message_answered(officer, message, attempt, answer, door, rules)


def point_of(message: Message) -> ContactPoint | Party | None:
    """Where a message goes: a point registered of its party, one that may be used first; or the feed's own number."""
    kind = _KIND_OF[message.channel]
    known = ContactPoint.objects.filter(
        debtor_id=message.debtor_id, party_id=message.party_id, kind=kind, ended_at=None
    )  # fmt: skip
    held = known.order_by("is_do_not_call", "-pk").first()
    if held is not None or kind != "phone" or not message.phone:
        return held
    return Party(
        message.party_id, message.party_name, message.role, message.form, message.region,  # type: ignore[arg-type]
        message.phone,
    )  # fmt: skip


@transaction.atomic
def message_refused(message: Message, attempt: Attempt) -> str:
    """Keep the rule that refused a message; it waits where time alone ends that, else somebody must do something."""
    message = message_held(message.pk)
    message.point, message.refused_by = attempt.point, attempt.refused_by
    waits = attempt.allowed_from is not None and timezone.localdate(attempt.allowed_from) <= message.useful_until
    if attempt.allowed_from:
        message.not_before = attempt.allowed_from
    message.tries -= 1
    message.save(update_fields=["point", "refused_by", "not_before", "tries"])
    try_told(message, "refused", refusals=attempt.refusals)
    return _settle(message, State.QUEUED if waits else State.REFUSED)


@transaction.atomic
def message_answered(
    officer: Officer, message: Message, attempt: Attempt, answer: Answer, door: Door, rules: Sending
) -> str:
    """Mark what a door answered, and tell the gate what came of its ask, in one transaction.

    An ask of which nobody knows what came stays open: the gate counts it as made.
    """
    message = message_held(message.pk)
    message.point, message.sent_through, message.refused_by = attempt.point, door.name, ""
    if answer.came == "sent":
        attempt_close(officer, attempt.pk, "sent")
        message.sent_at, message.outside_ref = timezone.now(), answer.ref[:120]
    elif answer.came in {"shut", "refused"}:
        attempt_close(officer, attempt.pk, "not_made", note=answer.why[:1000])
    message.not_before = _next_try(message, rules)
    message.save(update_fields=["point", "sent_through", "refused_by", "sent_at", "outside_ref", "not_before"])
    try_told(message, answer.came, why=answer.why)
    is_last = message.tries >= rules.tries_most
    again = State.FAILED if is_last else State.QUEUED
    became = {"sent": State.SENT, "refused": State.FAILED, "shut": again,
              "unsure": again if door.is_repeatable else State.UNSURE}  # fmt: skip
    return _settle(message, became[answer.came])


def _next_try(message: Message, rules: Sending) -> datetime:
    return timezone.now() + timedelta(minutes=rules.wait_minutes * 2 ** (message.tries - 1))


@transaction.atomic
def _ended(message: Message, state: str, outcome: str, **told: object) -> str:
    message = message_held(message.pk)
    try_told(message, outcome, **told)
    return _settle(message, state)


def _settle(message: Message, state: str) -> str:
    """Move a claimed message on; what is stuck becomes somebody's work."""
    move(message, state, seen_version=message.version)
    if state in Message.STUCK:
        work_open([
            WorkItem(
                kind=STUCK, subject=message.subject, title=message.debtor_name, org_id=message.org_id,
                officer_id=message.officer_id, page=reverse("outbox:message", args=[message.pk]),
                due_on=max(min(message.useful_until, message.made_on + timedelta(days=3)), message.made_on),
                amount_cents=message.amount_cents, opened_on=message.made_on, told=f"MESSAGE {state}",
                state=WorkItem.State.OPEN,
            )
        ])  # fmt: skip
    return state
