"""Features: what a night says of each debtor for early warnings, by family; docs/features.md is made from here.

Of loans the published row itself is the row of features. A feature that is not known is empty, and a condition that
needs it does not hold: silence is no warning, and no comfort either.
"""

from typing import Any, cast

import dataframely as dy

from postloan.tables.units import LEGAL_FORMS, SIZE_CLASSES, TIERS, PerDebtor

EVENT_KINDS: dict[str, tuple[str, str]] = {
    "sued": ("被起诉", "sued"),
    "enforced": ("被列为被执行人", "listed as a judgment debtor"),
    "dishonest": ("被列为失信被执行人", "listed as a dishonest judgment debtor"),
    "consumption_restricted": ("被限制高消费", "forbidden high consumption"),
    "execution_terminated": ("终结本次执行", "execution ended for lack of assets"),
    "bankruptcy_accepted": ("破产申请受理", "a petition for bankruptcy accepted"),
    "criminal_case": ("刑事立案", "a criminal case opened"),
    "equity_frozen": ("股权被司法冻结", "its equity frozen by a court"),
    "equity_pledged": ("股权大额质押", "its equity pledged heavily"),
    "account_frozen": ("账户被冻结扣划", "its account frozen or deducted"),
    "abnormal_operation": ("列入经营异常名录", "on the list of abnormal operation"),
    "serious_violation": ("列入严重违法失信名单", "on the list of serious violations"),
    "licence_revoked": ("营业执照吊销或注销", "its business licence revoked or cancelled"),
    "key_licence_expired": ("关键资质到期失效", "a key licence expired"),
    "key_licence_revoked": ("关键资质被吊销", "a key licence revoked"),
    "tax_arrears": ("欠税公告", "in arrears of tax"),
    "tax_grade_fell": ("纳税信用等级下降", "its tax grade fell"),
    "tax_grade_d": ("纳税信用降为D级", "its tax grade fell to D"),
    "invoices_abnormal": ("发票异常", "its invoices abnormal"),
    "tax_abnormal_household": ("税务非正常户", "an abnormal household of the tax bureau"),
    "penalised": ("环保行政处罚", "penalised by the ecology bureau"),
    "output_stopped": ("环保停产令", "its output stopped by the ecology bureau"),
    "environment_red_card": ("环境信用红牌", "a red card for the environment"),
    "phase_out_listed": ("列入淘汰名单", "on a list of phase-out"),
    "negative_news": ("媒体负面报道", "negative news"),
    "production_stopped": ("停产半停产", "production stopped"),
    "power_use_fell": ("开工率或用电量骤降", "use of power fell"),
    "staff_cut": ("用工人数大减", "staff cut"),
    "wages_unpaid": ("拖欠工资", "wages unpaid"),
    "key_customer_lost": ("主要客户流失", "a key customer lost"),
    "key_supplier_lost": ("主要供应商断供", "a key supplier lost"),
    "orders_fell": ("订单明显减少", "orders fell"),
    "business_changed": ("主营业务变更", "its core business changed"),
    "project_halted": ("项目停建", "a project halted"),
    "project_delayed": ("项目缓建", "a project late"),
    "project_over_budget": ("项目超预算", "a project over budget"),
    "project_equity_missing": ("项目资本金不到位", "equity of a project not paid in"),
    "safety_accident": ("安全生产事故", "a safety accident"),
    "product_recall": ("产品质量问题", "a recall or penalty for a product"),
    "premises_moved": ("经营场所变更", "premises moved unreported"),
    "premises_vacated": ("经营场所搬空", "premises vacated"),
    "equipment_sold": ("出售主要生产设备", "core equipment sold"),
    "unreachable": ("失联", "could not be reached"),
    "controller_detained": ("实际控制人或法人被采取强制措施", "its controller detained"),
    "representative_changed": ("法定代表人变更", "its legal representative changed"),
    "executives_left": ("高管集中离职", "key executives left"),
    "shareholder_dispute": ("股东纠纷", "a dispute of shareholders"),
    "controller_changed": ("控制权变更", "its controller changed"),
    "key_person_lost": ("核心人物死亡或重病", "a key person dead or gravely ill"),
    "gambling_or_usury": ("涉赌涉毒或高利贷", "gambling, drugs or usury"),
    "inspection_refused": ("拒绝配合贷后检查", "refused an inspection"),
    "false_documents": ("提供虚假资料", "supplied false documents"),
    "audit_qualified": ("审计意见非标", "an audit opinion that is qualified or worse"),
    "capital_reduced": ("大额资产减值或减资", "a large impairment or reduction of capital"),
    "acceptance_advanced": ("银行承兑垫款", "an acceptance paid by the bank in its stead"),
    "bill_dishonoured": ("票据拒付", "a bill dishonoured"),
    "extension_asked": ("申请展期或重组", "asked for an extension or restructuring"),
    "other_bank_special_mention": ("他行出现关注", "special mention at another bank"),
    "other_banks_cut": ("他行压缩抽贷", "other banks cut its credit"),
    "many_queries": ("征信查询激增", "many queries at the bureau"),
    "bridge_repayment": ("依赖过桥资金还款", "repaid by bridge money"),
    "income_stopped": ("个人失业或收入中断", "income stopped"),
    "divorced": ("借款人婚变", "divorced"),
    "died": ("借款人死亡", "died"),
    "bond_default": ("债券违约", "defaulted on a bond"),
    "rating_cut": ("外部评级下调", "its rating cut"),
    "money_returned": ("贷款资金回流", "loan money came back"),
    "money_in_securities_or_housing": ("资金流入股市楼市", "loan money went into securities or housing"),
    "money_misused": ("挪用贷款资金", "loan money used otherwise than agreed"),
    "collateral_seized": ("抵押物被查封", "collateral seized"),
    "collateral_damaged": ("抵押物毁损", "collateral damaged"),
    "collateral_lost": ("抵押物灭失", "collateral lost"),
    "collateral_transferred": ("抵押物擅自转让出租", "collateral transferred or let unapproved"),
    "collateral_expropriated": ("抵押物列入拆迁征收", "collateral to be expropriated"),
    "later_charge_found": ("抵押物新增在先权利", "a prior right on collateral found"),
    "receivable_refused": ("应收账款付款人拒付", "the debtor of a pledged receivable refuses to pay"),
    "guarantor_denies": ("保证人拒绝确认或否认", "a guarantor denies the guarantee"),
    "guarantor_enforced": ("保证人被执行", "a guarantor listed as a judgment debtor"),
    "guarantor_dishonest": ("保证人失信", "a guarantor listed as dishonest"),
    "trade_barrier": ("出口受限或关税", "its exports restricted or taxed"),
    "policy_restricted": ("行业政策限制", "its industry restricted by policy"),
    "documents_missing": ("合同要素缺失", "its file incomplete"),
}
"""Kinds of events that features know, in Chinese and as what befell the debtor; feeds may bring others."""


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
        "debt at other banks against a report a quarter or more before",
        "他行负债变动",
        "latest report and one 80 days older",
    )
    other_bank_npl = _flag("another bank classes it non-performing", "他行不良", "latest report")


class StatementFeatures(PerDebtor):
    """Ratios of the latest statement, against the one of a year before and of the quarter before.

    Source: feed `statement`, items of CAS 30; income and cash flow run from the beginning of the year.
    """

    statement_on = _day("end of the latest period", "最近报表期末")
    statement_age_days = _days("days since then", "报表距今天数", "latest statement")
    statement_is_audited = _flag("audited", "是否审计", "latest statement")
    total_assets_cents = _money("total assets", "资产总额", "latest statement")
    net_assets_cents = _money("equity", "净资产", "latest statement")
    revenue_cents = _money("revenue since the beginning of the year", "营业收入", "latest statement")
    debt_to_assets = _times("total liabilities over total assets", "资产负债率", "latest statement")
    debt_to_assets_change = _times("that, less a year before", "资产负债率变动", "against a year before")
    current_ratio = _times("current assets over current liabilities", "流动比率", "latest statement")
    quick_ratio = _times("current assets but inventory over current liabilities", "速动比率", "latest statement")
    cash_ratio = _times("cash over current liabilities", "现金比率", "latest statement")
    interest_cover = _times("profit before finance expense over finance expense", "利息保障倍数", "latest statement")
    revenue_change = _times("revenue against the same period a year before", "营业收入同比", "against a year before")
    gross_margin = _times("revenue less cost of sales, over revenue", "毛利率", "latest statement")
    gross_margin_change = _times("that, less a year before", "毛利率变动", "against a year before")
    loss_statements = _count("statements in a row up to the latest with a net loss", "连续亏损期数", "all statements")
    negative_cash_statements = _count(
        "statements in a row up to the latest with operating cash flowing out",
        "经营现金流连续为负期数",
        "all statements",
    )
    cash_to_profit = _times(
        "operating cash flow over net profit, where there is one", "利润现金含量", "latest statement"
    )
    receivables_change = _times("receivables against a year before", "应收账款同比", "against a year before")
    inventory_change = _times("inventory against the statement before", "存货环比", "against the statement before")
    short_debt_change = _times("short-term borrowings against the statement before", "短期借款环比",
                               "against the statement before")  # fmt: skip
    long_assets_to_long_funds = _times("fixed assets over equity and long-term borrowings", "长期资产适合率",
                                       "latest statement")  # fmt: skip
    borrowings_to_revenue = _times("borrowings over a year's revenue", "有息负债收入比", "latest statement")
    net_assets_change = _times("equity against a year before", "净资产同比", "against a year before")
    imbalance_share = _times("assets less liabilities and equity, over assets", "报表勾稽差异", "latest statement")


EventFeatures = cast(
    "type[PerDebtor]",
    type(PerDebtor)(  # type: ignore[misc]
        "EventFeatures",
        (PerDebtor,),
        {
            "__doc__": "Days since something last befell the debtor, by kind of event. Source: feed `event`.",
            "__module__": __name__,
            **{f"days_since_{kind}": _days(f"days since: {en}", f"距{zh}天数", "all events")
               for kind, (zh, en) in EVENT_KINDS.items()},
        },
    ),
)  # fmt: skip

FAMILIES: dict[str, type[PerDebtor]] = {
    "party": PartyFeatures,
    "repayment": RepaymentFeatures,
    "bureau": BureauFeatures,
    "statements": StatementFeatures,
    "events": EventFeatures,
}
"""Every family of features, under its name."""
