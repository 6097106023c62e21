"""Placing cases with an agency in a batch, beginning when the debtor was told, and taking them back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.agency.actions import WRITE, agency_held, rules_on
from postloan.desk.agency.models import Agency, Placement
from postloan.desk.book.narrow import debtor_rows, loan_rows
from postloan.desk.collection.court.actions import case_place, case_take_back
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.actions import move, record, refuse_past, require, require_reason
from postloan.desk.core.authority import today
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.outbox.actions import NewMessage, messages_put
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.written import About, filled, messages_now, template_named
from postloan.errors import FormWrong, NotFoundHere, PostloanError
from postloan.plan.contact.parties import Party
from postloan.plan.contact.reached import parties_in_bulk

State = Placement.State


@transaction.atomic
def cases_place(
    officer: Officer, agency_id: int, case_ids: Sequence[int], batch: UUID, *, reason: str, day: BusinessDay
) -> int:
    """Place open cases with a listed agency (委托). Each debtor is told first; until then the case stays in the queue.

    batch  made by the page: the same again changes nothing.

    Permission  agency.write in the head office, and in each case's office.
    Leaves      a message and a waiting placement each, one audit entry. Returns how many are new.
    Raises NotPermitted, NotFoundHere, ReasonMissing, IllegalMove; FormWrong where the agency is not listed or its
    contract does not run, or a case is not in the queue.
    Source      COLL-08, COLL-30.
    """
    refuse_past(day)
    agency, rules = agency_held(agency_id), rules_on(day.on)
    require(officer, WRITE, org=agency.org)
    reason = require_reason(reason)
    if Placement.objects.filter(batch=batch).exists():
        return 0
    schedule = rules.schedule(agency.schedule)
    if not agency.may_work(today()) or schedule is None:
        raise FormWrong(
            message=_("这家机构不在名单上，或合同不在有效期内。"), hint=_("请选择名单上的机构。"),
            where={"field": "agency"},
        )  # fmt: skip
    found = CollectionCase.objects.select_for_update(of=("self",)).select_related("org").filter(
        pk__in=case_ids, state=CollectionCase.State.OPEN
    )  # fmt: skip
    taken = set(Placement.objects.filter(state__in=["waiting", "running"]).values_list("case_id", flat=True))
    cases = [case for case in found if case.pk not in taken]
    if not cases or len(cases) < len(set(case_ids)):
        raise FormWrong(
            message=_("有案件不在队列中，或已委托。"), hint=_("请刷新后重新选择。"), where={"field": "ticked"}
        )
    for org in {case.org_id: case.org for case in cases}.values():
        require(officer, WRITE, org=org)
    told = _tell(agency, cases, batch, day)
    Placement.objects.bulk_create([
        Placement(
            state=State.WAITING, org=case.org, agency=agency, case=case, batch=batch, debtor_id=case.debtor_id,
            debtor_name=case.debtor_name, told=told[case.debtor_id], owed_cents=case.cure_cents,
            days_past_due=case.days_past_due, share_e8=schedule.share_e8(case.days_past_due), placed_by=officer,
            placed_on=day.on, why=reason,
        )
        for case in cases
    ])  # fmt: skip
    record(officer, "agency.placed", agency, org=agency.org, run_id=day.run_id, reason=reason, batch=str(batch),
           cases=[case.pk for case in cases], owed_cents=sum(case.cure_cents for case in cases))  # fmt: skip
    return len(cases)


def _tell(agency: Agency, cases: Sequence[CollectionCase], batch: UUID, day: BusinessDay) -> dict[str, Message]:
    """Put the message that tells each debtor into the outbox. Returns it by debtor."""
    notice, texts = rules_on(day.on).notice, messages_now()
    template = template_named(texts, notice.message)
    ids = [case.debtor_id for case in cases]
    customers = debtor_rows(day)
    loans = loan_rows(day).filter(pl.col("debtor_id").is_in(ids)).unique("debtor_id", keep="first", maintain_order=True)
    asked = loans.join(customers.select("debtor_id", "debtor_no"), on="debtor_id")
    rows = parties_in_bulk(
        day.home, day.on, asked.select("loan_no", "debtor_no", "debtor_id", "shard"), customers, roles=["debtor"]
    )
    parties = {
        row["debtor_id"]: Party(row["party_id"], row["name"], "debtor", row["form"], row["region"], row["phone"])
        for row in rows.iter_rows(named=True)
    }  # fmt: skip
    from_on = today() + timedelta(days=notice.days)
    orgs = {each.pk: each for each in Org.objects.filter(pk__in={case.org_id for case in cases})}
    new = []
    for case in cases:
        party = parties.get(case.debtor_id) or Party(case.debtor_id, case.debtor_name, "debtor", "person", "", None)
        about = About(party.name, case.debtor_name, agency=agency.name, from_on=from_on, on=day.on)
        said = filled(texts, template, about, orgs[case.org_id])
        new.append(NewMessage(
            key=f"agency:{batch}:{case.debtor_id}", cause="agency", template=template, debtor_id=case.debtor_id,
            debtor_name=case.debtor_name, org_id=case.org_id, party=party, title=said.title, text=said.text,
            made_on=day.on, useful_until=from_on + timedelta(days=notice.days), amount_cents=case.cure_cents,
        ))  # fmt: skip
    messages_put(new, made_by=None, at=timezone.now())
    made = Message.objects.filter(key__in=[each.key for each in new])
    return {each.debtor_id: each for each in made}


def placements_begin(*, day: BusinessDay) -> int:
    """Let placements begin whose debtor was told some days ago; each by itself, in the name of who placed it.

    One that cannot begin waits. It is taken back where its message never went out, where it did not arrive and the days
    are over, or where the agency may work no more. Returns how many began.
    Permission  what `case_place` asks of who placed it.
    Source      COLL-08, COLL-30.
    """
    notice = rules_on(day.on).notice
    waiting = Placement.objects.filter(state=State.WAITING).select_related("told", "placed_by", "agency")
    began = 0
    for each in waiting:
        if each.told.state in {Message.State.CANCELLED, Message.State.EXPIRED}:
            _end_alone(each.pk, State.RECALLED, "debtor not told", day)
        elif not each.agency.may_work(today()):
            _end_alone(each.pk, State.RECALLED, "contract ended", day)
        elif each.told.sent_at and timezone.localdate(each.told.sent_at) + timedelta(days=notice.days) <= today():
            if each.told.state == Message.State.UNDELIVERED:
                _end_alone(each.pk, State.RECALLED, "debtor not told", day)
            else:
                began += _begin_alone(each, day)
    return began


def _begin_alone(placement: Placement, day: BusinessDay) -> int:
    try:
        placement_begin(placement, day=day)
    except PostloanError as fault:
        # Who placed it may not any more, or the case has moved on: it does not begin.
        _end_alone(placement.pk, State.RECALLED, fault.code, day)
        return 0
    return 1


@transaction.atomic
def placement_begin(placement: Placement, *, day: BusinessDay) -> None:
    """Let one placement begin. Move  waiting -> running; the case leaves the queue. Raises what `case_place` raises."""
    held = Placement.objects.select_for_update(of=("self",)).select_related("case", "agency").get(pk=placement.pk)
    case_place(
        placement.placed_by, held.case_id, reason=held.agency.name, seen_version=held.case.version, day=day
    )  # fmt: skip
    move(held, State.RUNNING, seen_version=held.version)
    held.begins_on = day.on
    held.save(update_fields=["begins_on"])
    record(placement.placed_by, "agency.placement_began", held, org=placement.agency.org, debtor=held.debtor_id)


@transaction.atomic
def _end_alone(placement_id: int, state: str, why: str, day: BusinessDay) -> None:
    held = Placement.objects.select_for_update(of=("self",)).get(pk=placement_id)
    move(held, state, seen_version=held.version)
    held.ended_on, held.why = day.on, why[:1000]
    held.save(update_fields=["ended_on", "why"])
    record(None, "agency.placement_ended", held, debtor=held.debtor_id, why=why)


def placements_end(*, day: BusinessDay) -> int:
    """End the placements whose case was closed by a night. Returns how many."""
    over = Placement.objects.filter(state=State.RUNNING, case__state=CollectionCase.State.CLOSED)
    keys = list(over.values_list("pk", flat=True))
    for key in keys:
        _end_alone(key, State.ENDED, "case closed", day)
    return len(keys)


@transaction.atomic
def placement_recall(
    officer: Officer, placement_id: int, *, reason: str, seen_version: int, day: BusinessDay
) -> Placement:
    """Take a case back from its agency (收回): it lies in the queue again.

    Permission  agency.write in the head office; collection.manage in the case's office where it was placed already.
    Move        waiting or running -> recalled.
    Raises NotPermitted, NotFoundHere, ReasonMissing, StaleView, IllegalMove.
    """
    refuse_past(day)
    related = ("agency", "agency__org", "case", "told")
    held = Placement.objects.select_for_update(of=("self",)).select_related(*related).filter(pk=placement_id).first()
    if held is None:
        raise NotFoundHere(message=_("没有这笔委托。"), hint=_("请从列表进入。"))
    require(officer, WRITE, org=held.agency.org)
    reason = require_reason(reason)
    before = move(held, State.RECALLED, seen_version=seen_version)
    held.ended_on, held.why = day.on, reason
    held.save(update_fields=["ended_on", "why"])
    if before == State.RUNNING and held.case.state == CollectionCase.State.PLACED:
        case_take_back(officer, held.case_id, reason=reason, seen_version=held.case.version, day=day)
    record(officer, "agency.recalled", held, org=held.agency.org, run_id=day.run_id, reason=reason, before=before)
    return held
