"""Walks through the desk's core: an administrator's day, an auditor's question."""

import re

from looking import serious
from playwright.sync_api import expect


def test_a_loan_and_its_debtor_are_told_whole(open_as, site) -> None:
    page = open_as("manager")
    page.goto(f"{site.address}/loans/?tab=npl")
    page.locator(".list-table tbody tr").first.locator("td").nth(1).locator("a").click()
    # The first question of a new server compiles its kernels.
    expect(page.locator("#why-tier")).to_be_visible(timeout=90_000)
    expect(page.locator("#why-proof")).to_contain_text("逐列一致")
    expect(page.locator("[data-options] svg").first).to_be_visible()
    assert serious(page) == []
    page.locator(".trail a").last.click()
    expect(page.locator("h1")).to_be_visible()
    assert serious(page) == []


def test_an_auditor_traces_a_number_to_its_feed_row_at_a_past_day(open_as, site) -> None:
    page = open_as("auditor")
    page.goto(f"{site.address}/loans/?tab=overdue")
    page.locator(".list-table tbody tr").first.locator("td").nth(1).locator("a").click()
    loan = page.locator("h1").inner_text().split()[0]
    page.locator("a[href^='?on=']").last.click()
    expect(page.locator(".as-of")).to_be_visible()
    expect(page.locator("#why-proof")).to_contain_text("批次", timeout=90_000)
    page.mouse.wheel(0, 4000)
    payments = page.locator(f"[hx-get*='{loan}/payments'] .papers")
    expect(payments).not_to_be_empty()
    on = re.search(r"on=(\d{4}-\d{2}-\d{2})", page.url)
    assert on
    days = payments.locator("tbody tr td:first-child").all_inner_texts()
    assert all(day <= on[1] for day in days if day[:2] == "20")


def test_an_administrator_grants_and_a_denied_user_is_denied(open_as, site) -> None:
    denied = open_as("manager")
    answer = denied.goto(f"{site.address}/audit/")
    assert answer is not None
    assert answer.status == 403
    expect(denied.locator("[role=alert]")).to_contain_text("PL-D01")

    admin = open_as("admin")
    admin.goto(f"{site.address}/officers/?q=manager")
    admin.locator(".list-table tbody a").first.click()
    admin.select_option("#g-role", "auditor")
    admin.fill("#g-org", "100000")
    admin.fill("#g-begins", "2026-01-01")
    admin.fill("#g-reason", "walk")
    admin.click("text=授权 >> nth=-1")
    expect(admin.locator(".alert")).to_contain_text("已授权")

    answer = denied.goto(f"{site.address}/audit/?action=grant.given")
    assert answer is not None
    assert answer.status == 200
    expect(denied.locator(".list-table")).to_contain_text("admin")


def test_an_officer_closes_an_item_and_sees_a_mask_lifted_for_a_reason(open_as, site) -> None:
    page = open_as("officer")
    before = int(page.locator(".list-tabs .badge").first.inner_text())
    page.locator(".list-table tbody tr").first.locator("a").first.click()
    page.fill("#note", "已电话联系，承诺下周还款")
    page.click("main button")
    expect(page.locator(".alert")).to_contain_text("已办结")
    assert int(page.locator(".list-tabs .badge").first.inner_text()) == before - 1

    page.goto(f"{site.address}/debtors/")
    page.locator(".list-table tbody a").first.click()
    phone = page.locator("dd[hx-get*='phone']")
    expect(phone).to_contain_text("****")
    phone.locator("summary").click()
    phone.locator("input").fill("回访核实")
    phone.locator("form button").click()
    expect(phone).not_to_contain_text("****")


def test_who_tries_passwords_is_locked_out(browser, site) -> None:
    page = browser.new_page(locale="zh-CN")
    for _ in range(6):
        page.goto(f"{site.address}/account/login/")
        if page.locator("#id_login").count() == 0:
            break
        page.fill("#id_login", "supervisor")
        page.fill("#id_password", "wrong-password")
        page.click("main button")
    expect(page.locator("h1")).to_contain_text("锁定")
    page.close()
