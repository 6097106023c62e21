"""A small bank of companies that stand for one another, with figures a person can reckon with."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from feeds import Row, Tables, write_feed
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights

ON = date(2024, 6, 30)
MILLION = Decimal(1_000_000)

GUARANTEES = [
    ("D1", "D2", 1), ("D2", "D1", 1), ("D2", "D3", 1), ("D3", "D4", 1), ("D5", "D4", 1), ("D6", "D5", 1),
    ("D4", "X1", 1), ("D7", "D8", 1),
]  # fmt: skip
"""Debtor, guarantor, millions. D1 and D2 stand for each other; X1 is no debtor; D8 owes nothing any more."""

BUFFERS = {"D2": "0.90", "D3": "1.00", "D4": "1.50", "D5": "0.50"}
"""Millions that current assets have beyond current liabilities; the others filed nothing."""


def bank(*, guarantees: list[tuple[str, str, int]] | None = None) -> Tables:
    """Eight companies that owe a million each, but for the last; D5 has not paid for a hundred days."""
    names = [f"D{at}" for at in range(1, 9)]
    edges = GUARANTEES if guarantees is None else guarantees
    return {
        "org": [{"org_id": "000", "parent_id": None, "name": "head office", "level": "head"}],
        "debtor": [
            {"debtor_id": name, "name": name, "legal_form": "company", "size_class": "large", "region_code": "110000"}
            for name in names
        ],
        "loan": [
            {"loan_id": f"L{name}", "debtor_id": name, "org_id": "000", "product": "working", "currency": "CNY",
             "principal": MILLION, "disbursed_on": date(2024, 1, 1), "matures_on": date(2025, 12, 31),
             "annual_rate": Decimal("0.04"), "method": "bullet", "security_kind": "guarantee"}
            for name in names[:-1]
        ],
        "ledger": [
            {"loan_id": f"L{name}", "on": ON, "outstanding": MILLION, "days_past_due": 100 if name == "D5" else 0}
            for name in names[:-1]
        ],
        "guarantee": [
            {"guarantee_id": f"G{at}", "guarantor_id": guarantor, "secures_kind": "loan", "secures_id": f"L{debtor}",
             "amount": millions * MILLION, "kind": "joint", "begins_on": date(2024, 1, 1)}
            for at, (debtor, guarantor, millions) in enumerate(edges)
        ],
        "statement": [row for name, cents in BUFFERS.items() for row in _statement(name, Decimal(cents) * MILLION)],
        "collateral": [{"collateral_id": "C", "owner_id": "D3", "kind": "residential"}],
        "valuation": [{"collateral_id": "C", "valued_on": date(2024, 1, 1), "value": 3 * MILLION}],
        "pledge": [_pledge("D3", 1), _pledge("D6", 2)],
    }  # fmt: skip


def published(folder: Path, *, shards: int, tables: Tables | None = None, on: date = ON) -> Path:
    """Load the bank and publish its day; returns its home."""
    write_feed(folder / f"feeds-{shards}", on, tables or bank())
    home = folder / f"home-{shards}"
    (report,) = load_feeds(home, folder / f"feeds-{shards}", shards=shards)
    assert report.quarantined == 0, report.tables
    list(run_nights(home, [on]))
    return home


def _statement(name: str, buffer: Decimal) -> list[Row]:
    """An older statement says more: the latest counts."""
    return [
        {"debtor_id": name, "period_end_on": end, "item": item, "value": value}
        for end, assets in ((date(2023, 12, 31), buffer + 5 * MILLION), (date(2024, 3, 31), buffer + MILLION))
        for item, value in (("current_assets", assets), ("current_liabilities", MILLION))
    ]


def _pledge(name: str, rank: int) -> Row:
    return {
        "pledge_id": f"P{rank}", "collateral_id": "C", "secures_kind": "loan", "secures_id": f"L{name}", "rank": rank,
        "secured": 5 * MILLION, "begins_on": date(2024, 1, 1),
    }  # fmt: skip
