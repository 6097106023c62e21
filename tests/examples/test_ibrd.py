"""The World Bank's statement: what the borrowers owe, and who owes it after the last repayment date."""

from datetime import date
from pathlib import Path

import polars as pl
from real_books import Run, real_book, rows

from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.snapshot.read import read_loans

ON = date(2023, 5, 31)


def test_what_is_taken_on_is_the_borrowers_obligation(run_loader: Run) -> None:
    raw = real_book("ibrd_loans")
    statement = pl.concat([pl.read_parquet(path) for path in sorted(raw.glob("statement_*.parquet"))])
    owed = statement.select((pl.col("Borrower's Obligation") * 100).round(0).cast(pl.Int64)).to_series()
    opened = rows(run_loader("ibrd", raw), "opening")
    assert opened.height == owed.filter(owed >= 10_000).len()
    assert opened["outstanding_cents"].sum() == owed.filter(owed >= 10_000).sum()


def test_instalments_repay_it_all_from_the_first_to_the_last_date(run_loader: Run) -> None:
    feeds = run_loader("ibrd", real_book("ibrd_loans"))
    loans, opened = rows(feeds, "loan"), rows(feeds, "opening")
    dues = rows(feeds, "instalment").group_by("loan_id").agg(
        pl.col("principal_cents").sum(), pl.col("due_on").min().alias("first"), pl.col("due_on").max().alias("last")
    )  # fmt: skip
    running = opened.filter(pl.col("overdue_principal_cents").is_null()).join(loans, on="loan_id")
    found = running.join(dues, on="loan_id", how="left")
    assert found.filter(pl.col("principal_cents_right") != pl.col("outstanding_cents")).is_empty()
    assert found.filter(pl.col("last") != pl.col("matures_on")).is_empty()
    assert found["first"].min() > ON
    assert found["principal_cents_right"].null_count() == 0


def test_loans_past_their_last_date_are_overdue_since_then(tmp_path: Path, run_loader: Run) -> None:
    home = tmp_path / "home"
    reports = load_feeds(home, run_loader("ibrd", real_book("ibrd_loans")), shards=1)
    assert sum(report.quarantined for report in reports) == 0
    run_night(home, ON)
    loans = read_loans(home, ON)
    late = loans.filter(pl.col("days_past_due") > 0)
    assert set(late["region_code"]) == {"ZW", "BY"}
    assert late.filter(region_code="ZW").height == 18
    assert set(loans.filter(pl.col("tier") != "pass")["region_code"]) == {"ZW", "BY"}
    belarus = late.filter(region_code="BY").row(0, named=True)
    assert belarus["days_past_due"] == (ON - date(2023, 3, 15)).days
    assert belarus["tier"] == "special_mention"
