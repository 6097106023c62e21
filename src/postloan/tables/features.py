"""Features: what a night says of each debtor for early warnings, by family; docs/features.md is made from here.

Of loans the published row itself is the row of features. A feature that is not known is empty, and a condition that
needs it does not hold: silence is no warning, and no comfort either.
"""

from functools import cache
from typing import Any, TypeVar, cast

import dataframely as dy

from postloan.tables.covenants import RESULTS
from postloan.tables.event_kinds import COUNTED_KINDS, EVENT_KINDS, SUMMED_KINDS
from postloan.tables.inputs.security import COLLATERAL_KINDS
from postloan.tables.units import LEGAL_FORMS, SIZE_CLASSES, TIERS, PerDebtor

_LATEST, _YEAR, _QUARTER, _ALL = (
    "latest statement", "against a year before", "against a quarter before", "all statements",
)  # fmt: skip


def _told(says: str, zh: str, unit: str, window: str) -> dict[str, Any]:
    return {"description": says, "metadata": {"zh": zh, "unit": unit, "window": window}}


def _money(says: str, zh: str, window: str = "today") -> dy.Int64:
    return dy.Int64(nullable=True, **_told(says, zh, "cents", window))


def _days(says: str, zh: str, window: str = "today") -> dy.Int32:
    return dy.Int32(nullable=True, **_told(says, zh, "days", window))


def _count(says: str, zh: str, window: str = "today") -> dy.Int32:
    return dy.Int32(nullable=True, min=0, **_told(says, zh, "count", window))


def _times(says: str, zh: str, window: str = "today") -> dy.Float64:
    """A share, a change or a multiple: 0.2 is 20 %, never a percentage."""
    return dy.Float64(nullable=True, **_told(says, zh, "times", window))


def _flag(says: str, zh: str, window: str = "today") -> dy.Bool:
    return dy.Bool(nullable=True, **_told(says, zh, "yes or no", window))


def _day(says: str, zh: str) -> dy.Date:
    return dy.Date(nullable=True, **_told(says, zh, "day", "latest"))


class PartyFeatures(PerDebtor):
    """Who the debtor is. Source: feed `debtor`."""

    legal_form = dy.Enum(LEGAL_FORMS, nullable=True, **_told("legal form", "客户类型", "word", "today"))
    size_class = dy.Enum(SIZE_CLASSES, nullable=True, **_told("size", "企业规模", "word", "today"))
    industry_code = dy.String(nullable=True, **_told("GB/T 4754 industry", "行业代码", "code", "today"))
    region_code = dy.String(nullable=True, **_told("GB/T 2260 region", "地区代码", "code", "today"))
    is_in_group = _flag("belongs to a group of connected customers", "集团客户")


class RepaymentFeatures(PerDebtor):
    """How the debtor's loans on the book stand and were paid. Source: the published loans of the same night."""

    exposure_cents = _money("principal outstanding, the bank's own share", "贷款余额")
    overdue_principal_cents = _money("principal overdue", "逾期本金")
    overdue_interest_cents = _money("interest overdue", "逾期利息")
    principal_overdue_days = _days("longest days past due of principal", "本金逾期天数")
    interest_overdue_days = _days("longest days past due of interest", "欠息天数")
    late_months = _count("months in which a loan was past due at their end", "逾期月数", "12 months")
    late_months_in_row = _count("months in a row up to now in which a loan was past due", "连续逾期月数", "60 months")
    days_to_maturity = _days("days until the next loan matures; below 0 it is past", "距到期天数")
    is_extended = _flag("a loan was extended", "展期")
    is_restructured = _flag("a loan is restructured and still watched", "重组")
    tier_worst = dy.Enum(TIERS, nullable=True, **_told("worst tier of its loans", "最差分类", "tier", "today"))


class BureauFeatures(PerDebtor):
    """Debts at all banks. Source: feed `elsewhere`, the latest report up to the day."""

    bureau_age_days = _days("days since the report", "征信报告距今天数", "latest report")
    all_banks_cents = _money("debt at all banks", "全部银行负债", "latest report")
    all_banks_over_90_share = _times("of that, overdue more than 90 days", "他行逾期90天以上占比", "latest report")
    all_banks_change = _times(
        "debt at all banks, this one included, against the report of about a quarter before",
        "全部银行负债变动",
        "latest report and one 80 to 190 days older",
    )
    queries_3m = _count("queries for loans in the three months before the report", "近三月查询次数", "latest report")
    other_bank_npl = _flag("another bank classes it non-performing", "他行不良", "latest report")


class StatementFeatures(PerDebtor):
    """Ratios of the latest statement, against the one of a year before and of the quarter before.

    Source: feed `statement`, items of CAS 30; income and cash flow run from the beginning of the year, and a quarter's
    own is what it adds. The codes of items are in the glossary.
    """

    statement_on = _day("end of the latest period", "最近报表期末")
    statement_age_days = _days("days since then", "报表距今天数", _LATEST)
    statement_is_audited = _flag("audited", "是否审计", _LATEST)
    total_assets_cents = _money("total assets", "资产总额", _LATEST)
    net_assets_cents = _money("equity", "净资产", _LATEST)
    revenue_cents = _money("revenue since the beginning of the year", "营业收入", _LATEST)
    revenue_year_cents = _money("a year's revenue, if the rest of the year goes on like this", "年化营业收入", _LATEST)
    debt_to_assets = _times("total liabilities over total assets", "资产负债率", _LATEST)
    debt_to_assets_change = _times("that, less a year before", "资产负债率变动", _YEAR)
    current_ratio = _times("current assets over current liabilities", "流动比率", _LATEST)
    quick_ratio = _times("current assets but inventory over current liabilities", "速动比率", _LATEST)
    cash_ratio = _times("cash over current liabilities", "现金比率", _LATEST)
    interest_cover = _times("profit before finance expense over finance expense", "利息保障倍数", _LATEST)
    revenue_change = _times("revenue against the same period a year before", "营业收入同比", _YEAR)
    gross_margin = _times("revenue less cost of sales, over revenue", "毛利率", _LATEST)
    gross_margin_change = _times("that, less a year before", "毛利率变动", _YEAR)
    loss_periods = _count("periods in a row up to the latest with a net loss of their own", "连续亏损期数", _ALL)
    loss_years = _count("whole years in a row up to the latest with a net loss", "连续亏损年数", _ALL)
    negative_cash_periods = _count(
        "periods in a row up to the latest whose own operating cash flow is negative", "经营现金流连续为负期数", _ALL
    )
    cash_to_profit = _times("operating cash flow over net profit, where there is one", "利润现金含量", _LATEST)
    receivables_change = _times("receivables against a year before", "应收账款同比", _YEAR)
    receivable_days = _days("days of revenue that receivables stand for", "应收账款周转天数", _LATEST)
    receivable_days_change = _times("that, against a year before", "应收账款周转天数变动", _YEAR)
    inventory_change = _times("inventory against a quarter before", "存货环比", _QUARTER)
    inventory_turnover_change = _times("cost of sales over inventory, against a year before", "存货周转率变动", _YEAR)
    other_receivables_to_assets = _times("other receivables over total assets", "其他应收款占比", _LATEST)
    other_receivables_change = _times("other receivables against a quarter before", "其他应收款环比", _QUARTER)
    short_debt_change = _times("short-term borrowings against a quarter before", "短期借款环比", _QUARTER)
    long_assets_to_long_funds = _times(
        "assets that are not current over equity and long-term borrowings", "长期资产适合率", _LATEST
    )
    borrowings_to_revenue = _times("borrowings over a year's revenue", "有息负债收入比", _LATEST)
    borrowings_to_revenue_change = _times("that, less a year before", "有息负债收入比变动", _YEAR)
    borrowings_to_ebitda = _times(
        "borrowings over a year's profit before tax, finance expense and depreciation", "有息负债与EBITDA比", _LATEST
    )
    net_assets_change = _times("equity against a year before", "净资产同比", _YEAR)
    investment_share = _times("long-term investments added within a year, over equity", "新增对外投资占净资产比", _YEAR)
    guarantees_to_net_assets = _times("guarantees given over equity", "对外担保占净资产比", _LATEST)
    imbalance_share = _times("assets less liabilities and equity, over assets", "报表勾稽差异", _LATEST)
    unexplained_equity_share = _times(
        "equity less that of the last year's end and the profit since, over the former; either way",
        "净资产不明变动",
        "against the last year's end",
    )
    tax_revenue_gap = _times("revenue by tax returns less revenue, over it; either way", "税报收入差异", _LATEST)
    related_revenue_share = _times("revenue from related parties over revenue", "关联交易收入占比", _LATEST)
    manipulation_score = _times(
        "Beneish's M of a whole year against the year before; what is not told of depreciation and expense is neutral",
        "财务操纵得分",
        _YEAR,
    )


EventFeatures = cast(
    "type[PerDebtor]",
    type(PerDebtor)(  # type: ignore[misc]
        "EventFeatures",
        (PerDebtor,),
        {
            "__doc__": "What befell the debtor, by kind of event. A kind with `_lifted` after it ends the one before, "
            "and then there is none.\n\nSource: feed `event`.",
            "__module__": __name__,
            **{f"days_since_{kind}": _days(f"days since: {en}", f"距{zh}天数", "all events")
               for kind, (zh, en) in EVENT_KINDS.items()},
            **{f"{kind}_cents": _money(f"amounts, where told: {EVENT_KINDS[kind][1]}", f"{EVENT_KINDS[kind][0]}金额",
                                       "12 months")
               for kind in SUMMED_KINDS},
            **{f"{kind}_times": _count(f"how often: {EVENT_KINDS[kind][1]}", f"{EVENT_KINDS[kind][0]}次数",
                                       f"{months} months")
               for kind, months in COUNTED_KINDS.items()},
        },
    ),
)  # fmt: skip


class AccountFeatures(PerDebtor):
    """What moves on the debtor's accounts at this bank. Source: feed `account_entry`.

    Of kinds of counterparty these are known: `bank` (loans paid out, transfers between own accounts: no settlement),
    `cash`, `person`, `related`, and what loans may not be used for, `securities` and `real_estate`. Receipts and
    payments leave out `bank` and `cash`.
    """

    inflow_cents = _money("receipts", "结算流入", "3 months")
    inflow_change = _times("receipts against those of a year before", "结算流入同比", "3 months, a year apart")
    person_receipts_share = _times("of receipts, those from persons", "个人来款占比", "3 months")
    related_transfers_share = _times(
        "of receipts and payments, those with related parties", "关联方往来占比", "1 month"
    )
    new_counterparties_share = _times(
        "of the ten counterparties with most, those not met in the year before; empty where there are fewer",
        "新增主要对手占比",
        "3 months",
    )
    cash_out_cents = _money("most cash drawn on a day", "单日最大取现", "3 months")
    cash_out_times = _times(
        "that, over the mean of the days on which cash was drawn in the year before", "取现倍数", "3 months"
    )


class ProceedsFeatures(PerDebtor):
    """Where the money of loans paid out within a year went: the greatest share of any such loan.

    Source: feed `account_entry`, from the day of paying out; kinds of counterparty as for accounts. What is traced, and
    what the bank had to pay itself, is of feed `drawdown` and the published table `proceeds_path`, along as many hops
    and days as the rule `use_of_proceeds` says; hops stop at other banks.
    """

    returned_share = _times(
        "came back from accounts to which money had gone since the paying out", "放款回流占比", "30 days"
    )
    restricted_share = _times("went to securities or real estate", "流入股市楼市占比", "30 days")
    rapid_related_share = _times("went to related parties", "快速流向关联方占比", "3 days")
    traced_returned_share = _times(
        "came back to the debtor, or by others to a related party, along hops", "多跳回流占比", "30 days"
    )
    traced_restricted_share = _times(
        "went along hops to securities, or to real estate where the loan is not for it",
        "多跳流入股市楼市占比",
        "30 days",
    )
    traced_cash_share = _times("was drawn as cash, along hops", "多跳套现占比", "30 days")
    self_paid_cents = _money("paid by the debtor where the bank had to pay the payee", "应受托未受托金额", "12 months")
    split_paid_cents = _money(
        "the same, in parts within a few days of which none passes the line", "化整为零支付金额", "12 months"
    )
    other_payee_cents = _money(
        "paid to others than the payee that the bank was to pay", "未付约定收款方金额", "12 months"
    )


class CollateralFeatures(PerDebtor):
    """The collateral of the debtor's loans on the book. Source: feeds `collateral`, `valuation`, `pledge`.

    Released and sold collateral is left out. A value secures the debtor's loans by what each owes.
    """

    collateral_value_change = _times(
        "the worst change of a value against the one before it", "押品价值变动", "last two values"
    )
    collateral_value_age_days = _days("days since the oldest of the latest values", "押品估值距今天数", "today")
    loan_to_value = _times("highest of a loan's principal over its collateral's value", "抵押率", "today")
    main_collateral_kind = dy.Enum(
        COLLATERAL_KINDS,
        nullable=True,
        **_told("what is worth most of that loan's collateral", "主要押品类型", "word", "today"),
    )
    insurance_days_left = _days("days to the first end of an insurance; below 0 it is past", "押品保险剩余天数")
    registration_days_left = _days("days to the first end of a registration; below 0 it is past", "押品登记剩余天数")
    is_collateral_seized = _flag("a collateral's status is seized", "押品被查封")


class CapacityFeatures(PerDebtor):
    """Whether a debtor can pay what falls due within a year at this bank.

    Source: the published loans of the same night; feed `statement`: item `annual_income` of persons, and
    `operating_cash_flow`, which is before interest, of whole years, both of the last 24 months; what the bureau and the
    accounts tell. What is repaid at once at the end of a loan is left out of the instalments: no year's income pays it.
    """

    service_year_cents = _money(
        "instalments, interest and fees of the year to come", "未来一年还本付息", "next 12 months"
    )
    matures_year_cents = _money(
        "principal repaid at once at the end, within it", "未来一年到期一次还本", "next 12 months"
    )
    income_cents = _money("a year's income", "年收入", "latest year")
    income_age_days = _days("days since the end of that year", "收入距今天数")
    instalment_to_income = _times("instalments of a year over income", "收入偿债比", "next 12 months")
    instalment_to_income_change = _times("that, less a year before", "收入偿债比变动", _YEAR)
    all_banks_instalment_to_income = _times(
        "the same if debt at other banks costs as much as here: an estimate, since reports tell no instalments",
        "全部负债收入偿债比（估算）",
        "next 12 months",
    )
    cash_flow_year_cents = _money("operating cash flow of the latest whole year", "年经营现金流", "latest year")
    cash_flow_cover = _times("that over instalments of a year", "经营现金流偿债覆盖", "next 12 months")
    cash_flow_cover_change = _times("that, less a year before", "经营现金流偿债覆盖变动", _YEAR)
    receipts_cover = _times(
        "four times a quarter's receipts here, over instalments of a year", "账户流入偿债覆盖", "3 months"
    )


class GuaranteeFeatures(PerDebtor):
    """Time that runs against the bank. Source: feeds `guarantee`, `legal_event`; the published loans of the same night.

    Limitation runs from the oldest unpaid due day, and anew from a payment and from a demand, acknowledgement, filing,
    judgment or enforcement.
    """

    guarantee_days_left = _days(
        "days to the first end of a guarantee period that was agreed beyond the loan's maturity", "保证期间剩余天数"
    )
    guarantee_unagreed_days = _days(
        "days since the first loan matured whose guarantee period is not agreed, or ends no later", "保证债务到期天数"
    )
    limitation_days = _days("days for which limitation has run, the longest of its loans", "诉讼时效已经过天数")


class CircleFeatures(PerDebtor):
    """Whom the debtor guarantees among the bank's debtors, in whatever shard. Source: feed `guarantee`."""

    circle_members = _count(
        "debtors of its guarantee circle: each guarantees each other, directly or along others; itself is one",
        "担保圈成员数",
    )
    guarantees_given_cents = _money("amount that it guarantees for other debtors of the bank", "对本行客户担保金额")


class TiedFeatures(PerDebtor):
    """Who near the debtor is in default, in whatever shard: non-performing or in stage 3, by arrears or by a decision.

    Source: the look around before the shards of the same night; feeds `debtor` and `guarantee`, those in force.
    """

    group_members_in_default = _count("other members of its group that are in default", "违约集团成员数")
    guarantors_in_default = _count("debtors of the bank that guarantee it and are in default", "违约保证人数")
    guaranteed_in_default = _count("debtors of the bank that it guarantees and that are in default", "违约被担保人数")
    circle_members_in_default = _count("other debtors of its guarantee circle that are in default", "违约担保圈成员数")


class CovenantFeatures(PerDebtor):
    """How the debtor keeps the promises of its contracts, by the last test of each.

    Source: the published `covenant_test` of the same night.
    """

    covenant_state = dy.Enum(RESULTS, nullable=True, **_told("worst result", "约定条款状态", "word", "last tests"))
    covenant_breach_days = _days("days since the first of the breaches that last", "约定违反天数", "last tests")
    covenant_late_days = _days("days since the first late statement was due", "约定检验逾期天数", "last tests")
    covenant_headroom = _times("least room of those kept, as a share of the bound", "约定最小余量", "last tests")


class MarketFeatures(PerDebtor):
    """What happens around the debtor, by its region and its industry. Source: feed `market`.

    Series: `house_price_<region>`, `region_npl_<region>` (a fraction) by city or province; `industry_index_<letter>`
    (50 is neither way), `industry_price_<letter>`, `input_price_<letter>` by the letter of GB/T 4754. A value counts
    for half a year.
    """

    house_price_change = _times("house prices of its city", "所在城市房价同比", _YEAR)
    region_npl_change = _times("share of non-performing loans in its region, less then", "地区不良率变动", "6 months")
    industry_index = _times("index of its industry", "行业景气指数", "latest")
    industry_index_before = _times("that, a quarter before", "上季行业景气指数", "3 months before")
    industry_price_change = _times("prices of its industry", "行业价格同比", _YEAR)
    input_price_change = _times("prices of what its industry buys", "原材料价格变动", "3 months")


Family = TypeVar("Family", bound=PerDebtor)


@cache
def told_of_nobody(family: type[Family]) -> dy.DataFrame[Family]:
    """Return a family's table without a row; made once, because making it takes longer than all else then."""
    return family.create_empty()


FAMILIES: dict[str, type[PerDebtor]] = {
    "party": PartyFeatures,
    "repayment": RepaymentFeatures,
    "capacity": CapacityFeatures,
    "bureau": BureauFeatures,
    "statements": StatementFeatures,
    "events": EventFeatures,
    "accounts": AccountFeatures,
    "proceeds": ProceedsFeatures,
    "collateral": CollateralFeatures,
    "guarantees": GuaranteeFeatures,
    "circles": CircleFeatures,
    "tied": TiedFeatures,
    "market": MarketFeatures,
    "covenants": CovenantFeatures,
}
"""Every family of features, under its name."""
