"""A manager's morning: the cockpit, a cell of it, its loans, the clause of one; the register; a report taken out."""

import re

from looking import serious
from playwright.sync_api import Page, expect

PAGES = ("/cockpit/", "/reports/", "/reports/tiers/?by=org", "/reports/rolls/", "/exceptions/")


def all_of(page: Page, address: str) -> None:
    """Open a page and scroll it through, so that what waits to be seen is made."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    for _step in range(8):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(150)
    page.wait_for_load_state("networkidle")


def test_a_manager_comes_from_the_cockpit_to_a_clause_in_three_clicks(open_as, site) -> None:
    page = open_as("manager")
    page.goto(f"{site.address}/cockpit/")
    page.locator("#part-rolls svg text", has_text=re.compile(r"^\d+\.\d$")).last.click()
    expect(page.locator(".list-said output")).to_contain_text("以来")
    page.locator(".list-table tbody tr").first.locator("td").nth(1).locator("a").click()
    expect(page.locator("dl.facts").first).to_contain_text("依据")
    assert re.search(r"/loans/JJ\d+/$", page.url)


def test_the_cockpit_stays_as_tall_as_it_is(open_as, site) -> None:
    page = open_as("manager")
    all_of(page, f"{site.address}/cockpit/")
    expect(page.locator(".cockpit .waiting")).to_have_count(0, timeout=60_000)
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.wait_for_timeout(1500)
    assert page.evaluate("document.documentElement.scrollHeight") == tall


def test_its_pages_are_accessible_and_do_not_scroll_sideways(open_as, site) -> None:
    for width, language in ((1366, "zh"), (1920, "en")):
        page = open_as("manager", width=width, language=language)
        for path in PAGES:
            all_of(page, site.address + path)
            assert serious(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), path


def test_a_report_is_taken_out_as_a_workbook(open_as, site) -> None:
    page = open_as("manager")
    page.goto(f"{site.address}/reports/tiers/")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel").click()
    assert re.fullmatch(r"tiers-\d{4}-\d{2}-\d{2}\.xlsx", download.value.suggested_filename)
