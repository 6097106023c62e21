"""A small bank whose loan money goes ways that a person can follow."""

from datetime import date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from feeds import Row, Tables

ON = date(2025, 6, 30)
DRAWN = date(2025, 5, 1)
NUMBERS = count(1)


def company(name: str, **says: Any) -> Row:
    return {"debtor_id": name, "name": f"{name} Ltd", "legal_form": "company", "size_class": "large"} | says


def person(name: str, **says: Any) -> Row:
    return {"debtor_id": name, "name": name, "legal_form": "person", "size_class": "none"} | says


def loan(name: str, yuan: int, **says: Any) -> Row:
    return {
        "loan_id": f"L{name}", "debtor_id": name, "org_id": "000", "product": "流动资金贷款", "currency": "CNY",
        "principal": Decimal(yuan), "disbursed_on": DRAWN, "matures_on": date(2026, 5, 1), "signed_on": DRAWN,
        "annual_rate": Decimal("0.04"), "method": "bullet",
    } | says  # fmt: skip


def drawdown(name: str, yuan: int, *, pay_out: str = "self", on: date = DRAWN, **says: Any) -> Row:
    return {
        "drawdown_id": f"W{next(NUMBERS)}", "loan_id": f"L{name}", "paid_on": on, "amount": Decimal(yuan),
        "pay_out": pay_out,
    } | says  # fmt: skip


def entry(name: str, yuan: int, account: str | None, *, on: date = DRAWN, at: int = 10, kind: str = "company",
          bank: str | None = None) -> Row:  # fmt: skip
    """An entry on the one account of a customer, which has its name and 1 after it."""
    return {
        "entry_id": f"E{next(NUMBERS)}", "account_id": f"{name}1", "debtor_id": name, "amount": Decimal(yuan),
        "booked_at": datetime.combine(on, time(at)), "counterparty": account, "counterparty_account": account,
        "counterparty_bank": bank, "counterparty_kind": kind,
    }  # fmt: skip


def landed(name: str, yuan: int, *, on: date = DRAWN) -> Row:
    return entry(name, yuan, None, on=on, at=9, kind="bank")


def paid(name: str, other: str, yuan: int, *, on: date = DRAWN, at: int = 10) -> list[Row]:
    """A payment from one customer of the bank to another, as both sides tell it."""
    return [entry(name, -yuan, f"{other}1", on=on, at=at), entry(other, yuan, f"{name}1", on=on, at=at)]


def tables(debtors: list[Row], loans: list[Row], drawdowns: list[Row], entries: list[Row], **more: list[Row]) -> Tables:
    told = {
        "org": [{"org_id": "000", "parent_id": None, "name": "head office", "level": "head"}],
        "debtor": debtors, "loan": loans, "drawdown": drawdowns, "account_entry": entries, **more,
    }  # fmt: skip
    return {name: rows for name, rows in told.items() if rows}


def a_ring() -> Tables:
    """A draws a million, B and C pass it on: half comes back, and a third goes to securities; D is A's shareholder."""
    day = DRAWN.replace
    return tables(
        [company("A"), company("B"), company("C"), company("D"), company("E")],
        # B drew too, and later: its own days are others than those of the money that came to it.
        [loan("A", 1_000_000), loan("E", 500_000), loan("B", 100_000, disbursed_on=date(2025, 6, 20))],
        [
            drawdown("B", 100_000, on=date(2025, 6, 20)), drawdown("A", 1_000_000),
            drawdown("E", 500_000, pay_out="entrusted", payee="P", payee_account="P9", payee_bank="Other"),
        ],
        [
            landed("A", 1_000_000), *paid("A", "B", 900_000), entry("B", 50_000, "X7", on=day(day=2)),
            *paid("B", "C", 900_000, on=day(day=3)), *paid("C", "A", 500_000, on=day(day=5)),
            entry("C", -300_000, "S1", on=day(day=6), kind="securities", bank="Broker"),
            *paid("B", "D", 50_000, on=day(day=7)), *paid("A", "D", 20_000, on=day(day=8)),
            *paid("A", "B", 70_000, on=date(2025, 6, 5)),
        ],
        relation=[{"debtor_id": "A", "other_id": "D", "kind": "shareholder"}],
    )  # fmt: skip
