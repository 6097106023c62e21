"""Inputs: the feed tables, the product's public face towards the bank's other systems."""

from postloan.tables.inputs.credit import Contract, Covenant, Drawdown, Facility, Loan
from postloan.tables.inputs.feed import FeedTable
from postloan.tables.inputs.figures import BankFigure, GlBalance
from postloan.tables.inputs.parties import CoBorrower, Debtor, Elsewhere, Event, Org, Relation, Statement
from postloan.tables.inputs.security import Collateral, Guarantee, LegalEvent, Pledge, Valuation
from postloan.tables.inputs.servicing import (
    AccountEntry,
    Decision,
    Instalment,
    Ledger,
    Market,
    Opening,
    Payment,
    WrittenOff,
)

FEED_TABLES: dict[str, type[FeedTable]] = {
    schema.table: schema
    for schema in (
        Org, Debtor, Facility, Contract, Loan, CoBorrower, Drawdown, Opening, Instalment, Payment, Ledger,
        AccountEntry, Collateral, Valuation, Pledge, Guarantee, Relation, Statement, Covenant, Event, LegalEvent,
        WrittenOff, Elsewhere, Market, BankFigure, GlBalance, Decision,
    )
}  # fmt: skip
"""Every feed table by its name, in the order in which they are read: what is referred to comes first."""

__all__ = [
    "FEED_TABLES", "AccountEntry", "BankFigure", "CoBorrower", "Collateral", "Contract", "Covenant", "Debtor",
    "Decision", "Drawdown", "Elsewhere", "Event", "Facility", "FeedTable", "GlBalance", "Guarantee", "Instalment",
    "Ledger", "LegalEvent", "Loan", "Market", "Opening", "Org", "Payment", "Pledge", "Relation", "Statement",
    "Valuation", "WrittenOff",
]  # fmt: skip
