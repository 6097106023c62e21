"""The text door: a gateway that takes text messages by HTTP, each request signed."""

import hashlib
import hmac
import http.client
import json
import time
from urllib.parse import urlsplit

from django.utils import timezone

from postloan.desk.core.encrypted import check_encrypted
from postloan.desk.outbox.sending.doors import Answer, Sendable

WAITS_SECONDS = (0.5, 2.0)
"""How long it waits before it asks a busy gateway again."""
_TIMEOUT_SECONDS = 10
_OK, _KNOWN, _WRONG, _BUSY, _BROKEN = 200, 409, 400, 429, 500


def signature(secret: str, at: str, body: bytes) -> str:
    """The HMAC-SHA256 of an instant and a body, in hexadecimal digits: a gateway makes it anew and compares."""
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


class TextDoor:
    """A gateway: POST of {id, to, text}. The id is in Idempotency-Key too, so that what is given twice is sent once.

    It is spoken to by TLS, or is on this machine. Raises SettingWrong. Where it sends the desk elsewhere, nobody goes.
    """

    name = "http"
    is_repeatable = True

    def __init__(self, url: str, secret: str) -> None:
        check_encrypted("POSTLOAN_OUTBOX_SMS_URL", url, ("https",), ("http",))
        self._url, self._secret = urlsplit(url), secret

    def send(self, message: Sendable) -> Answer:
        """Send a message; a gateway that is busy, broken or silent is asked again a few times."""
        told = self._asked(message)
        for wait in WAITS_SECONDS:
            if told.came not in {"shut", "unsure"}:
                break
            time.sleep(wait)
            told = self._asked(message)
        return told

    def _asked(self, message: Sendable) -> Answer:
        body = json.dumps({"id": str(message.id), "to": message.to, "text": message.text}, ensure_ascii=False).encode()
        at = str(int(timezone.now().timestamp()))
        headers = {
            "Content-Type": "application/json", "Idempotency-Key": str(message.id), "X-Postloan-At": at,
            "X-Postloan-Signature": signature(self._secret, at, body),
        }  # fmt: skip
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        link = kind(self._url.hostname or "", self._url.port, timeout=_TIMEOUT_SECONDS)
        try:
            link.connect()
        except OSError as fault:
            return Answer("shut", why=type(fault).__name__)
        try:
            link.request("POST", self._url.path or "/", body, headers)
            answer = link.getresponse()
            return _read(answer.status, answer.read(10_000))
        except (OSError, http.client.HTTPException) as fault:
            return Answer("unsure", why=type(fault).__name__)
        finally:
            link.close()


def _read(status: int, body: bytes) -> Answer:
    if _OK <= status < _OK + 100 or status == _KNOWN:
        return Answer("sent", _ref(body))
    if status >= _BROKEN:
        return Answer("unsure", why=f"HTTP {status}")
    return Answer("refused" if status >= _WRONG and status != _BUSY else "shut", why=f"HTTP {status}")


def _ref(body: bytes) -> str:
    """What the gateway calls the message; a gateway that calls it nothing has taken it all the same."""
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return ""
    return str(told.get("id", ""))[:120] if isinstance(told, dict) else ""
