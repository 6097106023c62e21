"""Looking at a page: what axe finds serious on it, and whether it scrolls sideways."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def faults_of(page: Page, address: str) -> list[str]:
    """Open an address and wait until it is whole; everything that is wrong with it."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    faults = serious(page)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        faults.append("scrolls sideways")
    return [f"{address} {fault}" for fault in faults]


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical on a page; it goes in by the debugger, since pages take no foreign script."""
    if not _AXE.exists():
        missing = pytest.fail if os.environ.get("POSTLOAN_BROWSER") == "required" else pytest.skip
        missing("axe-core is not installed: npm ci in frontend/")
    page.evaluate(_AXE.read_text(encoding="utf-8") + "; null")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
