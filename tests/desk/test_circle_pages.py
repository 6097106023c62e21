"""Graphs and circles: what an officer may see of them, what they say, and what a trial brings."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postloan.desk.book.narrow import debtor_rows, loan_rows
from postloan.desk.book.queries import names_seen
from postloan.desk.circle.kept import book_of, rules_of, ties_of
from postloan.desk.circle.queries import circles_seen
from postloan.desk.circle.walk import walk
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.figures import money
from postloan.desk.core.models import AuditEntry, Officer
from postloan.desk.core.pages import Desk
from postloan.plan.circles import circle_of, circle_rows, contagion_law
from postloan.plan.derisking import Changes, weigh

pytestmark = pytest.mark.django_db

DEBTOR = re.compile(r"KH\d{9}")


def desk_of(username: str) -> Desk:
    officer = Officer.objects.get(username=username)
    return Desk(officer, actions_of(officer), scope_of(officer, "debtor.read"), None)


@pytest.fixture
def day() -> BusinessDay:
    return business_day(None)


@pytest.fixture
def mine(day: BusinessDay) -> set[str]:
    scope = desk_of("officer").scope
    rows = loan_rows(day).filter(pl.col("org_id").cast(pl.String).is_in(sorted(scope.org_ids)))
    return set(rows["debtor_id"])


@pytest.fixture
def crossing(day: BusinessDay, mine: set[str]) -> dict[str, Any]:
    """A circle of a debtor of the officer's office and one of another."""
    members = book_of(day).members.with_columns(is_mine=pl.col("debtor_id").is_in(list(mine)))
    held = members.filter(
        pl.col("is_mine").any().over("circle_no") & (~pl.col("is_mine")).any().over("circle_no")
    ).sort(pl.len().over("circle_no"), "is_mine", descending=True)
    assert held.height
    return held.row(0, named=True)


def charts(page: str) -> Iterator[dict[str, Any]]:
    for found in re.findall(r'data-options="([^"]*)"', page):
        yield json.loads(html.unescape(found))


def test_a_circle_as_it_is_has_the_chances_that_drawing_it_anew_gives(
    day: BusinessDay, crossing: dict[str, Any]
) -> None:
    circle, trials = circle_of(book_of(day), crossing["circle_no"]), rules_of(day).trials
    first, law = frozenset({crossing["debtor_no"]}), contagion_law(day.home, day.on)
    kept, drawn = (weigh(each, first, law, trials) for each in (circle, Changes().laid_on(circle)))
    assert kept.members.equals(drawn.members)
    assert (kept.expected_cents, kept.expected_fallen) == (drawn.expected_cents, drawn.expected_fallen)


# Who sees what ---------------------------------------------------------------------------------------------------


def test_who_is_outside_is_a_figure_without_name_number_or_page(
    logged_in, day: BusinessDay, mine: set[str], crossing: dict[str, Any]
) -> None:
    members = circle_of(book_of(day), crossing["circle_no"]).members
    names = dict(debtor_rows(day).select("debtor_id", "name").iter_rows())
    others = [each for each in members["debtor_id"] if each not in mine]
    own = next(each for each in members["debtor_id"] if each in mine)
    client = logged_in("officer")
    for address in (
        f"/circles/{crossing['circle_no']}/",
        f"/circles/graph/{own}?steps=3",
        f"/circles/of/{own}?steps=3",
    ):
        page = client.get(address).content.decode()
        assert set(DEBTOR.findall(page)) <= mine, address
        for other in others:
            assert names[other] not in page, address
        assert "范围外客户 1" in page
    whole = logged_in("manager").get(f"/circles/{crossing['circle_no']}/").content.decode()
    assert set(members["debtor_id"]) <= set(DEBTOR.findall(whole))
    assert "范围外客户" not in whole.replace("“范围外", "")


def test_every_graph_of_an_officer_names_nobody_from_outside(logged_in, mine: set[str], day: BusinessDay) -> None:
    """Every debtor of the office that stands in a circle or group: whatever is near, no number is from elsewhere."""
    client = logged_in("officer")
    tied = set(book_of(day).members["debtor_id"]) | set(debtor_rows(day).drop_nulls("group_id")["debtor_id"])
    asked = sorted(tied & mine)[:25]
    assert asked
    for debtor_id in asked:
        page = client.get(f"/circles/of/{debtor_id}?steps=3").content.decode()
        assert set(DEBTOR.findall(page)) <= mine, debtor_id


def test_a_debtor_or_a_circle_from_elsewhere_is_not_here(logged_in, mine: set[str], day: BusinessDay) -> None:
    members = book_of(day).members
    is_mine = pl.col("debtor_id").is_in(list(mine))
    elsewhere = members.filter(~is_mine.any().over("circle_no")).row(0, named=True)
    officer, manager = logged_in("officer"), logged_in("manager")
    for address in (
        f"/circles/{elsewhere['circle_no']}/", f"/circles/graph/{elsewhere['debtor_id']}",
        f"/circles/of/{elsewhere['debtor_id']}",
    ):  # fmt: skip
        assert officer.get(address).status_code == 404
        assert manager.get(address).status_code == 200
    assert manager.get("/circles/999999999/").status_code == 404
    assert logged_in("modeller").get("/circles/").status_code == 403
    # To look further from a debtor of another office shows no more than not to.
    own = sorted(mine)[0]
    plain = officer.get(f"/circles/of/{own}").content
    assert officer.get(f"/circles/of/{own}?further={elsewhere['debtor_id']}").content == plain


def test_the_list_holds_the_circles_of_the_office_whole(day: BusinessDay, mine: set[str], logged_in) -> None:
    members = book_of(day).members
    with_mine = members.filter(pl.col("debtor_id").is_in(list(mine)))["circle_no"].unique()
    seen, every = circles_seen(desk_of("officer")), circles_seen(desk_of("manager"))
    assert set(seen["circle_no"]) == set(with_mine)
    assert every.height == members["circle_no"].n_unique() > seen.height > 0
    # A circle is summed up whole, whoever looks.
    same = every.join(seen.select("circle_no"), on="circle_no", how="semi")
    told = [name for name in seen.columns if not name.endswith("_name")]
    assert seen.select(told).sort("circle_no").equals(same.select(told).sort("circle_no"))
    names = set(names_seen(desk_of("officer"), members["debtor_id"].to_list()).values()) | {"范围外客户"}
    assert set(seen["hub_name"]) | set(seen["worst_name"]) <= names
    page = logged_in("officer").get("/circles/?tab=all").content.decode()
    assert f"<b>{seen.height}</b>" in page


# What they say ---------------------------------------------------------------------------------------------------


def test_the_list_says_what_the_rows_of_the_circle_add_up_to(day: BusinessDay) -> None:
    found = circles_seen(desk_of("manager"))
    book = book_of(day)
    for row in found.sort("worst_lost_cents", descending=True).head(5).iter_rows(named=True):
        members = circle_of(book, row["circle_no"]).members
        assert row["member_count"] == members.height
        assert row["claim_cents"] == members["claim_cents"].sum()
        assert row["worst_lost_cents"] == members["alone_lost_cents"].max()
        assert row["hub_cents"] == members["gives_cents"].max()
        assert row["circle_no"] == members["debtor_no"].min()
    assert book.members["gives_cents"].sum() == book.members["takes_cents"].sum() == book.pairs["called_cents"].sum()
    assert circle_rows(book.members)["claim_cents"].sum() == book.members["claim_cents"].sum()


def test_a_graph_tells_ties_by_lines_and_in_a_table(logged_in, crossing: dict[str, Any]) -> None:
    page = logged_in("manager").get(f"/circles/graph/{crossing['debtor_id']}?steps=3").content.decode()
    assert "echarts.min.js" in page
    (options,) = charts(page)
    (series,) = options["series"]
    kinds = {link["value"].split()[0]: link["lineStyle"]["type"] for link in series["links"]}
    assert kinds["保证"] == "solid"
    assert all(line != "solid" for kind, line in kinds.items() if kind != "保证")
    assert page.count("<tr>") >= len(series["data"]) + len(series["links"]), "the table has every party and tie"
    middle = next(node for node in series["data"] if (node["x"], node["y"]) == (0.0, 0.0))
    assert middle["href"] == f"/debtors/{crossing['debtor_id']}/"
    assert "一年内违约概率" in page
    assert f"在担保圈 {crossing['circle_no']} 中" in page


def test_the_debtor_page_asks_for_its_graph(logged_in, crossing: dict[str, Any]) -> None:
    page = logged_in("manager").get(f"/debtors/{crossing['debtor_id']}/").content.decode()
    assert f'hx-get="/circles/of/{crossing["debtor_id"]}"' in page


def test_a_graph_is_cut_at_so_many_and_says_so(logged_in, tmp_path: Path, day: BusinessDay, settings) -> None:
    edges = ties_of(day).edges
    first = edges["to_place"].mode()[0]
    met = walk(edges, first, steps=3, most=5)
    assert len(met.step) == 5
    assert met.left_out > 0
    assert set(met.spots) == set(met.step)
    assert len(set(met.spots.values())) == 5, "no two on one spot"
    free = walk(edges, first, steps=1, most=10**6)
    assert free.left_out == 0
    beside = edges.filter((pl.col("from_place") == first) | (pl.col("to_place") == first))
    assert set(free.step) == {first, *beside["from_place"], *beside["to_place"]}
    further = walk(edges, first, steps=1, most=10**6, further=list(free.step)[1:2])
    assert set(free.step) <= set(further.step)


# Trials ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ringed(day: BusinessDay) -> dict[str, Any]:
    """The circle whose worst fall takes most others along."""
    return (
        circle_rows(book_of(day).members).sort("worst_fallen", "circle_no", descending=[True, False]).row(0, named=True)
    )


def test_a_trial_stands_beside_what_is_and_keeps_nothing(logged_in, ringed: dict[str, Any], day: BusinessDay) -> None:
    client, address = logged_in("manager"), f"/circles/{ringed['circle_no']}/"
    assert ringed["worst_fallen"] > 1
    members = circle_of(book_of(day), ringed["circle_no"]).members["debtor_no"].to_list()
    worst = members.index(ringed["worst_no"]) + 1
    audited = AuditEntry.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(address).content.decode()
        tried = client.get(f"{address}?gone={worst}").content.decode()
    assert not [each["sql"] for each in asked if not each["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert AuditEntry.objects.count() == audited
    assert money(ringed["worst_lost_cents"]) in page
    assert "处置建议文本" not in page
    assert "清偿退出" in tried
    assert "处置建议文本" in tried
    losses = re.search(r"传导损失：([\d,.]+) → ([\d,.]+)", html.unescape(tried))
    assert losses
    assert losses[1] == money(ringed["worst_lost_cents"])
    assert losses[2] == "0.00", "who left does not fall, and nobody else did"


def test_the_next_cuts_lead_to_a_trial_that_brings_what_they_say(logged_in, ringed: dict[str, Any]) -> None:
    client, address = logged_in("manager"), f"/circles/{ringed['circle_no']}/"
    page = client.get(address).content.decode()
    cuts = re.findall(r'<td class="num">([\d,.]+)</td><td><a href="([^"]+)">试算到此步', page)
    assert cuts
    for left, leads in cuts:
        told = html.unescape(client.get(html.unescape(leads)).content.decode())
        found = re.search(r"传导损失：[\d,.]+ → ([\d,.]+)", told)
        assert found
        assert found[1] == left


@pytest.mark.parametrize(
    "query",
    ["gone=0", "gone=x", "gone=99999", "release=1", "release=1-", "release=0-1", "falls=abc", "guarantor_1=abc",
     "collateral_1=-5", "collateral_1=1e400", "guarantor_1=NaN", "guarantor_1=0.001", "guarantor_x=5"],
)  # fmt: skip
def test_a_trial_that_makes_no_sense_is_refused(logged_in, ringed: dict[str, Any], query: str) -> None:
    assert logged_in("manager").get(f"/circles/{ringed['circle_no']}/?{query}").status_code == 400


def test_in_english_too(logged_in, ringed: dict[str, Any]) -> None:
    answer = logged_in("manager").get(f"/circles/{ringed['circle_no']}/", headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert "Best next cuts" in page
    assert "Cascade loss" in page
