"""Collateral as a night finds it: each item, how its value is parted over the loans it secures, and each such loan."""

import dataframely as dy
import polars as pl

from postloan.tables.checked import Checked
from postloan.tables.inputs.security import COLLATERAL_KINDS
from postloan.tables.units import day, flag, ident, money, one_of, rate, text, whole

ELIGIBILITIES = (
    "eligible", "not_taken", "released", "sold", "seized", "not_registered", "registration_ended", "unvalued",
    "prior_unknown",
)  # fmt: skip
"""Whether a collateral covers anything; if not, why: the first of these that holds."""
INSURANCES = ("not_needed", "enough", "short", "ended", "missing", "payee")
OFF_BALANCE = ("acceptance", "guarantee_issued", "letter_of_credit", "undrawn")
"""Exposures off the balance sheet."""


class _OfLoan(Checked):
    loan_no = dy.Int64(description="the loan's number", metadata={"zh": "借据序号"})
    loan_id = ident("loan", "借据号")
    debtor_no = dy.Int64(description="the debtor's number", metadata={"zh": "客户序号"})
    debtor_id = ident("debtor", "客户号")
    org_id = ident("office that keeps the loan", "机构号")
    officer_id = ident("officer in charge", "客户经理", optional=True)
    outstanding_cents = money("principal outstanding", "本金余额")
    secured_cents = money("of that, what all its collateral together secures by contract", "押品担保本金")


class PledgedLoan(_OfLoan):
    """A loan that a collateral secures today: left by each shard for the bank as a whole; by collateral and loan.

    claim_cents         of its balance, what this collateral secures by contract.
    rank                the first of the loan's ranks on it.
    prior_claims_cents  what earlier ranks secure outside this bank's book; null where nobody said.
    """

    collateral_id = dy.String()
    claim_cents = dy.Int64(min=0)
    rank = dy.Int64(min=1)
    prior_claims_cents = dy.Int64(min=0, nullable=True)
    is_off_balance = dy.Bool()


class CollateralShare(PledgedLoan):
    """What of a collateral's value falls to a loan, by collateral and loan (押品分摊)."""

    collateral_id = ident("collateral", "押品号")
    claim_cents = money("of the balance, what this collateral secures by contract", "本押品担保额")
    rank = whole("rank, 1 is first", "顺位", least=1, most=99)
    prior_claims_cents = money("what earlier ranks outside this bank secure", "先顺位债权额", optional=True)
    is_off_balance = flag("off the balance sheet: its share comes first", "表外", optional=False)
    share_cents = money("of the collateral's value that counts, the loan's share", "分摊价值")
    lends_most_e8 = rate("most that is lent on the class", "最高抵质押率")


class LoanToValue(_OfLoan):
    """A loan beside all collateral that secures it, measured together (借据抵质押率)."""

    value_cents = money("of all its collateral, the value that counts for it", "押品价值")
    lends_cents = money("most that is lent on that value", "可担保额度")
    ltv_e8 = dy.Int64(
        nullable=True, min=0, description="secured principal over the value, in 1e-8; empty where nothing counts",
        metadata={"zh": "抵质押率"},
    )  # fmt: skip
    shortfall_cents = money("secured principal beyond what is lent on the value", "担保缺口")
    collateral_count = whole("collateral that secures it", "押品件数")
    uncounted_count = whole("of that, what covers nothing", "其中不计件数")
    main_collateral_id = ident("that with the largest share", "主要押品号")

    @dy.rule()
    def loans_rise_without_repeats(cls) -> pl.Expr:
        """One row a loan, in order."""
        return (cls.loan_no.col.diff() > 0).fill_null(value=True)


class CollateralStanding(Checked):
    """A collateral at close of a business date (押品状况)."""

    collateral_id = ident("collateral", "押品号")
    kind = one_of("class (form G13)", "押品类型", COLLATERAL_KINDS)
    region_code = ident("GB/T 2260 region", "地区代码", optional=True)
    debtor_id = ident("debtor of the loan with the largest share", "主要债务人", optional=True)
    org_id = ident("office of that loan", "机构号", optional=True)
    officer_id = ident("officer of that loan", "客户经理", optional=True)
    loan_count = whole("loans it secures", "担保借据数")
    claim_cents = money("of their balances, what it secures by contract", "担保债权额")
    prior_claims_cents = money("what earlier ranks outside this bank secure", "先顺位债权额")
    valued_on = day("day of the latest valuation", "估值日", optional=True)
    valued_cents = money("value by it", "评估价值", optional=True)
    index_series = ident("index that the value moved with since", "指数", optional=True)
    index_change_e8 = rate("how far it moved since, as it counts", "指数变动", optional=True)
    index_on = day("day of the index", "指数日", optional=True)
    index_cite = text("the clause that asks for it", "指数依据", max_length=200)
    value_cents = money("value as of the day", "当日价值", optional=True)
    eligibility = one_of("whether it covers anything, and if not why", "合格性", ELIGIBILITIES)
    counted_cents = money("value that counts, less earlier ranks outside this bank", "可计价值")
    lends_most_e8 = rate("most that is lent on the class", "最高抵质押率")
    ltv_e8 = dy.Int64(
        nullable=True,
        min=0,
        description="what it secures over the value that counts, in 1e-8",
        metadata={"zh": "抵质押率"},
    )
    shortfall_cents = money("shortfall of the loans of which it is the main collateral", "担保缺口")
    revalue_by_on = day("last day for the next valuation; empty where there was none", "应重估日", optional=True)
    revalue_cite = text("the clause that sets it", "重估依据", optional=False, max_length=200)
    registration_ends_on = day("registration ends", "登记到期日", optional=True)
    insured_to_on = day("insurance ends", "保险到期日", optional=True)
    insured_cents = money("sum insured", "保险金额", optional=True)
    insurance = one_of("whether it is insured for the debt", "保险状况", INSURANCES)

    @dy.rule()
    def ids_rise_without_repeats(cls) -> pl.Expr:
        """One row a collateral, in order."""
        return (cls.collateral_id.col > cls.collateral_id.col.shift(1)).fill_null(value=True)
