"""Steps of the cases about classification: days of loans to their classes, observations, and whole nights."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl
from pydantic import ValidationError

from engine_rows import debtor, inputs, loan
from postloan.intake.decisions import RestructureTerms
from postloan.plan.classify import classify
from postloan.plan.night import assess
from postloan.rules.judging import GroupAlert
from postloan.rules.rulebook import Rulebook, policy_on, tier_laws_on
from postloan.steps.group_alert import group_alert
from postloan.steps.observation import observation
from postloan.steps.tier_history import grade_of
from postloan.tables.results import Due, GroupMember
from postloan.tables.tiers import LoanDay

Row = dict[str, Any]
Given = dict[str, list[Row]]

PLAIN = {
    "loan_no": 1, "debtor_no": 1, "is_on_book": True, "legal_form": "company", "size_class": "large",
    "originated_on": date(2024, 1, 1), "disbursed_on": date(2024, 1, 1), "period_months": 1,
    "debt_cents": 100_000_00, "renews_pass_loan": True, "is_renewed_in_time": True,
}  # fmt: skip
"""A loan of 100,000.00 to a large company, repaid monthly: what a case says nothing else of."""
TOLD_ONCE = ("restructured_on", "says_repeat", "ended_on", "is_resolved")
"""Decisions on a restructuring hold until the next: a case says each on its day alone."""


def life(rows: list[Row]) -> Iterator[Row]:
    """The days of a case. Unless it says so itself, a loan is clean since the first day on which nothing was late."""
    zero = {name: False if dtype == pl.Boolean else None for name, dtype in LoanDay.create_empty().schema.items()}
    clean_since: dict[int, date | None] = {}
    for row in rows:
        day = zero | {"days_past_due": 0} | PLAIN | row
        number = day["loan_no"]
        since = clean_since.get(number) or day["on"]
        clean_since[number] = None if day["days_past_due"] else row.get("clean_since_on", since)
        yield day | {"clean_since_on": clean_since[number], "worst_days_past_due": day["days_past_due"]}


def loan_days(rows: list[Row]) -> dy.DataFrame[LoanDay]:
    """The days of a case as a table."""
    return LoanDay.validate(pl.DataFrame(list(life(rows)), schema=LoanDay.create_empty().schema))


def _classify(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    return classify(loan_days(given["days"]), laws=tier_laws_on(rulebook, day)).select(
        "loan_no", "on", pl.exclude("loan_no", "on")
    )


def _grade(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    judged = _classify(given, rulebook, day)
    return judged.with_columns(grade=grade_of(policy_on(rulebook, day).grades))


def _observe(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """One loan under observation. `dues` are its due days; `late_since_on` is the due day of what is overdue."""
    told: Row = {"restructured_on": None, "says_repeat": False, "ended_on": None, "is_resolved": False}
    rows = []
    for at, row in enumerate(given["days"]):
        told |= {name: row[name] for name in TOLD_ONCE if name in row}
        own = {name: value for name, value in row.items() if name not in (*TOLD_ONCE, "late_since_on")}
        (whole,) = life([own])
        rows.append(whole | told | {"row": at, "late_since_on": row.get("late_since_on")})
    days = pl.Date()
    found = ("is_restructured", "is_repeat_restructured", "observation_ends_on")
    schema = dict(LoanDay.create_empty().drop(found).schema) | {
        "row": pl.UInt32(), "restructured_on": days, "says_repeat": pl.Boolean(), "ended_on": days,
        "is_resolved": pl.Boolean(), "late_since_on": days,
    }  # fmt: skip
    dues = [{"loan_no": 1} | dict.fromkeys(("principal_cents", "interest_cents", "fee_cents"), 0) | due
            for due in given["dues"]]  # fmt: skip
    watched = observation(
        pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema),
        Due.cast(pl.DataFrame(dues, schema=Due.create_empty().schema)),
        laws=tier_laws_on(rulebook, day),
    )
    return watched.select("loan_no", "on", pl.exclude("loan_no", "on"))


def _night(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """What a night publishes. Loans of 1,200.00 over a year, repaid level, unless their terms say otherwise."""
    tables = {name: rows for name, rows in given.items() if name not in ("loans", "debtors", "decisions")}
    decisions = [
        {"decision_id": f"D{at}"} | row | {"terms": json.dumps(row.get("terms", {}))}
        for at, row in enumerate(given.get("decisions", []))
    ]
    loans = [loan(**({"debtor_no": 1} | row)) for row in given["loans"]]
    debtors = [debtor(**row) for row in given.get("debtors", [{"debtor_no": 1}])]
    facts = inputs(loan=loans, debtor=debtors, decision=decisions, **tables)
    return assess(facts, policy_on(rulebook, day), on=day).loans.select("loan_no", pl.exclude("loan_no"))


def _restructure_terms(given: Given, _rulebook: Rulebook, _day: date) -> pl.DataFrame:
    """Whether intake accepts what each decision to restructure says."""
    return pl.DataFrame(
        {"decision": row["decision"], "is_accepted": _is_accepted(row["terms"])} for row in given["decisions"]
    )


def _is_accepted(terms: Row) -> bool:
    try:
        RestructureTerms.model_validate_json(json.dumps(terms), strict=True)
    except ValidationError:
        return False
    return True


def _group_alert(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """Of each member of a group, the bad ones because of whom it is to be assessed."""
    members = [
        {"debtor_id": f"D{row['debtor_no']}", "org_id": "010", "exposure_cents": 1, "since_on": day} | row
        for row in given["members"]
    ]
    alerts = group_alert(
        GroupMember.validate(pl.DataFrame(members, schema=GroupMember.create_empty().schema)),
        law=rulebook.version_if_any("group_alert", GroupAlert, day),
    )
    found = alerts.group_by(debtor_no="other_no").agg(because_of=pl.col("debtor_no"), cite=pl.col("cite").first())
    everyone = pl.DataFrame({"debtor_no": [row["debtor_no"] for row in members]}, schema={"debtor_no": pl.Int64()})
    return everyone.join(found, on="debtor_no", how="left", maintain_order="left").with_columns(
        pl.col("because_of").fill_null([]).list.sort()
    )


TIER_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {
    "classify": _classify,
    "grade": _grade,
    "observe": _observe,
    "night": _night,
    "restructure_terms": _restructure_terms,
    "group_alert": _group_alert,
}
