"""Claims: a loss noted, the insurer told, the claim filed, its answer; how it ends is agreed to by others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.collateral.matters.actions import WRITE
from postloan.desk.collateral.models import Claim
from postloan.desk.core.actions import check_begins, move, record, refuse_past, require, require_reason
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.forms import LONG_MOST
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.core.officers.queries import office_over, officers_by_number
from postloan.desk.core.work.actions import work_close, work_open
from postloan.desk.inspection.opening.due import months_later
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.rules.collateral_desk import ClaimRule, Within

CLAIM = "collateral_claim"
"""The kind of work that the next step of a claim is."""
State = Claim.State


@dataclass(frozen=True)
class NewLoss:
    """A loss as it was told: of which policy, when, what happened, about how much; the loans secured on the day.

    is_first      whether the policy names the bank before all others (第一受益人).
    first_reason  why that is not what the insurance of the collateral says; needed only where it is not.
    """

    insurer: str
    policy_no: str
    is_first: bool
    happened_on: date
    what: str
    loss_cents: int
    loan_ids: Sequence[str]
    first_reason: str = ""


@dataclass(frozen=True)
class Step:
    """A step of a claim: when it was taken, what of it is to be kept, and the version that the page showed."""

    on: date
    note: str
    seen_version: int
    day: BusinessDay


@transaction.atomic
def loss_note(
    officer: Officer, standing: Mapping[str, Any], new: NewLoss, *, claim_id: UUID, rule: ClaimRule, day: BusinessDay
) -> Claim:
    """Note a loss of insured collateral. Twice with one claim_id is once.

    standing  as the page showed it, within the officer's offices.

    Permission  collateral.write in the office.
    Leaves      a claim, work to tell the insurer, an audit entry.
    Raises NotPermitted; ReasonMissing, also where the first beneficiary is not the one of the collateral's insurance
    and nothing says why; FormWrong where it was not insured on the day, or something is missing.
    Source  regulations COL-10; Insurance Law Arts. 21 to 26; Civil Code Art. 390.
    """
    refuse_past(day)
    org = office_over([standing["org_id"]])
    require(officer, WRITE, org=org)
    made = Claim.objects.filter(pk=claim_id).first()
    if made is not None:
        return made
    what, first_reason = require_reason(new.what, most=LONG_MOST), _first_reason(standing, new)
    if not new.insurer.strip() or not new.policy_no.strip() or new.happened_on > day.on:
        raise FormWrong(
            message=_("保险公司、保单号没有填写，或出险日在营业日之后。"), hint=_("请对照保单填写。"),
            where={"field": "happened_on"},
        )  # fmt: skip
    insured_to_on = standing["insured_to_on"]
    if insured_to_on is None or not standing["insured_cents"] or new.happened_on > insured_to_on:
        raise FormWrong(
            message=_("出险日不在保险期内，或没有登记保险。"), hint=_("请先在信贷系统补录保险，待进入夜间批处理。"),
            where={"insured_to_on": insured_to_on},
        )  # fmt: skip
    claim = Claim(
        id=claim_id, org=org, state=State.NOTED, collateral_id=str(standing["collateral_id"]),
        debtor_id=str(standing["debtor_id"] or ""), debtor_name=str(standing["debtor_name"] or "")[:200],
        officer_id=officers_by_number().get(standing["officer_id"]), insurer=new.insurer.strip()[:100],
        policy_no=new.policy_no.strip()[:100], is_first=new.is_first, insured_cents=standing["insured_cents"],
        insured_to_on=insured_to_on, happened_on=new.happened_on, what=what, loss_cents=new.loss_cents,
        loan_ids=list(new.loan_ids), on=day.on, lapses_on=months_later(new.happened_on, rule.lapse.months),
    )  # fmt: skip
    _due(claim, day.on, rule.notice)
    claim.save(force_insert=True)
    _work(claim, day.on)
    record(officer, "collateral.loss_noted", claim, org=org, run_id=day.run_id, reason=first_reason, said=what,
           is_first=new.is_first, insurance_payee=standing["insurance_payee"],
           collateral_id=claim.collateral_id, happened_on=new.happened_on.isoformat(),
           loss_cents=new.loss_cents, due_on=claim.due_on.isoformat())  # fmt: skip
    return claim


def _first_reason(standing: Mapping[str, Any], new: NewLoss) -> str:
    """Why the first beneficiary is another than the insurance names; "" where it is the same, or nobody knows."""
    payee = standing["insurance_payee"]
    if payee is None or (payee == "bank") == new.is_first:
        return ""
    return require_reason(new.first_reason)


@transaction.atomic
def claim_tell(officer: Officer, claim_id: UUID, step: Step, rule: ClaimRule) -> Claim:
    """Record that the insurer was told of the loss (报案).

    Permission  collateral.write in the office. Move  noted -> told. Leaves an audit entry; work to file the claim.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, FormWrong, NotFoundHere.
    """
    claim = _begun(officer, claim_id, (State.NOTED,), step)
    _check_on(step, claim.happened_on)
    claim.told_on = step.on
    _due(claim, step.on, rule.file)
    return _taken(officer, claim, State.TOLD, "claim_told", step)


@transaction.atomic
def claim_file(officer: Officer, claim_id: UUID, step: Step, rule: ClaimRule, *, cents: int) -> Claim:
    """Record that the claim was filed with its papers, or anew after a refusal (索赔).

    cents  what is claimed, at most the sum insured.

    Permission  collateral.write in the office. Move  told or declined -> filed. Leaves an audit entry; work until the
    insurer's answer is due.
    Raises what claim_tell raises; IllegalMove once the claim has lapsed.
    """
    claim = _begun(officer, claim_id, (State.TOLD, State.DECLINED), step)
    _check_on(step, claim.answered_on or claim.told_on)
    if step.on > claim.lapses_on:
        raise IllegalMove(
            message=_("索赔时效已于 %s 届满。") % claim.lapses_on, hint=str(rule.lapse.cite),
            where={"lapses_on": claim.lapses_on},
        )  # fmt: skip
    if cents > claim.insured_cents:
        raise FormWrong(message=_("索赔金额超过保险金额。"), hint=_("请对照保单填写。"), where={"field": "amount"})
    claim.filed_on, claim.filed_cents, claim.answered_on, claim.granted_cents = step.on, cents, None, None
    _due(claim, step.on, rule.answer)
    return _taken(officer, claim, State.FILED, "claim_filed", step, filed_cents=cents)


@transaction.atomic
def claim_answer(officer: Officer, claim_id: UUID, step: Step, rule: ClaimRule, *, cents: int) -> Claim:
    """Record what the insurer grants, at most what is claimed; 0 is a refusal (核定).

    Permission  collateral.write in the office. Move  filed -> granted or declined. Leaves an audit entry; work until
    the money is due, or until the bank files again or gives the claim up.
    Raises what claim_tell raises.
    """
    claim = _begun(officer, claim_id, (State.FILED,), step)
    _check_on(step, claim.filed_on)
    if cents > (claim.filed_cents or 0):
        raise FormWrong(
            message=_("核定金额超过索赔金额。"), hint=_("请对照保险公司的通知。"), where={"field": "amount"}
        )
    claim.answered_on, claim.granted_cents = step.on, cents
    _due(claim, step.on, rule.pay if cents else rule.file)
    return _taken(officer, claim, State.GRANTED if cents else State.DECLINED, "claim_answered", step,
                  granted_cents=cents)  # fmt: skip


def claim_held(claim_id: UUID) -> Claim:
    """Find a claim and hold its row until the transaction ends. Raises NotFoundHere."""
    found = Claim.objects.select_for_update(of=("self",)).select_related("org").filter(pk=claim_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项索赔。"), hint=_("请从列表进入。"))
    return found


def claim_subject(claim: Claim) -> str:
    """How work names a claim."""
    return f"claim:{claim.pk}"


def _begun(officer: Officer, claim_id: UUID, begins: Sequence[str], step: Step) -> Claim:
    refuse_past(step.day)
    claim = claim_held(claim_id)
    require(officer, WRITE, org=claim.org)
    check_begins(claim, begins)
    return claim


def _check_on(step: Step, first: date | None) -> None:
    if first is None or not first <= step.on <= step.day.on:
        raise FormWrong(
            message=_("日期不对。"),
            hint=_("日期在 %(first)s 至 %(last)s 之间。") % {"first": first, "last": step.day.on},
            where={"field": "on"},
        )  # fmt: skip


def _due(claim: Claim, on: date, within: Within) -> None:
    """The next step is due so many days later, and before the claim lapses."""
    claim.due_on = min(on + timedelta(days=within.days), claim.lapses_on)


def _taken(officer: Officer, claim: Claim, to: str, deed: str, step: Step, **told: object) -> Claim:
    """Keep a step, and let work be what comes next."""
    claim.note = require_reason(step.note)
    move(claim, to, seen_version=step.seen_version)
    claim.save()
    work_close((CLAIM,), claim_subject(claim), on=step.day.on, note=claim.note)
    _work(claim, step.day.on)
    record(officer, f"collateral.{deed}", claim, org=claim.org, run_id=step.day.run_id, reason=claim.note,
           on=step.on.isoformat(), due_on=claim.due_on.isoformat(), **told)  # fmt: skip
    return claim


def _work(claim: Claim, on: date) -> None:
    cents = claim.loss_cents if claim.granted_cents is None else claim.granted_cents
    work_open([WorkItem(
        kind=CLAIM, subject=claim_subject(claim), title=claim.debtor_name, told=claim.collateral_id, org=claim.org,
        page=reverse("collateral:claim", args=[claim.pk]), officer_id=claim.officer_id, due_on=claim.due_on,
        amount_cents=cents, opened_on=on, state=WorkItem.State.OPEN,
    )])  # fmt: skip
