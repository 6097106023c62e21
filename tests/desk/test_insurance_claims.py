"""Insurance claims: a loss told, claimed, answered; its money on the loan by the core's own payment, or given up."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from postloan.desk.approval.models import Case
from postloan.desk.collateral import queries
from postloan.desk.collateral.models import Claim, ClaimPayment, Matter
from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.plan.dossier import loan_paper
from postloan.snapshot.read import read_of_bank
from postloan.tables.said import said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_yet(db: None) -> None:
    """The demo's own claim is out of the way."""
    Claim.objects.all().delete()
    WorkItem.objects.filter(kind="collateral_claim").delete()


@pytest.fixture
def paid_loan(bank: Path, last_day: date) -> dict[str, Any]:
    """A loan of the officer's office that insured collateral secures, that is owed, and that was paid on lately."""
    standing = read_of_bank(bank, last_day, "collateral_standing").filter(org_id=person("officer").org_id)
    insured = standing.filter(pl.col("insured_to_on") > last_day)
    shares = read_of_bank(bank, last_day, "collateral_share").join(insured, on="collateral_id", how="semi")
    for row in shares.sort("loan_no").to_dicts():
        payments = loan_paper(bank, row["loan_id"], "payments", last_day)
        if payments.height and last_day > payments["paid_on"][0] > last_day - 40 * DAY:
            return row | payments.row(0, named=True)
    raise AssertionError("no loan was paid on lately")


class Walk:
    """An officer on one claim."""

    def __init__(self, client: Client, claim: Claim) -> None:
        self.client, self.page, self.key = client, f"/collateral/claims/{claim.pk}/", claim.pk

    @property
    def claim(self) -> Claim:
        return Claim.objects.get(pk=self.key)

    def send(self, step: str, **form: Any) -> int:
        told = {"note": "报案号 9551", "version": self.claim.version, "reason": "依保单", "matter_id": str(uuid4())}
        return int(self.client.post(f"{self.page}{step}", told | form).status_code)

    def agree(self, *clients: Client) -> None:
        matter = Matter.objects.filter(claim=self.key).latest("opened_at")
        for client in clients:
            version = Case.objects.get(pk=matter.case_id).version
            done = client.post(f"/collateral/matters/{matter.pk}/decide", {"verdict": "agree", "version": version})
            assert done.status_code == 302


def noted(client: Client, collateral_id: str, happened_on: date, **form: Any) -> Walk:
    told = {"happened_on": happened_on.isoformat(), "loss": "500,000.00", "insurer": "甲财产保险", "policy_no": "PC-1",
            "what": "厂房失火", "claim_id": str(uuid4()), "is_first": "on"}  # fmt: skip
    for _twice in range(2):
        assert client.post(f"/collateral/of/{collateral_id}/loss", told | form).status_code == 302
    return Walk(client, Claim.objects.get(pk=told["claim_id"]))


def due() -> list[tuple[str, date, int]]:
    open_items = WorkItem.objects.filter(kind="collateral_claim", state="open")
    return [(item.told, item.due_on, item.amount_cents) for item in open_items]


def to_grant(walk: Walk, on: date, cents: int) -> None:
    """Tell, file and have it answered on one day."""
    assert walk.send("tell", on=on.isoformat()) == 302
    assert walk.send("file", on=on.isoformat(), amount="400000") == 302
    assert walk.send("answer", on=on.isoformat(), amount=f"{cents / 100:.2f}", verdict="granted") == 302


@pytest.mark.parametrize(("payee", "is_first"), [("bank", ""), ("other", "on")])
def test_another_beneficiary_than_the_insurance_names_needs_a_reason(
    payee: str, is_first: str, paid_loan: dict[str, Any], last_day: date, logged_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, key, seen = logged_in("officer"), paid_loan["collateral_id"], queries.collateral_seen
    monkeypatch.setattr(queries, "collateral_seen", lambda *a: seen(*a) | {"insurance_payee": payee})
    assert said("insurance_payee", payee, "zh") in asked.get(f"/collateral/of/{key}/").content.decode()
    told = {"happened_on": last_day.isoformat(), "loss": "1.00", "insurer": "甲", "policy_no": "P", "what": "失火",
            "claim_id": str(uuid4()), "is_first": is_first}  # fmt: skip
    for reason in ("", " ", "因" * 1001):
        assert asked.post(f"/collateral/of/{key}/loss", told | {"first_reason": reason}).status_code == 400
    assert not Claim.objects.exists()
    walk = noted(asked, key, last_day, is_first=is_first, first_reason="批单已变更受益人")
    assert walk.claim.is_first is bool(is_first)
    entry = AuditEntry.objects.get(action="collateral.loss_noted", subject__endswith=str(walk.key))
    assert (entry.reason, entry.told["insurance_payee"]) == ("批单已变更受益人", payee)


def test_the_beneficiary_that_the_insurance_names_needs_none(
    paid_loan: dict[str, Any], last_day: date, logged_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = queries.collateral_seen
    monkeypatch.setattr(queries, "collateral_seen", lambda *a: seen(*a) | {"insurance_payee": "bank"})
    assert noted(logged_in("officer"), paid_loan["collateral_id"], last_day).claim.is_first


def test_a_loss_is_told_claimed_and_answered_in_time(bank: Path, last_day: date, logged_in, paid_loan) -> None:
    officer, key = logged_in("officer"), paid_loan["collateral_id"]
    assert "登记出险" in officer.get(f"/collateral/of/{key}/").content.decode()
    good = {"happened_on": last_day.isoformat(), "loss": "1", "insurer": "甲", "policy_no": "1", "what": "失火",
            "claim_id": str(uuid4())}  # fmt: skip
    for bad in ({"insurer": " "}, {"policy_no": ""}, {"what": ""}, {"loss": "0"},
                {"happened_on": (last_day + DAY).isoformat()}):  # fmt: skip
        assert officer.post(f"/collateral/of/{key}/loss", good | bad).status_code == 400, bad
    assert logged_in("risk").post(f"/collateral/of/{key}/loss", good).status_code == 403
    other = read_of_bank(bank, last_day, "collateral_standing").drop_nulls("org_id")
    outside = other.filter(pl.col("org_id") != person("officer").org_id)["collateral_id"][0]
    assert officer.post(f"/collateral/of/{outside}/loss", good).status_code == 404
    assert not Claim.objects.exists()

    walk = noted(officer, key, last_day - DAY)
    assert due() == [(key, last_day + 2 * DAY, 500_000_00)]
    assert walk.send("file", on=last_day.isoformat(), amount="1") == 409, "the insurer was not told"
    assert walk.send("tell", on=(last_day - 2 * DAY).isoformat()) == 400, "before it happened"
    assert walk.send("tell", on=last_day.isoformat(), note="") == 400
    assert walk.send("tell", on=last_day.isoformat(), version=walk.claim.version - 1) == 409
    assert walk.send("tell", on=last_day.isoformat()) == 302
    assert due() == [(key, last_day + 15 * DAY, 500_000_00)]
    above = f"{(walk.claim.insured_cents + 1) / 100:.2f}"
    assert walk.send("file", on=last_day.isoformat(), amount=above) == 400, "more than the sum insured"
    assert walk.send("file", on=last_day.isoformat(), amount="400000") == 302
    assert due() == [(key, last_day + 30 * DAY, 500_000_00)]
    assert walk.send("answer", on=last_day.isoformat(), amount="400000.01", verdict="granted") == 400
    assert walk.send("answer", on=last_day.isoformat(), amount="300000", verdict="granted") == 302
    assert due() == [(key, last_day + 10 * DAY, 300_000_00)]
    assert "保险金入账结案" in officer.get(walk.page).content.decode()
    assert officer.get(f"{walk.page}letter.docx").status_code == 200
    deeds = AuditEntry.objects.filter(subject=f"collateral.claim:{walk.key}").values_list("action", flat=True)
    assert list(deeds) == [f"collateral.{each}" for each in ("loss_noted", "claim_told", "claim_filed",
                                                             "claim_answered")]  # fmt: skip
    assert logged_in("officer").get("/collateral/claims/", {"tab": "running"}).context["list"]


def test_what_was_granted_is_closed_by_the_cores_payment_and_by_no_other(last_day: date, logged_in, paid_loan) -> None:
    officer, risk, paid = logged_in("officer"), logged_in("risk"), paid_loan
    walk = noted(officer, paid["collateral_id"], paid["paid_on"] - DAY)
    to_grant(walk, paid["paid_on"], paid["amount_cents"] + 1)
    form = {"payment": [paid["payment_id"]]}
    assert walk.send("paid", payment=[]) == 400
    assert walk.send("paid", **form) == 400, "a cent is missing, and the loan is still owed"
    assert walk.send("restored") == 409, "no value since"

    other = noted(officer, paid["collateral_id"], paid["paid_on"] - DAY)
    for each in (walk, other):
        Claim.objects.filter(pk=each.key).update(state="noted", version=1)
        to_grant(each, paid["paid_on"], paid["amount_cents"])
    assert walk.send("paid", **form) == 302
    assert other.send("paid", **form) == 302, "nobody agreed to either yet"
    walk.agree(risk)
    assert (walk.claim.state, walk.claim.ending, walk.claim.closed_on) == ("closed", "claim_paid", last_day)
    assert list(ClaimPayment.objects.values_list("payment_id", "amount_cents")) == [
        (paid["payment_id"], paid["amount_cents"])
    ]
    assert [told for told, _due_on, _cents in due()] == [paid["collateral_id"]], "the work of the other is left"
    matter = Matter.objects.get(claim=other.key)
    version = Case.objects.get(pk=matter.case_id).version
    twice = risk.post(f"/collateral/matters/{matter.pk}/decide", {"verdict": "agree", "version": version})
    assert twice.status_code == 409, "a payment answers one claim"
    assert other.claim.state == "closing"


def test_money_that_came_before_the_answer_is_not_the_insurers(last_day: date, logged_in, paid_loan) -> None:
    walk = noted(logged_in("officer"), paid_loan["collateral_id"], paid_loan["paid_on"] - DAY)
    to_grant(walk, paid_loan["paid_on"] + DAY, paid_loan["amount_cents"])
    assert walk.send("paid", payment=[paid_loan["payment_id"]]) == 400


def test_a_refusal_is_claimed_again_or_given_up_by_three(last_day: date, logged_in, paid_loan) -> None:
    officer, risk, approver = logged_in("officer"), logged_in("risk"), logged_in("approver")
    walk, on = noted(officer, paid_loan["collateral_id"], last_day), last_day.isoformat()
    walk.send("tell", on=on)
    assert walk.send("file", on=on, amount="600000" if walk.claim.insured_cents > 600_000_00 else "100") == 302
    filed = walk.claim.filed_cents
    assert walk.send("drop") == 409, "nobody refused it"
    assert walk.send("answer", on=on, verdict="declined", amount="") == 302
    assert walk.send("paid", payment=["1"]) == 409
    assert walk.send("file", on=on, amount=f"{filed / 100:.2f}") == 302, "with more papers"
    assert walk.send("answer", on=on, verdict="declined", amount="") == 302
    assert walk.send("drop") == 302
    walk.agree(*((risk, approver) if filed > 500_000_00 else (approver,)))
    assert (walk.claim.state, walk.claim.ending) == ("closed", "claim_dropped")
    assert due() == []


def test_a_claim_lapses_two_years_after_the_event_and_not_before(last_day: date, logged_in, paid_loan) -> None:
    assert (last_day.month, last_day.day) == (10, 31)
    officer, on = logged_in("officer"), last_day.isoformat()
    last, late = (
        noted(officer, paid_loan["collateral_id"], last_day.replace(year=last_day.year - 2) - timedelta(days=days))
        for days in (0, 1)
    )
    assert last.claim.lapses_on == last_day
    for walk in (last, late):
        assert walk.claim.due_on == walk.claim.lapses_on, "no step is due after it"
        assert walk.send("tell", on=on) == 302
    assert last.send("file", on=on, amount="1") == 302
    assert late.send("file", on=on, amount="1") == 409
