"""The Czech bank: every loan payment finds its loan, and the loan that misses its first ones is found."""

from datetime import date
from pathlib import Path

import polars as pl
from real_books import Run, real_book, rows

from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.snapshot.read import read_loans


def test_all_loan_payments_are_matched_and_nothing_is_refused(tmp_path: Path, run_loader: Run) -> None:
    feeds = run_loader("berka", real_book("berka"))
    paid, loans = rows(feeds, "payment"), rows(feeds, "loan")
    assert paid.height == 123
    assert set(paid["loan_id"]) <= set(loans["loan_id"])
    assert paid["loan_id"].n_unique() == 34
    assert sum(report.quarantined for report in load_feeds(tmp_path / "home", feeds, shards=1)) == 0


def test_instalments_sum_to_the_loan_and_payments_meet_them_to_the_heller(run_loader: Run) -> None:
    feeds = run_loader("berka", real_book("berka"))
    amounts = pl.col("principal").cast(pl.Decimal(18, 2))
    dues = rows(feeds, "instalment").with_columns(amounts)
    sums = dues.group_by("loan_id").agg(pl.col("principal").sum())
    wrong = rows(feeds, "loan").select("loan_id", amounts.alias("lent")).join(sums, on="loan_id")
    assert wrong.filter(pl.col("lent") != pl.col("principal")).is_empty()
    first = dues.filter(seq="1").select("loan_id", "principal")
    paid = rows(feeds, "payment").select("loan_id", pl.col("amount").cast(pl.Decimal(18, 2))).join(first, on="loan_id")
    assert paid.filter(pl.col("amount") != pl.col("principal")).is_empty()
    assert set(dues["due_on"].str.slice(8)) == {"12"}


def test_loan_5314_is_overdue_since_its_first_instalment_and_no_other_is(tmp_path: Path, run_loader: Run) -> None:
    home = tmp_path / "home"
    load_feeds(home, run_loader("berka", real_book("berka")), shards=1)
    days = [date(1994, 2, 28), date(1994, 3, 31)]
    assert [night.on for night in run_nights(home, days)] == days
    before, after = (read_loans(home, on).rows_by_key("loan_id", named=True, unique=True) for on in days)
    assert {loan for loan, row in before.items() if row["days_past_due"]} == {"5314"}
    assert before["5314"]["days_past_due"] == (days[0] - date(1993, 7, 12)).days
    assert before["5314"]["overdue_principal_cents"] == 8 * 803_320, "July to February, none paid"
    # The payment of March meets the instalment of July; August is the oldest now, and eight are still missing.
    assert after["5314"]["days_past_due"] == (days[1] - date(1993, 8, 12)).days
    assert after["5314"]["overdue_principal_cents"] == 8 * 803_320


def test_loans_granted_before_the_transactions_begin_are_taken_on_paid_up(tmp_path: Path, run_loader: Run) -> None:
    book, raw = real_book("berka"), tmp_path / "raw"
    raw.mkdir()
    for path in book.glob("*.parquet"):
        if not path.name.startswith("trans_"):
            (raw / path.name).symlink_to(path)
    moved = pl.concat([pl.read_parquet(path) for path in sorted(book.glob("trans_*.parquet"))])
    late = moved.filter(pl.col("date") >= date(1994, 1, 1), pl.col("date") < date(1994, 4, 1))
    late.filter(pl.col("date") < date(1994, 2, 1)).write_parquet(raw / "trans_1.parquet")
    late.filter(pl.col("date") >= date(1994, 1, 15)).write_parquet(raw / "trans_2.parquet")
    feeds = run_loader("berka", raw)
    opened = rows(feeds, "opening")
    assert set(opened["on"]) == {"1993-12-31"}
    assert opened.filter(loan_id="5314")["outstanding"].item() == f"{96396 - 6 * 8033.20:.2f}"
    assert rows(feeds, "payment").height == late.filter(k_symbol="UVER").height, "no transaction twice"
    assert sum(report.quarantined for report in load_feeds(tmp_path / "home", feeds, shards=1)) == 0
