"""A walk of a restructuring: four options compared, one agreed on, two people approve, and the next night has it."""

import json
from collections.abc import Callable
from datetime import timedelta

import polars as pl
from looking import scrolls_sideways, serious
from playwright.sync_api import Page, expect

from own_book import keep_own_book
from postloan.snapshot.read import published_days, read_loans

ONE_APPROVER_CENTS = 5_000_000_00
"""Up to here the bank's rule asks for one approver; above it for two, one after the other."""


def written(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def agreed_to(open_as: Callable[..., Page], address: str) -> None:
    """Let one review the matter and another approve it."""
    for username in ("risk", "approver"):
        page = open_as(username)
        page.goto(address)
        page.keyboard.press("a")
        expect(page.locator(".alert")).to_contain_text("已办理")
        assert serious(page) == []


def test_an_officer_compares_four_options_and_the_next_night_has_the_one_two_people_approved(open_as, site) -> None:
    keep_own_book(site.home)
    last = published_days(site.home)[-1]
    far, half_a_year = pl.col("matures_on") > last + timedelta(days=150), timedelta(days=200)
    loan = (
        read_loans(site.home, last)
        .filter(far, org_id="330001", tier="pass", status="active", security_kind="credit")
        .filter(~pl.col("is_restructured"), pl.col("extension_latest_on") > pl.col("matures_on") + half_a_year)
        .filter(pl.col("outstanding_cents") > ONE_APPROVER_CENTS)
        .sort("outstanding_cents")
        .row(0, named=True)
    )

    officer = open_as("officer")
    officer.goto(f"{site.address}/loans/{loan['loan_id']}/")
    officer.click("text=重组方案比较")
    expect(officer.locator(".options thead th")).to_have_count(6)
    expect(officer.locator(".options")).to_contain_text("cn-2023-1 Art. 21")
    assert serious(officer) == []
    # Six quarters are longer than the law lets a loan of a year be extended; two are not.
    expect(officer.locator(".options .late").first).to_contain_text("不符合")
    for option in (1, 4):
        officer.locator(f"input.typed[name=extension-{option}]").fill("2")
    officer.click("text=测算")
    expect(officer.locator(".options .late")).to_have_count(0)
    year = officer.locator(".options tr", has=officer.locator("th:text-is('客户一年应还')")).locator("td")
    as_it_is, quoted = year.nth(0).inner_text(), year.nth(1).inner_text()
    officer.locator("text=登记为我行方案").first.click()
    expect(officer.locator(".alert")).to_contain_text("第 1 轮")
    officer.fill("textarea[name=note]", "借款人面谈后接受")
    officer.click("button[value=accepted]")
    officer.select_option("select[name=difficulty]", "cash_flow_short")
    officer.fill("form[action$=propose] textarea", "订单下降，回款放缓")
    officer.click("text=提交审批")
    expect(officer.locator(".alert")).to_contain_text("已提交审批")
    assert not scrolls_sideways(officer)
    address = officer.url

    agreed_to(open_as, address)

    following = last + timedelta(days=1)
    told = json.loads(site.command("hand-over", "--on", following, "--json"))
    assert (told["count"], told["accepted"], told["refused"]) == ("2", "2", "0")
    site.command("night", following)
    site.command("adopt", "--on", following)

    officer.goto(f"{site.address}/loans/{loan['loan_id']}/")
    expect(officer.locator("h1 .tier")).to_have_text("关注")
    expect(officer.locator(".facts").first).to_contain_text("cn-2023-1 Art. 21")
    officer.goto(f"{site.address}/restructurings/watched/")
    expect(officer.locator(".list-table")).to_contain_text(loan["loan_id"])
    row = read_loans(site.home, following).row(by_predicate=pl.col("loan_id") == loan["loan_id"], named=True)
    assert as_it_is != quoted
    assert written(row["service_year_cents"]) == quoted
    assert (row["tier"], row["own_outstanding_cents"]) == ("special_mention", loan["own_outstanding_cents"])
