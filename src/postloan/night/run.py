"""The night: every shard through the plan, then the checks, then publishing. Killed anywhere, it resumes."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postloan.errors import NightPinned, ShardFailed
from postloan.intake.facts import Facts
from postloan.night.alone import alone
from postloan.night.checks import check_night, no_tier_improved, sum_up
from postloan.night.look import look_around
from postloan.night.pins import Pins, begun_nights, pins, read_pins, run_id
from postloan.night.pool import each_done, started
from postloan.night.task import ShardTask, finished_shard, is_finished
from postloan.night.worker import bank, check, compute
from postloan.plan.inputs import law_day
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.snapshot.files import commit_json
from postloan.snapshot.publish import publish
from postloan.snapshot.read import is_published, published_versions, read_manifest

Tell = Callable[[date, int, int], None]
Clock = Callable[[], str]


@dataclass(frozen=True)
class Published:
    """A published night: its run, its manifest, which version of its day it is, and whether it was there already."""

    on: date
    run_id: str
    manifest: dict[str, Any]
    was_there: bool
    version: int = 1


def run_nights(
    home: Path,
    days: Sequence[date],
    *,
    known_on: date | None = None,
    law_of: date | None = None,
    pool: Executor | None = None,
    tell: Tell | None = None,
    clock: Clock | None = None,
) -> Iterator[Published]:
    """Compute and publish nights one after the other, in the order given.

    known_on  rows that became known later are not seen; None is the latest load's day.
    law_of    the day whose rules apply; None is each business date itself, or what the feeds say of days before the
              rulebook begins.
    pool      the workers, see `workers_pool`; None computes in this process.
    clock     tells when a version of a day is published, which is noted beside it; None notes nothing.
    Raises HomeBusy, HomeNotReady, FactsDamaged, NoRuleInForce, NightPinned, ShardFailed, CheckFailed; published nights
    stand.
    """
    with alone(home):
        for on in days:
            yield _run_night(home, on, known_on, law_of, pool, tell, clock)


def run_night(
    home: Path,
    on: date,
    *,
    known_on: date | None = None,
    law_of: date | None = None,
    pool: Executor | None = None,
    tell: Tell | None = None,
) -> Published:
    """Compute and publish one night; see `run_nights`."""
    return next(iter(list(run_nights(home, [on], known_on=known_on, law_of=law_of, pool=pool, tell=tell))))


def _run_night(
    home: Path,
    on: date,
    known_on: date | None,
    law_of: date | None,
    pool: Executor | None,
    tell: Tell | None,
    clock: Clock | None,
) -> Published:
    facts, rulebook = Facts(home, known_on), load_rulebook(home)
    law = law_of or law_day(on, facts)
    policy = policy_on(rulebook, law)
    pinned = pins(facts, rulebook, on=on, law_of=law)
    run = run_id(pinned)
    folder = home / "nights" / run
    if is_published(home, on, run):
        _settle(home, on, folder)
        return _published(home, on, was_there=True)

    facts.check(None)
    _pin(folder, pinned | {"shards": facts.layout.shards})
    tasks = [ShardTask(home, folder, shard, on, facts.known_on, policy) for shard in range(facts.layout.shards)]
    waiting = [task for task in tasks if not is_finished(folder, task.shard)]
    killed = ShardFailed(
        message="A worker of the night was killed, or found no memory.",
        hint="Run the night again: finished shards are kept. Where memory ran out, use fewer --workers.",
        where={"night": folder},
    )
    for _ in each_done(check, tasks, pool, killed=killed):
        pass
    around = look_around(facts, policy, tasks, pool, killed=killed)
    for done, _ in enumerate(each_done(compute, waiting, pool, killed=killed), start=len(tasks) - len(waiting) + 1):
        if tell:
            tell(on, done, len(tasks))

    shards = [finished_shard(folder, task.shard) for task in tasks]
    totals = sum_up([shard.summary for shard in shards])
    totals["rows_accepted"], totals["rows_quarantined"] = facts.rows
    limits, loans = policy.publish_checks, [shard.folder / "loan.parquet" for shard in shards]
    rose = no_tier_improved(home, pinned, loans, policy.tier_laws_for(on), limits)
    checks = check_night(home, on, totals, limits, [rose])
    manifest = {"pins": pinned, "shards": facts.layout.shards, "totals": totals, "checks": checks}
    manifest["currency"] = facts.layout.book_currency
    whole = [*started(bank, tasks[0], pool, killed=killed)(), *around]
    publish(home, run, on, shards, manifest, whole, at=clock() if clock else None)
    _settle(home, on, folder)
    return _published(home, on, was_there=False)


def _published(home: Path, on: date, *, was_there: bool) -> Published:
    manifest = read_manifest(home, on)
    run = manifest["run_id"]
    return Published(on, run, manifest, was_there, published_versions(home, on).index(run) + 1)


def _settle(home: Path, on: date, folder: Path) -> None:
    """Clear away what is left of nights of a day, now that one is published: this one's, and of those that failed."""
    for begun in {*begun_nights(home, on), folder}:
        shutil.rmtree(begun, ignore_errors=True)


def _pin(folder: Path, pinned: Pins) -> None:
    """Write down what the night rests on, or see that an unfinished night rests on the same."""
    file = folder / "pins.json"
    if file.exists() and not read_pins(file):
        shutil.rmtree(folder)  # Damaged. What is not published yet is computed again.
    folder.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        commit_json(file, pinned)
    begun = read_pins(file)
    if begun != pinned:
        changed = sorted(name for name in pinned if begun.get(name) != pinned[name])
        raise NightPinned(
            message=f"This night was begun with a different {', '.join(changed)}.",
            hint="Finish it as it was begun, or delete its folder to start again.",
            where={"folder": folder},
        )
