"""A walk of a revaluation: an index falls, a batch is looked at and agreed to, the next night moves values; calls."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from looking import scrolls_sideways, serious, wait_until_whole
from playwright.sync_api import Locator, Page, expect

from postloan.snapshot.read import published_days, read_of_bank

DAY = timedelta(days=1)
SERIES = "resale_price"
INDEX = "series,on,value\n{series}_{city},2015-01-01,1.00\n{series}_{city},{on},0.70\n"
KIND = "residential"


def index_told(site: Any, on: date, city: str) -> None:
    """Let the core bring a market index of a city's resales, three tenths below what it was when homes were valued.

    The bank's own rule moves homes with another index: no night moves a value with this one.
    """
    folder = site.home / "indexes" / str(on)
    folder.mkdir(parents=True)
    (folder / "feed.yaml").write_text("tables:\n  market: increment\n")
    (folder / "market.csv").write_text(INDEX.format(series=SERIES, city=city, on=on))
    site.command("load", folder)


def mine(home: Path, on: date, table: str, org_id: str) -> pl.DataFrame:
    return read_of_bank(home, on, table).filter(org_id=org_id)


def written(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def percent(share_e8: int) -> str:
    """A share as pages write it: in per cent with two decimals, half up."""
    basis_points = (share_e8 + 5_000) // 10_000
    return f"{basis_points // 100}.{basis_points % 100:02d}%"


def figure(page: Page, caption: str) -> Locator:
    return page.locator(".figure", has=page.locator(f"small:text-is('{caption}')")).locator("b")


def looked_at(page: Page) -> None:
    assert serious(page) == []
    assert not scrolls_sideways(page)


def previewed(officer: Page, site: Any, on: date, standing: pl.DataFrame) -> dict[str, int]:
    """Ask for the batch, hold its preview against the snapshot, and propose it; the values that it would give."""
    officer.goto(f"{site.address}/collateral/batch/")
    officer.select_option("#b-kind", KIND)
    officer.select_option("#b-by", "series")
    officer.fill("#b-series", SERIES)
    officer.click("text=预览")
    values = {
        key: (cents * 7 * 2 + 10) // 20 for key, cents in standing.select("collateral_id", "valued_cents").iter_rows()
    }
    expect(figure(officer, "押品件数")).to_have_text(str(len(values)))
    expect(figure(officer, "原价值")).to_have_text(written(standing["value_cents"].sum()))
    expect(figure(officer, "新价值")).to_have_text(written(sum(values.values())))
    before = dict(read_of_bank(site.home, on, "loan_to_value").select("loan_id", "ltv_e8").iter_rows())
    short = officer.locator(".list-table tbody tr")
    expect(short.first).to_be_visible()
    for row in short.all():
        cells = row.locator("td").all_inner_texts()
        assert cells[2] == percent(before[cells[0]])
        assert float(cells[3].rstrip("%")) > float(cells[2].rstrip("%"))
    looked_at(officer)
    officer.fill("#b-reason", "城市二手住宅成交价格指数下跌三成")
    officer.locator("button:has-text('提交复核')").click()
    expect(officer.locator(".alert-success")).to_contain_text("已提交复核")
    expect(officer.locator("button[name=verdict]")).to_have_count(0)
    return values


def foreseen(page: Page) -> dict[str, list[str]]:
    """The loans that would fall short, as a matter's page tells them: new loan to value and shortfall."""
    card = page.locator(".card", has=page.locator("h2:has-text('不足的借据')"))
    rows = [row.locator("td").all_inner_texts() for row in card.locator("tbody tr").all()]
    return {row[0]: row[3:] for row in rows}


def agree(page: Page, address: str) -> None:
    page.goto(address)
    page.click("text=同意 (a)")
    expect(page.locator(".alert-success")).to_contain_text("已办理")
    looked_at(page)


def on_pages(officer: Page, site: Any, on: date, loan: dict[str, Any], values: dict[str, int]) -> None:
    """The pages of a pledge and of its loan say what the snapshot says."""
    key = loan["main_collateral_id"]
    standing = read_of_bank(site.home, on, "collateral_standing").row(
        by_predicate=pl.col("collateral_id") == key, named=True
    )
    officer.goto(f"{site.address}/collateral/of/{key}/")
    expect(figure(officer, "当日价值")).to_have_text(written(values[key]))
    expect(figure(officer, "抵质押率")).to_have_text(percent(standing["ltv_e8"]))
    expect(figure(officer, "担保缺口")).to_have_text(written(standing["shortfall_cents"]))
    officer.goto(f"{site.address}/loans/{loan['loan_id']}/")
    wait_until_whole(officer)
    part = officer.locator(".card", has=officer.locator("h2:text-is('押品')"))
    expect(part.locator("dd").first).to_have_text(percent(loan["ltv_e8"]))
    expect(part.locator("dd").last).to_have_text(written(loan["shortfall_cents"]))
    expect(part).to_contain_text(written(values[key]))
    looked_at(officer)


def called(officer: Page, site: Any, loan: dict[str, Any], on: date) -> str:
    """The call on a loan: its figures, told to the borrower; its address."""
    officer.goto(f"{site.address}/collateral/calls/?tab=open&q={loan['loan_id']}")
    officer.locator(".list-table tbody a").first.click()
    expect(figure(officer, "发现时缺口")).to_have_text(written(loan["shortfall_cents"]))
    expect(figure(officer, "当日抵质押率")).to_have_text(percent(loan["ltv_e8"]))
    officer.fill("#n-note", "客户当面签收")
    officer.select_option("#n-way", "delivered")
    officer.click("text=登记送达")
    expect(officer.locator(".alert-success")).to_contain_text("已登记送达")
    # What the night still shows short is not closed as made up.
    officer.select_option("#a-how", "call_more")
    officer.fill("#a-reason", "客户称已补充押品")
    officer.locator("button:has-text('提交审批')").click()
    expect(officer.locator("main")).to_contain_text("仍有担保缺口")
    officer.go_back()
    looked_at(officer)
    return officer.url


def test_a_fallen_index_moves_values_by_a_batch_and_loans_are_called(open_as, site) -> None:
    last = published_days(site.home)[-1]
    told, moved = last + DAY, last + 2 * DAY
    org_id = "330001"
    index_told(site, told, "330100")
    site.night(told, hands_over=0)
    is_held = pl.col("kind").cast(pl.String).is_in([KIND]) & ~pl.col("eligibility").cast(pl.String).is_in(
        ["released", "sold"]
    )
    standing = mine(site.home, told, "collateral_standing", org_id).filter(is_held)
    before = mine(site.home, told, "loan_to_value", org_id)
    assert standing["value_cents"].sum() > sum(cents * 7 // 10 for cents in standing["valued_cents"])

    officer = open_as("officer")
    values = previewed(officer, site, told, standing)
    address = officer.url
    risk = open_as("risk")
    risk.goto(address)
    said = foreseen(risk)
    agree(risk, address)

    site.night(moved, hands_over=len(values))
    after = mine(site.home, moved, "loan_to_value", org_id)
    stands = dict(read_of_bank(site.home, moved, "collateral_standing").select("collateral_id", "value_cents").rows())
    assert {key: stands[key] for key in values} == values
    is_short = {row["loan_id"]: row for row in after.filter(pl.col("shortfall_cents") > 0).to_dicts()}
    was_short = set(before.filter(pl.col("shortfall_cents") > 0)["loan_id"])
    asked = [row for row in is_short.values() if row["loan_id"] not in was_short and row["loan_id"] in said]
    # Nobody pays on the one day between: what was foreseen is what came.
    still = {row["loan_id"] for row in before.join(after, on=["loan_id", "secured_cents"], how="semi").to_dicts()}
    for row in asked:
        if row["loan_id"] in still:
            assert said[row["loan_id"]] == [percent(row["ltv_e8"]), written(row["shortfall_cents"])]
    loan = max((row for row in asked if row["loan_id"] in still), key=lambda row: row["shortfall_cents"])
    assert loan["shortfall_cents"] >= 10_000_00

    officer.goto(f"{site.address}/collateral/calls/?tab=open")
    due = {row["loan_id"] for row in asked if row["shortfall_cents"] >= 10_000_00}
    listed = officer.locator(".list-table tbody tr").all_inner_texts()
    assert due <= {loan_id for loan_id in is_short if any(loan_id in row for row in listed)}
    on_pages(officer, site, moved, loan, values)
    answer_it(officer, open_as, called(officer, site, loan, moved), site, loan)


def answer_it(officer: Page, open_as: Any, address: str, site: Any, loan: dict[str, Any]) -> None:
    """Waive the call by as many people as its amount asks for; it is closed, and its work is gone."""
    officer.goto(address)
    officer.select_option("#a-how", "call_waiver")
    officer.fill("#a-reason", "另有足额保证人，追加担保手续办理中")
    officer.locator("button:has-text('提交审批')").click()
    expect(officer.locator(".alert-success")).to_contain_text("已提交审批")
    matter = officer.url
    for username in ("risk", "approver") if loan["shortfall_cents"] > 1_000_000_00 else ("approver",):
        agree(open_as(username), matter)
    officer.goto(address)
    expect(officer.locator("h1")).to_contain_text("已销号")
    officer.goto(f"{site.address}/?tab=team&kind=collateral_call&q={loan['loan_id']}")
    expect(officer.locator("main")).not_to_contain_text(loan["loan_id"])
    looked_at(officer)
