"""What is done about a restructuring: offers made and answered, one proposed, agreed to by others, decided."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.book.ways_out import check_alone
from postloan.desk.book.write_off_grounds import ground_written
from postloan.desk.core.actions import (
    check_begins,
    check_seen,
    decide,
    forbid_same_person,
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.restructure.bounds import check_bounds, check_consents, check_write_off
from postloan.desk.restructure.consents.actions import consents_tell
from postloan.desk.restructure.models import Offer, Restructuring
from postloan.desk.restructure.tried import Tried, effective_day, tried_again
from postloan.desk.restructure.typed import adjustment_of, off_cents_of
from postloan.errors import FormWrong, NotFoundHere
from postloan.plan.options import Change
from postloan.tables.said import SAID

WRITE = "restructure.write"
WAIVE = "restructure.waive"
"""The grant whose limit bounds what interest, penalty and fees somebody may give up."""
WRITES_OFF = "disposal.approve"
"""The grant whose limit bounds what principal somebody may take off the book, however it leaves."""
RESTRUCTURES, RESTRUCTURES_AND_WRITES_OFF, WAIVES = "restructuring", "restructuring_write_off", "loan_waiver"
_PLACES = 8
"""Bits of a decision's id that say its place among those of the same restructuring: the night takes them in order."""


@transaction.atomic
def offer_make(
    officer: Officer, org: Org, tried: Tried, *, by: str, offer_id: UUID, held_id: UUID, day: BusinessDay
) -> Offer:
    """Keep an offer as the next round of a loan's negotiation; the first opens it. Twice with one offer_id is once.

    org     the loan's office; tried: the option as it was tried on the day.
    by      whose offer it is.
    held_id the id of the restructuring that the offer opens, where none is open.

    Permission  restructure.write in the office, for what is outstanding.
    Leaves      an offer, an audit entry.
    Raises NotPermitted, FormWrong, IllegalMove on a past day or where it is under approval.
    """
    refuse_past(day)
    loan, typed = tried.loan, tried.typed
    require(officer, WRITE, org=org, amount_cents=loan["outstanding_cents"])
    # Whoever offers for the same loan at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    made = Offer.objects.filter(pk=offer_id).first()
    if made is not None:
        return made
    if typed.faults or not typed.changes or by not in Offer.By.values:
        raise FormWrong(message=" ".join(typed.faults) or _("方案是空的。"), hint=_("请填写至少一项变更。"))
    open_ones = Restructuring.objects.filter(loan_id=loan["loan_id"], state__in=("open", "proposed"))
    held = open_ones.first()
    if held is None:
        held = Restructuring.objects.create(
            id=held_id, org=org, state=Restructuring.State.OPEN, loan_id=loan["loan_id"],
            debtor_id=loan["debtor_id"], debtor_name=tried.debtor_name[:200],
            outstanding_cents=loan["outstanding_cents"], on=day.on, opened_by=officer,
        )  # fmt: skip
    check_begins(held, (Restructuring.State.OPEN,))
    last = held.offers.aggregate(last=Max("round"))["last"] or 0
    made = Offer.objects.create(
        id=offer_id, restructuring=held, round=last + 1, by=by, on=day.on, made_by=officer,
        typed=dict(typed.fields), changes=[[each.kind, dict(each.terms)] for each in typed.changes],
        figures=tried.figures, instalments=tried.instalments,
    )  # fmt: skip
    record(officer, "restructure.offered", held, org=org, run_id=day.run_id, offer=str(made.pk), round=made.round,
           by=by, changes=made.changes)  # fmt: skip
    return made


@transaction.atomic
def offer_answer(officer: Officer, offer_id: UUID, answer: str, *, note: str, day: BusinessDay) -> Offer:
    """Keep what the other side said to an offer, once.

    Permission  restructure.write in the office.
    Leaves      the answer, an audit entry. Raises NotPermitted, ReasonMissing, FormWrong, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    made = Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id).first()
    held = None if made is None else _held(made.restructuring_id)
    if made is None or held is None:
        raise NotFoundHere(message=_("没有这个方案。"), hint=_("请从列表进入。"))
    require(officer, WRITE, org=held.org)
    check_begins(held, (Restructuring.State.OPEN,))
    if answer not in {Offer.Answer.ACCEPTED, Offer.Answer.DECLINED} or made.answer != Offer.Answer.WAITING:
        raise FormWrong(message=_("该方案已有答复，或答复不对。"), hint=_("请刷新页面。"), where={"field": "answer"})
    made.answer, made.answered_on, made.answered_by = answer, day.on, officer
    made.answer_note = require_reason(note)
    made.save(update_fields=["answer", "answered_on", "answered_by", "answer_note"])
    record(officer, "restructure.answered", held, org=held.org, run_id=day.run_id, reason=made.answer_note,
           offer=str(made.pk), round=made.round, answer=answer)  # fmt: skip
    return made


@transaction.atomic
def restructuring_drop(
    officer: Officer, held_id: UUID, *, seen_version: int, reason: str, day: BusinessDay
) -> Restructuring:
    """Give a negotiation up, with a reason. Permission restructure.write. Move open -> dropped.

    Raises NotPermitted, StaleView, IllegalMove, ReasonMissing, NotFoundHere.
    """
    refuse_past(day)
    held = _held(held_id)
    require(officer, WRITE, org=held.org)
    reason = require_reason(reason)
    before = move(held, Restructuring.State.DROPPED, seen_version=seen_version)
    record(officer, "restructure.dropped", held, org=held.org, run_id=day.run_id, reason=reason, before=before)
    return held


@transaction.atomic
def restructuring_propose(
    officer: Officer, held_id: UUID, offer_id: UUID, *, seen_version: int, difficulty: str, reason: str,
    day: BusinessDay, ground: str = "",
) -> Restructuring:  # fmt: skip
    """Propose an offer that both sides agreed on; it is tried once more on the day.

    difficulty  of those that the law lists; empty where the debtor is in none.
    ground      of the rule of writing off, where the offer writes principal off.

    Permission  restructure.write in the office, for the amount of the matter.
    Move        open -> proposed.
    Leaves      a case waiting for the next step, work, an audit entry.
    Raises NotPermitted, StaleView, ReasonMissing, FormWrong where it is not agreed on or not possible; IllegalMove
    where the law forbids it, principal is written off without a ground or beyond what is on the book, or another way
    out of the loan is under way or decided already.
    """
    refuse_past(day)
    held, reason = _held(held_id), require_reason(reason)
    check_seen(held, seen_version)
    check_begins(held, (Restructuring.State.OPEN,))
    offer = held.offers.filter(pk=offer_id, answer=Offer.Answer.ACCEPTED).first()
    if offer is None or (difficulty and difficulty not in SAID["difficulty"]):
        raise FormWrong(message=_("只能报批双方都同意的方案。"), hint=_("先登记对方的答复。"), where={"field": "offer"})
    check_alone([held.loan_id], day, but=held.subject)
    tried = tried_again(held, offer, day, on=effective_day(day), difficulty=difficulty)
    check_bounds(tried, day)
    check_write_off(tried, ground, day)
    held.difficulty, held.reason, held.chosen = difficulty, reason, offer
    held.waived_cents, held.ground = tried.typed.waived_cents, ground if tried.typed.off_cents else ""
    chain = _chain_of(tried)
    held.amount_cents = held.waived_cents if chain == WAIVES else tried.loan["outstanding_cents"]
    held.case = case_drawn_up(
        chain, subject=held.subject, title=held.debtor_name,
        org_id=held.org_id, page=reverse("restructure:restructuring", args=[held.pk]),
        amount_cents=held.amount_cents, day=day,
    )  # fmt: skip
    held.case.save()
    _keep_figures(offer, tried)
    held.save(update_fields=["difficulty", "reason", "chosen", "waived_cents", "ground", "amount_cents", "case"])
    move(held, Restructuring.State.PROPOSED, seen_version=seen_version)
    case_work(step_first(officer, held.case, reason=reason, day=day), on=day.on)
    return held


@transaction.atomic
def restructuring_decide(
    officer: Officer, held_id: UUID, verdict: str, *, seen_version: int, decision_id: UUID, reason: str,
    day: BusinessDay,
) -> Restructuring:  # fmt: skip
    """Take the step that a restructuring waits for: agree, or turn it down with a reason (同意、否决).

    seen_version  of the case that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps; at the last
                step also restructure.waive for what is given up of interest, penalty and fees, and disposal.approve
                for the principal that is written off.
    Move        proposed -> approved or refused.
    Leaves      a step, an audit entry, after the last step decisions from the next business day on, in their order.
    Raises NotPermitted, SamePerson, StaleView, ReasonMissing, NotFoundHere; IllegalMove where a consent is missing, the
    law forbids it by now, or another way out of the loan was decided meanwhile.
    """
    refuse_past(day)
    held = _held(held_id)
    if held.decisions.filter(pk=_id_of(decision_id, 0)).exists():
        return held
    check_begins(held, (Restructuring.State.PROPOSED,))
    assert held.case_id is not None and held.chosen is not None  # noqa: S101, PT018 - what is proposed has both
    case = case_held(held.case_id)
    forbid_same_person(officer, others=[held.chosen.made_by] if case.is_at_last_step else [])
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state == Case.State.REFUSED:
        move(held, Restructuring.State.REFUSED, seen_version=held.version)
    elif case.state == Case.State.APPROVED:
        if held.waived_cents:
            require(officer, WAIVE, org=held.org, amount_cents=held.waived_cents)
        if off_cents := off_cents_of(Change(kind, terms) for kind, terms in held.chosen.changes):
            require(officer, WRITES_OFF, org=held.org, amount_cents=off_cents)
        _approve(officer, held, held.chosen, decision_id, day)
    case_work(case, on=day.on, note=reason)
    return held


def _approve(officer: Officer, held: Restructuring, offer: Offer, decision_id: UUID, day: BusinessDay) -> None:
    check_alone([held.loan_id], day, but=held.subject)
    tried = tried_again(held, offer, day, on=effective_day(day), difficulty=held.difficulty)
    check_bounds(tried, day)
    check_write_off(tried, held.ground, day)
    check_consents(held, tried, day)
    _keep_figures(offer, tried)
    held.effective_on = effective_day(day)
    move(held, Restructuring.State.APPROVED, seen_version=held.version)
    held.save(update_fields=["effective_on"])
    made = [
        decide(
            decision_id=_id_of(decision_id, place), kind=change.kind, loan_id=held.loan_id, debtor_id=held.debtor_id,
            effective_on=held.effective_on, terms=_signed(change, officer, held, day), officer=officer, org=held.org,
        )
        for place, change in enumerate(_decisions_of(held, tried))
    ]  # fmt: skip
    held.decisions.set(made)
    consents_tell(officer, held, day)


def _decisions_of(held: Restructuring, tried: Tried) -> Sequence[Change]:
    """The changes as decisions, before them that the loan is restructured, with what its row will show of it."""
    if not held.difficulty:
        return tried.typed.changes
    terms: dict[str, Any] = {
        "difficulty": held.difficulty, "adjustment": adjustment_of(tried.typed.changes), "note": held.reason,
    }  # fmt: skip
    if tried.new_end is not None:
        terms["matures_on"] = tried.new_end.isoformat()
    rates = [change.terms["annual_rate"] for change in tried.typed.changes if change.kind == "rate_change"]
    if rates:
        terms["annual_rate"] = rates[-1]
    return (Change("restructure", terms), *tried.typed.changes)


def _chain_of(tried: Tried) -> str:
    """Who agrees: to a waiver alone fewer, and to principal that leaves the book more."""
    if tried.typed.off_cents:
        return RESTRUCTURES_AND_WRITES_OFF
    return WAIVES if {change.kind for change in tried.typed.changes} == {"waiver"} else RESTRUCTURES


def _signed(change: Change, officer: Officer, held: Restructuring, day: BusinessDay) -> dict[str, Any]:
    """The terms of a change, with who approved it, and of a write-off with its ground."""
    terms = dict(change.terms)
    if "approver" in terms:
        terms["approver"] = officer.get_username()
    if "ground" in terms:
        terms["ground"] = ground_written(held.ground, day)
    return terms


def _keep_figures(offer: Offer, tried: Tried) -> None:
    """What the offer comes to by now: days may lie between an offer and its approval."""
    offer.figures, offer.instalments = tried.figures, tried.instalments
    offer.save(update_fields=["figures", "instalments"])


def _id_of(decision_id: UUID, place: int) -> UUID:
    """The id of one of several decisions of a page: they sort as they are to be taken, and twice is once."""
    return UUID(int=decision_id.int >> _PLACES << _PLACES | place)


def _held(held_id: UUID) -> Restructuring:
    found = (
        Restructuring.objects.select_for_update(of=("self",))
        .select_related("org", "chosen__made_by")
        .filter(pk=held_id)
        .first()
    )
    if found is None:
        raise NotFoundHere(message=_("没有这个重组事项。"), hint=_("请从列表进入。"))
    return found
