"""Exceptions that the desk's own tables tell of: late work, refused logins, personal data opened very often."""

from datetime import date, datetime, time, timedelta

import polars as pl
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.exceptional import ExceptionSource, Told, register_source, told_rows
from postloan.desk.core.models import AuditEntry, Officer, WorkItem
from postloan.desk.core.work.kinds import sayer_of_kinds
from postloan.desk.core.work.told import told_said
from postloan.rules.desk_exceptions import ExceptionKind


def _work_late(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    """Work that was open on the day and due before it."""
    was_open = Q(closed_on__isnull=True) | Q(closed_on__gt=day.on)
    late = WorkItem.objects.filter(was_open, opened_on__lte=day.on, due_on__lt=day.on)
    say = sayer_of_kinds(day.home, day.on)
    fields = ("pk", "kind", "title", "told", "org_id", "officer__name", "due_on", "amount_cents", "page", "action")
    rows = []
    for pk, kind, title, told, org_id, officer, due_on, amount_cents, page, action in late.values_list(*fields):
        words = " · ".join(each for each in (say(kind), told_said(told)) if each)
        rows.append(
            Told(
                f"work:{pk}", title, words, org_id, due_on, officer=officer or "", late_days=(day.on - due_on).days,
                amount_cents=amount_cents, page=page, action=action,
            )
        )  # fmt: skip
    return told_rows(rows)


def _logins_refused(day: BusinessDay, kind: ExceptionKind) -> pl.DataFrame:
    """User names with which too many logins were refused."""
    refused = _lately(day, kind).filter(action="session.refused").values("subject")
    counts = refused.annotate(count=Count("seq"), last=Max("at")).filter(count__gt=kind.over)
    officers = {officer.get_username(): officer for officer in Officer.objects.select_related("org")}
    rows = []
    for found in counts.order_by("subject"):
        username = str(found["subject"]).removeprefix("login:")
        officer = officers.get(username)
        rows.append(
            Told(
                f"{kind.kind}:{username}", username, _times(found["count"], kind), officer.org_id if officer else None,
                _day_of(found["last"]), officer=officer.name if officer else "",
                page=_audit("subject", found["subject"]),
            )
        )  # fmt: skip
    return told_rows(rows)


def _unmaskings(day: BusinessDay, kind: ExceptionKind) -> pl.DataFrame:
    """Officers who opened personal data more often than their work explains."""
    opened = _lately(day, kind).filter(action="debtor.unmasked").values("officer", "org_id")
    counts = opened.annotate(count=Count("seq"), last=Max("at")).filter(count__gt=kind.over)
    names = dict(Officer.objects.values_list("username", "name"))
    return told_rows(
        Told(
            f"{kind.kind}:{found['officer']}", names.get(found["officer"], found["officer"]),
            _times(found["count"], kind), found["org_id"] or None, _day_of(found["last"]),
            officer=names.get(found["officer"], ""), page=_audit("officer", found["officer"]),
        )
        for found in counts.order_by("officer", "org_id")
    )  # fmt: skip


def _lately(day: BusinessDay, kind: ExceptionKind) -> QuerySet[AuditEntry]:
    """Deeds of the days that a kind looks back on; on the day the desk works on, up to this moment."""
    until = day.on if day.is_past else max(today(), day.on)
    begins, ends = until - timedelta(days=kind.look_back_days), until + timedelta(days=1)
    return AuditEntry.objects.filter(at__gte=_midnight(begins), at__lt=_midnight(ends))


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))


def _day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _times(count: int, kind: ExceptionKind) -> str:
    return _("%(days)s 天内 %(count)s 次") % {"days": kind.look_back_days, "count": count}


def _audit(field: str, value: str) -> str:
    return f"{reverse('core:audit')}?{field}={value}"


register_source(ExceptionSource("work_late", _work_late))
register_source(ExceptionSource("logins_refused", _logins_refused))
register_source(ExceptionSource("unmaskings", _unmaskings))
