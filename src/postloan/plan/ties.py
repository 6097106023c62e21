"""Who is tied to whom in the whole bank: guarantees, relations and groups, as a published day knew them."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from postloan.plan.published_day import published_day
from postloan.snapshot.read import scan_debtors
from postloan.tables.neighbours import guarantee_is_over

GUARANTEE, GROUP = "guarantee", "group"
"""Kinds of ties beside those of relations, which the feed names."""


class Ties(NamedTuple):
    """Parties by place, and the ties between them.

    parties  party_id, rising, whoever it is; debtor_no where it owes the bank or did; is_group.
    edges    from_place, to_place, kind; a guarantee leads from who gives it to who is stood for, a member to its group.
             amount_cents of guarantees, summed up, is_over and ends_on of the last of them; share_e8 that is held.
    """

    parties: pl.DataFrame
    edges: pl.DataFrame


def ties(home: Path, on: date) -> Ties:
    """Gather the ties of a published day. Raises NothingPublished."""
    facts = published_day(home, on).facts
    debtors = scan_debtors(home, on).select("debtor_no", "debtor_id", "group_id").collect()
    whose = debtors.select("debtor_no", of_id="debtor_id")
    stood = facts.read("guarantee", None).filter(pl.col("begins_on") <= on).join(whose, on="debtor_no")
    guarantees = (
        stood.group_by(from_id="guarantor_id", to_id="of_id", is_over=guarantee_is_over(on))
        .agg(pl.col("amount_cents").sum(), pl.col("ends_on").max())
        .with_columns(kind=pl.lit(GUARANTEE))
    )
    told = facts.read("relation", None, ("debtor_no", "other_id", "kind", "share_e8")).join(whose, on="debtor_no")
    relations = told.select("kind", "share_e8", from_id="of_id", to_id="other_id")
    several = debtors.drop_nulls("group_id").filter(pl.len().over("group_id") > 1)
    groups = several.select(kind=pl.lit(GROUP), from_id="debtor_id", to_id=_group_party("group_id"))
    edges = pl.concat([guarantees, relations, groups], how="diagonal").with_columns(
        pl.col("is_over").fill_null(value=False)
    )
    named = pl.concat([edges["from_id"], edges["to_id"]]).unique().sort().to_frame("party_id")
    is_group = pl.col("party_id").is_in(groups["to_id"].unique().implode())
    parties = named.join(whose.rename({"of_id": "party_id"}), on="party_id", how="left", maintain_order="left")
    place = named.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    placed = edges.join(place.rename({"party_id": "from_id", "place": "from_place"}), on="from_id").join(
        place.rename({"party_id": "to_id", "place": "to_place"}), on="to_id"
    )
    columns = ("from_place", "to_place", "kind", "amount_cents", "share_e8", "ends_on", "is_over")
    return Ties(
        parties.with_columns(is_group=is_group),
        placed.select(columns).sort("from_place", "to_place", "kind", "is_over"),
    )


def group_of(party_id: str) -> str:
    """The group that a party stands for."""
    return party_id.removeprefix(f"{GROUP}:")


def _group_party(column: str) -> pl.Expr:
    """A group among the parties: no party of the feeds is named so."""
    return pl.concat_str(pl.lit(f"{GROUP}:"), column)
