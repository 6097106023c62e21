"""Parties and ties as pages tell them: named where the officer may know them, and by their figures alone elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.book.queries import names_seen
from postloan.desk.circle.kept import book_of
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.plan.ties import GROUP, GUARANTEE, group_of
from postloan.tables.said import said

DEBTOR, OTHER, GROUPED = "debtor", "other", "group"


@dataclass(frozen=True)
class Party:
    """A party of a graph.

    debtor_id  of one whose loans the officer may see; empty of anybody else.
    kind       a debtor of the bank, a group, or anybody else.
    figures    what is published of a debtor: tier_worst, warning_level, exposure_cents; of one in a circle also
               circle_no, own_ratio and network_ratio.
    """

    place: int
    name: str
    kind: str
    step: int
    debtor_id: str
    figures: Mapping[str, Any]


class Tie(NamedTuple):
    """A tie between two parties, as a page tells it."""

    giver: Party
    taker: Party
    kind: str
    said: str
    amount_cents: int | None
    share_e8: int | None
    ends_on: date | None
    is_over: bool


def figures_of(desk: Desk, debtor_nos: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is published of some debtors, by number: debtor_id, tier, warning, exposure, and how likely they fall."""
    asked = pl.col("debtor_no").is_in(sorted(set(debtor_nos)))
    in_circles = book_of(desk.day).members.filter(asked).select(
        "debtor_no", "circle_no", own_ratio="chance", network_ratio=pl.col("chance") + pl.col("along_ratio")
    )  # fmt: skip
    rows = debtor_rows(desk.day).filter(asked).join(in_circles, on="debtor_no", how="left")
    wanted = (
        "debtor_no", "debtor_id", "name", "tier_worst", "warning_level", "exposure_cents", "circle_no", "own_ratio",
        "network_ratio",
    )  # fmt: skip
    return {row["debtor_no"]: row for row in rows.select(wanted).iter_rows(named=True)}


def named_debtors(desk: Desk, places: Mapping[int, int], step: Mapping[int, int]) -> dict[int, Party]:
    """Some debtors as parties, by place; places: the number of each.

    One without a loan in the desk's offices is told as a number of the page, not as one of the bank.
    """
    figures = figures_of(desk, list(places.values()))
    seen = names_seen(desk, [row["debtor_id"] for row in figures.values()])
    parties, hidden = {}, 0
    for place, number in places.items():
        held = figures.get(number, {})
        debtor_id = held.get("debtor_id", "")
        if debtor_id not in seen:
            hidden += 1
        name = seen.get(debtor_id) or _("范围外客户 %d") % hidden
        told = {key: value for key, value in held.items() if key not in {"debtor_no", "debtor_id", "name"}}
        parties[place] = Party(place, name, DEBTOR, step[place], debtor_id if debtor_id in seen else "", told)
    return parties


def named_parties(desk: Desk, parties: pl.DataFrame, step: Mapping[int, int], edges: pl.DataFrame) -> dict[int, Party]:
    """Everybody of a graph, in the order of `step`; parties: place, party_id, debtor_no, is_group.

    Who is no debtor is named where a debtor that the officer may see stands directly beside it.
    """
    debtors = parties.drop_nulls("debtor_no")
    found = named_debtors(desk, dict(debtors.select("place", "debtor_no").iter_rows()), step)
    seen = [place for place, party in found.items() if party.debtor_id]
    ends = edges.select("from_place", "to_place")
    beside = {
        place
        for pair in ends.filter(pl.any_horizontal(pl.all().is_in(seen))).iter_rows()
        for place in pair
    }  # fmt: skip
    hidden = 0
    for row in parties.filter(pl.col("debtor_no").is_null()).iter_rows(named=True):
        place, kind = row["place"], GROUPED if row["is_group"] else OTHER
        hidden += place not in beside
        name = group_of(row["party_id"]) if place in beside else _("范围外关联方 %d") % hidden
        found[place] = Party(place, name, kind, step[place], "", {})
    return {place: found[place] for place in step}


def ties_told(edges: pl.DataFrame, parties: Mapping[int, Party]) -> list[Tie]:
    """The ties of a graph: guarantees first, then relations and groups."""
    rows = sorted(edges.iter_rows(named=True), key=lambda row: (row["kind"] != GUARANTEE, row["kind"] == GROUP))
    return [
        Tie(
            parties[row["from_place"]], parties[row["to_place"]], row["kind"], kind_said(row["kind"], row["is_over"]),
            row["amount_cents"], row["share_e8"], row["ends_on"], row["is_over"],
        )
        for row in rows
    ]  # fmt: skip


def kind_said(kind: str, is_over: bool) -> str:  # noqa: FBT001 - the two columns of a tie
    """Say what a tie is."""
    if kind == GUARANTEE:
        return _("保证（已到期）") if is_over else _("保证")
    return _("集团成员") if kind == GROUP else said("relation", kind, language())
