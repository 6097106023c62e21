"""What stops a collateral from being disposed of by agreement: its state, its value, its price, and what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import loan_rows
from postloan.desk.collateral.models import Matter
from postloan.desk.collateral.release.actions import check_papers_rest
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.figures import money
from postloan.desk.disposal.models import AuctionRound, DisposalCase
from postloan.desk.preservation.assets.actions import TAKEN
from postloan.desk.preservation.models import Realisation
from postloan.desk.preservation.routes.actions import running_disposal
from postloan.errors import FormWrong, IllegalMove
from postloan.plan.collateral_proceeds import Division
from postloan.rules.figures import ONE_E8
from postloan.rules.preservation_desk import AgreedRule

_GONE = ("released", "sold", "seized")


@dataclass(frozen=True)
class NewAgreement:
    """An agreement as somebody types it; amounts in cents. asset_kind only where the bank takes the thing."""

    right: str
    way: str
    cause: str
    agreed_on: date
    reference: str
    price_cents: int
    costs_cents: int = 0
    asset_kind: str = ""


def check_form(new: NewAgreement, value_cents: int, rule: AgreedRule, day: BusinessDay) -> None:
    """Stop an agreement that says too little, or whose price lies outside what the rule allows. Raises FormWrong."""
    is_taken = new.way == Realisation.Way.CONVERT
    wrong = {
        "way": new.way not in Realisation.Way.values, "cause": new.cause not in Realisation.Cause.values,
        "right": rule.basis_of(new.right) is None, "reference": not new.reference.strip(),
        "agreed_on": new.agreed_on > day.on, "asset_kind": is_taken and new.asset_kind not in TAKEN,
        "costs": not 0 <= new.costs_cents <= new.price_cents,
    }  # fmt: skip
    if any(wrong.values()):
        raise FormWrong(
            message=_("协议填写不完整，或协议日在营业日之后。"), hint=_("请对照协议填写各项。"),
            where={"field": next(name for name in wrong if wrong[name])},
        )  # fmt: skip
    if new.price_cents * ONE_E8 < value_cents * rule.least.share_e8:
        raise FormWrong(
            message=_("价格明显低于押品当日价值 %s。") % money(value_cents), hint=_("依据：%s。") % rule.least.cite,
            where={"field": "price"},
        )  # fmt: skip
    if is_taken and new.price_cents * ONE_E8 > value_cents * rule.most.share_e8:
        raise FormWrong(
            message=_("折价高于押品当日价值 %s。") % money(value_cents), hint=_("依据：%s。") % rule.most.cite,
            where={"field": "price"},
        )  # fmt: skip


def check_standing(standing: Mapping[str, Any], division: Division) -> None:
    """Stop what is gone or seized, what others come before with an unknown claim, what secures nothing due.

    Raises IllegalMove.
    """
    key = str(standing["collateral_id"])
    if standing["status"] in _GONE or standing["eligibility"] == "prior_unknown":
        raise IllegalMove(
            message=_("该押品已解押、已处置、被查封，或先顺位债权不明。"),
            hint=_("被查封的押品须由法院处置；先顺位债权请先核实登记。"), where={"collateral": key},
        )  # fmt: skip
    if division.contingent or not division.loans:
        raise IllegalMove(
            message=_("该押品没有担保到期债权，或还担保表外业务。"), hint=_("表外业务请待垫款后处置。"),
            where={"loans": list(division.contingent[:5])},
        )  # fmt: skip
    check_papers_rest(key)
    moving = Matter.objects.filter(
        collateral_id=key, kind=Matter.Kind.RELEASE, state=Matter.State.PROPOSED
    ).exists()  # fmt: skip
    auctioned = AuctionRound.objects.filter(asset_id=key, state=AuctionRound.State.PUBLISHED).exists()
    if moving or auctioned:
        raise IllegalMove(
            message=_("该押品正在解押报批，或正由法院拍卖。"), hint=_("请先办结。"), where={"collateral": key}
        )


def check_value(standing: Mapping[str, Any], on: date, rule: AgreedRule) -> None:
    """Stop where the valuation is stale on a day: older than the rule allows, or due to be made anew.

    Raises IllegalMove.
    """
    valued_on, by_on = standing["valued_on"], standing["revalue_by_on"]
    is_stale = valued_on is None or valued_on + timedelta(days=rule.valued.days) < on or (by_on and by_on < on)
    if is_stale or not standing["value_cents"]:
        raise IllegalMove(
            message=_("押品估值已过期（估值日 %s），不能据以作价。") % (valued_on or "—"),
            hint=_("请先登记新的估值，待进入夜间批处理后再办理；依据：%s。") % rule.valued.cite,
            where={"valued_on": valued_on},
        )  # fmt: skip


def check_due(cause: str, agreed_on: date, loan_ids: Sequence[str], day: BusinessDay) -> None:
    """Stop an agreement that was made before any of the debts was due and unpaid. Raises FormWrong.

    Source  Civil Code Arts. 401, 410, 428, 436: what is agreed before gives no more than the right to be paid first.
    """
    if cause != Realisation.Cause.UNPAID:
        return
    rows = loan_rows(day).filter(pl.col("loan_id").is_in(list(loan_ids)), pl.col("days_past_due") > 0)
    longest = rows["days_past_due"].max()
    if longest is None or agreed_on < day.on - timedelta(days=int(longest)):  # type: ignore[arg-type]
        raise FormWrong(
            message=_("协议日所担保的债务尚未逾期，届期前的折价约定只能优先受偿。"),
            hint=_("依据：民法典第401条、第410条、第428条、第436条。"), where={"field": "agreed_on"},
        )  # fmt: skip


def cases_of(division: Division) -> dict[str, DisposalCase]:
    """The running case of disposal of each debtor whose loans take part of a price, by debtor."""
    debtors = dict.fromkeys(each.debtor_id for each in division.loans if each.paid_cents)
    found = {each: running_disposal(each) for each in debtors}
    return {debtor_id: case for debtor_id, case in found.items() if case is not None}


def check_cases(way: str, division: Division) -> None:
    """Stop the bank from taking a thing for a debt that is not in the ledger of disposal. Raises IllegalMove."""
    debtors = {each.debtor_id for each in division.loans if each.paid_cents}
    lacking = debtors - cases_of(division).keys()
    if way == Realisation.Way.CONVERT and lacking:
        raise IllegalMove(
            message=_("折价抵债的客户应在不良处置台账中。"), hint=_("未列入台账的可以协议拍卖、变卖。"),
            where={"debtors": sorted(lacking)[:5]},
        )  # fmt: skip
