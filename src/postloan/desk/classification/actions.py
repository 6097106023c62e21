"""Classing: batches are opened, opinions given, determined and approved; what people find goes to the night."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_held, step_agree, step_return, steps_agree_all
from postloan.desk.approval.models import Case
from postloan.desk.approval.queries import standing_officers
from postloan.desk.classification.models import Batch, Item, Sheet
from postloan.desk.classification.opening import item_of, sheet_of
from postloan.desk.classification.opinions import Opinion, checked
from postloan.desk.classification.queries import plain_waiting, sheet_of_batch
from postloan.desk.classification.snapshots import classed_loans, edition_of, retail_loans
from postloan.desk.classification.waiting import work_keep_up
from postloan.desk.core.actions import check_seen, decide, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Decision, Officer, Org
from postloan.desk.core.officers.queries import officers_by_number
from postloan.errors import FormWrong, IllegalMove, NotFoundHere, StaleView
from postloan.rules.desk_approvals import Approvals, Classification
from postloan.rules.desk_rules import load_desk_rules
from postloan.tables.days import quarter_end

_INSERT = 1000


@transaction.atomic
def batches_open(opener: Officer | None, org_ids: Sequence[str] | None, day: BusinessDay) -> list[Batch]:
    """Open the quarter's batch of each office that has loans and no batch yet (开立批次).

    opener   without one, the bank's own machinery. org_ids: None is every office.

    Permission  classification.determine in each office.
    Leaves      batches with their items and sheets, cases, work, an audit entry a batch.
    Raises NotPermitted, IllegalMove on a past day.
    """
    refuse_past(day)
    quarter_on = quarter_end(day.on)
    rows = classed_loans(day).collect()
    held = set(Batch.objects.filter(quarter_on=quarter_on).values_list("org_id", flat=True))
    orgs = Org.objects.filter(pk__in=set(rows["org_id"].unique()) - held)
    found = orgs if org_ids is None else orgs.filter(pk__in=org_ids)
    rules, officers = load_desk_rules(day.home).version("approvals", Approvals, day.on), officers_by_number()
    return [_batch_open(opener, org, rows.filter(pl.col("org_id") == org.pk), day, rules, officers) for org in found]


def _batch_open(
    opener: Officer | None,
    org: Org,
    rows: pl.DataFrame,
    day: BusinessDay,
    rules: Approvals,
    officers: Mapping[str, int],
) -> Batch:
    if opener is not None:
        require(opener, "classification.determine", org=org)
    batch = Batch.objects.create(
        org=org, quarter_on=quarter_end(day.on), on=day.on, run_id=day.run_id, opened_by=opener, state=Batch.State.OPEN
    )
    single = rows.filter(~pl.col("is_retail")).sort("loan_id")
    items = [item_of(batch, row, rules, officers) for row in single.iter_rows(named=True)]
    Case.objects.bulk_create([item.case for item in items], batch_size=_INSERT)
    Item.objects.bulk_create(items, batch_size=_INSERT)
    retail = rows.filter("is_retail")
    if retail.height:
        sheet = sheet_of(batch, retail, rules)
        sheet.case.save()
        sheet.save()
    record(opener, "classification.opened", batch, org=org, run_id=day.run_id, on=day.on, items=len(items),
           retail=retail.height)  # fmt: skip
    _keep_up(batch.pk, day.on)
    return batch


@transaction.atomic
def opinion_give(officer: Officer, item_id: int, opinion: Opinion, *, seen_version: int, day: BusinessDay) -> Item:
    """Give an opinion on a loan, or determine it: every step but the last (初分、认定).

    Permission  the step's action in the office; another person than at the other steps.
    Leaves      the opinion, a step, an audit entry, work for the next.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, OpinionTooGood, UpgradeTooEarly.
    """
    refuse_past(day)
    item, case = _held(item_id)
    check_seen(case, seen_version)
    if case.waits_for and case.is_at_last_step:
        raise IllegalMove(
            message=_("最后一个环节只能同意或退回。"), hint=_("如不同意，请写明理由退回。"), where={"case": case.pk}
        )
    said = checked(item, opinion, day.on)
    step_agree(officer, case, seen_version=seen_version, on=day.on, run_id=day.run_id, opinion=said.opinion,
               reason=said.reason)  # fmt: skip
    item.opinion, item.opinion_tier = said.opinion, said.tier
    item.is_plain = not item.is_changed and said.opinion == Item.Opinion.AGREE
    item.save(update_fields=["opinion", "opinion_tier", "is_plain"])
    _keep_up(item.batch_id, day.on)
    return item


@transaction.atomic
def opinion_approve(
    officer: Officer, item_id: int, *, seen_version: int, decision_id: UUID, reason: str, day: BusinessDay
) -> Item:
    """Approve what was determined: the last step (审批). What is not the system's own tier goes to the night.

    Permission  the step's action in the office, for the amount; another person than at the other steps.
    Leaves      a step, a decision where there is one, an audit entry.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove. The same decision_id again changes nothing.
    """
    refuse_past(day)
    item, case = _held(item_id)
    if item.decision_id == decision_id:
        return item
    check_seen(case, seen_version)
    if case.waits_for and not case.is_at_last_step:
        raise IllegalMove(
            message=_("这笔贷款还没有到审批环节。"), hint=_("请等待前一环节办理。"), where={"case": case.pk}
        )
    step_agree(officer, case, seen_version=seen_version, on=day.on, run_id=day.run_id, opinion=item.opinion,
               reason=reason.strip())  # fmt: skip
    if item.opinion != Item.Opinion.AGREE:
        item.decision = _decide(officer, item, case, decision_id, day)
        item.save(update_fields=["decision"])
    _keep_up(item.batch_id, day.on)
    return item


@transaction.atomic
def opinion_return(officer: Officer, item_id: int, *, seen_version: int, reason: str, day: BusinessDay) -> Item:
    """Give a loan back to the step before, with a reason (退回). Raises what opinion_give raises."""
    refuse_past(day)
    item, case = _held(item_id)
    step_return(officer, case, seen_version=seen_version, on=day.on, run_id=day.run_id, reason=reason)
    item.is_plain = False
    item.save(update_fields=["is_plain"])
    _keep_up(item.batch_id, day.on)
    return item


@transaction.atomic
def plain_agree_all(
    officer: Officer, batch_id: int, step: str, *, seen_count: int, seen_cents: int, day: BusinessDay
) -> int:
    """Take a step of everything that is unchanged and unlike nobody's opinion, all at once (未变动全部同意).

    seen_count, seen_cents  what the page said it would be.

    Permission  the step's action in the office. Returns how many.
    Raises NotPermitted, SamePerson, StaleView where it is no longer what the page said.
    """
    refuse_past(day)
    batch = Batch.objects.select_related("org").get(pk=batch_id)
    waiting = plain_waiting(officer, batch, step)
    keys = list(waiting.order_by("case_id").values_list("case_id", flat=True))
    cases = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=keys).select_related("org").order_by("pk"))
    cases = [case for case in cases if case.waits_for == step]
    held = (len(cases), sum(case.amount_cents for case in cases))
    if held != (seen_count, seen_cents) or not cases:
        raise StaleView(
            message=_("打开页面之后，待办的笔数或金额已经变化。"),
            hint=_("请刷新页面，看清后再办理。"),
            where={"seen": seen_count, "now": held[0]},
        )
    steps_agree_all(
        officer, cases, subject=f"classification.batch:{batch_id}", on=day.on, run_id=day.run_id,
        opinion=Item.Opinion.AGREE,
    )  # fmt: skip
    _keep_up(batch_id, day.on)
    return len(cases)


@transaction.atomic
def sheet_agree(officer: Officer, batch_id: int, *, seen_version: int, day: BusinessDay) -> Sheet:
    """Take the next step of an office's retail sheet (零售批量确认). Raises what step_agree raises."""
    refuse_past(day)
    sheet = sheet_of_batch(batch_id)
    case = case_held(sheet.case_id)
    step_agree(officer, case, seen_version=seen_version, on=day.on, run_id=day.run_id, opinion=Item.Opinion.AGREE)
    _keep_up(batch_id, day.on)
    return sheet


@transaction.atomic
def sheet_return(officer: Officer, batch_id: int, *, seen_version: int, reason: str, day: BusinessDay) -> Sheet:
    """Give a retail sheet back to the step before. Raises what step_return raises."""
    refuse_past(day)
    sheet = sheet_of_batch(batch_id)
    step_return(officer, case_held(sheet.case_id), seen_version=seen_version, on=day.on, run_id=day.run_id,
                reason=reason)  # fmt: skip
    _keep_up(batch_id, day.on)
    return sheet


@transaction.atomic
def exception_raise(officer: Officer, batch_id: int, loan_id: str, opinion: Opinion, *, day: BusinessDay) -> Item:
    """Take a retail loan out of its sheet, to be classed by itself, with the evidence for it (零售例外).

    Permission  classification.propose in the office; it is the loan's first step.
    Raises NotPermitted, NotFoundHere, FormWrong where it is looked at already, OpinionTooGood, ReasonMissing.
    """
    refuse_past(day)
    require_reason(opinion.reason)
    batch = Batch.objects.select_for_update(of=("self",)).select_related("org").get(pk=batch_id)
    require(officer, "classification.propose", org=batch.org)
    if batch.state != Batch.State.OPEN:
        raise IllegalMove(
            message=_("本批次已经办结。"), hint=_("请在下一季度的批次中提出。"), where={"batch": batch.pk}
        )
    rows = retail_loans(edition_of(day, batch.on, batch.run_id), batch.org_id).filter(pl.col("loan_id") == loan_id)
    if rows.is_empty():
        raise NotFoundHere(message=_("本批次的零售贷款中没有这笔借据。"), hint=_("请核对借据号。"))
    if batch.items.filter(loan_id=loan_id).exists():
        raise FormWrong(message=_("这笔借据已经单独分类。"), hint=_("请在明细中办理。"), where={"loan_id": loan_id})
    rules = load_desk_rules(day.home).version("approvals", Approvals, day.on)
    item = item_of(batch, rows.row(0, named=True), rules, officers_by_number())
    item.is_exception, item.is_plain = True, False
    item.case.save()
    item.save()
    return opinion_give(officer, item.pk, opinion, seen_version=item.case.version, day=day)


def _held(item_id: int) -> tuple[Item, Case]:
    """An item and its case, the case's row held until the transaction ends."""
    found = Item.objects.filter(pk=item_id).values_list("case_id", flat=True).first()
    if found is None:
        raise NotFoundHere(message=_("没有这笔分类明细。"), hint=_("请从列表进入。"))
    case = case_held(found)
    # Read after the row is held: whoever held it before may have changed the opinion.
    return Item.objects.select_related("batch").get(pk=item_id), case


def _decide(officer: Officer, item: Item, case: Case, decision_id: UUID, day: BusinessDay) -> Decision:
    """Hand what three people found to the night."""
    steps = standing_officers(case)
    hands = {"proposed_by": steps[0], "determined_by": steps[1], "approved_by": steps[-1]}
    reason = case.taken.exclude(reason="").filter(verdict="agreed").order_by("-place", "-pk").values_list(
        "reason", flat=True
    ).first() or ""  # fmt: skip
    if item.opinion == Item.Opinion.UPGRADE:
        kind, terms, ends_on = "upgrade", {"ability": reason} | hands, None
    else:
        rules = load_desk_rules(day.home).version("classification", Classification, day.on)
        ends_on = quarter_end(item.batch.quarter_on + timedelta(days=1)) + timedelta(days=rules.manual_tier_runs_days)
        kind, terms = "manual_tier", {"tier": item.opinion_tier, "reason": reason} | hands
    return decide(
        decision_id=decision_id, kind=kind, loan_id=item.loan_id, debtor_id=item.debtor_id, terms=terms,
        effective_on=day.latest_on + timedelta(days=1), ends_on=ends_on, officer=officer, org=case.org,
    )  # fmt: skip


def _keep_up(batch_id: int, on: date) -> None:
    """Open and close the work of a batch, and close the batch when nothing of it is left to do."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("org").get(pk=batch_id)
    if work_keep_up(batch, on) or batch.state != Batch.State.OPEN:
        return
    move(batch, Batch.State.CLOSED, seen_version=batch.version)
    record(None, "classification.closed", batch, org=batch.org, run_id=batch.run_id, on=on)
