"""The lending door: what is barred and by which rule, who may ask, and how a freeze comes and goes."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from own_book import keep_own_book
from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.core.authority import today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, Officer, WorkItem
from postloan.desk.core.officers.actions import officer_open, role_give
from postloan.desk.core.tokens.actions import token_end, token_issue
from postloan.desk.lending.actions import freeze_decide, freeze_propose, lift_propose
from postloan.desk.lending.models import Freeze
from postloan.errors import FormWrong, NotPermitted, SamePerson, StaleView
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.rules.desk_approvals import Lending
from postloan.rules.desk_rules import Roles, load_desk_rules
from postloan.site.serving import adopt
from postloan.snapshot.read import read_loans

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(db: None) -> Officer:
    """The lending system's account, of the risk manager's branch."""
    org = person("risk").org
    assert org
    made = officer_open(None, username="lending", name="信贷系统", password=None, org=org)
    role = load_desk_rules(None).version("roles", Roles, today()).named("lending_system")
    assert role
    role_give(None, made, role, org, begins_on=date(2021, 1, 1), ends_on=None, reason="test")
    return made


@pytest.fixture
def ask(system: Officer) -> object:
    secret = token_issue(None, system, name="core", expires_on=today() + timedelta(days=9), reason="test").secret

    def asked(debtor_id: str, **headers: str) -> object:
        return Client().get(f"/api/lending/{debtor_id}", headers={"Authorization": f"Bearer {secret}"} | headers)

    return asked


def debtors_of(username: str, **wanted: str) -> pl.DataFrame:
    org = person(username).org
    assert org
    inside = [each.pk for each in type(org).objects.filter(path__startswith=org.path)]
    rows = debtor_rows(business_day(None)).filter(pl.col("org_id").is_in(inside), pl.col("loan_count") > 0)
    return rows.filter(*[pl.col(name).cast(pl.String) == value for name, value in wanted.items()])


def clean(username: str = "risk") -> dict[str, object]:
    """A debtor against whom nothing speaks."""
    rows = debtors_of(username, tier_worst="pass").filter(days_past_due_worst=0)
    return rows.sort("exposure_cents", descending=True).row(0, named=True)


def test_every_cited_text_is_registered() -> None:
    import yaml  # noqa: PLC0415

    from postloan.rules.sources import shipped_rules  # noqa: PLC0415

    texts = yaml.safe_load((shipped_rules() / "texts.yaml").read_text())
    rules = load_desk_rules(None).version("lending", Lending, today()).rules
    assert {rule.cite.text for rule in rules} <= set(texts)


def test_against_a_good_debtor_nothing_speaks(ask) -> None:
    found = ask(clean()["debtor_id"]).json()
    assert found["tier"] == "pass"
    assert not found["is_frozen"]
    day = business_day(None)
    assert (found["on"], found["run_id"]) == (day.on.isoformat(), day.run_id)
    assert AuditEntry.objects.filter(action="lending.answered", officer="lending").count() == 1


def test_a_bad_debtor_is_barred_with_the_rule_and_its_clause(ask) -> None:
    bad = debtors_of("risk").filter(pl.col("npl_cents") > 0).row(0, named=True)
    blocked = ask(bad["debtor_id"]).json()["blocked"]
    assert all(blocked[name]["is_blocked"] for name in ("new_credit", "increase", "renewal", "drawdown"))
    because = {each["rule"]: each for each in blocked["renewal"]["because"]}
    assert because["non_performing"]["cite"].startswith("cn-2023-1")


def test_a_debtor_whose_loan_was_written_off_is_not_good_again(
    ask, bank: Path, tmp_path: Path, settings: Any, last_day: date
) -> None:
    home, on = tmp_path / "home", last_day + timedelta(days=1)
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)
    keep_own_book(home)
    loans = read_loans(bank, last_day).filter(status="active")
    bad = debtors_of("risk").filter(pl.col("npl_cents") > 0, loan_count=1)
    loan = loans.join(bad.select("debtor_id"), on="debtor_id", how="semi").row(0, named=True)
    owed = loan["outstanding_cents"]
    terms = {"principal": f"{owed // 100}.{owed % 100:02d}", "interest": "0", "ground": "execution_ended"}
    folder = home / "later" / str(on)
    folder.mkdir(parents=True)
    (folder / "feed.yaml").write_text("tables:\n  decision: increment\n")
    row = {"decision_id": "OFF", "kind": "write_off", "loan_id": loan["loan_id"], "effective_on": on,
           "terms": json.dumps(terms), "is_withdrawn": "false"}  # fmt: skip
    pl.DataFrame([row]).write_csv(folder / "decision.csv")
    load_feeds(home, folder)
    list(run_nights(home, [on]))
    adopt(home, on)
    assert read_loans(home, on).filter(loan_id=loan["loan_id"])["status"].to_list() == ["written_off"]
    blocked = ask(loan["debtor_id"]).json()["blocked"]
    assert all(blocked[name]["is_blocked"] for name in ("new_credit", "increase", "renewal", "drawdown"))
    assert "written_off" in [each["rule"] for each in blocked["renewal"]["because"]]


def test_an_overdue_debtor_may_renew_and_not_draw(ask) -> None:
    late = debtors_of("risk", tier_worst="special_mention").filter(pl.col("days_past_due_worst") > 0)
    blocked = ask(late["debtor_id"][0]).json()["blocked"]
    assert blocked["drawdown"]["is_blocked"]
    assert "overdue" in [each["rule"] for each in blocked["new_credit"]["because"]]


def test_whoever_is_not_known_or_out_of_scope_learns_nothing(ask, system: Officer) -> None:
    inside = set(debtors_of("risk")["debtor_id"])
    elsewhere = debtor_rows(business_day(None)).filter(~pl.col("debtor_id").is_in(list(inside)))
    assert ask(elsewhere["debtor_id"][0]).status_code == 404
    assert ask("nobody").status_code == 404
    assert Client().get(f"/api/lending/{clean()['debtor_id']}").status_code == 401
    assert ask(clean()["debtor_id"], Authorization="Bearer plt_wrong").status_code == 401
    assert not AuditEntry.objects.filter(action="lending.answered").exists()


def test_a_token_that_was_ended_or_has_run_out_opens_nothing(system: Officer) -> None:
    made = token_issue(None, system, name="core", expires_on=today(), reason="test")
    url, headers = f"/api/lending/{clean()['debtor_id']}", {"Authorization": f"Bearer {made.secret}"}
    assert Client().get(url, headers=headers).status_code == 200
    assert made.secret not in str(made.token.__dict__)
    type(made.token).objects.update(expires_on=today() - timedelta(days=1))
    assert Client().get(url, headers=headers).status_code == 401
    type(made.token).objects.update(expires_on=today())
    token_end(person("admin"), made.token.pk, reason="换新")
    assert Client().get(url, headers=headers).status_code == 401
    with pytest.raises(NotPermitted):
        token_issue(person("risk"), system, name="x", expires_on=today(), reason="x")


def test_a_session_without_the_grant_is_refused_and_the_interface_is_described(logged_in) -> None:
    answer = logged_in("officer").get(f"/api/lending/{clean()['debtor_id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "PL-D01")
    described = logged_in("admin").get("/api/openapi.json").json()
    assert "/api/lending/{debtor_id}" in described["paths"]


def test_a_freeze_is_proposed_by_one_and_approved_by_another(ask) -> None:
    debtor, day, key = clean(), business_day(None), uuid4()
    for _twice in range(2):
        freeze = freeze_propose(person("risk"), debtor, freeze_id=key, reason="涉诉", day=day)
    assert not ask(debtor["debtor_id"]).json()["is_frozen"]
    case = Case.objects.get(pk=freeze.case_id)
    subject = f"case:{case.pk}:{person('approver').pk}"
    assert WorkItem.objects.filter(kind="approval_due", subject=subject, state="open").exists()
    with pytest.raises(NotPermitted):
        freeze_decide(person("risk"), key, "agree", seen_version=case.version, reason="", day=day)
    with pytest.raises(StaleView):
        freeze_decide(person("approver"), key, "agree", seen_version=case.version - 1, reason="", day=day)
    freeze_decide(person("approver"), key, "agree", seen_version=case.version, reason="", day=day)
    assert not WorkItem.objects.filter(kind="approval_due", subject=subject, state="open").exists()
    found = ask(debtor["debtor_id"]).json()
    assert found["is_frozen"]
    assert found["frozen_by"] == str(key)
    assert [each["rule"] for each in found["blocked"]["drawdown"]["because"]] == ["frozen"]
    with pytest.raises(FormWrong):
        freeze_propose(person("risk"), debtor, freeze_id=uuid4(), reason="涉诉", day=day)
    freeze = lift_propose(
        person("risk"), key, seen_version=Freeze.objects.get(pk=key).version, reason="已撤诉", day=day
    )
    lifting = Case.objects.get(pk=freeze.lift_case_id)
    freeze_decide(person("approver"), key, "agree", seen_version=lifting.version, reason="", day=day)
    assert Freeze.objects.get(pk=key).state == "lifted"
    assert not ask(debtor["debtor_id"]).json()["is_frozen"]


def test_whoever_proposed_may_not_approve_even_with_the_grant() -> None:
    from postloan.desk.core.models import Grant  # noqa: PLC0415

    risk, day, key = person("risk"), business_day(None), uuid4()
    freeze = freeze_propose(risk, clean(), freeze_id=key, reason="涉诉", day=day)
    assert risk.org
    Grant.objects.create(officer=risk, action="freeze.approve", org=risk.org, role="x", begins_on="2021-01-01")
    version = Case.objects.get(pk=freeze.case_id).version
    with pytest.raises(SamePerson):
        freeze_decide(risk, key, "agree", seen_version=version, reason="", day=day)
    freeze_decide(person("approver"), key, "refuse", seen_version=version, reason="理由不足", day=day)
    assert Freeze.objects.get(pk=key).state == "refused"


def test_pages_of_freezes(logged_in) -> None:
    debtor = clean()
    page = logged_in("risk").get(f"/freezes/propose?debtor={debtor['debtor_id']}")
    assert page.status_code == 200
    sent = {"debtor": debtor["debtor_id"], "freeze_id": str(uuid4()), "reason": "涉诉"}
    made = logged_in("risk").post("/freezes/propose", sent)
    assert made.status_code == 302
    for username in ("risk", "approver"):
        assert logged_in(username).get(made.url).status_code == 200
        assert logged_in(username).get("/freezes/?tab=all").status_code == 200
        assert logged_in(username).get("/approvals/?tab=all").status_code == 200
    assert logged_in("officer").get(made.url).status_code == 403
