"""What the pages of circles read: the neighbourhood of a debtor, the circles of the desk's offices, one circle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.book.queries import loans_seen, names_seen
from postloan.desk.circle.drawn import graph_chart
from postloan.desk.circle.kept import book_of, rules_of, ties_of
from postloan.desk.circle.told import Party, Tie, named_debtors, named_parties, ties_told
from postloan.desk.circle.walk import Walked, walk
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.plan.circles import Circle, circle_of, circle_rows
from postloan.plan.ties import GUARANTEE
from postloan.snapshot.read import read_manifest
from postloan.tables.units import TIERS


@dataclass(frozen=True)
class Graph:
    """A graph, drawn and told.

    steps, steps_most  how far it looks, and the most it may.
    left_out  who was met and not taken, since the graph is full.
    chart     None where nobody stands beside the first.
    further   the debtors from whom it looks one step further.
    """

    steps: int
    steps_most: int
    left_out: int
    parties: list[Party]
    ties: list[Tie]
    chart: dict[str, Any] | None
    further: tuple[str, ...] = ()


def graph_of(desk: Desk, debtor_id: str, *, steps: int, further: Sequence[str] = ()) -> Graph:
    """Look around a debtor of the desk's offices; further: debtors from whom one step more is looked."""
    bounds, held = rules_of(desk.day).graph, ties_of(desk.day)
    steps = min(max(steps, 1), bounds.steps)
    seen = names_seen(desk, further)
    own = [each for each in further if each in seen]
    wanted = pl.Series([debtor_id, *own])
    at = held.parties.with_row_index("place").filter(pl.col("party_id").is_in(wanted.implode()))
    places = dict(at.select("party_id", pl.col("place").cast(pl.Int64)).iter_rows())
    if debtor_id not in places:
        return Graph(steps, bounds.steps, 0, [], [], None)
    beyond = [places[each] for each in own if each in places]
    met = walk(held.edges, places[debtor_id], steps=steps, most=bounds.nodes, further=beyond)
    rows = held.parties.with_row_index("place").filter(pl.col("place").is_in(list(met.step)))
    parties = named_parties(desk, rows.with_columns(pl.col("place").cast(pl.Int64)), met.step, met.edges)
    return _graph(desk, met, parties, steps, bounds.steps, tuple(own))


def graph_of_circle(desk: Desk, circle: Circle, first: int) -> Graph:
    """A circle as a graph around one of its members, by its number."""
    edges = circle.pairs.select(
        from_place="guarantor_no", to_place="debtor_no", kind=pl.lit(GUARANTEE), amount_cents="called_cents",
        share_e8=pl.lit(None, pl.Int64), ends_on=pl.lit(None, pl.Date), is_over=pl.lit(value=False),
    )  # fmt: skip
    met = walk(edges, first, steps=circle.members.height, most=rules_of(desk.day).graph.nodes)
    parties = named_debtors(desk, {place: place for place in met.step}, met.step)
    return _graph(desk, met, parties, 0, 0, ())


def _graph(
    desk: Desk, met: Walked, parties: dict[int, Party], steps: int, steps_most: int, further: tuple[str, ...]
) -> Graph:
    ties = ties_told(met.edges, parties)
    currency = read_manifest(desk.day.home, desk.day.on)["currency"]
    chart = graph_chart(parties, ties, met.spots, currency)
    return Graph(steps, steps_most, met.left_out, list(parties.values()), ties, chart, further)


def member_of(desk: Desk, debtor_no: int) -> dict[str, Any] | None:
    """A debtor's row in the circles of the bank, with how many are in its circle and core; None where it is in none."""
    members = book_of(desk.day).members
    found = members.filter(pl.col("debtor_no") == debtor_no)
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    own_circle, own_core = (
        pl.col("circle_no") == row["circle_no"],
        pl.col("core_no") == pl.lit(row["core_no"], pl.Int64),
    )
    counts = members.select(member_count=own_circle.sum(), core_count=own_core.sum()).row(0, named=True)
    return row | counts | {"network_ratio": row["chance"] + row["along_ratio"]}


def circles_seen(desk: Desk) -> pl.DataFrame:
    """The circles of which a member has a loan in the desk's offices, with the worst tier and the names of two."""
    members = book_of(desk.day).members
    if not desk.scope.is_all:
        mine = members.join(loans_seen(desk).select("debtor_id").unique(), on="debtor_id", how="semi")
        members = members.join(mine, on="circle_no", how="semi", maintain_order="left")
    rows = debtor_rows(desk.day).select("debtor_no", "tier_worst", "warning_level")
    worst = (
        members.select("circle_no", "debtor_no")
        .join(rows, on="debtor_no")
        .group_by("circle_no")
        .agg(
            pl.col("tier_worst").cast(pl.Enum(TIERS)).max(),
            warned_count=pl.col("warning_level").count().cast(pl.Int64),
        )
    )
    found = circle_rows(members).join(worst, on="circle_no", how="left", maintain_order="left")
    ids = members.select("debtor_no", "debtor_id")
    for name in ("hub", "worst"):
        found = found.join(
            ids.rename({"debtor_no": f"{name}_no", "debtor_id": f"{name}_id"}), on=f"{name}_no", maintain_order="left"
        )
    seen = names_seen(desk, [*found["hub_id"], *found["worst_id"]])
    outside = _("范围外客户")
    return found.with_columns(
        pl.col(f"{name}_id").replace_strict(seen, default=outside, return_dtype=pl.String).alias(f"{name}_name")
        for name in ("hub", "worst")
    ).drop("hub_id", "worst_id")  # fmt: skip


def circle_seen(desk: Desk, circle_no: int) -> tuple[dict[str, Any], Circle]:
    """One circle, summed up and whole. Raises NotFoundHere where no member has a loan in the desk's offices."""
    circle = circle_of(book_of(desk.day), circle_no)
    if not names_seen(desk, circle.members["debtor_id"].to_list()):
        raise NotFoundHere(
            message=_("没有这个担保圈，或其中没有您机构范围内的客户。"),
            hint=_("请从列表进入；担保圈号随营业日变化。"),
            where={"circle": circle_no, "on": desk.day.on},
        )
    return circle_rows(circle.members).row(0, named=True), circle
