"""A contact and what came of it, by one key: the gate told, a promise or complaint kept, the case back in its turn."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.collection.models import CollectionCase, CollectionEntry, Promise
from postloan.desk.collection.queue.actions import WORK, case_held, worked
from postloan.desk.contact.actions import attempt_close
from postloan.desk.contact.models import Attempt
from postloan.desk.contact.protections.actions import About, complaint_open
from postloan.desk.core.actions import record, refuse_past, require
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.errors import FormWrong
from postloan.rules.collection import Collection, OutcomeRule
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.figures import ONE_E8
from postloan.tables.said import said


@dataclass(frozen=True)
class Promised:
    """What a debtor promised: how much, by which day."""

    amount_cents: int
    due_on: date


@transaction.atomic
def contact_note(
    officer: Officer, case_id: int, attempt_id: UUID, key: str, *, entry_id: UUID, note: str,
    promised: Promised | None, day: BusinessDay,
) -> CollectionEntry:  # fmt: skip
    """Say what came of a contact that the gate allowed, and do what follows (登记催收结果). Twice is once.

    key       of the outcome, by the rules.
    promised  where the outcome is a promise.

    Permission  collection.work and contact.ask in the case's office, contact.write for a complaint.
    Leaves      the gate's outcome, an entry, a promise or complaint, an audit entry; the case back in its turn.
    Raises NotPermitted, FormWrong, ContactClosed, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    known = CollectionEntry.objects.filter(pk=entry_id, case=case_id).first()
    if known is not None:
        return known
    case = case_held(officer, case_id, now=timezone.now())
    rules = load_desk_rules(day.home).version("collection", Collection, day.on)
    rule, attempt = _closed(officer, case, attempt_id, key, rules, entry_id=entry_id, note=note, day=day)
    made = _promise(officer, case, promised, entry_id, rules, day) if rule.leads_to == "promise" else None
    entry = CollectionEntry.objects.create(
        id=entry_id, case=case, step="contact", outcome=rule.outcome, on=day.on, officer=officer, team=case.team,
        attempt=attempt, amount_cents=made.amount_cents if made else None, text=note.strip(),
    )  # fmt: skip
    worked(case, officer, _ready_at(rule, made, rules, day))
    record(officer, "collection.contacted", case, org=case.org, run_id=day.run_id, outcome=rule.outcome,
           attempt=str(attempt.pk), amount_cents=entry.amount_cents,
           due_on=made.due_on.isoformat() if made else None)  # fmt: skip
    return entry


@transaction.atomic
def contact_note_after(
    officer: Officer, case: CollectionCase, attempt_id: UUID, key: str, *, entry_id: UUID, note: str, day: BusinessDay
) -> CollectionEntry:
    """Say what came of a contact that was under way when its case left the queue: cured, placed, or before a court.

    No promise is kept of it and the case stays where it is; a complaint is opened as ever. Twice is once. The caller
    holds the case's row.

    Permission  collection.work and contact.ask in the case's office, contact.write for a complaint.
    Leaves      the gate's outcome, an entry, a complaint, an audit entry.
    Raises NotPermitted, FormWrong, ContactClosed.
    """
    refuse_past(day)
    known = CollectionEntry.objects.filter(pk=entry_id, case=case).first()
    if known is not None:
        return known
    require(officer, WORK, org=case.org)
    rules = load_desk_rules(day.home).version("collection", Collection, day.on)
    rule, attempt = _closed(officer, case, attempt_id, key, rules, entry_id=entry_id, note=note, day=day)
    entry = CollectionEntry.objects.create(
        id=entry_id, case=case, step="contact", outcome=rule.outcome, on=day.on, officer=officer, team=case.team,
        attempt=attempt, text=note.strip(),
    )  # fmt: skip
    record(officer, "collection.contacted", case, org=case.org, run_id=day.run_id, outcome=rule.outcome,
           attempt=str(attempt.pk), state=case.state)  # fmt: skip
    return entry


def _closed(
    officer: Officer, case: CollectionCase, attempt_id: UUID, key: str, rules: Collection, *, entry_id: UUID, note: str,
    day: BusinessDay,
) -> tuple[OutcomeRule, Attempt]:  # fmt: skip
    """Tell the gate the outcome that a key stands for, and open a complaint where it is one."""
    attempt = Attempt.objects.filter(pk=attempt_id, debtor_id=case.debtor_id, officer=officer).first()
    rule = rules.outcome(key)
    if attempt is None or rule is None or not rule.fits(attempt.channel):
        raise FormWrong(
            message=_("这次联系没有这种结果。"), hint=_("请先询问，再按列出的数字键。"), where={"field": "key"}
        )
    attempt_close(officer, attempt.pk, rule.contact, note=note)
    if rule.leads_to == "complaint":
        about = About(case.debtor_id, case.debtor_name, case.org_id)
        text = f"{said('collection_outcome', rule.outcome, 'zh')}：{note.strip() or '-'}"
        complaint_open(officer, about, uuid5(entry_id, "complaint"), text=text, due_on=None, day=day)
    return rule, attempt


def _promise(
    officer: Officer, case: CollectionCase, promised: Promised | None, entry_id: UUID, rules: Collection,
    day: BusinessDay,
) -> Promise:  # fmt: skip
    """Keep a promise; an open one before it is replaced."""
    rule = rules.promise
    least_cents = case.cure_cents * rule.least_share_e8 // ONE_E8
    last_on = day.on + timedelta(days=rule.days_most)
    if promised is None or not max(least_cents, 1) <= promised.amount_cents <= case.cure_cents + case.exposure_cents:
        raise FormWrong(
            message=_("承诺金额不对。"),
            hint=_("至少为结清逾期所需金额的 %s%%，至多为全部欠款。") % (rule.least_share_e8 * 100 // ONE_E8),
            where={"field": "amount"},
        )
    if not day.on <= promised.due_on <= last_on:
        raise FormWrong(
            message=_("承诺日不对。"),
            hint=_("承诺日在 %(first)s 至 %(last)s 之间。") % {"first": day.on, "last": last_on},
            where={"field": "due_on"},
        )
    before = Promise.objects.select_for_update().filter(case=case, state=Promise.State.OPEN)
    before.update(state=Promise.State.REPLACED, judged_on=day.on)
    return Promise.objects.create(
        id=uuid5(entry_id, "promise"), case=case, org_id=case.org_id, state=Promise.State.OPEN, team=case.team,
        debtor_id=case.debtor_id, made_on=day.on, made_by=officer, amount_cents=promised.amount_cents,
        due_on=promised.due_on, base_cents=case.collected_cents,
    )  # fmt: skip


def _ready_at(rule: OutcomeRule, made: Promise | None, rules: Collection, day: BusinessDay) -> datetime:
    """When a case comes back: after the outcome's time, or when a promise is over."""
    now = timezone.now()
    if made is not None:
        # In days from now: the clock may be ahead of the business date, and a night that judges it is quicker.
        return now + (made.due_on - day.on) + timedelta(days=rules.promise.grace_days + 1)
    return now + timedelta(minutes=rule.again_minutes or 0, days=rule.again_days or 0)
