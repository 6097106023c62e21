"""The demo bank's asset preservation: a mandate, a way out, a package, an asset, an agreement, a loss asked about."""

from datetime import date, timedelta
from uuid import UUID

import polars as pl

from postloan.desk.book.narrow import loan_rows
from postloan.desk.collateral.queries import loans_of, standing_seen
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.pages import Desk
from postloan.desk.preservation.accountability.actions import accountability_open, accountability_propose
from postloan.desk.preservation.assets.actions import asset_count, asset_register
from postloan.desk.preservation.counsel.actions import firm_list, lawyer_add, mandate_give
from postloan.desk.preservation.grants import WRITE, rules_on
from postloan.desk.preservation.handover.actions import file_tick
from postloan.desk.preservation.models import Firm, Handover, Realisation
from postloan.desk.preservation.packages.actions import package_check, package_fill, package_open
from postloan.desk.preservation.packages.candidates import candidates
from postloan.desk.preservation.queries import claim_of_debtor, office_of_debtor, seen
from postloan.desk.preservation.realisation.actions import realisation_propose
from postloan.desk.preservation.realisation.checked import NewAgreement
from postloan.desk.preservation.realisation.offered import first_of, offered
from postloan.desk.preservation.routes.actions import route_choose
from postloan.desk.preservation.routes.tried import tried_of

_MANDATE, _ROUTE, _PACKAGE, _ASSET, _LOSS, _AGREED = (UUID(int=number) for number in range(81, 87))
"""Keys that do not change, so that a list shows them in one order in every demo."""
_FIRM = {"name": "浙江正衡律师事务所", "licence": "31330000MD0000001X", "rating": "A", "fees": "风险代理，回收额的 3%"}
_LAWYER = {"name": "周明远", "licence": "13301201510000001"}
_DAYS_HELD = 640


def preserve_a_little(preserver: Officer, approver: Officer) -> None:
    """Let the preservation officer work on the two debtors that owe most; where any firm is listed, nothing is done."""
    desk = Desk(preserver, actions_of(preserver), scope_of(preserver, WRITE), None)
    bad = list(seen(desk, Handover).filter(state=Handover.State.OPEN).order_by("-exposure_cents", "debtor_id")[:2])
    if Firm.objects.exists() or not bad:
        return
    day, first, last = desk.day, bad[0], bad[-1]
    file_tick(preserver, first.pk, first.asked[0]["item"], is_missing=False, reason="", day=day)
    firm = firm_list(approver, _FIRM, day=day)
    lawyer = lawyer_add(approver, firm.pk, _LAWYER, day=day)
    org, claim_cents = office_of_debtor(desk, first.debtor_id), claim_of_debtor(desk, first.debtor_id)
    mandate_give(
        preserver, org, mandate_id=_MANDATE, firm_id=firm.pk, lawyer_id=lawyer.pk, debtor_id=first.debtor_id,
        debtor_name=first.debtor_name, matter="起诉并申请财产保全", fee_kind="contingent", fee_cents=claim_cents // 50,
        claim_cents=claim_cents, day=day,
    )  # fmt: skip
    tried = tried_of(desk, last.debtor_id, {})
    route_choose(
        preserver, office_of_debtor(desk, last.debtor_id), tried, tried.best.route, debtor_id=last.debtor_id,
        debtor_name=last.debtor_name, comparison_id=_ROUTE, reason="按测算净现值最高。", day=day,
    )  # fmt: skip
    _fill_package(desk, preserver.org or org)
    _agree_with_owner(desk)
    loan = tried.loans.row(0, named=True)
    asset = asset_register(
        preserver, org, key=_ASSET, asset_id="DZ-2025-001", name="工业厂房一幢", kind="real_estate",
        debtor_id=last.debtor_id, loan_id=loan["loan_id"], taken_on=_before(desk), book_cents=claim_cents // 4, day=day,
    )  # fmt: skip
    asset_count(preserver, asset.pk, "found", note="现场核对，账实相符。", seen_version=asset.version, day=day)
    asked = accountability_open(
        preserver, Org.objects.get(pk=str(loan["org_id"])), loan, key=_LOSS, loss_cents=loan["outstanding_cents"] // 2,
        off_on=None, day=day,
    )  # fmt: skip
    accountability_propose(
        preserver, asked.pk, "exempt", facts="贷前调查、放款审核、贷后检查均按制度办理，损失由行业下行造成。",
        persons="", seen_version=asked.version, day=day,
    )  # fmt: skip


def _before(desk: Desk) -> date:
    return desk.day.on - timedelta(days=_DAYS_HELD)


def _fill_package(desk: Desk, org: Org) -> None:
    made = package_open(desk.officer, org, package_id=_PACKAGE, name="对公不良一号包", kind="companies", day=desk.day)
    fit = [each for each in candidates(desk, made) if not each.bars][:3]
    if fit:
        worths = {each.row["loan_id"]: each.worth_cents for each in fit}
        package_fill(desk.officer, made.pk, [each.row for each in fit], worths, day=desk.day)
    package_check(desk.officer, made.pk, "title", finding="合同、借据原件齐全。", is_fault=False, day=desk.day)


def _agree_with_owner(desk: Desk) -> None:
    """A mortgagor agrees to sell: of what was valued lately, the first that secures one overdue loan alone."""
    rule = rules_on(desk.day).agreed
    since = desk.day.on - timedelta(days=rule.valued.days)
    fresh = (pl.col("valued_on") >= since) & (pl.col("revalue_by_on") >= desk.day.on) & (pl.col("value_cents") > 0)
    held = standing_seen(desk).filter((pl.col("eligibility") == "eligible") & (pl.col("loan_count") == 1) & fresh)
    late = loan_rows(desk.day).filter(pl.col("days_past_due") > 0)["loan_id"].to_list()
    for standing in held.sort("collateral_id").iter_rows(named=True):
        (secured,) = loans_of(desk, standing["collateral_id"])
        if secured["is_off_balance"] or secured["loan_id"] not in late:
            continue
        prices, way = offered(desk, standing), Realisation.Way.SALE
        new = NewAgreement("mortgage", way, "unpaid", desk.day.on, "协议-2026-001", first_of(way, prices), 20_000_00)
        realisation_propose(
            desk.officer, standing, new, offered=prices, key=_AGREED, reason="抵押人同意变卖，已有意向买受人。",
            rule=rule, day=desk.day,
        )  # fmt: skip
        return
