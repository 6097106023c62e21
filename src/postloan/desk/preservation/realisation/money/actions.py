"""The sale of collateral by agreement, its money on the loans by the core's own payments, and the owner's rest."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.collateral.release.actions import check_papers_rest
from postloan.desk.core.actions import check_begins, check_seen, move, record, refuse_past, require, require_reason
from postloan.desk.core.models import Officer
from postloan.desk.core.work.actions import work_close
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.outcomes.realised.actions import cash_realised
from postloan.desk.preservation.grants import WRITE
from postloan.desk.preservation.models import Realisation, RealisationPayment
from postloan.desk.preservation.queries import one_held
from postloan.desk.preservation.realisation.actions import KINDS, SETTLE, closed, next_work
from postloan.desk.preservation.realisation.checked import check_standing, check_value
from postloan.desk.preservation.routes.actions import running_disposal
from postloan.errors import FormWrong, IllegalMove, NotFoundHere
from postloan.plan.collateral_proceeds import divide_proceeds
from postloan.rules.preservation_desk import AgreedRule

State = Realisation.State
SETTLED = "realisation_settled"
Row = Mapping[str, Any]


@transaction.atomic
def realisation_sell(
    officer: Officer, key: UUID, standing: Row, deed: Deed, rule: AgreedRule, *, sold_on: date, buyer: str,
    sold_cents: int, costs_cents: int,
) -> Realisation:  # fmt: skip
    """Record for what a collateral was auctioned or sold, and what that pays in the law's order. Amounts in cents.

    Permission  preservation.write in the office, for the price. Move agreed -> sold.
    Leaves      the price divided by what is owed today, work to have the money in, an audit entry.
    Raises NotPermitted, ReasonMissing, StaleView; IllegalMove where the thing is taken and not sold, is not free any
    more, or its valuation is stale on the day of the sale; FormWrong for a day, a buyer or costs that cannot be, or a
    price below the agreed one.
    Source  Civil Code Arts. 410, 413, 436, 438.
    """
    refuse_past(deed.day)
    held = one_held(Realisation, key, "org")
    require(officer, WRITE, org=held.org, amount_cents=sold_cents)
    reason = require_reason(deed.reason)
    check_seen(held, deed.seen_version)
    check_begins(held, [State.AGREED])
    if not buyer.strip() or not held.agreed_on <= sold_on <= deed.day.on or not 0 <= costs_cents <= sold_cents:
        raise FormWrong(
            message=_("买受人、成交日或费用不对。"), hint=_("成交日在协议日与营业日之间，费用不超过成交价。"),
            where={"field": "sold_on"},
        )  # fmt: skip
    if sold_cents < held.price_cents:
        raise FormWrong(
            message=_("成交价低于协议底价。"), hint=_("需要降价的，请放弃后按新的协议重新报批。"),
            where={"field": "sold"},
        )  # fmt: skip
    check_value(standing, sold_on, rule)
    division = divide_proceeds(
        deed.day.home, deed.day.on, held.collateral_id, price_cents=sold_cents, costs_cents=costs_cents
    )
    check_standing(standing, division)
    move(held, State.SOLD, seen_version=deed.seen_version)
    held.sold_on, held.sold_cents, held.buyer, held.costs_cents = sold_on, sold_cents, buyer.strip()[:200], costs_cents
    held.division, held.due_on = division.told, deed.day.on + timedelta(days=rule.settle.days)
    held.save(update_fields=["sold_on", "sold_cents", "buyer", "costs_cents", "division", "due_on"])
    next_work(held, SETTLE, held.due_on, division.net_cents, deed.day)
    record(officer, "realisation.sold", held, org=held.org, run_id=deed.day.run_id, reason=reason,
           sold_on=sold_on.isoformat(), sold_cents=sold_cents, costs_cents=costs_cents, buyer=held.buyer,
           surplus_cents=division.surplus_cents)  # fmt: skip
    return held


@transaction.atomic
def settlement_propose(
    officer: Officer, key: UUID, payments: Sequence[Row], *, owed: Mapping[str, bool], deed: Deed
) -> Realisation:
    """Propose to close a sale by the core's payments that brought its money in. Twice with one deed is once.

    payments  of the core on the loans of the division, since the sale: payment_id, loan_id, paid_on, amount_cents.
    owed      whether each of these loans is still owed: what a paid loan does not take is the owner's.

    Permission  preservation.write in the office, for what came in. Move sold -> settling.
    Leaves      the payments, a case that waits for a second person, work, an audit entry.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove where a payment answers another sale; FormWrong where a
    loan has less than falls to it and is still owed, more came in than the sale left, or the rest is not the owner's.
    """
    refuse_past(deed.day)
    held = one_held(Realisation, key, "org")
    paid_cents = sum(int(each["amount_cents"]) for each in payments)
    require(officer, WRITE, org=held.org, amount_cents=paid_cents)
    reason = require_reason(deed.reason)
    if Case.objects.filter(subject=f"{held.subject}:{deed.id.hex}").exists():
        return held
    check_seen(held, deed.seen_version)
    check_begins(held, [State.SOLD])
    _check_came_in(held, payments, owed)
    check_unused([each["payment_id"] for each in payments])
    case = case_drawn_up(
        SETTLED, subject=f"{held.subject}:{deed.id.hex}", title=held.debtor_name or held.collateral_id,
        page=reverse("preservation:realisation", args=[held.pk]), org_id=held.org_id, amount_cents=paid_cents,
        day=deed.day,
    )  # fmt: skip
    case.save()
    move(held, State.SETTLING, seen_version=deed.seen_version)
    held.settlement = case
    held.payments = [{**each, "paid_on": each["paid_on"].isoformat()} for each in payments]
    held.save(update_fields=["settlement", "payments"])
    record(officer, "realisation.settlement_proposed", held, org=held.org, run_id=deed.day.run_id, reason=reason,
           payments=held.payments, paid_cents=paid_cents)  # fmt: skip
    case_work(step_first(officer, case, reason=reason, day=deed.day), on=deed.day.on)
    return held


@transaction.atomic
def settlement_decide(officer: Officer, key: UUID, verdict: str, deed: Deed, rule: AgreedRule) -> Realisation:
    """Agree that a sale's money is in, or turn that down with a reason. deed.seen_version is of the case.

    Permission  the step's action in the office; another person than who proposed it.
    Move        settling -> closed, or back to sold.
    Leaves      the payments as this sale's, cash recorded in the ledger of disposal, the collateral sold for the next
                night, work to give the owner the rest, audit entries.
    Raises NotPermitted, SamePerson, StaleView, ReasonMissing, NotFoundHere; IllegalMove where a payment has answered
    another sale, or a title document is on its way.
    """
    refuse_past(deed.day)
    held = one_held(Realisation, key, "org", "made_by")
    check_begins(held, [State.SETTLING])
    if held.settlement_id is None:
        raise NotFoundHere(message=_("没有这个审批事项。"), hint=_("请从列表进入。"))
    case = case_held(held.settlement_id)
    verdict_take(officer, case, verdict, seen_version=deed.seen_version, reason=deed.reason, day=deed.day)
    if case.state == Case.State.REFUSED:
        move(held, State.SOLD, seen_version=held.version)
    elif case.state == Case.State.APPROVED:
        _settle(officer, held, deed, rule)
    case_work(case, on=deed.day.on, note=deed.reason)
    return held


@transaction.atomic
def surplus_return(officer: Officer, key: UUID, *, returned_on: date, voucher: str, deed: Deed) -> Realisation:
    """Record that the owner was given what was beyond the claims (退还余额).

    Permission  preservation.write in the office, for the rest. Leaves an audit entry; its work is done.
    Raises NotPermitted, ReasonMissing, StaleView, FormWrong; IllegalMove where nothing is the owner's.
    Source      Civil Code Arts. 413, 438.
    """
    refuse_past(deed.day)
    held = one_held(Realisation, key, "org")
    require(officer, WRITE, org=held.org, amount_cents=held.surplus_cents or 0)
    reason = require_reason(deed.reason)
    if not held.owes_surplus:
        raise IllegalMove(message=_("没有应退还的余额。"), hint=_("请刷新页面。"), where={"state": held.state})
    if not voucher.strip() or held.closed_on is None or not held.closed_on <= returned_on <= deed.day.on:
        raise FormWrong(
            message=_("退还凭证没有填写，或退还日不对。"), hint=_("退还日在结案日与营业日之间。"),
            where={"field": "returned_on"},
        )  # fmt: skip
    move(held, State.CLOSED, seen_version=deed.seen_version)
    held.returned_on, held.voucher = returned_on, voucher.strip()[:100]
    held.save(update_fields=["returned_on", "voucher"])
    work_close(KINDS, held.subject, on=deed.day.on)
    record(officer, "realisation.surplus_returned", held, org=held.org, run_id=deed.day.run_id, reason=reason,
           surplus_cents=held.surplus_cents, owner_id=held.owner_id, voucher=held.voucher)  # fmt: skip
    return held


def check_unused(payment_ids: Sequence[str]) -> None:
    """Stop where a payment has answered another sale. Raises IllegalMove."""
    used = RealisationPayment.objects.filter(payment_id__in=payment_ids).first()
    if used is not None:
        raise IllegalMove(
            message=_("还款 %s 已经用于另一项协议处置。") % used.payment_id, hint=_("请选择其他还款。"),
            where={"realisation": str(used.realisation_id)},
        )  # fmt: skip


def _check_came_in(held: Realisation, payments: Sequence[Row], owed: Mapping[str, bool]) -> None:
    """Hold what came in against what the sale left, loan by loan."""
    net_cents, came_in = held.division["net_cents"], dict.fromkeys(owed, 0)
    for each in payments:
        came_in[each["loan_id"]] += int(each["amount_cents"])
    in_all = sum(came_in.values())
    short = [
        each["loan_id"] for each in held.division["loans"]
        if came_in.get(each["loan_id"], 0) < each["paid_cents"] and owed.get(each["loan_id"], False)
    ]  # fmt: skip
    # What falls to a loan that is paid by now is not the owner's while another is owed.
    is_too_little = in_all < net_cents - held.division["surplus_cents"] and any(owed.values())
    if short or is_too_little or not 0 < in_all <= net_cents:
        raise FormWrong(
            message=_("所选还款与价款分配不符。"),
            hint=_("扣除费用和先顺位债权后的价款应全部入账；借据都结清后，余额退还抵押人或出质人。"),
            where={"net_cents": net_cents, "paid_cents": in_all, "short": short[:5]},
        )  # fmt: skip


def _settle(officer: Officer, held: Realisation, deed: Deed, rule: AgreedRule) -> None:
    check_papers_rest(held.collateral_id)
    check_unused([each["payment_id"] for each in held.payments])
    RealisationPayment.objects.bulk_create(
        RealisationPayment(
            realisation=held, payment_id=each["payment_id"], loan_id=each["loan_id"],
            paid_on=date.fromisoformat(each["paid_on"]), amount_cents=each["amount_cents"],
        )
        for each in held.payments
    )  # fmt: skip
    debtors = {each["loan_id"]: each["debtor_id"] for each in held.division["loans"]}
    came_in: dict[str, int] = {}
    for each in held.payments:
        came_in[each["loan_id"]] = came_in.get(each["loan_id"], 0) + each["amount_cents"]
    for loan_id, cents in came_in.items():
        case = running_disposal(debtors[loan_id])
        if case is not None:
            part = Deed(uuid5(held.pk, loan_id), 0, held.reason, deed.day)
            cash_realised(officer, case, part, loan_id=loan_id, cents=cents, reference=held.reference,
                          buyer=held.buyer)  # fmt: skip
    move(held, State.CLOSED, seen_version=held.version)
    closed(officer, held, held.division["net_cents"] - sum(came_in.values()), deed.day, rule)
