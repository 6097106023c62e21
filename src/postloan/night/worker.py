"""A worker process of the night: one thread, and it ends with the process that started it."""

# ruff: noqa: PLC0415 - the engine is imported where shards are computed: the parent of workers has no use for it

import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import dataframely as dy

    from postloan.night.look import LookTask
    from postloan.night.task import ShardTask
    from postloan.plan.asked import Asked
    from postloan.plan.inputs import Neighbours
    from postloan.plan.neighbours import Standings
    from postloan.snapshot.publish import FinishedTable
    from postloan.tables.money_trail import ProceedsPath


def begin() -> None:
    """Make ready to compute, and watch the parent: a killed night must not leave workers behind that still write.

    Ctrl-C reaches every process of a terminal; the parent alone answers it, and a shard cut off is computed again.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import postloan.night.shard  # noqa: F401 - the first shard need not wait for it


def stand_by() -> None:
    """Do nothing: `begin` has made the worker ready."""


def check(task: "ShardTask") -> None:
    """Hold the facts of a shard against what their loads noted, before anything rests on them."""
    from postloan.night.shard import check_facts

    check_facts(task)


def compute(task: "ShardTask") -> int:
    """Compute a shard; return its number."""
    from postloan.night.shard import run_shard

    return run_shard(task)


def look(task: "LookTask") -> "Standings":
    """Find out what some debtors of a shard are, before any shard is computed."""
    from postloan.night.shard import look_at

    return look_at(task)


def look_together(found: "tuple[Asked, Sequence[Standings]]") -> "Neighbours":
    """Put together what the shards were found to hold."""
    from postloan.plan.neighbours import neighbours

    return neighbours(*found)


def bank(task: "ShardTask") -> "list[FinishedTable]":
    """Make the tables of the bank as a whole, once all shards are done; the task names the night."""
    from postloan.night.barrier import bank_tables

    return bank_tables(task)


def trail(task: "ShardTask") -> "dy.DataFrame[ProceedsPath]":
    """Follow the money of loans paid out of late, through all shards."""
    from postloan.night.shard import trail_of

    return trail_of(task)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
