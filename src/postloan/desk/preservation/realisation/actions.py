"""Agreements with owners of collateral: proposed, agreed to by authority, given up; the thing taken at its value."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.collateral.release.actions import check_papers_rest, gone_tell
from postloan.desk.core.actions import check_begins, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.officers.queries import office_over
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.outcomes.realised.actions import Thing, asset_realised
from postloan.desk.preservation.grants import WRITE
from postloan.desk.preservation.models import Realisation
from postloan.desk.preservation.queries import one_held
from postloan.desk.preservation.realisation.checked import (
    NewAgreement,
    cases_of,
    check_cases,
    check_due,
    check_form,
    check_standing,
    check_value,
)
from postloan.errors import FormWrong
from postloan.plan.collateral_proceeds import Division, divide_proceeds
from postloan.rules.preservation_desk import AgreedRule

State = Realisation.State
SELL, SETTLE, SURPLUS = "realisation_sell", "realisation_settle", "realisation_surplus"
KINDS = (SELL, SETTLE, SURPLUS)


@transaction.atomic
def realisation_propose(
    officer: Officer, standing: Mapping[str, Any], new: NewAgreement, *, offered: Sequence[Mapping[str, Any]],
    key: UUID, reason: str, rule: AgreedRule, day: BusinessDay,
) -> Realisation:  # fmt: skip
    """Propose what was agreed with the owner of a collateral. Twice with one key is once.

    standing  as the page showed it, within the officer's offices; offered  the prices that the page proposed.

    Permission  preservation.write in the office, for the larger of the day's value and the price.
    Leaves      an agreement, a case that waits for the next step of the way's chain, work, an audit entry.
    Raises NotPermitted, ReasonMissing; FormWrong for a price outside the rule, an agreement made before a debt was due,
    or another under way; IllegalMove on a past day, on a stale valuation, or where the collateral is not free.
    Source  Civil Code Arts. 410, 413, 436, 438.
    """
    refuse_past(day)
    org, value_cents = office_over([standing["org_id"]]), int(standing["value_cents"] or 0)
    amount_cents = max(value_cents, new.price_cents)
    require(officer, WRITE, org=org, amount_cents=amount_cents)
    reason, collateral_id = require_reason(reason), str(standing["collateral_id"])
    # Whoever proposes the same at the same moment waits here, and then sees this one.
    Org.objects.select_for_update().get(pk=org.pk)
    made = Realisation.objects.filter(pk=key).first()
    if made is not None:
        return made
    if Realisation.objects.filter(collateral_id=collateral_id, state__in=Realisation.RUNNING).exists():
        raise FormWrong(message=_("该押品已有协议处置在办。"), hint=_("请先办结或放弃。"))
    check_value(standing, day.on, rule)
    check_form(new, value_cents, rule, day)
    division = _checked(standing, new.way, new.cause, new.agreed_on, new.price_cents, new.costs_cents, day)
    case = _case(f"realisation_{new.way}", key, standing, org, amount_cents, day)
    made = Realisation.objects.create(
        id=key, org=org, state=State.PROPOSED, collateral_id=collateral_id,
        name=str(standing["description"] or collateral_id)[:200], kind=standing["kind"],
        owner_id=str(standing["owner_id"] or ""), debtor_id=str(standing["debtor_id"] or ""),
        debtor_name=str(standing["debtor_name"] or "")[:200], right=new.right, way=new.way, cause=new.cause,
        asset_kind=new.asset_kind, agreed_on=new.agreed_on, reference=new.reference.strip()[:100],
        value_cents=value_cents, valued_on=standing["valued_on"], price_cents=new.price_cents,
        costs_cents=new.costs_cents, offered=[dict(each) for each in offered], division=division.told, reason=reason,
        on=day.on, made_by=officer, approval=case,
    )  # fmt: skip
    record(officer, "realisation.proposed", made, org=org, run_id=day.run_id, reason=reason, way=made.way,
           collateral_id=collateral_id, price_cents=made.price_cents, value_cents=value_cents,
           surplus_cents=division.surplus_cents)  # fmt: skip
    case_work(step_first(officer, case, reason=reason, day=day), on=day.on)
    return made


@transaction.atomic
def realisation_decide(
    officer: Officer, key: UUID, verdict: str, standing: Mapping[str, Any], deed: Deed, rule: AgreedRule
) -> Realisation:
    """Take the step that an agreement waits for: agree, or turn it down with a reason.

    standing  of the collateral today. deed  its seen_version is of the case that the page showed.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Move        proposed -> agreed or refused; to closed at once where the bank takes the thing.
    Leaves      a step, an audit entry; after the last, work to sell the thing, or what taking it comes to.
    Raises NotPermitted, SamePerson, StaleView, ReasonMissing, NotFoundHere; IllegalMove where the valuation has become
    stale or the collateral is not free any more.
    """
    refuse_past(deed.day)
    held = one_held(Realisation, key, "org")
    check_begins(held, [State.PROPOSED])
    case = case_held(held.approval_id)
    verdict_take(officer, case, verdict, seen_version=deed.seen_version, reason=deed.reason, day=deed.day)
    if case.state == Case.State.REFUSED:
        move(held, State.REFUSED, seen_version=held.version)
    elif case.state == Case.State.APPROVED:
        check_value(standing, deed.day.on, rule)
        division = _checked(
            standing, held.way, held.cause, held.agreed_on, held.price_cents, held.costs_cents, deed.day
        )
        move(held, State.AGREED, seen_version=held.version)
        held.division, held.due_on = division.told, deed.day.on + timedelta(days=rule.sell.days)
        held.save(update_fields=["division", "due_on"])
        if held.way == Realisation.Way.CONVERT:
            _take(officer, held, division, deed, rule)
        else:
            next_work(held, SELL, held.due_on, held.price_cents, deed.day)
    case_work(case, on=deed.day.on, note=deed.reason)
    return held


@transaction.atomic
def realisation_drop(officer: Officer, key: UUID, deed: Deed) -> Realisation:
    """Give up an agreement that came to nothing: no bidder, a buyer who does not pay, an owner who withdraws.

    Permission  preservation.write in the office. Move agreed or sold -> dropped.
    Leaves an audit entry; its work is done.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove.
    """
    refuse_past(deed.day)
    held = one_held(Realisation, key, "org")
    require(officer, WRITE, org=held.org)
    reason = require_reason(deed.reason)
    check_begins(held, [State.AGREED, State.SOLD])
    before = move(held, State.DROPPED, seen_version=deed.seen_version)
    work_close(KINDS, held.subject, on=deed.day.on, note=reason)
    record(officer, "realisation.dropped", held, org=held.org, run_id=deed.day.run_id, reason=reason, before=before)
    return held


def closed(officer: Officer, held: Realisation, surplus_cents: int, day: BusinessDay, rule: AgreedRule) -> None:
    """Close a disposal: the collateral goes, and what is beyond the claims is to be given to its owner.

    The caller asked who may, holds the row and moved it. Leaves rows of collateral for the night, work, an audit entry.
    """
    held.surplus_cents, held.closed_on = surplus_cents, day.on
    held.given = gone_tell(
        held.made_by, held.collateral_id, "sold", title=held.debtor_name or held.collateral_id, org=held.org,
        page=reverse("preservation:realisation", args=[held.pk]), day=day,
    )  # fmt: skip
    held.due_on = day.on + timedelta(days=rule.surplus.days) if surplus_cents else None
    held.save(update_fields=["surplus_cents", "closed_on", "given", "due_on"])
    work_close(KINDS, held.subject, on=day.on)
    if held.due_on is not None:
        next_work(held, SURPLUS, held.due_on, surplus_cents, day)
    record(officer, "realisation.closed", held, org=held.org, run_id=day.run_id, collateral_id=held.collateral_id,
           surplus_cents=surplus_cents, owner_id=held.owner_id, division=held.division)  # fmt: skip


def next_work(held: Realisation, kind: str, due_on: date, amount_cents: int, day: BusinessDay) -> None:
    """Let work be what comes next of a disposal, in the place of what was before."""
    work_close(KINDS, held.subject, on=day.on)
    work_open([WorkItem(
        kind=kind, subject=held.subject, title=held.debtor_name or held.collateral_id, org_id=held.org_id,
        officer_id=held.made_by_id, due_on=due_on, opened_on=day.on, amount_cents=amount_cents,
        page=reverse("preservation:realisation", args=[held.pk]), told=held.collateral_id, state=WorkItem.State.OPEN,
    )])  # fmt: skip


def _case(kind: str, key: UUID, standing: Mapping[str, Any], org: Org, amount_cents: int, day: BusinessDay) -> Case:
    case = case_drawn_up(
        kind, subject=f"realisation:{key}", title=str(standing["debtor_name"] or standing["collateral_id"]),
        page=reverse("preservation:realisation", args=[key]), org_id=org.pk, amount_cents=amount_cents, day=day,
    )  # fmt: skip
    case.save()
    return case


def _checked(
    standing: Mapping[str, Any], way: str, cause: str, agreed_on: date, price_cents: int, costs_cents: int,
    day: BusinessDay,
) -> Division:  # fmt: skip
    """Divide a price by what is owed on the day, where nothing stops the collateral from being disposed of."""
    division = divide_proceeds(
        day.home, day.on, str(standing["collateral_id"]), price_cents=price_cents, costs_cents=costs_cents
    )
    check_standing(standing, division)
    check_due(cause, agreed_on, [each.loan_id for each in division.loans], day)
    check_cases(way, division)
    return division


def _take(officer: Officer, held: Realisation, division: Division, deed: Deed, rule: AgreedRule) -> None:
    """Let the bank take the thing: its price meets the loans, and the largest part stands for the thing itself."""
    check_papers_rest(held.collateral_id)
    cases = cases_of(division)
    paid = sorted((each for each in division.loans if each.paid_cents), key=lambda each: -each.paid_cents)
    thing: Thing | None = Thing(held.collateral_id, held.name, held.asset_kind, held.price_cents)
    for each in paid:
        reason = held.reason if not deed.reason.strip() else deed.reason
        part = Deed(uuid5(held.pk, each.loan_id), 0, reason, deed.day)
        asset_realised(
            officer, cases[each.debtor_id], part, loan_id=each.loan_id, cents=each.paid_cents,
            reference=held.reference, thing=thing,
        )  # fmt: skip
        thing = None
    move(held, State.CLOSED, seen_version=held.version)
    closed(officer, held, division.surplus_cents, deed.day, rule)
