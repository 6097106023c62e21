"""The random book, with decisions of every kind that bears on a tier: many end within a month, some within days."""

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from a_book import FEED_DAY, ON, Tables, book

from feeds import write_feed
from postloan.intake.load import load_feeds

_ESTABLISHED = {"evidence": "file 7", "approver": "officer 9"}
_BY_THREE = {"proposed_by": "officer 1", "determined_by": "officer 2", "approved_by": "officer 3"}
_TERMS = {
    "misuse": _ESTABLISHED, "impairment": _ESTABLISHED | {"expected_loss": "0.6"}, "rating_fall": _ESTABLISHED,
    "evasion": _ESTABLISHED, "bankruptcy": _ESTABLISHED, "merger": _ESTABLISHED,
    "manual_tier": _BY_THREE | {"tier": "doubtful", "reason": "seen"}, "upgrade": _BY_THREE | {"ability": "pays"},
    "technical_delay": _ESTABLISHED | {"cause": "operational"},
    "restructure": {"difficulty": "overdue", "adjustment": "easier_plan"},
}  # fmt: skip
_LASTING = {"merger", "upgrade", "restructure"}


def eventful_home(folder: Path, *, seed: int, debtors: int = 70) -> Path:
    """Load the book of a seed into a new home of four shards."""
    tables = {table: rows for table, rows in _eventful(book(debtors=debtors, seed=seed), seed).items() if rows}
    (report,) = load_feeds(folder / "home", write_feed(folder / "feeds", FEED_DAY, tables), shards=4)
    assert report.quarantined == 0, report.tables
    return folder / "home"


def _eventful(tables: Tables, seed: int) -> Tables:
    chance = random.Random(seed)  # noqa: S311 - the same book every time
    for loan in tables["loan"]:
        for number in range(chance.choice([0, 0, 1, 2, 3])):
            kind = chance.choice([*_TERMS, "upgrade", "upgrade", "merger"])
            begins = max(loan["disbursed_on"], ON - timedelta(days=chance.randint(0, 500)))
            ends: date | None = begins + timedelta(days=chance.choice([3, 12, 25, 70, 200]))
            tables["decision"].append(
                {"decision_id": f"E-{loan['loan_id']}-{number}", "kind": kind, "loan_id": loan["loan_id"],
                 "effective_on": begins, "ends_on": None if kind in _LASTING else ends,
                 "terms": json.dumps(_TERMS[kind])}
            )  # fmt: skip
    for at in range(12):
        _add_recovered(chance, tables, at)
    return tables


def _add_recovered(chance: random.Random, tables: Tables, at: int) -> None:
    """A company that was rated down for a while and upgraded half a year later; of some a second loan is late then."""
    debtor_id, upgraded_on = f"R{at:03d}", date(2023, 9, 1) + timedelta(days=chance.randint(0, 250))
    tables["debtor"].append(
        {"debtor_id": debtor_id, "name": debtor_id, "legal_form": "company", "size_class": "medium",
         "industry_code": None, "region_code": "110000"}
    )  # fmt: skip
    for number, matures_on in enumerate([date(2025, 1, 10), upgraded_on + timedelta(days=chance.choice([2, 9, 400]))]):
        tables["loan"].append(
            {"loan_id": f"{debtor_id}-{number}", "debtor_id": debtor_id, "org_id": "000", "product": "working",
             "currency": "CNY", "principal": Decimal(10**5), "disbursed_on": date(2023, 2, 1), "matures_on": matures_on,
             "annual_rate": Decimal("0.05"), "method": "bullet", "day_count": "30/360"}
        )  # fmt: skip
    fell_on = date(2023, 2, 1) + timedelta(days=chance.randint(0, 200))
    said = {"loan_id": f"{debtor_id}-0", "terms": json.dumps(_ESTABLISHED)}
    tables["decision"] += [
        said | {"decision_id": f"F-{debtor_id}", "kind": "rating_fall", "effective_on": fell_on,
                "ends_on": fell_on + timedelta(days=chance.choice([5, 50]))},
        said | {"decision_id": f"U-{debtor_id}", "kind": "upgrade", "effective_on": upgraded_on, "ends_on": None,
                "terms": json.dumps(_TERMS["upgrade"])},
    ]  # fmt: skip
