"""For every story: clocks agree with the law read aloud, and nothing shortens what a step was meant to lengthen."""

import random
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import polars as pl
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from clock_cases import Given, clocks_of
from engine_rows import RULEBOOK, debtor, facts, inputs, loan, policy
from postloan.plan.night import assess
from postloan.rules.legal_clocks import LegalClocks, Period
from postloan.rules.rulebook import policy_on
from postloan.steps.legal_clocks.found import Facts, legal_clocks
from postloan.tables.clocks import CLOCKS, WINDOWS, LegalClock

ON = date(2026, 3, 2)
DUE = st.dates(date(2019, 12, 25), date(2026, 3, 1)) | st.sampled_from([date(2020, 2, 29), date(2021, 9, 30)])
OF_DEBTOR = ("demand", "acknowledgement", "filing", "withdrawn", "assignment_notice")


@st.composite
def steps_after(draw: st.DrawFn, due: date) -> list[dict[str, Any]]:
    """Steps of a loan, many of them near the end of a period that the due day or another step began."""
    found: list[dict[str, Any]] = []
    days = [due]
    for _ in range(draw(st.integers(0, 6))):
        near = draw(st.sampled_from(days)) + relativedelta(years=3) + timedelta(days=draw(st.integers(-3, 4)))
        far = due + timedelta(days=draw(st.integers(-40, 2_300)))
        day = draw(st.sampled_from([near, far]))
        if day <= ON:
            found.append({"step": draw(st.sampled_from(OF_DEBTOR)), "on": day})
            days.append(day)
    return found


STORIES = DUE.flatmap(lambda due: st.tuples(st.just(due), steps_after(due)))


def told(due: date, steps: list[dict[str, Any]], on: date = ON, **more: Any) -> dict[str, dict[str, Any]]:
    story: Given = {"loans": [{"loan": "L1", "last_due_on": due}], "steps": steps, **more}
    return {row["clock_id"]: row for row in clocks_of(story, RULEBOOK, on).to_dicts()}


def last_day(since: date, *, months: int = 36) -> date:
    """The last day of a period, or the first working day after it."""
    day = since + relativedelta(months=months)
    while not (chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5):
        day += timedelta(days=1)
    return day


def aloud(due: date, steps: list[dict[str, Any]]) -> tuple[str, date | None]:
    """Limitation read aloud, one step after the other."""
    since, is_open, is_lost = due, False, False
    rank = {"filing": 1, "withdrawn": 2}
    for day, _rank, step in sorted((max(each["on"], due), rank.get(each["step"], 0), each["step"]) for each in steps
                                   if each["on"] > due or each["step"] in rank):  # fmt: skip
        if step == "acknowledgement":
            since, is_lost = day, False
        elif not is_lost and (is_open or day <= last_day(since)):
            since = day
        elif not is_lost:
            is_lost = True
        is_open = {"filing": True, "withdrawn": False}.get(step, is_open)
    if is_lost:
        return "lost", last_day(since)
    return ("kept", None) if is_open else ("lost" if last_day(since) < ON else "running", last_day(since))


@settings(max_examples=100)
@given(STORIES)
def test_limitation_agrees_with_the_law_read_aloud(story) -> None:
    due, steps = story
    (clock,) = told(due, steps).values()
    assert (clock["state"], clock["ends_on"]) == aloud(due, steps)


@settings(max_examples=40)
@given(STORIES, st.randoms(use_true_random=False))
def test_the_order_in_which_steps_are_told_does_not_matter(story, chance: random.Random) -> None:
    due, steps = story
    shuffled = chance.sample(steps, len(steps))
    assert told(due, steps)["limitation-1"] == told(due, shuffled)["limitation-1"]


@settings(max_examples=40)
@given(STORIES, st.dates(date(2020, 1, 1), ON), st.sampled_from(["demand", "acknowledgement", "assignment_notice"]))
def test_an_interruption_never_shortens_limitation(story, day: date, step: str) -> None:
    due, steps = story
    before = told(due, steps)["limitation-1"]
    after = told(due, [*steps, {"step": step, "on": day}])["limitation-1"]
    if before["ends_on"] is None:
        assert after["ends_on"] is None
    else:
        assert after["ends_on"] is None or after["ends_on"] >= before["ends_on"]
    assert (before["state"] == "lost") or (after["state"] != "lost")


@settings(max_examples=40)
@given(STORIES, st.booleans())
def test_what_is_done_to_the_debtor_alone_never_moves_the_period_of_a_joint_guarantee(story, is_agreed: bool) -> None:
    due, steps = story
    guarantee = {"guarantee": "G1"} | ({"ends_on": due + relativedelta(years=2)} if is_agreed else {})
    quiet = told(due, [], guarantees=[guarantee])["guarantee_period-1-G1"]
    assert told(due, steps, guarantees=[guarantee])["guarantee_period-1-G1"] == quiet
    assert quiet["ends_on"] == (due + relativedelta(years=2) if is_agreed else last_day(due, months=6))


def test_a_bank_without_arrears_or_steps_pays_nothing_for_clocks() -> None:
    """Not a fact is read: any look at these would fail."""
    loans = pl.DataFrame(schema=dict(LOAN_SCHEMA))
    held = loans.clear().vstack(pl.DataFrame([_paying(at) for at in range(1, 4)], schema=loans.schema))
    nothing: Any = None
    known = Facts(nothing, nothing, nothing, facts("legal_event"), nothing)
    law = policy(ON)
    found = legal_clocks(held, nothing, known, law=law.legal_clocks, calendar=law.working_days, on=ON)
    assert found.is_empty()
    assert found.schema == LegalClock.create_empty().schema


LOAN_SCHEMA = {
    "loan_no": pl.Int64, "loan_id": pl.String, "debtor_no": pl.Int64, "debtor_id": pl.String, "org_id": pl.String,
    "officer_id": pl.String, "status": pl.String, "days_past_due": pl.Int32, "disbursed_on": pl.Date,
    "matures_on": pl.Date, "original_matures_on": pl.Date,
}  # fmt: skip


def _paying(number: int) -> dict[str, Any]:
    return {"loan_no": number, "loan_id": f"L{number}", "debtor_no": 1, "debtor_id": "D1", "org_id": "010",
            "status": "active", "days_past_due": 0, "matures_on": date(2027, 1, 1)}  # fmt: skip


def test_before_there_was_such_a_law_there_are_no_clocks() -> None:
    old = policy(date(2023, 12, 29))
    assert old.legal_clocks is not None
    late = loan(1, method="interest_only")
    assert assess(inputs(loan=[late], debtor=[debtor()]), old.without_signals(), on=old.on).clocks.is_empty()


def test_a_loan_that_was_called_in_is_due_on_that_day() -> None:
    """Its instalments run until 2027; limitation runs from the day it was called in."""
    terms = {"disbursed_on": date(2024, 1, 15), "matures_on": date(2027, 1, 15), "method": "level_instalment"}
    called = {"loan_no": 1, "decision_id": "X", "kind": "accelerate", "effective_on": date(2025, 6, 3), "terms": "{}"}
    law = policy(ON, book_of_record="postloan")
    clocks = assess(inputs(loan=[loan(1, **terms)], debtor=[debtor()], decision=[called]), law, on=ON).clocks
    assert clocks.select("kind", "began_on", "ends_on").rows() == [("limitation", date(2025, 6, 3), date(2028, 6, 5))]
    quiet = assess(inputs(loan=[loan(1, **terms)], debtor=[debtor()]), law, on=ON).clocks
    assert quiet.is_empty(), "a loan that is not due as a whole has no limitation yet"


def test_a_payment_that_was_taken_back_is_no_consent() -> None:
    late = loan(1, method="bullet", disbursed_on=date(2022, 1, 4), matures_on=date(2023, 1, 4))
    paid = {"payment_id": "P", "loan_no": 1, "paid_on": date(2025, 2, 5), "amount_cents": 1}
    undone = paid | {"payment_id": "R", "paid_on": date(2025, 2, 6), "reverses_payment_id": "P"}
    for payments, ends_on in (([paid], date(2028, 2, 7)), ([paid, undone], date(2026, 1, 4))):
        found = assess(inputs(loan=[late], debtor=[debtor()], payment=payments), policy(ON), on=ON).clocks
        assert found["ends_on"].to_list() == [ends_on]


def test_every_kind_of_clock_has_its_rule() -> None:
    law = policy_on(RULEBOOK, ON).legal_clocks
    assert law is not None
    assert {each.clock for each in law.opened} == set(WINDOWS) < set(CLOCKS)


@pytest.mark.parametrize("wrong", [{}, {"months": 1, "days": 1}, {"months": 0}])
def test_a_period_is_in_months_or_in_days(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"period|greater"):
        Period.model_validate({"cite": {"text": "t", "at": "a"}} | wrong)


def test_a_window_stands_once() -> None:
    law = policy_on(RULEBOOK, ON).legal_clocks
    assert isinstance(law, LegalClocks)
    with pytest.raises(ValueError, match="at most once"):
        law.changed(opened=(*law.opened, law.opened[0]))
