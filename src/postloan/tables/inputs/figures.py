"""The feed tables of the bank's own figures: what its ledger says of the bank as a whole, and office by office."""

from typing import ClassVar

from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.units import day, ident, money, one_of

BANK_FIGURES = (
    "loan_loss_provisions",  # booked at the close of the day, charged to cost; without the general reserve
    "provisions_accrued",  # charged to cost in the month that ends on the day
    "provisions_reversed",  # taken back in that month
    "provisions_written_off",  # used for write-offs in that month
    "provisions_recovered",  # credited in that month by recoveries of what was written off
    "general_reserve",  # set aside from profit
    "risk_assets",  # what the general reserve is measured against
    "other_npa",  # non-performing assets that are no loans
    "other_npa_provisions",  # provisions for them
    "credit_rwa",  # risk-weighted assets for credit risk, weights method
    "ratings_expected_loss",  # of loans under internal ratings, where the bank has such: expected losses
    "ratings_provisions",  # provisions for them
    "ratings_credit_rwa",  # their risk-weighted assets for credit risk
)


class BankFigure(FeedTable):
    """A figure of the bank's ledger on a day, or for the month that ends on it."""

    table: ClassVar[str] = "bank_figure"
    zh: ClassVar[str] = "本行数据"
    owner: ClassVar[Owner] = "bank"

    figure = one_of("which figure", "项目", BANK_FIGURES, key=True)
    on = day("day", "日期", key=True)
    value_cents = money("amount", "金额")


GL_ACCOUNTS = (
    "loans_principal",  # the bank's own share of the principal of the loans on the book
    "interest_receivable",  # of the interest, penalty and compound interest owed: what is on the balance sheet
    "off_balance_interest",  # and what is off it
    "loan_loss_provisions",  # general, specific and special provisions
)


class GlBalance(FeedTable):
    """What the general ledger says of an office's loans at close of a day, account by account."""

    table: ClassVar[str] = "gl_balance"
    zh: ClassVar[str] = "总账余额"
    owner: ClassVar[Owner] = "bank"

    org_id = ident("office whose book it is", "机构号", key=True, refers="org")
    account = one_of("which account", "科目", GL_ACCOUNTS, key=True)
    on = day("day", "日期", key=True)
    balance_cents = money("balance, as an amount of what the account counts", "余额", signed=True)
