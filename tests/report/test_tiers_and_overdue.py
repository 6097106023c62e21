"""Tiers and overdue: what is counted, and that every table closes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hand_made import MARCH, ORGS, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.desk.report.book import GROUPINGS, branches
from postloan.desk.report.form import Row, Sheet, share_e8
from postloan.desk.report.overdue import overdue
from postloan.desk.report.tiers import tiers
from postloan.errors import NothingPublished, RequestWrong
from postloan.tables.units import BUCKETS, NON_PERFORMING, TIERS

LOANS = st.builds(
    loan,
    loan_no=st.just(0),
    tier=st.sampled_from(TIERS),
    cents=st.integers(0, 10**15),
    status=st.sampled_from(["active", "active", "active", "settled", "written_off"]),
    bucket=st.sampled_from(BUCKETS),
    days_past_due=st.integers(0, 400),
    overdue_principal_cents=st.integers(0, 10**12),
    overdue_interest_cents=st.integers(0, 10**12),
    org_id=st.sampled_from(["000", "010", "011", "021", "022", "999"]),
    product=st.sampled_from(["consumer", "mortgage"]),
    industry_code=st.sampled_from(["C1311", "c2710", "F5121", "47", "4710", None]),
)
BOOKS = st.lists(LOANS, max_size=12).map(lambda loans: [each | {"loan_no": at} for at, each in enumerate(loans, 1)])


def lines(sheet: Sheet, column: str) -> dict[object, Row]:
    return {each[column]: each for each in sheet.rows}


def summed(loans: Sequence[dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in loans)


def test_a_tier_table_counts_the_loans_on_the_book(tmp_path: Path) -> None:
    publish_by_hand(
        tmp_path,
        MARCH,
        [
            loan(1, "pass", 900_00),
            loan(2, "substandard", 60_00, overdue_principal_cents=50_00),
            loan(3, "loss", 40_00),
            loan(4, "loss", 500_00, status="written_off"),
            loan(5, "pass", 0, status="settled"),
        ],
    )
    report = tiers(tmp_path, MARCH)
    at = lines(report.filed, "tier")
    assert [each["tier"] for each in report.filed.rows] == [*TIERS, "non_performing", "total", "npl_ratio"]
    assert at["pass"] == {
        "row": "item", "tier": "pass", "loans": 1, "outstanding": 900_00, "overdue_principal": 0, "share": 90_000_000,
    }  # fmt: skip
    assert (at["non_performing"]["loans"], at["non_performing"]["outstanding"]) == (2, 100_00)
    assert (at["total"]["loans"], at["total"]["outstanding"], at["total"]["overdue_principal"]) == (3, 1000_00, 50_00)
    assert at["npl_ratio"]["share"] == 10_000_000
    assert report.snapshot.run_id in (tmp_path / "snapshots" / "2024-03-31.json").read_text()


def test_the_supervisors_deviation_counts_from_the_91st_day_whatever_the_tier(tmp_path: Path) -> None:
    publish_by_hand(
        tmp_path,
        MARCH,
        [
            loan(1, "special_mention", 100_00, bucket="M3", days_past_due=90),
            loan(2, "special_mention", 300_00, bucket="M4", days_past_due=91),
            loan(3, "substandard", 200_00),
        ],
    )
    at = lines(overdue(tmp_path, MARCH).filed, "bucket")
    assert (at["over_90"]["loans"], at["over_90"]["outstanding"]) == (1, 300_00)
    assert at["over_90_to_npl"]["share"] == 150_000_000, "300 overdue over 200 non-performing"
    assert at["overdue"]["loans"] == 2


def test_a_day_without_loans_has_no_ratio(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, MARCH, [])
    assert lines(tiers(tmp_path, MARCH).filed, "tier")["npl_ratio"]["share"] is None
    assert lines(overdue(tmp_path, MARCH).filed, "bucket")["over_90_to_npl"]["share"] is None
    assert [each["row"] for each in tiers(tmp_path, MARCH, "product").filed.rows] == ["total"]


@settings(max_examples=25, deadline=None)
@given(BOOKS)
def test_tables_agree_with_a_plain_count_and_close(loans: list[dict[str, Any]]) -> None:
    book = [each for each in loans if each["status"] == "active"]
    with tempfile.TemporaryDirectory() as home:
        publish_by_hand(Path(home), MARCH, loans)
        by_tier, by_bucket = tiers(Path(home), MARCH).filed, overdue(Path(home), MARCH).filed
        grouped = [report(Path(home), MARCH, by, orgs=ORGS).filed for report in (tiers, overdue) for by in GROUPINGS]
    for sheet, column in ((by_tier, "tier"), (by_bucket, "bucket")):
        for line in (each for each in sheet.rows if each["row"] == "item"):
            held = [each for each in book if each[column] == line[column]]
            assert (line["loans"], line["outstanding"]) == (len(held), summed(held, "outstanding_cents"))
            assert line["overdue_principal"] == summed(held, "overdue_principal_cents")
        total = lines(sheet, column)["total"]
        assert (total["loans"], total["outstanding"]) == (len(book), summed(book, "outstanding_cents"))
    long = [each for each in book if each["days_past_due"] > 90]
    npl = [each for each in book if each["tier"] in NON_PERFORMING]
    assert lines(by_bucket, "bucket")["over_90"]["outstanding"] == summed(long, "outstanding_cents")
    for sheet in grouped:
        *items, total = sheet.rows
        amounts = [column.name for column in sheet.columns if column.kind in {"money", "count"}]
        assert {name: total[name] for name in amounts} == {name: sum(each[name] for each in items) for name in amounts}
        parts = [name for name in amounts if name in TIERS or name in BUCKETS]
        assert all(sum(each[name] for name in parts) == each["outstanding"] for each in sheet.rows)
        assert total["outstanding"] == summed(book, "outstanding_cents")
        assert total["non_performing"] == summed(npl, "outstanding_cents")


def test_an_office_counts_with_its_branch_and_a_code_with_its_section(tmp_path: Path) -> None:
    loans = [
        loan(1, "pass", 1, org_id="022", industry_code="C1311"),
        loan(2, "pass", 2, org_id="020", industry_code="c2710"),
        loan(3, "pass", 4, org_id="000", industry_code="4710"),
        loan(4, "pass", 8, org_id="999", industry_code=None),
    ]
    publish_by_hand(tmp_path, MARCH, loans)
    by_org = tiers(tmp_path, MARCH, "org", orgs=ORGS).filed.rows
    said = [(each["org_id"], each["org_name"], each["outstanding"]) for each in by_org]
    assert said == [("000", "总行", 4), ("020", "朝阳分行", 3), ("999", "999", 8), (None, "total", 15)]
    by_industry = tiers(tmp_path, MARCH, "industry").filed.rows
    assert [(each["industry"], each["outstanding"]) for each in by_industry] == [
        ("47", 4), ("C", 3), (None, 8), ("total", 15),
    ]  # fmt: skip


def test_offices_that_stand_above_each_other_end_the_climb() -> None:
    circle = pl.DataFrame(
        [("1", "2", "a", "branch"), ("2", "1", "b", "branch"), ("3", "1", "c", "branch")],
        schema=["org_id", "parent_id", "name", "level"],
        orient="row",
    )
    assert branches(circle)["org_id"].to_list() == ["1", "2", "3"]


def test_what_cannot_be_answered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        tiers(tmp_path, MARCH)
    publish_by_hand(tmp_path, MARCH, [])
    with pytest.raises(RequestWrong):
        tiers(tmp_path, MARCH, "org")


@given(st.integers(0, 10**18), st.integers(1, 10**18))
def test_a_share_is_the_nearest_whole_1e8(part: int, whole: int) -> None:
    share = share_e8(part, whole)
    assert share is not None
    assert (2 * share - 1) * whole <= 2 * part * 10**8 < (2 * share + 1) * whole
