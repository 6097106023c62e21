"""Opening a published day's reminders: in bulk, once, with amounts from the schedule of that day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from django.db.models import F
from django.utils import timezone

from postloan.desk.book.narrow import loan_rows
from postloan.desk.contact.models import ContactPoint
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.parts import Adopting
from postloan.desk.outbox.actions import NewMessage, messages_put
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.reminders.due import reminders_due
from postloan.desk.outbox.written import About, filled, messages_now, template_named
from postloan.plan.contact.parties import Party
from postloan.rules.contact_rules import CHANNELS_OF
from postloan.rules.desk_rules import DeskRules
from postloan.rules.message_rules import Messages
from postloan.rules.reminder_rules import Reminders, ReminderStep
from postloan.tables.said import said

_KIND_OF: dict[str, str] = {channel: kind for kind, channels in CHANNELS_OF.items() for channel in channels}


def reminders_open(day: BusinessDay, rules: DeskRules) -> int:
    """Put the reminders of a published day into the outbox, and take back those whose loan needs them no more.

    One message for a loan, a step, a day that falls due and a party, whatever is published how often. Returns how many
    are new. Leaves messages, in parts of a transaction each, with its record.
    Source  regulations LN-22, PRA-12; the rules of reminders carry the clauses.
    """
    law, texts = rules.version("reminders", Reminders, day.on), messages_now()
    names = [step.step for step in law.steps]
    known = Message.objects.filter(cause__in=names).values_list("loan_id", "cause", "due_on")
    subjects = pl.Series([f"{loan}:{cause}:{due}" for loan, cause, due in known.distinct()], dtype=pl.String)
    rows = reminders_due(day, law, subjects)
    opening = _Opening.of(day, law, texts)
    new = [opening.message(row) for row in rows.iter_rows(named=True) if row["org_id"] in opening.offices]
    # A loan of which one party was written to is known: its other parties are written to in the same transaction.
    adopting = Adopting(day, "outbox.reminded", "reminders")
    done = adopting.in_parts(
        new, lambda part: {"made": messages_put(part, made_by=None, at=timezone.now())},
        together=lambda each: (each.loan_id, each.cause, each.due_on),
    )  # fmt: skip
    _drop_paid(adopting, names)
    return done["made"]


@dataclass(frozen=True)
class _Opening:
    """What all reminders of a day share.

    addressed  of whom an address is known, debtor and party: a letter to anybody else would lie in the outbox.
    """

    day: BusinessDay
    law: Reminders
    texts: Messages
    offices: Mapping[str, Org]
    officers: Mapping[str, int]
    addressed: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, day: BusinessDay, law: Reminders, texts: Messages) -> "_Opening":
        points = ContactPoint.objects.filter(kind="address", ended_at=None)
        return cls(
            day, law, texts, {each.pk: each for each in Org.objects.all()}, officers_by_number(),
            frozenset(points.values_list("debtor_id", "party_id")),
        )  # fmt: skip

    def message(self, row: Mapping[str, Any]) -> NewMessage:
        step = self.law.named(row["step"])
        assert step is not None  # noqa: S101 - the steps are those of the same rules
        about = self._about(row, step)
        template = template_named(self.texts, self._message_of(step, row))
        written = filled(self.texts, template, about, self.offices[row["org_id"]])
        late_on = max(today(), self.day.on) + timedelta(days=self.law.keep.days)
        return NewMessage(
            key=f"reminder:{row['loan_id']}:{step.step}:{row['due_on']}:{row['party_id']}", cause=step.step,
            template=template, debtor_id=row["debtor_id"], debtor_name=about.debtor, org_id=row["org_id"],
            party=Party(row["party_id"], row["name"], row["role"], row["form"], row["region"], row["phone"]),
            title=written.title, text=written.text, made_on=self.day.on, loan_id=row["loan_id"], due_on=row["due_on"],
            useful_until=late_on if step.of == "arrears" else row["due_on"],
            amount_cents=row["owed_cents"] if step.of == "arrears" else about.amount_cents,
            needs_receipt=step.needs_receipt, officer_id=self.officers.get(row["officer_id"]),
        )  # fmt: skip

    def _about(self, row: Mapping[str, Any], step: ReminderStep) -> About:
        debtor = row["debtor_name"] or row["debtor_id"]
        # Who is no customer has no name here: a letter says what he is to the debt, not his number.
        name = said("contact_role", row["role"], self.texts.language) if row["name"] == row["party_id"] else row["name"]
        if step.of == "arrears":
            return About(name, debtor, loan=row["loan_id"], owed_cents=row["owed_cents"],
                         days=row["days_past_due"], on=self.day.on)  # fmt: skip
        return About(name, debtor, loan=row["loan_id"], due_on=row["due_on"], on=self.day.on,
                     principal_cents=row["principal_cents"], interest_cents=row["interest_cents"])  # fmt: skip

    def _message_of(self, step: ReminderStep, row: Mapping[str, Any]) -> str:
        """The step's message; its other one where that is a letter and nobody knows an address."""
        is_letter = _KIND_OF[template_named(self.texts, step.message).channel] == "address"
        is_known = (row["debtor_id"], row["party_id"]) in self.addressed
        return step.instead if step.instead and is_letter and not is_known else step.message


def _drop_paid(adopting: Adopting, names: list[str]) -> None:
    """Take back what waits about arrears of loans that are past due no more, or are gone."""
    waits = Message.objects.filter(
        cause__in=names, state__in=[Message.State.QUEUED, Message.State.REFUSED, Message.State.NO_POINT]
    )
    late = set(loan_rows(adopting.day).filter(pl.col("days_past_due") > 0)["loan_id"])
    about = waits.exclude(due_on__gt=adopting.day.on).values_list("pk", "loan_id")
    gone = [pk for pk, loan_id in about if loan_id not in late]
    taken_back = {"state": Message.State.CANCELLED, "version": F("version") + 1}
    adopting.in_parts(gone, lambda part: {"dropped": waits.filter(pk__in=part).update(**taken_back)})
