"""The book of five files that the README begins with: it loads whole, and its tiers are those the README tells."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.snapshot.read import read_loans

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "examples" / "first_book"
ON = date(2024, 12, 31)

# What a reader finds by counting: loan → (tier, days past due, outstanding).
FOUND = {
    "L001": ("pass", 0, None),
    "L002": ("special_mention", 41, 60_000_00),
    "L003": ("substandard", 121, 2_000_000_00),
    "L004": ("substandard", 0, 500_000_00),
    "L005": ("pass", 0, 200_000_00),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("first") / "home"
    reports = load_feeds(home, BOOK)
    assert [report.quarantined for report in reports] == [0]
    run_night(home, ON)
    return home


def test_the_book_is_five_small_files() -> None:
    files = sorted(path.name for path in (BOOK / str(ON)).iterdir())
    assert files == ["debtor.csv", "instalment.csv", "loan.csv", "org.csv", "payment.csv"]
    assert sum((BOOK / str(ON) / name).stat().st_size for name in files) < 4000


def test_each_loan_has_the_tier_that_the_readme_tells(home: Path) -> None:
    rows = read_loans(home, ON, ["loan_id", "tier", "days_past_due", "outstanding_cents", "tier_cite"])
    found = {row["loan_id"]: row for row in rows.to_dicts()}
    assert set(found) == set(FOUND)
    for loan_id, (tier, days, outstanding_cents) in FOUND.items():
        row = found[loan_id]
        assert (row["tier"], row["days_past_due"]) == (tier, days), loan_id
        assert outstanding_cents is None or row["outstanding_cents"] == outstanding_cents, loan_id
    # L004 is not overdue at all: its debtor's other loan is.
    assert found["L004"]["tier_cite"] == "cn-2023-1 Art. 7"
    assert rows.select(pl.col("outstanding_cents").sum()).item() > 0


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_tells_the_same(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for loan_id, (_tier, days, _outstanding) in FOUND.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {loan_id} "))
        assert f"| {days} |" in row
