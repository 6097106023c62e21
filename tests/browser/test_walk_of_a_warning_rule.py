"""A warning rule's whole way: written, back-tested, agreed to, in tonight's night, answered by an officer, lifted."""

import json
from datetime import date, timedelta

from looking import scrolls_sideways, serious, wait_until_whole
from playwright.sync_api import Page, expect

from postloan.demo.staff import staff
from postloan.snapshot.read import published_days, read_loans, scan_warnings
from studio_rules import look_ahead_shortly

SIGNAL = "BK-RPY-01"


def looked_at(page: Page) -> None:
    """What is on the page is accessible and no wider than the screen."""
    wait_until_whole(page)
    assert serious(page) == []
    assert not scrolls_sideways(page)


def quiet_debtor(site) -> dict:
    """A debtor of the officer's own whom nothing warns of, and whom the rule will name by what it owes."""
    last = published_days(site.home)[-1]
    me = staff()[0]
    loans = read_loans(site.home, last, ["debtor_id", "org_id", "officer_id", "status", "own_share_outstanding_cents"])
    active = loans.filter(status="active")
    warned = scan_warnings(site.home, last).select("debtor_id").collect()
    alone = active.filter(active["debtor_id"].is_unique()).join(warned, on="debtor_id", how="anti")
    mine = alone.filter(org_id=me.org_id, officer_id=me.staff_no)
    return mine.sort("own_share_outstanding_cents").row(-1, named=True)


def test_a_rule_is_written_tried_agreed_to_and_fires_tonight(open_as, site) -> None:
    look_ahead_shortly(site.home)
    last = published_days(site.home)[-1]
    debtor = quiet_debtor(site)
    owes = debtor["own_share_outstanding_cents"]
    wanted = f"exposure_cents BETWEEN {owes - 1} AND {owes + 1}"

    risk = open_as("risk")
    risk.goto(f"{site.address}/studio/")
    looked_at(risk)
    risk.select_option("select[name=category]", "repayment")
    risk.click("text=新建规则")
    risk.wait_for_url("**/studio/changes/*/")
    address = risk.url
    risk.fill("#r-yellow", "exposure_cents BETWEEN 1 AND AND")
    risk.click("text=保存并试算")
    expect(risk.locator("#f-yellow")).to_contain_text("个字符处不是 SQL 表达式")
    expect(risk.locator("#p-from")).to_have_count(0)
    looked_at(risk)
    for field, text in {
        "zh": "余额异常", "en": "Unusual balance", "yellow": wanted, "czh": "余额恢复正常", "cen": "It is usual again",
    }.items():  # fmt: skip
        risk.fill(f"#r-{field}", text)
    risk.click("text=保存并试算")
    expect(risk.locator("#hits")).to_contain_text("命中", timeout=60_000)
    assert debtor["debtor_id"] in risk.locator("#hits a").first.get_attribute("href")
    expect(risk.locator("#trial-alerts")).to_be_visible(timeout=120_000)
    assert int(risk.locator("#trial-alerts").inner_text().replace(",", "")) >= 1
    looked_at(risk)
    risk.fill("#p-reason", "该余额的客户近期出现资金紧张")
    risk.click("button:has-text('提交审批')")
    expect(risk.locator(".alert")).to_contain_text("已提交审批")

    approver = open_as("approver")
    approver.goto(f"{site.address}/")
    approver.goto(address)
    approver.fill("#d-reason", "同意试行一个季度")
    approver.click("text=同意 (a)")
    expect(approver.locator(".alert")).to_contain_text("已办理")
    looked_at(approver)

    tonight = last + timedelta(days=1)
    told = json.loads(site.command("hand-over", "--on", tonight, "--json"))
    assert told["rules"] == "1"
    site.command("night", tonight)
    raised = scan_warnings(site.home, tonight).filter(signal=SIGNAL).collect()
    assert debtor["debtor_id"] in set(raised["debtor_id"])
    site.command("adopt", "--on", tonight)

    officer = open_as("officer")
    case = answered(officer, site, debtor["debtor_id"], tonight + timedelta(days=7))
    decided(risk, case, "同意方案")
    carried_out(officer, case)
    decided(approver, case, "同意解除")
    expect(approver.locator("h1")).to_contain_text("已解除")
    risk.goto(f"{site.address}/studio/rules/{SIGNAL}/")
    expect(risk.locator("main")).to_contain_text("desk-approvals")
    looked_at(risk)


def answered(officer: Page, site, debtor_id: str, due_on: date) -> str:
    """The officer finds the case, verifies it and plans; where it lies."""
    officer.goto(f"{site.address}/warnings/?tab=open&q={debtor_id}")
    officer.locator(".list-table tbody a").first.click()
    expect(officer.locator("main")).to_contain_text(SIGNAL)
    expect(officer.locator("main")).to_contain_text("余额异常")
    officer.fill("#v-reason", "已核对账户流水，情况属实")
    officer.fill("#v-evidence", "账户流水")
    officer.click("button:has-text('属实')")
    officer.locator("select[name=measure_kind]").first.select_option("collection")
    officer.locator("input[name=measure_due_on]").first.fill(str(due_on))
    officer.locator("input[name=measure_text]").first.fill("约谈借款人")
    officer.fill("#p-reason", "先盯紧回款")
    officer.click("text=提交方案")
    expect(officer.locator("h1")).to_contain_text("方案待确认")
    return officer.url


def carried_out(officer: Page, case: str) -> None:
    """The officer carries the measure out and proposes to lift."""
    officer.goto(case)
    officer.locator("td input[name=reason]").first.fill("已约谈，资金已补足")
    officer.click("text=已落实")
    officer.fill("#l-reason", "余额已恢复正常")
    officer.click("button:has-text('提出解除')")
    expect(officer.locator("h1")).to_contain_text("待解除")


def decided(page: Page, case: str, reason: str) -> None:
    """Somebody agrees to what a case waits for."""
    page.goto(case)
    page.fill("#d-reason", reason)
    page.click("text=同意 (a)")
    expect(page.locator(".alert")).to_be_visible()
