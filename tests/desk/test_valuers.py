"""The list of valuers: put on by two people of head office, and what one not on it values is refused."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from postloan.desk.approval.models import Case
from postloan.desk.collateral.models import Matter, Valuer, ValuerTerm
from postloan.desk.collateral.valuers.listed import check_listed
from postloan.desk.core.models import AuditEntry, FeedRows
from postloan.errors import IllegalMove
from postloan.rules.collateral_desk import CollateralDesk
from postloan.rules.desk_rules import load_desk_rules
from postloan.snapshot.read import read_of_bank

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRM = {"name": "乙房地产评估公司", "code": "91330000MA27TEST01"}


@pytest.fixture(autouse=True)
def _nobody_yet(db: None) -> None:
    ValuerTerm.objects.all().delete()
    Valuer.objects.all().delete()


def propose(client: Client, first: date, last: date | None, *kinds: str, **form: Any) -> int:
    told = FIRM | {
        "way": "valuer_listed", "begins_on": first.isoformat(), "ends_on": last.isoformat() if last else "",
        "kinds": list(kinds), "reason": "年度评审", "matter_id": str(uuid4()),
    }  # fmt: skip
    return int(client.post("/collateral/valuers/propose", told | form).status_code)


def agree(client: Client, kind: str) -> int:
    matter = Matter.objects.filter(kind=kind).latest("opened_at")
    version = Case.objects.get(pk=matter.case_id).version
    answer = client.post(f"/collateral/matters/{matter.pk}/decide", {"verdict": "agree", "version": version})
    return int(answer.status_code)


def home_of(bank: Path, last_day: date) -> dict[str, Any]:
    """A home of the officer's office that was last valued some time ago."""
    rows = read_of_bank(bank, last_day, "collateral_standing").filter(org_id=person("officer").org_id)
    old = (pl.col("kind").cast(pl.String) == "residential") & (pl.col("valued_on") < last_day - 90 * DAY)
    return rows.filter(old).sort("collateral_id").row(0, named=True)


def value(client: Client, collateral_id: str, on: date, **form: Any) -> Any:
    told = {"method": "external", "value": "1,000,000", "valued_on": on.isoformat(), "valuer": FIRM["name"],
            "reason": "年度重估", "matter_id": str(uuid4())}  # fmt: skip
    return client.post(f"/collateral/of/{collateral_id}/value", told | form)


def test_head_office_lists_a_valuer_and_nobody_alone(last_day: date, logged_in) -> None:
    keeper, approver, officer = logged_in("collateral"), logged_in("approver"), logged_in("officer")
    until = last_day + 365 * DAY
    assert propose(officer, last_day, until, "residential") == 403, "a branch keeps no list"
    for bad in ({"name": " "}, {"code": ""}, {"kinds": []}, {"reason": ""}, {"ends_on": ""}, {"way": "valuation"},
                {"way": "valuer_removed"}, {"ends_on": (last_day - DAY).isoformat()}):  # fmt: skip
        assert propose(keeper, last_day, until, "residential", **bad) == 400, bad
    longest = last_day.replace(year=last_day.year + 3)
    assert propose(keeper, last_day, longest + DAY, "residential") == 400
    assert propose(keeper, last_day, longest, "residential") == 302
    assert agree(keeper, "valuer_listed") == 403
    assert not Valuer.objects.exists()
    assert agree(approver, "valuer_listed") == 302
    term = ValuerTerm.objects.get()
    assert (term.valuer.name, term.kinds, term.ends_on) == (FIRM["name"], ["residential"], longest)
    assert AuditEntry.objects.filter(action="collateral.valuer_set").exists()
    assert FIRM["name"] in officer.get("/collateral/valuers/").content.decode()
    page = keeper.get(f"/collateral/valuers/{term.valuer_id}/")
    assert "居住用房地产" in page.content.decode()
    assert propose(keeper, last_day - DAY, None, way="valuer_suspended") == 400, "nothing is changed for days gone by"
    assert propose(keeper, last_day, None, way="valuer_suspended", code="other") == 400


def test_a_value_by_who_was_not_listed_on_its_day_is_refused(bank: Path, last_day: date, logged_in) -> None:
    keeper, approver, officer, risk = (logged_in(name) for name in ("collateral", "approver", "officer", "risk"))
    key, rule = home_of(bank, last_day)["collateral_id"], rules(bank, last_day)
    first, until = last_day - 60 * DAY, last_day
    refused = value(officer, key, last_day)
    assert refused.status_code == 409
    assert "不在本行名单内" in refused.content.decode()
    assert "cn-cbrc-2017-16" in refused.content.decode()
    assert not Matter.objects.filter(kind="valuation", collateral_id=key).exists()
    propose(keeper, first, until, "residential", "commercial_property")
    agree(approver, "valuer_listed")
    for kind, on, is_taken in (
        ("residential", first, True), ("residential", first - DAY, False), ("residential", until, True),
        ("residential", until + DAY, False), ("machinery", until, False),
    ):  # fmt: skip
        assert taken(FIRM["name"], kind, on, rule) is is_taken, (kind, on)
    assert not taken("丙评估公司", "residential", until, rule)
    assert value(officer, key, first - DAY).status_code == 409
    assert value(officer, key, last_day).status_code == 302

    propose(keeper, last_day, None, way="valuer_suspended")
    agree(approver, "valuer_suspended")
    assert taken(FIRM["name"], "residential", last_day - DAY, rule)
    assert not taken(FIRM["name"], "residential", last_day, rule)
    assert agree(risk, "valuation") == 409, "suspended since it was proposed"
    assert not FeedRows.objects.filter(table="valuation").exists()
    propose(keeper, last_day, None, way="valuer_removed")
    agree(approver, "valuer_removed")
    assert not taken(FIRM["name"], "residential", last_day, rule)


def rules(bank: Path, on: date) -> CollateralDesk:
    return load_desk_rules(bank).version("collateral", CollateralDesk, on)


def taken(name: str, kind: str, on: date, desk_rules: CollateralDesk) -> bool:
    try:
        check_listed(name, kind, on, desk_rules.valuers)
    except IllegalMove:
        return False
    return True
