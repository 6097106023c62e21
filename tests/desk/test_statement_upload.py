"""Statements by workbook: what is refused of one, what it says to the cent, and how it reaches the next night."""

import io
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
import xlsxwriter
from deciding import person
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from postloan.desk.book.narrow import peer_rows
from postloan.desk.core.days import business_day
from postloan.desk.core.decisions.rows import rows_refused
from postloan.desk.core.models import AuditEntry, FeedRows, WorkItem
from postloan.desk.covenant.models import StatementUpload
from postloan.desk.covenant.statements.reading import Read, read_statements
from postloan.desk.covenant.statements.template import ITEM_ROW, template_of
from postloan.errors import FileRefused
from postloan.intake.facts import Facts
from postloan.night.run import run_nights
from postloan.plan.finances import peer_ratios
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.finances import Finances
from postloan.rules.inspection_rules import Inspections
from postloan.site.serving import hand_over
from postloan.snapshot.read import read_covenant_tests
from postloan.tables.statement_items import ITEMS

ON = date(2026, 10, 31)
RULES = load_desk_rules(None).version("inspections", Inspections, ON).files
PERIOD = date(2026, 9, 30)
BALANCED = {"total_assets": 300.5, "total_liabilities": 200.25, "equity": 100.25}


def workbook(
    items: dict[str, Any], *, debtor: str = "C1", unit: Any = "元", audited: Any = "否",
    periods: tuple[Any, ...] = (PERIOD,), more: tuple[tuple[int, int, Any], ...] = (),
) -> bytes:  # fmt: skip
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for row, value in enumerate((debtor, "名称", unit, audited)):
            sheet.write(row, 1, value)
        for at, period in enumerate(periods):
            if isinstance(period, date):
                sheet.write_datetime(ITEM_ROW, 3 + at, period, day)
            else:
                sheet.write(ITEM_ROW, 3 + at, period)
        for row, (item, value) in enumerate(items.items(), start=ITEM_ROW + 1):
            sheet.write(row, 0, item)
            sheet.write(row, 3, value)
        for row, column, value in more:
            sheet.write(row, column, value)
    return held.getvalue()


def read(content: bytes) -> Read:
    return read_statements(content, "C1", RULES, on=ON)


def cents(found: Read) -> dict[str, int]:
    assert not found.faults, found.faults
    return {each["item"]: each["value_cents"] for each in found.values}


def test_the_template_is_read_as_it_is_drawn() -> None:
    drawn = template_of("C1", "青禾", ON)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(drawn)).get_sheet_by_index(0)
    codes = [row[0] for row in sheet.to_python() if row[0] in ITEMS]
    assert codes == list(ITEMS)
    assert read(drawn).faults == ["没有填写任何金额。"]


def test_amounts_are_exact_in_both_units() -> None:
    assert cents(read(workbook(BALANCED))) == {"total_assets": 30050, "total_liabilities": 20025, "equity": 10025}
    wan = cents(read(workbook({"cash": 1234.567891, "revenue": -0.000001}, unit="万元")))
    assert wan == {"cash": 1_234_567_891, "revenue": -1}
    assert cents(read(workbook({"cash": 0.1 + 0.2}))) == {"cash": 30}
    assert read(workbook({"cash": 1, "revenue": 2}, audited="是")).is_audited


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_every_amount_that_a_workbook_can_hold_is_read_to_the_cent(written: int) -> None:
    assert cents(read(workbook({"cash": written / 100}))) == {"cash": written}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"debtor": "C2"}, "B1 客户号应为 C1"),
        ({"unit": "美元"}, "B3 金额单位"),
        ({"audited": "maybe"}, "B4 是否审计"),
        ({"items": {"cash": "一百"}}, "D7 应为数字"),
        ({"items": {"cash": "100"}}, "D7 应为数字"),
        ({"items": {"cash": True}}, "D7 应为数字"),
        ({"items": {"cash": 1.005}}, "D7 金额的小数超过分"),
        ({"items": {"cash": 1e16}}, "D7 金额过大"),
        ({"items": {"money": 1}}, "A7 没有这个科目代码：money"),
        ({"more": ((ITEM_ROW + 2, 0, "cash"),)}, "A8 科目代码重复：cash"),
        ({"more": ((ITEM_ROW + 2, 3, 5),)}, "D8 这一行没有科目代码"),
        ({"more": ((ITEM_ROW + 1, 4, 5),)}, "E7 这一列没有报告期末"),
        ({"periods": ("2026-09-30",)}, "D6 报告期末应为日期"),
        ({"periods": (date(2026, 9, 29),)}, "D6 报告期末应为不晚于营业日的月末"),
        ({"periods": (date(2026, 11, 30),)}, "D6 报告期末应为不晚于营业日的月末"),
        ({"periods": (PERIOD, PERIOD)}, "E6 报告期末重复"),
        ({"items": BALANCED | {"equity": 100.24}}, "相差 0.01 元"),
        ({"items": {"total_assets": 5}}, "应同时填写"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(given_: dict[str, Any], said: str) -> None:
    faults = read(workbook(**({"items": {"cash": 1}} | given_))).faults
    assert any(said in fault for fault in faults), faults


def bomb(sheet: bytes, *, fill: int = 0) -> bytes:
    """A workbook whose sheet is this text, with so many bytes of nothing beside it."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({"cash": 1}))) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
        if fill:
            new.writestr("xl/media/nothing.bin", b"\0" * fill)
    return held.getvalue()


_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>%s</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not a workbook", b"PK\x03\x04 but no archive", workbook({"cash": 1})[:900],
        bomb((_SHEET % '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').encode()),
        bomb((_SHEET % "<row r='9'><c r = 'ZZZ9'><v>1</v></c></row>").encode()),
        bomb((_SHEET % '<row r="&#49;048576"><c><v>1</v></c></row>').encode()),
        bomb((_SHEET % '<row r="1048576"/>').encode("utf-16")),
        bomb((_SHEET % "").encode(), fill=40 * 2**20),
    ],
)  # fmt: skip
def test_no_workbook_and_no_bomb_is_opened(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read(content)


def sent(client: Client, debtor: str, content: bytes) -> Any:
    file = SimpleUploadedFile("报表.xlsx", content)
    return client.post(f"/statements/of/{debtor}/new", {"file": file, "upload_id": str(uuid4())})


@pytest.mark.django_db
def test_from_a_workbook_to_a_test_of_the_next_night(
    bank: Path, tmp_path: Path, settings: object, last_day: date, logged_in
) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    StatementUpload.objects.all().delete()
    done = ("statement.read", "statement.confirmed", "statement.handed_over")
    before = AuditEntry.objects.filter(action__in=done).count()
    client = logged_in("risk")
    tests = read_covenant_tests(home, last_day).filter(metric="debt_to_assets").filter("is_latest")
    seen = [row for row in tests.to_dicts()
            if client.get(f"/statements/of/{row['debtor_id']}/new").status_code == 200]  # fmt: skip
    row = seen[0]
    debtor, period = row["debtor_id"], row["period_end_on"]
    refused = sent(client, debtor, workbook({"cash": "x"}, debtor=debtor, periods=(period,)))
    assert "D7 应为数字" in refused.content.decode()
    assert StatementUpload.objects.count() == 0

    better = {"total_assets": 100.0, "total_liabilities": 10.0, "equity": 90.0}
    shown = sent(client, debtor, workbook(better, debtor=debtor, periods=(period,), unit="万元"))
    assert shown.status_code == 302
    page = client.get(shown["Location"]).content.decode()
    assert "1,000,000.00" in page
    held = StatementUpload.objects.get()
    assert {each["item"]: each["value_cents"] for each in held.values}["total_assets"] == 1_000_000_00
    assert FeedRows.objects.count() == 0
    assert (
        logged_in("approver").post(f"{shown['Location']}settle", {"version": 1, "verdict": "confirm"}).status_code
        == 403
    )
    assert client.post(f"{shown['Location']}settle", {"version": 1, "verdict": "confirm"}).status_code == 302
    assert client.post(f"{shown['Location']}settle", {"version": 1, "verdict": "confirm"}).status_code >= 400

    on = last_day + timedelta(days=1)
    told = hand_over(home, on)
    assert (told["count"], told["accepted"], told["refused"]) == (3, 3, 0)
    assert hand_over(home, on)["count"] == 3
    list(run_nights(home, [on]))
    said = Facts(home, None).read("statement", None).filter(pl.col("known_on") == on)
    assert sorted(said["value_cents"]) == [100_000_00, 900_000_00, 1_000_000_00]
    (after,) = [each for each in read_covenant_tests(home, on).to_dicts()
                if (each["covenant_id"], each["period_end_on"]) == (row["covenant_id"], period)]  # fmt: skip
    assert (after["value_e8"], after["result"]) == (10_000_000, "met")
    assert AuditEntry.objects.filter(action__in=done).count() == before + 3


@pytest.mark.django_db
def test_rows_that_intake_refuses_come_back_once_to_who_made_them() -> None:
    officer, day = person("officer"), business_day(None)
    row = {"debtor_id": "C1", "period_end_on": "2026-09-30", "item": "cash", "value_cents": "1", "audited": "false"}
    FeedRows.objects.create(
        table="statement",
        rows=[row],
        title="青禾",
        page="/statements/",
        org=officer.org,
        made_by=officer,
        feed_day=day.on,
    )
    refused = [{"table": "statement", "key": "C1/2026-09-30/cash", "reason_zh": "没有这个客户"}]
    assert rows_refused(day.on, [{**refused[0], "key": "C1/2026-09-30/equity"}]) == 0
    assert (rows_refused(day.on, refused), rows_refused(day.on, refused)) == (1, 0)
    assert "没有这个客户" in WorkItem.objects.get(kind="rows_refused").told


@pytest.mark.django_db
def test_the_finances_of_a_debtor(bank: Path, last_day: date, logged_in) -> None:
    debtor = read_covenant_tests(bank, last_day).filter("is_latest")["debtor_id"][0]
    page = logged_in("manager").get(f"/debtors/{debtor}/finances").content.decode()
    for words in ("资产负债率", "同业中位数", "同期本行结算流入", "chart"):
        assert words in page


@pytest.mark.django_db
def test_peers_are_told_of_the_least_count_of_debtors_or_not_at_all(bank: Path, last_day: date, logged_in) -> None:
    """A quartile is the very ratio of one of them."""
    few = load_desk_rules(bank).version("finances", Finances, last_day).peers.debtors_least
    for debtor in read_covenant_tests(bank, last_day)["debtor_id"].unique().sort().head(5):
        told = logged_in("manager").get(f"/debtors/{debtor}/finances").context["ratios"]
        assert all(each.debtors is None or each.debtors >= few for each in told)
    counts = peer_ratios(bank, last_day)["debtors"].unique().sort()
    assert len(counts) > 1, "the case needs industries with fewer and with more debtors"
    least = int(counts[-1])
    shown = peer_rows(business_day(None), least=least)
    assert shown.height
    assert set(shown["debtors"]) == {least}
