"""The outbox: reminders of a published day, and sending by the gate's leave: a folder, a mail server, a gateway."""

import json
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from aiosmtpd.controller import Controller
from deciding import person
from django.test import Client
from messaging import Gateway, Mailbox, opened, register
from warned import debtors_free

from postloan.desk.contact.models import Attempt, ContactPoint
from postloan.desk.core.authority import today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AdoptedDay, FeedRows, Officer, WorkItem
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.tokens.actions import token_issue
from postloan.desk.outbox.actions import NewMessage, messages_put
from postloan.desk.outbox.models import Message, Receipt
from postloan.desk.outbox.reminders.actions import reminders_open
from postloan.desk.outbox.sending import actions as sending
from postloan.desk.outbox.sending import texts
from postloan.desk.outbox.written import messages_now
from postloan.errors import ClockAstray
from postloan.plan.contact.ledger import read_ledger
from postloan.plan.contact.parties import Party, sealed_point
from postloan.plan.contact.proof import Proved, faults_of
from postloan.plan.options import compare
from postloan.rules.desk_rules import load_desk_rules
from postloan.site.gate import export_ledger

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
LATE = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
"""Half past ten in the evening, in Beijing."""


class Clock:
    at = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, db: None) -> Clock:
    held = Clock()
    AdoptedDay.objects.update(adopted_at=NOON)  # a clock from before the last adoption is not believed
    monkeypatch.setattr("django.utils.timezone.now", lambda: held.at)
    monkeypatch.setattr(texts, "WAITS_SECONDS", (0.0, 0.0))
    return held


@pytest.fixture
def sender() -> Officer:
    return opened("outbox", "outbox_sender", head_office())


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.OUTBOX_FOLDER = str(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def put(clock: Clock, bank: Path) -> Callable[..., Message]:
    """Put a message for a debtor of the officer's office into an outbox that holds nothing else."""
    Message.objects.update(state=Message.State.CANCELLED)
    debtor = next(each for each in debtors_free(60) if each["legal_form"] == "person")

    def made(template: str = "overdue_sms", kind: str = "phone", plain: str = "13800001234") -> Message:
        org = person("officer").org
        assert org
        found = messages_now().named(template)
        assert found
        if plain:
            kept = sealed_point(bank, kind, plain)
            ContactPoint.objects.get_or_create(
                debtor_id=debtor["debtor_id"], match=kept.match, defaults={
                    "party_id": debtor["debtor_id"], "party_name": "张三", "role": "debtor", "form": "person",
                    "kind": kind, "sealed": kept.sealed, "label": "*", "source": "合同", "org": org},
            )  # fmt: skip
            register(debtor["debtor_id"], kept.match, kind)
        party = Party(debtor["debtor_id"], "张三", "debtor", "person", "", None)
        new = NewMessage(
            key=str(uuid4()), cause="written", template=found, debtor_id=debtor["debtor_id"], debtor_name="张三",
            org_id=org.pk, party=party, title="提醒", text="请还款 1,234.56 元", made_on=today(),
            useful_until=today() + timedelta(days=3),
        )  # fmt: skip
        assert messages_put([new], made_by=None, at=clock.at) == 1
        return Message.objects.get(key=new.key)

    return made


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def ledger_faults(tmp_path: Path) -> list[str]:
    export_ledger(tmp_path / "ledger.jsonl")
    law = load_desk_rules(None).files["contact"]
    found = faults_of(read_ledger(tmp_path / "ledger.jsonl"), law, lambda _day: False, Proved(), known=None)
    return [each.fault for each in found]


def test_a_published_day_reminds_once_and_to_the_cent(bank: Path, logged_in) -> None:
    day, rules = business_day(None), load_desk_rules(bank)
    held = Message.objects.filter(made_on=day.on).exclude(cause="written")
    before = held.count()
    assert before > 20
    assert reminders_open(day, rules) == 0
    assert held.count() == before
    message = held.filter(cause="due_3").order_by("key")[0]
    due = compare(bank, message.loan_id, [], day.on, effective_on=day.on).as_it_stands.instalments[0]
    assert (due.due_on, due.cents) == (message.due_on, message.amount_cents)
    assert f"{message.amount_cents // 100:,}.{message.amount_cents % 100:02d}元" in message.text
    late = held.filter(cause__startswith="overdue_")
    assert late.exists()
    # A loan that is past due no more is written to no more.
    later = replace(day, on=day.on + timedelta(days=1), latest_on=day.on + timedelta(days=1))
    assert late.filter(role="guarantor", channel="formal_demand").count() > 0
    assert later.on > day.on
    listed = logged_in("risk").get("/outbox/?tab=all").content.decode()
    assert "逾期提醒" in listed or "还款提醒" in listed


def test_two_templates_read_as_they_are_written(logged_in) -> None:
    page = logged_in("officer").get("/outbox/templates/formal_demand/").content.decode()
    assert "12,345.67" not in page
    assert "25,000.00" in page
    assert "cn-civil-code" in page
    assert "formal_demand" in logged_in("officer").get("/outbox/templates/").content.decode()


def test_a_message_is_written_by_hand_after_a_look(logged_in) -> None:
    message = Message.objects.filter(org=person("officer").org, cause="overdue_7").first()
    message = message or Message.objects.filter(org=person("officer").org).first()
    assert message
    root, client = f"/outbox/of/{message.debtor_id}/", logged_in("officer")
    asked = {"template": "due_sms", "loan": message.loan_id, "party": message.debtor_id}
    assert message.loan_id in client.get(root, asked).content.decode()
    key = str(uuid4())
    for _twice in range(2):
        answer = client.post(f"{root}write", asked | {"made_id": key})
        assert answer.status_code == 302, answer.content.decode()[:1500]
    [made] = Message.objects.filter(key=f"written:{key}")
    assert made.text in client.get(root).content.decode() or made.title in client.get(root).content.decode()
    assert logged_in("auditor").post(f"{root}write", asked | {"made_id": str(uuid4())}).status_code == 403
    sent = {"version": made.version, "reason": "写错"}
    assert client.post(f"/outbox/{made.pk}/cancel", sent).status_code == 302
    assert state_of(made) == "cancelled"


def test_a_message_is_sent_once_into_a_folder(put, sender, folder, tmp_path) -> None:
    text, letter = put(), put("overdue_letter", "address", "杭州市西湖区文三路1号")
    assert sending.messages_send(sender, most=10) == {"sent": 2}
    assert sending.messages_send(sender, most=10) == {}
    [file] = (folder / "sms").rglob("*.json")
    assert json.loads(file.read_bytes())["to"] == "13800001234"
    [paper] = (folder / "letter").rglob("*.docx")
    assert "文三路" in zipfile.ZipFile(paper).read("word/document.xml").decode()
    assert Attempt.objects.get(pk=Message.objects.get(pk=text.pk).attempt_id).outcome == "sent"
    assert state_of(letter) == "sent"
    assert ledger_faults(tmp_path) == []


def test_at_half_past_ten_it_waits_and_goes_in_the_morning(put, sender, folder, clock, tmp_path, logged_in) -> None:
    message = put()
    clock.at = LATE
    assert sending.messages_send(sender, most=10) == {"queued": 1}
    assert state_of(message) == "queued"
    assert message.refused_by == "hours"
    assert message.not_before == LATE + timedelta(hours=9, minutes=30)
    assert sending.messages_send(sender, most=10) == {}
    page = logged_in("officer").get(f"/outbox/{message.pk}/").content.decode()
    assert "未经本人同意不得联系" in page
    clock.at = message.not_before
    assert sending.messages_send(sender, most=10) == {"sent": 1}
    assert ledger_faults(tmp_path) == []


def test_what_no_time_cures_becomes_work(put, sender, folder, clock, logged_in) -> None:
    message, nowhere = put(), put("overdue_letter", plain="")
    ContactPoint.objects.update(is_do_not_call=True)
    debtor_id = message.debtor_id
    client = logged_in("officer")
    client.post(f"/contacts/of/{debtor_id}/complain", {"made_id": str(uuid4()), "text": "短信太多"})
    assert sending.messages_send(sender, most=10) == {"refused": 1, "no_point": 1}
    assert state_of(message) == "refused"
    assert message.refused_by == "pause"
    assert WorkItem.objects.filter(kind="message_stuck", state="open").count() == 2
    sent = {"reason": "已补地址", "version": Message.objects.get(pk=nowhere.pk).version}
    assert client.post(f"/outbox/{nowhere.pk}/again", sent).status_code == 302
    assert state_of(nowhere) == "queued"
    clock.at += timedelta(days=9)
    assert sending.messages_send(sender, most=10) == {}
    assert {state_of(message), state_of(nowhere)} == {"expired"}


@pytest.mark.parametrize("jump", [timedelta(minutes=-16), timedelta(days=41)])
def test_a_clock_that_cannot_be_right_lets_no_message_go(put, clock, sender, jump) -> None:
    put()
    clock.at += jump
    with pytest.raises(ClockAstray):
        sending.messages_send(sender, most=10)
    assert Message.objects.filter(state=Message.State.QUEUED).count() == 1


def test_two_senders_claim_each_message_once(put, sender, folder) -> None:
    message = put()
    assert sending.message_claim(message.pk)
    assert not sending.message_claim(message.pk)
    assert sending.messages_send(sender, most=10) == {}


class Killed(BaseException):
    """What a process that is killed does not catch."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed


def send_and_be_killed(sender: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sending, "message_answered", killed)
        with pytest.raises(Killed):
            sending.messages_send(sender, most=10)


def test_killed_after_the_folder_it_is_sent_again_as_the_same_file(put, sender, folder, clock, monkeypatch) -> None:
    message = put()
    send_and_be_killed(sender, monkeypatch)
    assert state_of(message) == "sending"
    clock.at += timedelta(minutes=16)
    assert sending.messages_send(sender, most=10) == {"sent": 1}
    assert len(list(folder.rglob("*.json"))) == 1


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.OUTBOX_SMTP_URL = f"smtp://127.0.0.1:{port}"
    settings.OUTBOX_FROM = "loans@bank.example"
    yield box
    server.stop()


@pytest.fixture
def by_mail(monkeypatch: pytest.MonkeyPatch, put, bank: Path) -> Callable[..., Message]:
    """Put a message that goes by mail: no template that comes with Postloan does."""

    def made(plain: str) -> Message:
        message = put("due_sms", "email", plain)
        Message.objects.filter(pk=message.pk).update(channel="email")
        message.refresh_from_db()
        return message

    return made


def test_mail_goes_through_a_real_server(by_mail, sender, mailbox, clock, monkeypatch, logged_in) -> None:
    message = by_mail("zhang@example.com")
    assert sending.messages_send(sender, most=10) == {"sent": 1}
    assert f"<{message.pk}@bank.example>" in mailbox.mails[0]
    left = by_mail("zhang@example.com")
    send_and_be_killed(sender, monkeypatch)
    clock.at += timedelta(minutes=16)
    # The mail went out before the kill: it is not sent a second time, and somebody looks it up.
    assert sending.messages_send(sender, most=10) == {}
    assert state_of(left) == "unsure"
    assert len(mailbox.mails) == 2
    sent = {"reason": "邮件服务器日志", "version": left.version}
    assert logged_in("officer").post(f"/outbox/{left.pk}/was-sent", sent).status_code == 302
    assert state_of(left) == "sent"


def test_an_address_that_nobody_has_fails_and_a_shut_server_is_tried_again(by_mail, sender, mailbox, settings) -> None:
    message = by_mail("nobody@example.com")
    assert sending.messages_send(sender, most=10) == {"failed": 1}
    assert Attempt.objects.get(pk=Message.objects.get(pk=message.pk).attempt_id).outcome == "not_made"
    settings.OUTBOX_SMTP_URL = "smtp://127.0.0.1:9"
    Message.objects.filter(pk=message.pk).update(state="queued", not_before=NOON)
    assert sending.messages_send(sender, most=10) == {"queued": 1}


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTBOX_SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.OUTBOX_SMS_SECRET = "secret"  # noqa: S105
    yield server
    server.shutdown()
    server.server_close()


def test_a_gateway_takes_signed_texts_and_is_asked_again(put, sender, gateway, settings, clock) -> None:
    message = put()
    gateway.answers = [503, 429, 200]
    assert sending.messages_send(sender, most=10) == {"sent": 1}
    assert gateway.taken == [{"id": str(message.pk), "to": "13800001234", "text": message.text, "key": str(message.pk)}]
    assert state_of(message) == "sent"
    assert message.outside_ref == "G1"
    wrong = put()
    gateway.answers = [400]
    assert sending.messages_send(sender, most=10) == {"failed": 1}
    assert state_of(wrong) == "failed"
    busy = put()
    gateway.answers = [503, 503, 503]
    assert sending.messages_send(sender, most=10) == {"queued": 1}
    clock.at += timedelta(minutes=6)
    settings.OUTBOX_SMS_SECRET = "other"  # noqa: S105
    assert sending.messages_send(sender, most=10) == {"failed": 1}
    assert state_of(busy) == "failed"
    assert [each["id"] for each in gateway.taken] == [str(message.pk)]


def test_receipts_come_by_the_api_once(put, sender, folder, clock) -> None:
    message, waits = put(), put()
    org = person("officer").org
    assert org
    sending.messages_send(sender, most=1)
    account = opened("gateway", "dialler", org)
    secret = token_issue(None, account, name="g", expires_on=today() + timedelta(days=9), reason="test").secret

    def told(message_id: object, ref: str, outcome: str, token: str = secret, at: datetime | None = None) -> Any:
        told_at = (at or clock.at).isoformat()
        body = {"receipts": [{"message_id": str(message_id), "ref": ref, "outcome": outcome, "at": told_at}]}
        return Client().post("/api/outbox/receipts", json.dumps(body), "application/json",
                             headers={"Authorization": f"Bearer {token}"})  # fmt: skip

    first, second = sorted((message, waits), key=lambda each: state_of(each) != "sent")
    for days in (-1, 1, 1400):
        wrong = told(first.pk, "r0", "delivered", at=clock.at + timedelta(days=days))
        assert (wrong.status_code, wrong.json()["where"]["field"]) == (400, "at"), wrong.content
    assert told(first.pk, "r1", "undelivered").json()[0]["state"] == "undelivered"
    assert told(first.pk, "r1", "undelivered").status_code == 200
    assert told(first.pk, "r2", "delivered").json()[0]["state"] == "delivered"
    assert Receipt.objects.count() == 2
    assert told(second.pk, "r3", "delivered").status_code == 400
    assert told(uuid4(), "r4", "delivered").status_code == 404
    assert told(first.pk, "r5", "delivered", token="wrong").status_code == 401  # noqa: S106
    client = Client()
    client.force_login(account)
    shown = client.get(f"/api/outbox/messages/{first.pk}", headers={"Authorization": f"Bearer {secret}"}).json()
    assert shown["state"] == "delivered"
    assert "text" not in shown
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/outbox/receipts", "/api/outbox/messages/{message_id}", "/api/agency/ask"} <= paths.keys()


def test_letters_are_posted_from_the_list_and_receipted_on_paper(put, sender, folder, clock, logged_in) -> None:
    letter = put("formal_demand", "address", "杭州市西湖区文三路1号")
    sending.messages_send(sender, most=10)
    client = logged_in("officer")
    assert "贷款催收函" in client.get(f"/outbox/{letter.pk}/").content.decode() or state_of(letter) == "sent"
    assert str(letter.pk) in client.get("/outbox/letters/").content.decode()
    posted = client.post("/outbox/letters/posted", {"ticked": [str(letter.pk)], "posted_ref": "EMS123"})
    assert posted.status_code == 302
    assert str(letter.pk) not in client.get("/outbox/letters/").content.decode()
    Message.objects.filter(pk=letter.pk).update(loan_id="JJ202300000001")
    sent = {"made_id": str(uuid4()), "outcome": "delivered", "note": "本人签收", "on": "2026-03-05"}
    assert client.post(f"/outbox/{letter.pk}/receipt", sent).status_code == 400, "that day has not come"
    assert client.post(f"/outbox/{letter.pk}/receipt", sent | {"on": "2026-03-02"}).status_code == 400, "nor gone out"
    assert state_of(letter) == "sent"
    assert not FeedRows.objects.filter(pk=letter.pk).exists()
    clock.at += timedelta(days=2)
    client = logged_in("officer")
    assert client.post(f"/outbox/{letter.pk}/receipt", sent).status_code == 302
    assert state_of(letter) == "delivered"
    [row] = FeedRows.objects.get(pk=letter.pk, table="legal_event").rows
    assert (row["kind"], row["happened_on"], row["proof"]) == ("demand", "2026-03-05", "EMS123 本人签收")
    word = client.get(f"/outbox/{letter.pk}/letter.docx")
    assert word["Content-Type"].endswith("wordprocessingml.document")


def test_nobody_sees_messages_of_other_offices(logged_in, loans: pl.DataFrame) -> None:
    other = Message.objects.exclude(org=person("officer").org)[0]
    assert logged_in("officer").get(f"/outbox/{other.pk}/").status_code == 404
    assert logged_in("officer").get(f"/outbox/of/{other.debtor_id}/").status_code == 404
