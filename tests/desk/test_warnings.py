"""The warning desk: a case opens once, takes signals in, rises, is worked on by two people, and comes back when due."""

from datetime import timedelta
from uuid import uuid4

import pytest
from deciding import person
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from warned import (
    INTEREST,
    PRINCIPAL,
    REPEATED,
    Nights,
    Signal,
    day_after,
    debtors_free,
    decide,
    deed,
    lift,
    plan,
    verify,
)

from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Grant, WorkItem
from postloan.desk.warning.actions import NewMeasure, case_verify, measure_done, plan_write
from postloan.desk.warning.clocks import clocks_on
from postloan.desk.warning.models import CaseEntry, CaseSignal, WarningCase
from postloan.desk.warning.opening import actions as opening
from postloan.errors import FormWrong, IllegalMove, NotPermitted, ReasonMissing, SamePerson, StaleView
from postloan.rules.desk_approvals import Approvals
from postloan.rules.desk_rules import load_desk_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def nights(db: None, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(monkeypatch)


def work_open_of(case: WarningCase) -> list[tuple[str, object]]:
    items = WorkItem.objects.filter(subject=case.subject, state="open")
    return sorted(items.values_list("kind", "due_on"))


def test_adoption_opened_one_case_a_debtor_with_work_and_an_entry() -> None:
    running = WarningCase.objects.filter(state__in=WarningCase.RUNNING)
    assert running.count() > 20
    assert running.values("debtor_id").distinct().count() == running.count()
    assert AuditEntry.objects.filter(action="warnings.opened").exists()
    for case in running.filter(state="open")[:5]:
        assert [kind for kind, _due in work_open_of(case) if kind == "warning_verify"]
        assert case.entries.filter(step="opened").count() == 1
        assert case.signals.count() >= case.signal_count
        assert case.rank == max(each.rank for each in case.signals.all())


def test_all_signals_of_a_debtor_are_one_case_and_twice_is_once(nights: Nights) -> None:
    assert nights.adopt(1, (PRINCIPAL, "orange"), (REPEATED, "yellow")) == 1
    case, entries = nights.case, AuditEntry.objects.count()
    assert (case.level, case.signal_count, case.state) == ("orange", 2, "open")
    assert case.categories == " repayment "
    assert nights.adopt(1, (PRINCIPAL, "orange"), (REPEATED, "yellow")) == 0
    assert nights.case.version == case.version
    assert AuditEntry.objects.count() == entries
    assert work_open_of(case) == [("warning_verify", case.due_on)]
    item = WorkItem.objects.get(subject=case.subject, state="open")
    assert (item.officer_id, item.org_id) == (case.officer_id, person("officer").org_id)


def test_a_worse_signal_raises_the_level_and_the_clock_and_one_gone_is_noted(nights: Nights) -> None:
    nights.adopt(1, (REPEATED, "yellow"))
    case = nights.case
    verify(case, days=1)
    nights.adopt(2, (REPEATED, "yellow"), (INTEREST, "red"))
    case = nights.case
    assert (case.level, case.state, case.raised_on) == ("red", "open", day_after(2).on)
    assert case.due_on == day_after(3).on
    assert work_open_of(case) == [("warning_verify", day_after(3).on)]
    nights.adopt(3, (REPEATED, "yellow"))
    gone = nights.case.signals.get(signal=INTEREST)
    assert gone.gone_on == day_after(3).on
    assert nights.case.level == "red"
    nights.adopt(4, (REPEATED, "yellow"), (INTEREST, "orange"))
    back = nights.case.signals.get(signal=INTEREST)
    assert (back.gone_on, back.level) == (None, "red")


def test_a_signal_no_worse_than_the_case_is_taken_in_and_raises_nothing(nights: Nights) -> None:
    nights.adopt(1, (PRINCIPAL, "orange"))
    verify(nights.case, days=1)
    before = nights.case
    nights.adopt(2, (PRINCIPAL, "orange"), (INTEREST, "orange"))
    case = nights.case
    assert (case.state, case.raised_on, case.due_on) == ("verified", None, before.due_on)
    assert (case.signal_count, case.version) == (2, before.version + 1)
    assert work_open_of(case) == [("warning_plan", before.due_on)]


def test_reads_and_writes_do_not_grow_with_the_signals(nights: Nights, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(23):
        nights.adopt(1, (PRINCIPAL, "orange"), (REPEATED, "yellow"), (INTEREST, "red"))
    # Those of the demo that become late have a day of their own.
    WarningCase.objects.exclude(debtor_id=nights.debtor["debtor_id"]).update(due_on=day_after(30).on)
    with django_assert_max_num_queries(15):
        nights.adopt(2, (PRINCIPAL, "orange"), (REPEATED, "yellow"), (INTEREST, "red"))


def test_several_debtors_of_several_signals_ask_as_often_as_one_of_one(nights: Nights) -> None:
    others = [row["debtor_id"] for row in debtors_free(6)[1:]]
    assert len(others) == 5
    few, many = [(PRINCIPAL, "orange")], [(PRINCIPAL, "orange"), (REPEATED, "yellow")]
    few_worse, many_worse = ([(name, "red") for name in (*named, INTEREST)] for named in (dict(few), dict(many)))

    def questions(mine: list[Signal], theirs: list[Signal]) -> int:
        with CaptureQueriesContext(connection) as asked:
            nights.adopt(1, *mine, also=dict.fromkeys(others, theirs))
        return len(asked)

    nights.adopt(1)
    opened = questions(few, []), questions(few, many)
    raised = questions(few_worse, many), questions(few_worse, many_worse)
    signals_gone = questions(few, many_worse), questions(few, few)
    theirs = CaseSignal.objects.filter(case__debtor_id__in=others, level="red")
    assert (theirs.count(), theirs.exclude(gone_on=None).count()) == (15, 10)
    for for_one, for_several in (opened, raised, signals_gone):
        assert for_several == for_one


def test_clocks_count_by_level_and_by_the_calendar() -> None:
    clocks = clocks_on(business_day(None))
    on = clocks.day.on
    assert on.isoformat() == "2026-10-31", "the days below are counted by hand from this Saturday"
    due = {level: clocks.due(clocks.of(level).verify) for level in ("red", "orange", "yellow", "blue")}
    assert {level: each.isoformat() for level, each in due.items()} == {
        "red": "2026-11-01", "orange": "2026-11-04", "yellow": "2026-11-06", "blue": "2026-11-13",
    }  # fmt: skip
    assert clocks.due(clocks.of("red").plan).isoformat() == "2026-11-04"
    assert clocks.of("blue").plan is None


def test_every_chain_of_the_rules_is_there_and_a_lifting_takes_two() -> None:
    day = business_day(None)
    chains = load_desk_rules(day.home).version("approvals", Approvals, day.on)
    for level in clocks_on(day).rules.levels:
        for name in filter(None, (level.false_alarm, level.plan_chain, level.lift)):
            assert len(chains.chain(name).steps_for(0)) >= 2


def test_what_is_late_goes_one_level_up_once_a_step(nights: Nights) -> None:
    nights.adopt(1, (INTEREST, "red"))
    case = nights.case
    nights.adopt(3, (INTEREST, "red"))
    case.refresh_from_db()
    assert case.late_to == case.org.parent
    late = WorkItem.objects.get(kind="warning_late", subject=case.subject, state="open")
    assert (late.org_id, late.officer_id) == (case.org.parent_id, None)
    nights.adopt(4, (INTEREST, "red"))
    assert case.entries.filter(step="late").count() == 1
    verify(case, days=4)
    case.refresh_from_db()
    assert case.late_to is None
    assert [kind for kind, _due in work_open_of(case)] == ["warning_plan"]


def test_from_signal_to_lifting_by_three_people(nights: Nights) -> None:
    nights.adopt(0, (INTEREST, "red"))
    case = nights.case
    verify(case)
    with pytest.raises(FormWrong):
        lift(case)
    plan(case)
    assert work_open_of(case) == []
    Grant.objects.create(
        officer=person("officer"), action="warning.verify", org=case.org, role="x", begins_on="2021-01-01"
    )
    with pytest.raises(SamePerson):
        decide(case, "officer")
    decide(case, "risk")
    case.refresh_from_db()
    measure = case.measures.get()
    assert (case.state, case.due_on, measure.is_agreed) == ("acting", measure.due_on, True)
    with pytest.raises(FormWrong):
        lift(case)
    measure_done(person("officer"), case.pk, measure.pk, deed(case, "已补足"))
    lift(case)
    with pytest.raises(NotPermitted):
        decide(case, "inspector")
    decide(case, "risk")
    case.refresh_from_db()
    assert case.state == "lifting"
    with pytest.raises(SamePerson):
        decide(case, "risk")
    decide(case, "approver")
    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("lifted", business_day(None).on)
    assert not WorkItem.objects.filter(state="open", page=f"/warnings/{case.pk}/").exists()
    steps = ["opened", "verified", "planned", "agreed", "measure_done", "lifting", "agreed", "lifted"]
    assert list(case.entries.values_list("step", flat=True)) == steps
    about = Q(subject=f"warning.warningcase:{case.pk}") | Q(told__subject_of=case.subject)
    written = list(AuditEntry.objects.filter(about).values_list("action", "officer"))
    assert written == [
        ("warning.verified", "officer"), ("warning.write", "officer"), ("warning.verify", "risk"),
        ("warning.measure_done", "officer"), ("warning.write", "officer"), ("warning.verify", "risk"),
        ("warning.lift", "approver"),
    ]  # fmt: skip
    assert list(faults_of_chain()) == []


@pytest.mark.parametrize("state", WarningCase.WAITING)
def test_what_waits_for_an_agreement_is_only_decided(nights: Nights, state: str) -> None:
    nights.adopt(0, (INTEREST, "red"))
    case = nights.case
    verify(case, is_true=state != "doubted")
    if state != "doubted":
        plan(case)
        decide(case, "risk")
        older = case.measures.get()
        if state == "planned":
            plan(case)
        else:
            measure_done(person("officer"), case.pk, older.pk, deed(case, "已补足"))
            lift(case)
    case.refresh_from_db()
    entries = case.entries.count()
    assert case.state == state
    measure = case.measures.filter(is_agreed=True).first()
    for begins in (
        verify,
        lambda case: verify(case, is_true=False),
        plan,
        lambda case: measure_done(person("officer"), case.pk, measure.pk if measure else 0, deed(case)),
        lift,
    ):
        with pytest.raises(IllegalMove), transaction.atomic():
            begins(case)
    case.refresh_from_db()
    assert (case.state, case.entries.count(), case.approval.state) == (state, entries, "open")
    decide(case, "risk", "refuse", reason="依据不足")
    case.refresh_from_db()
    assert (case.state, case.approval.state) == ("open" if state == "doubted" else "acting", "refused")


@pytest.mark.parametrize("finds", ["changes_of", "without_debtor"])
def test_a_case_that_ends_while_a_day_is_adopted_stays_ended(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, finds: str
) -> None:
    nights.adopt(0, (REPEATED, "yellow"))
    case = nights.case
    find = getattr(opening, finds)

    def ended_since(asked: object) -> object:
        found = [case.pk] if finds == "without_debtor" else find(asked)
        nights.cases.update(state="lifted")
        return found

    monkeypatch.setattr(opening, finds, ended_since)
    nights.adopt(1, (REPEATED, "yellow"), (INTEREST, "red"))
    case.refresh_from_db()
    came = 1 if finds == "changes_of" else 2
    assert (case.state, case.signals.count()) == ("lifted", came)
    assert not case.entries.filter(step="gone").exists()
    assert AuditEntry.objects.filter(action="warnings.opened").latest("seq").told.get("let_go") is None


def test_a_false_alarm_of_red_needs_a_second_person_and_of_yellow_none(nights: Nights) -> None:
    nights.adopt(0, (INTEREST, "red"))
    case = nights.case
    verify(case, is_true=False)
    case.refresh_from_db()
    assert case.state == "doubted"
    with pytest.raises(NotPermitted):
        decide(case, "officer")
    with pytest.raises(ReasonMissing):
        decide(case, "risk", "refuse", reason=" ")
    decide(case, "risk", "refuse", reason="依据不足")
    case.refresh_from_db()
    assert (case.state, [kind for kind, _due in work_open_of(case)]) == ("open", ["warning_verify"])
    verify(case, is_true=False)
    decide(case, "approver")
    case.refresh_from_db()
    assert case.state == "dismissed"
    nights.adopt(1, (INTEREST, "red"))
    assert nights.case.pk == case.pk, "what was dismissed cools off"
    nights.adopt(40, (REPEATED, "yellow"))
    other = nights.case
    assert other.pk != case.pk
    verify(other, is_true=False, days=40)
    other.refresh_from_db()
    assert other.state == "dismissed"


def test_a_lifted_signal_cools_off_unless_it_is_worse(nights: Nights) -> None:
    nights.adopt(0, (REPEATED, "yellow"))
    verify(nights.case, is_true=False)
    first = nights.case
    assert nights.adopt(20, (REPEATED, "yellow")) == 0
    assert nights.adopt(20, (REPEATED, "orange")) == 1
    worse = nights.case
    assert worse.pk != first.pk
    verify(worse, is_true=False, days=20)
    decide(worse, "risk", days=20)
    assert nights.adopt(49, (REPEATED, "orange")) == 0
    assert nights.adopt(50, (REPEATED, "yellow")) == 0, "the yellow one cools off still"
    assert nights.adopt(60, (REPEATED, "yellow")) == 1


def test_a_case_that_rose_while_it_waited_is_not_agreed_to(nights: Nights) -> None:
    nights.adopt(0, (REPEATED, "yellow"))
    verify(nights.case)
    plan(nights.case)
    seen = nights.case.version
    nights.adopt(1, (REPEATED, "yellow"), (INTEREST, "red"))
    case = nights.case
    assert (case.state, case.is_raised, case.level) == ("planned", True, "red")
    with pytest.raises(StaleView):
        decide(case, "risk", seen=seen, days=1)
    with pytest.raises(IllegalMove):
        decide(case, "risk", days=1)
    decide(case, "risk", "refuse", reason="升级，重新核实", days=1)
    case.refresh_from_db()
    assert (case.state, case.is_raised, case.measures.count()) == ("open", False, 0)
    assert case.due_on == day_after(2).on


def test_a_double_click_is_one_deed_and_an_old_page_none(nights: Nights) -> None:
    nights.adopt(0, (PRINCIPAL, "orange"))
    case, key = nights.case, uuid4()
    seen = case.version
    for _twice in range(2):
        verify(case, key=key, seen=seen)
    assert CaseEntry.objects.filter(case=case, step="verified").count() == 1
    with pytest.raises(StaleView):
        verify(case, seen=seen)
    with pytest.raises(IllegalMove):
        verify(case)


@pytest.mark.parametrize(
    ("who", "reason", "evidence", "refusal"),
    [
        ("inspector", "属实", "流水", NotPermitted),
        ("approver", "属实", "流水", NotPermitted),
        ("officer", " ", "流水", ReasonMissing),
        ("officer", "属实", " ", FormWrong),
    ],
)
def test_who_may_verify_and_with_what(nights: Nights, who: str, reason: str, evidence: str, refusal: type) -> None:
    nights.adopt(0, (PRINCIPAL, "orange"))
    entries = AuditEntry.objects.count()
    with pytest.raises(refusal):
        case_verify(person(who), nights.case.pk, deed(nights.case, reason), is_true=True, evidence=evidence)
    assert nights.case.state == "open"
    assert AuditEntry.objects.count() == entries


def test_a_plan_has_measures_with_a_day_to_come(nights: Nights) -> None:
    nights.adopt(0, (PRINCIPAL, "orange"))
    case, on = nights.case, business_day(None).on
    verify(case)
    for measures in (
        [],
        [NewMeasure("nothing", "x", on + timedelta(days=1))],
        [NewMeasure("freeze", " ", on + timedelta(days=1))],
        [NewMeasure("freeze", "x", on)],
    ):
        with pytest.raises(FormWrong):
            plan_write(person("officer"), case.pk, deed(case), measures)
    assert case.measures.count() == 0


def test_nothing_is_done_on_a_past_day(nights: Nights) -> None:
    from dataclasses import replace  # noqa: PLC0415

    nights.adopt(0, (PRINCIPAL, "orange"))
    old = deed(nights.case)
    past = replace(old, day=replace(old.day, on=old.day.on - timedelta(days=1)))
    with pytest.raises(IllegalMove):
        case_verify(person("officer"), nights.case.pk, past, is_true=True, evidence="流水")
