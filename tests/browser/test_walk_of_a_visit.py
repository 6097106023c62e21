"""A walk of a visit: two people at the door, a photo, a promise; the ledger of contact is proved from its file."""

import json
from datetime import timedelta

from looking import scrolls_sideways, serious
from playwright.sync_api import expect
from visiting import check_in

from postloan.snapshot.read import published_days


def test_two_people_visit_and_the_debtor_promises(open_as, site, clock) -> None:
    page = check_in(open_as, site, clock)
    assert serious(page) == []
    assert not scrolls_sideways(page)
    page.fill("#r-note", "本人在家，承诺下周还清逾期")
    page.fill("#r-due", str(published_days(site.home)[-1] + timedelta(days=5)))
    page.locator("form[action$='/close'] .btn-primary").click()
    expect(page.locator(".alert-success")).to_contain_text("上门结果已登记")
    expect(page.locator("main")).to_contain_text("承诺还款")
    assert serious(page) == []
    assert not scrolls_sideways(page)
    page.locator("h1 a").click()
    expect(page.locator(".list-table tbody")).to_contain_text("承诺还款")
    ledger = site.home / "ledger.jsonl"
    site.command("gate", "export", ledger)
    proved = json.loads(site.command("gate", "verify", ledger, "--json"))
    assert proved["faults"] == []
    assert int(proved["allowed"]) >= 1
