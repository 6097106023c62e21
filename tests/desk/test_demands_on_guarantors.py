"""Demands on guarantors: recorded at the desk with their proof, and the next night finds the guarantee kept by them."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from deciding import person
from django.test import Client

from postloan.desk.contact.models import LedgerEntry
from postloan.desk.core.models import AuditEntry, FeedRows, Grant
from postloan.desk.core.officers.queries import head_office
from postloan.desk.outbox.actions import NewMessage, NewReceipt, messages_put, receipt_take
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.written import messages_now
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.plan.contact.ledger import read_ledger
from postloan.plan.contact.parties import Party
from postloan.plan.contact.proof import Proved, faults_of
from postloan.rules.desk_rules import load_desk_rules
from postloan.site.gate import export_ledger
from postloan.site.serving import adopt, hand_over
from postloan.snapshot.read import scan_clocks, scan_loans

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JOINT, GENERAL = "BZ-JOINT", "BZ-GENERAL"
FEED = "tables:\n  guarantee: increment\n"
ROWS = """guarantee_id,guarantor_id,secures_kind,secures_id,amount,is_maximum_amount,kind,begins_on,ends_on
BZ-JOINT,BZR1,loan,{loan},100000.00,false,joint,2020-01-01,{until}
BZ-GENERAL,BZR2,loan,{loan},100000.00,false,general,2020-01-01,{until}
"""


@pytest.fixture
def guaranteed(bank: Path, tmp_path: Path, settings: object, last_day: date) -> tuple[Path, date, str]:
    """A bank with a loan that is due, and guarantors of it whose period ends on the bank's last day."""
    home, on = tmp_path / "home", last_day + DAY
    shutil.copytree(bank, home)
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    is_due = (pl.col("matures_on") < last_day) & (pl.col("outstanding_cents") > 0)
    loan_id = str(scan_loans(home, last_day).filter(is_due).collect().sort("loan_no")["loan_id"][0])
    folder = tmp_path / "feeds" / str(on)
    folder.mkdir(parents=True)
    (folder / "feed.yaml").write_text(FEED)
    (folder / "guarantee.csv").write_text(ROWS.format(loan=loan_id, until=on))
    load_feeds(home, folder, shards=2)
    list(run_nights(home, [on]))
    adopt(home, on)
    return home, on, loan_id


def clock(home: Path, on: date, guarantee_id: str, kind: str = "guarantee_period") -> dict[str, Any]:
    rows = scan_clocks(home, on).filter(guarantee_id=guarantee_id, kind=kind).collect()
    return rows.row(0, named=True)


def send(client: Client, loan_id: str, guarantee_id: str, served_on: date, **form: Any) -> int:
    told = {"served_on": served_on.isoformat(), "proof": "EMS 1234567890", "demand_id": str(uuid4())} | form
    return int(client.post(f"/clocks/guarantees/{loan_id}/{guarantee_id}/note", told).status_code)


def ledger_faults(home: Path) -> list[str]:
    export_ledger(home / "ledger.jsonl")
    law = load_desk_rules(None).files["contact"]
    lines = read_ledger(home / "ledger.jsonl")
    return [each.fault for each in faults_of(lines, law, lambda _day: False, Proved())]


def test_a_demand_on_the_last_day_keeps_a_joint_guarantee(guaranteed: tuple[Path, date, str], logged_in) -> None:
    home, on, loan_id = guaranteed
    officer, period = logged_in("preserver"), clock(home, on, JOINT)
    assert (period["state"], period["ends_on"], period["keeps"]) == ("running", on, "demand_of_guarantor")
    part = officer.get(f"/clocks/of-loan/{loan_id}").content.decode()
    assert f"/clocks/guarantees/{loan_id}/{JOINT}/" in part
    assert "登记送达" in officer.get(f"/clocks/guarantees/{loan_id}/{JOINT}/").content.decode()
    assert "催收不能保全" in officer.get(f"/clocks/guarantees/{loan_id}/{GENERAL}/").content.decode()

    assert send(officer, loan_id, JOINT, period["began_on"] - DAY) == 409, "before the debt was due"
    assert send(officer, loan_id, JOINT, on + DAY) == 400
    assert send(officer, loan_id, JOINT, on, proof=" ") == 400
    assert send(officer, loan_id, GENERAL, on) == 409, "a general guarantee asks for a suit"
    assert send(officer, loan_id, "BZ-NONE", on) == 404
    assert send(logged_in("auditor"), loan_id, JOINT, on) == 403
    assert not FeedRows.objects.filter(table="legal_event").exists()
    twice = str(uuid4())
    for _place in range(2):
        assert send(officer, loan_id, JOINT, on, demand_id=twice) == 302
    (row,) = FeedRows.objects.get(table="legal_event").rows
    assert (row["kind"], row["guarantee_id"], row["happened_on"]) == ("demand", JOINT, on.isoformat())
    assert AuditEntry.objects.filter(action="clock.guarantor_demanded").count() == 1
    told = LedgerEntry.objects.get(kind="served")
    assert (told.party, told.told["channel"], told.told["on"]) == ("BZR1", "formal_demand", on.isoformat())
    paper = officer.get(f"/contacts/of/{told.debtor}/paper").content.decode()
    assert "BZR1" in paper
    assert "催告函" in paper
    assert ledger_faults(home) == []

    told = hand_over(home, on + DAY)
    assert not told["refused"], told
    list(run_nights(home, [on + DAY]))
    kept, lost = clock(home, on + DAY, JOINT), clock(home, on + DAY, GENERAL)
    assert (kept["state"], kept["touched_by"], kept["ends_on"]) == ("kept", "demand", None)
    assert clock(home, on + DAY, JOINT, "guarantee_limitation")["began_on"] == on
    assert (lost["state"], lost["ends_on"]) == ("lost", on)
    adopt(home, on + DAY)
    assert "已保全" in officer.get(f"/clocks/guarantees/{loan_id}/{JOINT}/").content.decode()
    assert send(officer, loan_id, GENERAL, on) == 409


def test_a_demand_that_reached_a_guarantor_is_of_each_guarantee_it_keeps(guaranteed: tuple[Path, date, str]) -> None:
    home, on, loan_id = guaranteed
    officer, org = person("officer"), head_office()
    found = messages_now().named("formal_demand")
    assert found
    now = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    for guarantor_id, given in (("BZR1", [JOINT]), ("BZR2", [])):
        party = Party(guarantor_id, guarantor_id, "guarantor", "person", "", None)
        new = NewMessage(
            key=str(uuid4()), cause="written", template=found, debtor_id="x", debtor_name="甲", org_id=org.pk,
            party=party, title="催收函", text="请履行保证责任", made_on=on, useful_until=on + DAY, loan_id=loan_id,
        )  # fmt: skip
        messages_put([new], made_by=None, at=now)
        Message.objects.filter(key=new.key).update(state="sent", sent_at=now, claimed_at=now, posted_ref="EMS9")
        message = Message.objects.get(key=new.key)
        Grant.objects.create(officer=officer, action="outbox.receipt", org=org, role="test", begins_on="2021-01-01")
        receipt_take(officer, message.pk, NewReceipt("r1", "delivered", now, "本人签收"))
        rows = [row for held in FeedRows.objects.filter(pk=message.pk) for row in held.rows]
        assert [row["guarantee_id"] for row in rows] == given, "a general guarantee asks for a suit"
        assert all((row["kind"], row["loan_id"], row["proof"]) == ("demand", loan_id, "EMS9 本人签收") for row in rows)
    assert not hand_over(home, on + DAY)["refused"]
