"""The page on rates: its gap as a chart and a table, of the whole bank alone."""

import html
import json
import re
from pathlib import Path

import pytest

from postloan.desk.core.figures import money
from postloan.desk.report.ask import ask_report
from postloan.desk.report.form import amount
from postloan.rules.rate_risk import APART

pytestmark = pytest.mark.django_db


def test_the_chart_is_the_gap_of_the_published_book(logged_in, bank: Path) -> None:
    tiers = ask_report(bank, "tiers", on=None, from_on=None, by=None).filed.rows
    gap = ask_report(bank, "rates", on=None, from_on=None, by=None).filed.rows
    published = next(amount(line["outstanding"]) for line in tiers if line["tier"] == "total")
    assert amount(gap[-1]["outstanding"]) == published > 0
    page = logged_in("manager").get("/reports/rates/").content.decode()
    assert money(published) in page
    assert "echarts.min.js" in page
    found = re.search(r'data-options="([^"]*)"', page)
    assert found
    series = json.loads(html.unescape(found[1]))["series"]
    buckets = [line for line in gap if line["row"] == "item" and line["reprices_in"] not in APART]
    assert len(buckets) == 8
    drawn = sum(point["value"] for each in series for point in each["data"])
    held = sum(amount(line["outstanding"]) for line in buckets)
    assert [len(each["data"]) for each in series] == [8, 8]
    # In units of the axis, cut at four decimals.
    assert any(abs(drawn * unit - held / 100) <= unit / 500 for unit in (1, 10**4, 10**8))


def test_no_other_report_loads_charts(logged_in) -> None:
    assert "echarts" not in logged_in("manager").get("/reports/tiers/").content.decode()
