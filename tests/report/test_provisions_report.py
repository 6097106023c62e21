"""The report on provisions: what it adds up, what it holds against what, and what it does not know."""

import tempfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hand_made import MARCH, ORGS, loan, publish_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import small_bank, write_feed
from postloan.desk.report.book import GROUPINGS
from postloan.desk.report.form import Report, Row
from postloan.desk.report.provisions import provisions
from postloan.errors import NothingPublished
from postloan.intake.load import load_feeds
from postloan.snapshot.files import commit_json, read_json, write_table
from postloan.tables.units import NON_PERFORMING, TIERS

AMOUNTS = ("general_provision", "specific_provision", "special_provision", "standard_method")
MONTH_ENDS = [date(2023, 8, 31), date(2023, 9, 30), date(2023, 10, 31), date(2023, 11, 30), date(2023, 12, 31),
              date(2024, 1, 31), date(2024, 2, 29), MARCH]  # fmt: skip
ORG = {"org": small_bank()["org"]}


def tell(home: Path, on: date, figures: Mapping[str, str]) -> None:
    """Let the bank state figures of a day, in its unit."""
    rows = [{"figure": name, "on": on, "value": Decimal(value)} for name, value in figures.items()]
    tables = ORG | ({"bank_figure": rows} if rows else {})
    load_feeds(home, write_feed(home / "feeds", on, tables, modes=dict.fromkeys(tables, "increment")), shards=1)


def line(report: Report, section: str, name: str) -> Row:
    (found,) = [each for each in report.filed.rows if each["section"] == section and each["line"] == name]
    return found


def bad_and_good(bad_cents: int) -> list[dict[str, Any]]:
    """10,000.00 of loans, so much of it substandard."""
    return [
        loan(1, "pass", 10_000_00 - bad_cents, general_provision_cents=1, standard_method_cents=2),
        loan(
            2, "substandard", bad_cents, general_provision_cents=3, specific_provision_cents=4, standard_method_cents=5
        ),
        loan(3, "loss", 500_00, exposure_kind="acceptance"),
        loan(4, "loss", 500_00, status="written_off"),
    ]


def test_every_test_stands_beside_its_clause(tmp_path: Path) -> None:
    tell(tmp_path, date(2024, 2, 29), {"loan_loss_provisions": "290.00"})
    figures = {
        "loan_loss_provisions": "299.99", "provisions_accrued": "15.00", "provisions_reversed": "1",
        "provisions_written_off": "5", "provisions_recovered": "0.99", "general_reserve": "100", "risk_assets": "10000",
        "other_npa": "20", "other_npa_provisions": "9.99", "credit_rwa": "7000",
    }  # fmt: skip
    tell(tmp_path, MARCH, figures)
    publish_by_hand(tmp_path, MARCH, bad_and_good(200_00))
    report = provisions(tmp_path, MARCH)

    total = line(report, "tiers", "total")
    assert (total["loans"], total["outstanding"], total["general_provision"]) == (2, 10_000_00, 4)
    booked = line(report, "required", "booked")
    assert (booked["stands"], booked["needed"], booked["difference"], booked["result"]) == (299_99, 8, 299_91, "met")
    coverage = line(report, "coverage", "coverage")
    assert (coverage["needed"], coverage["share"], coverage["result"]) == (300_00, 149_995_000, "short")
    assert line(report, "coverage", "loan_provision_ratio")["result"] == "met"
    assert line(report, "coverage", "governs_coverage")["difference"] == -1
    assert line(report, "movement", "opening")["stands"] == 290_00
    assert line(report, "movement", "unexplained")["result"] == "closes"
    reserve = line(report, "reserve", "general_reserve")
    assert (reserve["needed"], reserve["difference"], reserve["result"]) == (150_00, -50_00, "short")
    assert line(report, "capital", "loans_floor")["difference"] == 0
    assert line(report, "capital", "other_floor")["difference"] == -1, "half of 20.00 in 2024, and 9.99 held"
    assert line(report, "capital", "net")["difference"] == 99_98
    assert line(report, "capital", "tier2_cap")["stands"] == 87_50
    assert line(report, "capital", "tier2_counts")["stands"] == 87_50
    silent = [each["line"] for each in report.filed.rows if each["clause"] is None]
    assert set(silent) <= {"pass", "non_performing", "rulebook", "earlier"}


def test_the_accuracy_of_classification_and_the_standards_it_speaks_for(tmp_path: Path) -> None:
    tell(tmp_path, MARCH, {})
    book = [
        loan(1, "substandard", 900_00, days_past_due=91), loan(2, "special_mention", 100_00, days_past_due=91),
        loan(3, "pass", 500_00, days_past_due=90),
        loan(4, "pass", 500_00, exposure_kind="acceptance", days_past_due=99),
    ]  # fmt: skip
    publish_by_hand(tmp_path, MARCH, book)
    report = provisions(tmp_path, MARCH)
    judged = line(report, "accuracy", "long_overdue")
    assert (judged["stands"], judged["needed"], judged["share"]) == (900_00, 1_000_00, 90_000_000)
    assert line(report, "accuracy", "accuracy_coverage")["needed_share"] == 130_000_000
    assert line(report, "accuracy", "accuracy_ratio")["needed_share"] == 1_800_000
    assert line(report, "coverage", "coverage")["needed_share"] == 150_000_000, "the supervisor's letter decides"


def test_a_bank_with_internal_ratings_holds_its_provisions_against_expected_losses(tmp_path: Path) -> None:
    tell(tmp_path, MARCH, {"ratings_expected_loss": "90", "ratings_provisions": "100", "ratings_credit_rwa": "1000"})
    publish_by_hand(tmp_path, MARCH, bad_and_good(200_00))
    report = provisions(tmp_path, MARCH)
    assert line(report, "capital", "ratings")["difference"] == 10_00
    assert line(report, "capital", "ratings_deduction")["stands"] == 0
    assert line(report, "capital", "ratings_count")["stands"] == 6_00, "0.6 % of 1,000.00"


def test_what_the_bank_does_not_state_is_said_to_be_so(tmp_path: Path) -> None:
    """Nor does what it stated a month before stand in for it."""
    tell(tmp_path, date(2024, 2, 29), {"credit_rwa": "7000", "other_npa": "1", "general_reserve": "9"})
    tell(tmp_path, MARCH, {})
    publish_by_hand(tmp_path, MARCH, bad_and_good(200_00))
    report = provisions(tmp_path, MARCH)
    stated_by_the_book = {"general", "specific", "special", "estimate"}
    for each in report.filed.rows:
        if each["section"] in {"tiers", "accuracy", "months"} or each["line"] in stated_by_the_book | {"rulebook"}:
            continue
        assert each["result"] == "not_stated", each
        assert each["stands"] is None, each
        assert each["difference"] is None, each
    below = line(report, "months", "months_below")
    assert (below["months"], below["result"]) == (0, "not_stated")
    assert line(report, "months", "earlier")["result"] == "may_be_more"


def below_for(home: Path, months: int, *, stated_from: int = 0) -> Report:
    """A bank that met the standard and then fell below it for so many months, the last of them March."""
    for at, on in enumerate(MONTH_ENDS):
        is_below = at >= len(MONTH_ENDS) - months
        tell(home, on, {} if at < stated_from else {"loan_loss_provisions": "299.99" if is_below else "300.00"})
        publish_by_hand(home, on, bad_and_good(200_00))
    return provisions(home, MARCH)


@pytest.mark.parametrize(
    ("months", "result", "until"),
    [
        (0, "no_consequence", (3, 6)), (2, "no_consequence", (1, 4)), (3, "risk_warning", (0, 3)),
        (5, "risk_warning", (0, 1)), (6, "supervisory_measures", (0, 0)), (7, "supervisory_measures", (0, 0)),
    ],
)  # fmt: skip
def test_months_below_are_counted_from_published_month_ends(
    tmp_path: Path, months: int, result: str, until: tuple[int, int]
) -> None:
    report = below_for(tmp_path, months)
    below = line(report, "months", "months_below")
    assert (below["months"], below["result"]) == (months, result)
    left = tuple(line(report, "months", name)["months"] for name in ("risk_warning", "supervisory_measures"))
    assert left == until
    assert not [each for each in report.filed.rows if each["line"] == "earlier"]


def test_a_month_that_is_not_stated_or_published_may_hide_more(tmp_path: Path) -> None:
    report = below_for(tmp_path / "stated", 8, stated_from=4)
    assert line(report, "months", "months_below")["months"] == 4
    assert line(report, "months", "earlier")["result"] == "may_be_more"
    below_for(tmp_path / "published", 8)
    (tmp_path / "published" / "snapshots" / "2024-01-31.json").unlink()
    report = provisions(tmp_path / "published", MARCH)
    assert line(report, "months", "months_below")["months"] == 2
    assert line(report, "months", "earlier")["result"] == "may_be_more"


LOANS = st.builds(
    loan,
    loan_no=st.just(0),
    tier=st.sampled_from(TIERS),
    cents=st.integers(0, 10**14),
    status=st.sampled_from(["active", "active", "settled", "written_off"]),
    exposure_kind=st.sampled_from(["loan", "card", "acceptance"]),
    org_id=st.sampled_from(["000", "011", "022", "999"]),
    product=st.sampled_from(["consumer", "mortgage"]),
    industry_code=st.sampled_from(["C1311", "47", None]),
    **{f"{name}_cents": st.integers(0, 10**13) for name in AMOUNTS},
)
BOOKS = st.lists(LOANS, max_size=8).map(lambda loans: [each | {"loan_no": at} for at, each in enumerate(loans, 1)])


@settings(max_examples=10, deadline=None)
@given(BOOKS)
def test_groups_add_up_to_the_whole_to_the_cent(loans: list[dict[str, Any]]) -> None:
    book = [each for each in loans if each["status"] == "active" and each["exposure_kind"] in {"loan", "card"}]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        tell(home, MARCH, {})
        publish_by_hand(home, MARCH, loans)
        whole, grouped = provisions(home, MARCH), [provisions(home, MARCH, by, orgs=ORGS).filed for by in GROUPINGS]
    total = line(whole, "tiers", "total")
    required = line(whole, "required", "booked")["needed"]
    assert required == sum(each[f"{name}_cents"] for each in book for name in AMOUNTS[:3])
    bad = sum(each["outstanding_cents"] for each in book if each["tier"] in NON_PERFORMING)
    assert line(whole, "tiers", "non_performing")["outstanding"] == bad
    for sheet in grouped:
        *items, last = sheet.rows
        for name in ("loans", "outstanding", *AMOUNTS):
            assert total[name] == last[name] == sum(each[name] for each in items)
        assert last["non_performing"] == bad


def test_a_snapshot_from_before_provisions_is_not_read_as_one_without(tmp_path: Path) -> None:
    tell(tmp_path, MARCH, {})
    publish_by_hand(tmp_path, MARCH, bad_and_good(0))
    for path in (tmp_path / "snapshots").rglob("loan/*.parquet"):
        old = pl.read_parquet(path).drop("standard_method_cents")
        said = write_table(path, old)
        manifest = path.parents[1] / "manifest.json"
        content = read_json(manifest)
        content["files"][f"loan/{path.name}"] = said
        commit_json(manifest, content)
    with pytest.raises(NothingPublished, match="has no provisions"):
        provisions(tmp_path, MARCH)
