"""The random book, with decisions of every kind that bears on a tier: many end within a month, some within days."""

import json
import random
from datetime import date, timedelta
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
    return tables
