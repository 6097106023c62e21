"""The run of the allowance beside the run before, its sign-off by two people, and plans held to account."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
import yaml
from deciding import person
from impairing import DAY, decided, desk_of, loan_in, proposed, risk_of_the_bank

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import AuditEntry, Grant, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.impairment.backtest import SCHEMA, backtest, by_day, expected_by, plans_held
from postloan.desk.impairment.differences import differences
from postloan.desk.impairment.models import Proposal, RunSign
from postloan.desk.impairment.run import overlays_in_force, run_figures
from postloan.desk.impairment.signing.actions import RunFigures, run_return, run_review, run_sign
from postloan.errors import IllegalMove, NotFoundHere, NotPermitted, ReasonMissing, SamePerson, StaleView
from postloan.rules.sources import shipped_rules
from postloan.snapshot.read import published_days, published_run, read_loans

pytestmark = pytest.mark.django_db


def run_of_today() -> RunFigures:
    day = business_day(None)
    run_id = published_run(day.home, day.on)
    assert run_id
    return run_figures(desk_of(), day.on, run_id)


def test_the_figures_of_a_run_are_those_published(loans: pl.DataFrame) -> None:
    run = run_of_today()
    held = loans.filter(pl.col("status") == "active")
    assert run.loss_cents == held["ecl_cents"].sum()
    assert run.told["stage_3"]["loans"] == held.filter(pl.col("stage") == "stage_3").height
    assert run.is_latest


def test_one_reviews_and_another_signs_and_twice_is_once() -> None:
    run = run_of_today()
    with pytest.raises(NotFoundHere):
        run_sign(person("manager"), run, seen_version=0, note="x")
    for _twice in range(2):
        sign = run_review(person("approver"), run, seen_version=0, note="已核对阶段迁移")
    for _twice in range(2):
        sign = run_sign(person("manager"), run, seen_version=1, note="同意")
    assert (sign.state, sign.run_id, sign.on) == ("signed", run.run_id, run.on)
    assert (sign.reviewed_by.username, sign.signed_by.username) == ("approver", "manager")
    assert sign.figures["total"]["loss_cents"] == run.loss_cents
    told = AuditEntry.objects.filter(run_id=run.run_id, action__startswith="impairment.").exclude(
        action="impairment.propose"
    )
    assert list(told.values_list("action", "officer")) == [
        ("impairment.reviewed", "approver"), ("impairment.signed", "manager"),
    ]  # fmt: skip
    with pytest.raises(IllegalMove):
        run_review(person("approver"), run, seen_version=sign.version, note="再看")
    assert list(faults_of_chain()) == []


def test_who_reviewed_does_not_sign_and_a_branch_signs_nothing() -> None:
    run = run_of_today()
    Grant.objects.create(
        officer=person("approver"), action="impairment.sign", org=head_office(), role="x", begins_on="2021-01-01"
    )
    with pytest.raises(NotPermitted):
        run_review(person("risk"), run, seen_version=0, note="分行")
    with pytest.raises(ReasonMissing):
        run_review(person("approver"), run, seen_version=0, note=" ")
    run_review(person("approver"), run, seen_version=0, note="已核对")
    with pytest.raises(SamePerson):
        run_sign(person("approver"), run, seen_version=1, note="同意")
    with pytest.raises(StaleView):
        run_sign(person("manager"), run, seen_version=9, note="同意")


def test_what_was_given_back_is_reviewed_again() -> None:
    run = run_of_today()
    run_review(person("approver"), run, seen_version=0, note="已核对")
    sign = run_return(person("manager"), run, seen_version=1, note="请说明阶段二上升")
    assert sign.state == "returned"
    with pytest.raises(StaleView):
        run_review(person("approver"), run, seen_version=0, note="已说明")
    sign = run_review(person("approver"), run, seen_version=sign.version, note="已说明")
    assert (sign.state, sign.signed_by) == ("reviewed", None)
    assert run_sign(person("manager"), run, seen_version=sign.version, note="同意").state == "signed"
    assert RunSign.objects.count() == 1


def test_a_superseded_run_is_signed_by_nobody_and_shows_so(logged_in) -> None:
    run = run_of_today()
    old = RunFigures(run.on, "0" * 32, False, run.told)
    with pytest.raises(StaleView):
        run_review(person("approver"), old, seen_version=0, note="已核对")
    sign = run_review(person("approver"), run, seen_version=0, note="已核对")
    RunSign.objects.filter(pk=sign.pk).update(run_id="0" * 32)
    page = logged_in("manager").get("/impairment/").content.decode()
    assert "批次已被取代" in page
    assert "未复核" in page
    assert "已被取代" in logged_in("manager").get("/impairment/signs/").content.decode()


def test_the_page_reviews_and_signs(logged_in) -> None:
    run = run_of_today()
    sent = {"version": "0", "on": str(run.on), "run_id": run.run_id, "note": "已核对"}
    for _twice in range(2):
        assert logged_in("approver").post("/impairment/review", sent).status_code == 302
    sent |= {"version": "1", "note": "同意"}
    assert logged_in("approver").post("/impairment/sign", sent).status_code == 403
    for _twice in range(2):
        assert logged_in("manager").post("/impairment/sign", sent).status_code == 302
    assert "已签批" in logged_in("auditor").get("/impairment/").content.decode()
    assert run.run_id in logged_in("auditor").get("/impairment/signs/").content.decode()


def test_the_run_page_shows_both_runs_and_leads_to_loans(logged_in, bank: Path, last_day: date) -> None:
    days = published_days(bank)
    client = logged_in("manager")
    page = client.get("/impairment/").content.decode()
    assert str(days[-2]) in page
    assert "变动原因" in page
    listed = client.get(f"/loans/?tab=all&set=allowance:{days[-2]}:closing")
    ecl = read_loans(bank, last_day, ["ecl_cents"]).filter(pl.col("ecl_cents") > 0).height
    assert f"<b>{ecl}</b>" in listed.content.decode()
    assert client.get("/loans/?stage=stage_3").status_code == 200
    for wrong in ("allowance:2001-01-01:new", f"allowance:{days[-2]}:nothing", "allowance:x"):
        assert client.get(f"/loans/?set={wrong}").status_code == 400
    for username in ("officer", "risk", "auditor"):
        assert logged_in(username).get("/impairment/").status_code == 200
        assert logged_in(username).get(f"/impairment/?on={days[0]}").status_code == 200
    assert logged_in("inspector").get("/impairment/").status_code == 403
    english = client.get("/impairment/", headers={"Accept-Language": "en"}).content.decode()
    assert "Why it moved" in english
    assert "减值" not in english


def test_large_impaired_debts_without_a_plan_are_named_and_become_work(loans: pl.DataFrame) -> None:
    day = business_day(None)
    found = differences(day).filter(kind="no_plan")
    held = loans.filter(pl.col("status") == "active", pl.col("stage") == "stage_3", ~pl.col("is_retail"))
    assert sorted(found["loan_id"]) == sorted(held.filter(pl.col("claim_cents") >= 10_000_000_00)["loan_id"])
    work = WorkItem.objects.filter(kind="recovery_plan_missing", state="open")
    under_way = set(Proposal.objects.filter(kind="recovery_plan").values_list("loan_id", flat=True))
    assert {item.subject for item in work} == {f"loan:{each}" for each in set(found["loan_id"]) - under_way}


def test_overlays_that_end_soon_are_marked(bank: Path, tmp_path: Path, settings, last_day: date) -> None:
    home = tmp_path / "home"
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)
    told = yaml.safe_load((shipped_rules() / "bank" / "expected_loss.yaml").read_text())
    cite = {"text": "postloan-settings", "at": "expected loss 1", "confirmed_on": None}
    told["versions"][0]["overlays"] = [
        {"name": name, "reason": "出口下滑", "ends_on": last_day + timedelta(days=left), "adds": 0.1, "cite": cite}
        for name, left in (("远", 91), ("近", 90), ("末日", 0), ("过期", -1))
    ]
    (home / "rulebook" / "bank").mkdir(parents=True)
    (home / "rulebook" / "bank" / "expected_loss.yaml").write_text(yaml.safe_dump(told, allow_unicode=True))
    lines = overlays_in_force(desk_of())
    assert [(line.overlay.name, line.ends_soon) for line in lines] == [("末日", True), ("近", True), ("远", False)]


def test_a_plan_is_held_to_what_came_in_until_another_takes_its_place(bank: Path) -> None:
    risk_of_the_bank()
    days = published_days(bank)
    rows = read_loans(bank, days[-1], ["loan_id", "received_cents"]).join(
        read_loans(bank, days[-2], ["loan_id", "received_cents"]), on="loan_id", suffix="_before"
    )
    loan = loan_in("stage_3", most_cents=5_000_000_00)
    paid = rows.filter(pl.col("loan_id") == loan["loan_id"]).row(0, named=True)
    first = decided(proposed(loan), "approver")
    flows = [{"on": str(days[-2] + DAY), "amount": "100.00"}, {"on": str(days[-1] + 400 * DAY), "amount": "1000"}]
    terms = {
        "strategies": [
            {"name": "sale", "weight": "0.5", "flows": flows},
            {"name": "cure", "weight": "0.5", "flows": []},
        ]
    }
    # As if it had been proposed at the month-end before.
    Proposal.objects.filter(pk=first.pk).update(terms=terms, on=days[-2], received_cents=paid["received_cents_before"])
    first.refresh_from_db()
    assert (expected_by(first, days[-2]), expected_by(first, days[-1]), expected_by(first, date.max)) == (
        0,
        5000,
        55000,
    )
    desk = desk_of()
    (line,) = backtest(desk, plans_held(desk)).to_dicts()
    came = paid["received_cents"] - paid["received_cents_before"]
    assert (line["expected_cents"], line["received_cents"], line["gap_cents"]) == (5000, came, came - 5000)
    assert [(each.on, each.expected_cents, each.received_cents) for each in by_day(desk, plans_held(desk))] == [
        (days[-2], 0, 0), (days[-1], 5000, came),
    ]  # fmt: skip
    second = decided(proposed(loan), "approver")
    told = {each["key"]: each for each in backtest(desk, plans_held(desk)).to_dicts()}
    assert told[str(first.pk)]["until_on"] == days[-1]
    assert told[str(first.pk)]["received_cents"] == came
    assert (told[str(second.pk)]["expected_cents"], told[str(second.pk)]["received_cents"]) == (0, 0)
    assert backtest(desk, []).schema == SCHEMA


def test_the_pages_of_plans_and_exceptions_open(logged_in) -> None:
    risk_of_the_bank()
    loan = loan_in("stage_3", most_cents=5_000_000_00)
    decided(proposed(loan), "approver")
    client = logged_in("auditor")
    for address in ("recoveries/", "differences/", "proposals/?tab=all", f"loans/{loan['loan_id']}/", "signs/"):
        assert client.get(f"/impairment/{address}").status_code == 200, address
    assert "现行回收计划" in client.get(f"/impairment/loans/{loan['loan_id']}/").content.decode()
    block = client.get(f"/loans/{loan['loan_id']}/").content.decode()
    assert f"/impairment/loans/{loan['loan_id']}/" in block
    assert "减值阶段" in block


def test_a_day_before_there_was_such_a_rule_says_so(monkeypatch, logged_in) -> None:
    from postloan.desk.impairment import reckoned  # noqa: PLC0415

    monkeypatch.setattr(reckoned, "_is_reckoned", lambda *_: False)
    assert logged_in("manager").get("/impairment/").status_code == 404
    day = business_day(None)
    assert loan_rows(day).schema["stage"] == pl.String
    assert differences(BusinessDay(day.home, day.on, uuid4().hex, day.on + DAY)).is_empty()
