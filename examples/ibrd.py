"""The World Bank's statement of IBRD loans (one statement_*.parquet, or several) as one feed per statement day.

    python examples/ibrd.py RAW_DIR FEEDS_DIR

A statement has no payments, only where each loan stands; so each loan comes with an `opening` on the statement day.

- What the borrower owes is "Borrower's Obligation". In the statement of May 2023 it is "Due to IBRD" plus "Exchange
  Adjustment" for every loan; the adjustment is often negative, and "Due to IBRD" without it goes below nought for
  repaid loans. "Loans Held" is no debt: it adds what is not yet paid out.
- Left out, and counted when the script runs: loans with an obligation under a hundred dollars. They are repaid,
  cancelled, terminated, transferred, or not yet paid out, and many carry a cent of rounding, with either sign. Two old
  loans of millions owe 20.00 and 11.77 dollars years after their end; kept, such a rest would make its country's other
  loans special mention.
- Principal is repaid in equal parts every six months up to the last repayment date and not before the first one.
- A loan that owes anything after its last repayment date is overdue with all of it since then, at the least. The
  statement does not say what else is overdue.
- The rate is in percent. It is nought for most loans, whose rate floats and is not published: their interest is nought.
- The day of paying out is the day of signing, or else of approval. Instalments are interest at 30/360 on what is left.
- A borrower without a name goes by its country. The code of Namibia, "NA", was lost as a missing value: there the
  country's name stands for it.

Not represented: undisbursed and cancelled amounts, projects, parts sold to third parties, single drawdowns, rates
over time, guarantees of less than the whole loan.
"""

import argparse
from datetime import date
from pathlib import Path

import polars as pl
import yaml

LAW_OF = date(2026, 1, 1)
"""Today's rules class this book: its days lie before the rulebook begins."""
OWES_AT_LEAST_CENTS = 100_00
HALF_YEAR = 6

Feeds = dict[str, pl.DataFrame]


def cents(amount: str) -> pl.Expr:
    """Dollars in whole cents."""
    return (pl.col(amount) * 100).round(0, mode="half_away_from_zero").cast(pl.Int64)


def tag(words: pl.Expr) -> pl.Expr:
    """An identifier from words: capitals, without the blanks around."""
    return words.str.strip_chars().str.to_uppercase().str.slice(0, 48)


def loans(raw: Path) -> pl.DataFrame:
    """Return the loans that owe something, of every statement in the folder."""
    said = pl.concat(
        [pl.read_parquet(path) for path in sorted(raw.glob("statement_*.parquet"))], how="vertical_relaxed"
    )
    country = pl.coalesce("Country Code", tag(pl.col("Country")))
    guarantor = pl.coalesce("Guarantor Country Code", tag(pl.col("Guarantor")))
    said = said.select(
        pl.col("End of Period").cast(pl.Date).alias("on"),
        pl.col("Loan Number").alias("loan_id"),
        tag(pl.col("Region")).alias("org_id"),
        country.alias("country"),
        pl.coalesce("Borrower", "Country").str.strip_chars().alias("borrower"),
        guarantor.alias("guarantor_id"),
        pl.col("Loan Type").alias("product"),
        (pl.col("Interest Rate").fill_null(0) * 1e6).round(0).cast(pl.Int64).alias("annual_rate_e8"),
        cents("Original Principal Amount").alias("principal_cents"),
        cents("Borrower's Obligation").alias("outstanding_cents"),
        pl.coalesce("Agreement Signing Date", "Board Approval Date").cast(pl.Date).alias("disbursed_on"),
        pl.col("First Repayment Date").cast(pl.Date).alias("first_due_on"),
        pl.col("Last Repayment Date").cast(pl.Date).alias("matures_on"),
    )
    owing = said.filter(pl.col("outstanding_cents") >= OWES_AT_LEAST_CENTS)
    print(f"{owing.height} loans that owe; {said.height - owing.height} left out, owing less than 100 dollars")
    return owing.sort("on", "loan_id").with_columns(
        (pl.col("country") + "-" + tag(pl.col("borrower"))).alias("debtor_id"),
        (pl.col("matures_on") <= pl.col("on")).fill_null(value=False).alias("is_past_its_end"),
        pl.col("on").alias("feed_on"),
    )


def instalments(owing: pl.DataFrame) -> pl.DataFrame:
    """Return equal parts of principal every six months, counted back from the last repayment date."""
    running = owing.filter(~pl.col("is_past_its_end"))
    starts_on = pl.max_horizontal("first_due_on", pl.col("on").dt.offset_by("1d"))
    months = (pl.col("matures_on").dt.year() - starts_on.dt.year()) * 12 + (
        pl.col("matures_on").dt.month().cast(pl.Int32) - starts_on.dt.month().cast(pl.Int32)
    )
    is_short = pl.col("matures_on").dt.day() < starts_on.dt.day()
    parts = ((months - is_short.cast(pl.Int32)).clip(0) // HALF_YEAR + 1).cast(pl.Int64)
    rows = running.with_columns(parts.alias("parts"), pl.int_ranges(1, parts + 1).alias("seq")).explode("seq")
    each, to_go = pl.col("outstanding_cents") // pl.col("parts"), pl.col("parts") - pl.col("seq")
    left = pl.col("outstanding_cents") - each * (pl.col("seq") - 1)
    half_year_e8 = 2 * 10**8
    return rows.select(
        "loan_id",
        "feed_on",
        "seq",
        version=pl.lit(1, pl.Int64),
        due_on=pl.col("matures_on").dt.offset_by(pl.format("-{}mo", to_go * HALF_YEAR)),
        principal_cents=pl.when(to_go > 0).then(each).otherwise(left),
        interest_cents=(left * pl.col("annual_rate_e8") + half_year_e8 // 2) // half_year_e8,
    )


def take_on(owing: pl.DataFrame) -> Feeds:
    """Return every table of the statement day."""
    offices = owing.select("feed_on", "org_id").unique().sort("feed_on", "org_id")
    head = offices.select("feed_on").unique().sort("feed_on").select(
        "feed_on", org_id=pl.lit("IBRD"), parent_id=pl.lit(None, pl.String), name=pl.lit("IBRD"), level=pl.lit("head")
    )  # fmt: skip
    branches = offices.select("feed_on", "org_id", parent_id=pl.lit("IBRD"), name="org_id", level=pl.lit("branch"))
    overdue = pl.when("is_past_its_end")
    return {
        "org": pl.concat([head, branches]),
        "debtor": owing.unique(["feed_on", "debtor_id"], keep="first", maintain_order=True).select(
            "debtor_id", "feed_on", name="borrower", legal_form=pl.lit("government"), size_class=pl.lit("none"),
            region_code="country", group_id="country",
        ),
        "loan": owing.select(
            "loan_id", "debtor_id", "org_id", "product", "feed_on", "principal_cents", "disbursed_on", "matures_on",
            "annual_rate_e8", currency=pl.lit("USD"), rate_kind=pl.lit("fixed"), method=pl.lit("equal_principal"),
            due_day=pl.col("matures_on").dt.day().cast(pl.Int64), period_months=pl.lit(HALF_YEAR, pl.Int64),
            day_count=pl.lit("30/360"), security_kind=pl.lit("guarantee"),
        ),
        "opening": owing.select(
            "loan_id", "on", "outstanding_cents", "feed_on",
            overdue_principal_cents=overdue.then("outstanding_cents"),
            oldest_principal_due_on=overdue.then("matures_on"),
        ),
        "instalment": instalments(owing),
        "guarantee": owing.filter(pl.col("guarantor_id").is_not_null()).select(
            "feed_on", "guarantor_id", guarantee_id="G-" + pl.col("loan_id"), secures_kind=pl.lit("loan"),
            secures_id="loan_id", amount_cents="outstanding_cents", kind=pl.lit("joint"), begins_on="disbursed_on",
        ),
    }  # fmt: skip


def write_feeds(tables: Feeds, feeds_dir: Path) -> None:
    """Write each statement day's tables, all of them full, into a folder of that day."""
    for name, table in tables.items():
        for (feed_on,), rows in table.partition_by("feed_on", as_dict=True, include_key=False).items():
            folder = feeds_dir / str(feed_on)
            folder.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(folder / f"{name}.parquet")
            (folder / "feed.yaml").write_text(yaml.safe_dump({"book_currency": "USD", "law_of": LAW_OF}))


def main() -> None:
    """Read the command line and write the feeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw_dir", type=Path, help="folder of statement_*.parquet")
    parser.add_argument("feeds_dir", type=Path, help="folder to write the feeds to")
    asked = parser.parse_args()
    write_feeds(take_on(loans(asked.raw_dir)), asked.feeds_dir)


if __name__ == "__main__":
    main()
