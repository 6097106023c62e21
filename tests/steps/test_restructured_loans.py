"""Observation through a night: since when a restructured loan is watched, until when, and what ends it."""

import json
from datetime import date
from typing import Any

import pytest

from engine_rows import Row, debtor, inputs, instalments, loan, payment, policy
from postloan.plan.night import assess

DECIDED = date(2024, 3, 1)
FIRST_DUE = date(2024, 3, 15)
ENDS = date(2025, 3, 15)
"""A year after the first due day: longer than two months of repayment."""
CENTS = 300_000
DUES = [date(2024 + at // 12, at % 12 + 1, 15) for at in range(1, 37)]


def decision(at: int, kind: str, effective_on: date, **terms: Any) -> Row:
    return {"decision_id": f"D{at}", "loan_no": 1, "kind": kind, "effective_on": effective_on,
            "terms": json.dumps(terms)}  # fmt: skip


def restructured(at: int = 1, effective_on: date = DECIDED, **terms: Any) -> Row:
    return decision(at, "restructure", effective_on, difficulty="overdue", adjustment="extension", **terms)


def ended(effective_on: date, *, is_resolved: bool = True) -> Row:
    return decision(9, "observation_end", effective_on, is_resolved=is_resolved, evidence="paid", approver="E12")


def watched(on: date, *decisions: Row, missed: tuple[date, ...] = (), opening: Row | None = None) -> tuple[Any, ...]:
    """A loan that pays each instalment on its day, but for those it missed, which it pays nine days later."""
    given = inputs(
        loan=[loan(1, principal_cents=36 * CENTS, matures_on=DUES[-1], method="scheduled")], debtor=[debtor()],
        instalment=instalments(1, *((day, CENTS, 0) for day in DUES)), decision=list(decisions),
        payment=[payment(1, day.replace(day=24) if day in missed else day, CENTS) for day in DUES],
        opening=[opening] if opening else [],
    )  # fmt: skip
    (row,) = assess(given, policy(on, book_of_record="postloan"), on=on).loans.to_dicts()
    return row["is_restructured"], row["is_repeat_restructured"], row["observation_ends_on"], row["tier"]


NOT = (False, False, None, "pass")
LAXEST = "special_mention"


@pytest.mark.parametrize(
    ("on", "decisions", "missed", "expected"),
    [
        (DECIDED, [], (), NOT),
        (date(2024, 2, 29), [restructured()], (), NOT),
        (DECIDED, [restructured()], (), (True, False, ENDS, LAXEST)),
        # When the time is over a decision ends it, and nothing else does.
        (date(2025, 6, 30), [restructured()], (), (True, False, ENDS, LAXEST)),
        (ENDS, [restructured(), ended(ENDS)], (), NOT),
        (date(2025, 6, 30), [restructured(), ended(date(2025, 3, 14))], (), (True, False, ENDS, LAXEST)),
        # Found to be in difficulty still, it is watched for another year from the finding.
        (ENDS, [restructured(), ended(ENDS, is_resolved=False)], (), (True, False, date(2026, 3, 15), LAXEST)),
        # A default begins the year anew from the day it fell due, and bars the end until then.
        (date(2025, 6, 30), [restructured(), ended(ENDS)], (date(2024, 9, 15),),
         (True, False, date(2025, 9, 15), LAXEST)),
        # Once more while it is watched is worse; after the end it is the first anew.
        (date(2024, 6, 1), [restructured(), restructured(2, date(2024, 6, 1))], (),
         (True, True, date(2025, 6, 15), "substandard")),
        (date(2025, 6, 1), [restructured(), ended(ENDS), restructured(2, date(2025, 6, 1))], (),
         (True, False, date(2026, 6, 15), LAXEST)),
        (DECIDED, [restructured(is_repeat=True)], (), (True, True, ENDS, "substandard")),
    ],
)  # fmt: skip
def test_a_loan_is_watched_from_its_first_due_day_until_a_decision(
    on: date, decisions: list[Row], missed: tuple[date, ...], expected: tuple[Any, ...]
) -> None:
    assert watched(on, *decisions, missed=missed) == expected


def test_a_loan_taken_on_under_observation_is_watched_since_then() -> None:
    opening = {"loan_no": 1, "on": DECIDED, "outstanding_cents": 35 * CENTS, "observation_from": date(2023, 12, 15)}
    state = watched(date(2024, 6, 30), opening=opening)
    assert state[:2] == (True, False)
    assert watched(date(2024, 6, 30), restructured(1, date(2024, 6, 1)), opening=opening)[:2] == (True, True)


def test_the_observation_of_one_loan_is_not_that_of_another() -> None:
    given = inputs(
        loan=[loan(at, method="scheduled") for at in (1, 2)], debtor=[debtor(legal_form="person")],
        decision=[restructured()],
    )  # fmt: skip
    loans = assess(given, policy(DECIDED), on=DECIDED).loans
    assert loans["is_restructured"].to_list() == [True, False]
