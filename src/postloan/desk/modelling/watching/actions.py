"""Watching cards when a month-end is adopted: results kept, alarms opened once, over when their measure is green."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.book.features import features_read
from postloan.desk.core.actions import move, record, refuse_past, require, require_reason
from postloan.desk.core.authority import limit_of
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.work.actions import work_close, work_gone, work_open, work_retell
from postloan.desk.modelling.models import Alarm, ModelCard, Watch
from postloan.desk.modelling.reading import card_held
from postloan.errors import FormWrong, NotFoundHere, PostloanError
from postloan.plan.month_ends import is_month_end
from postloan.plan.watching import WatchedDay, fitted_until, month_ends_between, reference_of, unwatched, watch_on
from postloan.rules.model_rules import ModelRules, load_model_rules
from postloan.snapshot.read import published_run

WORK = "model_alarm"
"""The kind of work that an alarm opens."""
ALARMING = ("psi", "csi", "missing", "auc", "calibration_p")
"""Measures that have a band: one alarm each of a card."""
RED, GREEN = "red", "green"
_TOLD_MOST = 240
_log = structlog.get_logger("postloan.modelling")


def models_watch(day: BusinessDay) -> int:
    """Watch every card in force on a month-end that is adopted. Twice is once. Returns how many results were kept.

    What the months since its fit say is made up for when a card is watched first. A card that cannot be watched, or
    whose watching is refused, is told in the log and keeps nobody from the day. On other days only the alarms of cards
    that are out of force come to their end.
    """
    in_force, kept = _in_force(day.on), 0
    _alarms_gone(in_force, day)
    if not in_force or not is_month_end(day.on):
        return 0
    rules = load_model_rules(day.home)
    for held in in_force:
        try:
            found = _results(held, day, rules)
        except PostloanError as fault:
            _log.warning("not watched", card=str(held), on=day.on.isoformat(), code=fault.code, fault=fault.message)
            continue
        kept += len(found)
        watches_keep(held, found, day, rules)
    return kept


@transaction.atomic
def watches_keep(held: ModelCard, found: Sequence[tuple[WatchedDay, str]], day: BusinessDay, rules: ModelRules) -> None:
    """Keep what was found of a card on days, each with its run, and let its alarms follow the last of them.

    A result that was kept before stays as it is. Alarms follow only where no later day was watched.
    Leaves  results, alarms with their work, and an audit entry each; alarms that are over close their work.
    """
    ModelCard.objects.select_for_update().get(pk=held.pk)
    for each, run_id in found:
        Watch.objects.get_or_create(card=held, run_id=run_id, defaults=_told(each))
    last = Watch.objects.filter(card=held).order_by("-on", "-pk").first()
    if last is None or last.on != day.on or not found:
        return
    lasting = {each.measure: each for each in _lasting().filter(card=held)}
    due_on = day.on + timedelta(days=rules.register(day.on).alarm.due_in_days)
    for measure in ALARMING:
        findings = [each for each in last.findings if each["measure"] == measure and each["light"]]
        reds = _worst_first(measure, [each for each in findings if each["light"] == RED])
        alarm = lasting.get(measure)
        if reds and alarm is None:
            _open(held, measure, told_of(reds), day, due_on)
        elif reds and alarm is not None:
            work_retell(WORK, _subject(alarm), told=f"{measure}: {told_of(reds)}", amount_cents=0)
        elif alarm is not None and findings and all(each["light"] == GREEN for each in findings):
            _end(alarm, day)


@transaction.atomic
def alarm_dispose(
    officer: Officer, alarm_id: int, disposal: str, *, seen_version: int, reason: str, day: BusinessDay
) -> Alarm:
    """Say what is done about an alarm, and why (处置报警): fit anew, use as it is, or retire.

    Permission  model.propose at head office.
    Move        open -> disposed.
    Leaves      an audit entry; its work is done. A retirement is proposed apart, by its own chain.
    Raises NotPermitted, ReasonMissing, FormWrong, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    alarm = Alarm.objects.select_for_update(of=("self",)).select_related("org", "card").filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFoundHere(message=_("没有这项报警。"), hint=_("请从列表进入。"))
    require(officer, "model.propose", org=alarm.org)
    if disposal not in Alarm.Disposal.values:
        raise FormWrong(message=_("没有选择处置方式。"), hint=_("请在页面上选择。"), where={"field": "disposal"})
    reason = require_reason(reason)
    before = move(alarm, Alarm.State.DISPOSED, seen_version=seen_version)
    alarm.disposal, alarm.reason, alarm.disposed_by, alarm.disposed_on = disposal, reason, officer, day.on
    alarm.save(update_fields=["disposal", "reason", "disposed_by", "disposed_on"])
    work_close((WORK,), _subject(alarm), on=day.on, note=reason)
    record(officer, "model.alarm_disposed", alarm, org=alarm.org, run_id=day.run_id, reason=reason,
           before=before, after=alarm.state, disposal=disposal, measure=alarm.measure)  # fmt: skip
    return alarm


def told_of(findings: Sequence[Mapping[str, Any]]) -> str:
    """Findings of one measure in words that need no translation: where, and how much."""
    return " · ".join(f"{each['subject']} {each['value']:.3f}" for each in findings)[:_TOLD_MOST]


def _in_force(on: date) -> list[ModelCard]:
    ends = Q(effective_to=None) | Q(effective_to__gte=on)
    found = ModelCard.objects.filter(ends, approved_on__isnull=False, effective_from__lte=on)
    return list(found.select_related("org", "approved_by", "proposed_by").order_by("pk"))


@transaction.atomic
def _alarms_gone(in_force: Sequence[ModelCard], day: BusinessDay) -> None:
    """End what lasts of cards that are no longer in force: nobody acts upon a model that is not used."""
    # A day that is adopted again ends nothing that was opened after it.
    for alarm in _lasting().filter(on__lte=day.on).exclude(card__in=in_force):
        _end(alarm, day)


def _lasting() -> QuerySet[Alarm]:
    """The alarms that are not over, their rows held."""
    held = Alarm.objects.select_for_update(of=("self",)).select_related("org")
    return held.exclude(state=Alarm.State.OVER).order_by("pk")


def _results(held: ModelCard, day: BusinessDay, rules: ModelRules) -> list[tuple[WatchedDay, str]]:
    """What is not known yet of a card, by published month-end since its fit and by run, rising."""
    card = card_held(held)
    fitted = fitted_until(card)
    if fitted is None or unwatched(day.home, card) is not None:
        return []
    known = set(Watch.objects.filter(card=held).values_list("run_id", flat=True))
    most = rules.register(day.on).history.months_most
    days = month_ends_between(day.home, fitted + timedelta(days=1), day.on)[-most:]
    runs = [(each, published_run(day.home, each) or "") for each in days]
    new = [(each, run) for each, run in runs if run not in known]
    if not new:
        return []
    reference, bands = reference_of(day.home, card, features=features_read), rules.monitoring(day.on)
    return [(watch_on(day.home, card, reference, each, bands, features=features_read), run) for each, run in new]


def _told(each: WatchedDay) -> dict[str, Any]:
    return {
        "on": each.on, "labelled_on": each.labelled_on,
        "findings": [asdict(finding) for finding in each.watched.findings],
        "grades": [asdict(grade) for grade in each.watched.grades],
    }  # fmt: skip


def _worst_first(measure: str, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # A p-value and an area are worse the smaller they are; the whole model is told before its parts.
    is_low_worse = measure in {"auc", "calibration_p"}
    return sorted(
        findings, key=lambda each: (each["subject"] != "model", each["value"] if is_low_worse else -each["value"])
    )


def _open(held: ModelCard, measure: str, told: str, day: BusinessDay, due_on: date) -> None:
    alarm = Alarm.objects.create(card=held, org=held.org, state=Alarm.State.OPEN, measure=measure, told=told, on=day.on)
    is_theirs = held.proposed_by.is_active and limit_of(held.proposed_by, "model.propose", held.org) != -1
    work_open([
        WorkItem(
            kind=WORK, subject=_subject(alarm), title=str(held), page=reverse("modelling:card", args=[held.pk]),
            org=held.org, officer=held.proposed_by if is_theirs else None, due_on=due_on, opened_on=day.on,
            told=f"{measure}: {told}", state=WorkItem.State.OPEN,
        )
    ])  # fmt: skip
    record(None, "model.alarm_opened", alarm, org=held.org, run_id=day.run_id, card=str(held), measure=measure,
           found=told)  # fmt: skip


def _end(alarm: Alarm, day: BusinessDay) -> None:
    before = move(alarm, Alarm.State.OVER, seen_version=alarm.version)
    alarm.ended_on = day.on
    alarm.save(update_fields=["ended_on"])
    work_gone((WORK,), [_subject(alarm)], day.on)
    record(None, "model.alarm_over", alarm, org=alarm.org, run_id=day.run_id, before=before, after=alarm.state,
           measure=alarm.measure)  # fmt: skip


def _subject(alarm: Alarm) -> str:
    return f"alarm:{alarm.pk}"
