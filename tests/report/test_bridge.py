"""The NPL bridge: each way in and out has its name, and it closes to the cent in all and in every group."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hand_made import FEBRUARY, JANUARY, MARCH, ORGS, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.desk.report.book import GROUPINGS
from postloan.desk.report.bridge import LINES, MOVES, bridge
from postloan.desk.report.form import Report, Row
from postloan.errors import RequestWrong
from postloan.tables.units import NON_PERFORMING, TIERS


def ways(report: Report) -> dict[str, Any]:
    return {each["way"]: each["balance"] for each in report.shown[0].rows}


def of_loan(report: Report, loan_id: str) -> dict[str, Any]:
    row = next(each for each in report.filed.rows if each["loan_id"] == loan_id)
    return {name: row[name] for name in (*LINES, "recovered") if row[name]}


def bad(loan_no: int, cents: int, **others: Any) -> dict[str, Any]:
    return loan(loan_no, "substandard", cents, **others)


def off(loan_no: int, cents: int, **others: Any) -> dict[str, Any]:
    return loan(loan_no, "pass", 0, status="written_off", written_off_cents=cents, **others)


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (loan(1, "pass", 100), bad(1, 90, paid_principal_cents=10), {"new": 90, "closing": 90}),
        (None, bad(1, 80), {"new": 80, "closing": 80}),
        (
            bad(1, 100), loan(1, "special_mention", 70, paid_principal_cents=30),
            {"opening": 100, "cash": -30, "upgraded": -70},
        ),
        (bad(1, 100), bad(1, 60, paid_principal_cents=40), {"opening": 100, "cash": -40, "closing": 60}),
        (bad(1, 100), loan(1, "pass", 0, status="settled", paid_principal_cents=100), {"opening": 100, "cash": -100}),
        (bad(1, 100), bad(1, 112, paid_principal_cents=8), {"opening": 100, "cash": -8, "other": 20, "closing": 112}),
        (bad(1, 100), None, {"opening": 100, "other": -100}),
        (bad(1, 100), off(1, 100), {"opening": 100, "written_off": -100}),
        (
            bad(1, 100), off(1, 90, transferred_cents=30, asset_cents=20, paid_principal_cents=10),
            {"opening": 100, "cash": -10, "transferred": -30, "asset": -20, "written_off": -40},
        ),
        # Paid 25 and written off 100 of 100: what the balance did not hold came in after the write-off.
        (bad(1, 100), off(1, 100, paid_principal_cents=25), {"opening": 100, "written_off": -100, "recovered": 25}),
        # More is written off than was owed here.
        (bad(1, 100), off(1, 130, transferred_cents=40), {"opening": 100, "transferred": -40, "written_off": -60}),
        (bad(1, 100), bad(1, 40, written_off_cents=60), {"opening": 100, "written_off": -60, "closing": 40}),
        (off(1, 100), off(1, 100, paid_principal_cents=7, received_cents=9), {"recovered": 9}),
        # Performing at both points, non-performing between them: the two points do not see it.
        (loan(1, "pass", 100), loan(1, "pass", 100), None),
        (loan(1, "pass", 100), off(1, 100), {"new": 100, "written_off": -100}),
        # A write-off taken back.
        (off(1, 100), bad(1, 100), {"new": 0, "written_off": 100, "closing": 100}),
        # A joint loan: the bank's half of everything.
        (
            bad(1, 100, funding_share_e8=50_000_000, own_share_outstanding_cents=50),
            bad(1, 60, funding_share_e8=50_000_000, own_share_outstanding_cents=30, paid_principal_cents=40),
            {"opening": 50, "cash": -20, "closing": 30},
        ),
    ],
)  # fmt: skip
def test_each_way_has_its_name(before: Any, after: Any, parts: dict[str, int] | None, tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [before] if before else [])
    publish_by_hand(tmp_path, MARCH, [after] if after else [])
    report = bridge(tmp_path, JANUARY, MARCH)
    assert report.failed == ()
    if parts is None:
        assert [each["row"] for each in report.filed.rows] == ["total"]
    else:
        assert of_loan(report, "L1") == {name: cents for name, cents in parts.items() if cents}
    assert sum(ways(report)[name] for name in ("opening", *MOVES[:-1])) == ways(report)["closing"]


def test_a_month_end_between_shows_what_two_points_cannot_see(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [loan(1, "pass", 100)])
    publish_by_hand(tmp_path, MARCH, [loan(1, "pass", 60, paid_principal_cents=40)])
    assert ways(bridge(tmp_path, JANUARY, MARCH))["new"] == 0
    publish_by_hand(tmp_path, FEBRUARY, [bad(1, 90, paid_principal_cents=10)])
    publish_by_hand(tmp_path, date(2024, 3, 15), [])
    report = bridge(tmp_path, JANUARY, MARCH)
    assert report.points == (JANUARY, FEBRUARY, MARCH), "the 15th is no month-end"
    assert of_loan(report, "L1") == {"new": 90, "cash": -30, "upgraded": -60}
    months = [(each["until"], each["opening"], each["closing"]) for each in report.shown[1].rows]
    assert months == [("2024-02-29", 0, 90), ("2024-03-31", 90, 0), ("total", 0, 0)]


def test_a_loan_that_changes_its_branch_is_taken_across(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [bad(1, 100, org_id="011")])
    publish_by_hand(tmp_path, MARCH, [bad(1, 70, org_id="021", paid_principal_cents=30)])
    report = bridge(tmp_path, JANUARY, MARCH, "org", orgs=ORGS)
    rows = {each["org_id"]: {name: each[name] for name in LINES if each[name]} for each in report.shown[0].rows}
    assert rows["010"] == {"opening": 100, "cash": -30, "regrouped": -70}
    assert rows["020"] == {"regrouped": 70, "closing": 70}
    assert rows[None] == {"opening": 100, "cash": -30, "closing": 70}


def test_days_run_forward(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, MARCH, [])
    with pytest.raises(RequestWrong):
        bridge(tmp_path, MARCH, MARCH)


STANDINGS = st.one_of(
    st.none(),
    st.builds(
        lambda status, tier, cents, sums, share, org, product: {
            "status": status, "tier": tier, "outstanding_cents": cents, "funding_share_e8": share, "org_id": org,
            "own_share_outstanding_cents": cents if share is None else cents * share // 10**8, "product": product,
            "paid_principal_cents": sums[0], "received_cents": sums[0] + sums[1], "written_off_cents": sums[2],
            "transferred_cents": sums[2] // 3, "asset_cents": sums[2] // 4,
        },
        st.sampled_from(["active", "active", "active", "settled", "written_off"]),
        st.sampled_from(TIERS),
        st.integers(0, 10**13),
        st.tuples(st.integers(0, 10**13), st.integers(0, 10**9), st.sampled_from([0, 0, 1, 10**12])),
        st.sampled_from([None, None, 33_333_333]),
        st.sampled_from(["011", "021"]),
        st.sampled_from(["consumer", "mortgage"]),
    ),
)  # fmt: skip


def npl(loans: list[dict[str, Any]], **where: str) -> int:
    held = [each for each in loans if each["status"] == "active" and each["tier"] in NON_PERFORMING]
    held = [each for each in held if all(each[name] == value for name, value in where.items())]
    return sum(each.get("own_share_outstanding_cents", each["outstanding_cents"]) for each in held)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(STANDINGS, STANDINGS, STANDINGS), max_size=8))
def test_any_three_books_close_in_all_and_in_every_group(lives: list[tuple[Any, Any, Any]]) -> None:
    days = (JANUARY, FEBRUARY, MARCH)
    books = [
        [loan(no, each["tier"], each["outstanding_cents"]) | each for no, life in enumerate(lives, 1)
         if (each := life[at])]
        for at in range(3)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for day, book in zip(days, books, strict=True):
            publish_by_hand(home, day, book)
        whole = bridge(home, JANUARY, MARCH)
        grouped = {by: bridge(home, JANUARY, MARCH, by, orgs=ORGS) for by in GROUPINGS}
    assert (ways(whole)["opening"], ways(whole)["closing"]) == (npl(books[0]), npl(books[2]))
    assert sum(ways(whole)[name] for name in ("opening", *MOVES[:-1])) == ways(whole)["closing"]
    for report in (whole, *grouped.values()):
        assert report.failed == ()
        *items, total = report.filed.rows
        assert all(total[name] == sum(each[name] for each in items) for name in LINES)
        assert total["closing"] == npl(books[2])
    for row in grouped["product"].shown[0].rows[:-1]:
        product = str(row["product"])
        assert (row["opening"], row["closing"]) == (npl(books[0], product=product), npl(books[2], product=product))
        assert closes(row)


def closes(row: Row) -> bool:
    return sum(int(row[name] or 0) for name in LINES[:-1]) == row["closing"]
