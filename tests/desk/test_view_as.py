"""View-as: the desk as another officer sees it, within one's own offices, read only everywhere, and written down."""

from datetime import timedelta

import pytest
from deciding import person
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from test_every_address import EVERY, address, filled, is_a_librarys  # noqa: F401 - a fixture

from postloan.desk.core.authority import actions_of
from postloan.desk.core.models import AuditEntry, Grant, Officer
from postloan.desk.core.viewing import may_view_as

pytestmark = pytest.mark.django_db
ROLES = (
    "officer", "auditor", "collection",
    *(
        pytest.param(role, marks=[pytest.mark.one_database, pytest.mark.slow])
        for role in (
            "inspector", "risk", "approver", "manager", "supervisor", "modeller", "preserver", "collateral",
            "collector", "admin",
        )
    ),
)  # fmt: skip
STILL_DONE = {"core:view_as_end", "account_logout", "set_language"}


def begin(client: Client, username: str, reason: str = "核对权限") -> int:
    return client.post("/view-as/", {"username": username, "reason": reason}).status_code


def seen(client: Client) -> str:
    return client.get("/").content.decode()


def told() -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(action__startswith="view_as.").order_by("seq")
    return [(each.action, each.officer, each.told["seen_as"]) for each in found]


@pytest.mark.parametrize("viewer", ROLES)
def test_who_may_look_as_others(logged_in, viewer: str) -> None:
    client, is_granted = logged_in(viewer), viewer in {"admin", "manager"}
    other = "officer" if viewer != "officer" else "risk"
    assert begin(client, other) == (302 if is_granted else 403)
    assert ("的视角查看，只读" in seen(client)) == is_granted
    assert told() == ([("view_as.begun", viewer, other)] if is_granted else [])


@pytest.mark.slow
@pytest.mark.parametrize("other", ROLES)
def test_every_page_is_the_others_and_none_does_anything(logged_in, filled, other: str) -> None:  # noqa: F811
    client = logged_in("manager")
    Grant.objects.filter(officer=person("manager"), action="officer.view_as").update(org=head())
    if other == "manager":
        return
    assert begin(client, other) == 302
    held, before = actions_of(person(other)), everything()
    for pattern, name, view in EVERY:
        action, where = getattr(view, "action", None), address(pattern, filled)
        if name not in STILL_DONE:
            assert client.post(where).status_code in {404, 405, 409}, name
        if action is None:
            continue
        status = client.get(where).status_code
        assert status < 500, (name, status)
        if action not in held:
            assert status in {403, 405, 409}, (name, status)
        elif name not in {"core:exports", "core:export_fetch"}:
            assert status not in {403, 409}, (name, status)
    assert everything() == before


def head() -> object:
    from postloan.desk.core.models import Org  # noqa: PLC0415

    return Org.objects.filter(parent=None).first()


def everything() -> dict[str, int]:
    """How many rows each table holds, and where the audit chain ends."""
    from django.apps import apps  # noqa: PLC0415

    counts = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    counts.pop("sessions.Session", None)
    return counts | {"officers": hash(tuple(Officer.objects.order_by("pk").values_list()))}


def test_a_write_that_a_page_would_make_is_refused_too(logged_in, monkeypatch: pytest.MonkeyPatch) -> None:
    from postloan.desk.core.actions import record_alone  # noqa: PLC0415
    from postloan.desk.worklist import views  # noqa: PLC0415

    monkeypatch.setattr(views, "open_by_kind", lambda desk, **_: [record_alone(desk.officer, "sneaked", "x")][1:])
    client = logged_in("admin")
    assert begin(client, "officer") == 302
    assert client.get("/").status_code == 409
    assert not AuditEntry.objects.filter(action="sneaked").exists()
    client.post("/view-as/end")
    assert client.get("/").status_code == 200
    assert AuditEntry.objects.filter(action="sneaked").count() == 1


def test_it_ends_when_asked_at_logging_out_and_by_itself(logged_in) -> None:
    client = logged_in("admin")
    begin(client, "officer")
    assert client.post("/view-as/end").status_code == 302
    assert "只读" not in seen(client)
    begin(client, "risk")
    session = client.session
    session["view_as_ends"] = (timezone.now() - timedelta(seconds=1)).isoformat()
    session.save()
    assert "只读" not in seen(client)
    said = [("view_as.begun", "admin"), ("view_as.ended", "admin")]
    assert told() == [(action, who, other) for other in ("officer", "risk") for action, who in said]
    begin(client, "approver")
    client.post("/account/logout/")
    assert AuditEntry.objects.get(action="session.closed").told["view_as"] == person("approver").pk


def test_it_ends_with_the_grant_that_allowed_it(logged_in) -> None:
    client = logged_in("admin")
    begin(client, "officer")
    Grant.objects.filter(officer=person("admin"), action="officer.view_as").delete()
    assert "只读" not in seen(client)
    assert told()[-1] == ("view_as.ended", "admin", "officer")


def test_nobody_looks_beyond_his_own_offices_or_without_a_reason(logged_in) -> None:
    branch, officer = person("risk").org, person("officer")
    manager = person("manager")
    Grant.objects.filter(officer=manager, action="officer.view_as").update(org=branch)
    assert may_view_as(manager, officer)
    assert not may_view_as(manager, manager)
    assert not may_view_as(manager, person("auditor"))  # of head office
    Grant.objects.create(officer=officer, action="loan.read", org=head(), role="x", begins_on="2021-01-01")
    assert not may_view_as(manager, officer)  # sees more than the branch
    client = logged_in("manager")
    assert begin(client, "officer") == 403
    assert begin(client, "risk", reason=" ") == 400
    assert begin(client, "nobody") == 400
    Officer.objects.filter(username="risk").update(is_active=False)
    assert begin(client, "risk") == 403
    assert told() == []


def test_what_is_masked_stays_masked(logged_in, loans) -> None:
    debtor = loans["debtor_id"][0]
    client = logged_in("admin")
    Grant.objects.filter(officer=person("admin"), action="officer.view_as").update(org=head())
    assert begin(client, "auditor") == 302
    for field in ("phone", "id_number"):
        where = reverse("book:personal", args=[debtor, field])
        assert "***" in client.get(where).content.decode()
        assert client.post(where, {"reason": "看看"}).status_code == 409
    assert not AuditEntry.objects.filter(action="debtor.unmasked").exists()
