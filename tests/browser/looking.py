"""Looking at a page: what axe finds serious on it, and whether it scrolls sideways."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
_IS_WHOLE = """() => {
  const waits = document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling");
  window.wholeFor = waits ? 0 : (window.wholeFor ?? 0) + 1;
  return window.wholeFor > 4;
}"""
_AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def faults_of(page: Page, address: str) -> list[str]:
    """Open an address and wait until it is whole; everything that is wrong with it."""
    page.goto(address)
    wait_until_whole(page)
    faults = serious(page)
    if scrolls_sideways(page):
        faults.append("scrolls sideways")
    return [f"{address} {fault}" for fault in faults]


def wait_until_whole(page: Page) -> None:
    """Wait until all parts that a page asks for by itself are in it."""
    # The first question of a new server compiles its kernels.
    page.wait_for_function(_IS_WHOLE, polling=30, timeout=180_000)


def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical on a page; it goes in by the debugger, since pages take no foreign script."""
    if not _AXE.exists():
        missing = pytest.fail if os.environ.get("POSTLOAN_BROWSER") == "required" else pytest.skip
        missing("axe-core is not installed: npm ci in frontend/")
    page.evaluate(_AXE.read_text(encoding="utf-8") + "; null")
    # The rows of a list are drawn alike: the first few speak for all.
    where = "{include: [['html']], exclude: [['.list-table tbody tr:nth-child(n+6)']]}"
    found = page.evaluate(f"axe.run({where}, {{resultTypes: ['violations']}})")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
