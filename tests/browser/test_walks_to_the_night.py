"""A walk through both doors: three people class a loan, the decision is handed over, and the next night applies it."""

import json
from datetime import date, timedelta

from looking import scrolls_sideways, serious
from playwright.sync_api import expect

from postloan.snapshot.read import published_days, read_loans


def test_three_people_class_a_loan_and_the_next_night_applies_it(open_as, site) -> None:
    last = published_days(site.home)[-1]
    loans = read_loans(site.home, last, ["loan_id", "org_id", "tier", "status", "is_retail"])
    loan = loans.filter(org_id="330001", tier="pass", status="active", is_retail=True)["loan_id"][-1]

    officer = open_as("officer")
    officer.goto(f"{site.address}/classification/")
    officer.locator(".list-table tbody a").first.click()
    officer.click("text=零售批量")
    officer.fill("#e-loan", loan)
    officer.select_option("#e-tier", "doubtful")
    officer.fill("#e-reason", "借款人失联，抵押物被查封")
    officer.click("text=提交例外")
    expect(officer.locator(".alert")).to_contain_text("例外")
    address = officer.url

    risk = open_as("risk")
    risk.goto(address)
    risk.fill("#o-reason", "查封裁定已核实")
    risk.click("text=提交 (a)")
    expect(risk.locator(".alert")).to_contain_text("已提交")

    approver = open_as("approver")
    approver.goto(address)
    approver.keyboard.press("a")
    expect(approver.locator(".alert")).to_contain_text("已审批")

    approver.goto(f"{site.address}/decisions/")
    approver.locator(".list-table tbody a").first.click()
    expect(approver.locator("h1")).to_be_visible()
    assert serious(approver) == []
    assert not scrolls_sideways(approver)

    following = last + timedelta(days=1)
    told = json.loads(site.command("hand-over", "--on", following, "--json"))
    assert (told["count"], told["accepted"], told["refused"]) == ("1", "1", "0")
    site.command("night", following)
    site.command("adopt", "--on", following)
    assert date.fromisoformat(told["on"]) == following

    officer.goto(f"{site.address}/loans/{loan}/")
    expect(officer.locator("h1 .tier")).to_have_text("可疑")
    expect(officer.locator(".facts").first).to_contain_text("cn-2023-1")
    officer.goto(address)
    expect(officer.locator(".facts").first).to_contain_text("已移交")
