"""Migration: every loan of two days is counted once, and the matrix closes to both."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hand_made import JANUARY, MARCH, ORGS, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.desk.report.book import GROUPINGS
from postloan.desk.report.form import Row, Sheet
from postloan.desk.report.migration import EXITS, migration, migration_rates, move_of
from postloan.desk.report.tiers import tiers
from postloan.errors import NothingPublished, RequestWrong
from postloan.tables.units import TIERS

# The supervisor's worked example of form G12, in units of 100 million: year-start balance, reduction, end tiers.
G12 = {
    "pass": (59745, 4722, (48145, 6245, 567, 55, 11)),
    "special_mention": (2471, 11, (255, 1899, 234, 70, 3)),
    "substandard": (1546, 22, (27, 107, 1283, 104, 2)),
    "doubtful": (1339, 8, (4, 31, 43, 1064, 189)),
    "loss": (474, 0, (0, 10, 10, 49, 405)),
}
G12_NEW = (13804, 38, 29, 402, 41)
G12_RATES = {
    "pass_rate": 12.50, "special_mention_rate": 12.48, "substandard_rate": 6.97, "doubtful_rate": 14.20,
    "performing_rate": 1.64,
}  # fmt: skip
HUNDREDTH_CENTS = 10**8

STANDINGS = st.one_of(
    st.none(),
    st.builds(
        lambda status, tier, cents, org, product: {
            "status": status, "tier": tier, "outstanding_cents": cents, "org_id": org, "product": product,
        },
        st.sampled_from(["active", "active", "active", "settled", "written_off"]),
        st.sampled_from(TIERS),
        st.integers(0, 10**14),
        st.sampled_from(["011", "021"]),
        st.sampled_from(["consumer", "mortgage"]),
    ),
)  # fmt: skip


def standing(loan_no: int, said: dict[str, Any]) -> dict[str, Any]:
    return loan(loan_no, said["tier"], said["outstanding_cents"]) | said


def of(sheet: Sheet, column: str, value: str) -> Row:
    return next(each for each in sheet.rows if each[column] == value)


def test_each_way_through_two_days_has_a_name(tmp_path: Path) -> None:
    before = [loan(no, "special_mention", 100_00) for no in (1, 2, 3, 4, 5, 6)]
    after = [
        loan(1, "special_mention", 90_00), loan(2, "doubtful", 100_00), loan(3, "pass", 80_00),
        loan(4, "pass", 0, status="settled"), loan(5, "loss", 0, status="written_off"), loan(7, "pass", 500_00),
    ]  # fmt: skip
    publish_by_hand(tmp_path, JANUARY, before)
    publish_by_hand(tmp_path, MARCH, after)
    report = migration(tmp_path, JANUARY, MARCH)
    by_count, by_balance, moves = report.shown

    row = of(by_count, "from_tier", "special_mention")
    assert {name: row[name] for name in (*TIERS, *EXITS)} == {
        "pass": 1, "special_mention": 1, "substandard": 0, "doubtful": 1, "loss": 0,
        "settled": 1, "written_off": 1, "gone": 1,
    }  # fmt: skip
    assert of(by_balance, "from_tier", "new")["pass"] == 500_00
    assert of(by_balance, "from_tier", "change")["total"] == -30_00
    said = {each["move"]: (each["loans"], each["balance_from"], each["balance_to"]) for each in moves.rows}
    assert said["unchanged"] == (1, 100_00, 90_00)
    assert said["downgraded"] == (1, 100_00, 100_00)
    assert said["upgraded"] == (1, 100_00, 80_00)
    assert said["settled"] == said["written_off"] == said["gone"] == (1, 100_00, 0)
    assert said["new"] == (1, 0, 500_00)


def test_the_worked_example_gives_the_four_rates_exactly() -> None:
    """By the form's own method: what went down over the opening balance less what left."""
    left = {begin: opening - reduced for begin, (opening, reduced, _) in G12.items()}
    ends = {(begin, end): cents for begin, (_, _, row) in G12.items() for end, cents in zip(TIERS, row, strict=True)}
    percents = {rate: round((share or 0) / 10**6 + 1e-9, 2) for rate, share in migration_rates(left, ends)}
    assert percents == {
        "pass_rate": 12.50, "special_mention_rate": 12.48, "substandard_rate": 6.96, "doubtful_rate": 14.20,
        "performing_rate": 1.64,
    }  # fmt: skip


def test_what_a_loan_grew_by_belongs_to_no_rate(tmp_path: Path) -> None:
    before = [loan(1, "pass", 100_00), loan(2, "pass", 100_00)]
    after = [loan(1, "special_mention", 150_00), loan(2, "pass", 60_00)]
    publish_by_hand(tmp_path, JANUARY, before)
    publish_by_hand(tmp_path, MARCH, after)
    moves = migration(tmp_path, JANUARY, MARCH).shown[2]
    assert of(moves, "move", "pass_rate")["share"] == 62_500_000, "100 of the 160 that are left of 200"


def test_the_supervisors_worked_example(tmp_path: Path) -> None:
    before, after = [], []
    for begin, (_, reduced, ends) in G12.items():
        for end, cents in zip(TIERS, ends, strict=True):
            repaid = reduced if begin == end else 0
            before.append(loan(len(before) + 1, begin, (cents + repaid) * HUNDREDTH_CENTS))
            after.append(loan(len(before), end, cents * HUNDREDTH_CENTS))
    new = enumerate(zip(TIERS, G12_NEW, strict=True), 90)
    after += [loan(loan_no, tier, cents * HUNDREDTH_CENTS) for loan_no, (tier, cents) in new]
    publish_by_hand(tmp_path, JANUARY, before)
    publish_by_hand(tmp_path, MARCH, after)

    moves = migration(tmp_path, JANUARY, MARCH).shown[2]
    for rate, percent in G12_RATES.items():
        share = of(moves, "move", rate)["share"]
        assert isinstance(share, int)
        assert share / 10**6 == pytest.approx(percent, abs=0.02), "the example is rounded to 0.01 in places"
    npl = of(tiers(tmp_path, MARCH).filed, "tier", "npl_ratio")["share"]
    assert isinstance(npl, int)
    assert npl / 10**6 == pytest.approx(6.07, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(STANDINGS, STANDINGS), max_size=12))
def test_the_matrix_closes_to_the_tiers_of_both_days(pairs: list[tuple[Any, Any]]) -> None:
    before = [standing(no, first) for no, (first, _) in enumerate(pairs, 1) if first]
    after = [standing(no, second) for no, (_, second) in enumerate(pairs, 1) if second]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        publish_by_hand(home, JANUARY, before)
        publish_by_hand(home, MARCH, after)
        report = migration(home, JANUARY, MARCH)
        grouped = [migration(home, JANUARY, MARCH, by, orgs=ORGS) for by in GROUPINGS]
        started, ended = tiers(home, JANUARY).filed, tiers(home, MARCH).filed
    for sheet, figure in zip(report.shown, ("loans", "outstanding"), strict=False):
        for tier in TIERS:
            assert of(sheet, "from_tier", tier)["total"] == of(started, "tier", tier)[figure]
            assert of(sheet, "from_tier", "total")[tier] == of(ended, "tier", tier)[figure]
        total = of(sheet, "from_tier", "total")
        assert total["total"] == sum(total[name] for name in (*TIERS, *EXITS))
    cells = [each for each in report.filed.rows if each["row"] == "item"]
    assert sum(each["balance_from"] for each in cells) == of(started, "tier", "total")["outstanding"]
    assert sum(each["balance_to"] for each in cells) == of(ended, "tier", "total")["outstanding"]
    rates = [each["share"] for each in report.shown[2].rows if each["row"] == "ratio"]
    assert all(share is None or 0 <= share <= 10**8 for share in rates)
    for one in grouped:
        parts = [each for each in one.filed.rows if each["row"] == "item"]
        for figure in ("loans", "balance_from", "balance_to"):
            assert sum(each[figure] for each in parts) == sum(each[figure] for each in cells)
        for line in one.shown[0].rows:
            left = line["balance_from"] - sum(line[name] for name in EXITS)
            assert line["balance_to"] == left + line["new"] + line["change"]
            assert left == line["unchanged"] + line["downgraded"] + line["upgraded"]


def test_a_move_is_named_by_the_order_of_tiers() -> None:
    assert move_of("pass", "loss") == "downgraded"
    assert move_of("loss", "doubtful") == "upgraded"
    assert move_of("pass", "pass") == "unchanged"
    assert move_of("new", "loss") == "new"
    assert move_of("loss", "written_off") == "written_off"


def test_days_must_run_forward_and_be_published(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [loan(1, "pass", 1)])
    with pytest.raises(RequestWrong):
        migration(tmp_path, JANUARY, JANUARY)
    with pytest.raises(NothingPublished):
        migration(tmp_path, JANUARY, MARCH)
