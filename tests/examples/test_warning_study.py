"""What the study of warnings counts, on debtor-months counted by hand; and its books, where they are here."""

import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.studio import Studio

EXAMPLES = Path(__file__).parents[2] / "examples"
DATA = Path(__file__).parents[3] / "shared" / "data"
sys.path.insert(0, str(EXAMPLES))

import warning_books as books  # noqa: E402
import warning_demo as demo  # noqa: E402


def test_precision_recall_and_lead_are_those_counted_by_hand() -> None:
    # Debtor 1 falls at month 6 and is warned of from month 2; debtor 2 falls at 4 unwarned; debtor 3 never falls.
    rows = [
        (1, 0, 6, 1, False), (1, 2, 4, 1, True), (1, 5, 1, 1, True),
        (2, 3, 1, 1, False),
        (3, 0, None, 0, True), (3, 1, None, 0, False),
    ]  # fmt: skip
    outcome = load_desk_rules(None).version("studio", Studio, date(2026, 1, 1)).outcome
    months = pl.DataFrame(rows, schema=["debtor_no", "at", "months_to_bad", "goes_bad", "told"], orient="row")
    found = demo.worth("by hand", months, pl.col("told"), outcome)
    assert (found.alerts, found.precision, found.recall) == (3, pytest.approx(2 / 3), 0.5)
    assert (found.early, found.lead) == (0.5, 4.0)


@pytest.mark.skipif(not DATA.exists(), reason="the real books are not here")
def test_nothing_told_of_a_company_says_whether_anybody_went_bankrupt() -> None:
    table = books.companies(DATA / "smesd_cn")
    assert table.height == 2765
    assert table["company"].is_unique().all()
    told = table.drop("company").select(pl.selectors.numeric().fill_null(0))
    related = told.select(pl.corr(name, books.LABEL) for name in told.columns if name != books.LABEL).row(0)
    assert max(abs(each) for each in related) < 0.5
