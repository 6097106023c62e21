"""`postloan quote`: the payoff closes the loan to the cent, and a prepayment does what its quote said."""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from feeds import write_feed
from own_book import keep_own_book
from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.plan.quote import quote
from postloan.site.cli import app
from postloan.snapshot.read import read_loans

BOOK = Path(__file__).parents[2] / "examples" / "first_book"
ON = date(2024, 12, 31)
NEXT = date(2025, 1, 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    load_feeds(tmp_path / "home", BOOK, shards=2)
    keep_own_book(tmp_path / "home")
    return tmp_path / "home"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def next_day(home: Path, folder: Path, **tables: list[dict[str, Any]]) -> dict[str, Any]:
    feed = write_feed(folder, NEXT, tables, modes=dict.fromkeys(tables, "increment"))
    (report,) = load_feeds(home, feed)
    assert report.quarantined == 0
    run_night(home, NEXT)
    return read_loans(home, NEXT).row(by_predicate=pl.col("loan_id") == "L001", named=True)


@pytest.mark.parametrize("loan_id", ["L001", "L002", "L003", "L004", "L005"])
def test_the_payoff_closes_the_loan_with_nothing_left_over(home: Path, tmp_path: Path, loan_id: str) -> None:
    told = quote(home, loan_id, NEXT, prepay=None)
    for more in (0, 1):
        paid = {"payment_id": f"Q{more}", "loan_id": loan_id, "paid_on": NEXT}
        paid["amount"] = Decimal(told.payoff_cents + more) / 100
        own = tmp_path / f"{more}"
        load_feeds(own, BOOK, shards=1)
        next_day(own, tmp_path / f"feeds{more}", payment=[paid])
        loan = read_loans(own, NEXT).row(by_predicate=pl.col("loan_id") == loan_id, named=True)
        assert (loan["status"], loan["unapplied_cents"]) == ("settled", more)


@pytest.mark.parametrize("choice", ["shorter_term", "smaller_instalment"])
def test_a_prepayment_leaves_what_its_quote_said(home: Path, tmp_path: Path, choice: str) -> None:
    tail = quote(home, "L001", NEXT, prepay=Decimal(100_000)).tails[choice]
    terms = json.dumps({"amount": "100000.00", "choice": choice})
    loan = next_day(
        home, tmp_path / "next",
        payment=[{"payment_id": "Q", "loan_id": "L001", "paid_on": NEXT, "amount": Decimal(100_000)}],
        decision=[{"decision_id": "X", "kind": "prepayment", "loan_id": "L001", "effective_on": NEXT, "terms": terms}],
    )  # fmt: skip
    assert loan["days_past_due"] == loan["unapplied_cents"] == 0
    again = quote(home, "L001", NEXT, prepay=None).tails["as_agreed"]
    assert again == tail
    assert loan["next_due_on"] == date(2025, 1, 15)


def test_it_is_said_on_the_screen_in_both_languages_and_as_json(home: Path) -> None:
    english = run("quote", "L001", "--on", ON, "--home", home, "--prepay", "100,000")
    chinese = run("--lang", "zh", "quote", "L001", "--on", ON, "--home", home, "--prepay", 100_000)
    assert english.exit_code == chinese.exit_code == 0
    assert "492,541.93" in english.stdout
    assert "same instalment, shorter term" in english.stdout
    assert "期供不变，缩短期限" in chinese.stdout
    said = json.loads(run("quote", "L001", "--on", ON, "--home", home, "--prepay", 100_000, "--json").stdout)
    assert said["payoff"] == "492541.93"
    assert said["tails"]["shorter_term"]["next"] == said["tails"]["as_agreed"]["next"]


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "much", "492541.93", "1000000"])
def test_an_amount_that_is_no_prepayment_is_refused(home: Path, amount: str) -> None:
    refused = run("quote", "L001", "--on", ON, "--home", home, "--prepay", amount)
    assert refused.exit_code in {1, 2}
    assert refused.stdout == ""


@pytest.mark.parametrize("loan_id", ["L001", "L002", "L003", "L004", "L005"])
@pytest.mark.parametrize("choice", ["shorter_term", "smaller_instalment"])
def test_whatever_its_schedule_a_loan_is_quoted_a_prepayment(home: Path, loan_id: str, choice: str) -> None:
    """Bullets, arrears and instalments from the feed too: what is prepaid is not owed any more, nor its interest."""
    payoff = quote(home, loan_id, NEXT, prepay=None)
    paid = Decimal(payoff.due_cents + (payoff.payoff_cents - payoff.due_cents) // 3) / 100
    told = quote(home, loan_id, NEXT, prepay=paid)
    assert told.prepaid_cents == int(paid * 100) + payoff.waiting_cents - payoff.due_cents
    assert told.tails[choice].interest_cents < told.tails["as_agreed"].interest_cents
    assert told.tails[choice].count <= told.tails["as_agreed"].count


@pytest.fixture
def daily_book(tmp_path: Path) -> Path:
    folder = tmp_path / "feed"
    shutil.copytree(BOOK, folder)
    loans = folder / "2024-12-31" / "loan.csv"
    loans.write_text(loans.read_text().replace("level_instalment", "daily_interest"))
    keep_own_book(tmp_path / "home")
    load_feeds(tmp_path / "home", folder, shards=1)
    return tmp_path / "home"


@pytest.mark.parametrize("choice", ["shorter_term", "smaller_instalment"])
def test_where_interest_runs_by_the_day_a_prepayment_leaves_what_its_quote_said(
    daily_book: Path, tmp_path: Path, choice: str
) -> None:
    told = quote(daily_book, "L001", NEXT, prepay=Decimal(100_000))
    terms = json.dumps({"amount": f"{Decimal(told.prepaid_cents) / 100:.2f}", "choice": choice})
    loan = next_day(
        daily_book, tmp_path / "next",
        payment=[{"payment_id": "Q", "loan_id": "L001", "paid_on": NEXT, "amount": Decimal(100_000)}],
        decision=[{"decision_id": "X", "kind": "prepayment", "loan_id": "L001", "effective_on": NEXT, "terms": terms}],
    )  # fmt: skip
    assert loan["days_past_due"] == loan["unapplied_cents"] == 0
    assert quote(daily_book, "L001", NEXT, prepay=None).tails["as_agreed"] == told.tails[choice]
    assert told.tails[choice].interest_cents < told.tails["as_agreed"].interest_cents
    fewer, same = told.tails[choice], told.tails["as_agreed"]
    assert (fewer.count < same.count) == (choice == "shorter_term")
