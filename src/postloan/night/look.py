"""The look before the shards: what crosses debtors, asked of few of them and left in the night's folder for all."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from postloan.errors import ShardFailed
from postloan.intake.facts import Facts
from postloan.night.barrier import finished
from postloan.night.pool import each_done
from postloan.night.task import ShardTask
from postloan.night.worker import look, look_together, trail
from postloan.plan.asked import asked
from postloan.plan.inputs import NO_NEIGHBOURS, Neighbours
from postloan.rules.rulebook import Policy
from postloan.snapshot.publish import FinishedTable
from postloan.tables.money_trail import ProceedsPath
from postloan.tables.neighbours import CollateralClaim, WeakGuarantee

_TABLES = ("collateral_claim", "weak_guarantee", "proceeds_path")


@dataclass(frozen=True)
class LookTask:
    """What a worker needs to know: the shard, the debtors asked of it, and the collateral that is shared."""

    task: ShardTask
    debtors: tuple[int, ...]
    shared: pl.DataFrame


def look_around(
    facts: Facts, policy: Policy, tasks: Sequence[ShardTask], pool: Executor | None, *, killed: ShardFailed
) -> list[FinishedTable]:
    """Find what crosses debtors, before any shard is computed, and leave it in the night's folder.

    Before there was a law of expected loss nobody is asked. Raises `killed` where a worker was.
    """
    night, on = tasks[0].folder, tasks[0].on
    given = asked(facts, on=on)
    looks = [LookTask(task, given.of_shard(task.shard), given.shared) for task in tasks if policy.expected_loss]
    waiting = [each for each in looks if each.debtors]
    found = each_done(look, waiting, pool, killed=killed)
    told = next(each_done(look_together, [(given, list(found))], pool, killed=killed)) if waiting else NO_NEIGHBOURS
    paths = next(each_done(trail, [tasks[0]], pool, killed=killed))
    return [finished(night, name, rows) for name, rows in zip(_TABLES, (told.claims, told.weak, paths), strict=True)]


def neighbours_left(night: Path) -> Neighbours:
    """Read what the look left."""
    claims, weak, paths = (pl.read_parquet(night / f"{name}.parquet") for name in _TABLES)
    return Neighbours(CollateralClaim.validate(claims), WeakGuarantee.validate(weak), ProceedsPath.validate(paths))
