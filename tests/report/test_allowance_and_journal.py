"""The allowance: each cause of change has its name, and it closes to the cent; the journal balances and ties to it."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hand_made import FEBRUARY, JANUARY, MARCH, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.desk.report import journal as journal_of
from postloan.desk.report.allowance import CAUSES, LINES, allowance, rolled_forward
from postloan.desk.report.form import Report
from postloan.desk.report.journal import journal
from postloan.desk.report.losses import losses
from postloan.plan import recast as recast_of
from postloan.tables.losses import STAGES

ORGS = pl.DataFrame({"org_id": ["011", "021"], "name": ["中关村支行", "望京支行"]})


@pytest.fixture(autouse=True)
def _laws_and_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots made by hand rest on no feed: offices are told, and both points were measured by one rule."""
    monkeypatch.setattr(journal_of, "offices_known", lambda _home, _on: ORGS)


def held(loan_no: int, stage: str, cents: int, **says: Any) -> dict[str, Any]:
    """A loan with a claim of ten times its allowance: a year's loss of `cents`, twice that for life, impaired half."""
    measures = {"stage_1": cents, "stage_2": 2 * cents, "stage_3": 5 * cents}
    model = says.pop("model", measures[stage])
    overlay = says.pop("overlay", 0)
    return loan(loan_no, "pass" if stage == "stage_1" else "special_mention", 10 * cents) | {
        "stage": stage, "rule_stage_cause": "none", "claim_cents": 10 * cents, "lgd_ratio": 0.5,
        "ecl_year_cents": cents, "ecl_lifetime_cents": 2 * cents, "ecl_model_cents": model,
        "ecl_overlay_cents": overlay, "ecl_cents": model + overlay, "ecl_least_cents": 0, "ecl_most_cents": model,
        "rate_in_force_e8": 0, "accounting_income_cents": 0, "capitalised_cents": 0, "on_balance_interest_cents": 0,
        "off_balance_interest_cents": 0,
    } | says  # fmt: skip


def gone(loan_no: int, status: str, **says: Any) -> dict[str, Any]:
    zero = {name: 0 for name in held(1, "stage_1", 1) if name.startswith("ecl_")}
    return held(loan_no, "stage_1", 0, status=status) | zero | says


def moved(home: Path, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Report:
    publish_by_hand(home, JANUARY, before)
    publish_by_hand(home, FEBRUARY, after)
    return allowance(home, JANUARY, FEBRUARY)


def causes(report: Report) -> dict[str, Any]:
    return {each["movement"]: each["balance"] for each in report.shown[0].rows if each["balance"]}


ONE, TWO, THREE = (held(1, stage, 100) for stage in STAGES[:3])


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (None, ONE, {"new": 100, "closing": 100, "charge": 100}),
        (ONE, gone(1, "settled", paid_principal_cents=1000),
         {"opening": 100, "repaid": -100, "charge": -100}),
        (ONE, TWO, {"opening": 100, "worsened": 100, "closing": 200, "charge": 100}),
        (TWO, ONE, {"opening": 200, "improved": -100, "closing": 100, "charge": -100}),
        (ONE, THREE, {"opening": 100, "worsened": 400, "closing": 500, "charge": 400}),
        # Half of it is paid: half of the allowance is not needed any more.
        (ONE, held(1, "stage_1", 50), {"opening": 100, "paid_down": -50, "closing": 50, "charge": -50}),
        (ONE, held(1, "stage_1", 100, model=130),
         {"opening": 100, "risk": 30, "closing": 130, "charge": 30}),
        (ONE, held(1, "stage_1", 100, overlay=7),
         {"opening": 100, "overlay": 7, "closing": 107, "charge": 7}),
        # 29 days of 365 at 73 %: 5.8 % of 500.
        (THREE | {"rate_in_force_e8": 73_000_000}, THREE | {"rate_in_force_e8": 73_000_000},
         {"opening": 500, "unwinding": 29, "risk": -29, "closing": 500, "charge": -29}),
        # Written off whole: what was not provided for is charged first.
        (THREE, gone(1, "written_off", written_off_cents=1000),
         {"opening": 500, "written_off": -1000, "risk": 500, "charge": 500}),
    ],
)  # fmt: skip
def test_a_cause_has_its_name(tmp_path: Path, before: Any, after: Any, parts: dict[str, int]) -> None:
    report = moved(tmp_path, [each for each in (before,) if each], [after])
    assert causes(report) == parts
    assert report.failed == ()


def test_a_stage_takes_over_what_came_from_another(tmp_path: Path) -> None:
    report = moved(
        tmp_path, [held(1, "stage_1", 100), held(2, "stage_2", 50)], [held(1, "stage_2", 100), held(2, "stage_2", 50)]
    )
    stages = {each["movement"]: [each[stage] for stage in STAGES[:3]] for each in report.shown[1].rows}
    assert stages["opening"] == [100, 100, 0]
    assert (stages["transferred_out"], stages["transferred_in"]) == ([-100, 0, 0], [0, 100, 0])
    assert stages["worsened"] == [0, 100, 0]
    assert stages["closing"] == [0, 300, 0]


LOANS = st.lists(
    st.tuples(st.sampled_from(STAGES[:3]), st.integers(0, 10**9), st.integers(0, 10**6), st.booleans()),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=25)
@given(LOANS, LOANS, LOANS)
def test_it_closes_in_all_by_stage_and_by_product_whatever_happens(first: Any, second: Any, third: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for on, rows in ((JANUARY, first), (FEBRUARY, second), (MARCH, third)):
            publish_by_hand(home, on, [
                held(at, stage, cents, overlay=overlay, product="home" if at % 2 else "car")
                if stands or at == 0 else gone(at, "settled", product="home" if at % 2 else "car")
                for at, (stage, cents, overlay, stands) in enumerate(rows)
            ])  # fmt: skip
        report, by_product = allowance(home, JANUARY, MARCH), allowance(home, JANUARY, MARCH, "product")
        entries = journal(home, JANUARY, MARCH)
    assert (report.failed, by_product.failed, entries.failed) == ((), (), ())
    total = {each["movement"]: each["balance"] for each in report.shown[0].rows}
    assert total["opening"] + sum(total[name] for name in CAUSES) == total["closing"]
    for stage in (*STAGES, "total"):
        column = {each["movement"]: each[stage] for each in report.shown[1].rows}
        assert sum(amount for name, amount in column.items() if name != "closing") == column["closing"], stage
    last = by_product.shown[0].rows[-1]
    assert {name: last[name] for name in LINES} == {name: total[name] for name in LINES}
    end = entries.shown[0].rows[-1]
    assert end["debit"] == end["credit"]


def test_a_rule_that_changed_is_told_from_a_risk_that_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The earlier point measured by the later model, then under the later scenarios: what is left is risk."""
    publish_by_hand(tmp_path, JANUARY, [held(1, "stage_1", 100)])
    publish_by_hand(tmp_path, FEBRUARY, [held(1, "stage_1", 100, model=160)])

    class Changed:
        losses = stages = ("earlier", "later")
        model_changed = scenarios_changed = True

    def remeasured(_home: Path, _on: date, _laws: Any, *, with_scenarios: bool) -> pl.DataFrame:
        cents = 145 if with_scenarios else 120
        return pl.DataFrame({
            "loan_no": [1], "stage": ["stage_1"], "ecl_year_cents": [cents], "ecl_lifetime_cents": [2 * cents],
            "claim_cents": [1000], "lgd_ratio": [0.5], "ecl_model_cents": [cents],
        }, schema_overrides={"stage": pl.Enum(STAGES)}).select("loan_no", *recast_of.MEASURES)  # fmt: skip

    monkeypatch.setattr("postloan.desk.report.allowance.loss_laws", lambda *_: Changed())
    monkeypatch.setattr("postloan.desk.report.allowance.recast", remeasured)
    found = causes(allowance(tmp_path, JANUARY, FEBRUARY))
    assert found == {"opening": 100, "model": 20, "scenarios": 25, "risk": 15, "closing": 160, "charge": 60}


def test_what_is_charged_leaves_time_and_write_offs_out() -> None:
    assert rolled_forward(100, {"new": 50, "unwinding": 5, "written_off": -30, "recovered": 2}) == (127, 50)


# The journal -----------------------------------------------------------------------------------------------------


def entries(report: Report) -> dict[str, tuple[Any, Any, Any]]:
    """By kind: what is debited, what credited, and how much."""
    found: dict[str, tuple[Any, Any, Any]] = {}
    for each in report.shown[0].rows[:-1]:
        debit, credit, cents = found.get(str(each["entry"]), (None, None, 0))
        if each["debit"]:
            debit, cents = each["account"], each["debit"]
        else:
            credit = each["account"]
        found[str(each["entry"])] = (debit, credit, cents)
    return found


def test_interest_is_accrued_received_and_reversed_where_it_becomes_non_accrual(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [
        held(1, "stage_1", 100, on_balance_interest_cents=40), held(2, "stage_1", 100, on_balance_interest_cents=30),
    ])  # fmt: skip
    publish_by_hand(tmp_path, FEBRUARY, [
        held(1, "stage_1", 100, on_balance_interest_cents=50, accounting_income_cents=25),
        held(2, "stage_1", 100, off_balance_interest_cents=45),
    ])  # fmt: skip
    found = entries(journal(tmp_path, JANUARY, FEBRUARY))
    assert found["accrual"] == ("1132", "6011", 35), "ten more owed, and 25 received"
    assert found["interest_received"] == ("2011", "1132", 25)
    assert found["non_accrual"] == ("6011", "1132", 30), "what was income leaves it"
    assert found["off_balance"] == ("7101", "7199", 45)


def test_a_write_off_uses_the_allowance_and_a_recovery_refills_it(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [held(1, "stage_3", 100), gone(2, "written_off", written_off_cents=900)])
    publish_by_hand(tmp_path, FEBRUARY, [
        gone(1, "written_off", written_off_cents=1000, transferred_cents=200, asset_cents=100),
        gone(2, "written_off", written_off_cents=900, received_cents=60),
    ])  # fmt: skip
    found = entries(journal(tmp_path, JANUARY, FEBRUARY))
    assert found["write_off"] == ("1304", "1303", 700)
    assert (found["sale"], found["debt_for_asset"]) == (("2011", "1303", 200), ("1441", "1303", 100))
    assert found["recovery"] == ("2011", "1304", 60)
    assert found["charge"] == ("6702", "1304", 140), "700 used of 500 held, less 60 that came back"


def test_a_loan_takes_its_allowance_along_to_another_office(tmp_path: Path) -> None:
    publish_by_hand(tmp_path, JANUARY, [held(1, "stage_1", 100)])
    publish_by_hand(tmp_path, FEBRUARY, [held(1, "stage_1", 100, org_id="021", model=110)])
    report = journal(tmp_path, JANUARY, FEBRUARY)
    assert report.failed == ()
    rows = [
        (each["org_name"], each["entry"], each["account"], each["debit"], each["credit"])
        for each in report.filed.rows[:-1]
    ]
    assert rows == [
        ("中关村支行", "left_office", "1304", 100, 0), ("中关村支行", "left_office", "3001", 0, 100),
        ("望京支行", "charge", "6702", 10, 0), ("望京支行", "charge", "1304", 0, 10),
        ("望京支行", "came_to_office", "3001", 100, 0), ("望京支行", "came_to_office", "1304", 0, 100),
    ]  # fmt: skip


# Losses ----------------------------------------------------------------------------------------------------------


def test_losses_by_stage_and_ground_add_up_and_stand_beside_what_is_asked(tmp_path: Path) -> None:
    asked = {"general_provision_cents": 10, "specific_provision_cents": 700, "special_provision_cents": 0}
    publish_by_hand(tmp_path, JANUARY, [
        held(1, "stage_1", 100) | asked, held(2, "stage_3", 20, rule_stage_cause="non_performing") | asked,
        gone(3, "settled") | asked,
    ])  # fmt: skip
    report = losses(tmp_path, JANUARY)
    stages = {each["stage"]: (each["loans"], each["claim"], each["ecl"]) for each in report.shown[0].rows}
    assert stages == {"stage_1": (1, 1000, 100), "stage_3": (1, 200, 100), "total": (2, 1200, 200)}
    assert [each["cause"] for each in report.shown[1].rows] == ["non_performing", "none", "total"]
    assert {each["line"]: each["balance"] for each in report.shown[2].rows} == {
        "allowance": 200, "general": 20, "specific": 1400, "special": 0, "asked": 1420, "short": 1220,
    }  # fmt: skip
