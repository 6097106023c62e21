"""What the warning model foresees: who is well, and who went bad, told by hand."""

from datetime import date

import polars as pl
import pytest

from postloan.models.foresight import FEATURES, Foreseen, foreseen, label_of, labelled, plain, standing, well

ON = date(2026, 1, 31)
LABEL = label_of(30, 2)


def loans(*rows: tuple[int, str, int, str | None]) -> pl.LazyFrame:
    """Debtor, status, days past due, stage."""
    told = [(debtor, f"D{debtor}", *rest) for debtor, *rest in rows]
    names = ["debtor_no", "debtor_id", "status", "days_past_due", "stage"]
    return pl.DataFrame(told, schema=names, orient="row", infer_schema_length=None).cast({"stage": pl.String}).lazy()


def features(*debtors: int) -> pl.DataFrame:
    none = {name: [None] * len(debtors) for name in FEATURES}
    return pl.DataFrame({"debtor_no": debtors, "debtor_id": [f"D{at}" for at in debtors], **none})


@pytest.mark.parametrize("label", ["late_30_in_6_months", "late_1_in_1_months", "late_365_in_12_months"])
def test_a_label_says_what_it_foresees_and_is_said_so(label: str) -> None:
    told = foreseen(label)
    assert told is not None
    assert label_of(*told) == label


@pytest.mark.parametrize(
    "label", ["late_0_in_6_months", "late_30_in_0_months", "bad_in_6_months", "late_30_in_6_month"]
)
def test_another_label_is_none_of_debtors(label: str) -> None:
    assert foreseen(label) is None


def test_who_is_late_or_in_stage_3_is_not_well_and_a_loan_that_is_off_the_book_says_nothing() -> None:
    day = loans(
        (1, "active", 29, "stage_1"), (2, "active", 30, "stage_1"), (2, "active", 0, "stage_1"),
        (3, "active", 0, "stage_3"), (4, "settled", 90, "stage_3"), (4, "active", 0, None), (5, "settled", 0, None),
    )  # fmt: skip
    assert standing(day, 30).select("debtor_no", "is_bad").rows() == [(1, False), (2, True), (3, True), (4, False)]
    assert well(features(1, 2, 3, 4), day, 30)["debtor_no"].to_list() == [1, 4]
    assert well(features(1, 2, 3, 4), day, 29)["debtor_no"].to_list() == [4]


def test_the_label_is_told_by_each_of_the_later_days_and_whoever_repaid_is_good() -> None:
    later = [loans((1, "active", 31, "stage_2"), (2, "active", 0, "stage_1")), loans((2, "active", 0, "stage_3"))]
    found = labelled(plain(features(1, 2, 3), ON), later, LABEL)
    assert found.select("debtor_id", LABEL).rows() == [("D1", 1), ("D2", 1), ("D3", 0)]
    assert set(found.columns) == {"debtor_id", "on", LABEL, *FEATURES}
    assert foreseen(LABEL) == Foreseen(30, 2)
