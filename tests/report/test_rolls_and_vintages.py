"""Roll rates and vintages: each flow has its name, and what was ever overdue is never forgotten."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hand_made import FEBRUARY, JANUARY, MARCH, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.desk.report.form import Row, Sheet
from postloan.desk.report.rolls import FLOWS, flow_of, rolls
from postloan.desk.report.vintages import MEASURES, vintages
from postloan.tables.units import BUCKETS


def late(loan_no: int, bucket: str, cents: int = 100, **others: Any) -> dict[str, Any]:
    return loan(loan_no, "pass", cents, bucket=bucket, **others)


def line(sheet: Sheet, column: str, value: object) -> Row:
    return next(each for each in sheet.rows if each[column] == value)


def test_each_flow_has_its_name() -> None:
    assert flow_of("M0", "M1") == flow_of("M2", "M7+") == "worse"
    assert flow_of("M3", "M1") == "better"
    assert flow_of("M3", "M0") == "cured"
    assert flow_of("M0", "M0") == flow_of("M7+", "M7+") == "same"
    assert flow_of("M1", "settled") == "settled"


def test_two_steps_are_counted_apart_and_together(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [late(1, "M1"), late(2, "M1", 300), late(3, "M0"), late(4, "M1", 50)])
    publish_by_hand(
        tmp_path, FEBRUARY, [late(1, "M2"), late(2, "M0", 280), late(3, "M0"), late(5, "M0"),
                             late(4, "M0", 0, status="settled")],
    )  # fmt: skip
    publish_by_hand(tmp_path, MARCH, [late(1, "M3"), late(2, "M1", 280), late(3, "M0", 90)])
    report = rolls(tmp_path, JANUARY, MARCH)
    loans, balance, shares, by_balance, worse = report.shown
    assert {name: line(loans, "from_bucket", "M1")[name] for name in ("M0", "M2", "settled", "total")} == {
        "M0": 1, "M2": 1, "settled": 1, "total": 3,
    }  # fmt: skip
    assert line(loans, "from_bucket", "M0")["gone"] == 1
    assert line(balance, "from_bucket", "M1")["total"] == 450
    assert line(shares, "from_bucket", "M1")["worse"] == 33_333_333
    assert line(by_balance, "from_bucket", "M1")["cured"] == 66_666_667
    assert (line(worse, "until", "2024-02-29")["M0"], line(worse, "until", "2024-03-31")["M0"]) == (0, 58_333_333)
    assert worse.is_drawn


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([None, *BUCKETS]), st.sampled_from([None, "settled", *BUCKETS]), st.integers(0, 9)),
        max_size=10,
    )
)
def test_rolls_close_and_shares_add_up(pairs: list[tuple[Any, Any, int]]) -> None:
    before = [late(no, first, cents) for no, (first, _, cents) in enumerate(pairs, 1) if first]
    after = [
        late(no, "M0", 0, status="settled") if last == "settled" else late(no, last, cents)
        for no, (_, last, cents) in enumerate(pairs, 1)
        if last
    ]
    with tempfile.TemporaryDirectory() as home:
        publish_by_hand(Path(home), JANUARY, before)
        publish_by_hand(Path(home), MARCH, after)
        report = rolls(Path(home), JANUARY, MARCH)
    loans, balance, shares, by_balance, _ = report.shown
    assert line(loans, "from_bucket", "total")["total"] == len(before)
    assert line(balance, "from_bucket", "total")["total"] == sum(each["outstanding_cents"] for each in before)
    for sheet in (shares, by_balance):
        for row in sheet.rows:
            parts = [row[flow] for flow in FLOWS]
            assert all(part is None for part in parts) or abs(sum(int(part or 0) for part in parts) - 10**8) <= len(
                parts
            )


def paid_out(loan_no: int, days: int, tier: str = "pass", **others: Any) -> dict[str, Any]:
    cents = others.pop("cents", 100)
    return loan(loan_no, tier, cents, days_past_due=days, principal_cents=200, **others)


def test_what_was_ever_overdue_stays_so(tmp_path: Path) -> None:
    new = {"disbursed_on": date(2024, 2, 10)}
    publish_by_hand(tmp_path, JANUARY, [paid_out(1, 31), paid_out(2, 0), paid_out(3, 30)])
    publish_by_hand(
        tmp_path, FEBRUARY, [paid_out(1, 0), paid_out(2, 61), paid_out(3, 0, status="settled"), paid_out(4, 0, **new)]
    )
    publish_by_hand(
        tmp_path, MARCH, [paid_out(1, 0), paid_out(2, 92, "substandard", cents=80), paid_out(4, 0, **new),
                          paid_out(5, 0, status="written_off", **new)],
    )  # fmt: skip
    report = vintages(tmp_path, JANUARY, MARCH)
    rows = {(each["vintage"], each["months_on_book"]): each for each in report.filed.rows}
    first = rows["2023-01", 12]
    assert (first["loans"], first["principal"], first["ever_over_30_loans"]) == (3, 600, 1), "30 days are not over 30"
    last = rows["2023-01", 14]
    assert last["loans"] == 3, "a loan that is no longer delivered stays in its vintage"
    assert [last[f"ever_{name}_loans"] for name in MEASURES] == [2, 1, 1, 1]
    assert [last[f"now_{name}_loans"] for name in MEASURES] == [1, 1, 1, 1]
    assert (last["ever_over_30"], last["now_over_30"]) == (66_666_667, 13_333_333), "80 of the 600 paid out"
    assert rows["2024-02", 1]["ever_npl_loans"] == 1, "written off before a point found it non-performing"
    curve = next(sheet for sheet in report.shown if sheet.name == "vintages_ever_over_30")
    assert [each["2023-01"] for each in curve.rows if each["2023-01"] is not None] == [
        33_333_333,
        66_666_667,
        66_666_667,
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*(st.none() | st.integers(0, 120) for _ in range(3))), min_size=1, max_size=8))
def test_ever_never_falls_and_is_never_less_than_now(lives: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        for at, day in enumerate((JANUARY, FEBRUARY, MARCH)):
            held = [paid_out(no, life[at]) for no, life in enumerate(lives, 1) if life[at] is not None]
            publish_by_hand(Path(home), day, held)
        rows = vintages(Path(home), JANUARY, MARCH).filed.rows
    for name in MEASURES:
        ever = [int(each[f"ever_{name}_loans"] or 0) for each in rows]
        assert ever == sorted(ever)
        assert all(int(each[f"now_{name}_loans"] or 0) <= int(each[f"ever_{name}_loans"] or 0) for each in rows)
        assert all(each[f"ever_{name}"] is None or 0 <= int(each[f"ever_{name}"] or 0) <= 10**8 for each in rows)


def test_a_report_needs_two_days(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, MARCH, [])
    for report in (rolls, vintages):
        with pytest.raises(Exception, match="runs forward"):
            report(tmp_path, MARCH, MARCH)
