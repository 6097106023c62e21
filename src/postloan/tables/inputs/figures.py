"""The feed table of the bank's own figures: what its ledger says of the bank as a whole."""

from typing import ClassVar

from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.units import day, money, one_of

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
)


class BankFigure(FeedTable):
    """A figure of the bank's ledger on a day, or for the month that ends on it."""

    table: ClassVar[str] = "bank_figure"
    zh: ClassVar[str] = "本行数据"
    owner: ClassVar[Owner] = "bank"

    figure = one_of("which figure", "项目", BANK_FIGURES, key=True)
    on = day("day", "日期", key=True)
    value_cents = money("amount", "金额")
