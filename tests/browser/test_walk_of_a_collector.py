"""A walk of a collector: ten cases by keyboard, a promise kept and one broken by the next night, a call too late."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
from looking import scrolls_sideways, serious
from playwright.sync_api import Page, expect

from postloan.snapshot.read import published_days, read_loans

FEED = """encoding: utf-8
book_currency: CNY
tables:
  payment: increment
"""
TEN_IN_THE_MORNING = timedelta(hours=2)
HALF_PAST_TEN_IN_THE_EVENING = timedelta(hours=14, minutes=30)


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def begun(page: Page) -> str:
    """The next case, asked for and allowed: its debtor."""
    press(page, "n")
    expect(page.locator("h1")).to_contain_text("催收中")
    debtor = page.locator(".trail").inner_text().rpartition("/")[2].strip()
    press(page, "c")
    expect(page.locator(".alert-success").first).to_contain_text("允许联系")
    return debtor


def promised(page: Page, share: int, due_on: date) -> tuple[str, int]:
    """Let the next debtor promise a share of what cures him; returns debtor and cents."""
    debtor = begun(page)
    cure = page.locator("#k-amount").input_value().replace(",", "").replace(".", "")
    amount = int(cure) * share // 100
    page.keyboard.press("p")
    page.keyboard.press("Control+a")
    page.keyboard.type(f"{amount / 100:.2f}")
    page.keyboard.press("Tab")
    # In which order a browser takes the digits of a day is its own language's affair.
    page.locator("#k-due:focus").fill(due_on.isoformat())
    press(page, "Enter")
    expect(page.locator("main")).to_contain_text("待履约")
    return debtor, amount


def paid(home: Path, on: date, debtor: str, amount_cents: int) -> Path:
    """The feed of a day on which a debtor pays so much on a loan that is past due."""
    late = read_loans(home, published_days(home)[-1]).filter(pl.col("days_past_due") > 0, debtor_id=debtor)
    folder = home / "paid" / on.isoformat()
    folder.mkdir(parents=True)
    (folder / "feed.yaml").write_text(FEED)
    row = f"P-{debtor},{late['loan_id'][0]},{on},{amount_cents / 100:.2f},transfer,"
    (folder / "payment.csv").write_text(f"payment_id,loan_id,paid_on,amount,channel,reverses_payment_id\n{row}\n")
    return folder


def test_a_collector_works_ten_cases_by_keyboard(open_as, site, clock) -> None:
    last = published_days(site.home)[-1]
    clock(TEN_IN_THE_MORNING)
    page = open_as("collector")
    page.goto(f"{site.address}/collection/")
    kept, amount = promised(page, 20, last)
    broken, _amount = promised(page, 20, last)
    worked = {kept, broken}
    for key in ("2", "3", "5", "4", "9", "2", "3", "6"):
        worked.add(begun(page))
        press(page, key)
        expect(page.locator("body")).to_contain_text("结果已登记")
    assert len(worked) == 10
    assert not scrolls_sideways(page)
    assert serious(page) == []

    clock(HALF_PAST_TEN_IN_THE_EVENING)
    page = open_as("collector")
    page.goto(f"{site.address}/collection/")
    press(page, "n")
    press(page, "c")
    refusal = page.locator(".alert-danger")
    expect(refusal).to_contain_text("不得联系")
    expect(refusal).to_contain_text("08:00")
    expect(refusal).to_contain_text("cn-cba-2026")
    assert serious(page) == []
    late = page.locator("h1").inner_text().split()[0]
    press(page, "b")
    page.goto(f"{site.address}/contacts/?tab=refused")
    expect(page.locator(".list-table")).to_contain_text(late)

    following = last + timedelta(days=1)
    site.command("load", paid(site.home, following, kept, amount))
    site.command("night", following)
    site.command("adopt", "--on", following)
    clock(TEN_IN_THE_MORNING + timedelta(days=1))
    page = open_as("collector")
    for tab, debtor in (("kept", kept), ("broken", broken)):
        page.goto(f"{site.address}/collection/promises?tab={tab}&q={debtor}")
        expect(page.locator(".list-table tbody tr")).to_have_count(1)
    page.goto(f"{site.address}/collection/performance")
    expect(page.locator(".chart svg").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("50.00%")
    assert serious(page) == []
