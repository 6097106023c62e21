"""The look before the shards: what crosses debtors, asked of few of them and left in the night's folder for all."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from postloan.errors import ShardFailed
from postloan.intake.facts import Facts
from postloan.night.pool import each_done, started
from postloan.night.task import ShardTask, finished_table
from postloan.night.worker import look, look_together, trail
from postloan.plan.asked import asked
from postloan.plan.inputs import NO_NEIGHBOURS, Neighbours
from postloan.rules.rulebook import Policy
from postloan.snapshot.files import commit_json, is_whole, read_json
from postloan.snapshot.publish import FinishedTable
from postloan.tables.money_trail import ProceedsPath
from postloan.tables.neighbours import CollateralClaim, DebtorInDefault, WeakGuarantee

_SAID = "look.json"
_TABLES = ("collateral_claim", "weak_guarantee", "debtor_in_default", "proceeds_path")


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

    Nobody is asked where no rule asks for it, and a night that is resumed asks nobody again. Raises `killed` where a
    worker was.
    """
    night = tasks[0].folder
    left = _left(night)
    if left is not None:
        return left
    told = _found(facts, policy, tasks, pool, killed)
    tables = [
        finished_table(night, name, rows)
        for name, rows in zip(_TABLES, (told.claims, told.weak, told.in_default, told.paths), strict=True)
    ]
    commit_json(night / _SAID, {each.table: each.said for each in tables})
    return tables


def _left(night: Path) -> list[FinishedTable] | None:
    """What an earlier look of this night left, where it lies there whole."""
    try:
        said = read_json(night / _SAID)
        left = [FinishedTable(name, _file(night, name), said[name]) for name in _TABLES]
    except (OSError, ValueError, KeyError):
        return None
    return left if all(is_whole(each.file, each.said) for each in left) else None


def neighbours_left(night: Path) -> Neighbours:
    """Read what the look left."""
    claims, weak, bad, paths = (pl.read_parquet(_file(night, name)) for name in _TABLES)
    return Neighbours(
        CollateralClaim.validate(claims), WeakGuarantee.validate(weak), DebtorInDefault.validate(bad),
        ProceedsPath.validate(paths),
    )  # fmt: skip


def _file(night: Path, table: str) -> Path:
    return night / f"{table}.parquet"


def _found(
    facts: Facts, policy: Policy, tasks: Sequence[ShardTask], pool: Executor | None, killed: ShardFailed
) -> Neighbours:
    told = NO_NEIGHBOURS
    # One worker follows money through the shards while the others look, and while this process finds out whom to ask.
    trailed = started(trail, tasks[0], pool, killed=killed) if policy.use_of_proceeds else None
    if policy.expected_loss or policy.warns:
        given = asked(facts, on=tasks[0].on, with_tied=policy.warns)
        looks = [LookTask(task, given.of_shard(task.shard), given.shared) for task in tasks]
        waiting = [each for each in looks if each.debtors]
        if waiting:
            found = list(each_done(look, waiting, pool, killed=killed))
            told = started(look_together, (given, found), pool, killed=killed)()
    return replace(told, paths=trailed()) if trailed else told
