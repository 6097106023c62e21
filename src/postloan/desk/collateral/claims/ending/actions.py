"""Ends of claims: proposed by one and agreed to by others; what came in is read from the core, never typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from postloan.desk.collateral.claims.actions import CLAIM, claim_held, claim_subject
from postloan.desk.collateral.matters.actions import effects, matter_made
from postloan.desk.collateral.models import Claim, ClaimPayment, Matter
from postloan.desk.core.actions import check_begins, move, record
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.work.actions import work_close
from postloan.errors import FormWrong, IllegalMove
from postloan.rules.collateral_desk import CallRule

Row = Mapping[str, Any]


@transaction.atomic
def claim_paid(
    officer: Officer, claim_id: UUID, payments: Sequence[Row], *, still_owed: bool, reason: str, seen_version: int,
    matter_id: UUID, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Propose to close a claim whose money came in on the loans. Twice with one matter_id is once.

    payments    of the core on the loans that the collateral secures: payment_id, loan_id, paid_on, amount_cents.
    still_owed  whether one of these loans is still owed: then the whole grant has to be there; else the owner has the
                rest (Civil Code Art. 413).

    Permission  collateral.write in the office, for what was granted.
    Move        granted -> closing; the second person closes it, or it is granted again.
    Raises what matter_made raises; FormWrong where the payments are not those of the grant.
    """
    claim, made = _asked(claim_id, matter_id, (Claim.State.GRANTED,))
    if made is not None:
        return made
    granted, paid = claim.granted_cents or 0, sum(int(each["amount_cents"]) for each in payments)
    if not 0 < paid <= granted or (paid < granted and still_owed):
        raise FormWrong(
            message=_("所选还款与核定的保险金不符。"), hint=_("保险金应全部入账；贷款结清后的余额退还抵押人。"),
            where={"granted_cents": granted, "paid_cents": paid},
        )  # fmt: skip
    _check_unused([each["payment_id"] for each in payments])
    rows = [{**each, "paid_on": each["paid_on"].isoformat()} for each in payments]
    told = {"payments": rows, "paid_cents": paid, "to_owner_cents": granted - paid}
    return _proposed(officer, claim, Matter.Kind.CLAIM_PAID, told, reason, seen_version, matter_id, day)


@transaction.atomic
def claim_restored(
    officer: Officer, claim_id: UUID, standing: Row, loans: Sequence[Row], *, reason: str, seen_version: int,
    matter_id: UUID, rule: CallRule, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Propose to close a claim with whose money the collateral was restored. Twice with one matter_id is once.

    standing, loans  the collateral and what it secures on the day: valued anew since the answer, and nothing short.

    Permission  collateral.write in the office, for what was granted. Move  granted -> closing.
    Raises what matter_made raises; IllegalMove where no night shows the restored value.
    """
    claim, made = _asked(claim_id, matter_id, (Claim.State.GRANTED,))
    if made is not None:
        return made
    valued_on, answered_on = standing["valued_on"], claim.answered_on
    is_anew = valued_on is not None and answered_on is not None and valued_on >= answered_on
    short = [each["loan_id"] for each in loans if (each["shortfall_cents"] or 0) >= max(rule.from_cents, 1)]
    if not is_anew or short:
        raise IllegalMove(
            message=_("夜间批处理尚未显示押品已经修复：核定之后没有新的估值，或借据仍有担保缺口。"),
            hint=_("请先登记修复后的估值，待进入夜间批处理后再提交。"),
            where={"valued_on": valued_on, "short": short[:5]},
        )  # fmt: skip
    told = {"value_cents": standing["value_cents"], "valued_on": valued_on.isoformat()}
    return _proposed(officer, claim, Matter.Kind.CLAIM_RESTORED, told, reason, seen_version, matter_id, day)


@transaction.atomic
def claim_drop(
    officer: Officer, claim_id: UUID, *, reason: str, seen_version: int, matter_id: UUID, day: BusinessDay
) -> Matter:
    """Propose to give up a claim that the insurer refused. Twice with one matter_id is once.

    Permission  collateral.write in the office, for what was claimed. Move  declined -> closing.
    Raises what matter_made raises.
    """
    claim, made = _asked(claim_id, matter_id, (Claim.State.DECLINED,))
    return made or _proposed(officer, claim, Matter.Kind.CLAIM_DROPPED, {}, reason, seen_version, matter_id, day)


def _asked(claim_id: UUID, matter_id: UUID, begins: Sequence[str]) -> tuple[Claim, Matter | None]:
    claim = claim_held(claim_id)
    made = Matter.objects.filter(pk=matter_id).first()
    if made is None:
        check_begins(claim, begins)
    return claim, made


def _check_unused(payment_ids: Sequence[str]) -> None:
    used = ClaimPayment.objects.filter(payment_id__in=payment_ids).first()
    if used is not None:
        raise IllegalMove(
            message=_("还款 %s 已经用于另一项索赔。") % used.payment_id, hint=_("请选择其他还款。"),
            where={"claim": used.claim_id},
        )  # fmt: skip


def _proposed(
    officer: Officer, claim: Claim, kind: str, told: dict[str, Any], reason: str, seen_version: int, matter_id: UUID,
    day: BusinessDay,
) -> Matter:  # fmt: skip
    made = matter_made(
        officer, kind, matter_id=matter_id, org=claim.org, title=claim.debtor_name or claim.collateral_id,
        reason=reason, told={"granted_cents": claim.granted_cents, **told}, collateral_id=claim.collateral_id,
        amount_cents=claim.granted_cents or claim.filed_cents or 0, day=day, claim=claim,
    )  # fmt: skip
    move(claim, Claim.State.CLOSING, seen_version=seen_version)
    return made


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    claim = _of(matter)
    payments = matter.told.get("payments", [])
    _check_unused([each["payment_id"] for each in payments])
    ClaimPayment.objects.bulk_create(
        ClaimPayment(
            claim=claim, payment_id=each["payment_id"], loan_id=each["loan_id"],
            paid_on=date.fromisoformat(each["paid_on"]), amount_cents=each["amount_cents"],
        )
        for each in payments
    )  # fmt: skip
    move(claim, Claim.State.CLOSED, seen_version=claim.version)
    claim.ending, claim.closed_on = matter.kind, day.on
    claim.save(update_fields=["ending", "closed_on"])
    work_close((CLAIM,), claim_subject(claim), on=day.on, note=matter.reason)
    record(officer, "collateral.claim_closed", claim, org=claim.org, run_id=day.run_id, ending=claim.ending,
           **matter.told)  # fmt: skip


def _refused(matter: Matter, _officer: Officer, _day: BusinessDay) -> None:
    claim = _of(matter)
    is_granted = bool(claim.granted_cents)
    move(claim, Claim.State.GRANTED if is_granted else Claim.State.DECLINED, seen_version=claim.version)


def _of(matter: Matter) -> Claim:
    assert matter.claim_id is not None  # noqa: S101 - these matters are made with their claim
    return claim_held(matter.claim_id)


for _kind in (Matter.Kind.CLAIM_PAID, Matter.Kind.CLAIM_RESTORED, Matter.Kind.CLAIM_DROPPED):
    effects(_kind, agreed=_agreed, refused=_refused)
