"""Lists show what is in scope and asked for, and nothing else; workbooks hold what is shown."""

import ast
import io
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

import postloan
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.authority import today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AdoptedDay, AuditEntry, Grant, Officer, WorkItem
from postloan.desk.core.officers.actions import role_give
from postloan.desk.core.officers.queries import officers_by_number, roles_ending
from postloan.desk.core.work.actions import portfolio_transfer
from postloan.desk.worklist.actions import snapshot_adopt
from postloan.rules.desk_rules import Roles, load_desk_rules
from postloan.snapshot.read import published_days, read_loans
from postloan.tables.deeds import deed_said
from postloan.tables.said import SAID

pytestmark = pytest.mark.django_db


def test_an_officer_sees_the_loans_of_his_office_and_no_others(logged_in, loans) -> None:
    officer = Officer.objects.get(username="officer")
    mine = loans.filter((pl.col("org_id") == officer.org_id) & (pl.col("status") == "active"))
    page = logged_in("officer").get("/loans/").content.decode()
    assert f"<b>{mine.height}</b>" in page
    other = loans.filter(pl.col("org_id") != officer.org_id)["loan_id"][0]
    assert logged_in("officer").get(f"/loans/{other}/").status_code == 404
    assert logged_in("manager").get(f"/loans/{other}/").status_code == 200


def test_a_workbook_holds_what_the_filter_leaves(logged_in, loans) -> None:
    late = loans.filter((pl.col("status") == "active") & (pl.col("days_past_due") >= 1))
    answer = logged_in("manager").post("/lists/loans/export?tab=overdue")
    assert answer.status_code == 200
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + late.height
    balance = rows[0].index("本金余额")
    assert round(sum(row[balance] for row in rows[1:]) * 100) == late["outstanding_cents"].sum()
    assert AuditEntry.objects.filter(action="list.exported", officer="manager").count() == 1


def test_a_wrong_filter_is_said_and_not_guessed(logged_in) -> None:
    answer = logged_in("manager").get("/loans/?days_from=abc")
    assert answer.status_code == 400
    assert "逾期天数" in answer.content.decode()


def test_a_past_day_shows_that_day(logged_in, bank: Path, loans) -> None:
    first = published_days(bank)[0]
    then = read_loans(bank, first)
    page = logged_in("manager").get(f"/loans/?on={first}&tab=all").content.decode()
    assert f"<b>{then.height}</b>" in page
    assert "不是当前营业日" in page


def test_the_audit_chain_holds(logged_in) -> None:
    assert list(faults_of_chain()) == []


def test_the_menu_says_how_much_work_is_open(logged_in) -> None:
    officer = Officer.objects.get(username="officer")
    count = WorkItem.objects.filter(officer=officer, state=WorkItem.State.OPEN).count()
    assert count
    assert f'<span class="count">{count}</span>' in logged_in("officer").get("/loans/").content.decode()


def test_a_portfolio_that_was_handed_over_is_the_takers_in_every_desk() -> None:
    giver, taker = Officer.objects.get(username="officer"), Officer.objects.get(username="kj33000102")
    before = officers_by_number()
    assert before[giver.staff_no] == giver.pk
    portfolio_transfer(Officer.objects.get(username="supervisor"), giver, taker, reason="调岗", day=business_day(None))
    assert officers_by_number() == {**before, giver.staff_no: taker.pk}


def test_days_past_due_of_an_item_are_said_in_the_list_and_on_its_page(logged_in) -> None:
    item = WorkItem.objects.filter(told__startswith="DPD ", state=WorkItem.State.OPEN).order_by("due_on", "pk")[0]
    days = item.told.removeprefix("DPD ")
    for address in (f"/?tab=team&kind={item.kind}&q={item.title}", reverse("worklist:item", args=[item.pk])):
        page = logged_in("supervisor").get(address).content.decode()
        assert f"逾期 {days} 天" in page
        assert "DPD" not in page


def test_no_work_is_done_on_a_past_day(logged_in, bank: Path) -> None:
    first = published_days(bank)[0]
    item = WorkItem.objects.filter(officer__username="officer", state=WorkItem.State.OPEN).order_by("pk")[0]
    sent = {
        "version": str(item.version), "note": "已联系", "ticked": str(item.pk), "to": "kj33000102", "reason": "催办",
        "giver": "officer", "taker": "kj33000102",
    }  # fmt: skip
    done = reverse("worklist:done", args=[item.pk])
    others = [("supervisor", reverse(f"worklist:{name}")) for name in ("assign", "urge", "transfer")]
    for username, address in (("officer", done), *others):
        assert logged_in(username).post(f"{address}?on={first}", sent).status_code == 409, address
    item.refresh_from_db()
    assert (item.state, item.urged_at, item.officer) == ("open", None, Officer.objects.get(username="officer"))
    assert not AuditEntry.objects.filter(action__startswith="work.", officer__gt="").exists()
    assert logged_in("officer").post(done, sent).status_code == 302


@pytest.mark.parametrize(
    "role", ["officer", "inspector", "risk", "approver", "manager", "supervisor", "auditor", "admin"]
)
def test_each_role_begins_with_work_and_may_open_all_of_it(role: str, logged_in) -> None:
    client = logged_in(role)
    begun = client.get("/").context["list"]
    assert begun.count
    assert begun.asked.tab == ("mine" if WorkItem.objects.filter(officer__username=role, state="open") else "team")
    offices = client.get("/?tab=team&size=200").context["list"]
    # One page of each kind: what opens one of them opens all.
    for page in {row.raw["kind"]: row.raw["page"] for row in offices.rows}.values():
        assert client.get(page).status_code == 200, page


def test_a_role_that_ends_soon_is_work_until_it_is_given_further(bank: Path) -> None:
    day, rules = business_day(None), load_desk_rules(bank)
    officer = Officer.objects.get(username="kj33000201")
    item = WorkItem.objects.get(kind="grant_ends", subject__startswith=f"grant:{officer.pk}:")
    assert (item.title, item.state, item.action) == (officer.name, "open", "grant.read")
    role = rules.version("roles", Roles, day.on).named("inspector")
    role_give(None, officer, role, officer.org, begins_on=today(), ends_on=None, reason="继续协助")
    AdoptedDay.objects.filter(run_id=day.run_id).delete()
    snapshot_adopt(day, rules)
    item.refresh_from_db()
    assert item.state == "gone"


@pytest.mark.parametrize(("days", "is_told"), [(0, True), (30, True), (31, False), (-1, False)])
def test_a_role_is_told_of_on_its_last_day_and_up_to_thirty_days_before(days: int, is_told: bool) -> None:
    grants = Grant.objects.filter(officer__username="officer")
    grants.update(ends_on=today() + timedelta(days=days))
    told = [each for each in roles_ending(30) if each["officer__name"] == grants[0].officer.name]
    assert len(told) == is_told


def test_an_inspection_says_why_it_was_opened(logged_in) -> None:
    page = logged_in("supervisor").get("/?tab=team&kind=inspection_periodic").content.decode()
    assert "个月定期检查" in page


def test_every_deed_that_is_recorded_has_its_words() -> None:
    """In the code: what `record` and the chains are told; in the demo: what stands in its audit log."""
    told = {
        call.args[1].value
        for path in Path(postloan.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"record", "record_alone"}
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }
    steps = {f"{step}{ending}" for step in SAID["case_step"] for ending in ("", ".returned", ".refused")}
    in_log = set(AuditEntry.objects.values_list("action", flat=True))
    assert sorted(code for code in told | steps | in_log if deed_said(code, "zh") == code) == []


def test_the_audit_log_says_what_was_done(logged_in) -> None:
    page = logged_in("auditor").get("/audit/?action=grant.given").content.decode()
    assert "授予角色" in page
    assert ">grant.given<" not in page
