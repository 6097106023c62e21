"""The interface asked what it describes and what it does not, by every role in two offices and with guessed numbers.

No answer is a fault of ours, each is as its description says, none tells of a debtor outside the caller's offices, and
who only reads writes nothing but the audit chain.  --fuzz 200 asks more of the same.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from callers import Caller, every_caller, message_to, offices
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from ninja.utils import normalize_path
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from zeal import zeal_ignore

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.authority import actions_of
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Org
from postloan.desk.core.officers.queries import orgs_below
from postloan.site.api import api
from postloan.site.wsgi import application

pytestmark = pytest.mark.django_db

ACTIONS = {
    "GET /api/lending/{debtor_id}": "lending.read",
    "POST /api/events": "event.post",
    "POST /api/contact/ask": "contact.ask",
    "POST /api/contact/outcome": "contact.ask",
    "GET /api/contact/points/{debtor_id}": "contact.ask",
    "GET /api/contact/made/{debtor_id}": "contact.read",
    "POST /api/outbox/receipts": "outbox.receipt",
    "GET /api/outbox/messages/{message_id}": "outbox.receipt",
    "GET /api/agency/cases": "agency.report",
    "GET /api/agency/cases/{debtor_id}": "agency.report",
    "POST /api/agency/ask": "agency.report",
    "POST /api/agency/outcome": "agency.report",
    "POST /api/agency/payments": "agency.report",
}
ID = "0b5d7c1e-0f0a-4a55-9d8c-2f6f8f3b7a10"
AUDIT = {"core_auditentry", "core_audithead"}
WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
WORDS = re.compile(r"[A-Za-z0-9]+")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    negative_data_rejection,
]  # fmt: skip
_REFUSED = 400
_ATTEMPT: dict[str, object] = {"id": ID, "outcome": "connected"}
_ASK: dict[str, object] = {"id": ID, "debtor_id": "x", "point": "1", "channel": "call"}
_RECEIPT = {"message_id": ID, "ref": "1", "outcome": "delivered", "at": "2026-01-01T00:00:00Z"}
_EVENT = {"event_id": "e", "happened_on": "2026-01-01", "source": "court", "text": "x"}
BODIES: dict[str, object] = {
    "POST /api/events": {"events": [_EVENT]},
    "POST /api/contact/ask": _ASK | {"purpose": "collect"},
    "POST /api/contact/outcome": _ATTEMPT,
    "POST /api/outbox/receipts": {"receipts": [_RECEIPT]},
    "POST /api/agency/ask": _ASK,
    "POST /api/agency/outcome": _ATTEMPT,
    "POST /api/agency/payments": [{"ref": "1", "debtor_id": "x", "paid_on": "2026-01-01", "amount": "1.00"}],
}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def described(db: None) -> Iterator[Any]:
    """The interface by its own description, asked through the server's door in the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(db: None) -> dict[str, list[str]]:
    """Numbers that are in the desk, by the field that names them: anybody might guess them."""
    rows = loan_rows(business_day(None))
    debtors = rows["debtor_id"].unique(maintain_order=True).to_list()
    below = [rows.filter(rows["org_id"].is_in(sorted(orgs_below(org.pk)))).row(0, named=True) for org in offices()]
    messages = [str(message_to(each["debtor_id"], Org.objects.get(pk=each["org_id"])).pk) for each in below]
    return {"debtor_id": debtors, "loan_id": rows["loan_id"].to_list(), "message_id": messages}


def operations(described: Any) -> Iterator[tuple[str, Any]]:
    for found in described.get_all_operations():
        held = found.ok()
        yield f"{held.method.upper()} {held.full_path}", held


def test_every_route_is_described_with_its_errors(client) -> None:
    told = client.get("/api/openapi.json").json()
    described = {f"{method.upper()} {path}" for path, held in told["paths"].items() for method in held}
    assert described == set(ACTIONS)
    routes = {
        (method, normalize_path("/".join(["/api", prefix, path])))
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert described == {f"{method} {path.rstrip('/')}" for method, path in routes}
    for path, held in told["paths"].items():
        for method, operation in held.items():
            answers = operation["responses"]
            wanted = {"200", "400", "401", "403", "404", "409", "503"} | ({"413", "429"} if method == "post" else set())
            assert set(answers) == wanted, (method, path)
            for status, answer in answers.items():
                kind = "application/json" if status == "200" else "application/problem+json"
                assert set(answer["content"]) == {kind}, (method, path, status)


def aimed(case: Any, data: st.DataObject, known: dict[str, list[str]]) -> None:
    """Put numbers that are in the desk, in anybody's offices, where made-up ones stand."""

    def some(name: str) -> str:
        return str(data.draw(st.sampled_from(known[name])))

    for name in ("debtor_id", "message_id"):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = some(name)
    bodies = case.body if isinstance(case.body, list) else [case.body]
    for body in bodies:
        for held in body.get("events") or body.get("receipts") or [body] if isinstance(body, dict) else []:
            for name in ("debtor_id", "message_id"):
                if name in held:
                    held[name] = some(name)
            if "point" in held:
                held["point"] = f"feed:{held['debtor_id']}"


class Watch:
    """What a request wrote."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Callable[..., object], sql: str, *given: object) -> object:
        if found := WRITES.match(sql):
            self.tables.add(found[1])
        return execute(sql, *given)


def ask(case: Any, caller: Caller, action: str, known: dict[str, list[str]]) -> int:
    """Ask, hold the answer against its description and the caller's grants, and undo what it did."""
    watch, named = Watch(), set(WORDS.findall(repr(case.path_parameters) + repr(case.body)))
    # A post of several is taken in one by one.
    with transaction.atomic(), zeal_ignore():
        with connection.execute_wrapper(watch):
            answer = case.call(headers=caller.headers)
        transaction.set_rollback(True)
    case.validate_response(answer, checks=CHECKS)
    at, status = (str(caller), case.method, case.path), answer.status_code
    told = set(WORDS.findall(answer.content.decode(errors="replace")))
    numbers = {*known["debtor_id"], *known["loan_id"]}
    if action not in actions_of(caller.officer):
        assert status in {400, 403}, (at, status)
        assert not watch.tables, (at, watch.tables)
        assert not told & numbers - named, at
        return status
    if case.method == "GET":
        assert watch.tables <= AUDIT, (at, watch.tables)
    outside = numbers - caller.debtors(action)
    # A refusal may say again what was asked, and nothing else; an event that concerns nobody known is kept for review.
    assert not told & outside - (named if status >= _REFUSED else set()), (at, sorted(told & outside)[:3])
    assert status >= _REFUSED or "/events" in case.path or not named & outside, (at, sorted(named & outside)[:3])
    return status


@pytest.mark.parametrize("mode", MODES, ids=["as described", "not as described"])
def test_no_answer_is_a_fault_a_leak_or_an_undeclared_write(mode, described, known, request) -> None:
    callers, came = every_caller(), {}
    for name, operation in operations(described):
        action, statuses = ACTIONS[name], came.setdefault(name, set())
        holders = [each for each in callers if action in actions_of(each.officer)]
        assert len(holders) >= 2, name
        others = [each for each in callers if each not in holders]

        @seed(7)
        @settings(
            max_examples=request.config.getoption("--fuzz"),
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def some(case: Any, data: st.DataObject) -> None:
            if mode == GenerationMode.POSITIVE and data.draw(st.integers(0, 3)):
                aimed(case, data, known)
            # Who may not is asked for as often as who may, over all: one of many each time.
            for each in (*holders, *([data.draw(st.sampled_from(others))] if others else [])):  # noqa: B023 - run at once
                statuses.add(ask(case, each, action, known))  # noqa: B023

        some()
    assert mode == GenerationMode.NEGATIVE or {200, 404} <= set.union(*came.values())


def test_who_holds_no_grant_is_refused_and_writes_nothing(client, known) -> None:
    filled = {name: values[0] for name, values in known.items()}
    for each in every_caller():
        held = actions_of(each.officer)
        for name in (name for name, action in ACTIONS.items() if action not in held):
            method, path = name.format(**filled).split(" ")
            body, watch = json.dumps(BODIES.get(name)), Watch()
            with connection.execute_wrapper(watch):
                answer = client.generic(method, path, body, "application/json", headers=each.headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "PL-D01"), (str(each), name)
            assert not watch.tables, (str(each), name, watch.tables)
