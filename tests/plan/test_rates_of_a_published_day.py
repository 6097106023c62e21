"""The report on rates counts what was published, and does not know how debtors were parted into shards."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from feeds import SMALL_BANK_DAY, Row, Tables, small_bank, write_feed
from postloan.desk.report.ask import ask_report
from postloan.desk.report.form import amount
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.plan.rates import rate_risk

SHARDS = (1, 8)


def floating_bank() -> Tables:
    """The small bank and forty debtors whose loans float in every way, some shared with a partner, some never paid."""
    tables, paces = small_bank(), ("yearly_jan_1", "anniversary", "monthly", "every_n_months", "never")
    methods = ("level_instalment", "equal_principal", "interest_only", "flat_rate", "bullet")
    for at in range(40):
        who = ("person", "none") if at % 3 else ("company", "small")
        tables["debtor"].append(
            tables["debtor"][0] | {
                "debtor_id": f"E{at}", "name": f"借款人{at}", "legal_form": who[0], "size_class": who[1],
                "id_number": f"1101081990010{at:05}",
            }
        )  # fmt: skip
        loan: Row = tables["loan"][0] | {
            "loan_id": f"F{at}", "debtor_id": f"E{at}", "principal": Decimal(10_000 + 77 * at),
            "disbursed_on": date(2024, 3, 1 + at % 28), "rate_kind": "lpr_1y", "spread": Decimal("0.011"),
            "matures_on": date(2025 + at % 5, 1 + at % 12, 15) if at else date(2024, 12, 15),
            "reprices": paces[at % 5], "reprice_months": 3 if at % 5 == 3 else None, "method": methods[at // 5 % 5],
            "product": f"product {at % 4}", "splits_periods": at % 2 == 0,
            "funding_share": Decimal("0.37") if at % 7 == 0 else None,
        }  # fmt: skip
        tables["loan"].append(loan)
    tables["market"] = [{"series": "lpr_1y", "on": date(2024, 2, 20), "value": 0.0345}]
    tables["statement"] = [
        {"debtor_id": f"E{at}", "period_end_on": date(2023, 12, 31), "item": item, "value": Decimal(6_000 + 500 * at)}
        for at in range(30)
        for item in (("annual_income",) if at % 3 else ("finance_expense", "total_profit"))
    ]
    return tables


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("rates")
    write_feed(folder / "feeds", SMALL_BANK_DAY, floating_bank())
    for shards in SHARDS:
        load_feeds(folder / str(shards), folder / "feeds", shards=shards)
        list(run_nights(folder / str(shards), [SMALL_BANK_DAY]))
    return {shards: folder / str(shards) for shards in SHARDS}


def test_shards_change_nothing(homes: dict[int, Path]) -> None:
    one, many = (rate_risk(homes[shards], SMALL_BANK_DAY).found for shards in SHARDS)
    for left, right in zip(one, many, strict=True):
        assert left.height
        assert left.sort(left.columns).equals(right.sort(right.columns))
    assert {"by_terms", "fixed", "no_more"} <= set(one.treatments["treatment"])
    assert all(one.shocks.select("over_before", "unknown").sum().row(0))


def test_the_gap_by_any_parting_is_the_published_balance(homes: dict[int, Path]) -> None:
    book = ask_report(homes[1], "tiers", on=SMALL_BANK_DAY, from_on=None, by=None).filed.rows
    published = next(amount(line["outstanding"]) for line in book if line["tier"] == "total")
    report = ask_report(homes[1], "rates", on=SMALL_BANK_DAY, from_on=None, by=None)
    sheets = {sheet.name: sheet.rows[-1] for sheet in report.shown}
    assert published > 0
    for name in ("rates", "rates_products", "rates_treatments"):
        assert amount(sheets[name]["outstanding"]) == published, name


def test_a_greater_move_costs_nobody_less(homes: dict[int, Path]) -> None:
    shocks = rate_risk(homes[1], SMALL_BANK_DAY).found.shocks
    paid = shocks.pivot("shock", index="kind", values="after_cents")
    before = shocks.group_by("kind").agg(pl.col("before_cents").unique())
    assert before["before_cents"].list.len().to_list() == [1, 1]
    assert paid.select((pl.col("up_50") < pl.col("up_100")) & (pl.col("up_100") < pl.col("up_200"))).to_series().all()


def test_the_income_of_a_year_is_told_from_the_middle_of_each_bucket(homes: dict[int, Path]) -> None:
    """1 % of what is repriced in one to three months has ten of twelve months' effect, and so on; half up."""
    rows = ask_report(homes[1], "rates", on=SMALL_BANK_DAY, from_on=None, by=None).filed.rows
    left = {"up_to_1m": Decimal("11.5"), "up_to_3m": Decimal(10), "up_to_6m": Decimal("7.5"), "up_to_1y": Decimal(3)}
    for line in rows[:8]:
        months = left.get(str(line["reprices_in"]))
        gained = None if months is None else (amount(line["outstanding"]) * months / 1200 + Decimal("0.5")) // 1
        assert line["income_up"] == gained
        assert line["income_down"] == (None if gained is None else -gained)
