"""Outside agencies: two people and every check, the debtor told before, the same gate, the ledger beside reports."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from messaging import opened

from postloan.desk.agency.actions import rules_on
from postloan.desk.agency.billing.commission import Worked, commission
from postloan.desk.agency.models import Agency, Bill, Placement, Reported
from postloan.desk.agency.placing.actions import placements_begin, placements_end
from postloan.desk.collection.models import Collected, CollectionCase
from postloan.desk.contact.models import Attempt
from postloan.desk.core.authority import today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AdoptedDay, AuditEntry, Officer
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.tokens.actions import token_issue
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.sending.actions import messages_send
from postloan.rules.agency_rules import Agencies, Schedule
from postloan.rules.desk_rules import load_desk_rules

NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
LICENCE = "91330100MA00000000"


class Clock:
    at = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, db: None) -> Clock:
    held = Clock()
    AdoptedDay.objects.update(adopted_at=NOON)  # a clock from before the last adoption is not believed
    monkeypatch.setattr("django.utils.timezone.now", lambda: held.at)
    return held


def form(**more: str) -> dict[str, str]:
    checks = {f"check_{each.check}": "已核查" for each in rules_on(business_day(None).on).checks}
    return checks | {
        "made_id": str(uuid4()), "name": "诚信资产管理有限公司", "licence": LICENCE,
        "line": "0571-88880000", "contract_no": "WW-2026-01",
        "begins_on": "2026-01-01", "ends_on": "2026-12-31", "schedule": "standard",
    } | more  # fmt: skip


@pytest.fixture
def agency(clock: Clock, logged_in: Callable[[str], Client]) -> Agency:
    """A listed agency with an account of its own."""
    assert logged_in("collection").post("/agencies/propose", form()).status_code == 302
    made = Agency.objects.get(licence=LICENCE)
    verdict = {"verdict": "agree", "version": made.version}
    assert logged_in("manager").post(f"/agencies/{made.pk}/decide", verdict).status_code == 302
    opened("chengxin", "outside_agency", head_office())
    assert logged_in("collection").post(f"/agencies/{made.pk}/account", {"account": "chengxin"}).status_code == 302
    made.refresh_from_db()
    return made


@pytest.fixture
def cases(clock: Clock) -> list[CollectionCase]:
    free = CollectionCase.objects.filter(state="open", form="person", placements=None)
    return list(free.order_by("-days_past_due", "pk")[:3])


@pytest.fixture
def running(
    agency: Agency, cases: list[CollectionCase], clock: Clock, logged_in: Callable[[str], Client], settings: Any,
    tmp_path: Path,
) -> list[Placement]:  # fmt: skip
    """The cases placed, their debtors told, and the placements begun."""
    settings.OUTBOX_FOLDER = str(tmp_path)
    Message.objects.update(state="cancelled")
    place(logged_in, agency, cases)
    sender = opened("outbox", "outbox_sender", head_office())
    assert messages_send(sender, most=10) == {"sent": len(cases)}
    clock.at += timedelta(days=3)
    assert placements_begin(day=business_day(None)) == len(cases)
    return list(agency.placements.order_by("pk"))


def place(logged_in: Callable[[str], Client], agency: Agency, cases: list[CollectionCase]) -> None:
    sent = {"ticked": [str(each.pk) for each in cases], "made_id": str(uuid4()), "reason": "长期未联系上"}
    for _twice in range(2):
        answer = logged_in("collection").post(f"/agencies/{agency.pk}/placed", sent)
        assert answer.status_code == 302, answer.content.decode()[:1500]


@pytest.mark.django_db
def test_an_agency_needs_every_check_and_a_second_person(clock, logged_in) -> None:
    client = logged_in("collection")
    assert client.post("/agencies/propose", form(check_staff="")).status_code == 400
    assert client.post("/agencies/propose", form(ends_on="2027-01-01")).status_code == 400
    key = str(uuid4())
    for _twice in range(2):
        assert client.post("/agencies/propose", form(made_id=key)).status_code == 302
    made = Agency.objects.get(licence=LICENCE)
    assert client.post("/agencies/propose", form()).status_code == 400, "one agency a licence"
    verdict = {"verdict": "agree", "version": made.version}
    assert client.post(f"/agencies/{made.pk}/decide", verdict).status_code == 403
    assert LICENCE not in client.get("/agencies/published/").content.decode()
    assert logged_in("risk").post(f"/agencies/{made.pk}/decide", verdict).status_code == 403, "of the whole bank"
    assert logged_in("manager").post(f"/agencies/{made.pk}/decide", verdict).status_code == 302
    assert "0571-88880000" in client.get("/agencies/published/").content.decode()
    told = json.loads(client.get("/agencies/published.json").content)["agencies"]
    assert LICENCE in {each["licence"] for each in told}


@pytest.mark.django_db
def test_the_debtor_is_told_before_the_placement_begins(agency, cases, clock, logged_in, settings, tmp_path) -> None:
    settings.OUTBOX_FOLDER = str(tmp_path)
    Message.objects.update(state="cancelled")
    place(logged_in, agency, cases)
    assert Placement.objects.filter(agency=agency, state="waiting").count() == len(cases)
    day = business_day(None)
    clock.at += timedelta(days=1)
    assert placements_begin(day=day) == 0, "nobody was told yet"
    assert {each.state for each in CollectionCase.objects.filter(pk__in=[each.pk for each in cases])} == {"open"}
    sender = opened("outbox", "outbox_sender", head_office())
    messages_send(sender, most=10)
    told = agency.placements.all()[0].told
    assert "诚信资产管理有限公司" in told.text
    assert placements_begin(day=day) == 0, "told today"
    clock.at += timedelta(days=2)
    assert placements_begin(day=day) == 0
    clock.at += timedelta(days=1)
    assert placements_begin(day=day) == len(cases)
    assert {each.state for each in CollectionCase.objects.filter(pk__in=[each.pk for each in cases])} == {"placed"}
    first = agency.placements.order_by("pk")[0]
    sent = {"reason": "客户要求", "version": first.version}
    assert logged_in("collection").post(f"/agencies/placements/{first.pk}/recall", sent).status_code == 302
    assert CollectionCase.objects.get(pk=first.case_id).state == "open"
    CollectionCase.objects.filter(pk=cases[1].pk).update(state="closed")
    assert placements_end(day=day) == 1
    assert "已收回" in logged_in("auditor").get("/agencies/placements/?tab=all").content.decode()


@pytest.mark.django_db
def test_a_message_that_never_went_out_takes_the_placement_back(agency, cases, logged_in, settings, tmp_path) -> None:
    settings.OUTBOX_FOLDER = str(tmp_path)
    place(logged_in, agency, cases[:1])
    Message.objects.filter(cause="agency").update(state="expired")
    assert placements_begin(day=business_day(None)) == 0
    assert agency.placements.get().state == "recalled"
    assert CollectionCase.objects.get(pk=cases[0].pk).state == "open"


@pytest.mark.django_db
def test_who_was_sent_a_notice_that_did_not_arrive_was_not_told(agency, cases, clock, logged_in, settings, tmp_path):
    settings.OUTBOX_FOLDER = str(tmp_path)
    Message.objects.update(state="cancelled")
    place(logged_in, agency, cases)
    messages_send(opened("outbox", "outbox_sender", head_office()), most=10)
    first, second, _third = agency.placements.order_by("pk")
    Message.objects.filter(pk=first.told_id).update(state="undelivered")
    Message.objects.filter(pk=second.told_id).update(state="delivered")
    day = business_day(None)
    assert placements_begin(day=day) == 0
    assert agency.placements.filter(state="waiting").count() == len(cases), "a later receipt may say that it arrived"
    clock.at += timedelta(days=3)
    assert placements_begin(day=day) == len(cases) - 1
    first.refresh_from_db()
    assert (first.state, first.begins_on, first.why) == ("recalled", None, "debtor not told")
    assert CollectionCase.objects.get(pk=first.case_id).state == "open"


@pytest.mark.django_db
def test_an_agency_whose_contract_is_over_begins_nothing(agency, cases, clock, logged_in, settings, tmp_path) -> None:
    settings.OUTBOX_FOLDER = str(tmp_path)
    Message.objects.update(state="cancelled")
    place(logged_in, agency, cases)
    messages_send(opened("outbox", "outbox_sender", head_office()), most=10)
    clock.at += timedelta(days=3)
    Agency.objects.update(ends_on=today() - timedelta(days=1))
    assert placements_begin(day=business_day(None)) == 0
    assert {each.why for each in agency.placements.all()} == {"contract ended"}


@pytest.fixture
def call(agency: Agency) -> Callable[..., Any]:
    account = Officer.objects.get(username="chengxin")
    expires_on = today() + timedelta(days=90)
    secret = token_issue(None, account, name="x", expires_on=expires_on, reason="test").secret

    def called(path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        if body is None:
            return Client().get(f"/api/{path}", headers=headers)
        return Client().post(f"/api/{path}", json.dumps(body), "application/json", headers=headers)

    return called


@pytest.mark.django_db
def test_an_agency_asks_the_same_gate_about_its_own_cases_alone(running, clock, call) -> None:
    mine = running[0]
    assert {each["debtor_id"] for each in call("agency/cases").json()} == {each.debtor_id for each in running}
    told = call(f"agency/cases/{mine.debtor_id}").json()
    own = next(each for each in told["points"] if each["role"] == "debtor")
    assert "*" in own["label"]
    body = {"id": str(uuid4()), "debtor_id": mine.debtor_id, "point": own["point"], "channel": "call"}
    answer = call("agency/ask", body).json()
    assert answer["is_allowed"], answer
    assert answer["to"].isdecimal()
    assert AuditEntry.objects.filter(action="agency.number_told").count() == 1
    closed = call("agency/outcome", {"id": body["id"], "outcome": "connected"})
    assert closed.status_code == 200, closed.content
    clock.at = clock.at.replace(hour=14, minute=30)
    late = call("agency/ask", body | {"id": str(uuid4())}).json()
    assert (late["is_allowed"], late["to"]) == (False, "")
    assert [each["rule"] for each in late["refused_by"]] == ["hours"]
    other = CollectionCase.objects.filter(state="open").exclude(pk__in=[each.case_id for each in running])[0]
    assert call(f"agency/cases/{other.debtor_id}").status_code == 404
    assert call("agency/ask", body | {"id": str(uuid4()), "debtor_id": other.debtor_id}).status_code == 404
    asked = {"id": str(uuid4()), "debtor_id": other.debtor_id, "point": f"feed:{other.debtor_id}", "channel": "call",
             "purpose": "collect"}  # fmt: skip
    assert call("contact/ask", asked).status_code == 404, "not by the bank's own door either"
    assert call(f"contact/points/{other.debtor_id}").status_code == 404
    assert Attempt.objects.filter(officer__username="chengxin").count() == 2


@pytest.mark.django_db
def test_an_agency_whose_contract_is_over_asks_no_more(running, clock, call) -> None:
    mine = running[0]
    body = {"id": str(uuid4()), "debtor_id": mine.debtor_id, "point": f"feed:{mine.debtor_id}", "channel": "call"}
    made = call("agency/ask", body).json()
    assert made["to"]
    Agency.objects.update(ends_on=today() - timedelta(days=1))
    assert call("agency/ask", body | {"id": str(uuid4())}).status_code == 404
    assert call(f"agency/cases/{mine.debtor_id}").status_code == 404
    assert call("agency/outcome", {"id": body["id"], "outcome": "connected"}).status_code == 200
    paid = {"ref": "P9", "debtor_id": mine.debtor_id, "paid_on": str(today()), "amount": "1.00"}
    assert call("agency/payments", [paid]).status_code == 200


@pytest.mark.django_db
def test_reports_are_held_against_the_ledger_and_a_bill_is_of_the_ledger(running, agency, call, logged_in) -> None:
    first, second, third = running
    day = business_day(None)
    Placement.objects.update(begins_on=day.on - timedelta(days=20))
    on = day.on - timedelta(days=2)
    Collected.objects.filter(case__in=[each.case_id for each in running]).delete()
    for each, cents in ((first, 100_001), (second, 33_333)):
        Collected.objects.create(case=each.case, on=on, team="x", amount_cents=cents)
    Collected.objects.create(case=third.case, on=day.on - timedelta(days=25), team="x", amount_cents=5)
    body = [
        {"ref": "P1", "debtor_id": first.debtor_id, "paid_on": str(on), "amount": "1000.01"},
        {"ref": "P2", "debtor_id": second.debtor_id, "paid_on": str(on), "amount": "400.00"},
    ]
    for _twice in range(2):
        assert call("agency/payments", body).status_code == 200
    assert Reported.objects.count() == 2
    page = logged_in("manager").get(f"/agencies/{agency.pk}/reconcile/").content.decode()
    assert "66.67" in page
    assert "1,333.34" in page
    asked = {"begins_on": str(day.on - timedelta(days=19)), "ends_on": str(day.on), "score": "70"}
    answer = logged_in("collection").post(f"/agencies/{agency.pk}/bill", asked)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    bill = Bill.objects.get()
    rules = rules_on(day.on).schedule("standard")
    assert rules
    exact = sum(
        2000 + cents * each.share_e8 // 10**8 for each, cents in ((first, 100_001), (second, 33_333), (third, 0))
    )
    assert abs(bill.total_cents - exact * 7 // 10) <= 2
    assert sum(each["paid_cents"] for each in bill.lines) == bill.total_cents
    assert logged_in("collection").post(f"/agencies/{agency.pk}/bill", asked).status_code == 400, "billed already"
    sent = {"verdict": "agree", "version": bill.version}
    assert logged_in("collection").post(f"/agencies/{agency.pk}/bills/{bill.pk}/decide", sent).status_code == 403
    assert logged_in("manager").post(f"/agencies/{agency.pk}/bills/{bill.pk}/decide", sent).status_code == 302
    assert Bill.objects.get().state == "agreed"
    assert logged_in("manager").get(f"/agencies/{agency.pk}/bills/{bill.pk}/").status_code == 200


@pytest.mark.django_db
def test_the_fee_for_a_case_is_paid_once_however_many_bills(running, agency, logged_in) -> None:
    on, client = business_day(None).on, logged_in("collection")
    Placement.objects.update(begins_on=on - timedelta(days=40))
    Collected.objects.filter(case__in=[each.case_id for each in running]).delete()
    days = [(39, 30, "refused"), (39, 30, "proposed"), (29, 20, "proposed"), (19, 10, "proposed")]
    for begins, ends, state in days:
        asked = {
            "begins_on": str(on - timedelta(days=begins)),
            "ends_on": str(on - timedelta(days=ends)),
            "score": "100",
        }
        answer = client.post(f"/agencies/{agency.pk}/bill", asked)
        assert answer.status_code == 302, answer.content.decode()[:1500]
        Bill.objects.filter(pk=Bill.objects.latest("pk").pk).update(state=state)
    fee = rules_on(on).schedule("standard").per_case_cents * len(running)
    paid = list(Bill.objects.order_by("pk").values_list("total_cents", flat=True))
    assert paid[0] == paid[1] > 0, "a bill that was turned down paid nothing"
    assert paid[1] == fee * SCHEDULE.quality_e8(100) // 10**8
    assert paid[2:] == [0, 0]


@pytest.mark.django_db
def test_who_falls_short_in_a_year_leaves_and_its_cases_come_back(running, agency, logged_in) -> None:
    client, year = logged_in("collection"), business_day(None).on.year
    assert client.get(f"/agencies/{agency.pk}/evaluate/").status_code == 200
    scores = {"score_compliance": "50", "score_complaints": "60", "score_reporting": "70", "score_recovery": "65"}
    sent = scores | {"year": str(year), "note": "两次超时联系"}
    assert client.post(f"/agencies/{agency.pk}/evaluated", sent | {"score_recovery": "101"}).status_code == 400
    assert client.post(f"/agencies/{agency.pk}/evaluated", sent).status_code == 302
    held = agency.evaluations.get()
    assert (held.total, held.result) == (59, "left")
    verdict = {"verdict": "agree", "version": held.version}
    answer = logged_in("manager").post(f"/agencies/{agency.pk}/evaluations/{held.pk}/decide", verdict)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    agency.refresh_from_db()
    assert agency.state == "left"
    assert {each.state for each in agency.placements.all()} == {"recalled"}
    assert not CollectionCase.objects.filter(state="placed").exists()
    assert LICENCE not in client.get("/agencies/published/").content.decode()
    assert "59" in client.get(f"/agencies/{agency.pk}/").content.decode()


SCHEDULE = load_desk_rules(None).version("agencies", Agencies, date(2026, 1, 1)).schedules[0]


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**8), st.booleans()), min_size=1, max_size=30),
    st.integers(0, 100),
)
def test_the_parts_of_a_commission_make_the_whole(cases: list[tuple[int, int, bool]], score: int) -> None:
    worked = [Worked(at, recovered, share, is_first) for at, (recovered, share, is_first) in enumerate(cases)]
    paid = commission(worked, SCHEDULE, score)
    exact = [
        ((SCHEDULE.per_case_cents if each.is_first else 0) * 10**8 + each.recovered_cents * each.share_e8)
        * SCHEDULE.quality_e8(score)
        for each in worked
    ]  # fmt: skip
    assert sum(paid.values()) == (2 * sum(exact) + 10**16) // (2 * 10**16)
    assert all(abs(paid[each.key] * 10**16 - part) < 10**16 for each, part in zip(worked, exact, strict=True))


@pytest.mark.parametrize("more", [{"per_case_cents": 0}, {"quality": [{"from_score": 0, "share": 1}]}])
def test_a_fee_by_the_sum_alone_is_refused(more: dict[str, Any]) -> None:
    told = SCHEDULE.model_dump(by_alias=True)
    told["bands"] = [{"from_days": 0, "share": "0.1"}]
    told["quality"] = [{"from_score": 0, "share": 0}, {"from_score": 60, "share": 1}]
    told["per_case"] = 20
    Schedule.model_validate(told)
    told |= {"per_case": 0} if "per_case_cents" in more else more
    with pytest.raises(ValueError, match="tied to the recovered sum alone"):
        Schedule.model_validate(told)
