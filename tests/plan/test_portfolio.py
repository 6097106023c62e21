"""The portfolio against its limits, and who is exposed to what: figures that a person can reckon."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from a_network import published
from a_trail import company, loan, tables

from feeds import Row
from postloan.errors import RequestWrong
from postloan.night.run import run_nights
from postloan.plan.exposures import Event, event_asked, exposed, scenarios
from postloan.plan.portfolio import Signal, portfolio

BEFORE, ON = date(2025, 5, 31), date(2025, 6, 30)
VINTAGES = {date(2024, 11, 10): 2, date(2024, 12, 10): 4}
"""Twenty loans are paid out on each day; so many of them are late half a year later."""


def _paid_out() -> list[Row]:
    return [
        loan("S", 1_000, loan_id=f"L{day:%m}{at}", disbursed_on=day, signed_on=day, matures_on=date(2026, 5, 1))
        for day in VINTAGES for at in range(20)
    ]  # fmt: skip


def _late() -> list[Row]:
    return [
        {"loan_id": f"L{day:%m}{at}", "on": on, "outstanding": Decimal(1_000), "days_past_due": 40}
        for day, late in VINTAGES.items() for at in range(late) for on in (BEFORE, ON)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = {"industry_code": "C2651", "region_code": "320105"}
    debtors = [
        company("S", industry_code="A0111", region_code="330106"), company("A", **where),
        company("B", **where | {"region_code": "110101"}), company("C", industry_code="K7010", region_code="320200"),
    ]  # fmt: skip
    market = [
        {"series": "house_price_320100", "on": date(2024, 5, 31), "value": 100.0},
        {"series": "house_price_320100", "on": date(2025, 5, 31), "value": 85.0},
        {"series": "house_price_1101", "on": date(2024, 5, 31), "value": 100.0},
        {"series": "house_price_1101", "on": date(2025, 5, 31), "value": 99.0},
    ]
    loans = [loan("A", 600_000), loan("B", 100_000), loan("C", 260_000), *_paid_out()]
    home = published(
        tmp_path_factory.mktemp("portfolio"), shards=2, on=ON,
        tables=tables(debtors, loans, [], [], market=market, ledger=_late()),
    )  # fmt: skip
    list(run_nights(home, [BEFORE]))
    return home


def signals(home: Path, kind: str) -> list[Signal]:
    found = portfolio(home, ON)
    assert found is not None
    return [each for each in found.signals if each.kind == kind]


def test_places_past_their_share_of_the_balance(home: Path) -> None:
    """Of a million, C has 700,000, K 260,000 and A 40,000; 32 has 860,000."""
    passed = {(each.of, each.key): each.value_e8 for each in signals(home, "share") if each.passes}
    assert passed == {
        ("industry", "C"): 70_000_000, ("industry", "K"): 26_000_000, ("region", "32"): 86_000_000,
        ("product", "流动资金贷款"): 100_000_000,
    }  # fmt: skip


def test_the_index_is_the_sum_of_squared_shares(home: Path) -> None:
    of_industry, _ = signals(home, "evenness")
    assert of_industry.value_e8 == 49_000_000 + 6_760_000 + 160_000
    assert of_industry.passes


def test_a_vintage_is_held_against_those_before_it_at_the_same_age(home: Path) -> None:
    (vintage,) = signals(home, "vintage")
    assert (vintage.key, vintage.value_e8, vintage.limit_e8) == ("2024-12", 20_000_000, 15_000_000)
    assert vintage.passes
    assert vintage.cents == 2_000_000


def test_a_price_that_fell_bears_on_what_lies_there(home: Path) -> None:
    (price,) = signals(home, "price")
    assert (price.of, price.key, price.value_e8, price.cents) == ("house_price", "320100", 15_000_000, 60_000_000)


def test_an_event_meets_loans_of_each_code_that_it_names_and_debtors_besides(home: Path) -> None:
    def met(**says: tuple[str, ...]) -> set[str]:
        return set(exposed(home, ON, Event("event", **says))["debtor_id"])

    assert met(industries=("C",)) == {"A", "B"}
    assert met(industries=("C", "K"), regions=("32",)) == {"A", "C"}
    assert met(industries=("C",), regions=("33",)) == set()
    assert met(industries=("C",), regions=("33",), debtors=("S",)) == {"S"}
    assert met() == {"A", "B", "C", "S"}


def test_a_list_says_what_each_owes_and_what_is_set_aside(home: Path) -> None:
    rows = exposed(home, ON, Event("event", debtors=("A",)))
    row = rows.select("loans", "outstanding", "tier", "provisions").row(0)
    assert row[:3] == (1, 60_000_000, "pass")
    assert row[3] > 0


def test_scenarios_of_the_rulebook_are_events(home: Path) -> None:
    named = {event.name: event for event in scenarios(home, ON)}
    assert named["real_estate"].industries == ("K", "E")
    assert exposed(home, ON, named["real_estate"])["debtor_id"].to_list() == ["C"]
    assert exposed(home, ON, named["largest_10"]).height == 4
    assert event_asked(home, ON, "east") == named["east"]
    for wrong in ("nowhere", None):
        with pytest.raises(RequestWrong):
            event_asked(home, ON, wrong)


def test_offices_count_alone(home: Path) -> None:
    assert exposed(home, ON, Event("event"), within=["010"]).is_empty()
    assert exposed(home, ON, Event("event"), within=["000"])["outstanding"].sum() == 100_000_000


def test_every_place_is_told(home: Path) -> None:
    found = portfolio(home, ON)
    assert found is not None
    by = found.places.group_by("of").agg(pl.col("outstanding").sum(), pl.col("share_e8").sum())
    assert set(by.rows()) == {(of, 100_000_000, 100_000_000) for of in ("industry", "region", "product")}
