"""De-risking a guarantee circle: what a fall and a year by chance would lose after some changes, and what to cut next.

A question, and no deed: nothing is kept. What is lost of a debtor that falls is its claim at the published loss given
default; releasing a guarantee does not raise that, so what is given up is told beside what is gained.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from postloan.kernels.falls import lost_without
from postloan.kernels.network import STANDS, Flags, cascade
from postloan.models.circles import ALONE, mutual_cores
from postloan.plan.circles import Circle
from postloan.plan.contagion import Round, along_ratio
from postloan.rules.circle_rules import NextCuts, Trials
from postloan.rules.stresses import Contagion


@dataclass(frozen=True)
class Changes:
    """What is changed in a circle.

    released       guarantees that end, each as debtor_no and guarantor_no.
    gone           debtors that repay what they owe and give no guarantee any more.
    support_cents  per debtor, what new collateral or a new guarantor from outside the circle pays when it falls: so
                   much less is called on the others, and so much less is lost.
    """

    released: frozenset[tuple[int, int]] = frozenset()
    gone: frozenset[int] = frozenset()
    support_cents: Mapping[int, int] = field(default_factory=dict)

    def laid_on(self, circle: Circle) -> Circle:
        """The circle as it would be: the same members, so that chance draws them alike."""
        support = pl.DataFrame(
            list(self.support_cents.items()), schema={"debtor_no": pl.Int64, "support_cents": pl.Int64}, orient="row"
        )
        released = pl.DataFrame(
            list(self.released), schema={"debtor_no": pl.Int64, "guarantor_no": pl.Int64}, orient="row"
        )
        is_gone, gone = pl.col("debtor_no").is_in(list(self.gone)), list(self.gone)
        members = (
            circle.members.join(support, on="debtor_no", how="left", maintain_order="left")
            .with_columns(pl.col("support_cents").fill_null(0))
            .with_columns(
                pl.when(is_gone).then(0).otherwise("claim_cents").alias("claim_cents"),
                pl.when(is_gone).then(0.0).otherwise("chance").alias("chance"),
                loss_cents=pl.when(is_gone).then(0).otherwise(_less("loss_cents")),
            )
        )
        called = pl.min_horizontal("called_cents", _less("claim_cents"))
        pairs = (
            circle.pairs.filter(~is_gone & ~pl.col("guarantor_no").is_in(gone))
            .join(released, on=["debtor_no", "guarantor_no"], how="anti", maintain_order="left")
            .join(members.select("debtor_no", "claim_cents", "support_cents"), on="debtor_no", maintain_order="left")
            .select("debtor_no", "guarantor_no", called_cents=called)
        )
        return Circle(members.drop("support_cents", "along_ratio", strict=False), pairs)


class Weighed(NamedTuple):
    """What a circle would lose.

    rounds           who falls in each round when the first fall.
    lost_cents       of all that fall.
    called_cents     on guarantors: paid_cents they can pay out of their buffers, the rest they cannot.
    expected_cents   lost within a year by chance, and expected_fallen debtors.
    core_count       members in mutual cores; pair_count guarantees between members.
    members          debtor_no, round or -1, called_cents, chance, along_ratio.
    """

    rounds: tuple[Round, ...]
    lost_cents: int
    called_cents: int
    paid_cents: int
    expected_cents: int
    expected_fallen: float
    core_count: int
    pair_count: int
    members: pl.DataFrame

    @property
    def fallen(self) -> int:
        """How many fall, the first among them."""
        return sum(each.debtors for each in self.rounds)


class Cut(NamedTuple):
    """A guarantee to release, or a debtor to let go.

    guarantor_no     of the guarantee; None where it is the debtor.
    lowers_cents     by so much less is lost than before it.
    gives_up_cents   the guarantee; or what the debtor owes and the guarantees it gave.
    left_cents       what is lost after it, and after those before it.
    """

    debtor_no: int
    guarantor_no: int | None
    lowers_cents: int
    gives_up_cents: int
    left_cents: int


class Cuts(NamedTuple):
    """The next cuts, the best first; tried: of so many guarantees and debtors the first is the best, out of `among`."""

    cuts: tuple[Cut, ...]
    tried: int
    among: int


def weigh(circle: Circle, first: frozenset[int], law: Contagion, trials: Trials) -> Weighed:
    """Say what falls and is lost when some fall first, and within a year by chance. Source: risk 6.4.

    What chance does to a circle as it is stands in the book of circles, from the same draws; changed, it is drawn anew.
    """
    network, members = circle.network, circle.members
    debtor = np.repeat(np.arange(members.height), np.diff(network.first))
    round_of, called = cascade(network, _falls(circle, first))
    told = members.with_columns(round=pl.Series(round_of), called_cents=pl.Series(called))
    if "along_ratio" not in told.columns:
        drawn = along_ratio(network, members, law, trials.draws(law.draws, members.height))
        told = told.with_columns(along_ratio=pl.Series(drawn))
    fell = told.filter(pl.col("round") != STANDS)
    by_round = fell.group_by("round").agg(pl.len(), pl.col("claim_cents").sum()).sort("round")
    likely = pl.col("chance") + pl.col("along_ratio")
    return Weighed(
        rounds=tuple(Round(debtors, cents) for _, debtors, cents in by_round.iter_rows()),
        lost_cents=int(fell["loss_cents"].sum()),
        called_cents=int(called.sum()),
        paid_cents=int(np.minimum(called, network.buffer_cents).sum()),
        expected_cents=int(told.select((likely * pl.col("loss_cents")).round().cast(pl.Int64).sum()).item()),
        expected_fallen=float(told.select(likely.sum()).item()),
        core_count=int((mutual_cores(debtor, network.guarantor, size=members.height) != ALONE).sum()),
        pair_count=circle.pairs.height,
        members=told.select("debtor_no", "round", "called_cents", "chance", "along_ratio"),
    )


def next_cuts(circle: Circle, first: frozenset[int], bounds: NextCuts) -> Cuts:
    """Say which guarantee or debtor to cut next, and next after that, while a cut lowers what is lost when some fall.

    Greedy: each cut lowers the loss most for what is given up, of those tried; two cuts that only help together are not
    found. Tried are guarantees that were called on who fell, and debtors that fell later than the first, the greatest
    amounts first. Source: risk 6.4.
    """
    cuts: list[Cut] = []
    tried = among = 0
    while len(cuts) < bounds.cuts:
        found, of = _best_cut(circle, first, bounds.tried)
        tried, among = (min(of, bounds.tried), of) if not cuts else (tried, among)
        if found is None:
            break
        cuts.append(found)
        if found.guarantor_no is None:
            change = Changes(gone=frozenset({found.debtor_no}))
        else:
            change = Changes(released=frozenset({(found.debtor_no, found.guarantor_no)}))
        circle = change.laid_on(circle)
    return Cuts(tuple(cuts), tried, among)


def _best_cut(circle: Circle, first: frozenset[int], most: int) -> tuple[Cut | None, int]:
    """The best cut of those tried, None where none lowers the loss; and among how many."""
    network, falls = circle.network, _falls(circle, first)
    round_of, _ = cascade(network, falls)
    numbers, loss = circle.members["debtor_no"].to_numpy(), circle.members["loss_cents"].to_numpy()
    debtor = np.repeat(np.arange(numbers.size), np.diff(network.first))
    rows = np.flatnonzero((round_of[debtor] != STANDS) & (round_of[network.guarantor] > 0) & (network.called_cents > 0))
    later = np.flatnonzero(round_of > 0)
    given = np.zeros(numbers.size, np.int64)
    np.add.at(given, network.guarantor, network.called_cents)
    owed = circle.members["claim_cents"].to_numpy() + given
    among = rows.size + later.size
    gives_up = np.concatenate((network.called_cents[rows], owed[later]))
    chosen = np.argsort(-gives_up, kind="stable")[:most]
    is_row = chosen < rows.size
    rows, later = rows[chosen[is_row]], later[chosen[~is_row] - (among - later.size)]
    before = int(loss[round_of != STANDS].sum())
    left = lost_without(network, falls, loss, rows, later)
    gives_up = np.maximum(np.concatenate((network.called_cents[rows], owed[later])), 1)
    if left.size == 0 or left.min() >= before:
        return None, among
    at = int(np.argmax((before - left) / gives_up))
    is_debtor = at >= rows.size
    who = later[at - rows.size] if is_debtor else debtor[rows[at]]
    whose = None if is_debtor else int(numbers[network.guarantor[rows[at]]])
    return Cut(int(numbers[who]), whose, before - int(left[at]), int(gives_up[at]), int(left[at])), among


def _less(column: str) -> pl.Expr:
    return pl.max_horizontal(pl.col(column) - pl.col("support_cents"), pl.lit(0, pl.Int64))


def _falls(circle: Circle, first: frozenset[int]) -> Flags:
    falls: Flags = circle.members["debtor_no"].is_in(list(first)).to_numpy().copy()
    return falls
