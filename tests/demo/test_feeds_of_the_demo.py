"""The demo bank's feeds keep the feed contract: schemas, references, sums."""

import polars as pl
import pytest
import yaml
from written_bank import write_bank

from postloan.demo.dates import LAST_MONTH_END
from postloan.errors import RequestWrong
from postloan.intake.load import load_feeds
from postloan.tables.inputs import FEED_TABLES

EXPECTED_TABLES = set(FEED_TABLES) - {"ledger", "written_off"}


def files_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_bank(tmp_path):
    banks = [
        write_bank(tmp_path / name, loans=400, months=6, seed=seed) for name, seed in zip("abc", (1, 1, 2), strict=True)
    ]
    first, second, third = (files_of(bank.folder) for bank in banks)
    assert first == second
    payments = [key for key in first if key.name == "payment.parquet"]
    assert all(first[key] != third[key] for key in payments)


def test_the_bank_ends_on_its_fixed_day_with_one_folder_a_month_end(bank):
    assert len(bank.days) == 24
    assert bank.days[-1] == LAST_MONTH_END
    assert sorted(folder.name for folder in bank.feeds.iterdir()) == [day.isoformat() for day in bank.days]


def test_every_table_is_delivered_and_described(bank):
    delivered = set()
    for number, day in enumerate(bank.days):
        folder = bank.feeds / day.isoformat()
        tables = {path.stem for path in folder.glob("*.parquet")}
        said = yaml.safe_load((folder / "feed.yaml").read_text())
        assert said["tables"] == dict.fromkeys(tables, "full" if number == 0 else "increment")
        delivered |= tables
    assert delivered == EXPECTED_TABLES


@pytest.mark.parametrize("table", sorted(EXPECTED_TABLES))
def test_every_row_passes_its_schema(bank, table):
    schema = FEED_TABLES[table]
    for _, delivered in bank.table(table).group_by("feed_day", maintain_order=True):
        absent = [pl.lit(None, column.dtype).alias(name) for name, column in schema.columns().items()
                  if name not in delivered.columns]  # fmt: skip
        schema.validate(delivered.drop("feed_day").with_columns(absent), cast=True)


@pytest.mark.parametrize("table", sorted(EXPECTED_TABLES))
def test_every_reference_is_known_by_the_day_it_is_used(bank, table):
    rows = bank.table(table)
    for name, column in FEED_TABLES[table].columns().items():
        refers = (column.metadata or {}).get("refers")
        if refers is None or name not in rows.columns:
            continue
        known = bank.table(refers).group_by(f"{refers}_id").agg(known_day=pl.col("feed_day").min())
        used = rows.filter(pl.col(name).is_not_null()).join(known, left_on=name, right_on=f"{refers}_id", how="left")
        late = used.filter(pl.col("known_day").is_null() | (pl.col("known_day") > pl.col("feed_day")))
        assert late.is_empty(), f"{table}.{name}"


def test_what_is_secured_exists(bank):
    names = pl.concat(
        bank.table(kind).select(secures_kind=pl.lit(kind), secures_id=f"{kind}_id") for kind in ("facility", "loan")
    )
    for table in ("pledge", "guarantee"):
        secured = bank.table(table).select("secures_kind", "secures_id")
        assert secured.join(names, on=["secures_kind", "secures_id"], how="anti").is_empty()


def test_instalments_repay_the_loan_to_the_cent(bank):
    loans = bank.table("loan").unique("loan_id").select("loan_id", "principal_cents", "matures_on")
    first = bank.table("instalment").filter(pl.col("version") == 1).sort("loan_id", "seq")
    per_loan = first.group_by("loan_id").agg(
        repaid=pl.col("principal_cents").sum(),
        last=pl.col("due_on").last(),
        rises=(pl.col("due_on").diff().dt.total_days() > 0).all(),
    )
    joined = per_loan.join(loans, on="loan_id", validate="1:1")
    assert joined.filter(pl.col("repaid") != pl.col("principal_cents")).is_empty()
    assert joined.filter(pl.col("last") != pl.col("matures_on")).is_empty()
    assert joined["rises"].all()
    assert len(joined) > 800


def test_a_later_version_replaces_the_tail_to_the_cent(bank):
    rows = bank.table("instalment")
    for version in range(2, rows["version"].max() + 1):
        tails = rows.filter(pl.col("version") == version)
        before = rows.filter(pl.col("version") == version - 1)
        begins = tails.group_by("loan_id").agg(pl.col("seq").min().alias("begins"), new=pl.col("principal_cents").sum())
        kept = before.join(begins, on="loan_id").filter(pl.col("seq") >= pl.col("begins"))
        old = kept.group_by("loan_id", "new").agg(old=pl.col("principal_cents").sum())
        assert len(old) == len(begins) > 0
        assert old.filter(pl.col("old") != pl.col("new")).is_empty()
        assert (tails["effective_on"] <= tails["due_on"]).all()


def test_drawdowns_add_up_to_the_loan(bank):
    paid_out = bank.table("drawdown").group_by("loan_id").agg(drawn=pl.col("amount_cents").sum())
    loans = bank.table("loan").unique("loan_id")
    joined = paid_out.join(loans, on="loan_id")
    assert len(joined) == len(paid_out) > 100
    assert joined.filter(pl.col("drawn") != pl.col("principal_cents")).is_empty()


def test_payments_come_after_paying_out_and_by_the_feed_day(bank):
    payments = bank.table("payment").join(bank.table("loan").unique("loan_id"), on="loan_id", suffix="_loan")
    assert payments.filter(pl.col("paid_on") <= pl.col("disbursed_on")).is_empty()
    assert payments.filter(pl.col("paid_on") > pl.col("feed_day")).is_empty()
    assert payments["payment_id"].is_unique().all()


def test_reversals_take_back_an_earlier_payment_whole(bank):
    payments = bank.table("payment")
    back = payments.filter(pl.col("reverses_payment_id").is_not_null())
    met = back.join(payments, left_on="reverses_payment_id", right_on="payment_id", suffix="_taken")
    assert len(met) == len(back) > 0
    assert met.filter(
        (pl.col("loan_id") != pl.col("loan_id_taken"))
        | (pl.col("amount_cents") != pl.col("amount_cents_taken"))
        | (pl.col("paid_on") < pl.col("paid_on_taken"))
    ).is_empty()


def test_a_loan_with_an_opening_brings_no_earlier_payment(bank):
    openings = bank.table("opening")
    earlier = bank.table("payment").join(openings, on="loan_id").filter(pl.col("paid_on") <= pl.col("on"))
    assert earlier.is_empty()
    seasoned = bank.table("loan").filter(pl.col("feed_day") == bank.days[0])
    assert 0.2 < len(openings) / len(seasoned) < 0.4


def test_statements_balance(bank):
    said = bank.table("statement").unique(["debtor_id", "period_end_on", "item"], keep="last")
    sheets = said.filter(pl.col("item") != "annual_income")
    wide = sheets.pivot("item", index=["debtor_id", "period_end_on"], values="value_cents")
    assert (wide["total_assets"] == wide["total_liabilities"] + wide["equity"]).all()
    assert (wide["current_assets"] <= wide["total_assets"]).all()
    assert len(wide) > 300


def test_most_persons_show_an_income_and_firms_none(bank):
    incomes = bank.table("statement").filter(pl.col("item") == "annual_income")
    forms = bank.table("debtor").unique("debtor_id", keep="last").select("debtor_id", "legal_form")
    persons = forms.filter(pl.col("legal_form").is_in(["person", "sole_trader"]))
    shown = incomes["debtor_id"].unique()
    assert set(shown) <= set(persons["debtor_id"])
    assert 0.8 < len(shown) / len(persons) < 0.9
    assert (incomes["value_cents"] > 0).all()


def test_some_guarantors_stand_in_a_circle(bank):
    facilities = bank.table("facility").select("facility_id", "debtor_id")
    backs = bank.table("guarantee").join(facilities, left_on="secures_id", right_on="facility_id")
    edges = dict(backs.select("guarantor_id", "debtor_id").iter_rows())
    circles = [a for a in edges if edges.get(edges.get(edges[a])) == a and edges[a] != a]
    assert len(circles) >= 3


def test_two_hundred_loans_are_a_bank_too_and_load_without_quarantine(tmp_path):
    small = write_bank(tmp_path, loans=200, months=3, seed=3)
    reports = load_feeds(tmp_path / "home", small.feeds, shards=2)
    assert [report.feed_day for report in reports] == small.days
    assert sum(report.quarantined for report in reports) == 0
    assert small.table("loan")["loan_id"].n_unique() == 200


def test_a_folder_with_anything_in_it_is_refused(tmp_path):
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "old.txt").write_text("old")
    with pytest.raises(RequestWrong):
        write_bank(tmp_path, loans=200, months=2, seed=1)
    assert (tmp_path / "feeds" / "old.txt").read_text() == "old"


@pytest.mark.parametrize(("loans", "months"), [(99, 24), (1000, 0), (1000, 41)])
def test_a_bank_that_cannot_be_is_refused(tmp_path, loans, months):
    with pytest.raises(RequestWrong):
        write_bank(tmp_path, loans=loans, months=months, seed=1)
    assert not list(tmp_path.iterdir())
