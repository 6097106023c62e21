"""An officer with a phone: the menu behind its button, and pages no wider than the screen."""

import pytest
from looking import faults_of, serious
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}
PAGES = {
    "officer": ["/", "/loans/", "/debtors/", "/inspections/", "/findings/"],
    "manager": ["/cockpit/", "/reports/tiers/"],
}


def first_of(page: Page, address: str) -> str:
    """The address that the first row of a list leads to."""
    page.goto(address)
    return page.locator(".list-table tbody tr").first.locator("a").first.get_attribute("href") or ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_menu_opens_by_its_button_and_leads_on(open_as, site, language: str) -> None:
    page = open_as("officer", **PHONE, language=language)
    menu = page.locator("#side")
    expect(menu).not_to_be_visible()
    page.locator(".top-menu").click()
    expect(menu).to_be_visible()
    expect(menu).to_have_attribute("aria-modal", "true")
    page.wait_for_timeout(400)  # it slides in, and axe measures colours only where things stand still
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    page.locator(".top-menu").click()
    menu.locator("a[href='/inspections/']").click()
    page.wait_for_url(f"{site.address}/inspections/")
    expect(menu).not_to_be_visible()
    page.locator(".top-menu").click()
    menu.locator("input[type=search]").fill("杭州")
    menu.locator("input[type=search]").press("Enter")
    page.wait_for_url("**/search/**")


def test_pages_are_no_wider_than_the_screen(open_as, site) -> None:
    faults = []
    for username, paths in PAGES.items():
        page = open_as(username, **PHONE)
        for path in paths:
            faults += faults_of(page, site.address + path)
    officer = open_as("officer", **PHONE)
    for path in ("/inspections/?tab=all", "/loans/", "/debtors/"):
        faults += faults_of(officer, site.address + first_of(officer, site.address + path))
    assert faults == []
