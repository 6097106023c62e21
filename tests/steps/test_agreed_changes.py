"""Agreed changes: each decision makes a new tail from its day on, and what cannot be made waits."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from engine_rows import RULEBOOK, SERVING, Row, debtor, facts, inputs, loan, positions_of, scheduled
from postloan.plan.reckoning import Reckoner
from postloan.rules.rulebook import policy_on
from postloan.steps.agreed_changes import Changed, agreed_changes
from postloan.steps.contract_rates import repriced
from postloan.steps.extension_limit import extension_limit
from postloan.steps.schedule import Schedule

ON = date(2024, 6, 30)
BORROWED = 12_000_000
"""120,000.00 at 12 % over a year from 15 January 2024: 1 % a month."""


def changed(*decisions: tuple[str, date, str], on: date = ON, **terms: Any) -> Changed:
    book = facts("loan", loan(1, principal_cents=BORROWED, **terms), loan(2, principal_cents=BORROWED))
    held = positions_of(book, facts("opening"), on=on)
    plan = scheduled(held, on=on)
    limits = extension_limit(book, facts("debtor", debtor()), limits=policy_on(RULEBOOK, on).extension_limits)
    decided = [
        {"decision_id": f"D{at}", "loan_no": 1, "kind": kind, "effective_on": day, "terms": said}
        for at, (kind, day, said) in enumerate(decisions)
    ]
    result = agreed_changes(
        plan.dues, plan.sources, held, limits, facts("decision", *decided), facts("instalment"),
        reckoner(held, plan, facts("decision", *decided), on=on), on=on,
    )  # fmt: skip
    other = result.dues.filter(result.dues["loan_no"] == 2)
    assert other.equals(plan.dues.filter(plan.dues["loan_no"] == 2)), "another loan was touched"
    return result


def reckoner(held: Any, plan: Schedule, decided: pl.DataFrame, *, on: date) -> Reckoner:
    repricings = repriced(held, facts("market"), on=on)
    return Reckoner(
        inputs(), decided, held, plan, repricings, facts("payment"), SERVING, policy_on(RULEBOOK, on), on
    )  # fmt: skip


def rows(result: Changed) -> list[Row]:
    return result.dues.filter(result.dues["loan_no"] == 1).drop("loan_no", "fee_cents").to_dicts()


PLAIN = rows(changed())
LEVEL = PLAIN[0]["principal_cents"] + PLAIN[0]["interest_cents"]
AMOUNT = 3_000_000


def prepaid(choice: str, day: date = date(2024, 4, 15)) -> list[Row]:
    return rows(changed(("prepayment", day, f'{{"amount": "30000.00", "choice": "{choice}"}}')))


@pytest.mark.parametrize("choice", ["shorter_term", "smaller_instalment"])
def test_a_prepayment_lowers_the_principal_on_its_day_and_loses_none(choice: str) -> None:
    made = prepaid(choice)
    assert made[:3] == PLAIN[:3], "what fell due before is not edited"
    assert sum(row["principal_cents"] for row in made) == BORROWED
    of_day = [row for row in made if row["due_on"] == date(2024, 4, 15)]
    assert sum(row["principal_cents"] for row in of_day) == PLAIN[2]["principal_cents"] + AMOUNT
    left = BORROWED - sum(row["principal_cents"] for row in made if row["due_on"] <= date(2024, 4, 15))
    assert next(row for row in made if row["due_on"] == date(2024, 5, 15))["interest_cents"] == (left + 50) // 100


def test_a_shorter_term_keeps_the_instalment_and_a_smaller_one_the_term() -> None:
    shorter, smaller = prepaid("shorter_term"), prepaid("smaller_instalment")
    assert shorter[4]["principal_cents"] + shorter[4]["interest_cents"] == LEVEL
    assert shorter[-1]["due_on"] < PLAIN[-1]["due_on"] == smaller[-1]["due_on"]
    assert smaller[4]["principal_cents"] + smaller[4]["interest_cents"] < LEVEL


def test_between_due_days_a_prepayment_owes_the_interest_of_the_days_run() -> None:
    made = prepaid("shorter_term", date(2024, 4, 30))
    of_day = next(row for row in made if row["due_on"] == date(2024, 4, 30))
    assert of_day["principal_cents"] + of_day["interest_cents"] == AMOUNT
    left = BORROWED - sum(row["principal_cents"] for row in made[:3])
    assert of_day["interest_cents"] == (left * 15 + 1_500) // 3_000


def test_a_new_rate_levels_the_tail_from_its_day() -> None:
    made = rows(changed(("rate_change", date(2024, 4, 15), '{"annual_rate": "0.06", "approver": "a"}')))
    left = BORROWED - sum(row["principal_cents"] for row in made[:3])
    assert made[:3] == PLAIN[:3]
    assert made[3]["interest_cents"] == (left + 100) // 200
    assert len({row["principal_cents"] + row["interest_cents"] for row in made[3:-1]}) == 1


def test_an_extension_adds_periods_within_the_law() -> None:
    result = changed(("extension", date(2024, 6, 1), '{"periods": 12, "approver": "a"}'))
    made = rows(result)
    assert result.taken == ["D0"]
    assert (len(made), made[-1]["due_on"]) == (24, date(2026, 1, 15))
    assert sum(row["principal_cents"] for row in made) == BORROWED
    assert made[:4] == PLAIN[:4]


def test_an_extension_beyond_the_law_is_refused_and_changes_nothing() -> None:
    result = changed(("extension", date(2024, 6, 1), '{"periods": 13, "approver": "a"}'))
    assert (result.taken, result.refused) == ([], ["D0"])
    assert rows(result) == PLAIN


def test_a_deferral_moves_the_instalments_and_the_interest_runs_on() -> None:
    said = '{"due_on": "2024-05-15", "new_due_on": "2024-08-15", "approver": "a"}'
    made = rows(changed(("deferral", date(2024, 5, 1), said)))
    assert [row["due_on"] for row in made[3:5]] == [date(2024, 8, 15), date(2024, 9, 15)]
    assert sum(row["principal_cents"] for row in made) == BORROWED
    assert made[3]["interest_cents"] > PLAIN[3]["interest_cents"] * 3


def test_a_deferral_that_moves_the_last_due_day_is_bounded_as_an_extension() -> None:
    """A term of a year may be doubled: to 15 January 2026."""
    said = '{{"due_on": "2024-05-15", "new_due_on": "{day}", "approver": "a"}}'
    within = changed(("deferral", date(2024, 5, 1), said.format(day="2025-05-15")))
    assert (within.taken, within.dues["due_on"].max()) == (["D0"], date(2026, 1, 15))
    beyond = changed(("deferral", date(2024, 5, 1), said.format(day="2025-05-16")))
    assert (beyond.taken, beyond.refused) == ([], ["D0"])
    assert rows(beyond) == PLAIN


def test_changes_follow_one_another() -> None:
    made = rows(
        changed(
            ("prepayment", date(2024, 3, 15), '{"amount": "10000.00", "choice": "smaller_instalment"}'),
            ("rate_change", date(2024, 5, 15), '{"annual_rate": "0.06", "approver": "a"}'),
        )
    )
    assert sum(row["principal_cents"] for row in made) == BORROWED
    left = BORROWED - sum(row["principal_cents"] for row in made if row["due_on"] <= date(2024, 5, 15))
    assert next(row for row in made if row["due_on"] == date(2024, 6, 15))["interest_cents"] == (left + 100) // 200


@pytest.mark.parametrize(
    ("terms", "decision"),
    [
        ({"method": "scheduled"}, ("extension", date(2024, 4, 1), '{"periods": 1, "approver": "a"}')),
        ({}, ("deferral", date(2024, 5, 1),
              '{"due_on": "2024-05-14", "new_due_on": "2024-08-15", "approver": "a"}')),
        ({}, ("deferral", date(2024, 5, 16),
              '{"due_on": "2024-05-15", "new_due_on": "2024-08-15", "approver": "a"}')),
        ({}, ("extension", date(2024, 7, 1), '{"periods": 1, "approver": "a"}')),
    ],
)  # fmt: skip
def test_what_has_no_place_in_the_schedule_waits(terms: Row, decision: tuple[str, date, str]) -> None:
    """No rows known, a day on which nothing falls due, a due day that is over, a day to come."""
    result = changed(decision, **terms)
    assert (result.taken, result.refused) == ([], [])
