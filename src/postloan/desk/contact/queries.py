"""What the pages of the contact gate read: a debtor's points and what may be done with them, attempts, protections."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.book.queries import debtor_seen, loans_of
from postloan.desk.contact.actions import FEED, label_of
from postloan.desk.contact.gate import calendar_of, rules_at, standing_of
from postloan.desk.contact.models import Attempt, Complaint, ContactPoint, Exemption, LedgerEntry
from postloan.desk.core.authority import within
from postloan.desk.core.days import home
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.plan.contact.judging import Answer, Ask, decide
from postloan.plan.contact.parties import Party, opened_point, parties_of, sealed_point
from postloan.plan.contact.standing import Point
from postloan.plan.dossier import opened
from postloan.rules.contact_rules import CHANNELS_OF

_SHOWN_MOST = 200


@dataclass(frozen=True)
class PointTold:
    """A contact point as a page shows it, with what the gate would answer to the plainest ask now.

    value    what a form sends for it: the key of a point, or the party whose number the feeds tell.
    answer   None where the feeds tell it and it was never used.
    """

    value: str
    party_name: str
    role: str
    kind: str
    label: str
    source: str
    point: ContactPoint | None
    answer: Answer | None


@dataclass(frozen=True)
class Made:
    """A contact that was made, with the ledger's entry that tells of it."""

    seq: int
    at: datetime
    channel: str
    purpose: str
    party_name: str
    role: str
    label: str
    outcome: str
    officer: str


def attempts_seen(desk: Desk) -> QuerySet[Attempt]:
    """The attempts of the desk's offices, allowed and refused."""
    return within(Attempt.objects.all(), desk.scope)


def attempt_seen(desk: Desk, attempt_id: UUID) -> Attempt:
    """One attempt. Raises NotFoundHere where it is outside the desk's offices."""
    found = attempts_seen(desk).select_related("point", "officer").filter(pk=attempt_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次联系，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def parties_seen(desk: Desk, debtor_id: str) -> list[Party]:
    """Who stands to a debtor's debts on the page's day. Raises NotFoundHere where the debtor is outside the offices."""
    debtor_seen(desk, debtor_id)
    loan_nos = loans_of(desk, debtor_id)["loan_no"].to_list()
    return parties_of(desk.day.home, debtor_id, loan_nos, desk.day.on, lambda ids: _numbers(desk, ids))


def _numbers(desk: Desk, ids: Sequence[str]) -> Mapping[str, int]:
    found = debtor_rows(desk.day).filter(pl.col("debtor_id").is_in(list(ids)))
    return dict(found.select("debtor_id", "debtor_no").iter_rows())


def points_told(desk: Desk, debtor_id: str, parties: Iterable[Party]) -> list[PointTold]:
    """The contact points of a debtor: those registered, and the numbers of the feeds that were never used."""
    every = list(ContactPoint.objects.filter(debtor_id=debtor_id))
    held, fed = [each for each in every if each.ended_at is None], list[tuple[Party, str, str]]()
    for party in parties:
        if party.phone is not None:
            plain = opened(desk.day.home, "phone", party.phone)
            fed.append((party, label_of("phone", plain), sealed_point(desk.day.home, "phone", plain).match))
    # An ask about a third person registers the debtor's own number first: it counts here, too.
    own = {
        match: Point(party.party_id, party.role, party.form, "phone", party.region)
        for party, _label, match in fed
        if party.role == "debtor" and match not in {each.match for each in every}
    }
    answers, known = _answers(desk, debtor_id, held, own), {each.match for each in held}
    told = [
        PointTold(str(each.pk), each.party_name, each.role, each.kind, each.label,
                  _("客户资料") if each.source == FEED else each.source, each, answers[each.pk])
        for each in held
    ]  # fmt: skip
    told += [
        PointTold(f"feed:{party.party_id}", party.name, party.role, "phone", label, _("客户资料"), None, None)
        for party, label, match in fed
        if match not in known
    ]
    return told


def _answers(
    desk: Desk, debtor_id: str, points: Collection[ContactPoint], own: Mapping[str, Point]
) -> dict[int, Answer]:
    """What the gate would answer now to the first channel of each point, for the plainest purpose.

    own  the debtor's numbers that the feeds tell and nobody used.
    """
    if not points:
        return {}
    now = timezone.now()
    rules, day_off = rules_at(desk.day.home, now), calendar_of(desk.day.home, now)
    standing = standing_of(
        debtor_id, points=[each.match for each in points], parties=[each.party_id for each in points]
    )
    standing.points[debtor_id].update(own)
    return {
        each.pk: decide(
            rules, standing, Ask(debtor_id, each.match, CHANNELS_OF[each.kind][0],
                                 "locate" if each.role == "third" else "collect"), now, day_off
        )
        for each in points
    }  # fmt: skip


def contacts_of(desk: Desk, debtor_id: str) -> list[Attempt]:
    """All attempts about a debtor's debts in the desk's offices, the latest first."""
    found = attempts_seen(desk).filter(debtor_id=debtor_id).select_related("point", "officer")
    return list(found[:_SHOWN_MOST])


def contacts_made(desk: Desk, debtor_id: str) -> list[Made]:
    """Every contact that was made, or may have been, the latest first: what the borrower himself may see.

    What went out beside the gate is among it, by noon of its day: paper tells no hour.
    """
    found = attempts_seen(desk).filter(debtor_id=debtor_id, is_allowed=True).exclude(outcome="not_made")
    made = [
        Made(each.seq, each.made_at or each.at, each.channel, each.purpose, each.point.party_name, each.point.role,
             each.point.label, each.outcome, str(each.officer))
        for each in found.select_related("point", "officer")
    ]  # fmt: skip
    served = list(LedgerEntry.objects.filter(debtor=debtor_id, kind="served"))
    people = dict(
        Officer.objects.filter(username__in=[each.officer for each in served]).values_list("username", "name")
    )
    asked = pl.col("debtor_id").is_in([each.party for each in served])
    names = dict(debtor_rows(desk.day).filter(asked).select("debtor_id", "name").iter_rows()) if served else {}
    for each in served:
        at = datetime.combine(date.fromisoformat(each.told["on"]), time(12), timezone.get_current_timezone())
        made.append(Made(
            each.seq, at, each.told["channel"], each.told["purpose"], names.get(each.party) or each.party,
            each.told["role"], "", "sent", people.get(each.officer, each.officer),
        ))  # fmt: skip
    return sorted(made, key=lambda each: (each.at, each.seq), reverse=True)


def complaints_of(desk: Desk, debtor_id: str) -> list[Complaint]:
    """The complaints of a debtor, the latest first."""
    found = within(Complaint.objects.filter(debtor_id=debtor_id), desk.scope)
    return list(found.select_related("opened_by", "answered_by").order_by("-opened_at"))


def exemptions_of(desk: Desk, debtor_id: str) -> list[tuple[Exemption, bool]]:
    """What took or may take protection away, the latest first, and whether it waits for the officer."""
    found = within(Exemption.objects.filter(debtor_id=debtor_id), desk.scope)
    held = found.select_related("point", "proposed_by", "case").order_by("-opened_at")
    return [(each, each.case.waits_for in desk.actions) for each in held]


def refusals_said(attempt: Attempt) -> list[dict[str, Any]]:
    """Why an attempt was refused, in the reader's language, each with its clause."""
    return [each | {"said": each[language()]} for each in attempt.refusals]


def attempt_asked(desk: Desk, debtor_id: str, named: str) -> Attempt | None:
    """The attempt whose answer a page shows; None where it names none of this debtor's."""
    try:
        found = attempts_seen(desk).filter(pk=UUID(named), debtor_id=debtor_id)
    except ValueError:
        return None
    return found.select_related("point", "officer").first()


def number_of(reader: int | None, attempt: Attempt) -> str:
    """The number of a contact that was allowed, for whoever asked and as long as it may be begun; else "".

    reader  the account that reads, by key: its own, though it may look as another.

    Raises KeyMissing.
    """
    is_his = attempt.officer_id == reader and attempt.point.kind == "phone"
    return opened_point(home(), attempt.point.sealed) if is_his and attempt.may_begin(timezone.now()) else ""
