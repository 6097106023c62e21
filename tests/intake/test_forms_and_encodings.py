"""CSV, Parquet and xlsx tell the same story, in every encoding they may come in."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from delivering import Bank, tree, with_row

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.errors import FeedHeaderWrong, FeedNotDescribed, FeedUnreadable
from postloan.intake.load import load_feeds

DAY = str(SMALL_BANK_DAY)


def parts_of(root: Path, form: str, encoding: str = "utf-8") -> dict[str, str]:
    folder = write_feed(root / form / encoding, DAY, small_bank(), form=form, encoding=encoding)
    load_feeds(root / form / encoding / "home", folder)
    return tree(root / form / encoding / "home" / "facts" / "parts")


def test_every_form_and_encoding_gives_the_same_bytes(tmp_path: Path) -> None:
    plain = parts_of(tmp_path, "csv")
    assert len(plain) > 10
    for form, encoding in (("parquet", "utf-8"), ("xlsx", "utf-8"), ("csv", "utf-8-sig"), ("csv", "gb18030")):
        assert parts_of(tmp_path, form, encoding) == plain, (form, encoding)


def test_chinese_names_survive_gb18030(bank: Bank) -> None:
    bank.loaded(small_bank(), encoding="gb18030")
    assert bank.rows("debtor", "name") == [("张三",), ("李四",), ("海淀机械有限公司",)]


def test_gb18030_not_said_is_refused_with_its_place(opened: Bank) -> None:
    folder = opened.deliver(small_bank(), encoding="gb18030")
    (folder / "feed.yaml").unlink()
    refusal = opened.refused(FeedUnreadable, folder)
    assert refusal.where["byte"] == (folder / "org.csv").read_bytes().index("总行".encode("gb18030"))
    assert "gb18030" in refusal.hint


def test_utf8_said_to_be_gb18030_is_refused(opened: Bank) -> None:
    folder = opened.deliver(small_bank())
    (folder / "feed.yaml").write_text("encoding: gb18030\n")
    assert "not written in gb18030" in str(opened.refused(FeedUnreadable, folder))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_another_encoding_is_refused(opened: Bank, encoding: str) -> None:
    folder = opened.deliver({})
    text = "org_id,name,level\n000,总行,head\n"
    (folder / "org.csv").write_bytes(text.encode(encoding))
    opened.refused(FeedUnreadable, folder)


def test_quotes_commas_and_line_breaks_inside_fields(bank: Bank) -> None:
    name = '张"三", 又名\n张四'
    bank.loaded(with_row("debtor", lambda row: row.update(name=name)))
    assert bank.rows("debtor", "name")[0] == (name,)


def test_windows_line_ends(bank: Bank) -> None:
    folder = bank.deliver(small_bank())
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    [report] = bank.load(folder)
    assert report.quarantined == 0
    assert bank.rows("loan", "security_kind") == [("credit",)] * 4


def test_money_typed_into_a_spreadsheet_is_exact(bank: Bank) -> None:
    amounts = ["0.07", "1.10", "4.35", "1000000.29", "70368744177663.99"]
    rows = [
        {"payment_id": f"X{at}", "loan_id": "L1", "paid_on": "2024-02-01", "amount": Decimal(text)}
        for at, text in enumerate(amounts)
    ]
    bank.loaded({**small_bank(), "payment": rows}, form="xlsx")
    assert [cents for (cents,) in bank.rows("payment", "amount_cents")] == [7, 110, 435, 100000029, 7036874417766399]


def test_a_finer_amount_in_a_spreadsheet_goes_to_quarantine(bank: Bank) -> None:
    report = bank.loaded(with_row("payment", lambda row: row.update(amount=Decimal("1.005"))), form="xlsx")
    assert report.tables["payment"].quarantined == 1
    assert bank.quarantine().select("value", "rule").rows() == [("1.005", "too_many_decimals")]


def test_identifiers_typed_as_numbers_in_a_spreadsheet_go_to_quarantine(bank: Bank) -> None:
    bank.loaded(with_row("payment", lambda row: row.update(payment_id=7)), form="xlsx")
    assert bank.quarantine().select("column", "value", "rule").rows() == [("payment_id", "7", "identifier_is_number")]


def test_identifiers_stay_text(bank: Bank) -> None:
    ids = ("007", "30E360", "1e5")
    rows = [{"payment_id": text, "loan_id": "L1", "paid_on": "2024-02-01", "amount": "1"} for text in ids]
    bank.loaded({**small_bank(), "payment": rows})
    assert bank.rows("payment", "payment_id") == [("007",), ("1e5",), ("30E360",)]


def test_integer_cents_are_taken_as_they_are(bank: Bank) -> None:
    rows = [{"payment_id": "X", "loan_id": "L1", "paid_on": "2024-02-01", "amount_cents": 12345}]
    bank.loaded({**small_bank(), "payment": rows}, form="parquet")
    assert bank.rows("payment", "amount_cents") == [(12345,)]


def test_empty_text_is_nothing(bank: Bank) -> None:
    tables = with_row("debtor", lambda row: row.update(region_code="", phone=""))
    for form in ("csv", "parquet", "xlsx"):
        other = Bank(bank.root / form)
        other.loaded(tables, form=form)
        assert other.rows("debtor", "region_code", "phone")[0] == (None, None)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_a_table_without_rows_is_fine(bank: Bank, form: str) -> None:
    bank.loaded(small_bank(), DAY)
    folder = bank.deliver({}, "2024-04-30")
    empty = pl.DataFrame(schema=dict.fromkeys(("payment_id", "loan_id", "paid_on", "amount"), pl.String))
    if form == "xlsx":
        empty.write_excel(folder / "payment.xlsx")
    else:
        getattr(empty, f"write_{form}")(folder / f"payment.{form}")
    [report] = bank.load(folder)
    assert report.tables["payment"].accepted == 0
    assert bank.rows("payment", "payment_id") == []


def test_an_xlsx_that_is_none_is_refused(opened: Bank) -> None:
    folder = opened.deliver({})
    (folder / "org.xlsx").write_bytes(b"org_id,name,level\n")
    opened.refused(FeedUnreadable, folder)


@pytest.mark.parametrize(
    ("description", "complaint"),
    [
        ("encodings: utf-8", "encodings"),
        ("encoding: latin-1", "encoding"),
        ("tables: {payment: partial}", "tables.payment"),
        ("tables: {payments: full}", "payments"),
        ("tables: {ledger: full}", "ledger"),
        ("book_currency: yuan", "book_currency"),
        ("book_currency: KWD", "KWD"),
        ("book_currency: USD", "CNY"),
        ("tables: [", "feed.yaml"),
        ("- tables", "feed.yaml"),
    ],
)
def test_a_description_that_cannot_be_understood(opened: Bank, description: str, complaint: str) -> None:
    folder = opened.deliver(small_bank())
    (folder / "feed.yaml").write_text(description)
    assert complaint in str(opened.refused(FeedNotDescribed, folder))


@pytest.mark.parametrize("name", ["payments.csv", "payment.txt", "payment.csv.gz", "notes.md", "feed.yml"])
def test_a_file_that_is_no_table(opened: Bank, name: str) -> None:
    folder = opened.deliver(small_bank())
    (folder / name).write_text("payment_id\n")
    assert name in str(opened.refused(FeedNotDescribed, folder))


def test_a_table_that_comes_twice(opened: Bank) -> None:
    folder = opened.deliver(small_bank())
    opened.deliver({"org": small_bank()["org"]}, form="parquet")
    opened.refused(FeedNotDescribed, folder)


@pytest.mark.parametrize(
    ("name", "error"), [("2024-02-30", FeedNotDescribed), ("20240430", FeedNotDescribed), ("april", FeedNotDescribed)]
)
def test_a_folder_that_is_no_day(opened: Bank, name: str, error: type[FeedNotDescribed]) -> None:
    opened.refused(error, opened.deliver(small_bank(), name))


def test_no_folder_and_an_empty_one(opened: Bank) -> None:
    opened.refused(FeedNotDescribed, opened.root / "nowhere")
    opened.refused(FeedNotDescribed, opened.deliver({}, "2024-04-30"))


def test_header_complaints_name_the_column(opened: Bank) -> None:
    for change, column in (
        ({"colour": "red"}, "colour"),
        ({"amount_cents": 1}, "amount_cents"),
    ):
        tables = with_row("payment", lambda row, change=change: row.update(change))
        refusal = opened.refused(FeedHeaderWrong, opened.deliver(tables))
        assert refusal.where["column"] == column


def test_a_missing_column_is_named(opened: Bank) -> None:
    tables = small_bank()
    for row in tables["payment"]:
        del row["paid_on"]
    assert opened.refused(FeedHeaderWrong, opened.deliver(tables)).where["column"] == "paid_on"


def test_a_column_twice_in_a_csv(opened: Bank) -> None:
    folder = opened.deliver({})
    (folder / "org.csv").write_text("org_id,name,level,name\n000,a,head,b\n")
    assert opened.refused(FeedHeaderWrong, folder).where["column"] == "name"


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("amount", [1.5]),
        ("amount_cents", [150.0]),
        ("amount_cents", [Decimal("1.5")]),
        ("payment_id", [7]),
        ("paid_on", [20240131]),
    ],
)
def test_parquet_columns_of_the_wrong_kind(opened: Bank, column: str, values: list[object]) -> None:
    folder = opened.deliver({})
    rows = {"payment_id": ["X"], "loan_id": ["L1"], "paid_on": ["2024-02-01"], "amount": ["1.5"], column: values}
    if column == "amount_cents":
        del rows["amount"]
    pl.DataFrame(rows).write_parquet(folder / "payment.parquet")
    assert opened.refused(FeedHeaderWrong, folder).where["column"] == column


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_folders_may_have_odd_names(tmp_path: Path, form: str) -> None:
    odd = Bank(tmp_path / "贷后 [1] *=2 {x}?")
    assert odd.loaded(small_bank(), form=form).quarantined == 0
    assert len(odd.rows("payment", "payment_id")) == 5
    assert odd.facts().find_loan("L1")[0] == 1
