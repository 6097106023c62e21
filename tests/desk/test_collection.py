"""Collection at the desk: cases by the night, the queue, contacts through the gate, promises, complaints, courts."""

from datetime import timedelta
from uuid import uuid4

import polars as pl
import pytest
from collecting import LATE, NOON, Clock, Night, asked, noted, promised, rules, taken, work_desk
from deciding import person

from postloan.desk.collection.court.actions import case_place, case_take_back, court_decide, court_propose
from postloan.desk.collection.deeds.actions import Promised, contact_note
from postloan.desk.collection.models import Collected, CollectionCase, CollectionEntry, Promise, Roll, Seat
from postloan.desk.collection.performance import lines_of, rolls_told, trials_told
from postloan.desk.collection.queue.actions import case_next, case_put_back
from postloan.desk.collection.seats.actions import cases_assign, seat_set
from postloan.desk.contact.models import Attempt, Complaint, LedgerEntry
from postloan.desk.contact.protections.actions import complaint_answer
from postloan.desk.core.authority import scope_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Org, WorkItem
from postloan.desk.core.pages import Desk
from postloan.errors import ContactClosed, FormWrong, IllegalMove, NotPermitted, SamePerson, StaleView
from postloan.plan.collection import past_due, received
from postloan.plan.contact.parties import opened_point

pytestmark = pytest.mark.django_db
RUNNING = CollectionCase.RUNNING


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """One clock for all of the desk; every case's turn has come by it."""
    held = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: held.at)
    CollectionCase.objects.update(ready_at=NOON)
    return held


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Night:
    """Nights as a test wants them."""
    return Night(monkeypatch)


def desk_for(who: str) -> Desk:
    return Desk(person(who), frozenset({"collection.read"}), scope_of(person(who), "collection.read"), None)


def test_the_night_opens_one_case_a_debtor_and_the_same_day_twice_is_once(night) -> None:
    day = business_day(None)
    late = past_due(day.home, day.on)
    running = CollectionCase.objects.filter(state__in=RUNNING)
    assert sorted(running.values_list("debtor_id", flat=True)) == late["debtor_id"].to_list()
    assert dict(running.values_list("debtor_id", "cure_cents")) == dict(late.select("debtor_id", "cure_cents").rows())
    before = (CollectionCase.objects.count(), CollectionEntry.objects.count(), Roll.objects.count())
    assert night.falls(0) == day.__class__(day.home, day.on, "night-0", day.on)
    assert (CollectionCase.objects.count(), CollectionEntry.objects.count(), Roll.objects.count()) == before
    assert Collected.objects.filter(on=day.on).count() == Collected.objects.filter(on=day.on).distinct().count()


def test_who_is_cured_is_closed_with_the_day_and_who_falls_again_gets_a_new_case(night) -> None:
    case = CollectionCase.objects.filter(state="open").first()
    row = night.late.filter(debtor_id=case.debtor_id)
    night.pays(case.debtor_id, 12_345)
    night.cured(case.debtor_id)
    day = night.falls(1)
    case.refresh_from_db()
    assert (case.state, case.closed_why, case.closed_on, case.cure_cents) == ("closed", "cured", day.on, 0)
    assert case.collected_cents >= 12_345
    assert Collected.objects.get(case=case, on=day.on).amount_cents == 12_345
    roll = Roll.objects.get(on=day.on, org=case.org, team=case.team, bucket=case.bucket, bucket_to="M0")
    assert roll.case_count == 1
    night.falls(1)
    assert Collected.objects.get(case=case, on=day.on).amount_cents == 12_345
    night.late = night.late.vstack(row)
    night.falls(2)
    again = CollectionCase.objects.get(debtor_id=case.debtor_id, state="open")
    assert again.pk != case.pk
    assert again.opened_on == day.on + timedelta(days=1)


def test_what_came_in_while_a_cured_case_waits_for_agreement_is_counted_once(clock, night) -> None:
    case = taken()
    court_propose(person("collector"), case.pk, reason="失联", seen_version=case.version, day=business_day(None))
    night.pays(case.debtor_id, 12_345)
    night.cured(case.debtor_id)
    for days in (1, 2):
        night.falls(days)
    CollectionCase.objects.filter(pk=case.pk).update(state="court")
    night.falls(3)
    case.refresh_from_db()
    assert (case.state, case.closed_why) == ("closed", "cured")
    assert list(Collected.objects.filter(case=case).values_list("amount_cents", flat=True)) == [12_345]
    assert case.collected_cents == 12_345


def test_a_day_costs_a_few_questions_however_many_cases(night, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(60):
        night.falls(1)


def test_a_new_step_brings_a_case_back_and_another_segment_moves_it(night, clock) -> None:
    case = CollectionCase.objects.filter(state="open", team="early").first()
    CollectionCase.objects.filter(pk=case.pk).update(ready_at=clock.at + timedelta(days=9))
    night.says(case.debtor_id, days_past_due=40, bucket="M2")
    night.falls(30)
    case.refresh_from_db()
    assert (case.segment, case.team, case.strategy, case.step_days) == ("person_middle", "late", "firm", 40)
    assert case.ready_at == clock.at
    assert case.officer == person("collector")
    assert case.entries.filter(step="step").exists()


def test_a_case_that_the_book_moves_lies_in_its_office_and_is_nobodys(night, clock) -> None:
    case = taken()
    noted(case, "1", promised=promised(case))
    clock.forward(minutes=1)
    office = Org.objects.exclude(pk__in=[case.org_id, *case.org.above]).filter(level="sub_branch").first()
    night.says(case.debtor_id, org_id=office.pk)
    Seat.objects.filter(officer=person("collector")).update(is_on=False)
    day = night.falls(1)
    case.refresh_from_db()
    assert (case.org, case.held_by) == (office, None)
    assert case.officer is None or office.pk in scope_of(case.officer, "collection.work")
    assert case.officer != person("collector")
    assert case.entries.filter(step="moved").count() == 1
    assert Promise.objects.get(case=case).org == office
    night.falls(1)
    assert case.entries.filter(step="moved").count() == 1
    night.says(case.debtor_id, org_id="nowhere")
    night.falls(2)
    assert CollectionCase.objects.get(pk=case.pk).org == office, "an office that no feed named"
    assert day.on


def test_a_suit_that_waits_follows_its_debtor_to_another_office(night, clock) -> None:
    case = taken()
    court_propose(person("collector"), case.pk, reason="失联", seen_version=case.version, day=business_day(None))
    office = Org.objects.exclude(pk__in=[case.org_id, *case.org.above]).filter(level="sub_branch").first()
    night.says(case.debtor_id, org_id=office.pk)
    night.falls(1)
    case.refresh_from_db()
    assert (case.state, case.org, case.approval.org) == ("proposed", office, office)
    waiting = WorkItem.objects.filter(subject__startswith=f"case:{case.approval_id}:", state="open")
    assert set(waiting.values_list("org_id", flat=True)) <= {office.pk}


def test_caps_and_capacity_hold_and_what_is_left_stays_in_the_pool(night) -> None:
    CollectionCase.objects.filter(state="open").update(officer=None)
    Seat.objects.filter(officer=person("collector")).update(cap=3)
    cases_assign(rules())
    mine = CollectionCase.objects.filter(officer=person("collector"), state="open")
    assert mine.count() == 3
    pool = CollectionCase.objects.filter(officer=None, state="open", team="late")
    assert min(mine.values_list("priority", flat=True)) >= max(pool.values_list("priority", flat=True))
    assert taken("collector").officer == person("collector")
    assert not CollectionCase.objects.filter(officer=person("collector")).exclude(team="late").exists()


def test_the_next_case_is_the_most_urgent_and_stays_until_it_is_worked(clock) -> None:
    first = taken()
    mine = CollectionCase.objects.filter(officer=person("collector"), state="open").order_by("-priority", "pk")
    assert first.pk == mine.first().pk
    assert taken().pk == first.pk
    worked = noted(first, "2")
    assert worked.held_by is None
    assert worked.ready_at == clock.at + timedelta(minutes=120)
    second = taken()
    assert second.pk != first.pk
    case_put_back(person("collector"), second.pk, until=None, reason="稍后", day=business_day(None))
    assert taken().pk not in {first.pk, second.pk}
    with pytest.raises(FormWrong):
        case_next(work_desk("officer"))


def test_a_call_at_half_past_ten_is_refused_and_the_case_is_not_worked(clock, logged_in) -> None:
    case = taken()
    clock.at = LATE
    client = logged_in("collector")
    sent = {"point": f"feed:{case.debtor_id}", "channel": "call", "purpose": "collect", "made_id": str(uuid4())}
    answer = client.post(f"/collection/{case.pk}/ask", sent)
    page = client.get(answer.url).content.decode()
    assert "不得联系" in page
    assert "2026-03-04 08:00" in page
    attempt = Attempt.objects.get(pk=sent["made_id"])
    assert LedgerEntry.objects.get(seq=attempt.seq).told["refused_by"] == ["hours"]
    with pytest.raises(ContactClosed):
        contact_note(person("collector"), case.pk, attempt.pk, "2", entry_id=uuid4(), note="", promised=None,
                     day=business_day(None))  # fmt: skip
    back = client.post(f"/collection/{case.pk}/put-back", {"attempt": str(attempt.pk), "reason": "时段"})
    assert back.status_code == 302
    case.refresh_from_db()
    assert case.ready_at == attempt.allowed_from


def test_the_page_of_a_case_shows_the_number_once_the_gate_allowed_it(clock, logged_in) -> None:
    case, client = taken(), logged_in("collector")
    sent = {"point": f"feed:{case.debtor_id}", "channel": "call", "purpose": "collect", "made_id": str(uuid4())}
    answer = client.post(f"/collection/{case.pk}/ask", sent)
    number = opened_point(business_day(None).home, Attempt.objects.get(pk=sent["made_id"]).point.sealed)
    assert number in client.get(answer.url).content.decode()
    assert AuditEntry.objects.filter(action="contact.number_told", officer="collector").count() == 1
    assert number not in client.get(f"/collection/{case.pk}/").content.decode()
    assert number not in logged_in("collection").get(answer.url).content.decode()


def test_an_outcome_is_one_key_and_twice_is_once(clock, logged_in) -> None:
    case, client = taken(), logged_in("collector")
    attempt, made = asked(case), str(uuid4())
    page = client.get(f"/collection/{case.pk}/?attempt={attempt.pk}").content.decode()
    assert 'data-key-press="1"' in page
    assert 'data-key-press="8"' not in page
    sent = {"attempt": str(attempt.pk), "made_id": made, "key": "3", "note": "不还"}
    assert client.post(f"/collection/{case.pk}/outcome", sent).status_code == 302
    assert client.post(f"/collection/{case.pk}/outcome", sent).status_code == 302
    entry = CollectionEntry.objects.get(pk=made)
    assert (entry.outcome, entry.attempt_id, entry.text) == ("refused", attempt.pk, "不还")
    assert Attempt.objects.get(pk=attempt.pk).outcome == "connected"
    assert AuditEntry.objects.filter(action="collection.contacted").count() == 1


@pytest.mark.parametrize(
    ("paid", "days", "state"),
    [(100, 1, "kept"), (95, 3, "kept"), (94, 3, "open"), (94, 4, "partial"), (30, 4, "partial"), (29, 4, "broken"),
     (0, 3, "open"), (0, 4, "broken")],
)  # fmt: skip
def test_a_promise_is_followed_by_the_nights(night, clock, paid: int, days: int, state: str) -> None:
    # Five hundredths may be missing; a payment counts until the day after; less than three tenths is nothing.
    case = taken()
    case.cure_cents = 1_000_00
    CollectionCase.objects.filter(pk=case.pk).update(cure_cents=1_000_00)
    held = noted(case, "1", promised=promised(case))
    assert held.ready_at > clock.at
    night.pays(case.debtor_id, 1_000_00 * paid // 100)
    day = night.falls(days)
    made = Promise.objects.get(case=case)
    assert made.state == state
    after = CollectionCase.objects.get(pk=case.pk)
    assert (after.kept_count, after.broken_count) == (int(state == "kept"), int(state == "broken"))
    assert after.priority == held.priority + (30 if state == "broken" else 0)
    if state != "open":
        assert (made.paid_cents, made.judged_on, after.ready_at) == (1_000_00 * paid // 100, day.on, clock.at)
        assert after.entries.filter(step=state).count() == 1
        night.falls(days)
        assert Promise.objects.get(case=case).version == made.version


def test_what_is_paid_on_a_loan_that_is_not_past_due_keeps_no_promise(night, clock) -> None:
    ids = CollectionCase.objects.filter(state="open").values_list("debtor_id", flat=True)
    loans = received(night.first.home, night.first.on, list(ids))
    healthy = loans.filter(pl.col("is_active"), ~pl.col("is_late"))
    debtor_id, other = healthy.select("debtor_id", "loan_id").row(0)
    case = CollectionCase.objects.get(debtor_id=debtor_id, state="open")
    before_cents, day = case.collected_cents, night.first
    promise = Promise.objects.create(
        case=case, org=case.org, state="open", team=case.team, debtor_id=debtor_id, made_on=day.on,
        made_by=person("collector"), amount_cents=2_000_00, due_on=day.on + timedelta(days=3),
        base_cents=case.collected_cents,
    )  # fmt: skip
    night.pays(debtor_id, 10_000_00, other)
    night.falls(1)
    case.refresh_from_db()
    promise.refresh_from_db()
    assert (promise.state, case.collected_cents) == ("open", before_cents)
    assert not Collected.objects.filter(case=case, on=day.on + timedelta(days=1)).exists(), "and earns nobody anything"
    night.pays(debtor_id, 2_000_00)
    night.falls(2)
    case.refresh_from_db()
    promise.refresh_from_db()
    assert (promise.state, promise.paid_cents) == ("kept", 2_000_00)
    assert case.collected_cents == before_cents + 2_000_00


def test_a_promise_is_kept_where_the_debtor_is_cured_and_another_replaces_it(night, clock) -> None:
    case = taken()
    noted(case, "1", promised=promised(case, days=3))
    clock.forward(minutes=1)
    CollectionCase.objects.filter(pk=case.pk).update(ready_at=clock.at)
    noted(case, "1", promised=promised(case, days=9))
    assert sorted(Promise.objects.values_list("state", flat=True)) == ["open", "replaced"]
    night.cured(case.debtor_id)
    night.falls(1)
    assert Promise.objects.filter(case=case, state="kept").count() == 1
    case.refresh_from_db()
    assert (case.state, case.kept_count) == ("closed", 1)


def test_a_promise_is_worth_something_and_near(clock) -> None:
    case = taken()
    day = business_day(None)
    wrong = [
        None, Promised(case.cure_cents // 10 - 1, day.on), Promised(case.cure_cents, day.on - timedelta(days=1)),
        Promised(case.cure_cents, day.on + timedelta(days=16)),
        Promised(case.cure_cents + case.exposure_cents + 1, day.on),
    ]  # fmt: skip
    attempt = asked(case)
    for given in wrong:
        with pytest.raises(FormWrong):
            contact_note(person("collector"), case.pk, attempt.pk, "1", entry_id=uuid4(), note="", promised=given,
                         day=day)  # fmt: skip
    assert not Attempt.objects.get(pk=attempt.pk).outcome
    assert not Promise.objects.exists()


def test_a_complaint_keeps_a_case_waiting_until_it_is_answered(clock) -> None:
    case = taken()
    noted(case, "7", note="半夜来电")
    complaint = Complaint.objects.get(debtor_id=case.debtor_id)
    CollectionCase.objects.filter(pk=case.pk).update(ready_at=clock.at)
    other = taken()
    assert other.pk != case.pk
    assert asked(case).refused_by == "pause"
    complaint_answer(person("collection"), complaint.pk, answer="已核实", seen_version=complaint.version,
                     day=business_day(None))  # fmt: skip
    noted(other, "3")
    assert taken().pk == case.pk


def test_a_case_goes_to_court_by_two_people_and_leaves_the_queue(clock, night, logged_in) -> None:
    day = business_day(None)
    case = taken()
    court_propose(person("collector"), case.pk, reason="失联", seen_version=case.version, day=day)
    case.refresh_from_db()
    assert case.state == "proposed"
    assert taken().pk != case.pk
    with pytest.raises((SamePerson, NotPermitted)):
        court_decide(person("collector"), case.pk, "agree", seen_version=case.approval.version, reason="", day=day)
    shown = logged_in("collection").get(f"/collection/{case.pk}/").content.decode()
    assert "同意 (a)" in shown
    court_decide(person("collection"), case.pk, "agree", seen_version=case.approval.version, reason="", day=day)
    case.refresh_from_db()
    assert case.state == "court"
    night.cured(case.debtor_id)
    night.falls(1)
    case.refresh_from_db()
    assert (case.state, case.closed_why) == ("closed", "cured")


def test_a_suit_that_is_turned_down_comes_back_and_an_agency_gives_back(clock) -> None:
    day, case = business_day(None), taken()
    court_propose(person("collector"), case.pk, reason="失联", seen_version=case.version, day=day)
    case.refresh_from_db()
    court_decide(person("collection"), case.pk, "refuse", seen_version=case.approval.version, reason="再谈", day=day)
    case.refresh_from_db()
    assert case.state == "open"
    with pytest.raises(NotPermitted):
        case_place(person("collector"), case.pk, reason="委外", seen_version=case.version, day=day)
    case_place(person("collection"), case.pk, reason="委外", seen_version=case.version, day=day)
    with pytest.raises(StaleView):
        case_take_back(person("collection"), case.pk, reason="退案", seen_version=case.version, day=day)
    case.refresh_from_db()
    with pytest.raises(IllegalMove):
        noted(case, "2")
    case_take_back(person("collection"), case.pk, reason="退案", seen_version=case.version, day=day)
    case.refresh_from_db()
    assert (case.state, case.officer) == ("open", None)


def test_a_seat_that_is_off_gives_its_cases_back(logged_in) -> None:
    seat, client = Seat.objects.get(officer=person("collector")), logged_in("collection")
    sent = {"team": "early", "cap": "", "version": str(seat.version)}
    assert client.post(f"/collection/seats/{seat.officer_id}", sent).status_code == 302
    assert not CollectionCase.objects.filter(officer=person("collector"), state="open").exists()
    assert client.post(f"/collection/seats/{seat.officer_id}", sent).status_code == 409
    with pytest.raises(NotPermitted):
        seat_set(person("collector"), person("collector2"), team="early", is_on=True, cap=None, seen_version=1,
                 day=business_day(None))  # fmt: skip
    assert AuditEntry.objects.filter(action="collection.seat_set", officer="collection").count() == 4


def test_performance_counts_what_was_done(clock, night) -> None:
    case = taken()
    noted(case, "1", promised=promised(case))
    noted(taken(), "2")
    night.pays(case.debtor_id, case.cure_cents)
    night.cured(case.debtor_id)
    day = night.falls(1)
    lines = lines_of(desk_for("collection"), business_day(None).on, day.on)
    mine = next(line for line in lines if line.officer == person("collector").name)
    team = next(line for line in lines if line.is_team and line.team == mine.team)
    assert (mine.contacts, mine.reached, mine.promises, mine.kept, mine.cured) == (2, 1, 1, 1, 1)
    assert team.collected_cents >= mine.collected_cents == case.cure_cents
    rolls = rolls_told(desk_for("collection"), day.on, day.on)
    assert all(abs(sum(line.shares.values()) - 1) < 1e-9 for line in rolls)
    assert {told.trial.trial for told in trials_told(desk_for("collection"))} == {"first_day_call"}


def test_every_page_answers(logged_in) -> None:
    case = CollectionCase.objects.filter(state="open").first()
    for who in ("collector", "collection", "auditor"):
        for path in ("", "promises", "performance", "strategies", f"{case.pk}/", "?tab=closed"):
            assert logged_in(who).get(f"/collection/{path}").status_code == 200, (who, path)
    officer = logged_in("officer")
    far = CollectionCase.objects.exclude(org=person("officer").org).first()
    assert officer.get(f"/collection/{far.pk}/").status_code == 404
