"""What tests of messages share: accounts of systems, a contact point that the ledger knows, a mailbox, a gateway."""

import json
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import transaction

from postloan.desk.contact.ledger.actions import entry_append, instant_of, ledger_held
from postloan.desk.core.authority import today
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.actions import officer_open, role_give
from postloan.desk.outbox.sending import texts
from postloan.rules.desk_rules import Roles, load_desk_rules


def opened(username: str, role: str, org: Org) -> Officer:
    made = officer_open(None, username=username, name=username, password=None, org=org)
    given = load_desk_rules(None).version("roles", Roles, today()).named(role)
    assert given
    role_give(None, made, given, org, begins_on=date(2021, 1, 1), ends_on=None, reason="test")
    return made


def register(debtor_id: str, match: str, kind: str) -> None:
    """Tell the ledger of a point, as registering one does."""
    with transaction.atomic():
        head = ledger_held()
        entry_append(head, "point", at=instant_of(head), officer="", debtor=debtor_id, party=debtor_id, point=match,
                     role="debtor", form="person", region="", point_kind=kind, source="合同")  # fmt: skip


class Mailbox:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope.content.decode())
        return "250 taken"


class Gateway(ThreadingHTTPServer):
    """A gateway for text messages that answers what it is told, and keeps what was signed."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.taken: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Asked)


class _Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = texts.signature("secret", self.headers["X-Postloan-At"], body)
        status = self.server.answers.pop(0) if self.server.answers else 200
        if signed != self.headers["X-Postloan-Signature"]:
            status = 401
        if status == 200:
            self.server.taken.append(json.loads(body) | {"key": self.headers["Idempotency-Key"]})
        answer = json.dumps({"id": "G1"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass
