"""Published rows: what a night leaves for ever. Every input of classification is among them, so a replay needs no more.

Each column says in English and Chinese what it is; docs/published.md is made from here.
"""

from typing import Any

import dataframely as dy

from postloan.tables.checked import Checked
from postloan.tables.clocks import LegalClock
from postloan.tables.collateral import CollateralShare, CollateralStanding, LoanToValue
from postloan.tables.covenants import CovenantTest
from postloan.tables.losses import LOSS_METHODS, STAGE_CAUSES, STAGES
from postloan.tables.money_trail import ProceedsPath
from postloan.tables.neighbours import CollateralClaim, DebtorInDefault, WeakGuarantee
from postloan.tables.results import LOAN_STATUSES, SCHEDULE_SOURCES
from postloan.tables.units import (
    BREAK_KINDS,
    BUCKETS,
    EXPOSURE_KINDS,
    INSTRUCTION_STATES,
    LEGAL_FORMS,
    METHODS,
    SECURITY_KINDS,
    SIZE_CLASSES,
    TIERS,
    PerDebtor,
    PerLoan,
    day,
    flag,
    ident,
    money,
    one_of,
    rate,
    ratio,
    text,
)
from postloan.tables.warnings import LEVELS, PublishedWarning, WarningScore


def _days(says: str, zh: str, *, optional: bool = False) -> dy.Int32:
    metadata: dict[str, Any] = {"zh": zh}
    return dy.Int32(nullable=optional, min=0, description=says, metadata=metadata)


class PublishedLoan(PerLoan):
    """One loan at close of a business date (借据画像)."""

    debtor_no = dy.Int64(description="the debtor's number", metadata={"zh": "客户序号"})
    loan_id = ident("loan", "借据号")
    debtor_id = ident("debtor", "客户号")
    org_id = ident("office that keeps the loan", "机构号")
    officer_id = ident("officer in charge", "客户经理", optional=True)
    product = ident("product", "产品")
    exposure_kind = one_of("kind of exposure", "业务种类", EXPOSURE_KINDS)
    legal_form = one_of("legal form of the debtor", "客户类型", LEGAL_FORMS)
    size_class = one_of("size of the debtor", "企业规模", SIZE_CLASSES)
    industry_code = ident("industry the money is used in, else the debtor's", "行业代码", optional=True)
    region_code = ident("the debtor's region", "地区代码", optional=True)
    currency = ident("currency", "币种")
    security_kind = one_of("main security", "担保方式", SECURITY_KINDS)
    method = one_of("repayment method", "还款方式", METHODS)
    disbursed_on = day("day of paying out", "放款日")
    matures_on = day("last due day", "到期日")
    original_matures_on = day("last due day as first agreed; empty is matures_on", "原到期日", optional=True)
    principal_cents = money("principal paid out", "借款金额")
    annual_rate_e8 = rate("yearly rate that the loan's row states", "合同年利率")
    rate_in_force_e8 = rate("yearly rate in force on the day", "执行年利率")
    rate_since_on = day("since when, if it was repriced or changed", "执行起始日", optional=True)
    prime_rate_e8 = rate("prime rate behind it; empty where it follows none", "对应LPR", optional=True)
    prime_rate_on = day("day that prime rate was published", "LPR发布日", optional=True)
    schedule_source = one_of(
        "the instalments come from the feed, from the terms, or from neither", "还款计划来源", SCHEDULE_SOURCES
    )
    schedule_gap_cents = money("principal less the instalments' sum", "计划差额", signed=True)

    status = one_of("on the book, settled, or written off", "状态", LOAN_STATUSES)
    outstanding_cents = money("principal outstanding that governs", "本金余额")
    own_outstanding_cents = money("principal outstanding by our computation", "本系统本金余额")
    core_outstanding_cents = money("principal outstanding by the core system", "核心本金余额", optional=True)
    balance_break_cents = money("core's less ours", "余额差异", optional=True, signed=True)
    written_off_cents = money("principal written off, transfers and assets taken included", "核销本金")
    transferred_cents = money("of that, what the price of a transfer met", "其中转让收回")
    asset_cents = money("of that, what an asset taken in its place met", "其中以物抵债")
    recovered_cents = money("cash received since it was written off", "核销后收回")
    last_recovered_on = day("last day of such cash", "最近核销后收回日", optional=True)
    overdue_principal_cents = money("principal overdue", "逾期本金")
    overdue_interest_cents = money("interest overdue", "逾期利息")
    overdue_fee_cents = money("fees overdue", "逾期费用")
    penalty_cents = money("penalty interest owed", "罚息")
    compound_cents = money("compound interest owed", "复利")
    accrued_interest_cents = money("interest accrued and not yet due", "应计利息")
    paid_principal_cents = money("principal paid since paying out or take-on", "已还本金")
    paid_interest_cents = money("interest paid since then", "已还利息")
    paid_fee_cents = money("fees paid since then", "已还费用")
    paid_penalty_cents = money("penalty interest paid since then", "已还罚息")
    paid_compound_cents = money("compound interest paid since then", "已还复利")
    received_cents = money("cash received since then", "累计收款")
    unapplied_cents = money("cash waiting for the next due day", "暂收款")
    waived_cents = money("interest, penalty and fees given up since then", "累计减免")
    capitalised_cents = money("interest and penalty made principal since then", "累计欠息转本")
    reamortised_cents = money("arrears moved into instalments to come since then", "累计重新摊还")
    accounting_principal_cents = money("principal outstanding as the bank books the cash", "会计口径本金余额")
    accounting_income_cents = money("interest income received as the bank books the cash", "会计口径利息收入")
    on_balance_interest_cents = money("interest owed, on the balance sheet", "表内欠息")
    off_balance_interest_cents = money("interest owed, off the balance sheet", "表外欠息")
    balance_days = dy.Int64(min=0, description="principal outstanding by days, in cents", metadata={"zh": "余额积数"})
    passes_court_cap = flag("charges are more than a court may uphold", "超司法保护上限", optional=False)

    funding_share_e8 = rate("the bank's own share of a joint loan; empty is all", "出资比例", optional=True)
    partner_id = ident("partner in a joint or syndicated loan", "合作方", optional=True)
    own_share_outstanding_cents = money("of the principal outstanding, the bank's own", "自担本金余额")
    partner_outstanding_cents = money("of the principal outstanding, the partners'", "合作方本金余额")
    own_share_overdue_principal_cents = money("of the principal overdue, the bank's own", "自担逾期本金")
    own_share_overdue_interest_cents = money("of the interest overdue, the bank's own", "自担逾期利息")
    secured_cents = money("of the principal outstanding, secured by pledges and guarantees", "担保覆盖金额")

    oldest_principal_due_on = day("oldest unpaid principal fell due", "最早欠本日", optional=True)
    oldest_interest_due_on = day("oldest unpaid interest fell due", "最早欠息日", optional=True)
    next_due_on = day("next due day", "下一还款日", optional=True)
    service_year_cents = money(
        "instalments, interest and fees of the year to come, but what is repaid at once at the end", "未来一年还本付息"
    )
    matures_year_cents = money("principal repaid at once at the end, within the year to come", "未来一年到期一次还本")
    service_past_year_cents = money("the same as the first, of the year up to the day", "近一年应还本息")
    last_paid_on = day("last payment", "最近还款日", optional=True)
    settled_on = day("paid off", "结清日", optional=True)
    days_past_due_principal = _days("days past due of principal", "本金逾期天数")
    days_past_due_interest = _days("days past due of interest", "利息逾期天数")
    core_days_past_due = _days("days past due by the core system", "核心逾期天数", optional=True)
    days_past_due = _days("days past due that govern: the longest", "逾期天数")
    bucket = one_of("bucket of days past due", "逾期账龄", BUCKETS)
    delay_is_technical = flag("a decision excuses the delay today", "技术性逾期", optional=False)
    payment_string = text(
        "payment codes of the last 60 months, oldest first", "还款记录", optional=False, max_length=60
    )

    extension_latest_on = day(
        "last day to which it may be extended; empty where no law names one", "展期最晚到期日", optional=True
    )
    extension_cite = text("its citation", "展期依据", max_length=200)
    is_extended_too_far = flag("extended beyond that day", "超限展期", optional=False)
    originated_on = day("signed, else paid out: whose rules of classification hold", "资产产生日")
    period_months = dy.Int64(min=1, description="months between due days", metadata={"zh": "还款间隔月数"})
    month_worst_days_past_due = _days("longest days past due of the month so far", "本月最长逾期天数")
    clean_since_on = day("since when nothing is overdue; empty while something is", "无逾期起始日", optional=True)
    use_changed = flag("the use of the money was changed", "改变用途", optional=False)
    impaired = flag("credit-impaired", "已发生信用减值", optional=False)
    impaired_share_e8 = rate("of the balance, expected to be lost", "预期损失比例", optional=True)
    rating_fall = flag("an external rating fell sharply", "外部评级大幅下调", optional=False)
    evasion = flag("the debtor evades its bank debts", "逃废债", optional=False)
    bankruptcy = flag("the debtor is being liquidated", "破产清算", optional=False)
    manual_tier = one_of("tier that people found", "人工认定分类", TIERS, optional=True)
    upgrade_decided_on = day("latest decision to upgrade the debtor's loans", "上调决定日", optional=True)
    merged_on = day("latest merger that changed the debtor", "并购日", optional=True)
    is_restructured = flag("restructured and still watched", "重组", optional=False)
    is_repeat_restructured = flag("restructured again while watched", "再次重组", optional=False)
    observation_ends_on = day("until when it is watched, if it pays", "观察期截止日", optional=True)
    is_refinanced = flag("repaid another loan (借新还旧)", "借新还旧", optional=False)
    is_no_principal_renewal = flag("renewed without repayment of principal", "无还本续贷", optional=False)
    renews_pass_loan = flag("the loan it renewed was neither late nor restructured", "被续贷款正常", optional=False)
    is_renewed_in_time = flag("signed before the loan it renewed matured", "到期前续贷", optional=False)
    is_retail = flag("retail: classed loan by loan", "零售", optional=False)
    overdue_floor_tier = one_of("floor by days past due", "逾期下限", TIERS)
    overdue_floor_cite = text("its citation", "逾期下限依据", max_length=200)
    fact_floor_tier = one_of("floor by what was decided of the loan or debtor", "事实下限", TIERS)
    fact_floor_cite = text("its citation", "事实下限依据", max_length=200)
    restructuring_floor_tier = one_of("floor by restructuring", "重组下限", TIERS)
    restructuring_floor_cite = text("its citation", "重组下限依据", max_length=200)
    manual_floor_tier = one_of("floor by the tier that people found", "人工认定下限", TIERS)
    manual_floor_cite = text("its citation", "人工认定下限依据", max_length=200)
    item_tier = one_of("tier by the loan's own facts, held until an upgrade", "单笔分类", TIERS)
    is_held = flag("would be better by its facts, and waits for an upgrade", "待上调", optional=False)
    may_upgrade_from_on = day("from when a decision may upgrade it, if it pays", "最早可上调日", optional=True)
    debtor_floor_tier = one_of("floor by the debtor's other debts", "客户下限", TIERS)
    debtor_floor_cite = text("its citation", "客户下限依据", max_length=200)
    tier = one_of("tier", "五级分类", TIERS)
    tier_rule = text("the rule that set the tier; empty for pass", "分类规则", max_length=64)
    tier_cite = text("the clause that set the tier; empty for pass", "分类依据", max_length=200)
    grade = ident("the bank's finer grade", "细分等级", optional=True)
    tier_since_on = day("since when it has the tier", "现分类起始日")
    tier_before = one_of("tier before this one; empty where it never moved", "前一分类", TIERS, optional=True)
    tier_before_cite = text("the clause that set the tier before", "前一分类依据", max_length=200)
    tier_yesterday = one_of("tier of the day before; empty where not in the book", "上日分类", TIERS, optional=True)
    tier_last_quarter = one_of("tier at the last quarter's end", "上季末分类", TIERS, optional=True)

    general_provision_cents = money("general provision of the bank's own share", "一般准备")
    specific_provision_cents = money("specific provision of it, by tier", "专项准备")
    specific_provision_cite = text("its citation; empty for pass", "专项准备依据", max_length=200)
    special_provision_cents = money("special provision of it, by industry and region", "特种准备")
    special_provision_cite = text("its citation", "特种准备依据", max_length=200)
    standard_method_cents = money(
        "potential loss of it by the standard method; empty before there was one", "潜在风险估计值", optional=True
    )

    stage = one_of("stage of expected loss; empty before there was such a law", "减值阶段", STAGES, optional=True)
    rule_stage = one_of("stage by the loan's own facts", "规则阶段", STAGES, optional=True)
    rule_stage_cause = one_of("the ground of it", "阶段成因", STAGE_CAUSES, optional=True)
    obligor_stage = one_of("stage by the debtor's other debts", "客户阶段", STAGES, optional=True)
    override_stage = one_of("stage that people found", "人工阶段", STAGES, optional=True)
    risk_group = ident("risk group", "风险分组", optional=True)
    months_left = dy.Int32(
        nullable=True, min=1, description="months until it is to be repaid", metadata={"zh": "剩余月数"}
    )
    pd_year_ratio = ratio("probability of default within a year, weighted", "12个月违约概率", optional=True)
    pd_left_ratio = ratio("probability of default until it is repaid, weighted", "存续期违约概率", optional=True)
    pd_expected_ratio = ratio(
        "what was expected of the same months when it was made", "初始预期违约概率", optional=True
    )
    behaviour_score = dy.Int64(
        nullable=True,
        description="points by the bank's behavioural scorecard; more is better",
        metadata={"zh": "行为评分"},
    )
    behaviour_pd_ratio = ratio(
        "probability of turning bad that the points stand for", "行为评分违约概率", optional=True
    )
    claim_cents = money("claim if it defaulted today, the bank's own share", "违约风险暴露", optional=True)
    lgd_ratio = ratio("share of that claim which would be lost, weighted", "违约损失率", optional=True)
    ecl_method = one_of("how its expected loss was reckoned", "减值计量方法", LOSS_METHODS, optional=True)
    ecl_year_cents = money("expected loss by defaults within a year", "12个月预期信用损失", optional=True)
    ecl_lifetime_cents = money("expected loss by all defaults", "存续期预期信用损失", optional=True)
    ecl_least_cents = money("the measure of its stage under the mildest scenario", "最优情景损失", optional=True)
    ecl_most_cents = money("the measure of its stage under the harshest scenario", "最差情景损失", optional=True)
    ecl_model_cents = money("the measure of its stage, weighted", "模型计量损失", optional=True)
    ecl_overlay_cents = money("what the management adds", "管理层叠加", optional=True)
    ecl_cents = money("loss allowance", "减值准备", optional=True)


class PublishedDebtor(PerDebtor):
    """One debtor at close of a business date (客户画像)."""

    debtor_id = ident("debtor", "客户号")
    name = text("name", "客户名称", optional=False)
    legal_form = one_of("legal form", "客户类型", LEGAL_FORMS)
    size_class = one_of("size", "企业规模", SIZE_CLASSES)
    industry_code = ident("industry", "行业代码", optional=True)
    region_code = ident("region", "地区代码", optional=True)
    group_id = ident("group of connected customers", "集团号", optional=True)
    is_retail = flag("retail: classed loan by loan", "零售", optional=False)
    loan_count = dy.Int64(min=0, description="loans on the book", metadata={"zh": "贷款笔数"})
    exposure_cents = money("principal outstanding, the bank's own share", "贷款余额")
    overdue_cents = money("principal overdue, the bank's own share", "逾期本金")
    npl_cents = money("non-performing by the loans' own facts", "不良余额")
    over_90_cents = money("past due more than 90 days", "逾期90天以上余额")
    days_past_due_worst = _days("longest days past due", "最长逾期天数")
    all_banks_cents = money("debt at all banks", "全部银行负债", optional=True)
    all_banks_over_90_cents = money("of that, overdue more than 90 days", "其中逾期90天以上", optional=True)
    other_bank_npl = flag("another bank classes it non-performing", "他行不良", optional=False)
    floor_tier = one_of("floor by the debtor's debts", "客户下限", TIERS)
    floor_cite = text("its citation", "客户下限依据", max_length=200)
    tier_worst = one_of("worst tier of its loans", "最差分类", TIERS)
    warning_count = dy.Int64(min=0, description="signals that hold of it or its loans", metadata={"zh": "预警信号数"})
    warning_level = one_of("the worst level of them", "预警级别", LEVELS, optional=True)


class LedgerBreak(Checked):
    """One way in which the core's ledger and our computation differ about a loan (对账差异).

    Only the columns of the kind's own unit are filled: cents, days or tiers. Differences are the core's less ours, what
    one side lacks counting as nothing.
    """

    loan_no = dy.Int64(description="the loan's number", metadata={"zh": "借据序号"})
    kind = one_of("what differs, or who does not hold the loan", "差异类型", BREAK_KINDS)
    loan_id = ident("loan; empty where no loan feed holds it any more", "借据号", optional=True)
    org_id = ident("office that keeps the loan", "机构号", optional=True)
    product = ident("product", "产品", optional=True)
    industry_code = ident("industry the money is used in, else the debtor's", "行业代码", optional=True)
    ledger_on = day("day of the ledger row compared", "核心账日期", optional=True)
    our_cents = money("our amount", "本系统金额", optional=True)
    core_cents = money("the core's amount", "核心金额", optional=True)
    difference_cents = money("the core's amount less ours", "金额差异", optional=True, signed=True)
    our_days = _days("our days past due", "本系统逾期天数", optional=True)
    core_days = _days("the core's days past due", "核心逾期天数", optional=True)
    difference_days = dy.Int32(nullable=True, description="the core's days less ours", metadata={"zh": "天数差异"})
    our_tier = one_of("our tier", "本系统分类", TIERS, optional=True)
    core_tier = one_of("the core's tier", "核心分类", TIERS, optional=True)
    difference_tiers = dy.Int32(
        nullable=True, description="steps by which the core's tier is worse than ours", metadata={"zh": "分类差异级数"}
    )


class Instruction(Checked):
    """A decision that the system which keeps the balance must carry out, and how far it has come (核心指令)."""

    loan_no = dy.Int64(description="the loan's number", metadata={"zh": "借据序号"})
    decision_id = ident("decision", "决定号")
    loan_id = ident("loan", "借据号")
    org_id = ident("office that keeps the loan", "机构号")
    kind = ident("kind of decision", "决定类型")
    effective_on = day("first business date it applies to", "生效日")
    amount_cents = money("what is to be written off or waived; empty for a change of terms", "金额", optional=True)
    principal_cents = money("of that, principal", "其中本金", optional=True)
    transferred_cents = money("of the principal, what the price of a transfer met", "其中转让收回", optional=True)
    asset_cents = money("of the principal, what an asset taken in its place met", "其中以物抵债", optional=True)
    terms = text("terms as decided", "内容", optional=False, max_length=20_000)
    state = one_of(
        "withdrawn, waiting (待核心生效), in force by decision, or confirmed by a feed", "状态", INSTRUCTION_STATES
    )
    confirmed_by = ident("feed table that confirmed it", "确认来源", optional=True)
    confirmed_on = day("day of the row that confirmed it, where it has one", "确认日", optional=True)


class GroupAlert(Checked):
    """A group's member to be assessed because another is non-performing; nobody is classed by it (集团预警)."""

    group_id = ident("group of connected customers", "集团号")
    debtor_no = dy.Int64(description="number of the member that is non-performing", metadata={"zh": "不良成员序号"})
    debtor_id = ident("that member", "不良成员客户号")
    tier = one_of("worst tier of its loans", "不良成员分类", TIERS)
    since_on = day("since when its first loan has that tier", "该分类起始日")
    other_no = dy.Int64(description="number of the member to be assessed", metadata={"zh": "待评估成员序号"})
    other_id = ident("the member to be assessed", "待评估成员客户号")
    other_tier = one_of("worst tier of its own loans", "待评估成员分类", TIERS)
    org_id = ident("office that keeps the largest of them", "主办机构号")
    exposure_cents = money("their principal outstanding, the bank's own share", "待评估成员贷款余额")
    cite = text("the clause that asks for it", "依据", optional=False, max_length=200)


PUBLISHED: dict[str, type[dy.Schema]] = {
    "loan": PublishedLoan,
    "debtor": PublishedDebtor,
    "ledger_break": LedgerBreak,
    "instruction": Instruction,
    "group_alert": GroupAlert,
    "warning": PublishedWarning,
    "warning_score": WarningScore,
    "covenant_test": CovenantTest,
    "legal_clock": LegalClock,
    "collateral_claim": CollateralClaim,
    "weak_guarantee": WeakGuarantee,
    "debtor_in_default": DebtorInDefault,
    "proceeds_path": ProceedsPath,
    "collateral_standing": CollateralStanding,
    "collateral_share": CollateralShare,
    "loan_to_value": LoanToValue,
}
"""Every table of a snapshot, under the name of its folder."""

OF_THE_BANK = (
    "group_alert", "collateral_claim", "weak_guarantee", "debtor_in_default", "proceeds_path", "collateral_standing",
    "collateral_share", "loan_to_value",
)  # fmt: skip
"""Those that are made of the bank as a whole, in one file; of the others every shard makes its own."""
