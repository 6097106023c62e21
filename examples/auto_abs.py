"""US auto loans from SEC loan-level filings (loan.parquet, month.parquet) as feeds, and a check against the filings.

    python examples/auto_abs.py RAW_DIR FEEDS_DIR              write one feed folder per filed month-end
    python examples/auto_abs.py RAW_DIR FEEDS_DIR --charge-offs    the same, with charge-offs and recoveries booked
    python examples/auto_abs.py --compare RAW_DIR --home HOME  after the nights: how near are we to the filed balances?

What is used: the first filing of a loan, which is its opening, and after it the filed `total_paid`. Never the filed
principal and never a later balance. What the filings do not say is decided here, from the opening alone:

- The day of a payment is not filed. A loan pays each month on the day halfway between the day of its last payment
  before the opening (`interestPaidThroughDate`) and the average of that day over its deal.
- A payment of more than six instalments is nearly always a settlement. It is dated the first of its month, in the
  debtor's favour: otherwise a settled loan would be left owing a few days of interest that only our guess created.
- Interest accrued at the opening runs from the last payment, ACT/365.
- The due day is that of the oldest unpaid instalment where the first filing says how many days it is overdue;
  otherwise it is the day of payment above.
- Arrears at the opening are what is asked for next month above one instalment, and one instalment where nothing is.
  The filing does not split them, so they stand whole under overdue principal.

Not represented: instalments paid ahead before the opening, fees, deferrals. A negative `total_paid` is left in the
feed; intake puts it into quarantine.

The study is made without charge-offs: they are read from filed balances. With `--charge-offs` a balance that is closed
without the cash is written off that day, at the filed balance, and what the car or the debtor brought in (`recovered`,
`repo_proceeds`) is a payment at the end of its month. Amounts below nothing there are the servicer's costs, left out.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

import polars as pl
import yaml

from postloan.snapshot.read import published_days, read_loans

LAW_OF = date(2026, 1, 1)
"""Today's rules class this book: its days lie before the rulebook begins."""
FAR_ABOVE_INSTALMENTS = 6
ANNUITY_SLACK = 1.1
YEAR_E8 = 365 * 10**8
LOST_ABOVE = 1.0
"""A dollar: what rounding may leave of a balance that was paid off."""

Feeds = dict[str, pl.DataFrame]


def cents(amount: str) -> pl.Expr:
    """Dollars of the filing in whole cents."""
    return (pl.col(amount) * 100).round(0, mode="half_away_from_zero").cast(pl.Int64)


def day_in_month(month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return the given day of the month that `month` lies in, or its last day where the month is shorter."""
    first = month.dt.month_start()
    return first + pl.duration(days=pl.min_horizontal(day, first.dt.month_end().dt.day().cast(pl.Int64)) - 1)


def months(raw: Path) -> pl.DataFrame:
    """Return the monthly filings: loan_id, on, filed balance and cash received."""
    filed = pl.read_parquet(raw / "month.parquet", columns=["loan_id", "period_end", "end_bal", "total_paid"])
    return filed.select(
        pl.col("loan_id").cast(pl.String),
        pl.col("period_end").cast(pl.Date).alias("on"),
        cents("end_bal").alias("filed_cents"),
        cents("total_paid").alias("paid_cents"),
    ).sort("loan_id", "on")


def openings(raw: Path, filed: pl.DataFrame) -> pl.DataFrame:
    """Return one row a loan: its terms, and where it stood at its first filed month-end."""
    first = (
        filed.filter(pl.col("filed_cents").is_not_null())
        .group_by("loan_id")
        .agg(pl.col("on").min(), pl.col("filed_cents").sort_by("on").first().clip(0).alias("outstanding_cents"))
    )
    loans = pl.read_parquet(raw / "loan.parquet").with_columns(pl.col("loan_id").cast(pl.String))
    if loans["loan_id"].is_duplicated().any():
        sys.exit("loan.parquet lists a loan twice; split the deals into folders of their own.")
    return with_due_day(with_instalment(loans.join(first, on="loan_id", validate="1:1"))).sort("loan_id")


def with_instalment(loans: pl.DataFrame) -> pl.DataFrame:
    """Add the level instalment: the filed one, or the annuity where that is missing or holds arrears.

    The filed term counts a stub first period, so the annuity runs over one month less.
    """
    rate, periods = pl.col("reportingPeriodInterestRatePercentage") / 12, pl.col("originalLoanTerm") - 1
    amount, filed = pl.col("originalLoanAmount"), pl.col("reportingPeriodScheduledPaymentAmount")
    annuity = pl.when(rate > 0).then(amount * rate / (1 - (1 + rate) ** -periods)).otherwise(amount / periods)
    is_plain = (filed > 0) & (filed < ANNUITY_SLACK * annuity)
    return loans.with_columns(pl.when(is_plain).then(filed).otherwise(annuity).alias("instalment")).with_columns(
        cents("instalment").alias("instalment_cents"),
        (pl.col("reportingPeriodInterestRatePercentage") * 1e8).round(0).cast(pl.Int64).alias("annual_rate_e8"),
        pl.col("originationDate").str.to_date("%m/%Y", strict=False).alias("disbursed_on"),
    )


def with_due_day(loans: pl.DataFrame) -> pl.DataFrame:
    """Add what the first filing says of days: of payment, of falling due, of arrears."""
    is_first_filing = pl.col("reportingPeriodEndingDate").str.to_date("%m-%d-%Y", strict=False) == pl.col("on")
    last_paid_on = pl.col("interestPaidThroughDate").str.to_date("%m-%d-%Y", strict=False)
    above_cents = cents("nextReportingPeriodPaymentAmountDue") - pl.col("instalment_cents")
    arrears_cents = pl.when(above_cents > 0).then(above_cents).otherwise("instalment_cents")
    loans = loans.with_columns(
        pl.when(is_first_filing & (last_paid_on <= pl.col("on"))).then(last_paid_on).alias("last_paid_on"),
        pl.when(is_first_filing).then(pl.col("currentDelinquencyStatus")).fill_null(0).alias("overdue_days"),
    )
    usual_day = pl.col("last_paid_on").dt.day().mean().over("deal").fill_null(16)
    pay_day = ((pl.col("last_paid_on").dt.day().fill_null(usual_day) + usual_day) / 2).round(0).cast(pl.Int64)
    loans = loans.with_columns(
        pay_day.alias("pay_day"),
        pl.when(pl.col("overdue_days") > 0)
        .then(pl.col("on") - pl.duration(days=pl.col("overdue_days")))
        .alias("oldest_due_on"),
        pl.when(pl.col("overdue_days") > 0)
        .then(pl.min_horizontal(arrears_cents, "outstanding_cents"))
        .alias("overdue_principal_cents"),
    )
    days = (pl.col("on") - pl.col("last_paid_on")).dt.total_days()
    accrued = pl.col("outstanding_cents") * pl.col("annual_rate_e8") * days
    return loans.with_columns(
        pl.col("oldest_due_on").dt.day().cast(pl.Int64).fill_null(pl.col("pay_day")).alias("due_day"),
        ((accrued + YEAR_E8 // 2) // YEAR_E8).alias("accrued_interest_cents"),
    )


def take_on(loans: pl.DataFrame) -> Feeds:
    """Return what a loan brings at its opening, each table with the feed's day in `feed_on`."""
    feed_on, debtor_id = pl.col("on").alias("feed_on"), ("D" + pl.col("loan_id")).alias("debtor_id")
    new, car = pl.col("vehicleNewUsedCode") == 1, ("V" + pl.col("loan_id")).alias("collateral_id")
    matures_in = pl.col("loanMaturityDate").str.to_date("%m/%Y", strict=False)
    words = [pl.col("vehicleModelYear").cast(pl.Int64), "vehicleManufacturerName", "vehicleModelName"]
    head = loans.select(pl.lit("head").alias("org_id"), parent_id=pl.lit(None, pl.String), name="originatorName",
                        level=pl.lit("head"), feed_on=pl.col("on").min()).head(1)  # fmt: skip
    deals = loans.group_by("deal").agg(pl.col("on").min().alias("feed_on")).sort("deal")
    branch = {"parent_id": pl.lit("head"), "name": "deal", "level": pl.lit("branch")}
    return {
        "org": pl.concat([head, deals.select(pl.col("deal").alias("org_id"), **branch, feed_on="feed_on")]),
        "debtor": loans.select(
            debtor_id, feed_on, name="obligor of loan " + pl.col("loan_id"), legal_form=pl.lit("person"),
            size_class=pl.lit("none"), region_code="US-" + pl.col("obligorGeographicLocation"),
            external_grade=pl.col("obligorCreditScore").cast(pl.Int64).cast(pl.String),
        ),
        "loan": loans.select(
            "loan_id", debtor_id, feed_on, "disbursed_on", "annual_rate_e8", "due_day", "instalment_cents",
            org_id="deal", product=pl.when(new).then(pl.lit("auto_new")).otherwise(pl.lit("auto_used")),
            currency=pl.lit("USD"), principal_cents=cents("originalLoanAmount"),
            matures_on=day_in_month(matures_in, pl.col("due_day")), rate_kind=pl.lit("fixed"),
            method=pl.lit("daily_interest"), day_count=pl.lit("ACT/365"), security_kind=pl.lit("mortgage"),
        ),
        "opening": loans.select(
            "loan_id", "on", "outstanding_cents", "accrued_interest_cents", "overdue_principal_cents", feed_on,
            oldest_principal_due_on="oldest_due_on",
        ),
        "collateral": loans.select(
            car, feed_on, owner_id=debtor_id, kind=pl.lit("vehicle"), status=pl.lit("held"),
            description=pl.concat_str(words, separator=" ", ignore_nulls=True).str.strip_chars(),
        ),
        "valuation": loans.filter(pl.col("vehicleValueAmount") >= 0).select(
            car, feed_on, valued_on="disbursed_on", value_cents=cents("vehicleValueAmount"),
            method=pl.lit("at_origination"),
        ),
        "pledge": loans.select(
            car, feed_on, pledge_id="P" + pl.col("loan_id"), secures_kind=pl.lit("loan"), secures_id="loan_id",
            rank=pl.lit(1, pl.Int64), secured_cents=cents("originalLoanAmount"), begins_on="disbursed_on",
        ),
    }  # fmt: skip


def payments(loans: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    """Return one payment for each month after the opening in which cash was filed."""
    later = filed.join(loans.select("loan_id", "instalment_cents", "pay_day", opened_on="on"), on="loan_id")
    is_far_above = pl.col("paid_cents") > FAR_ABOVE_INSTALMENTS * pl.col("instalment_cents")
    pay_day = pl.when(is_far_above).then(1).otherwise(pl.col("pay_day"))
    return later.filter(pl.col("on") > pl.col("opened_on"), pl.col("paid_cents") != 0).select(
        "loan_id",
        payment_id=pl.col("loan_id") + pl.col("on").dt.strftime("-%Y-%m"),
        paid_on=day_in_month(pl.col("on"), pay_day),
        amount_cents="paid_cents",
        channel=pl.lit("servicer"),
        feed_on="on",
    )


def charge_offs(raw: Path, loans: pl.DataFrame) -> Feeds:
    """Return the balances closed without the cash, and what was recovered, in months after the opening."""
    filed = pl.read_parquet(raw / "month.parquet").with_columns(
        pl.col("loan_id").cast(pl.String), pl.col("period_end").cast(pl.Date).alias("on")
    )
    later = filed.sort("loan_id", "on").with_columns(before=pl.col("end_bal").shift(1).over("loan_id"))
    later = later.join(loans.select("loan_id", opened_on="on"), on="loan_id").filter(pl.col("on") > pl.col("opened_on"))
    lost = pl.col("before") - pl.col("prin_paid").fill_null(0).clip(0)
    is_closed = (pl.col("before") > 0) & (pl.col("end_bal").fill_null(0) <= 0)
    recovered = pl.sum_horizontal(cents(name).fill_null(0).clip(0) for name in ("recovered", "repo_proceeds"))
    return {
        "written_off": later.filter(is_closed & (lost > LOST_ABOVE)).select(
            "loan_id", "on", feed_on="on", principal_cents=(lost * 100).round(0).cast(pl.Int64),
            interest_cents=pl.lit(0, pl.Int64), ground=pl.lit("closed without the cash"), status=pl.lit("pursued"),
        ),
        "payment": later.with_columns(amount_cents=recovered).filter(pl.col("amount_cents") > 0).select(
            "loan_id", payment_id=pl.col("loan_id") + pl.col("on").dt.strftime("-%Y-%m-R"), paid_on="on",
            amount_cents="amount_cents", channel=pl.lit("recovery"), feed_on="on",
        ),
    }  # fmt: skip


def write_feeds(tables: Feeds, feeds_dir: Path) -> None:
    """Write each day's rows as increments into a folder of that day."""
    modes: dict[Path, dict[str, str]] = {}
    for name, table in tables.items():
        for (feed_on,), rows in table.partition_by("feed_on", as_dict=True, include_key=False).items():
            folder = feeds_dir / str(feed_on)
            folder.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(folder / f"{name}.parquet")
            modes.setdefault(folder, {})[name] = "increment"
    for folder, tables_of_day in modes.items():
        (folder / "feed.yaml").write_text(
            yaml.safe_dump({"book_currency": "USD", "law_of": LAW_OF, "tables": tables_of_day})
        )


def against_filed(raw: Path, home: Path) -> pl.DataFrame:
    """Return every published loan-month after the opening with a filed balance: loan_id, on, filed and our cents."""
    filed = months(raw)
    opened = openings(raw, filed).select("loan_id", opened_on="on")
    asked = filed.join(opened, on="loan_id").filter(
        pl.col("on") > pl.col("opened_on"), pl.col("filed_cents").is_not_null()
    )
    days = sorted(set(published_days(home)) & set(asked["on"].to_list()))
    if not days:
        sys.exit(f"No month-end of these filings is published in {home}; run the nights first.")
    columns = ["loan_id", "outstanding_cents", "days_past_due"]
    ours = pl.concat([read_loans(home, on, columns).with_columns(pl.lit(on).alias("on")) for on in days])
    return asked.filter(pl.col("on").is_in(days)).join(ours, on=["loan_id", "on"], how="left").sort("loan_id", "on")


def share_within(pairs: pl.DataFrame, tolerance: float) -> float:
    """Return the share, in percent, of loan-months no further from the filed balance than this part of it."""
    gap = (pl.col("outstanding_cents") - pl.col("filed_cents")).abs()
    near = (gap <= tolerance * pl.col("filed_cents").abs()).fill_null(value=False)
    return 100 * float(pairs.select(near.mean()).item() or 0)


def compare(raw: Path, home: Path) -> None:
    """Print how many loan-months are near the filed balance. A filed zero is met by a zero and nothing else."""
    pairs = against_filed(raw, home)
    zeros = pairs.filter(pl.col("filed_cents") == 0)
    met = zeros.filter(pl.col("outstanding_cents") == 0).height
    print(f"loan-months: {pairs.height} on {pairs['on'].n_unique()} days; loans: {pairs['loan_id'].n_unique()}")
    print(f"filed zero: {zeros.height}, of which ours is zero too: {met}")
    print(f"loan-months that were not published: {pairs['outstanding_cents'].null_count()}")
    print(f"within 0.5 %: {share_within(pairs, 0.005):.2f} %; within 1 %: {share_within(pairs, 0.01):.2f} %")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw_dir", type=Path, nargs="?", help="folder of loan.parquet and month.parquet")
    parser.add_argument("feeds_dir", type=Path, nargs="?", help="folder to write the feeds to")
    parser.add_argument("--compare", type=Path, metavar="RAW_DIR", help="compare published nights with the filings")
    parser.add_argument("--charge-offs", action="store_true", help="book charge-offs and recoveries too")
    parser.add_argument("--home", type=Path, default=Path("postloan-home"), help="home folder with the nights")
    asked = parser.parse_args()
    if asked.compare:
        compare(asked.compare, asked.home)
    elif asked.raw_dir and asked.feeds_dir:
        filed = months(asked.raw_dir)
        loans = openings(asked.raw_dir, filed)
        tables = take_on(loans) | {"payment": payments(loans, filed)}
        if asked.charge_offs:
            lost = charge_offs(asked.raw_dir, loans)
            tables["written_off"] = lost["written_off"]
            tables["payment"] = pl.concat([tables["payment"], lost["payment"]])
        write_feeds(tables, asked.feeds_dir)
    else:
        parser.error("say RAW_DIR and FEEDS_DIR, or --compare RAW_DIR --home HOME")


if __name__ == "__main__":
    main()
