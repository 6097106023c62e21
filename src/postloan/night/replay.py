"""The replay of published days, shard by shard in the pool: reads snapshots and another rulebook, writes nothing."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.errors import NothingPublished, RequestWrong, ShardFailed
from postloan.night.pool import each_done
from postloan.plan.replay import (
    BOOK_COLUMNS,
    DEBTOR_COLUMNS,
    FACT_COLUMNS,
    QUIET_COLUMNS,
    Laws,
    count_day,
    is_one_by_one,
    is_quiet,
    laws_of,
    rejudge,
    together,
)
from postloan.rules.rulebook import Rulebook, load_rulebook, read_rulebook
from postloan.rules.sources import shipped_rules
from postloan.snapshot.read import read_manifest, scan_debtors, scan_loans
from postloan.tables.replayed import ReplayCell, ReplayMove

_LAW, _WARNINGS = "national", "warnings"
"""The folder, within a rulebook to be tried, of files that stand in for the law's."""


class ReplayTask(NamedTuple):
    """What a worker needs to know; it travels between processes.

    days  each with the day whose law it was computed under.
    """

    home: Path
    rulebook: Path
    days: tuple[tuple[date, date], ...]
    shard: int


@dataclass(frozen=True)
class Replay:
    """Published days under another rulebook: what is counted of them, and the loans that would move."""

    cells: dy.DataFrame[ReplayCell]
    moves: dy.DataFrame[ReplayMove]


def rulebook_to_try(folder: Path) -> tuple[Rulebook, tuple[str, ...]]:
    """Read a rulebook that is tried, and say which files of it stand in for the law's.

    folder  the bank's own files, as they would lie in HOME/rulebook/bank; files of law in its subfolder `national`.
    Raises RequestWrong where something else lies there; RuleFileWrong, LaxerThanLaw, TextUnknown as any rulebook.
    """
    if not folder.is_dir():
        raise RequestWrong(
            message=f"{folder} is no folder.",
            hint="Copy HOME/rulebook/bank to a folder of its own, change a figure there, and give it with --rulebook.",
        )
    law = folder / _LAW
    inside = (law, folder / _WARNINGS)
    folders = [folder, *(each for each in inside if each.is_dir())]
    strange = [path for each in folders for path in each.iterdir() if path not in inside and not _may_be_rule(path)]
    if strange:
        raise RequestWrong(
            message=f"{min(strange)} is no rule file.",
            hint="Keep the bank's YAML files in it, and those that stand in for the law's in its folder national.",
        )
    of_law = tuple(sorted(path.stem for path in law.glob("*.y*ml")))
    return read_rulebook(shipped_rules(), folder, other_law=law), of_law


def _may_be_rule(path: Path) -> bool:
    return path.is_file() and (path.suffix in {".yaml", ".yml", ".md", ".json"} or path.name.startswith("."))


def replay(
    home: Path,
    rulebook: Path,
    days: Sequence[date],
    *,
    pool: Executor | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Replay:
    """Judge some published days again under another rulebook, shard by shard.

    days  published, in any order. pool: the workers; None works in this process. tell: shards done, of how many.
    Raises NothingPublished, NoRuleInForce, RequestWrong, ShardFailed, and what `rulebook_to_try` raises.
    """
    manifests = {on: read_manifest(home, on) for on in sorted(days)}
    law_of = {on: date.fromisoformat(said["pins"]["law_of"]) for on, said in manifests.items()}
    laws_of(law_of, load_rulebook(home), rulebook_to_try(rulebook)[0])
    for on in manifests:
        _check_columns(home, on)
    tasks = [
        ReplayTask(home, rulebook, tuple(law_of.items()), shard)
        for shard in range(max(said["shards"] for said in manifests.values()))
    ]
    killed = ShardFailed(
        message="A worker of the replay was killed.",
        hint="Run it again; where memory ran out, use fewer --workers or a shorter range of days.",
        where={"home": home},
    )
    done: list[Replay] = []
    for each in each_done(replay_shard, tasks, pool, killed=killed):
        done.append(each)
        if tell:
            tell(len(done), len(tasks))
    moves = pl.concat([each.moves for each in done]).sort("on", "loan_no")
    return Replay(together([each.cells for each in done]), ReplayMove.validate(moves))


def replay_shard(task: ReplayTask) -> Replay:
    """Replay one shard; its days are judged together, and counted one after the other."""
    laws = _laws(task.home, task.rulebook, task.days)
    days = [on for on, _ in task.days]
    loud = pl.concat([_loud(task, on, laws) for on in days]).unique()
    one_by_one = loud.filter("one_by_one")["loan_no"].unique()
    debtors = loud.filter(~pl.col("one_by_one"))["debtor_no"].unique()
    is_meant = pl.col("loan_no").is_in(one_by_one.implode()) | pl.col("debtor_no").is_in(debtors.implode())
    facts = [
        scan_loans(task.home, on, shard=task.shard).select(FACT_COLUMNS).filter(is_meant).collect().with_columns(on=on)
        for on in days
    ]
    told = [_debtors(task, on).collect().with_columns(on=on) for on in days]
    rejudged = rejudge(pl.concat(facts), pl.concat(told), laws)
    of_day = rejudged.partition_by("on", as_dict=True)
    counted = []
    for on in days:
        book = scan_loans(task.home, on, shard=task.shard).select(BOOK_COLUMNS).collect()
        counted.append(count_day(book, of_day.get((on,), rejudged.clear()), laws.policies[on], on))
    return Replay(
        together([cells for cells, _ in counted]), ReplayMove.validate(pl.concat([moves for _, moves in counted]))
    )


def _loud(task: ReplayTask, on: date, laws: Laws) -> pl.DataFrame:
    """The loans of a day that are not quiet, and the debtors of whom another bank says something bad."""
    rows = scan_loans(task.home, on, shard=task.shard).select(QUIET_COLUMNS)
    of_loans = rows.filter(~is_quiet(laws)).select("loan_no", "debtor_no", one_by_one=is_one_by_one(laws))
    is_bad = pl.col("other_bank_npl") | (pl.col("all_banks_over_90_cents") > 0).fill_null(value=False)
    elsewhere = _debtors(task, on).filter(is_bad)
    of_debtors = elsewhere.select(
        pl.lit(None, pl.Int64).alias("loan_no"), "debtor_no", pl.lit(value=False).alias("one_by_one")
    )
    return pl.concat([of_loans, of_debtors]).collect()


def _debtors(task: ReplayTask, on: date) -> pl.LazyFrame:
    return scan_debtors(task.home, on, shard=task.shard).select(DEBTOR_COLUMNS)


def _check_columns(home: Path, on: date) -> None:
    """Refuse a snapshot that does not say all that a replay needs."""
    asked = {*QUIET_COLUMNS, *FACT_COLUMNS, *BOOK_COLUMNS}
    held = {*scan_loans(home, on, shard=0).collect_schema()}
    if not asked <= held:
        raise NothingPublished(
            message=f"The snapshot of {on} does not say what a replay needs: an earlier version published it.",
            hint=f"Compute the day again: postloan night {on}.",
            where={"home": home, "on": on, "missing": ", ".join(sorted(asked - held))},
        )


@lru_cache(maxsize=2)
def _laws(home: Path, rulebook: Path, days: tuple[tuple[date, date], ...]) -> Laws:
    return laws_of(dict(days), load_rulebook(home), rulebook_to_try(rulebook)[0])
