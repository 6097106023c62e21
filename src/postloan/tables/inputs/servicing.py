"""Feed tables about what is owed and paid: opening balances, instalments, payments, the core's ledger, decisions."""

from typing import ClassVar

import dataframely as dy
import polars as pl

from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.units import TIERS, day, flag, ident, money, one_of, ratio, text, whole


class Opening(FeedTable):
    """Data take-on: where a loan stood at close of a day, when its earlier payments are lost."""

    table: ClassVar[str] = "opening"
    zh: ClassVar[str] = "期初余额"
    owner: ClassVar[Owner] = "loan"

    loan_id = ident("loan", "借据号", key=True, refers="loan")
    on = day("close of business of this day", "日期", key=True)
    outstanding_cents = money("principal outstanding, overdue included", "本金余额")
    overdue_principal_cents = money("principal overdue", "逾期本金", optional=True)
    overdue_interest_cents = money("interest overdue", "逾期利息", optional=True)
    accrued_interest_cents = money("interest accrued and not yet due", "应计利息", optional=True)
    penalty_cents = money("penalty interest owed", "罚息", optional=True)
    compound_cents = money("compound interest owed", "复利", optional=True)
    fee_cents = money("fees owed", "费用", optional=True)
    oldest_principal_due_on = day("oldest unpaid principal fell due", "最早欠本日", optional=True)
    oldest_interest_due_on = day("oldest unpaid interest fell due", "最早欠息日", optional=True)
    payment_string = text("the last months' payment codes, oldest first", "还款记录", max_length=60)
    observation_from = day("start of the observation period", "观察期起始日", optional=True)
    tier = one_of("tier", "五级分类", TIERS, optional=True)

    @dy.rule()
    def overdue_principal_is_part_of_outstanding(cls) -> pl.Expr:
        """A part cannot be greater than the whole."""
        return cls.overdue_principal_cents.col.fill_null(0) <= cls.outstanding_cents.col

    @dy.rule()
    def overdue_principal_has_its_due_day(cls) -> pl.Expr:
        """Overdue principal says since when, and the day is not after the opening."""
        is_overdue = cls.overdue_principal_cents.col.fill_null(0) > 0
        return ~is_overdue | (cls.oldest_principal_due_on.col <= cls.on.col).fill_null(value=False)

    @dy.rule()
    def overdue_interest_has_its_due_day(cls) -> pl.Expr:
        """Overdue interest says since when, and the day is not after the opening."""
        is_overdue = cls.overdue_interest_cents.col.fill_null(0) > 0
        return ~is_overdue | (cls.oldest_interest_due_on.col <= cls.on.col).fill_null(value=False)


class Instalment(FeedTable):
    """What falls due and when. A later version replaces the earlier ones from its first seq onwards."""

    table: ClassVar[str] = "instalment"
    zh: ClassVar[str] = "还款计划"
    owner: ClassVar[Owner] = "loan"

    loan_id = ident("loan", "借据号", key=True, refers="loan")
    version = whole("version of the schedule, from 1", "版本", least=1, key=True)
    seq = whole("number of the instalment, from 1", "期次", least=1, key=True)
    due_on = day("due day", "应还日")
    principal_cents = money("principal", "应还本金")
    interest_cents = money("interest", "应还利息")
    fee_cents = money("fees; empty is none", "应还费用", optional=True)
    effective_on = day("day from which the version holds; empty is from the start", "生效日", optional=True)


class Payment(FeedTable):
    """Money received for a loan, or the reversal of an earlier payment."""

    table: ClassVar[str] = "payment"
    zh: ClassVar[str] = "还款"
    owner: ClassVar[Owner] = "loan"

    payment_id = ident("payment", "还款流水号", key=True)
    loan_id = ident("loan", "借据号", refers="loan")
    paid_on = day("business date of the payment, or of the reversal", "还款日")
    amount_cents = money("amount; a reversal repeats the amount it takes back", "金额")
    channel = ident("channel", "渠道", optional=True)
    reverses_payment_id = ident("the payment that this row takes back", "冲正流水号", optional=True)
    allocation = text("which debts the payment was meant for; empty is by rule", "指定还款顺序", max_length=200)


class Ledger(FeedTable):
    """The core system's own view of a loan at close of a day."""

    table: ClassVar[str] = "ledger"
    zh: ClassVar[str] = "核心账"
    owner: ClassVar[Owner] = "loan"

    loan_id = ident("loan", "借据号", key=True, refers="loan")
    on = day("close of business of this day", "日期", key=True)
    outstanding_cents = money("principal outstanding", "本金余额")
    overdue_principal_cents = money("principal overdue", "逾期本金", optional=True)
    overdue_interest_cents = money("interest overdue", "逾期利息", optional=True)
    penalty_cents = money("penalty interest owed", "罚息", optional=True)
    days_past_due = whole("days past due", "逾期天数", most=36_600, optional=True)
    tier = one_of("tier", "五级分类", TIERS, optional=True)


class AccountEntry(FeedTable):
    """A movement on a debtor's account at this bank."""

    table: ClassVar[str] = "account_entry"
    zh: ClassVar[str] = "账户流水"
    owner: ClassVar[Owner] = "debtor"

    entry_id = ident("entry", "流水号", key=True)
    account_id = ident("account", "账号")
    debtor_id = ident("debtor", "客户号", refers="debtor")
    booked_at = dy.Datetime(time_unit="us", description="when it was booked", metadata={"zh": "记账时间"})
    amount_cents = money("amount, negative when money leaves", "金额", signed=True)
    counterparty = text("counterparty", "对手名称")
    counterparty_account = text("counterparty's account", "对手账号", max_length=64)
    counterparty_bank = text("counterparty's bank", "对手行")
    counterparty_kind = ident("kind of counterparty", "对手类型", optional=True)
    memo = text("memo", "摘要")


class WrittenOff(FeedTable):
    """What was written off, and what became of it."""

    table: ClassVar[str] = "written_off"
    zh: ClassVar[str] = "核销"
    owner: ClassVar[Owner] = "loan"

    loan_id = ident("loan", "借据号", key=True, refers="loan")
    on = day("day of writing off", "核销日", key=True)
    principal_cents = money("principal written off", "核销本金")
    interest_cents = money("interest written off", "核销利息")
    transferred_cents = money("of the principal, what the price of a transfer met", "其中转让收回", optional=True)
    asset_cents = money("of the principal, what an asset taken in its place met", "其中以物抵债", optional=True)
    ground = text("ground", "核销依据")
    status = one_of("written off and still pursued (账销案存), or closed (终结)", "状态", ("pursued", "closed"))

    @dy.rule()
    def what_was_met_is_part_of_the_principal(cls) -> pl.Expr:
        """A price and an asset beyond the principal are income, and none of the book's business."""
        met_cents = cls.transferred_cents.col.fill_null(0) + cls.asset_cents.col.fill_null(0)
        return met_cents <= cls.principal_cents.col


class Market(FeedTable):
    """A market series: prime rates, exchange rates, price indices, macro figures."""

    table: ClassVar[str] = "market"
    zh: ClassVar[str] = "市场数据"
    owner: ClassVar[Owner] = "bank"

    series = ident("series", "指标", key=True)
    on = day("day", "日期", key=True)
    value = ratio("value; a rate is a fraction", "数值")


class Decision(FeedTable):
    """What the desk decided (Door 2): the only way a person changes what a night computes."""

    table: ClassVar[str] = "decision"
    zh: ClassVar[str] = "决定"
    owner: ClassVar[Owner] = "loan"

    decision_id = ident("decision", "决定号", key=True)
    kind = ident("technical_delay, restructure, write_off or waiver", "类型")
    loan_id = ident("the loan it is about", "借据号", refers="loan")
    effective_on = day("first business date it applies to", "生效日")
    ends_on = day("last business date it applies to; empty is open", "终止日", optional=True)
    terms = text(
        "terms as a JSON object; what a kind must say is in docs/feeds.md", "内容", optional=False, max_length=20_000
    )
    is_withdrawn = flag("withdrawn", "是否撤销")
