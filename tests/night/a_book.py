"""A book of some hundred loans in all states, made from a seed, as a feed folder would bring it."""

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from feeds import write_feed
from postloan.intake.load import load_feeds

ON = date(2024, 6, 30)
FEED_DAY = ON
SHARDS = 4

Tables = dict[str, list[dict[str, Any]]]

KINDS = [("person", "none"), ("sole_trader", "micro"), ("company", "small"), ("company", "large")]
METHODS = ["level_instalment", "equal_principal", "flat_rate", "interest_only", "bullet", "daily_interest"]


def loaded_home(folder: Path, *, shards: int = SHARDS, debtors: int = 80) -> Path:
    """Load the book into a new home."""
    tables = {table: rows for table, rows in book(debtors=debtors).items() if rows}
    (report,) = load_feeds(folder / "home", write_feed(folder / "feeds", FEED_DAY, tables), shards=shards)
    assert report.quarantined == 0, report.tables
    return folder / "home"


def book(*, debtors: int = 80, seed: int = 7) -> Tables:
    """Debtors with up to six loans each: some pay, some stop, some are taken on, restructured or written off."""
    chance = random.Random(seed)  # noqa: S311 - the same book every time
    tables: Tables = {
        "org": [{"org_id": "000", "parent_id": None, "name": "head office", "level": "head"}],
        "debtor": [], "loan": [], "opening": [], "instalment": [], "payment": [], "ledger": [], "written_off": [],
        "decision": [], "elsewhere": [],
    }  # fmt: skip
    for at in range(debtors):
        form, size = chance.choice(KINDS)
        debtor_id = f"D{at:04d}"
        tables["debtor"].append(
            {"debtor_id": debtor_id, "name": f"debtor {at}", "legal_form": form, "size_class": size,
             "industry_code": None, "region_code": "110000"}
        )  # fmt: skip
        if chance.random() < 0.1:
            tables["elsewhere"].append(
                {
                    "debtor_id": debtor_id,
                    "on": ON,
                    "all_banks": Decimal(10**6),
                    "all_banks_over_90": 0,
                    "other_bank_npl": chance.random() < 0.5,
                }
            )
        for number in range(chance.randint(1, 6)):
            _add_loan(chance, tables, f"L{at:04d}-{number}", debtor_id)
    return tables


def _add_loan(chance: random.Random, tables: Tables, loan_id: str, debtor_id: str) -> None:
    paid_out = date(2022, 7, 1) + timedelta(days=chance.randint(0, 720))
    principal, months = 1_000 * chance.randint(1, 500), chance.choice([12, 24, 36])
    tables["loan"].append(
        {"loan_id": loan_id, "debtor_id": debtor_id, "org_id": "000", "product": chance.choice(["consumer", "working"]),
         "currency": "CNY", "principal": Decimal(principal), "disbursed_on": paid_out,
         "matures_on": _months_later(paid_out, months), "annual_rate": Decimal(chance.choice(["0.0345", "0.12"])),
         "method": chance.choice(METHODS), "day_count": chance.choice(["30/360", "ACT/360", "ACT/365"])}
    )  # fmt: skip
    if chance.random() < 0.1:
        share = principal // 3
        tables["opening"].append(
            {"loan_id": loan_id, "on": max(paid_out, date(2024, 1, 31)), "outstanding": Decimal(share),
             "overdue_principal": Decimal(share // 2), "oldest_principal_due_on": max(paid_out, date(2023, 12, 20)),
             "penalty": Decimal("12.34")}
        )  # fmt: skip
    stops = chance.random() < 0.25
    paid = chance.randint(0, 24) if stops else 24
    for month in range(1, paid + 1):
        paid_on = _months_later(paid_out, month)
        if paid_on <= ON:
            amount = Decimal(principal) / months * (Decimal("1.07") if chance.random() < 0.9 else Decimal("0.5"))
            tables["payment"].append(
                {"payment_id": f"P{loan_id}-{month}", "loan_id": loan_id, "paid_on": paid_on,
                 "amount": amount.quantize(Decimal("0.01")), "reverses_payment_id": None}
            )  # fmt: skip
    if tables["payment"] and chance.random() < 0.05 and tables["payment"][-1]["loan_id"] == loan_id:
        last = tables["payment"][-1]
        tables["payment"].append(last | {"payment_id": f"R{loan_id}", "reverses_payment_id": last["payment_id"]})
    if chance.random() < 0.1:
        tables["ledger"].append(
            {
                "loan_id": loan_id,
                "on": ON,
                "outstanding": Decimal(principal) / 2,
                "days_past_due": 95,
            }
        )
    if stops and chance.random() < 0.1:
        tables["written_off"].append(
            {"loan_id": loan_id, "on": ON, "principal": Decimal(principal), "interest": 0, "status": "pursued"}
        )
    if chance.random() < 0.1:
        tables["decision"].append(
            {"decision_id": f"R-{loan_id}", "kind": "restructure", "loan_id": loan_id, "effective_on": paid_out,
             "ends_on": None, "terms": '{"difficulty": "cash_flow_short", '
             '"adjustment": "extension"}'}
        )  # fmt: skip


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, min(day.day, 28))
