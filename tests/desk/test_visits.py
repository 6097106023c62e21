"""Visits: two people or none, the hours of the gate at planning and at the door, a route, photos, what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from collecting import rules
from deciding import person
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from inspection_walk import photo
from postloan.desk.collection.models import CollectionCase, CollectionEntry, Promise
from postloan.desk.contact.actions import NewPoint, point_add
from postloan.desk.contact.models import Attempt, ContactPoint, LedgerEntry
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Org, WorkItem
from postloan.desk.visit.actions import visits_take
from postloan.desk.visit.models import Visit
from postloan.plan.contact.parties import Party

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


class Clock:
    at = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: held.at)
    return held


@pytest.fixture
def case(clock: Clock) -> CollectionCase:
    """A case of a person that lies in the queue, with an address."""
    found = CollectionCase.objects.filter(state="open", form="person").order_by("pk")[0]
    CollectionCase.objects.filter(pk=found.pk).update(ready_at=NOON - timedelta(hours=1), held_by=None)
    at_home(found, "杭州市西湖区文三路1号")
    found.refresh_from_db()
    return found


def at_home(case: CollectionCase, plain: str) -> ContactPoint:
    party = Party(case.debtor_id, case.debtor_name, "debtor", "person", "330100", None)
    with transaction.atomic():
        return point_add(
            person("collector"), case.debtor_id, case.org_id, NewPoint(party, "address", plain, "合同"),
            day=business_day(None),
        )  # fmt: skip


@pytest.fixture
def plan(case: CollectionCase, logged_in: Callable[[str], Client]) -> Callable[..., Any]:
    def planned(**more: str) -> Any:
        point = ContactPoint.objects.get(debtor_id=case.debtor_id, kind="address")
        sent = {
            "made_id": str(uuid4()), "point": str(point.pk), "at": "2026-03-03T14:00", "lead": "collector",
            "second": "collector2", "purpose": "collect", "reason": "电话无人接听",
        }  # fmt: skip
        return logged_in("collector").post(f"/visits/of/{case.pk}/plan", sent | more)

    return planned


def check_in(client: Client, visit: Visit, **more: str) -> Visit:
    visit.refresh_from_db()
    sent = {"version": visit.version, "place": "文三路1号楼下", "latitude": "30.2741", "longitude": "120.1551"} | more
    assert client.post(f"/visits/{visit.pk}/check-in", sent).status_code == 302
    visit.refresh_from_db()
    return visit


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"second": ""}, "上门催收不少于2人"),
        ({"second": "collector"}, "上门催收不少于2人"),
        ({"at": "2026-03-03T22:00"}, "未经本人同意不得联系"),
        ({"at": "2026-03-04T07:59"}, "未经本人同意不得联系"),
    ],
)
def test_what_the_gate_would_refuse_is_not_planned(plan, more: dict[str, str], rule: str) -> None:
    answer = plan(**more)
    assert answer.status_code == 409, answer.status_code
    assert rule in answer.content.decode()
    assert "cn-cba-2026" in answer.content.decode()
    assert not Visit.objects.exists()


def test_a_visit_is_made_by_two_and_its_outcome_is_the_cases(plan, case, clock, logged_in) -> None:
    key = str(uuid4())
    for _twice in range(2):
        assert plan(made_id=key).status_code == 302
    visit = Visit.objects.get()
    assert WorkItem.objects.filter(kind="visit", state="open", officer=person("collector")).count() == 1
    assert plan(at="2026-03-03T16:00").status_code == 409, "one visit a day"
    client = logged_in("collector")
    assert "文三路" not in client.get("/visits/route/?day=2026-03-03").content.decode()
    assert "文三路1号" in client.post("/visits/route/addresses", {"day": "2026-03-03"}).content.decode()
    assert AuditEntry.objects.filter(action="visit.addresses_opened").count() == 1
    assert client.post(f"/visits/{visit.pk}/close", {"version": 1, "made_id": str(uuid4()), "key": "3", "note": "x"})
    assert Visit.objects.get().state == "planned"
    visit = check_in(client, visit)
    assert (visit.state, visit.latitude_e7, visit.longitude_e7) == ("under_way", 302_741_000, 1_201_551_000)
    assert LedgerEntry.objects.filter(kind="ask").latest("seq").told["going"] == ["collector", "collector2"]
    clock.at += timedelta(minutes=30)
    sent = {
        "version": visit.version, "made_id": str(uuid4()), "key": "1", "note": "本人在家，同意还款",
        "amount": f"{case.cure_cents // 100}.{case.cure_cents % 100:02d}",
        "due_on": str(business_day(None).on + timedelta(days=3)),
    }  # fmt: skip
    answer = client.post(f"/visits/{visit.pk}/close", sent)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    visit.refresh_from_db()
    assert (visit.state, visit.outcome) == ("done", "promised")
    assert Attempt.objects.get(pk=visit.attempt_id).outcome == "connected"
    assert Promise.objects.filter(case=case, state="open").exists()
    assert CollectionEntry.objects.filter(case=case, attempt=visit.attempt_id).count() == 1
    assert not WorkItem.objects.filter(kind="visit", state="open").exists()
    page = client.get(f"/visits/{visit.pk}/").content.decode()
    assert "本人在家" in page


def test_at_the_door_the_gate_is_asked_again(plan, case, clock, logged_in) -> None:
    plan(at="2026-03-03T21:30")
    clock.at = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
    client = logged_in("collector")
    visit = check_in(client, Visit.objects.get())
    assert (visit.state, visit.refused_by) == ("planned", "hours")
    assert "未经本人同意不得联系" in client.get(f"/visits/{visit.pk}/").content.decode()
    clock.at = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    client = logged_in("collector")
    client.post(f"/contacts/of/{case.debtor_id}/complain", {"made_id": str(uuid4()), "text": "不要上门"})
    assert check_in(client, visit).refused_by == "pause"
    other = logged_in("collection")
    sent = {"version": visit.version, "reason": "投诉"}
    assert other.post(f"/visits/{visit.pk}/cancel", sent).status_code == 302
    assert Visit.objects.get().state == "cancelled"


def test_a_photo_that_was_used_before_is_told(plan, case, clock, logged_in, settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    plan()
    first, client = Visit.objects.get(), logged_in("collector")

    def send(visit: Visit, content: bytes) -> int:
        file = SimpleUploadedFile("door.jpg", content, "image/jpeg")
        return int(logged_in("collector").post(f"/visits/{visit.pk}/photos", {"file": file}).status_code)

    assert send(first, photo()) == 409
    check_in(client, first)
    assert send(first, photo()) == 302
    assert send(first, b"no photo") == 400
    clock.at += timedelta(days=1)
    assert plan(at="2026-03-04T14:00").status_code == 302
    second, client = Visit.objects.exclude(pk=first.pk).get(), logged_in("collector")
    check_in(client, second)
    assert send(second, photo()) == 302
    page = client.get(f"/visits/{second.pk}/").content.decode()
    assert "与 2026-03-03 的上门照片相同" in page
    held = second.photos.get()
    shown = client.get(f"/visits/{second.pk}/photos/{held.pk}/small")
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    assert client.get(f"/visits/{first.pk}/photos/{held.pk}/fetch").status_code == 404
    assert "待上门" in client.get("/visits/?tab=all").content.decode()


def test_a_debtor_who_was_cured_is_visited_no_more(plan, case, clock, logged_in) -> None:
    plan()
    client, visit = logged_in("collector"), Visit.objects.get()
    CollectionCase.objects.filter(pk=case.pk).update(state="closed", closed_why="cured")
    sent = {"version": visit.version, "place": "文三路1号楼下"}
    answer = client.post(f"/visits/{visit.pk}/check-in", sent)
    assert answer.status_code == 409, answer.status_code
    assert not LedgerEntry.objects.filter(kind="ask").exists()
    for _twice in range(2):
        visits_take(business_day(None))
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert WorkItem.objects.filter(kind="visit", state="gone").count() == 1
    assert AuditEntry.objects.filter(action="visits.taken").count() == 1


@pytest.mark.parametrize("state", ["closed", "placed"])
def test_what_came_of_a_visit_is_told_though_its_case_left_the_queue(plan, case, clock, logged_in, state: str) -> None:
    plan()
    client = logged_in("collector")
    visit = check_in(client, Visit.objects.get())
    CollectionCase.objects.filter(pk=case.pk).update(state=state)
    visits_take(business_day(None))
    key = next(each.key for each in rules().outcomes if each.outcome == "refused")
    sent = {"version": visit.version, "made_id": str(uuid4()), "key": key, "note": "已还清"}
    answer = client.post(f"/visits/{visit.pk}/close", sent)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    visit.refresh_from_db()
    assert (visit.state, visit.outcome) == ("done", "refused")
    assert Attempt.objects.get(pk=visit.attempt_id).outcome == "connected"
    assert CollectionEntry.objects.get(case=case, attempt=visit.attempt_id).text == "已还清"
    assert CollectionCase.objects.get(pk=case.pk).state == state
    assert not WorkItem.objects.filter(kind="visit", state="open").exists()


def test_a_visit_lies_in_the_office_of_its_case(plan, case) -> None:
    plan()
    office = Org.objects.exclude(pk=case.org_id).filter(level="sub_branch").first()
    CollectionCase.objects.filter(pk=case.pk).update(org=office)
    visits_take(business_day(None))
    assert Visit.objects.get().org == office
    assert WorkItem.objects.get(kind="visit").org == office
