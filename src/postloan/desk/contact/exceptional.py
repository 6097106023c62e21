"""What the register of exceptions learns of contact: contacts that were begun when their answer had ended."""

from datetime import timedelta

import polars as pl
from django.urls import reverse
from django.utils import timezone

from postloan.desk.contact.models import Attempt
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.exceptional import ExceptionSource, Told, register_source, told_rows
from postloan.desk.core.lists.cells import language
from postloan.rules.desk_exceptions import ExceptionKind
from postloan.tables.said import said


def _outside(day: BusinessDay, kind: ExceptionKind) -> pl.DataFrame:
    """Those of the days that the kind looks back on; on the day the desk works on, up to now."""
    until = day.on if day.is_past else max(today(), day.on)
    since = until - timedelta(days=kind.look_back_days)
    found = Attempt.objects.filter(is_outside=True, made_at__date__gte=since, made_at__date__lte=until)
    return told_rows(
        Told(
            f"contact:{each.pk}", each.debtor_name, said("contact_channel", each.channel, language()), each.org_id,
            timezone.localdate(each.made_at), officer=each.officer.name,
            page=reverse("contact:of", args=[each.debtor_id]),
        )
        for each in found.select_related("officer").order_by("seq")
    )  # fmt: skip


register_source(ExceptionSource("contact_outside", _outside))
