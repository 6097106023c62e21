"""The visit that the demo bank's collector has planned: the two arrive, check in, and take a photo."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from inspection_walk import photo

PHONE = {"width": 390, "height": 844}
TEN_IN_THE_MORNING = timedelta(hours=2)


def check_in(open_as: Callable[..., Page], site: Any, clock: Callable[[timedelta], None]) -> Page:
    """Check in by phone at ten in the morning, and send a photo; one who has checked in is there. The visit's page."""
    clock(TEN_IN_THE_MORNING)
    page = open_as("collector", **PHONE)
    page.goto(f"{site.address}/visits/?tab=all")
    page.locator(".list-table tbody a").first.click()
    if page.locator("#c-place").count():
        page.fill("#c-place", "小区门口")
        page.click("text=两人到场，签到")
        expect(page.locator(".alert-success")).to_contain_text("已签到")
        shot = {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": photo(9)}
        page.set_input_files("#v-file", shot)
        page.locator("form[action$='/photos'] button").click()
        expect(page.locator(".taken img")).to_have_count(1)
    return page
