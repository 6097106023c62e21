"""The pages of the warning desk: what they tell, to whom, and what waits on them in the demo."""

from datetime import timedelta
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from warned import INTEREST, PRINCIPAL, Nights, verify

from postloan.desk.core.models import WorkItem
from postloan.desk.warning.models import CaseEntry, WarningCase
from postloan.errors import NotPermitted
from postloan.site.demo_warnings import work_on_warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def nights(db: None, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(monkeypatch)


def test_pages_tell_the_evidence_and_lead_to_the_deeds(nights: Nights, logged_in) -> None:
    nights.adopt(0, (INTEREST, "red"), (PRINCIPAL, "orange"))
    case, client = nights.case, logged_in("officer")
    page = client.get(f"/warnings/{case.pk}/").content.decode()
    assert "欠息全部清偿" in page
    assert "123.45 元" in page
    assert "贷款余额" in page
    sent = {"version": case.version, "deed_id": str(uuid4()), "reason": "属实", "evidence": "流水", "found": "true"}
    assert client.post(f"/warnings/{case.pk}/verify", sent).status_code == 302
    version = WarningCase.objects.get(pk=case.pk).version
    sent = {
        "version": version, "deed_id": str(uuid4()), "reason": "盯紧", "measure_kind": ["collection", ""],
        "measure_text": ["约谈", ""], "measure_due_on": [(case.opened_on + timedelta(days=9)).isoformat(), ""],
    }  # fmt: skip
    assert client.post(f"/warnings/{case.pk}/plan", sent).status_code == 302
    assert WarningCase.objects.get(pk=case.pk).state == "planned"
    assert "同意" in logged_in("risk").get(f"/warnings/{case.pk}/").content.decode()
    listed = logged_in("risk").get(f"/warnings/?tab=worst&signal={INTEREST}&category=repayment").content.decode()
    assert case.debtor_name in listed
    part = client.get(f"/warnings/of/{case.debtor_id}").content.decode()
    assert f"/warnings/{case.pk}/" in part
    assert client.get(f"/debtors/{case.debtor_id}/").status_code == 200


def test_a_case_of_another_office_is_nowhere(nights: Nights, logged_in) -> None:
    other = WarningCase.objects.exclude(org__path__startswith=person("officer").org.path).first()
    client = logged_in("officer")
    assert client.get(f"/warnings/{other.pk}/").status_code == 404
    sent = {"version": other.version, "deed_id": str(uuid4()), "reason": "x", "evidence": "x", "found": "true"}
    assert client.post(f"/warnings/{other.pk}/verify", sent).status_code == 404
    assert other.debtor_name not in client.get("/warnings/?tab=all").content.decode()
    with pytest.raises(NotPermitted):
        verify(other)


def test_a_loan_of_another_office_is_told_without_its_number(nights: Nights, logged_in, loans: pl.DataFrame) -> None:
    elsewhere = loans.filter(pl.col("org_id") != person("officer").org_id)["loan_id"][0]
    nights.adopt(0, (INTEREST, "red"), loan_id=elsewhere)
    page = logged_in("officer").get(f"/warnings/{nights.case.pk}/").content.decode()
    assert elsewhere not in page
    assert "其他机构的借据" in page


def test_the_demo_leaves_work_to_each_role(db: None) -> None:
    officer, risk = person("officer"), person("risk")
    left = set(WorkItem.objects.filter(state="open", page__startswith="/warnings/").values_list("officer", "kind"))
    assert {(officer.pk, kind) for kind in ("warning_verify", "warning_plan", "warning_act")} <= left
    assert (risk.pk, "approval_due") in left
    held = set(WarningCase.objects.filter(org=officer.org).values_list("state", flat=True))
    assert {"open", "verified", "planned", "acting", "lifting"} <= held
    done = CaseEntry.objects.filter(officer__isnull=False).count()
    work_on_warnings(officer, risk)
    assert done
    assert CaseEntry.objects.filter(officer__isnull=False).count() == done
