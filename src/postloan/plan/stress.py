"""Stress: what the book of a published day would be expected to lose under other circumstances.

Who falls is found first, of the bank as a whole. Then one pass over the shards: a shard is assessed once, and its
losses are reckoned again for every question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.errors import NothingPublished
from postloan.plan.contagion import NetworkChance, Spread, claims_of, read_circles
from postloan.plan.inputs import Inputs, read_inputs
from postloan.plan.losses import losses
from postloan.plan.night import Assessment, assess
from postloan.plan.provision_standing import provision_standing
from postloan.plan.published_day import published_day
from postloan.rules.expected_loss import ExpectedLoss
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import Policy
from postloan.rules.stresses import Stress, Stresses
from postloan.tables.neighbours import WeakGuarantee

_READ = ("loan_no", "debtor_no", "industry_code", "region_code")


@dataclass(frozen=True)
class Outcome:
    """What a stress makes of the book, in cents; stages by claim."""

    name: str
    allowance_cents: int
    stage_2_cents: int
    stage_3_cents: int


@dataclass(frozen=True)
class Stressed:
    """The book as it is, each stress, and how bad the economy must be.

    spreads         by stress that spreads: whom it reaches.
    chances         debtors that guarantees put most at risk.
    booked_cents    the provisions that the bank states; None where it states none.
    breaks_at       the factor at which the allowance passes them, in standard deviations; None where it does not, or
                    nothing is stated. Between two steps it is read off the line between them.
    path            the allowance at each step down.
    """

    as_it_is: Outcome
    outcomes: tuple[Outcome, ...]
    spreads: dict[str, Spread]
    chances: tuple[NetworkChance, ...]
    booked_cents: int | None
    breaks_at: float | None
    path: tuple[tuple[float, int], ...]


class Question(NamedTuple):
    """A stress, and whom it lets fall.

    fallen  debtor_no.
    weak    the guarantees that are weak then; None where they are those of the night.
    """

    stress: Stress
    fallen: tuple[int, ...] = ()
    weak: dy.DataFrame[WeakGuarantee] | None = None


def stressed(home: Path, on: date) -> Stressed:
    """Ask every stress of the rulebook of a published day. Raises NothingPublished.

    Source: rulebook: stresses; risk 5.6.
    """
    day = published_day(home, on)
    policy = day.policy.without_signals()
    if policy.expected_loss is None:
        raise NothingPublished(
            message=f"No rule of expected loss was in force on {on}.",
            hint="Give bank/expected_loss.yaml a version that begins by that day.",
            where={"home": home, "on": on},
        )
    asked = day.rulebook.version("stresses", Stresses, day.law_of)
    plain = Stress.model_construct(name="none", cite=asked.reverse.cite)
    claims = claims_of(home, on)
    circles = read_circles(day.facts, claims, asked.contagion, on)
    spreads = {
        each.name: circles.spread(_first(each, claims), shown=asked.contagion.shown)
        for each in asked.stresses if each.spreads
    }  # fmt: skip

    def question(stress: Stress) -> Question:
        if not stress.spreads:
            return Question(stress, tuple(_first(stress, claims)["debtor_no"]))
        fallen = spreads[stress.name].fallen
        return Question(stress, tuple(fallen), circles.weak_after(fallen, day.neighbours.weak))

    steps = asked.down()
    questions = [question(each) for each in (plain, *asked.stresses, *steps)]
    sums = [[0, 0, 0] for _ in questions]
    for shard in range(day.facts.layout.shards):
        inputs = read_inputs(day.facts, shard, day.neighbours)
        answers = _shard(inputs, policy, policy.expected_loss, questions, on)
        for total, found in zip(sums, answers, strict=True):
            total[:] = [before + more for before, more in zip(total, found, strict=True)]
    outcomes = [Outcome(each.stress.name, *total) for each, total in zip(questions, sums, strict=True)]
    first_step = 1 + len(asked.stresses)
    path = tuple(
        (step.factor_e8 / ONE_E8, outcome.allowance_cents)
        for step, outcome in zip(steps, outcomes[first_step:], strict=True)
    )
    booked = provision_standing(home, on).stated.get("loan_loss_provisions")
    return Stressed(
        outcomes[0], tuple(outcomes[1:first_step]), spreads, circles.chances(asked.contagion), booked,
        _crossing(path, booked), path,
    )  # fmt: skip


def _shard(
    inputs: Inputs, policy: Policy, law: ExpectedLoss, questions: Sequence[Question], on: date
) -> Iterator[tuple[int, int, int]]:
    assessed = assess(inputs, policy, on=on)
    rows, base = assessed.loans.select(_READ), _measured(assessed, inputs, policy, law, on)
    for stress, fallen, weak in questions:
        found = base
        if stress.laid_on(law) != law or weak is not None:
            night = inputs.neighbours
            around = replace(inputs, neighbours=replace(night, weak=night.weak if weak is None else weak))
            found = _measured(assessed, around, policy, stress.laid_on(law), on)
            is_met = rows.select(stress.meets().alias("is_met"))["is_met"]
            found = pl.select(pl.when(is_met).then(found.to_struct()).otherwise(base.to_struct()).alias("row")).unnest(
                "row"
            )
        if fallen:
            falls = rows["debtor_no"].is_in(list(fallen))
            impaired = (pl.col("claim_cents") * pl.col("lgd_ratio")).round().cast(pl.Int64)
            found = found.with_columns(
                ecl_cents=pl.when(falls).then(pl.max_horizontal(impaired, "ecl_cents")).otherwise("ecl_cents"),
                stage=pl.when(falls).then(pl.lit("stage_3")).otherwise(pl.col("stage").cast(pl.String)),
            )
        by_stage = dict(found.group_by(pl.col("stage").cast(pl.String)).agg(pl.col("claim_cents").sum()).iter_rows())
        yield int(found["ecl_cents"].sum()), int(by_stage.get("stage_2", 0)), int(by_stage.get("stage_3", 0))


def _measured(assessed: Assessment, inputs: Inputs, policy: Policy, law: ExpectedLoss, on: date) -> pl.DataFrame:
    """Stage, claim, share lost and allowance of each loan under a law of expected loss."""
    lost = losses(inputs, assessed.book, assessed.classed, replace(policy, expected_loss=law), on=on)
    return pl.concat(
        [lost.stages.select("stage"), lost.losses.select("claim_cents", "lgd_ratio", "ecl_cents")], how="horizontal"
    )


def _first(stress: Stress, claims: pl.DataFrame) -> pl.DataFrame:
    """Return the debtors that a stress lets fall first, of those of whom something is claimed; see `claims_of`."""
    is_first = pl.int_range(pl.len()) < stress.largest
    if stress.impaired:
        is_first |= pl.col("is_impaired")
    if stress.debtors:
        is_first |= pl.col("debtor_id").is_in(list(stress.debtors))
    return claims.filter(is_first)


def _crossing(path: Sequence[tuple[float, int]], booked: int | None) -> float | None:
    """Where the path passes an amount, read off the line between two steps; at once where it begins above."""
    if booked is None:
        return None
    if path[0][1] > booked:
        return path[0][0]
    for (before, low), (after, high) in pairwise(path):
        if low <= booked < high:
            return before + (after - before) * (booked - low) / (high - low)
    return None
