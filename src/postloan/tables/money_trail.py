"""The way of loan money: where each drawdown went, purse by purse, and what of it is to be looked into."""

import dataframely as dy
import polars as pl

from postloan.tables.checked import Checked
from postloan.tables.units import day, ident, money, one_of, text, whole

PAY_OUTS = ("self", "entrusted")
PLACES = ("here", "other_bank", "gone")
"""At this bank; at another bank, where nothing is seen any more; or drawn as cash or to no account."""

FINDINGS = ("returned", "returned_to_related", "related", "securities", "real_estate", "cash")
"""Back to the borrower; to a party related to it by others or straight; where loan money may not go; drawn as cash."""

BREACHES = ("self_paid", "payee_differs", "split")
"""The bank had to pay it itself; not to whom the bank was to pay; in parts that together had to be paid by the bank."""


class ProceedsPath(Checked):
    """A part of a loan's money that moved from one purse to another (资金流向).

    All accounts of a customer are one purse. Hop 0 came to the borrower's own account, hop 1 is the first payee's. Hops
    stop at other banks: there a purse is an account, and only what comes back from it is seen. By debtor, loan, hop.
    """

    debtor_no = dy.Int64(description="the borrower's number", metadata={"zh": "借款人序号"})
    debtor_id = ident("the borrower", "借款人客户号")
    loan_id = ident("loan", "借据号")
    pay_out = one_of("who paid the payee: the borrower, or the bank for it", "支付方式", PAY_OUTS)
    hop = whole("purses beyond the borrower's that it had come to", "第几跳", most=10)
    moved_on = day("day it moved", "资金日期")
    from_id = ident(
        "customer whose purse paid, or account at another bank; empty for a pay-out", "付款方", optional=True
    )
    to_id = ident("customer whose purse it came to, or account elsewhere", "收款方", optional=True)
    to_name = text("name of that party", "收款方名称")
    to_bank = text("its bank, where the entry says so", "收款行")
    to_place = one_of("where that purse is", "收款方所在", PLACES)
    amount_cents = money("how much of the loan's money", "金额")
    stayed_cents = money("of that, what was followed no further", "未再流转金额")
    finding = one_of("what is to be looked into", "流向发现", FINDINGS, optional=True)
    breach = one_of("how the duty to let the bank pay was passed by", "受托支付问题", BREACHES, optional=True)
    breach_cite = text("the clause that asks it", "受托支付依据", max_length=200)

    @dy.rule()
    def stayed_is_part_of_the_amount(cls) -> pl.Expr:
        """Cents are conserved: what was followed further and what stayed are what came."""
        return cls.stayed_cents.col <= cls.amount_cents.col
