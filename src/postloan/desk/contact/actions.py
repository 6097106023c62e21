"""Asking before a contact, telling what came of it, and registering contact points."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.contact.gate import calendar_of, debtor_told, rules_at, standing_of
from postloan.desk.contact.ledger.actions import entry_append, instant_of, ledger_held, rules_told
from postloan.desk.contact.limits import require_within
from postloan.desk.contact.models import Attempt, ContactPoint, LedgerHead
from postloan.desk.core.actions import record, refuse_past, require
from postloan.desk.core.days import BusinessDay, home
from postloan.desk.core.forms import check_text
from postloan.desk.core.masks import masked_phone
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import office_over
from postloan.errors import ContactClosed, FormWrong, NotFoundHere
from postloan.plan.contact.judging import Answer, Ask, decide
from postloan.plan.contact.ledger import Entry, written_at
from postloan.plan.contact.parties import Party, sealed_point
from postloan.plan.dossier import opened
from postloan.rules.contact_rules import CHANNELS, CHANNELS_OF, OUTCOMES_OF, PURPOSES

FEED = "feed"
"""The source of a point that the feeds told."""
_LABEL_KEPT = 6
_PHONE_LEAST, _PLAIN_MOST = 5, 300


@dataclass(frozen=True)
class Wanted:
    """A contact that somebody is about to make.

    id          made by whoever asks: the same again gives the same answer and counts once.
    org_id      the office that keeps the debtor's largest loan.
    point       the key of a registered point, or a party whose number the feeds tell.
    companions  the user names of who goes along on a visit.
    """

    id: UUID
    debtor_id: str
    debtor_name: str
    org_id: str
    point: int | Party
    channel: str
    purpose: str
    companions: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewPoint:
    """A contact point that staff learned of: whose, what kind, the number or address, and where it is known from."""

    party: Party
    kind: str
    plain: str
    source: str


@transaction.atomic
def attempt_ask(officer: Officer, wanted: Wanted) -> Attempt:
    """Ask whether a contact may be made now; whatever the answer, it is kept in the ledger (联系前询问).

    Permission  contact.ask in the debtor's office.
    Leaves      an attempt, an entry of the ledger with what it was judged on, an audit entry.
    Raises NotPermitted, NotFoundHere, FormWrong.
    Source      COLL-02 to COLL-07, COLL-50; the rules of contact carry the clauses.
    """
    head = ledger_held()
    _check_wanted(wanted)
    point = _point(head, officer, wanted)
    require(officer, "contact.ask", org=point.org)
    require_within(officer, wanted.debtor_id)
    known = Attempt.objects.filter(pk=wanted.id).select_related("point").first()
    if known is not None:
        return _same(known, wanted, point)
    if point.role == "third":
        _put_own(head, officer, wanted)
    at = instant_of(head)
    rules = rules_at(home(), at)
    standing = standing_of(wanted.debtor_id, points=[point.match], parties=[point.party_id])
    going = _going(officer, wanted.companions)
    ask = Ask(wanted.debtor_id, point.match, wanted.channel, wanted.purpose, len(going))
    answer = decide(rules, standing, ask, at, calendar_of(home(), at))
    rules_seq = rules_told(head, rules, at)
    entry = entry_append(
        head, "ask", at=at, officer=officer.get_username(), debtor=wanted.debtor_id, party=point.party_id,
        point=point.match, channel=wanted.channel, purpose=wanted.purpose, visitors=len(going), going=going,
        allowed=answer.is_allowed, refused_by=[each.rule for each in answer.refusals], rules=rules_seq,
        rules_from=str(rules.since), facts=_facts(answer), allowed_from=_written(answer.allowed_from),
        valid_until=_written(answer.valid_until),
    )  # fmt: skip
    made = Attempt.objects.create(
        id=wanted.id, seq=entry.seq, debtor_id=wanted.debtor_id, debtor_name=wanted.debtor_name[:200], point=point,
        channel=wanted.channel, purpose=wanted.purpose, companions=", ".join(wanted.companions)[:200], officer=officer,
        org=point.org, at=at, is_allowed=answer.is_allowed, allowed_from=answer.allowed_from,
        refused_by=answer.refusals[0].rule if answer.refusals else "", refusals=_refusals(answer),
        valid_until=answer.valid_until,
    )  # fmt: skip
    record(officer, "contact.asked", made, org=point.org, allowed=answer.is_allowed, refused_by=made.refused_by,
           debtor=wanted.debtor_id, ledger_seq=entry.seq, ledger_hash=entry.hash)  # fmt: skip
    return made


@transaction.atomic
def attempt_close(
    officer: Officer, attempt_id: UUID, outcome: str, *, made_at: datetime | None = None, note: str = ""
) -> Attempt:
    """Say what came of a contact that was allowed (登记结果). The same outcome again changes nothing.

    made_at  when it was begun; when it was allowed, where nobody says. One that was begun after its answer ended is
             kept as it is told, and is a breach.

    Permission  contact.ask in the debtor's office.
    Raises NotPermitted, NotFoundHere, FormWrong, ContactClosed where it was refused or has another outcome.
    """
    head = ledger_held()
    found = Attempt.objects.select_related("point", "org").filter(pk=attempt_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这次联系。"), hint=_("请从列表进入。"))
    require(officer, "contact.ask", org=found.org)
    if found.officer_id != officer.pk:
        require_within(officer, found.debtor_id)
    if found.outcome == outcome:
        return found
    if not found.is_allowed or found.outcome:
        raise ContactClosed(
            message=_("这次联系未获允许，或已经登记结果。"),
            hint=_("再次联系前请重新询问。"),
            where={"attempt": found.pk},
        )
    if outcome not in OUTCOMES_OF.get(found.channel, ()):
        raise FormWrong(message=_("这一渠道没有这种结果。"), hint=_("请选择列出的结果。"), where={"field": "outcome"})
    at, begun = instant_of(head), made_at or found.at
    if not found.at <= begun <= at:
        raise FormWrong(
            message=_("联系时间不在询问之后、现在之前。"), hint=_("请核对时间。"), where={"field": "made_at"}
        )
    entry = entry_append(
        head, "outcome", at=at, officer=officer.get_username(), debtor=found.debtor_id, party=found.point.party_id,
        point=found.point.match, ask=found.seq, outcome=outcome, made_at=written_at(begun),
    )  # fmt: skip
    was_made = outcome != "not_made"
    check_text(note.strip(), "note")
    found.outcome, found.note, found.made_at = outcome, note.strip(), begun if was_made else None
    found.is_outside = was_made and found.valid_until is not None and begun >= found.valid_until
    found.save(update_fields=["outcome", "note", "made_at", "is_outside"])
    record(officer, "contact.closed", found, org=found.org, outcome=outcome, is_outside=found.is_outside,
           ledger_seq=entry.seq, ledger_hash=entry.hash)  # fmt: skip
    return found


@transaction.atomic
def point_add(officer: Officer, debtor_id: str, org_id: str, new: NewPoint, *, day: BusinessDay) -> ContactPoint:
    """Register a contact point that staff learned of (登记联系方式). One that is known already stays as it is.

    Permission  contact.write in the debtor's office. Raises NotPermitted, FormWrong, KeyMissing.
    """
    refuse_past(day)
    require(officer, "contact.write", org=office_over([org_id]))
    plain, source = new.plain.strip()[:_PLAIN_MOST], new.source.strip()[:200]
    digits = sum(each.isdecimal() for each in plain)
    if new.kind not in CHANNELS_OF or not plain or (new.kind == "phone" and digits < _PHONE_LEAST):
        raise FormWrong(message=_("联系方式不完整。"), hint=_("请填写完整的号码或地址。"), where={"field": "plain"})
    if not source:
        raise FormWrong(message=_("没有填写来源。"), hint=_("请写明从何处得知。"), where={"field": "source"})
    new = NewPoint(new.party, new.kind, plain, source)
    made, entry = _put(ledger_held(), officer, debtor_id, org_id, new)
    if entry is not None:
        record(officer, "contact.point_added", made, org=made.org, role=made.role, kind=made.kind, source=source,
               debtor=debtor_id, ledger_seq=entry.seq, ledger_hash=entry.hash)  # fmt: skip
    return made


def _put(
    head: LedgerHead, officer: Officer, debtor_id: str, org_id: str, new: NewPoint
) -> tuple[ContactPoint, Entry | None]:
    """Register a point and tell the ledger, or find it where it is known. The caller holds the ledger and records."""
    kept, party = sealed_point(home(), new.kind, new.plain), new.party
    known = (
        ContactPoint.objects.select_related("org").filter(debtor_id=debtor_id, match=kept.match, ended_at=None).first()
    )
    if known is not None:
        return known, None
    made = ContactPoint.objects.create(
        debtor_id=debtor_id, party_id=f"third:{kept.match[:40]}" if party.role == "third" else party.party_id,
        party_name=party.name[:200], role=party.role, form=party.form, kind=new.kind, region=party.region[:12],
        sealed=kept.sealed, match=kept.match, label=label_of(new.kind, new.plain), source=new.source,
        org=office_over([org_id]), added_by=officer,
        is_do_not_call=ContactPoint.objects.filter(match=kept.match, is_do_not_call=True).exists(),
    )  # fmt: skip
    entry = entry_append(
        head, "point", at=instant_of(head), officer=officer.get_username(), debtor=debtor_id, party=made.party_id,
        point=made.match, role=made.role, form=made.form, region=made.region, point_kind=made.kind, source=made.source,
    )  # fmt: skip
    return made, entry


def label_of(kind: str, plain: str) -> str:
    """What is shown of a number or an address: its ends, or how it begins."""
    if kind == "phone":
        return masked_phone(plain)
    return plain[:_LABEL_KEPT] + "*" * max(0, min(len(plain), 20) - _LABEL_KEPT)


def _point(head: LedgerHead, officer: Officer, wanted: Wanted) -> ContactPoint:
    """The point of an ask; a number that the feeds tell of a party is registered where it is about to be used."""
    if isinstance(wanted.point, Party):
        if wanted.point.phone is None:
            raise NotFoundHere(message=_("客户资料中没有电话。"), hint=_("请先登记联系方式。"))
        require(officer, "contact.ask", org=office_over([wanted.org_id]))
        plain = opened(home(), "phone", wanted.point.phone)
        return _put(head, officer, wanted.debtor_id, wanted.org_id, NewPoint(wanted.point, "phone", plain, FEED))[0]
    found = ContactPoint.objects.select_related("org").filter(pk=wanted.point, debtor_id=wanted.debtor_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个联系方式。"), hint=_("请先登记联系方式。"))
    return found


def _put_own(head: LedgerHead, officer: Officer, wanted: Wanted) -> None:
    """Register the number that the feeds tell of the debtor: before a third person it must have failed, used or not.

    One that two people ended stays ended.
    """
    debtor = debtor_told(wanted.debtor_id)
    if debtor is None or debtor.phone is None:
        return
    plain = opened(home(), "phone", debtor.phone)
    match = sealed_point(home(), "phone", plain).match
    if not ContactPoint.objects.filter(debtor_id=wanted.debtor_id, match=match).exists():
        _put(head, officer, wanted.debtor_id, wanted.org_id, NewPoint(debtor, "phone", plain, FEED))


def _same(known: Attempt, wanted: Wanted, point: ContactPoint) -> Attempt:
    """What was answered before to the same question; another question under its id is refused."""
    asked = (known.debtor_id, known.point_id, known.channel, known.purpose)
    if asked != (wanted.debtor_id, point.pk, wanted.channel, wanted.purpose):
        raise FormWrong(
            message=_("同一编号已用于另一次询问。"), hint=_("请为每次联系使用新的编号。"), where={"field": "id"}
        )
    return known


def _check_wanted(wanted: Wanted) -> None:
    for field, value, known in (("channel", wanted.channel, CHANNELS), ("purpose", wanted.purpose, PURPOSES)):
        if value not in known:
            raise FormWrong(
                message=_("没有这种渠道或事由。"), hint=_("请选择列出的渠道和事由。"), where={"field": field}
            )


def _going(officer: Officer, companions: tuple[str, ...]) -> list[str]:
    """Who makes the contact, each once. Raises FormWrong where a companion is nobody who works here."""
    named = {officer.get_username(), *companions}
    known = set(Officer.objects.filter(username__in=named, is_active=True).values_list("username", flat=True))
    if stray := sorted(named - known):
        raise FormWrong(
            message=_("没有用户“%s”。") % stray[0][:40],
            hint=_("请填写同行人员的用户名。"),
            where={"field": "companions"},
        )
    return sorted(named)


def _refusals(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"rule": each.rule, "zh": each.zh, "en": each.en, "cite": str(each.cite),
         "place_confirmed": each.cite.place_confirmed}
        for each in answer.refusals
    ]  # fmt: skip


def _facts(answer: Answer) -> dict[str, Any]:
    """What was counted, as the ledger keeps it beside the answer; it can be counted again from the entries before."""
    if answer.facts is None:
        return {}
    facts, point = answer.facts, answer.facts.point
    return {
        "role": point.role, "form": point.form, "region": point.region, "attempts": facts.attempts,
        "connected": facts.connected, "visits": facts.visits, "complaints": facts.complaints,
        "do_not_call": facts.do_not_call, "has_consent": facts.has_consent, "failed_least": facts.failed_least,
    }  # fmt: skip


def _written(at: datetime | None) -> str | None:
    return written_at(at) if at else None
