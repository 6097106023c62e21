"""Quarters that the supervisor published, through the same tables and formulas as a bank's own book."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hand_made import MARCH, loan, publish_by_hand

from postloan.desk.report.form import share_e8
from postloan.desk.report.tiers import tiers

FIGURES = Path(__file__).parents[2].parent / "shared" / "data" / "cn_macro" / "nfra_commercial_bank_quarterly.csv"
YI_CENTS, WANYI_YI = 100 * 10**8, 10**4


@pytest.fixture
def quarters() -> Mapping[str, Mapping[str, str]]:
    if not FIGURES.is_file():
        pytest.skip("the supervisor's figures are not on this machine")
    with FIGURES.open(encoding="utf-8") as file:
        return {row["period"]: row for row in csv.DictReader(file)}


def cents(amount: str, *, wanyi: bool = False) -> int:
    return int(Decimal(amount) * (WANYI_YI if wanyi else 1) * YI_CENTS)


def percent(share: object) -> float:
    assert isinstance(share, int)
    return round(share / 10**6, 2)


def shares(home: Path, performing: Mapping[str, int], npl_cents: int) -> dict[str, float]:
    """The report of tiers over one loan a tier; the split of what does not perform was not published."""
    book = [loan(at, tier, amount) for at, (tier, amount) in enumerate(performing.items(), 1)]
    publish_by_hand(home, MARCH, [*book, loan(len(book) + 1, "substandard", npl_cents)])
    rows = {each["tier"]: each["share"] for each in tiers(home, MARCH).filed.rows}
    return {name: percent(rows[name]) for name in (*performing, "npl_ratio")}


def test_the_first_quarter_of_2014(quarters: Mapping[str, Mapping[str, str]], tmp_path: Path) -> None:
    row = quarters["2014Q1"]
    performing = {
        "pass": cents(row["pass_wanyi"], wanyi=True), "special_mention": cents(row["special_mention_wanyi"], wanyi=True)
    }  # fmt: skip
    assert shares(tmp_path, performing, cents(row["npl_yi"])) == {
        "pass": 96.46, "special_mention": 2.50, "npl_ratio": 1.04,
    }  # fmt: skip


def test_the_third_quarter_of_2016(quarters: Mapping[str, Mapping[str, str]], tmp_path: Path) -> None:
    row = quarters["2016Q3"]
    npl_cents, reserve_cents = cents(row["npl_yi"]), cents(row["llr_yi"])
    performing_cents = cents(row["performing_total_wanyi"], wanyi=True)
    assert shares(tmp_path, {"pass": performing_cents}, npl_cents)["npl_ratio"] == float(row["npl_ratio_pct"]) == 1.76
    assert percent(share_e8(reserve_cents, npl_cents)) == float(row["coverage_pct"]) == 175.52
    assert (
        percent(share_e8(reserve_cents, performing_cents + npl_cents)) == float(row["loan_provision_ratio_pct"]) == 3.09
    )
