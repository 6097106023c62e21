"""A real server on a real demo bank, and a real browser that looks at it.

Where no Chromium is found the walks are skipped, unless POSTLOAN_BROWSER=required forbids it, as CI does.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from looking import CHROMIUM
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from desk_bank import kept_bank
from postloan.demo.staff import PASSWORD

_STARTS_SECONDS = 1_800
# Two workers and two servers share the machine: patience costs nothing where the page is right.
expect.set_options(timeout=30_000)
_SERVE = Path(__file__).parent / "serve_bank.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the walks last, and of them those over every page first; all but those of the core are slow.

    Those over every page first, since other walks go on to later days, and then less waits to be done.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name != "test_walks_of_the_core.py":
            item.add_marker(pytest.mark.slow)
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool]:
    walks = item.path.is_relative_to(Path(__file__).parent)
    return walks, walks and not item.name.startswith("test_every_page_of_every_role")


@dataclass
class Site:
    """A running site.

    home        its home folder, the walk's own to change.
    days_taken  how many days ahead the site's clock was set: the ledger of contact never goes back.
    """

    address: str
    home: Path
    environment: dict[str, str]
    days_taken: int = 0

    def command(self, *arguments: object) -> str:
        """Run `postloan` on the home folder, and return what it printed."""
        command = [str(Path(sys.executable).with_name("postloan")), *map(str, arguments), "--home", str(self.home)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def night(self, on: date, *, hands_over: int) -> None:
        """Hand a day over, compute it and open the desk on it; what other walks decided may go with it."""
        told = json.loads(self.command("hand-over", "--on", on, "--json"))
        assert (told["accepted"], told["refused"]) == (told["count"], "0")
        assert int(told["count"]) >= hands_over
        self.command("night", on)
        self.command("adopt", "--on", on)


@pytest.fixture
def clock(site: Site) -> Iterator[Callable[[timedelta], None]]:
    """The desk's clock, set to so long after a midnight (UTC) that comes after every day a walk has set it to."""
    held = site.home / "clock"
    first = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=site.days_taken + 1)
    taken = site.days_taken

    def stands_at(after_midnight: timedelta) -> None:
        site.days_taken = max(site.days_taken, taken + after_midnight.days + 2)
        held.write_text((first + after_midnight).isoformat())

    yield stands_at
    held.unlink(missing_ok=True)


@dataclass
class Faults:
    """What a page must not do: write to the console, fail a request, ask another machine."""

    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str, pytestconfig: pytest.Config) -> Iterator[Site]:
    """The demo bank served by the real server, on a copy of its home with its database."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(kept_bank(tmp_path_factory, worker_id, pytestconfig.getoption("--kept")), home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    environment |= {"POSTLOAN_HOME": str(home), "POSTLOAN_LANG": "zh"}
    log = (home / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, str(_SERVE), str(home), str(port)], env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    site = Site(f"http://127.0.0.1:{port}", home, environment)
    try:
        _wait_for(site, server)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait_for(site: Site, server: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < _STARTS_SECONDS:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{site.address}/health/", timeout=2) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError((site.home / "server.log").read_text(errors="replace")[-3000:])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        if os.environ.get("POSTLOAN_BROWSER") == "required":
            pytest.fail("no Chromium, and POSTLOAN_BROWSER=required forbids going on without")
        pytest.skip("no Chromium on this machine: apt install chromium fonts-noto-cjk")
    # A browser leaves an event loop running in its process, and Django would refuse its database there from then on.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Log in as somebody and get a page; whatever it does that it must not fails the test at its end."""
    contexts: list[BrowserContext] = []
    faults = Faults()

    def opened(username: str, *, width: int = 1366, height: int = 900, language: str = "zh") -> Page:
        locale = "zh-CN" if language == "zh" else "en-US"
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, accept_downloads=True)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: _said(said.type, said.text, faults))
        page.on("response", lambda answer: _answered(answer.status, answer.url, faults))
        page.on("pageerror", lambda fault: faults.said.append(str(fault)))
        page.on("request", lambda asked: _asked(site, asked.url, faults))
        page.goto(f"{site.address}/account/login/")
        page.fill("#id_login", username)
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{site.address}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults.said == []


def _said(kind: str, text: str, faults: Faults) -> None:
    # A refusal is an answer; that the browser notes it is no fault of the page.
    if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
        faults.said.append(text)


def _answered(status: int, url: str, faults: Faults) -> None:
    if status >= 500:
        faults.said.append(f"{status} {url}")


def _asked(site: Site, url: str, faults: Faults) -> None:
    if not url.startswith((site.address, "data:", "blob:")):
        faults.said.append(f"asked another machine: {url}")
