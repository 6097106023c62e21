"""Every address is sent what is hostile: by nobody, from another site, and by who may, in every field and filter."""

import re
import uuid
from collections import Counter
from pathlib import Path
from random import Random

import polars as pl
import pytest
from deciding import person
from django.test import Client
from held_pages import WIDEST, opened, ours, things

import postloan
from every_address import EVERY, address
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.lists.asked import read_asked
from postloan.desk.core.lists.registry import lists
from postloan.desk.core.models import AuditEntry, Officer
from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIELDS = sorted(
    {
        name
        for page in Path(postloan.__file__).parent.rglob("templates/**/*.html")
        for name in re.findall(r'\bname="([a-z_]+)"', page.read_text(encoding="utf-8"))
    }
    | {"back", "next", "on", "page", "sort", "tab", "size", "q"}
)
HOSTILE = (
    "'; DROP TABLE core_officer; --",
    "../../../../etc/passwd",
    "{{ 7*7 }}{% load x %}${7*7}",
    "<script>alert(1)</script>",
    "9" * 40,
    "-1",
    "1e999999",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "长" * 20_000,
    "00000000-0000-0000-0000-000000000000",
)
PLAUSIBLE = {
    "made_id": str(uuid.uuid4()), "deed_id": str(uuid.uuid4()), "version": "0", "reason": "x", "amount": "1.00",
    "verdict": "agree", **dict.fromkeys(("on", "begins_on", "ends_on", "due_on", "expires_on"), "2026-01-31"),
}  # fmt: skip
_HOSTILE_SHARE, _BROKEN = 0.4, 500


@pytest.fixture
def filled(loans: pl.DataFrame) -> dict[str, str]:
    return things(loans)


def test_nobody_posts_anything(client, filled) -> None:
    before = AuditEntry.objects.count()
    for pattern, name, _view in ours():
        answer = client.post(address(pattern, filled), {"reason": "x"})
        assert answer.status_code in {302, 405}, (name, answer.status_code)
        assert answer.status_code == 405 or answer["Location"].startswith("/account/login/"), name
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("role", ["manager", "officer"])
def test_no_form_of_another_site_does_anything(role: str, filled) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Officer.objects.get(username=role))
    before = AuditEntry.objects.count()
    for pattern, name, _view in EVERY:
        if name in {"health", "metrics"} or name.startswith("api"):
            continue
        status = client.post(address(pattern, filled), {"reason": "x"}).status_code
        assert status == 403, (name, status)
    told = client.post("/api/contact/ask", "{}", content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (403, "PL-D01")
    assert AuditEntry.objects.count() == before


def told(chance: Random, method: str) -> dict[str, str]:
    """Every field of any form, some hostile and some as a form would send them, so that both are met deeper within.

    The day that a page is asked for is the last one: on another nothing is done.
    """
    most = 2000 if method == "get" else 20_000
    sent = {
        field: chance.choice(HOSTILE)[:most] if chance.random() < _HOSTILE_SHARE else PLAUSIBLE.get(field, "1")
        for field in FIELDS
    }
    return sent if method == "post" else sent | {"on": ""}


@pytest.mark.parametrize("method", [pytest.param("get", marks=pytest.mark.one_database), "post"])
def test_no_field_of_any_page_breaks_the_desk(method: str, logged_in, filled, request) -> None:
    chance = Random(7)  # noqa: S311 - the same each time
    statuses: Counter[int] = Counter()
    broken = []
    for place, name, client in opened(logged_in, filled):
        for _time in range(max(1, request.config.getoption("--fuzz") // 3)):
            sent = told(chance, method)
            answer = getattr(client, method)(place, sent)
            statuses[answer.status_code] += 1
            if answer.status_code >= _BROKEN:
                broken.append((name, place, sent))
    assert not broken
    assert statuses[200] + statuses[302] > 5, f"some of it is taken: {statuses}"


@pytest.mark.one_database
def test_no_part_of_an_address_breaks_the_desk(logged_in) -> None:
    client = logged_in("risk")
    client.raise_request_exception = False
    broken = []
    odd = ("%00", "..%2f..%2fetc%2fpasswd", "%2e%2e", "9" * 30, "'", "%ff%fe", "a" * 3000)
    for pattern, name, _view in ours():
        for value in odd:
            blanks = dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", pattern), value)
            answer = client.get(address(pattern, blanks))
            if answer.status_code >= _BROKEN:
                broken.append((name, value))
            assert b"root:x:" not in (b"" if answer.streaming else answer.content)
    assert not broken


@pytest.mark.parametrize("name", sorted(lists()))
def test_no_filter_and_no_order_breaks_a_list(name: str) -> None:
    listed = lists()[name]
    officer = next(found for found in map(person, WIDEST) if listed.action in actions_of(found))
    desk = Desk(officer, actions_of(officer), scope_of(officer, listed.action), None)
    form = listed.form(desk)
    source, refused, all_rows = listed.source(desk, form), 0, len(listed.source(desk, form).every({}, sort=form.order))
    for field in (*(each.name for each in form.filters), "sort", "tab", "page"):
        for value in HOSTILE:
            try:
                asked = read_asked(form, {field: value})
                found = source.read(asked.all_values(form), sort=asked.sort, offset=0, size=1)
            except FormWrong:
                refused += 1
            else:
                assert found.count <= all_rows, (field, value[:30])
    assert refused or not form.filters
