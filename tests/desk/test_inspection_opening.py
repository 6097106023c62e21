"""Inspections are opened by the rules, once, with their work; retail is drawn and never flooded."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from inspection_walk import debtors, desk_of_user, order
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.desk.inspection.models import Inspection
from postloan.desk.inspection.opening.actions import inspections_open
from postloan.desk.inspection.opening.due import (
    Known,
    debtors_inspected,
    due_on_day,
    is_drawn,
    months_later,
)
from postloan.errors import FormWrong, NotPermitted
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.inspection_forms import InspectionForms
from postloan.rules.inspection_rules import Inspections
from postloan.snapshot.read import published_days, published_run

pytestmark = pytest.mark.django_db


def _day(bank: Path, at: int) -> BusinessDay:
    days = published_days(bank)
    run = published_run(bank, days[at])
    assert run is not None
    return BusinessDay(bank, days[at], run, days[-1])


def _rules(on: date) -> Inspections:
    return load_desk_rules(None).version("inspections", Inspections, on)


def _nothing(begun_on: date) -> Known:
    return Known(frozenset(), frozenset(), {}, {}, begun_on)


def test_a_second_opening_of_the_same_day_opens_nothing(bank: Path) -> None:
    day, rules = _day(bank, -1), load_desk_rules(bank)
    before = Inspection.objects.count()
    audits = AuditEntry.objects.filter(action="inspections.opened").count()
    assert before > 0
    assert inspections_open(day, _day(bank, -2).on, rules) == 0
    assert Inspection.objects.count() == before
    assert AuditEntry.objects.filter(action="inspections.opened").count() == audits


def test_every_open_inspection_has_its_work_and_its_account_officer(bank: Path) -> None:
    whose = dict(debtors_inspected(_day(bank, -1)).select("debtor_id", "officer_id").iter_rows())
    waiting = Inspection.objects.filter(state="open").select_related("officer")
    items = set(WorkItem.objects.filter(state="open").values_list("kind", "subject"))
    assert waiting
    for each in waiting:
        assert (f"inspection_{each.kind}", each.subject) in items
        assert each.officer is not None
        assert each.officer.staff_no == whose[each.debtor_id]


def test_retail_is_drawn_and_triggered_and_never_taken_whole(bank: Path) -> None:
    day = _day(bank, -1)
    found = due_on_day(day, _day(bank, -2).on, _rules(day.on), _nothing(day.on))
    retail = {each.debtor["debtor_id"] for each in found if each.debtor["is_retail"]}
    held = debtors_inspected(day).filter("is_retail")
    assert {each.kind for each in found if each.debtor["is_retail"]} <= {"sampled", "triggered"}
    assert 0 < len(retail) < held.height * 0.1


def test_the_draw_of_a_quarter_is_the_same_for_whoever_draws() -> None:
    names = [f"KH{at:09d}" for at in range(20_000)]
    drawn = {name for name in names if is_drawn(name, "2024Q1", 1_000_000)}
    assert drawn == {name for name in reversed(names) if is_drawn(name, "2024Q1", 1_000_000)}
    assert 140 < len(drawn) < 260
    assert drawn != {name for name in names if is_drawn(name, "2024Q2", 1_000_000)}
    assert all(is_drawn(name, "2024Q1", 10**8) for name in names[:100])


def test_a_first_inspection_is_due_its_days_after_the_pay_out(bank: Path) -> None:
    day = _day(bank, -1)
    rules = _rules(day.on)
    found = [each for each in due_on_day(day, None, rules, _nothing(date(2020, 1, 1))) if each.kind == "first"]
    assert found
    for each in found:
        assert each.due_on == each.debtor["paid_out_on"] + timedelta(days=rules.first[0].within_days)
        assert not each.debtor["is_retail"]
        assert day.on - timedelta(days=rules.look_back_days) < each.debtor["paid_out_on"] <= day.on


def test_a_worse_tier_is_inspected_more_often(bank: Path) -> None:
    day = _day(bank, -1)
    companies = debtors_inspected(day).filter(~pl.col("is_retail")).to_dicts()
    lately = {each["debtor_id"]: day.on - timedelta(days=40) for each in companies}
    known = Known(frozenset(), frozenset(), lately, {}, day.on)
    found = {
        each.debtor["debtor_id"] for each in due_on_day(day, None, _rules(day.on), known) if each.kind == "periodic"
    }
    worse = {each["debtor_id"] for each in companies if each["tier"] in {"special_mention", "substandard", "doubtful"}}
    assert worse
    assert worse <= found
    assert not {each["debtor_id"] for each in companies if each["tier"] == "pass"} & found


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 3, 15), -18, date(2022, 9, 15)), (date(2024, 12, 1), 12, date(2025, 12, 1)),
    ],
)  # fmt: skip
def test_months_later_is_a_day_of_the_calendar(start: date, months: int, then: date) -> None:
    assert months_later(start, months) == then


def test_an_order_opens_special_inspections_and_asks_for_a_grant(bank: Path) -> None:
    mine = debtors(desk_of_user("officer", "inspection.write"), pl.col("exposure_cents") > 0)
    taken = set(Inspection.objects.filter(kind="special").values_list("debtor_id", flat=True))
    wanted = [each for each in mine if each not in taken][:2]
    assert {each.debtor_id for each in order(wanted)} == set(wanted)
    with pytest.raises(FormWrong):
        order(wanted)
    with pytest.raises(FormWrong):
        order(["KH-no-such"])
    elsewhere = debtors_inspected(_day(bank, -1)).filter(~pl.col("org_id").str.starts_with("33000"))
    other_branch = [each for each in elsewhere["debtor_id"] if each not in taken]
    inspector = desk_of_user("inspector", "inspection.plan")
    outside = elsewhere.filter(~pl.col("org_id").is_in(sorted(inspector.scope.org_ids)))["debtor_id"]
    assert other_branch
    with pytest.raises(NotPermitted):
        order([outside[0]])


def test_the_rules_cite_texts_that_are_registered() -> None:
    from postloan.rules.rulebook import load_rulebook  # noqa: PLC0415

    known = load_rulebook(None).texts
    rules = _rules(date(2026, 1, 1))
    lines = (*rules.first, *rules.periodic, *rules.triggered, *rules.sampled, *rules.two_people, *rules.corrections)
    cited = [line.cite for line in lines if line.cite]
    assert cited
    assert all(cite.text in known for cite in cited)
    assert all(line.cite or line.setting for line in lines)


def test_every_debtor_has_a_form_with_its_three_parts() -> None:
    forms = load_desk_rules(None).version("inspection_forms", InspectionForms, date(2026, 1, 1))
    assert forms.form_for("company", frozenset({"固定资产贷款"})).form == "project"
    assert forms.form_for("company", frozenset({"流动资金贷款"})).form == "company"
    assert forms.form_for("sole_trader", frozenset({"固定资产贷款"})).form == "person"
    for form in forms.forms:
        assert {section.part for section in form.sections} == {"borrower", "guarantor", "collateral", "conclusion"}
