"""The US auto loans: what their loader may use, and how near the nights come to the filings."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from real_books import REPOSITORY, Run, real_book, rows

from postloan.desk.report.bridge import LINES, bridge
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.snapshot.read import read_loans
from postloan.tables.units import NON_PERFORMING

ENDS = [date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 31)]


def filing(loan_id: int, **said: object) -> dict[str, object]:
    """One row of loan.parquet: 10,000 dollars at 6 % over 25 months, paid up."""
    return {
        "deal": "D1", "loan_id": loan_id, "originatorName": "Lender", "originationDate": "01/2019",
        "originalLoanAmount": 10000.0, "originalLoanTerm": 25, "loanMaturityDate": "02/2021",
        "reportingPeriodEndingDate": "01-31-2020", "interestPaidThroughDate": "01-11-2020",
        "reportingPeriodInterestRatePercentage": 0.06, "reportingPeriodScheduledPaymentAmount": 443.21,
        "nextReportingPeriodPaymentAmountDue": 443.21, "currentDelinquencyStatus": 0, "vehicleManufacturerName": "FORD",
        "vehicleModelName": "F150  ", "vehicleModelYear": 2018, "vehicleNewUsedCode": 2, "vehicleValueAmount": 12000.0,
        "obligorCreditScore": 700.0, "obligorGeographicLocation": "TX",
    } | said  # fmt: skip


def month(loan_id: int, at: int, balance: float | None, paid: float | None) -> dict[str, object]:
    """One row of month.parquet."""
    return {"loan_id": loan_id, "period_end": ENDS[at], "end_bal": balance, "total_paid": paid, "prin_paid": 0.0}


def write_raw(folder: Path, loans: list[dict[str, object]], months: list[dict[str, object]]) -> Path:
    folder.mkdir()
    pl.DataFrame(loans).write_parquet(folder / "loan.parquet")
    pl.DataFrame(months).write_parquet(folder / "month.parquet")
    return folder


@pytest.fixture
def small_deal(tmp_path: Path) -> Path:
    """Four loans: paid up; eleven days overdue with two instalments asked for; settled; entering a month later."""
    return write_raw(
        tmp_path / "raw",
        [
            filing(1),
            filing(2, currentDelinquencyStatus=11, nextReportingPeriodPaymentAmountDue=886.42),
            filing(3, interestPaidThroughDate="01-21-2020"),
            filing(4, reportingPeriodEndingDate="02-29-2020", interestPaidThroughDate="02-20-2020"),
        ],
        [
            month(1, 0, 5000.0, 443.21), month(1, 1, 4600.0, 443.21), month(1, 2, 4200.0, 0.0),
            month(2, 0, 5000.0, 0.0), month(2, 1, 5000.0, 100.0), month(2, 2, None, None),
            month(3, 0, 5000.0, 443.21), month(3, 1, 0.0, 5050.0), month(3, 2, None, None),
            month(4, 1, 7000.0, 443.21), month(4, 2, 6600.0, 443.21),
        ],
    )  # fmt: skip


def test_a_loan_opens_with_its_first_filing_and_a_later_one_with_its_own(small_deal: Path, run_loader: Run) -> None:
    feeds = run_loader("auto_abs", small_deal)
    opened = rows(feeds, "opening").rows_by_key("loan_id", named=True, unique=True)
    assert {loan: row["on"] for loan, row in opened.items()} == {"1": ENDS[0], "2": ENDS[0], "3": ENDS[0], "4": ENDS[1]}
    assert pl.read_parquet(feeds / "2020-02-29" / "opening.parquet")["loan_id"].to_list() == ["4"]
    assert opened["1"]["outstanding_cents"] == 500_000
    assert opened["1"]["accrued_interest_cents"] == 1644, "5,000 at 6 % for 20 days of 365 is 16.438"


def test_arrears_at_the_opening_are_since_the_filed_days(small_deal: Path, run_loader: Run) -> None:
    feeds = run_loader("auto_abs", small_deal)
    opened = rows(feeds, "opening").rows_by_key("loan_id", named=True, unique=True)
    assert opened["2"]["overdue_principal_cents"] == 44_321
    assert opened["2"]["oldest_principal_due_on"] == date(2020, 1, 20)
    assert opened["1"]["overdue_principal_cents"] is None
    assert rows(feeds, "loan").filter(loan_id="2")["due_day"].item() == 20


def test_payments_are_the_cash_filed_on_a_day_known_at_the_opening(small_deal: Path, run_loader: Run) -> None:
    paid = rows(run_loader("auto_abs", small_deal), "payment").sort("payment_id")
    assert paid.select("payment_id", "paid_on", "amount_cents").rows() == [
        ("1-2020-02", date(2020, 2, 13), 44_321),  # Its own 11th and the deal's average 15.75: halfway, the 13th.
        ("2-2020-02", date(2020, 2, 13), 10_000),
        ("3-2020-02", date(2020, 2, 1), 505_000),  # A settlement is dated the first.
        ("4-2020-03", date(2020, 3, 18), 44_321),
    ]


def test_filed_principal_and_later_balances_change_nothing(small_deal: Path, run_loader: Run) -> None:
    honest = run_loader("auto_abs", small_deal)
    months = pl.read_parquet(small_deal / "month.parquet")
    is_first = pl.col("period_end") == pl.col("period_end").min().over("loan_id")
    months = months.with_columns(
        prin_paid=pl.lit(777.77), end_bal=pl.when(is_first).then("end_bal").otherwise(pl.col("end_bal") * 3 + 1)
    )
    months.write_parquet(small_deal / "month.parquet")
    blinded = run_loader("auto_abs", small_deal)
    names = sorted(path.relative_to(honest) for path in honest.rglob("*.*"))
    assert names == sorted(path.relative_to(blinded) for path in blinded.rglob("*.*"))
    assert [(honest / name).read_bytes() for name in names] == [(blinded / name).read_bytes() for name in names]


def test_a_negative_payment_goes_to_quarantine_and_the_rest_in(tmp_path: Path, run_loader: Run) -> None:
    raw = write_raw(
        tmp_path / "raw",
        [filing(1), filing(2)],
        [
            month(1, 0, 5000.0, 443.21), month(1, 1, 5400.0, -400.0),
            month(2, 0, 5000.0, 443.21), month(2, 1, 4600.0, 443.21),
        ],
    )  # fmt: skip
    reports = load_feeds(tmp_path / "home", run_loader("auto_abs", raw), shards=1)
    assert [report.quarantined for report in reports] == [0, 1]


def test_with_charge_offs_a_balance_closed_without_the_cash_is_written_off(tmp_path: Path, run_loader: Run) -> None:
    said = {"recovered": None, "repo_proceeds": 0.0}
    raw = write_raw(
        tmp_path / "raw",
        [filing(1), filing(2)],
        [
            month(1, 0, 5000.0, 443.21) | said, month(1, 1, 0.0, 30.0) | said | {"repo_proceeds": 1500.0},
            month(1, 2, None, None) | said | {"recovered": 250.0},
            month(2, 0, 5000.0, 443.21) | said, month(2, 1, 0.0, 5050.0) | said | {"prin_paid": 5000.0},
            month(2, 2, None, None) | said | {"recovered": -20.0},
        ],
    )  # fmt: skip
    plain, booked = run_loader("auto_abs", raw), run_loader("auto_abs", raw, "--charge-offs")
    assert not list(plain.glob("*/written_off.parquet"))
    assert rows(booked, "written_off").select("loan_id", "on", "principal_cents").rows() == [("1", ENDS[1], 500_000)]
    more = rows(booked, "payment").join(rows(plain, "payment"), on="payment_id", how="anti").sort("paid_on")
    assert more.select("loan_id", "paid_on", "amount_cents").rows() == [("1", ENDS[1], 150_000), ("1", ENDS[2], 25_000)]


@pytest.fixture(scope="module")
def real_deal(tmp_path_factory: pytest.TempPathFactory, run_loader: Run) -> tuple[Path, Path, int]:
    """The real deal, loaded once: its raw folder, the home, the rows in quarantine."""
    raw, home = real_book("auto_abs_2017_3"), tmp_path_factory.mktemp("home")
    feeds = run_loader("auto_abs", raw)
    return raw, home, sum(report.quarantined for report in load_feeds(home, feeds, shards=2))


def test_all_of_the_real_deal_is_accepted_and_every_cent_received(real_deal: tuple[Path, Path, int]) -> None:
    raw, home, quarantined = real_deal
    assert quarantined == 0
    facts = Facts(home, None)
    filed = pl.read_parquet(raw / "month.parquet").filter(pl.col("t") > 0)
    filed_cents = filed.select((pl.col("total_paid") * 100).round(0).cast(pl.Int64).sum()).item()
    assert sum(facts.read("payment", shard)["amount_cents"].sum() for shard in range(2)) == filed_cents
    assert sum(facts.read("opening", shard).height for shard in range(2)) == 3513


def test_nights_of_the_real_deal_are_near_the_filings(real_deal: tuple[Path, Path, int]) -> None:
    """Two nights of forty-three, so that the test is quick; docs/studies/auto_abs.md has them all."""
    raw, home, _ = real_deal
    days = [date(2017, 11, 30), date(2018, 5, 31)]
    assert [night.on for night in run_nights(home, days)] == days
    script = [sys.executable, str(REPOSITORY / "examples" / "auto_abs.py")]
    command = [*script, "--compare", str(raw), "--home", str(home)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    shares = re.fullmatch(r"within 0\.5 %: (\d+\.\d\d) %; within 1 %: (\d+\.\d\d) %", said[-1])
    assert shares, said[-1]
    assert float(shares[1]) > 94
    assert float(shares[2]) > 97.5
    assert "loan-months that were not published: 0" in said


@pytest.mark.slow
def test_the_bridge_of_the_real_deal_closes_over_its_whole_life(tmp_path: Path, run_loader: Run) -> None:
    """Every quarter of its life, with charge-offs and recoveries booked; docs/studies/auto_abs.md has every month."""
    home = tmp_path / "home"
    feeds = run_loader("auto_abs", real_book("auto_abs_2017_3"), "--charge-offs")
    assert sum(report.quarantined for report in load_feeds(home, feeds, shards=1)) == 0
    ends = sorted(date.fromisoformat(path.name) for path in feeds.iterdir())
    days = [ends[0], *(day for day in ends[1:-1] if day.month % 3 == 0), ends[-1]]
    list(run_nights(home, days))
    report = bridge(home, days[0], days[-1])
    ways = {row["way"]: row["balance"] for row in report.shown[0].rows}
    last = read_loans(home, days[-1], ["status", "tier", "outstanding_cents", "written_off_cents"])
    is_bad = (pl.col("status") == "active") & pl.col("tier").is_in(NON_PERFORMING)
    assert ways["closing"] == last.filter(is_bad)["outstanding_cents"].sum() > 0
    assert sum(ways[name] for name in LINES[:-1] if name in ways) == ways["closing"]
    assert (report.failed, ways["other"]) == ((), 0), "every cent has its way"
    filed = rows(feeds, "written_off").filter(pl.col("on") > days[0])
    assert (filed.height, last.filter(pl.col("written_off_cents") > 0).height) == (128, 128)
    assert ways["recovered"] > 0 > ways["written_off"] >= -filed["principal_cents"].sum()
