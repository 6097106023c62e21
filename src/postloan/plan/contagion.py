"""Contagion: who falls when some debtors of the bank do and their guarantees are called, and how likely that is.

Of the bank only those are gathered that guarantees tie together, with a few figures each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import dataframely as dy
import numpy as np
import polars as pl

from postloan.intake.facts import Facts
from postloan.kernels.network import STANDS, Cents, Network, Rounds, cascade, network_of, times_fallen
from postloan.plan.asked import asked
from postloan.rules.stresses import Contagion
from postloan.snapshot.read import scan_loans
from postloan.tables.neighbours import WEAKNESSES, WeakGuarantee


class Round(NamedTuple):
    """How many debtors fall in a round, and what is claimed of them."""

    debtors: int
    claim_cents: int


class Passer(NamedTuple):
    """A guarantor that falls and passes calls on: in which round, what is called on it, what it could pay.

    passed_cents  what its own fall calls on guarantors that fall after it.
    """

    debtor_id: str
    round: int
    called_cents: int
    buffer_cents: int
    passed_cents: int
    claim_cents: int


class NetworkChance(NamedTuple):
    """How likely a debtor is to fall within a year: by itself; and along the guarantees it gave, on top of that."""

    debtor_id: str
    claim_cents: int
    own_ratio: float
    along_ratio: float


@dataclass(frozen=True)
class Spread:
    """What a fall of some debtors makes of the others.

    fallen   debtor_no of all that fall, the first among them.
    rounds   the first debtors, then those of each round.
    passers  guarantors that fall, by what they pass on.
    """

    fallen: frozenset[int]
    rounds: tuple[Round, ...]
    passers: tuple[Passer, ...]


@dataclass(frozen=True)
class Circles:
    """The debtors that guarantees tie together, and the guarantees.

    debtors  debtor_no, debtor_id, claim_cents, chance, buffer_cents; by debtor_no, in the places of the network.
    edges    see `asked`.
    """

    debtors: pl.DataFrame
    edges: pl.DataFrame
    network: Network

    def spread(self, first: pl.DataFrame, *, shown: int) -> Spread:
        """Let some debtors fall; first: debtor_no and claim_cents. Source: risk 5.6, 6.4."""
        falls = self.debtors["debtor_no"].is_in(first["debtor_no"].implode()).to_numpy()
        round_of, called = cascade(self.network, falls)
        found = self.debtors.with_columns(
            round=pl.Series(round_of), called_cents=pl.Series(called), passed_cents=pl.Series(self._passed(round_of))
        ).filter(pl.col("round") > 0)
        by_round = found.group_by("round").agg(pl.len(), pl.col("claim_cents").sum()).sort("round")
        passers = found.sort("passed_cents", "called_cents", "debtor_no", descending=[True, True, False]).head(shown)
        return Spread(
            fallen=frozenset(first["debtor_no"]) | frozenset(found["debtor_no"]),
            rounds=(
                Round(first.height, int(first["claim_cents"].sum())),
                *(Round(debtors, cents) for _, debtors, cents in by_round.iter_rows()),
            ),
            passers=tuple(Passer(**row) for row in passers.select(Passer._fields).iter_rows(named=True)),
        )

    def chances(self, law: Contagion) -> tuple[NetworkChance, ...]:
        """Say how likely the debtors are to fall for whom guarantees put most at risk, by what that adds to the loss.

        How often guarantees pull a debtor down is counted in the draws in which it does not fall by itself; its own
        chance is its own. Source: risk 6.4.
        """
        own = self.debtors["chance"].to_numpy()
        alone, along = times_fallen(self.network, own, draws=law.draws, seed=law.seed)
        pulled = (1 - own) * along / np.maximum(law.draws - alone, 1)
        found = self.debtors.with_columns(along_ratio=pl.Series(pulled), own_ratio="chance")
        adds = pl.col("along_ratio") * pl.col("claim_cents")
        most = found.filter(pl.col("along_ratio") > 0).sort(
            adds, "along_ratio", "debtor_no", descending=[True, True, False]
        )
        rows = most.head(law.shown).select(NetworkChance._fields)
        return tuple(NetworkChance(**row) for row in rows.iter_rows(named=True))

    def weak_after(self, fallen: Iterable[int], weak: dy.DataFrame[WeakGuarantee]) -> dy.DataFrame[WeakGuarantee]:
        """Say which guarantees are weak when some debtors have fallen too; weak: those that are already."""
        counted = weak.select("guarantee_id", "counts_cents")
        struck = (
            self.edges.filter(pl.col("guarantor_no").is_in(list(fallen)))
            .join(counted, on="guarantee_id", how="left", maintain_order="left")
            .select(
                "guarantee_id", "debtor_no", "guarantor_no",
                weakness=pl.lit("distressed", pl.Enum(WEAKNESSES)),
                counts_cents=pl.coalesce("counts_cents", "amount_cents"),
            )
        )  # fmt: skip
        others = weak.join(struck, on="guarantee_id", how="anti")
        return WeakGuarantee.validate(pl.concat([others, struck]).sort("guarantee_id"))

    def _passed(self, round_of: Rounds) -> Cents:
        network = self.network
        debtor = np.repeat(np.arange(round_of.size), np.diff(network.first))
        falls_after = (round_of[debtor] != STANDS) & (round_of[network.guarantor] > round_of[debtor])
        passed = np.zeros(round_of.size, np.int64)
        np.add.at(passed, debtor[falls_after], network.called_cents[falls_after])
        return passed


def read_circles(facts: Facts, claims: pl.DataFrame, law: Contagion, on: date) -> Circles:
    """Gather the debtors that guarantees tie together; claims: see `claims_of`.

    A guarantor that is no debtor of the bank files no statements and owes it nothing: it is left out. On whom a debtor
    calls several guarantees, no more is called than the claim. Source: risk 6.1.
    """
    edges = asked(facts, on=on, with_tied=False).edges
    pairs = (
        edges.filter(pl.col("debtor_no") != pl.col("guarantor_no"))
        .group_by("debtor_no", "guarantor_no")
        .agg(pl.col("amount_cents").sum())
        .join(claims, on="debtor_no")
        .with_columns(called_cents=pl.min_horizontal("amount_cents", "claim_cents"))
    )
    members = pl.concat([pairs["debtor_no"], pairs["guarantor_no"]]).unique().sort().to_frame("debtor_no")
    names = edges.select(debtor_no="guarantor_no", name="guarantor_id").unique()
    debtors = (
        members.join(claims, on="debtor_no", how="left", maintain_order="left")
        .join(names, on="debtor_no", how="left", maintain_order="left")
        .join(_buffers(facts, members, law, on), on="debtor_no", how="left", maintain_order="left")
        .with_columns(
            pl.col("claim_cents", "chance").fill_null(0),
            pl.col("buffer_cents").fill_null(law.unknown_cents),
            debtor_id=pl.coalesce("debtor_id", "name"),
        )
    )
    places = debtors["debtor_no"].to_numpy()
    debtor, guarantor = (np.searchsorted(places, pairs[name].to_numpy()) for name in ("debtor_no", "guarantor_no"))
    called, buffers = pairs["called_cents"].to_numpy(), debtors["buffer_cents"].to_numpy()
    return Circles(debtors, edges, network_of(debtor, guarantor, called, buffers))


def claims_of(home: Path, on: date) -> pl.DataFrame:
    """Sum up the claims on each debtor of a published day, the greatest first.

    Writes  debtor_no, debtor_id, claim_cents above 0, chance to default within a year, is_impaired.

    A debtor defaults when its likeliest loan does, and for certain where one is in stage 3.
    """
    is_impaired = pl.col("stage") == "stage_3"
    return (
        scan_loans(home, on)
        .filter(pl.col("claim_cents") > 0)
        .group_by("debtor_no")
        .agg(
            pl.col("debtor_id").first(),
            pl.col("claim_cents").sum(),
            chance=pl.when(is_impaired).then(1.0).otherwise("pd_year_ratio").max(),
            is_impaired=is_impaired.any(),
        )
        .sort("claim_cents", "debtor_no", descending=[True, False])
        .collect()
    )


def _buffers(facts: Facts, members: pl.DataFrame, law: Contagion, on: date) -> pl.DataFrame:
    """What the latest statement of each member leaves to pay calls with; none of who filed none with such items."""
    said = pl.concat(
        facts.read("statement", shard, ("debtor_no", "period_end_on", "item", "value_cents"))
        .filter(pl.col("item").is_in([*law.liquid, *law.due]) & (pl.col("period_end_on") <= on))
        .join(members, on="debtor_no", how="semi")
        for shard in range(facts.layout.shards)
    )
    is_liquid = pl.col("item").is_in(list(law.liquid))
    latest = said.filter(is_liquid).group_by("debtor_no").agg(pl.col("period_end_on").max())
    cents = pl.when(is_liquid).then("value_cents").otherwise(-pl.col("value_cents")).sum()
    return (
        said.join(latest, on=["debtor_no", "period_end_on"], how="semi")
        .group_by("debtor_no")
        .agg(buffer_cents=cents.clip(lower_bound=0))
    )
