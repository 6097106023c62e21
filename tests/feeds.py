"""Feeds for tests: a builder that writes a feed folder from rows, and a small valid bank to start from."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
import yaml

# Tests must not make a key in the home of whoever runs them, and facts must have the same bytes everywhere.
os.environ.setdefault("POSTLOAN_KEY", "00112233445566778899aabbccddeeff" * 2)

Row = dict[str, Any]
Tables = dict[str, list[Row]]

SMALL_BANK_DAY = date(2024, 3, 31)


def small_bank() -> Tables:
    """Three debtors, four loans and their payments, all valid on 2024-03-31; each call gives fresh rows to change."""
    return {
        "org": [
            {"org_id": "000", "parent_id": None, "name": "总行", "level": "head", "region_code": "110000"},
            {"org_id": "010", "parent_id": "000", "name": "海淀支行", "level": "branch", "region_code": "110108"},
        ],
        "debtor": [
            _debtor("D1", "张三", "person", "none"),
            _debtor("D2", "李四", "sole_trader", "micro"),
            _debtor("D3", "海淀机械有限公司", "company", "medium"),
        ],
        "loan": [
            _loan("L1", "D1", "12000.00", "0.06", date(2024, 1, 15), date(2025, 1, 15), "level_instalment"),
            _loan("L2", "D1", "3000.50", "0.0725", date(2023, 6, 1), date(2024, 6, 1), "equal_principal"),
            _loan("L3", "D2", "50000.00", "0.0435", date(2023, 12, 20), date(2024, 12, 20), "interest_only"),
            _loan("L4", "D3", "1000000.00", "0.0345", date(2024, 2, 29), date(2027, 2, 28), "bullet"),
        ],
        "payment": [
            _payment("P1", "L1", date(2024, 2, 15), "1032.80"),
            _payment("P2", "L1", date(2024, 3, 15), "1032.80"),
            _payment("P3", "L2", date(2023, 7, 1), "268.17"),
            _payment("P4", "L3", date(2024, 1, 20), "187.29"),
            _payment("P5", "L3", date(2024, 1, 22), "187.29", reverses="P4"),
        ],
    }


def write_feed(
    root: Path,
    day: date | str,
    tables: Mapping[str, Sequence[Row] | pl.DataFrame],
    *,
    modes: Mapping[str, str] | None = None,
    form: str = "csv",
    encoding: str = "utf-8",
    book_currency: str | None = None,
) -> Path:
    """Write one day's feed folder under `root`, which may exist already, and return it.

    A row holds Python values or text as it would stand in a file: Decimal or text for money, date or text for days.
    `form` is csv, parquet or xlsx; `encoding` is utf-8, utf-8-sig or gb18030 and is said in feed.yaml.
    """
    folder = root / str(day)
    folder.mkdir(parents=True, exist_ok=True)
    writer = {"csv": _write_csv, "parquet": _write_parquet, "xlsx": _write_xlsx}[form]
    for table, rows in tables.items():
        listed = rows.to_dicts() if isinstance(rows, pl.DataFrame) else list(rows)
        writer(folder / f"{table}.{form}", listed, encoding)
    said: dict[str, Any] = {}
    if encoding == "gb18030":
        said["encoding"] = "gb18030"
    if book_currency is not None:
        said["book_currency"] = book_currency
    if modes:
        said["tables"] = dict(modes)
    if said:
        (folder / "feed.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    return folder


def _debtor(debtor_id: str, name: str, legal_form: str, size_class: str) -> Row:
    return {
        "debtor_id": debtor_id, "name": name, "legal_form": legal_form, "size_class": size_class,
        "id_kind": "resident", "id_number": f"11010819900101{debtor_id[1:]:>04}", "phone": "13800000000",
        "region_code": "110108",
    }  # fmt: skip


def _loan(loan_id: str, debtor_id: str, *terms: Any) -> Row:
    principal, rate, paid_out, matures, method = terms
    return {
        "loan_id": loan_id, "debtor_id": debtor_id, "org_id": "010", "product": "consumer", "currency": "CNY",
        "principal": Decimal(principal), "disbursed_on": paid_out, "matures_on": matures,
        "annual_rate": Decimal(rate), "method": method, "day_count": "30/360", "penalty_factor": Decimal("1.5"),
        "security_kind": "credit",
    }  # fmt: skip


def _payment(payment_id: str, loan_id: str, paid_on: date, amount: str, reverses: str | None = None) -> Row:
    return {
        "payment_id": payment_id, "loan_id": loan_id, "paid_on": paid_on, "amount": Decimal(amount),
        "reverses_payment_id": reverses,
    }  # fmt: skip


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _write_csv(path: Path, rows: Sequence[Row], encoding: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = _columns(rows)
    writer.writerow(names)
    writer.writerows([_as_text(row.get(name)) for name in names] for row in rows)
    path.write_bytes(out.getvalue().encode(encoding))


def _write_parquet(path: Path, rows: Sequence[Row], _encoding: str) -> None:
    pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(path)


def _write_xlsx(path: Path, rows: Sequence[Row], _encoding: str) -> None:
    names = _columns(rows)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        for at, row in enumerate(rows, start=1):
            for column, name in enumerate(names):
                value = row.get(name)
                if isinstance(value, bool):
                    sheet.write_boolean(at, column, value)
                elif isinstance(value, (date, datetime)):
                    sheet.write_datetime(at, column, value)
                elif isinstance(value, (int, float, Decimal)):
                    sheet.write_number(at, column, value)
                elif value is not None:
                    sheet.write_string(at, column, str(value))
