"""The contract rate of each day: repricing, decisions, and what a night makes of arrears over them."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl

from engine_rows import Row, debtor, facts, inputs, instalments, loan, policy, positions_of
from postloan.plan.night import assess
from postloan.steps.contract_rates import rates_in_force, repriced, with_agreed

NEW_YEAR = date(2025, 1, 1)
FLOATING = {
    "disbursed_on": date(2024, 3, 15), "matures_on": date(2026, 3, 15), "rate_kind": "lpr_1y",
    "annual_rate_e8": 4_450_000, "spread_e8": 1_000_000, "reprices": "yearly_jan_1", "known_on": date(2024, 3, 15),
}  # fmt: skip
MARKET = [
    {"series": "lpr_1y", "on": on, "value": value, "known_on": on}
    for on, value in [(date(2024, 2, 20), 0.0345), (date(2024, 12, 20), 0.031), (date(2025, 1, 20), 0.03)]
]


def in_force(on: date, *decisions: Row, taken: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    held = positions_of(facts("loan", loan(1), loan(2, **FLOATING)), facts("opening"), on=on)
    changes = with_agreed(repriced(held, facts("market", *MARKET), on=on), facts("decision", *decisions), taken)
    return rates_in_force(held, changes).drop("loan_no").rows()


def changed(to: str, on: date) -> Row:
    return {
        "decision_id": "R", "loan_no": 2, "kind": "rate_change", "effective_on": on,
        "terms": json.dumps({"annual_rate": to, "approver": "a"}),
    }  # fmt: skip


def test_the_rate_in_force_names_the_publication_behind_it() -> None:
    fixed, stated = in_force(date(2024, 12, 31))
    assert fixed == (12_000_000, None, None, None)
    assert stated == (4_450_000, date(2024, 3, 15), None, None)
    assert in_force(NEW_YEAR)[1] == (4_100_000, NEW_YEAR, 3_100_000, date(2024, 12, 20))


def test_a_rate_changed_by_decision_holds_once_it_was_taken_and_until_the_next_repricing() -> None:
    agreed = changed("0.0399", date(2024, 9, 1))
    assert in_force(date(2024, 8, 31), agreed)[1][0] == 4_450_000
    assert in_force(date(2024, 12, 31), agreed)[1][0] == 4_450_000, "it waits for the core"
    assert in_force(date(2024, 12, 31), agreed, taken=("R",))[1] == (3_990_000, date(2024, 9, 1), None, None)
    assert in_force(NEW_YEAR, agreed, taken=("R",))[1][0] == 4_100_000


def owed(on: date, *decisions: Row, book_of_record: str = "core", **terms: Any) -> Row:
    """A loan of 10,000.00, all of it due on 11 December 2024 and not paid."""
    row = loan(1, **(FLOATING | {"principal_cents": 1_000_000, "penalty_factor_e8": 150_000_000} | terms))
    given = inputs(
        loan=[row], debtor=[debtor()], market=MARKET, decision=list(decisions),
        instalment=instalments(1, (date(2024, 12, 11), 1_000_000, 0)),
    )  # fmt: skip
    (found,) = assess(given, policy(on, book_of_record=book_of_record), on=on).loans.to_dicts()
    return found


def test_a_night_bears_arrears_over_new_year_at_the_rate_of_each_day() -> None:
    """4.45 % x 1.5 is 6.675 %, for 21 days 38.94 (38.9375); 4.1 % x 1.5 is 6.15 %, for ten days 17.08 (17.0833)."""
    found = owed(NEW_YEAR)
    assert (found["penalty_cents"], found["rate_in_force_e8"], found["annual_rate_e8"]) == (3_894, 4_100_000, 4_450_000)
    assert owed(NEW_YEAR + timedelta(days=10))["penalty_cents"] == 3_894 + 1_708


def test_a_rate_cut_by_decision_changes_what_arrears_bear_from_its_day() -> None:
    """1,200.00 repaid level at 12 %; the cut to 6 % on 15 March halves the rate at which arrears bear from that day."""
    cut = changed("0.06", date(2024, 3, 15)) | {"loan_no": 1}
    row = loan(1, penalty_factor_e8=150_000_000)

    def night(on: date, *decisions: Row) -> Row:
        given = inputs(loan=[row], debtor=[debtor()], decision=list(decisions))
        assessed = assess(given, policy(on, book_of_record="postloan"), on=on)
        return assessed.loans.row(0, named=True) | {"dues": assessed.dues}

    plain, changed_rate = night(date(2024, 4, 14)), night(date(2024, 4, 14), cut)
    dues = changed_rate["dues"].filter(pl.col("due_on") <= date(2024, 3, 15))
    first, second = dues["principal_cents"].to_list()
    # 29 days of the first at 18 %, then 30 days of both at 9 %; each stretch is rounded once.
    assert changed_rate["penalty_cents"] == round(first * 29 * 0.18 / 360) + round((first + second) * 30 * 0.09 / 360)
    assert plain["penalty_cents"] == round((first * 59 + second * 30) * 0.18 / 360)
    assert changed_rate["rate_in_force_e8"] == 6_000_000
