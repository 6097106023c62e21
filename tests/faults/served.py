"""The desk's real server on a home folder, and an officer who looks at its pages."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from at_fault import PRODUCT, HarnessError, surroundings

from postloan.demo.staff import PASSWORD

_STARTS_SECONDS = 300


class Officer:
    """Somebody with a browser that keeps its cookies, whatever the clocks say."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = CookieJar()
        self.opened: OpenerDirector = build_opener(HTTPCookieProcessor(self.jar))

    def ask(self, path: str, **form: str) -> tuple[int, str, str]:
        """Ask for a page, or send a form: the status, the address that answered in the end, and what it said."""
        sent = urlencode(form).encode() if form else None
        asked = Request(self.address + path, sent, {"Referer": self.address, "Accept-Language": "en"})  # noqa: S310
        try:
            with self.opened.open(asked, timeout=120) as answer:
                return answer.status, answer.url, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.url, refused.read().decode()

    def log_in(self, username: str) -> None:
        """Log in with the password of the demo's staff."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("/account/login/")[2])
        if token is None:
            raise HarnessError("no form to log in")
        status, url, _said = self.ask(
            "/account/login/", login=username, password=PASSWORD, csrfmiddlewaretoken=token[1]
        )
        if status != 200 or "login" in url:
            raise HarnessError(f"not logged in: {status} {url}")


@contextmanager
def served(home: Path, *, defect: str = "-", **environment: str) -> Iterator[Officer]:
    """Serve the desk of a home folder; an officer looks at it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serves = str(Path(__file__).with_name("serving_defect.py"))
    kept = surroundings(home, POSTLOAN_HOME=str(home), PYTHONPATH=str(PRODUCT.parent), DEFECT=defect, **environment)
    with (home.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, serves, str(port)], env=kept, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            officer = Officer(f"http://127.0.0.1:{port}")
            _wait(officer, server)
            yield officer
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait(officer: Officer, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if officer.ask("/health/")[0] == 200:
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise HarnessError("the server does not answer")
