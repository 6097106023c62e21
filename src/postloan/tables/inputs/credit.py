"""Feed tables about what was agreed: facilities, contracts, loans, drawdowns, covenants."""

from typing import ClassVar

import dataframely as dy
import polars as pl

from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.units import (
    DAY_COUNTS,
    EXPOSURE_KINDS,
    HOLIDAY_ROLLS,
    METHODS,
    RATE_KINDS,
    REPRICINGS,
    SECURITY_KINDS,
    day,
    flag,
    ident,
    money,
    one_of,
    rate,
    ratio,
    text,
    whole,
)


class Facility(FeedTable):
    """A limit granted to a debtor."""

    table: ClassVar[str] = "facility"
    zh: ClassVar[str] = "授信"
    owner: ClassVar[Owner] = "debtor"

    facility_id = ident("facility", "授信号", key=True)
    debtor_id = ident("debtor", "客户号", refers="debtor")
    limit_cents = money("limit", "授信额度")
    begins_on = day("first day", "起始日")
    ends_on = day("last day", "到期日")
    is_frozen = flag("frozen", "是否冻结")


class Contract(FeedTable):
    """A loan contract under which loans are paid out."""

    table: ClassVar[str] = "contract"
    zh: ClassVar[str] = "合同"
    owner: ClassVar[Owner] = "debtor"

    contract_id = ident("contract", "合同号", key=True)
    facility_id = ident("facility", "授信号", optional=True, refers="facility")
    debtor_id = ident("debtor", "客户号", refers="debtor")
    signed_on = day("day of signing", "签订日")
    amount_cents = money("amount", "合同金额")
    begins_on = day("first day", "起始日")
    ends_on = day("last day", "到期日")


class Loan(FeedTable):
    """One loan (借据): a debt with its terms."""

    table: ClassVar[str] = "loan"
    zh: ClassVar[str] = "借据"
    owner: ClassVar[Owner] = "debtor"

    loan_id = ident("loan", "借据号", key=True)
    contract_id = ident("contract", "合同号", optional=True, refers="contract")
    debtor_id = ident("debtor", "客户号", refers="debtor")
    org_id = ident("office that keeps the loan", "机构号", refers="org")
    officer_id = ident("officer in charge", "客户经理", optional=True)
    product = ident("product", "产品")
    exposure_kind = one_of("kind of exposure; empty is loan", "业务种类", EXPOSURE_KINDS, optional=True)
    use_industry_code = ident("industry the money is used in", "投向行业", optional=True)
    funding_share_e8 = whole("the bank's own share, in 1e-8; empty is all", "出资比例", most=10**8, optional=True)
    partner_id = ident("partner in a joint or syndicated loan", "合作方", optional=True)
    currency = dy.String(regex=r"^[A-Z]{3}$", description="ISO 4217 currency", metadata={"zh": "币种"})
    principal_cents = money("principal paid out", "借款金额")
    signed_on = day("day of signing", "签订日", optional=True)
    disbursed_on = day("day of paying out", "放款日")
    matures_on = day("last due day, extensions included", "到期日")
    original_matures_on = day("last due day as first agreed; empty is matures_on", "原到期日", optional=True)
    rate_kind = one_of("fixed or tied to a loan prime rate; empty is fixed", "利率类型", RATE_KINDS, optional=True)
    annual_rate_e8 = rate("yearly rate in force when the row was known", "年利率")
    spread_e8 = rate("spread over the loan prime rate", "加点", optional=True)
    reprices = one_of("when the rate follows the prime rate; empty is never", "重定价方式", REPRICINGS, optional=True)
    reprice_months = whole(
        "months between repricings, if every_n_months",
        "重定价周期（月）",
        least=1,
        most=120,
        optional=True,
    )
    splits_periods = flag(
        "a rate that changes inside a period counts from its day; empty: from the next period", "利率变动分段计息"
    )
    method = one_of("repayment method", "还款方式", METHODS)
    due_day = whole("due day of the month; empty is the day paid out", "还款日", least=1, most=31, optional=True)
    first_due_on = day("first due day; empty is one period after the day paid out", "首次还款日", optional=True)
    holiday_roll = one_of(
        "where a due day on a day off moves to; empty is none", "节假日顺延", HOLIDAY_ROLLS, optional=True
    )
    roll_moves_interest = flag("interest runs to the day a due day moved to", "顺延期间计息")
    period_months = whole("months in a period; empty is one", "还款周期", least=1, most=120, optional=True)
    day_count = one_of("day count; empty is 30/360", "计息基准", DAY_COUNTS, optional=True)
    instalment_cents = money(
        "level amount that falls due each period, where the contract fixes it", "期供", optional=True
    )
    amortization_months = whole(
        "balloon: months its instalments are reckoned over",
        "摊还期限（月）",
        least=1,
        most=600,
        optional=True,
    )
    interest_only_periods = whole("periods at the start in which only interest falls due", "只还息期数", optional=True)
    step_periods = whole("steps: instalments of one amount", "阶梯期数", least=1, optional=True)
    step_cents = money("steps: added to the amount by each step", "阶梯递增额", optional=True, signed=True)
    step_factor_e8 = rate("steps: by what each step multiplies the amount", "阶梯倍数", optional=True)
    grace_days = whole("days of grace", "宽限天数", most=366, optional=True)
    penalty_factor_e8 = rate("overdue rate as a multiple of the rate", "罚息倍数", optional=True)
    misuse_factor_e8 = rate("misuse rate as a multiple of the rate", "挪用罚息倍数", optional=True)
    charges_compound = flag("compound interest is charged", "计收复利")
    security_kind = one_of("main security; empty is credit", "担保方式", SECURITY_KINDS, optional=True)
    purpose_code = ident("purpose", "用途代码", optional=True)
    renews_loan_id = ident("the loan that this one repaid (借新还旧)", "原借据号", optional=True)
    is_no_principal_renewal = flag("a renewal without repayment of principal (无还本续贷)", "无还本续贷")

    @dy.rule()
    def matures_after_it_is_paid_out(cls) -> pl.Expr:
        """The last due day is after the day of paying out."""
        return cls.matures_on.col > cls.disbursed_on.col

    @dy.rule()
    def its_rate_is_not_negative(cls) -> pl.Expr:
        """A borrower is not paid for borrowing; spreads may be negative, the rate they make may not."""
        return cls.annual_rate_e8.col >= 0

    @dy.rule()
    def first_due_in_its_term(cls) -> pl.Expr:
        """The first due day is after the day of paying out and not after the last."""
        is_after = cls.first_due_on.col > cls.disbursed_on.col
        return (is_after & (cls.first_due_on.col <= cls.matures_on.col)).fill_null(value=True)

    @dy.rule()
    def its_steps_are_not_negative(cls) -> pl.Expr:
        """An amount times less than nothing is no amount."""
        return (cls.step_factor_e8.col >= 0).fill_null(value=True)

    @dy.rule()
    def paid_out_after_it_is_signed(cls) -> pl.Expr:
        """Money is not paid out before the contract is signed."""
        return (cls.signed_on.col <= cls.disbursed_on.col).fill_null(value=True)


class Drawdown(FeedTable):
    """One payment out under a loan, and to whom."""

    table: ClassVar[str] = "drawdown"
    zh: ClassVar[str] = "放款"
    owner: ClassVar[Owner] = "loan"

    drawdown_id = ident("drawdown", "放款号", key=True)
    loan_id = ident("loan", "借据号", refers="loan")
    paid_on = day("day of paying out", "放款日")
    amount_cents = money("amount", "金额")
    payee = text("payee", "收款人")
    payee_account = text("payee's account", "收款账号", max_length=64)
    payee_bank = text("payee's bank", "收款行")
    pay_out = one_of("entrusted to the bank, or by the borrower", "支付方式", ("entrusted", "self"), optional=True)
    voucher = text("voucher", "凭证")


class Covenant(FeedTable):
    """A promise in the contract that is tested from time to time."""

    table: ClassVar[str] = "covenant"
    zh: ClassVar[str] = "约定条款"
    owner: ClassVar[Owner] = "loan_or_facility"

    covenant_id = ident("covenant", "条款号", key=True)
    loan_id = ident("loan, or facility_id", "借据号", optional=True, refers="loan")
    facility_id = ident("facility, or loan_id", "授信号", optional=True, refers="facility")
    metric = ident("what is measured", "指标")
    operator = one_of("the comparison that keeps the covenant", "比较", ("<", "<=", "=", ">=", ">"))
    threshold = ratio("the bound", "阈值")
    test_every_months = whole("months between tests", "测试周期", least=1, most=120)
    cure_days = whole("days to cure a breach", "补救天数", most=3660, optional=True)

    @dy.rule()
    def binds_a_loan_or_a_facility(cls) -> pl.Expr:
        """Exactly one of the two is named."""
        return cls.loan_id.col.is_null() != cls.facility_id.col.is_null()
