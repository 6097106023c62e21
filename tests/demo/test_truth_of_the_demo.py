"""The demo's truth: worked out again here in plain Python, and compared with what the night computes."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, getcontext

import polars as pl
import pytest
from written_bank import write_bank

from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.snapshot.read import read_loans

getcontext().prec = 50


def half_up(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def month_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = ((date(year + (month == 11), (month + 1) % 12 + 1, 1)) - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, length))


def schedule_of(loan: dict) -> list[tuple[date, int, int]]:
    """A monthly schedule from terms, by the formulas, in decimals."""
    disbursed, matures = loan["disbursed_on"], loan["matures_on"]
    number = (matures.year - disbursed.year) * 12 + matures.month - disbursed.month
    balance, rate = loan["principal_cents"], Decimal(loan["annual_rate_e8"]) / 10**8 / 12
    growth = (1 + rate) ** number
    level = half_up(Decimal(balance) * rate * growth / (growth - 1))
    even, rows = balance // number, []
    for k in range(1, number + 1):
        # Divided last: a third of a cent cut off early would push exact halves down.
        interest = half_up(Decimal(balance * loan["annual_rate_e8"]) / (12 * 10**8))
        part = even if loan["method"] == "equal_principal" else level - interest
        part = balance if k == number else part
        rows.append((month_later(disbursed, k), part, interest))
        balance -= part
    return rows


def stand(rows, payments, on: date) -> tuple[int, int]:
    """Principal paid and days past due: cash to the oldest due instalment, interest before principal."""
    cash = sum(amount for paid_on, amount in payments if paid_on <= on)
    paid = 0
    for due, principal, interest in rows:
        if due > on:
            break
        paid += max(0, min(principal, cash - interest))
        if cash < principal + interest:
            return paid, (on - due).days
        cash -= principal + interest
    return paid, 0


@pytest.fixture(scope="module")
def plain(bank):
    """Loans whose whole story is in the feed and that were neither repriced nor settled at once."""
    loans = bank.table("loan").filter(pl.col("reprices") == "never")
    hidden = bank.truth("loan").filter(pl.col("has_history") & pl.col("settled_on").is_null())
    signed = pl.when(pl.col("reverses_payment_id").is_null()).then("amount_cents").otherwise(-pl.col("amount_cents"))
    paid = bank.table("payment").with_columns(signed=signed).group_by("loan_id").agg("paid_on", "signed")
    told = (
        bank.table("instalment")
        .sort("loan_id", "seq")
        .group_by("loan_id")
        .agg("due_on", pl.col("principal_cents").alias("principals"), "interest_cents")
    )
    joined = loans.join(hidden.select("loan_id"), on="loan_id").join(paid, on="loan_id", how="left")
    return joined.join(told, on="loan_id", how="left").sort("loan_id")


@pytest.mark.parametrize("month", [0, 11, 23])
def test_the_truth_is_what_plain_arithmetic_says(bank, plain, month):
    on = bank.days[month]
    truth = {row["loan_id"]: row for row in bank.standing(on).iter_rows(named=True)}
    late = 0
    for loan in plain.filter(pl.col("disbursed_on") <= on).iter_rows(named=True):
        told = loan["due_on"] is not None
        rows = (
            list(zip(loan["due_on"], loan["principals"], loan["interest_cents"], strict=True))
            if told else schedule_of(loan)
        )  # fmt: skip
        payments = list(zip(loan["paid_on"] or [], loan["signed"] or [], strict=True))
        paid, days = stand(rows, payments, on)
        said = truth[loan["loan_id"]]
        assert said["outstanding_cents"] == loan["principal_cents"] - paid, loan["loan_id"]
        assert said["days_past_due"] == days, loan["loan_id"]
        late += days > 0
    assert late > 5


def test_all_five_tiers_and_all_states_at_two_thousand_loans(bank):
    last = bank.standing(bank.days[-1]).filter(pl.col("outstanding_cents") > 0)
    assert set(last["tier_by_days"]) == {"pass", "special_mention", "substandard", "doubtful", "loss"}
    assert set(last["state"]) == {"current", "late", "defaulted"}


def test_a_bank_of_the_usual_size_looks_like_a_bank(tmp_path):
    whole = write_bank(tmp_path, loans=20_000, months=24, seed=1)
    last = whole.standing(whole.days[-1]).filter(pl.col("outstanding_cents") > 0)
    total = last["outstanding_cents"].sum()
    share = dict(last.group_by("tier_by_days").agg(pl.col("outstanding_cents").sum() / total).iter_rows())
    assert 0.010 < share["substandard"] + share["doubtful"] + share["loss"] < 0.020
    assert 0.010 < share["special_mention"] < 0.025
    assert min(share.values()) > 0
    buckets = set(((last["days_past_due"] + 29) // 30).clip(0, 7))
    assert buckets == set(range(8))
    assert whole.table("loan")["loan_id"].n_unique() == 20_000


def test_hidden_hazard_shows_in_who_stops(tmp_path, bank):
    debtors = bank.truth("debtor")
    stopped = dict(debtors.group_by("hazard_class").agg(pl.col("stops_on").is_not_null().mean()).iter_rows())
    assert stopped["E"] > 2 * stopped["A"]
    assert set(stopped) == {"A", "B", "C", "D", "E"}


def test_nothing_hidden_is_in_the_feeds(bank):
    for path in bank.feeds.rglob("*.parquet"):
        names = set(pl.read_parquet_schema(path))
        assert not names & {"hazard_class", "hazard_ratio", "stops_on", "resolved_on", "is_partly", "state"}


def test_the_night_agrees_with_the_truth_on_every_loan(tmp_path):
    small = write_bank(tmp_path, loans=1_200, months=4, seed=5)
    home = tmp_path / "home"
    load_feeds(home, small.feeds, shards=1)
    days = [small.days[0], small.days[-1]]
    for _ in run_nights(home, days):
        pass
    for on in days:
        night = read_loans(home, on)
        both = small.standing(on).join(night, on="loan_id", how="full", suffix="_night")
        columns = ("outstanding_cents", "overdue_principal_cents", "overdue_interest_cents", "days_past_due")
        for name in columns:
            differ = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_night")))
            assert differ.is_empty(), f"{name} on {on}: {differ['loan_id'].to_list()[:5]}"
