"""A walk of a disposal: court, two auctions that fail, debt for asset, write-off, later cash, over four nights."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from looking import scrolls_sideways, serious
from PIL import Image
from playwright.sync_api import Page, expect

from own_book import keep_own_book
from postloan.desk.report.bridge import bridge
from postloan.snapshot.read import published_days, read_loans

DAY = timedelta(days=1)
_CHARGES = ("overdue_fee_cents", "penalty_cents", "compound_cents", "overdue_interest_cents")


def row_of(home: Path, on: date, loan_id: str) -> dict[str, Any]:
    return read_loans(home, on).row(by_predicate=pl.col("loan_id") == loan_id, named=True)


def chosen(home: Path, on: date) -> dict[str, Any]:
    """The bad loan of the risk manager's branch that owes most, where ours is the core's balance."""
    is_bad = pl.col("tier").cast(pl.String).is_in(["substandard", "doubtful", "loss"]) & (pl.col("status") == "active")
    agrees = (pl.col("own_outstanding_cents") == pl.col("outstanding_cents")) & pl.col("funding_share_e8").is_null()
    bad = read_loans(home, on).filter(is_bad, agrees, pl.col("org_id").str.starts_with("33"))
    return bad.sort("overdue_principal_cents").row(-1, named=True)


def written(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def paid(site: Any, on: date, loan_id: str, cents: int) -> None:
    """Let the core bring cash on a day."""
    folder = site.home / "later" / str(on)
    folder.mkdir(parents=True)
    (folder / "feed.yaml").write_text("tables:\n  payment: increment\n")
    row = f"WALK{on:%m%d},{loan_id},{on},{written(cents)},court"
    (folder / "payment.csv").write_text(f"payment_id,loan_id,paid_on,amount,channel\n{row}\n")
    site.command("load", folder)


def send(page: Page, form: str, button: str, **filled: str) -> None:
    """Fill a form of the case and send it."""
    at = page.locator(f"form[action$='{form}']").last
    at.evaluate("form => { for (const each of form.querySelectorAll('details')) each.open = true;"
                "const around = form.closest('details'); if (around) around.open = true; }")  # fmt: skip
    for name, value in filled.items():
        field = at.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    at.locator(f"button:has-text('{button}')").click()
    expect(page.locator(".alert-success, .alert")).to_be_visible()


def to_court(page: Page, on: date, owed: int) -> None:
    """Sue, have it adjudged and enforced, and let two auctions fail, the second cut too deep."""
    send(page, "/lawsuit", "立项", claim=written(owed))
    long_ago = on - 300 * DAY
    send(page, "/step", "登记步骤", step="filing", on=str(long_ago), court="思明区人民法院", costs="1280.50")
    send(page, "/step", "登记步骤", step="judgment", on=str(long_ago + 60 * DAY), adjudged=written(owed),
         ends_on=str(long_ago + 70 * DAY), reference="（2026）闽0203民初7号")  # fmt: skip
    send(page, "/step", "登记步骤", step="enforcement", on=str(long_ago + 80 * DAY))
    first, again = on - 120 * DAY, on - 95 * DAY
    thing = {"asset_id": "WALK-FLAT", "asset_name": "思明区某套房", "asset_kind": "real_estate", "appraised": "1000000"}
    send(page, "/auction", "登记拍卖", **thing, start="700000", deposit="70000", told_on=str(first - 40 * DAY),
         notice_on=str(first - 35 * DAY), held_on=str(first))  # fmt: skip
    send(page, "/end", "流拍", ended_on=str(first + DAY))
    send(page, "/auction", "登记拍卖", **thing, start="559999", deposit="56000", told_on=str(again - 20 * DAY),
         notice_on=str(again - 16 * DAY), held_on=str(again))  # fmt: skip
    expect(page.locator("main")).to_contain_text("降价超过前次起拍价的 20%")
    expect(page.locator("main")).to_contain_text("cn-spc-2016-18 Art. 26")
    send(page, "/end", "流拍", ended_on=str(again + DAY))


def picture(shade: int) -> dict[str, Any]:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), (shade, 60, 60)).save(drawn, "PNG")
    return {"name": f"{shade}.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


def prove(page: Page) -> None:
    """Send a paper for each condition of a write-off."""
    for shade in range(5):
        item = page.locator("form[action$='/paper']").nth(shade)
        item.locator("input[type=file]").set_input_files(picture(shade))
        item.locator("button").click()
        expect(page.locator(".alert")).to_contain_text("材料已上传")


def agree(page: Page, address: str) -> None:
    page.goto(address)
    send(page, "/decide", "同意")


def check_bridge(home: Path, days: list[date], loan_id: str) -> None:
    """Each step has its line, to the cent."""
    rows = [row_of(home, on, loan_id) for on in days]
    owed, cash = rows[0]["outstanding_cents"], rows[1]["paid_principal_cents"] - rows[0]["paid_principal_cents"]
    met = rows[2]["asset_cents"]
    assert cash > 0
    assert met > 0
    told = next(row for row in bridge(home, days[0], days[-1]).filed.rows if row["loan_id"] == loan_id)
    ways = {
        "opening": owed, "cash": -cash, "asset": -met, "written_off": -(owed - cash - met), "other": 0, "closing": 0,
        "recovered": 1_234_56,
    }  # fmt: skip
    assert {name: told[name] for name in ways} == ways


def test_a_bad_loan_goes_to_court_is_met_by_an_asset_written_off_and_still_brings_cash(open_as, site) -> None:
    keep_own_book(site.home)
    last = published_days(site.home)[-1]
    loan = chosen(site.home, last)
    days = [last + place * DAY for place in range(5)]
    loan_id, owed = loan["loan_id"], loan["outstanding_cents"]

    keeper = open_as("preserver")
    keeper.goto(f"{site.address}/disposals/?tab=all&q={loan['debtor_id']}")
    keeper.locator(".list-table tbody a").first.click()
    address = keeper.url
    send(keeper, "/plan", "登记方案", route="asset", target="拍卖抵押物，流拍后以物抵债", due_on=str(last + 90 * DAY),
         expected=written(owed // 2), reason="双方无力还款")  # fmt: skip
    to_court(keeper, last, owed)
    assert serious(keeper) == []
    assert not scrolls_sideways(keeper)

    # Court cash: what is owed beside principal, and 5,000.00 more.
    paid(site, days[1], loan_id, sum(loan[name] for name in _CHARGES) + 5_000_00)
    site.night(days[1], hands_over=7)
    keeper.goto(address)
    value = row_of(site.home, days[1], loan_id)["outstanding_cents"] // 3
    asset = {"asset_id": "WALK-FLAT", "asset_name": "思明区某套房", "asset_kind": "real_estate", "basis": "ruling"}
    send(keeper, "/outcome", "登记处置结果", route="asset", value=written(value), reference="（2026）闽0203执7号",
         taken_on=str(days[1]), reason="二拍流拍", **asset)  # fmt: skip
    send(keeper, "/propose", "提交审批", reason="二拍流拍，接受抵债")
    agree(open_as("approver"), address)

    site.night(days[2], hands_over=2)
    keeper.goto(address)
    send(keeper, "/outcome", "登记处置结果", route="write_off", ground="asset_shortfall", reason="抵债后差额无法收回")
    prove(keeper)
    send(keeper, "/propose", "提交审批", reason="条件齐备")
    assert serious(keeper) == []
    agree(open_as("risk"), address)
    agree(open_as("approver"), address)

    site.night(days[3], hands_over=1)
    keeper.goto(address)
    expect(keeper.locator("h1")).to_contain_text("账销案存")
    paid(site, days[4], loan_id, 1_234_56)
    site.night(days[4], hands_over=0)
    keeper.goto(f"{site.address}/disposals/pursued/?tab=all&q={loan_id}")
    expect(keeper.locator(".list-table tbody tr").first).to_contain_text("1,234.56")
    assert serious(keeper) == []

    check_bridge(site.home, days, loan_id)
