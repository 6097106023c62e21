"""Every address × every role: nobody reaches a page, a row or a workbook that no grant covers."""

import io
import re
import uuid

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from every_address import EVERY, address
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.lists.registry import lists
from postloan.desk.core.models import Officer

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
# Who is not logged in needs these; who is logged in may always change his own language, password and second step.
OPEN = {
    "account_login", "account_logout", "account_change_password", "account_reauthenticate", "set_language", "health",
    "metrics", "openid_connect_login", "openid_connect_callback",
    "core:view_as_end",
}  # fmt: skip
# Lists name their own grant, which the view asks for before it does anything.
BY_LIST = {"core:columns", "core:save_view", "core:export"}
LOAN = re.compile(r"JJ\d{12}")


def is_a_librarys(name: str) -> bool:
    return name.startswith(("mfa", "api"))


def test_no_view_is_without_its_grant() -> None:
    bare = [
        (pattern, name)
        for pattern, name, view in EVERY
        if not hasattr(view, "action") and name not in OPEN | BY_LIST and not is_a_librarys(name)
    ]
    assert bare == []


@pytest.fixture
def filled(loans: pl.DataFrame) -> dict[str, str]:
    """Values for the blanks of addresses: things that exist, outside the officer's office."""
    officer = Officer.objects.get(username="officer")
    other = loans.filter(pl.col("org_id") != officer.org_id).row(0, named=True)
    return {
        "loan_id": other["loan_id"], "debtor_id": other["debtor_id"], "group_id": "JT00001", "part": "payments",
        "field": "phone", "name": "loans", "officer_id": str(officer.pk), "item_id": "1",
        "export_id": str(uuid.uuid4()),
    }  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_who_holds_its_grant_and_for_nobody_else(role: str, logged_in, filled) -> None:
    held, client = actions_of(Officer.objects.get(username=role)), logged_in(role)
    for pattern, name, view in EVERY:
        action = getattr(view, "action", None)
        if action is None:
            continue
        for method in (client.get, client.post):
            status = method(address(pattern, filled)).status_code
            assert status < 500, (name, status)
            if action not in held:
                assert status in {403, 405}, (role, name, action, status)
            else:
                assert status != 403, (role, name, action, status)


def test_who_is_not_logged_in_sees_no_page(client, filled) -> None:
    for pattern, name, _view in EVERY:
        if name in OPEN or is_a_librarys(name):
            continue
        answer = client.get(address(pattern, filled))
        assert answer.status_code in {302, 403, 405}, (name, answer.status_code)
        assert answer.status_code != 302 or answer["Location"].startswith("/account/login/"), name


@pytest.mark.parametrize("role", ["officer", "inspector"])
def test_no_row_comes_from_outside_the_scope(role: str, logged_in, filled, loans: pl.DataFrame) -> None:
    officer = Officer.objects.get(username=role)
    scope = scope_of(officer, "loan.read")
    mine = set(loans.filter(pl.col("org_id").is_in(sorted(scope.org_ids)))["loan_id"])
    assert mine
    assert len(mine) < loans.height
    client = logged_in(role)
    inside = loans.filter(pl.col("loan_id").is_in(sorted(mine))).row(0, named=True)
    within = filled | {"loan_id": inside["loan_id"], "debtor_id": inside["debtor_id"]}
    for pattern, _name, view in EVERY:
        if not hasattr(view, "action"):
            continue
        for values in (filled, within):
            answer = client.get(address(pattern, values))
            if answer.status_code != 200 or getattr(answer, "streaming", False):
                continue
            shown = set(LOAN.findall(answer.content.decode(errors="ignore")))
            assert shown <= mine, (pattern, sorted(shown - mine)[:3])


@pytest.mark.parametrize("name", sorted(lists()))
def test_no_workbook_holds_a_row_from_outside_the_scope(name: str, logged_in, loans: pl.DataFrame) -> None:
    officer = Officer.objects.get(username="officer")
    if lists()[name].action not in actions_of(officer):
        assert logged_in("officer").post(f"/lists/{name}/export").status_code == 403
        return
    mine = set(loans.filter(pl.col("org_id") == officer.org_id)["loan_id"])
    answer = logged_in("officer").post(f"/lists/{name}/export?tab=all")
    assert answer.status_code == 200
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    shown = {found for row in rows for cell in row for found in LOAN.findall(str(cell))}
    assert shown <= mine
