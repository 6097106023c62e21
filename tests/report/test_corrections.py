"""What two versions of a day say otherwise: each loan that differs, and sums of which before and change are after."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import pytest
from hand_made import MARCH, ORGS, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.desk.report import corrections as room
from postloan.desk.report.book import GROUPINGS
from postloan.desk.report.corrections import SUMMED, corrections
from postloan.desk.report.form import Report
from postloan.errors import VersionUnknown
from postloan.plan.corrected import Cause
from postloan.tables.units import NON_PERFORMING, TIERS

FIRST, SECOND = "a" * 32, "b" * 32
CENTS = st.integers(0, 10**13)
LOANS = st.builds(
    loan,
    loan_no=st.just(0),
    tier=st.sampled_from(TIERS),
    cents=CENTS,
    status=st.sampled_from(["active", "active", "active", "settled"]),
    days_past_due=st.integers(0, 400),
    org_id=st.sampled_from(["000", "010", "011", "021", "999"]),
    product=st.sampled_from(["consumer", "mortgage"]),
    region_code=st.sampled_from(["330106", "110108", None]),
    general_provision_cents=CENTS,
    specific_provision_cents=CENTS,
    special_provision_cents=st.just(0),
    ecl_cents=st.one_of(st.none(), CENTS),
)
BOOKS = st.lists(LOANS, max_size=8).map(lambda loans: [each | {"loan_no": at} for at, each in enumerate(loans, 1)])


def of_no_row(_home: Path, _before: date, _after: date, loans: pl.DataFrame) -> list[Cause]:
    """Causes of loans whose rows were made by hand: there are no feeds to look into."""
    return [Cause(loan_no, "", "", "elsewhere") for loan_no in loans["loan_no"]]


@contextmanager
def two_versions(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(room, "causes", of_no_row):
        for run, loans in ((FIRST, before), (SECOND, after)):
            named = [each | {"loan_id": f"L{each['loan_no']}"} for each in loans]
            publish_by_hand(Path(folder), MARCH, named, run=run)
        yield Path(folder)


def plain_sums(loans: list[dict[str, Any]], **of: str) -> dict[str, int]:
    """What is added up of the loans on the book, in plain Python."""
    held = [each for each in loans if each["status"] == "active" and all(each[name] == is_ for name, is_ in of.items())]
    provisions = ("general_provision_cents", "specific_provision_cents", "special_provision_cents")
    return {
        "loans": len(held), "outstanding": sum(each["outstanding_cents"] for each in held),
        "provisions": sum(each[name] for each in held for name in provisions),
        "npl": sum(each["outstanding_cents"] for each in held if each["tier"] in NON_PERFORMING),
        "allowance": sum(each["ecl_cents"] or 0 for each in held),
    }  # fmt: skip


def said(line: dict[str, Any], part: str) -> dict[str, int]:
    return {name: line[f"{name}_{part}"] for name in SUMMED}


@given(BOOKS, BOOKS)
@settings(max_examples=40)
def test_before_and_change_are_after_in_every_office_and_tier(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    with two_versions(before, after) as home:
        report = corrections(home, MARCH, orgs=ORGS)
    sums = report.more[-1]
    assert report.failed == ()
    assert said(sums.rows[-1], "before") == plain_sums(before)
    assert said(sums.rows[-1], "after") == plain_sums(after)
    for line in sums.rows:
        assert all(line[f"{name}_before"] + line[f"{name}_change"] == line[f"{name}_after"] for name in SUMMED)
        if line["row"] == "item":
            cell = {"org_id": str(line["org_id"]), "tier": str(line["tier"])}
            assert said(line, "before") == plain_sums(before, **cell)
            assert said(line, "after") == plain_sums(after, **cell)
    moved = sum((line["outstanding_after"] or 0) - (line["outstanding_before"] or 0) for line in report.filed.rows)
    assert moved == sums.rows[-1]["outstanding_change"]


@given(BOOKS, BOOKS, st.sampled_from(GROUPINGS))
@settings(max_examples=40)
def test_before_and_change_are_after_in_every_group(
    before: list[dict[str, Any]], after: list[dict[str, Any]], by: Any
) -> None:
    with two_versions(before, after) as home:
        report = corrections(home, MARCH, by, orgs=ORGS)
    assert report.failed == ()
    for line in report.filed.rows:
        assert all(line[f"{name}_before"] + line[f"{name}_change"] == line[f"{name}_after"] for name in SUMMED)
    total = report.filed.rows[-1]
    assert (said(total, "before"), said(total, "after")) == (plain_sums(before), plain_sums(after))


def of_two_loans(**changed: Any) -> Report:
    before = [loan(1, "pass", 500), loan(2, "loss", 300)]
    with two_versions(before, [before[0] | changed, before[1]]) as home:
        return corrections(home, MARCH, orgs=ORGS)


@pytest.mark.parametrize(
    ("field", "column", "then", "now"),
    [
        ("tier", "tier", "pass", "substandard"), ("days_past_due", "days_past_due", 0, 12),
        ("own_share_outstanding_cents", "outstanding", 500, 499), ("specific_provision_cents", "provisions", 0, 7),
        ("stage", "stage", None, "stage_2"), ("ecl_cents", "allowance", None, 9), ("org_id", "org_id", "011", "021"),
    ],
)  # fmt: skip
def test_a_loan_is_listed_with_what_differs(field: str, column: str, then: Any, now: Any) -> None:
    (line,) = of_two_loans(**{field: now}).filed.rows
    assert (line["loan_id"], line[f"{column}_before"], line[f"{column}_after"]) == ("L1", then, now)


def test_a_loan_that_left_the_book_is_listed_and_one_alike_is_not() -> None:
    assert of_two_loans().filed.rows == ()
    (line,) = of_two_loans(status="settled").filed.rows
    assert (line["tier_before"], line["tier_after"], line["outstanding_after"]) == ("pass", None, None)


def test_a_sum_that_does_not_add_up_is_named() -> None:
    real = room._legs
    short = lambda moved: [leg.with_columns(outstanding=pl.col("outstanding") - 1) for leg in real(moved)]  # noqa: E731
    with mock.patch.object(room, "_legs", short):
        failed = of_two_loans(days_past_due=3).failed
    assert [each for each in failed if each.startswith("011") and "outstanding" in each]


def test_a_day_with_one_version_has_nothing_to_compare(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, MARCH, [loan(1, "pass", 500)])
    with pytest.raises(VersionUnknown, match="no earlier version"):
        corrections(tmp_path, MARCH, orgs=ORGS)
