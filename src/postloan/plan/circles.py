"""The guarantee circles of a published day: who stands in which, in what core and ring, and how far a fall goes.

They are found once for the whole bank. A circle is then taken out of the rows and asked by itself: no fall leaves it.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from postloan.kernels.falls import falls_alone
from postloan.kernels.network import Network, network_of
from postloan.kernels.rings import shortest_rings
from postloan.models.circles import ALONE, circles, mutual_cores
from postloan.plan.contagion import along_ratio, claims_of, read_circles
from postloan.plan.published_day import published_day
from postloan.rules.circle_rules import Trials
from postloan.rules.stresses import Contagion, Stresses


class CircleBook(NamedTuple):
    """The debtors that guarantees tie together, and who stands for whom.

    members  what `claims_of` says and buffer_cents; circle_no and core_no, each the lowest debtor_no of its members,
             core_no empty in no mutual core; ring_members of the shortest ring, 0 where none is short; gives_cents that
             can be called on it, takes_cents that can be called for it; along_ratio; and what its fall alone brings:
             alone_fallen debtors with it, alone_lost_cents of them, alone_is_cut where that is the least of it. By
             debtor_no.
    pairs    debtor_no, guarantor_no, called_cents when the debtor falls; by both numbers.
    """

    members: pl.DataFrame
    pairs: pl.DataFrame


@dataclass(frozen=True)
class Circle:
    """Some members and the guarantees between them; see CircleBook."""

    members: pl.DataFrame
    pairs: pl.DataFrame

    @cached_property
    def network(self) -> Network:
        """The members by place."""
        debtor, guarantor = (self.places(self.pairs[name]) for name in ("debtor_no", "guarantor_no"))
        return network_of(debtor, guarantor, self.pairs["called_cents"].to_numpy(), self._buffers)

    def places(self, debtor_nos: pl.Series) -> np.ndarray:
        """The places of some members."""
        return np.searchsorted(self.members["debtor_no"].to_numpy(), debtor_nos.to_numpy())

    @cached_property
    def _buffers(self) -> np.ndarray:
        return self.members["buffer_cents"].to_numpy()


def contagion_law(home: Path, on: date) -> Contagion:
    """How calls spread, by the rulebook of a published day. Raises NothingPublished, NoRuleInForce."""
    day = published_day(home, on)
    return day.rulebook.version("stresses", Stresses, day.law_of).contagion


def circle_book(home: Path, on: date, trials: Trials) -> CircleBook:
    """Find the circles of a published day. Raises NothingPublished, NoRuleInForce. Source: risk 6.1, 6.4."""
    law, claims = contagion_law(home, on), claims_of(home, on)
    found = read_circles(published_day(home, on).facts, claims, law, on)
    network, numbers, size = found.network, found.debtors["debtor_no"].to_numpy(), found.debtors.height
    debtor, guarantor = np.repeat(np.arange(size), np.diff(network.first)), network.guarantor
    core = mutual_cores(debtor, guarantor, size=size)
    alone = falls_alone(network, found.debtors["loss_cents"].to_numpy(), most=trials.passed)
    pairs = pl.DataFrame({
        "debtor_no": numbers[debtor], "guarantor_no": numbers[guarantor], "called_cents": network.called_cents,
    })  # fmt: skip
    members = found.debtors.drop("name").with_columns(
        circle_no=_lowest(numbers, circles(debtor, guarantor, size=size)),
        core_no=_lowest(numbers, core),
        ring_members=pl.Series(shortest_rings(network, core, longest=trials.longest, most=trials.passed)),
        gives_cents=_summed(guarantor, network, size),
        takes_cents=_summed(debtor, network, size),
        alone_fallen=pl.Series(alone.fallen), alone_lost_cents=pl.Series(alone.lost_cents),
        alone_is_cut=pl.Series(alone.is_cut),
    )  # fmt: skip
    return CircleBook(_with_chances(members, pairs, law, trials), pairs)


def circle_of(book: CircleBook, circle_no: int) -> Circle:
    """Take one circle out of the book."""
    members = book.members.filter(pl.col("circle_no") == circle_no)
    return Circle(members, book.pairs.filter(pl.col("debtor_no").is_in(members["debtor_no"].implode())))


def circle_rows(members: pl.DataFrame) -> pl.DataFrame:
    """Sum the circles up, by circle_no.

    Writes  member_count, core_count in mutual cores, ring_members of the shortest ring; claim_cents; expected_cents
            lost within a year along the guarantees; hub_no on whom most can be called, and hub_cents; worst_no whose
            fall alone loses most, with worst_fallen, worst_lost_cents, worst_is_cut; impaired_count.
    """
    hub = pl.col("debtor_no").sort_by("gives_cents", "debtor_no", descending=[True, False]).first()
    worst = {
        name: pl.col(column).sort_by("alone_lost_cents", "debtor_no", descending=[True, False]).first()
        for name, column in (
            ("worst_no", "debtor_no"), ("worst_fallen", "alone_fallen"), ("worst_lost_cents", "alone_lost_cents"),
            ("worst_is_cut", "alone_is_cut"),
        )
    }  # fmt: skip
    expected = ((pl.col("chance") + pl.col("along_ratio")) * pl.col("loss_cents")).round().cast(pl.Int64)
    return members.group_by("circle_no").agg(
        member_count=pl.len().cast(pl.Int64),
        core_count=pl.col("core_no").count().cast(pl.Int64),
        ring_members=pl.col("ring_members").filter(pl.col("ring_members") > 0).min(),
        claim_cents=pl.col("claim_cents").sum(),
        expected_cents=expected.sum(),
        hub_no=hub, hub_cents=pl.col("gives_cents").max(),
        impaired_count=pl.col("is_impaired").sum().cast(pl.Int64),
        **worst,
    ).sort("circle_no")  # fmt: skip


def _lowest(numbers: np.ndarray, labels: np.ndarray) -> pl.Series:
    """Name each label by the lowest number that has it; no name for ALONE."""
    told = pl.DataFrame({"label": labels, "number": numbers})
    lowest = pl.when(pl.col("label") != ALONE).then(pl.col("number").min().over("label"))
    return told.select(lowest).to_series()


def _summed(places: np.ndarray, network: Network, size: int) -> pl.Series:
    cents = np.zeros(size, np.int64)
    np.add.at(cents, places, network.called_cents)
    return pl.Series(cents)


def _with_chances(members: pl.DataFrame, pairs: pl.DataFrame, law: Contagion, trials: Trials) -> pl.DataFrame:
    """Say how likely guarantees are to pull each member down: circles that are drawn equally often, together."""
    sizes = members.group_by("circle_no").len()
    drawn = [trials.draws(law.draws, size) for size in sizes["len"]]
    told = members.join(sizes.select("circle_no", draws=pl.Series(drawn, dtype=pl.Int64)), on="circle_no")
    parts = [pl.DataFrame(schema={"debtor_no": pl.Int64, "along_ratio": pl.Float64})]
    for (draws,), some in told.group_by("draws"):
        held = some.sort("debtor_no")
        alike = Circle(held, pairs.filter(pl.col("debtor_no").is_in(held["debtor_no"].implode())))
        found = along_ratio(alike.network, held, law, int(draws))
        parts.append(held.select("debtor_no", along_ratio=pl.Series(found)))
    return members.join(pl.concat(parts), on="debtor_no", maintain_order="left")
