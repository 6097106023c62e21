"""Every feed table, with every column filled, comes in by every form and is read back as it was written."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from delivering import Bank, tree

from feeds import Row, Tables, small_bank
from postloan.intake.shape import SEALED_COLUMNS, facts_shape
from postloan.tables.inputs import FEED_TABLES

IDS = {"org": "010", "debtor": "D1", "loan": "L1", "facility": "F1", "contract": "K1", "collateral": "C1"}
SAID: dict[str, Row] = {
    "org": {"org_id": "010", "parent_id": None},
    "debtor": {"debtor_id": "D1"},
    "facility": {"facility_id": "F1"},
    "contract": {"contract_id": "K1"},
    "loan": {
        "loan_id": "L1", "currency": "CNY", "signed_on": date(2024, 1, 1), "disbursed_on": date(2024, 1, 15),
        "matures_on": date(2025, 1, 15), "renews_loan_id": None,
    },
    "collateral": {"collateral_id": "C1"},
    "payment": {"reverses_payment_id": None, "allocation": None, "paid_on": date(2024, 2, 15)},
    "pledge": {"secures_kind": "contract", "secures_id": "K1"},
    "guarantee": {"secures_kind": "facility", "secures_id": "F1"},
    "covenant": {"facility_id": None},
    "written_off": {"transferred_cents": 7, "asset_cents": 5},
    "decision": {
        "kind": "technical_delay", "terms": json.dumps({"cause": "a", "evidence": "b", "approver": "c"}),
    },
}  # fmt: skip
"""What cannot be made up column by column."""


def full_row(table: str) -> Row:
    """A valid row with every column filled, under the names of the schema."""
    row: Row = {}
    for name, column in FEED_TABLES[table].columns().items():
        refers = (column.metadata or {}).get("refers")
        value: Any = IDS.get(refers, f"{name}-0071"[:20]) if refers else _value(name, column.dtype)
        row[name] = SAID.get(table, {}).get(name, value)
    return row


def _value(name: str, dtype: pl.DataType) -> Any:
    if isinstance(dtype, pl.Enum):
        return dtype.categories[-1]
    known: dict[type[pl.DataType], Any] = {
        pl.Int64: 12,
        pl.Float64: 0.0395,
        pl.Date: date(2024, 3, 31),
        pl.Datetime: datetime(2024, 3, 1, 9, 30, 0, 250_000),  # noqa: DTZ001
        pl.Boolean: True,
        pl.String: f"007 {name}",
    }
    return known[type(dtype)]


def as_written(row: Row) -> Row:
    """The same row as people write it: money and rates in their major units."""
    written: Row = {}
    for name, value in row.items():
        if name.endswith("_cents"):
            written[name.removesuffix("_cents")] = Decimal(value).scaleb(-2)
        elif name.endswith("_e8"):
            written[name.removesuffix("_e8")] = Decimal(value).scaleb(-8)
        else:
            written[name] = value
    return written


def everything() -> Tables:
    tables: Tables = {table: [full_row(table)] for table in FEED_TABLES}
    tables["debtor"].append(small_bank()["debtor"][1] | {"debtor_id": "D2"})
    tables["co_borrower"][0]["debtor_id"] = "D2"
    return tables


@pytest.mark.parametrize("table", FEED_TABLES)
def test_a_full_row_is_read_back(table: str, every_table: Bank) -> None:
    shape, row = facts_shape(table), full_row(table)
    frame = every_table.facts().read(table, None)
    assert frame.schema == shape.columns
    stored = frame.row(0, named=True)
    for name, value in row.items():
        if (
            name in stored
            and name not in SEALED_COLUMNS.get(table, ())
            and (table, name) != ("co_borrower", "debtor_id")
        ):
            assert stored[name] == value, name
    for number in ("loan_no", "debtor_no"):
        assert stored.get(number, 1) == 1
    assert set(shape.order) | set(shape.key) <= set(shape.columns)


@pytest.fixture(scope="module")
def every_table(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    bank = Bank(tmp_path_factory.mktemp("every"))
    report = bank.loaded(everything(), form="parquet")
    assert report.quarantined == 0, bank.quarantine()
    assert report.tables.keys() == FEED_TABLES.keys()
    return bank


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_form_gives_the_same_facts(form: str, every_table: Bank, bank: Bank) -> None:
    written = {table: [as_written(row) for row in rows] for table, rows in everything().items()}
    report = bank.loaded(written, form=form)
    assert report.quarantined == 0, bank.quarantine()
    assert tree(bank.home / "facts" / "parts") == tree(every_table.home / "facts" / "parts")
