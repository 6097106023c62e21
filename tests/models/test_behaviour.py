"""What a published day says of how loans behave: who is asked, what is told of each, and what became of it."""

from datetime import date

import polars as pl
import pytest

from postloan.models.behaviour import FEATURES, LOAN, PERIOD, READ, behaviour, label_of, labelled, months_of

ON = date(2024, 3, 31)
ROW = {
    "loan_id": "A", "status": "active", "tier": "pass", "product": "P", "legal_form": "person",
    "security_kind": "credit", "disbursed_on": date(2023, 1, 15), "matures_on": date(2024, 2, 20),
    "principal_cents": 1000_00, "outstanding_cents": 400_00, "overdue_principal_cents": 100_00,
    "rate_in_force_e8": 3_450_000, "days_past_due": 5, "month_worst_days_past_due": 9,
    "payment_string": "77NNNNNNN1NNM2", "is_restructured": False, "is_refinanced": True,
}  # fmt: skip


def rows(*changes: dict[str, object]) -> pl.LazyFrame:
    return pl.LazyFrame([ROW | change for change in changes])


def test_a_row_tells_what_it_says() -> None:
    found = behaviour(rows({}), ON)
    assert found.columns == [LOAN, PERIOD, *FEATURES]
    assert set(ROW) == set(READ)
    assert found.to_dicts() == [{
        "loan_id": "A", "on": ON, "days_past_due": 5, "month_worst_days_past_due": 9, "late_months_in_12": 3,
        "late_months_in_3": 2, "overdue_ratio": 0.25, "balance_ratio": 0.4, "months_on_book": 14,
        "months_to_maturity": -1, "yearly_rate_ratio": pytest.approx(0.0345), "product": "P", "legal_form": "person",
        "security_kind": "credit", "is_restructured": False, "is_refinanced": True,
    }]  # fmt: skip


def test_who_is_bad_or_gone_already_is_not_asked_and_nothing_owed_has_no_share() -> None:
    asked = behaviour(
        rows(
            {"loan_id": "C", "tier": "special_mention", "outstanding_cents": 0},
            {"loan_id": "B", "tier": "substandard"}, {"loan_id": "D", "status": "settled"},
            {"loan_id": "E", "status": "written_off"}, {},
        ),
        ON,
    )  # fmt: skip
    assert asked[LOAN].to_list() == ["A", "C"]
    assert asked["overdue_ratio"].to_list() == [0.25, None]


def test_the_label_is_told_by_any_of_the_later_days() -> None:
    found = behaviour(rows(*({"loan_id": each} for each in "ABCDEF")), ON)
    later = [
        rows({"loan_id": "A"}, {"loan_id": "B", "tier": "doubtful"}, {"loan_id": "C", "status": "written_off"}),
        # B came back, E was paid off after it was bad, F is delivered no more.
        rows({"loan_id": "B"}, {"loan_id": "D", "tier": "loss"}, {"loan_id": "E", "status": "settled", "tier": "loss"}),
    ]
    told = labelled(found, later, label_of(2))
    assert dict(zip(told[LOAN], told["bad_in_2_months"], strict=True)) == {
        "A": 0, "B": 1, "C": 1, "D": 1, "E": 0, "F": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("label", "months"),
    [("bad_in_1_months", 1), ("bad_in_12_months", 12), ("bad_in_0_months", None), ("bad", None), ("x", None)],
)  # fmt: skip
def test_a_label_says_how_far_it_looks(label: str, months: int | None) -> None:
    assert months_of(label) == months
