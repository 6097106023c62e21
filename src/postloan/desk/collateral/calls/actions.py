"""Calls: opened as a day is adopted, told to the borrower by a letter, answered, and closed by a second person."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.collateral.matters.actions import WRITE, effects, matter_made
from postloan.desk.collateral.models import Call, Matter
from postloan.desk.contact.serving.actions import served_tell
from postloan.desk.core.actions import check_begins, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.officers.queries import officers_by_number
from postloan.desk.core.work.actions import work_close, work_open
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.rules.collateral_desk import CallRule, CollateralDesk
from postloan.rules.desk_rules import DeskRules
from postloan.snapshot.read import read_of_bank, scan_debtors

CALL = "collateral_call"
"""The kind of work that a call is until it is closed."""


@transaction.atomic
def calls_open(day: BusinessDay, rules: DeskRules) -> int:
    """Call the loans of a published day that fall short by as much as the rule says. Twice is once.

    A loan with an open call is not called again; what is waived stays so until its shortfall is larger than the one
    that was waived. Leaves calls, work and one audit entry; returns how many calls were opened.
    Source  regulations COL-14; Civil Code Art. 408.
    """
    rule = rules.version("collateral", CollateralDesk, day.on).call
    short = read_of_bank(day.home, day.on, "loan_to_value").filter(pl.col("shortfall_cents") >= max(rule.from_cents, 1))
    offices = set(Org.objects.values_list("pk", flat=True))
    is_open = set(Call.objects.exclude(state=Call.State.CLOSED).values_list("loan_id", flat=True))
    waived = dict(
        Call.objects.filter(answer=Call.Answer.WAIVED, state=Call.State.CLOSED).order_by("pk")
        .values_list("loan_id", "shortfall_cents")
    )  # fmt: skip
    fresh = [
        row for row in short.sort("loan_no").iter_rows(named=True)
        if row["org_id"] in offices and row["loan_id"] not in is_open
        and row["shortfall_cents"] > waived.get(row["loan_id"], 0)
    ]  # fmt: skip
    if not fresh:
        return 0
    asked = pl.Series([row["debtor_no"] for row in fresh]).unique()
    debtors = scan_debtors(day.home, day.on).filter(pl.col("debtor_no").is_in(asked.implode()))
    names = dict(debtors.select("debtor_id", "name").collect().iter_rows())
    officers = officers_by_number()
    due_on = day.on + timedelta(days=rule.due_in_days)
    made = Call.objects.bulk_create([_call(row, names, officers, day, due_on) for row in fresh], batch_size=500)
    opened = work_open([_work(call, day) for call in made])
    record(None, "collateral.called", "collateral", run_id=day.run_id, on=day.on, calls=opened,
           shortfall_cents=sum(row["shortfall_cents"] for row in fresh))  # fmt: skip
    return opened


def _call(
    row: Mapping[str, Any], names: Mapping[str, str], officers: Mapping[str, int], day: BusinessDay, due_on: date
) -> Call:
    return Call(
        org_id=row["org_id"], state=Call.State.OPEN, loan_id=row["loan_id"], debtor_id=row["debtor_id"],
        debtor_name=(names.get(row["debtor_id"]) or "")[:200], officer_id=officers.get(row["officer_id"]),
        secured_cents=row["secured_cents"], value_cents=row["value_cents"], ltv_e8=row["ltv_e8"],
        shortfall_cents=row["shortfall_cents"], on=day.on, due_on=due_on,
    )  # fmt: skip


def _work(call: Call, day: BusinessDay) -> WorkItem:
    return WorkItem(
        kind=CALL, subject=_subject(call), title=call.debtor_name, told=call.loan_id, org_id=call.org_id,
        page=reverse("collateral:call", args=[call.pk]), officer_id=call.officer_id, due_on=call.due_on,
        amount_cents=call.shortfall_cents, opened_on=day.on, state=WorkItem.State.OPEN,
    )  # fmt: skip


def _subject(call: Call) -> str:
    return f"call:{call.loan_id}"


@transaction.atomic
def call_notice(
    officer: Officer, call_id: int, *, sent_on: date, way: str, note: str, seen_version: int, day: BusinessDay
) -> Call:
    """Record that the borrower was told by letter.

    Permission  collateral.write in the office. Move  open -> noticed.
    Leaves      an entry of the ledger of contact, which the borrower may see; an audit entry.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, FormWrong, NotFoundHere.
    """
    refuse_past(day)
    held = _held(call_id)
    require(officer, WRITE, org=held.org)
    if way not in Call.Way.values or not held.on <= sent_on <= day.on:
        raise FormWrong(
            message=_("送达方式或送达日不对。"),
            hint=_("送达日在 %(first)s 至 %(last)s 之间。") % {"first": held.on, "last": day.on},
            where={"field": "sent_on"},
        )
    check_begins(held, [Call.State.OPEN])
    held.sent_on, held.way, held.note = sent_on, way, require_reason(note)
    move(held, Call.State.NOTICED, seen_version=seen_version)
    held.save(update_fields=["sent_on", "way", "note"])
    anchor = served_tell(
        officer, held.debtor_id, held.debtor_id, "debtor", channel="email" if way == Call.Way.EMAIL else "letter",
        purpose="collateral", on=sent_on,
    )  # fmt: skip
    record(officer, "collateral.call_noticed", held, org=held.org, run_id=day.run_id, reason=held.note,
           sent_on=sent_on.isoformat(), way=way, **anchor)  # fmt: skip
    return held


@transaction.atomic
def call_answer(
    officer: Officer, call_id: int, answer: str, *, stands: Mapping[str, Any] | None, reason: str, seen_version: int,
    matter_id: UUID, rule: CallRule, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Propose to close a call: by more collateral or a repayment, which the night must show, or by a waiver.

    stands  the loan beside its collateral on the day; None where nothing is owed or secured any more.

    Permission  collateral.write in the office, for the shortfall.
    Move        noticed -> answered; the second person closes it, or it is noticed again.
    Raises what matter_made raises; IllegalMove where the loan still falls short.
    """
    made = Matter.objects.filter(pk=matter_id).first()
    if made is not None:
        return made
    held = _held(call_id)
    if answer not in Call.Answer.values:
        raise FormWrong(message=_("没有这种处理方式。"), hint=_("请使用页面上的按钮。"), where={"field": "answer"})
    short_cents = 0 if stands is None else int(stands["shortfall_cents"])
    if answer != Call.Answer.WAIVED and short_cents >= max(rule.from_cents, 1):
        raise IllegalMove(
            message=_("按当日数据，该借据仍有担保缺口，不能销号。"),
            hint=_("待补充的押品或还款进入夜间批处理后再提交，或申请豁免。"), where={"shortfall_cents": short_cents},
        )  # fmt: skip
    check_begins(held, [Call.State.NOTICED])
    made = matter_made(
        officer, answer, matter_id=matter_id, org=held.org, title=held.debtor_name or held.loan_id, reason=reason,
        told={"loan_id": held.loan_id, "debtor_id": held.debtor_id, "shortfall_cents": held.shortfall_cents,
              "left_cents": short_cents}, amount_cents=held.shortfall_cents, day=day, call=held,
    )  # fmt: skip
    move(held, Call.State.ANSWERED, seen_version=seen_version)
    return made


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    held = _held(matter.call_id or 0)
    move(held, Call.State.CLOSED, seen_version=held.version)
    held.answer, held.closed_on = matter.kind, day.on
    if matter.kind == Matter.Kind.WAIVER:
        # A waiver holds for what was short when it was given.
        held.shortfall_cents = max(int(matter.told["left_cents"]), held.shortfall_cents)
    held.save(update_fields=["answer", "closed_on", "shortfall_cents"])
    work_close((CALL,), _subject(held), on=day.on, note=matter.reason)
    record(officer, "collateral.call_closed", held, org=held.org, run_id=day.run_id, answer=held.answer)


def _refused(matter: Matter, _officer: Officer, _day: BusinessDay) -> None:
    held = _held(matter.call_id or 0)
    move(held, Call.State.NOTICED, seen_version=held.version)


def _held(call_id: int) -> Call:
    found = Call.objects.select_for_update(of=("self",)).select_related("org").filter(pk=call_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这份通知。"), hint=_("请从列表进入。"))
    return found


for _kind in (Matter.Kind.MORE, Matter.Kind.REPAID, Matter.Kind.WAIVER):
    effects(_kind, agreed=_agreed, refused=_refused)
