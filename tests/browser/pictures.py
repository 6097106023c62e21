"""Takes the pictures of the desk for its documents: python tests/browser/pictures.py HOME [page ...].

HOME is a computed demo bank with an opened desk, as `postloan demo` leaves it; it is only looked at. Pictures go to
docs/img/<page>-<language>-<width>.png, with a palette instead of full colour: a page has few, and all of them are kept.
"""

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from looking import CHROMIUM, wait_until_whole
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from postloan.demo.staff import PASSWORD

FOLDER = Path(__file__).parents[2] / "docs" / "img"
SIZES = ((1366, 860), (1920, 1080))
COLOURS, COMMON = 256, 64
# Who looks, where, and what is clicked there before the picture is taken: the first link of a list, as a rule.
_FIRST = ".list-table tbody tr:first-child td:nth-child({}) a"
PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "worklist": ("officer", "/", ()),
    "loans": ("manager", "/loans/?tab=npl", ()),
    "loan": ("manager", "/loans/?tab=npl", (_FIRST.format(2),)),
    "debtor": ("officer", "/debtors/", (_FIRST.format(1),)),
    "inspection": ("inspector", "/?tab=team&kind=inspection_review", (_FIRST.format(3),)),
    "classification": ("officer", "/classification/", (_FIRST.format(1),)),
    "warning": ("risk", "/warnings/?tab=all&state=lifting", (_FIRST.format(1),)),
    "cockpit": ("manager", "/cockpit/", ()),
    "audit": ("auditor", "/audit/?tab=all&action=inspection", ()),
}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve a home folder while the pictures are taken."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("postloan")), "serve", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"POSTLOAN_LANG": "zh"})
    address = f"http://127.0.0.1:{port}"
    try:
        while server.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/health/", timeout=2).close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def logged_in(browser: Browser, address: str, username: str, language: str) -> Page:
    """A page of somebody who logged in."""
    context = browser.new_context(locale="zh-CN" if language == "zh" else "en-US", reduced_motion="reduce")
    context.set_default_timeout(180_000)
    page = context.new_page()
    page.goto(f"{address}/account/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    return page


def take(page: Page, address: str, name: str, language: str) -> None:
    """Take one page in every size."""
    _username, path, clicks = PAGES[name]
    page.goto(address + path)
    for place in clicks:
        page.locator(place).click()
        page.wait_for_load_state()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        wait_until_whole(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        keep(page.screenshot(), FOLDER / f"{name}-{language}-{width}.png")


def keep(shot: bytes, target: Path) -> None:
    """Write a picture with a palette: its commonest colours as they are, and the nearest of a spread of the others."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    common = [colour for _count, colour in sorted(picture.getcolors(1 << 24), reverse=True)[:COMMON]]
    rare = picture.quantize(COLOURS - COMMON, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(common), *rare])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(target, optimize=True)


def main(home: Path, names: list[str]) -> None:
    """Take the pictures that are named, or all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served(home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language in ("zh", "en"):
            for name in names or PAGES:
                page = logged_in(browser, address, PAGES[name][0], language)
                take(page, address, name, language)
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
