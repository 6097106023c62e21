"""The loans of a Czech bank (PKDD'99 "berka": loan, order, disp, account, district, trans_*.parquet) as monthly feeds.

    python examples/berka.py RAW_DIR FEEDS_DIR

Every trans_*.parquet in RAW_DIR is read, and the feeds run from the month of the first transaction to that of the last.
A loan comes with the month in which it was granted. Its payments are the transactions with symbol UVER on its account;
an account has at most one loan. A payment on an account without a loan stays in the feed, for intake to refuse.

- Interest is inside the instalments and cannot be seen, so it is nought and all of an instalment is principal.
- Instalments fall due on the 12th of each month after the grant. `payments` is the instalment in whole crowns; the
  standing order on the account has the exact one, and the last instalment makes up the difference.
- The debtor is the client who owns the account; a client who may only dispose of it is a relation.
- A loan granted before the transactions begin is taken on as paid up to then: nobody can tell.

Not represented: the `status` column, which looks ahead to the end of 1998; cards; other movements on the accounts,
so the penalty interest that the bank takes on negative balances (SANKC. UROK) is not there either.
"""

import argparse
from datetime import date
from pathlib import Path

import polars as pl
import yaml

LAW_OF = date(2026, 1, 1)
"""Today's rules class this book: its days lie before the rulebook begins."""
DUE_DAY = 12

Feeds = dict[str, pl.DataFrame]


def text_of(kind: str, column: str) -> pl.Expr:
    """An identifier of ours from a number of theirs."""
    return pl.concat_str(pl.lit(kind), pl.col(column).cast(pl.String)).alias(column)


def transactions(raw: Path) -> pl.DataFrame:
    """Return the transactions of all files, each once, by day."""
    moved = pl.concat([pl.read_parquet(path) for path in sorted(raw.glob("trans_*.parquet"))], how="vertical_relaxed")
    return moved.with_columns(pl.col("date").cast(pl.Date)).unique("trans_id").sort("date", "trans_id")


def loans(raw: Path, begins_on: pl.Expr, ends_on: pl.Expr) -> pl.DataFrame:
    """Return the loans alive between the two days, with owner, office and exact instalment."""
    loan = pl.read_parquet(raw / "loan.parquet").with_columns(pl.col("date").str.to_date().alias("granted_on"))
    order = pl.read_parquet(raw / "order.parquet").filter(pl.col("k_symbol") == "UVER")
    owner = pl.read_parquet(raw / "disp.parquet").filter(pl.col("type") == "OWNER")
    client = pl.read_parquet(raw / "client.parquet").select("client_id", home_id="district_id")
    office = pl.read_parquet(raw / "district.parquet").select("district_id", "region")
    first = pl.col("granted_on").dt.month_start() + pl.duration(days=DUE_DAY - 1)
    found = (
        loan.join(order.select("account_id", order="amount"), on="account_id", how="left", validate="1:1")
        .join(owner.select("account_id", "client_id"), on="account_id", validate="1:1")
        .join(client, on="client_id")
        .join(pl.read_parquet(raw / "account.parquet").select("account_id", "district_id"), on="account_id")
        .join(office, on="district_id")
        .with_columns(
            pl.when(first > pl.col("granted_on"))
            .then(first)
            .otherwise(first.dt.offset_by("1mo"))
            .alias("first_due_on"),
            instalment=pl.col("order").fill_null(pl.col("payments").cast(pl.Float64)),
            feed_on=pl.max_horizontal("granted_on", begins_on).dt.month_end(),
        )
    )
    lasts = pl.format("{}mo", pl.col("duration") - 1)
    found = found.with_columns(pl.col("first_due_on").dt.offset_by(lasts).alias("matures_on"))
    return found.filter(pl.col("granted_on") <= ends_on, pl.col("matures_on") >= begins_on).sort("loan_id")


def instalments(found: pl.DataFrame) -> pl.DataFrame:
    """Return the instalments; the last one is what the standing order leaves."""
    seq = pl.col("seq")
    rows = found.with_columns(pl.int_ranges(1, pl.col("duration") + 1).alias("seq")).explode("seq")
    rest = pl.col("amount") - pl.col("instalment") * (pl.col("duration") - 1)
    return rows.select(
        text_of("", "loan_id"),
        "feed_on",
        "seq",
        version=pl.lit(1),
        due_on=pl.col("first_due_on").dt.offset_by(pl.format("{}mo", seq - 1)),
        principal=pl.when(seq < pl.col("duration")).then("instalment").otherwise(rest),
        interest=pl.lit(0.0),
    )


def openings(found: pl.DataFrame, dues: pl.DataFrame, begins_on: pl.Expr) -> pl.DataFrame:
    """Return what was still to fall due when the transactions begin, for loans granted before."""
    older = found.filter(pl.col("granted_on") < begins_on).select(text_of("", "loan_id"))
    left = dues.join(older, on="loan_id", how="semi").filter(pl.col("due_on") >= begins_on)
    opened = left.group_by("loan_id", "feed_on").agg(pl.col("principal").sum().alias("outstanding")).sort("loan_id")
    return opened.with_columns(begins_on.dt.offset_by("-1d").alias("on"))


def take_on(raw: Path, found: pl.DataFrame) -> Feeds:
    """Return what comes with a loan: office, owner, who else may dispose of the account, the loan."""
    disponent = pl.read_parquet(raw / "disp.parquet").filter(pl.col("type") == "DISPONENT")
    offices = found.group_by("region").agg(pl.col("feed_on").min()).sort("region")
    head = offices.select(pl.col("feed_on").min(), org_id=pl.lit("head"), parent_id=pl.lit(None, pl.String),
                          name=pl.lit("Head office"), level=pl.lit("head")).head(1)  # fmt: skip
    branches = offices.select("feed_on", pl.col("region").alias("org_id"), parent_id=pl.lit("head"), name="region",
                              level=pl.lit("branch"))  # fmt: skip
    debtor_id = text_of("C", "client_id").alias("debtor_id")
    return {
        "org": pl.concat([head, branches]),
        "debtor": found.select(
            debtor_id, "feed_on", name="client " + pl.col("client_id").cast(pl.String), legal_form=pl.lit("person"),
            size_class=pl.lit("none"), region_code=text_of("CZ-", "home_id"),
        ),
        "relation": found.join(disponent.select("account_id", other="client_id"), on="account_id").select(
            debtor_id, "feed_on", other_id=text_of("C", "other"), kind=pl.lit("disponent"),
        ),
        "loan": found.select(
            text_of("", "loan_id"), debtor_id, "feed_on", "matures_on", org_id="region", product=pl.lit("consumer"),
            currency=pl.lit("CZK"), principal="amount", disbursed_on="granted_on", annual_rate=pl.lit(0.0),
            method=pl.lit("scheduled"), due_day=pl.lit(DUE_DAY), security_kind=pl.lit("credit"),
        ),
    }  # fmt: skip


def payments(moved: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return the loan payments, each with the loan of its account."""
    owed = found.select("account_id", "loan_id")
    paid = moved.filter(pl.col("k_symbol") == "UVER").join(owed, on="account_id", how="left", validate="m:1")
    loanless = paid["loan_id"].null_count()
    print(
        f"{paid.height} loan payments on {paid['account_id'].n_unique()} accounts; {loanless} on accounts with no loan"
    )
    return paid.sort("date", "trans_id").select(
        text_of("T", "trans_id").alias("payment_id"),
        text_of("", "loan_id").fill_null(text_of("account ", "account_id")),
        paid_on="date",
        amount="amount",
        channel=pl.lit("transfer"),
        feed_on=pl.col("date").dt.month_end(),
    )


def write_feeds(tables: Feeds, feeds_dir: Path) -> None:
    """Write each month's rows as CSV, increments all, into a folder of the month's last day."""
    modes: dict[Path, dict[str, str]] = {}
    for name, table in tables.items():
        for (feed_on,), rows in table.partition_by("feed_on", as_dict=True, include_key=False).items():
            folder = feeds_dir / str(feed_on)
            folder.mkdir(parents=True, exist_ok=True)
            rows.write_csv(folder / f"{name}.csv", float_precision=2)
            modes.setdefault(folder, {})[name] = "increment"
    for folder, tables_of_month in modes.items():
        said = {"book_currency": "CZK", "law_of": LAW_OF, "tables": tables_of_month}
        (folder / "feed.yaml").write_text(yaml.safe_dump(said))


def main() -> None:
    """Read the command line and write the feeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw_dir", type=Path, help="folder of the bank's tables")
    parser.add_argument("feeds_dir", type=Path, help="folder to write the feeds to")
    asked = parser.parse_args()
    moved = transactions(asked.raw_dir)
    begins_on, ends_on = moved["date"].min().replace(day=1), moved.select(pl.col("date").max().dt.month_end()).item()
    begins_on, ends_on = pl.lit(begins_on), pl.lit(ends_on)
    found = loans(asked.raw_dir, begins_on, ends_on)
    dues = instalments(found)
    tables = take_on(asked.raw_dir, found)
    tables |= {"instalment": dues, "opening": openings(found, dues, begins_on), "payment": payments(moved, found)}
    write_feeds(tables, asked.feeds_dir)


if __name__ == "__main__":
    main()
