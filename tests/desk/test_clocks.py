"""Legal clocks at the desk: the list by what is lost first, work before a right is lost, exceptions after."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from deciding import person
from django.urls import reverse

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AdoptedDay, WorkItem
from postloan.desk.core.work.told import told_said
from postloan.desk.disposal import clocks, exceptional
from postloan.desk.worklist.actions import snapshot_adopt
from postloan.errors import NothingPublished
from postloan.rules.desk_rules import load_desk_rules
from postloan.tables.clocks import LegalClock
from postloan.tables.said import SAID

pytestmark = pytest.mark.django_db

Told = Callable[..., None]


@pytest.fixture
def mine() -> dict[str, Any]:
    """A loan of the officer's own office."""
    rows = loan_rows(business_day(None)).filter(pl.col("org_id").cast(pl.String) == person("officer").org_id)
    return rows.filter(pl.col("status") == "active", pl.col("legal_form").cast(pl.String) == "company").row(
        0, named=True
    )


@pytest.fixture
def elsewhere() -> dict[str, Any]:
    """A loan of another office."""
    rows = loan_rows(business_day(None)).filter(pl.col("org_id").cast(pl.String) != person("officer").org_id)
    return rows.row(0, named=True)


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Let a day have these clocks and no others: a loan, the days left, and what else one says."""

    def told(*said: tuple[dict[str, Any], int, dict[str, Any]]) -> None:
        on = business_day(None).on
        rows = [
            {
                "clock_id": f"limitation-{loan['loan_no']}-{at}", "kind": "limitation", "loan_no": loan["loan_no"],
                "loan_id": loan["loan_id"], "debtor_no": 1, "debtor_id": loan["debtor_id"],
                "org_id": str(loan["org_id"]), "officer_id": loan["officer_id"], "began_on": on - timedelta(days=100),
                "ends_on": on + timedelta(days=left), "days_left": left, "state": "running", "keeps": "demand_or_sue",
                "cite": "cn-civil-code Art. 188", "debtor_name": loan["debtor_name"], "product": str(loan["product"]),
                "legal_form": str(loan["legal_form"]), "tier": "loss", "loan_status": "active",
                "outstanding_cents": loan["outstanding_cents"],
            } | more
            for at, (loan, left, more) in enumerate(said)
        ]  # fmt: skip
        found = pl.DataFrame(rows, schema=clocks.clock_rows(business_day(None)).schema).sort("ends_on", nulls_last=True)
        for module in (clocks, exceptional):
            monkeypatch.setattr(module, "clock_rows", lambda _day: found)

    return told


def adopted() -> None:
    """Adopt the last day once more."""
    day = business_day(None)
    AdoptedDay.objects.filter(run_id=day.run_id).delete()
    snapshot_adopt(day, load_desk_rules(day.home))


def work(kind: str, loan: dict[str, Any]) -> list[WorkItem]:
    page = reverse("book:loan", args=[loan["loan_id"]])
    return list(WorkItem.objects.filter(kind=kind, page=page, state="open"))


def test_the_demo_bank_has_clocks_and_what_ends_first_stands_first(logged_in) -> None:
    rows = clocks.clock_rows(business_day(None))
    assert rows.height > 0
    assert rows["debtor_name"].null_count() == 0
    ends = rows["ends_on"].drop_nulls().to_list()
    assert ends == sorted(ends)
    page = logged_in("manager").get("/clocks/?tab=all")
    assert page.status_code == 200


def test_an_officer_sees_the_clocks_of_his_office(logged_in, tell, mine, elsewhere) -> None:
    tell((mine, 20, {}), (elsewhere, 10, {}), (mine, -3, {"state": "lost", "keeps": "signed_acknowledgement"}))
    page = html.unescape(logged_in("officer").get("/clocks/?tab=in30").content.decode())
    assert mine["loan_id"] in page
    assert elsewhere["loan_id"] not in page
    assert "送达催收或起诉" in page
    lost = html.unescape(logged_in("officer").get("/clocks/?tab=lost").content.decode())
    assert "取得债务人签收的催收函" in lost
    assert logged_in("officer").get("/clocks/?days_to=19&tab=running").content.decode().count(mine["loan_id"]) == 0
    every = html.unescape(logged_in("manager").get("/clocks/?tab=running").content.decode())
    assert every.index(elsewhere["loan_id"]) < every.index(mine["loan_id"])
    assert logged_in("modeller").get("/clocks/").status_code == 403


def test_a_loan_and_a_debtor_tell_their_clocks(logged_in, tell, mine, elsewhere) -> None:
    tell((mine, 20, {"touched_by": "demand", "guarantor_id": "ZR1"}))
    officer = logged_in("officer")
    for address in (f"/clocks/of-loan/{mine['loan_id']}", f"/clocks/of-debtor/{mine['debtor_id']}"):
        page = html.unescape(officer.get(address).content.decode())
        assert "诉讼时效" in page
        assert "催收" in page
        assert "cn-civil-code Art. 188" in page
    assert officer.get(f"/clocks/of-loan/{elsewhere['loan_id']}").status_code == 404
    assert f'hx-get="/clocks/of-loan/{mine["loan_id"]}"' in officer.get(f"/loans/{mine['loan_id']}/").content.decode()


@pytest.mark.parametrize(("left", "lead"), [(181, None), (180, 180), (91, 180), (90, 90), (31, 90), (30, 30), (0, 30)])
def test_work_is_opened_at_each_lead(tell, mine, left: int, lead: int | None) -> None:
    tell((mine, left, {}))
    found = clocks.clocks_to_keep(business_day(None))
    assert found["lead_days"].to_list() == ([] if lead is None else [lead])


def test_work_is_opened_once_a_lead_and_is_due_before_the_right_is_lost(tell, mine) -> None:
    on = business_day(None).on
    tell((mine, 40, {}))
    adopted()
    adopted()
    [item] = work("legal_clock", mine)
    assert item.due_on == on + timedelta(days=10)
    assert told_said(item.told) == f"届满前办理：诉讼时效 {on + timedelta(days=40)} · 送达催收或起诉"
    item.state, item.closed_on = "done", on
    item.save()
    adopted()
    assert work("legal_clock", mine) == [], "done is done until the next lead"
    # The next lead of the same clock is another work, due on its last day.
    last = on + timedelta(days=40)
    tell((mine, 3, {}), (mine, 40, {"clock_id": f"limitation-{mine['loan_no']}-0", "ends_on": last}))
    adopted()
    [item] = work("legal_clock", mine)
    assert item.due_on == on + timedelta(days=3)
    # Interrupted: the cause is gone.
    tell((mine, 1_000, {}))
    adopted()
    assert work("legal_clock", mine) == []


def test_a_clock_that_is_kept_or_lost_opens_no_work(tell, mine) -> None:
    tell((mine, -1, {"state": "lost"}), (mine, 5, {"state": "kept"}))
    adopted()
    assert work("legal_clock", mine) == []


def test_a_new_proof_of_demand_is_asked_for_after_its_cycle(tell, mine) -> None:
    on = business_day(None).on
    old, new = on - timedelta(days=185), on - timedelta(days=170)
    tell((mine, 900, {"began_on": old}), (mine, 900, {"began_on": old, "restarted_on": new}))
    adopted()
    [item] = work("demand_proof", mine)
    assert told_said(item.told) == f"距上次催收凭证已超周期，自 {old} 起"
    tell((mine, 900, {"began_on": old, "legal_form": "person"}))
    assert clocks.proofs_due(business_day(None)).is_empty()


def test_clocks_that_were_lost_within_a_year_are_exceptions(logged_in, tell, mine, elsewhere) -> None:
    lost = {"state": "lost", "keeps": "nothing"}
    tell((mine, -1, lost), (elsewhere, -2, lost), (mine, -366, lost))
    page = html.unescape(logged_in("manager").get("/exceptions/?kind=clock_lost").content.decode())
    assert [page.count(f"/loans/{loan['loan_id']}/") for loan in (mine, elsewhere)] == [1, 1]


def test_a_day_published_before_there_were_clocks_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_of: object) -> pl.LazyFrame:
        raise NothingPublished(message="no table", hint="none")

    monkeypatch.setattr(clocks, "scan_clocks", nothing)
    assert clocks._made(business_day(None)).is_empty()


def test_every_word_of_a_clock_is_said() -> None:
    for column, words in (("kind", "clock"), ("state", "clock_state"), ("keeps", "clock_keeps")):
        assert list(LegalClock.create_empty().schema[column].categories) == list(SAID[words])
