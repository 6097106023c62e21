"""The register lists overrides, late work and breaches of a day, in the offices one may see."""

import html
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from postloan.desk.core import exceptional
from postloan.desk.core.actions import record_alone
from postloan.desk.core.exceptional import ExceptionSource, Told, register_source, told_rows
from postloan.desk.core.models import AdoptedDay, Officer, Org, WorkItem
from postloan.rules.desk_exceptions import ExceptionKinds
from postloan.rules.desk_rules import load_desk_rules
from postloan.snapshot.read import published_days

pytestmark = pytest.mark.django_db


def listed(page: str) -> int:
    found = re.search(r"<b>([\d,]+)</b> ?项", page)
    return int(found[1].replace(",", "")) if found else 0


def opened(client, query: str = "") -> str:
    answer = client.get(f"/exceptions/{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_late_work_is_what_was_open_on_the_day_and_due_before_it(logged_in, bank: Path, last_day) -> None:
    late = WorkItem.objects.filter(state="open", due_on__lt=last_day)
    assert late.exists()
    assert listed(opened(logged_in("manager"), "?kind=work_late")) == late.count()
    done = late.first()
    done.state, done.closed_on = "done", last_day
    done.save()
    assert listed(opened(logged_in("manager"), "?kind=work_late")) == late.count()
    before = published_days(bank)[-2]
    was = [item for item in WorkItem.objects.all() if item.opened_on <= before and item.due_on < before]
    assert listed(opened(logged_in("manager"), f"?kind=work_late&on={before}")) == len(was)


def test_a_branch_sees_its_own_exceptions(logged_in) -> None:
    branch = Officer.objects.get(username="risk").org
    below = set(Org.objects.filter(path__startswith=branch.path).values_list("pk", flat=True))
    page = opened(logged_in("risk"), "?size=200")
    mine = WorkItem.objects.filter(state="open", org__in=below, due_on__lt=AdoptedDay.objects.latest("on").on)
    assert listed(opened(logged_in("risk"), "?kind=work_late")) == mine.count()
    assert listed(page) < listed(opened(logged_in("manager")))
    for org in Org.objects.exclude(pk__in=below).filter(level="sub_branch"):
        assert f"<td>{org.name}</td>" not in page


def test_logins_refused_often_are_a_breach_of_the_one_whose_name_was_tried(logged_in) -> None:
    kind = load_desk_rules(None).version("exceptions", ExceptionKinds, AdoptedDay.objects.latest("on").on)
    over = kind.named("logins_refused").over
    for _attempt in range(over):
        record_alone(None, "session.refused", "login:risk")
    assert "多次登录被拒" not in opened(logged_in("manager"), "?tab=breach").split('id="list"')[0]
    record_alone(None, "session.refused", "login:risk")
    for _attempt in range(over + 1):
        record_alone(None, "session.refused", "login:stranger")
    assert listed(opened(logged_in("manager"), "?kind=logins_refused")) == 2
    page = opened(logged_in("risk"), "?kind=logins_refused")
    assert listed(page) == 1
    assert "stranger" not in page


def test_unmasking_over_the_threshold_is_a_breach(logged_in) -> None:
    officer = Officer.objects.get(username="officer")
    for _time in range(20):
        record_alone(officer, "debtor.unmasked", "debtor:1", org=officer.org)
    assert listed(opened(logged_in("manager"), "?kind=unmaskings")) == 0
    record_alone(officer, "debtor.unmasked", "debtor:1", org=officer.org)
    page = opened(logged_in("manager"), "?kind=unmaskings")
    assert listed(page) == 1
    assert officer.name in page
    assert "30 天内 21 次" in page


def test_overrides_of_the_night_are_listed_with_their_loans(logged_in, loans) -> None:
    excused = loans.filter((loans["status"] == "active") & loans["delay_is_technical"])
    page = opened(logged_in("manager"), "?kind=delay_excused&size=200")
    assert listed(page) == excused.height
    for loan_id in excused["loan_id"]:
        assert f'href="/loans/{loan_id}/"' in page


def test_a_desk_registers_its_own_source(logged_in, last_day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exceptional, "_SOURCES", dict(exceptional.sources()))
    org = Officer.objects.get(username="risk").org
    told = Told("inspection:17", "某客户", "照片缺失", org.pk, last_day - timedelta(days=1), page="/inspections/17/")
    register_source(ExceptionSource("inspection_returned", lambda _day, _kind: told_rows([told])))
    for user in ("manager", "risk"):
        page = opened(logged_in(user), "?tab=returned")
        assert listed(page) == 1
        assert "检查报告被退回" in page
        assert 'href="/inspections/17/"' in page


def test_the_counts_by_kind_and_the_tile_are_those_of_the_list(logged_in) -> None:
    client = logged_in("manager")
    page = opened(client)
    counts = [int(each) for each in re.findall(r'class="figure"[^>]*><small>[^<]*</small><b>(\d+)</b>', page)]
    assert sum(counts) == listed(page) > 0
    tile = html.unescape(client.get("/cockpit/").content.decode())
    assert re.search(rf'/exceptions/[^"]*"><b>{listed(page)}</b>', tile)


@pytest.mark.parametrize("role", ["manager", "supervisor", "risk", "auditor"])
def test_no_link_of_the_register_is_refused(logged_in, last_day, role: str) -> None:
    for _attempt in range(30):
        record_alone(None, "session.refused", "login:risk")
        record_alone(Officer.objects.get(username="officer"), "debtor.unmasked", "debtor:1")
    client, leads_to = logged_in(role), {}
    for kind in exceptional.sources():
        rows = opened(client, f"?kind={kind}&size=200").split('id="list"')[1]
        leads_to |= {
            resolve(urlsplit(link).path).func: link for link in re.findall(r'<td[^>]*><a href="([^"]+)"', rows)
        }
    assert leads_to
    for link in leads_to.values():
        assert client.get(link).status_code == 200, link


def test_every_source_has_its_kind_in_the_rules(last_day) -> None:
    kinds = load_desk_rules(None).version("exceptions", ExceptionKinds, last_day)
    assert all(kinds.named(kind) for kind in exceptional.sources())


def test_only_who_may_read_exceptions_does(logged_in) -> None:
    assert logged_in("officer").get("/exceptions/").status_code == 403
    page = logged_in("manager").get("/exceptions/", headers={"Accept-Language": "en"}).content.decode()
    assert "Work is late" in page
