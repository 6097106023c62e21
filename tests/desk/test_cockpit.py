"""The cockpit says what the reports say, of the offices one may see, and every figure leads to its loans."""

import html
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import polars as pl
import pytest
from django.test import Client
from typer.testing import CliRunner

from postloan.desk.core.models import Officer, Org
from postloan.desk.report.cockpit.parts import PLACES
from postloan.site.cli import app
from postloan.snapshot.read import published_days
from postloan.tables.units import NON_PERFORMING

pytestmark = pytest.mark.django_db

_COUNT = re.compile(r"<b>([\d,]+)</b> ?笔")
_OWN = re.compile(r"自担余额 <b>([\d,.]+)</b>")


def reported(bank: Path, kind: str, *options: str) -> list[dict[str, Any]]:
    """The rows of `postloan report KIND`."""
    found = CliRunner().invoke(app, ["report", kind, "--home", str(bank), "--format", "json", *options])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)["rows"]


def as_percent(share: str) -> str:
    return f"{float(share) * 100:.2f}%"


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


def options_of(page: str, raw: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]*)"', raw)
    assert found, page[:200]
    return json.loads(html.unescape(found[1]))


def chart(client: Client, name: str, query: str = "") -> dict[str, Any]:
    raw = client.get(f"/cockpit/{name}{query}").content.decode()
    return options_of(raw, raw)


def points_of(options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for series in options["series"]:
        yield from (each for each in [*series["data"], *series.get("links", [])] if isinstance(each, dict))


def listed(client: Client, address: str) -> tuple[int, str]:
    """How many loans a list shows, and the bank's own share of their balance."""
    page = page_of(client, address)
    count, own = _COUNT.search(page), _OWN.search(page)
    assert count, address
    return int(count[1].replace(",", "")), own[1].replace(",", "") if own else "0.00"


def test_the_tiles_are_the_figures_of_the_reports(logged_in, bank: Path, last_day: date) -> None:
    page = page_of(logged_in("manager"), "/cockpit/")
    tiers = {row["tier"]: row for row in reported(bank, "tiers")}
    overdue = {row["bucket"]: row for row in reported(bank, "overdue")}
    provisions = {row["line"]: row for row in reported(bank, "provisions") if row["section"] == "coverage"}
    for share in (
        tiers["npl_ratio"]["share"], tiers["special_mention"]["share"], overdue["over_90_to_npl"]["share"],
        provisions["coverage"]["share"], provisions["loan_provision_ratio"]["share"],
    ):  # fmt: skip
        assert f"<b>{as_percent(share)}</b>" in page
    assert f"{tiers['total']['loans']:,} 笔" in page
    assert str(last_day) in page
    assert "不良余额 ÷ 贷款余额" in page


def test_a_change_is_against_the_month_end_before(logged_in, bank: Path) -> None:
    now, before = ({row["tier"]: row for row in reported(bank, "tiers", "--on", str(on))}
                   for on in reversed(published_days(bank)[-2:]))  # fmt: skip
    moved = float(now["npl_ratio"]["share"]) - float(before["npl_ratio"]["share"])
    page = page_of(logged_in("manager"), "/cockpit/")
    arrow = "▲" if moved > 0 else "▼"
    assert f"{arrow} {abs(moved) * 100:.2f}pp" in page


def test_each_part_opens_and_says_its_day_and_run(logged_in, bank: Path, last_day: date) -> None:
    client = logged_in("manager")
    for name in PLACES:
        page = page_of(client, f"/cockpit/{name}")
        assert str(last_day) in page, name
        assert "批次" in page, name
    assert client.get("/cockpit/nothing").status_code == 404


def test_the_sankey_is_the_migration_report_and_its_bands_lead_to_their_loans(logged_in, bank: Path) -> None:
    client, since = logged_in("manager"), published_days(bank)[0]
    rows = [row for row in reported(bank, "migration", "--from", str(since)) if row["row"] == "item" and row["loans"]]
    ordinary = {("pass", "pass"), ("pass", "settled"), ("new", "pass")}
    drawn = [row for row in rows if (row["from_tier"], row["to_tier"]) not in ordinary]
    (series,) = chart(client, "migration", f"?from={since}")["series"]
    assert len(series["links"]) == len(drawn) > 3
    for row in rows:
        if row["to_tier"] == "gone":
            continue
        address = f"/loans/?tab=all&set=moved:{since}:{row['from_tier']}:{row['to_tier']}"
        assert listed(client, address) == (row["loans"], row["balance_to"]), address
    hrefs = {link["href"] for link in series["links"]}
    assert all("set=moved" in href for href in hrefs)
    for node in series["data"]:
        if node.get("href"):
            assert client.get(node["href"]).status_code == 200


def test_each_cell_of_the_heat_map_leads_to_its_loans(logged_in, bank: Path) -> None:
    client, (before, on) = logged_in("manager"), published_days(bank)[-2:]
    rows = [row for row in reported(bank, "rolls", "--from", str(before), "--on", str(on)) if row["loans"]]
    cells = [point for point in points_of(chart(client, "rolls")) if point.get("href")]
    assert len(cells) == len([row for row in rows if row["to_bucket"] != "gone"]) > 5
    for row in rows:
        if row["to_bucket"] != "gone":
            asked = f"rolled:{before}:{row['from_bucket']}:{row['to_bucket']}"
            address = "/loans/?" + urlencode({"tab": "all", "set": asked})
            assert listed(client, address) == (row["loans"], row["balance_to"])


def test_the_waterfall_is_the_bridge_and_each_bar_leads_to_its_loans(logged_in, bank: Path) -> None:
    client, since = logged_in("manager"), published_days(bank)[0]
    filed = [row for row in reported(bank, "bridge", "--from", str(since)) if row["row"] == "item"]
    page = page_of(client, f"/cockpit/bridge?from={since}")
    for way in ("opening", "new", "cash", "closing"):
        cents = sum(round(float(row[way]) * 100) for row in filed)
        assert f"{cents / 100:,.2f}" in page, way
    for way in ("new", "cash"):
        count = sum(1 for row in filed if float(row[way]))
        assert listed(client, f"/loans/?tab=all&set=bridge:{since}:{way}")[0] == count > 0
    closing = sum(round(float(row["closing"]) * 100) for row in filed)
    assert round(float(listed(client, "/loans/?tab=npl")[1]) * 100) == closing


@pytest.mark.parametrize("by", ["industry", "region", "product"])
def test_each_bar_of_a_concentration_has_the_count_and_the_total_of_its_list(logged_in, bank: Path, by: str) -> None:
    client = logged_in("manager")
    rows = {row[by]: row for row in reported(bank, "tiers", "--by", by) if row["row"] == "item"}
    bars = list(points_of(chart(client, by)))
    assert len(bars) == min(9, len(rows)) > 2
    for point in bars:
        key = re.search(r"set=group%3A\w+%3A([^&]*)", point["href"])
        assert key
        row = rows[unquote_plus(key[1]) or None]
        assert listed(client, point["href"]) == (row["loans"], row["outstanding"])


def test_a_branch_manager_sees_his_branch_and_no_other(logged_in, bank: Path, loans: pl.DataFrame) -> None:
    branch = Officer.objects.get(username="risk").org
    assert branch is not None
    below = list(Org.objects.filter(path__startswith=branch.path).values_list("pk", flat=True))
    mine = loans.filter(pl.col("org_id").is_in(below) & (pl.col("status") == "active"))
    bad = mine.filter(pl.col("tier").is_in(NON_PERFORMING))["own_share_outstanding_cents"].sum()
    ratio = bad / mine["own_share_outstanding_cents"].sum()
    client = logged_in("risk")
    page = page_of(client, "/cockpit/")
    assert f"<b>{ratio * 100:.2f}%</b>" in page
    assert f"{mine.height:,} 笔" in page
    whole = {row["tier"]: row for row in reported(bank, "tiers")}
    assert f"{whole['total']['loans']:,} 笔" not in page
    ranking = page_of(client, "/cockpit/ranking")
    others = Org.objects.filter(level="branch").exclude(pk=branch.pk)
    assert all(name in ranking for name in Org.objects.filter(pk__in=mine["org_id"]).values_list("name", flat=True))
    foreign_names = Org.objects.exclude(pk__in=below).values_list("name", flat=True)
    assert not any(f"<td>{name}" in ranking for name in foreign_names)
    debtors = page_of(client, "/cockpit/debtors")
    foreign = set(loans["debtor_id"]) - set(mine["debtor_id"])
    assert not any(f"/debtors/{debtor}/" in debtors for debtor in foreign)
    assert client.get(f"/cockpit/?org={others[0].pk}").status_code == 404
    for point in points_of(chart(client, "product")):
        assert listed(client, point["href"])[0] <= mine.height


def test_a_manager_may_ask_for_one_branch_and_sees_what_its_manager_sees(logged_in) -> None:
    branch = Officer.objects.get(username="risk").org
    assert branch is not None
    values = re.compile(r'class="value"[^>]*><b>([^<]*)</b>')
    his = values.findall(page_of(logged_in("risk"), "/cockpit/"))
    asked = values.findall(page_of(logged_in("manager"), f"/cockpit/?org={branch.pk}"))
    assert his[:7] == asked[:7]


def test_a_past_day_is_of_that_day(logged_in, bank: Path) -> None:
    on = published_days(bank)[1]
    page = page_of(logged_in("manager"), f"/cockpit/?on={on}")
    shares = {row["tier"]: row["share"] for row in reported(bank, "tiers", "--on", str(on))}
    assert f"<b>{as_percent(shares['npl_ratio'])}</b>" in page
    assert "不是当前营业日" in page
    for point in points_of(chart(logged_in("manager"), "product", f"?on={on}")):
        assert f"on={on}" in point["href"]
    first = published_days(bank)[0]
    assert "没有发布过可以比较" in page_of(logged_in("manager"), f"/cockpit/migration?on={first}")


def test_from_the_cockpit_to_a_clause_in_three_clicks(logged_in) -> None:
    client = logged_in("manager")
    tile = re.search(r'class="value" href="([^"]*tab=npl[^"]*)"', client.get("/cockpit/").content.decode())
    assert tile
    loan = re.search(r'href="(/loans/[^"/]+/)"', page_of(client, html.unescape(tile[1])))
    assert loan
    assert re.search(r"cn-\d{4}-\d+ Art\.", page_of(client, loan[1]))


@pytest.mark.parametrize(
    "wrong",
    [
        "nothing:1", "moved:2020-01-01:pass:loss", "moved:x:pass:loss", "moved", "rolled:2020-01-31:M0",
        "group:colour:red", "bridge:2024-01-31:luck", "vintage:2024",
    ],
)  # fmt: skip
def test_a_set_that_is_none_is_refused(logged_in, wrong: str) -> None:
    assert logged_in("manager").get("/loans/", {"set": wrong, "tab": "all"}).status_code == 400


def test_a_set_is_said_in_words(logged_in, bank: Path) -> None:
    since = published_days(bank)[0]
    page = page_of(logged_in("manager"), f"/loans/?tab=all&set=moved:{since}:pass:special_mention")
    assert f"{since} 以来 正常 → 关注" in page


def test_the_cockpit_is_whole_in_english(logged_in) -> None:
    client = logged_in("manager")
    headers = {"Accept-Language": "en"}
    page = client.get("/cockpit/", headers=headers).content.decode()
    assert "Provision coverage" in page
    assert "拨备" not in page
    part = client.get("/cockpit/migration", headers=headers).content.decode()
    assert "Special mention" in part
    assert not re.search(r"[\u4e00-\u9fff]", part)


def test_who_may_read_no_report_sees_no_cockpit(logged_in) -> None:
    for address in ("/cockpit/", "/cockpit/migration", "/reports/"):
        assert logged_in("officer").get(address).status_code == 403
