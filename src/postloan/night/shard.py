"""One shard of a night: read its facts, assess them, leave its tables and a summary in place, all at once."""

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from postloan.errors import NightPinned
from postloan.intake.facts import Facts
from postloan.night.look import LookTask, neighbours_left
from postloan.night.task import ShardTask, hash_of_summary, part_of, shard_folder
from postloan.plan.bank import left_for_bank
from postloan.plan.inputs import Inputs, read_debtors, read_inputs
from postloan.plan.neighbours import Standings, standings
from postloan.plan.night import Assessment, assess
from postloan.plan.proceeds import proceeds_paths
from postloan.snapshot.files import commit_json, read_json, sync_folder, write_table
from postloan.snapshot.program import code_fingerprint
from postloan.tables.money_trail import ProceedsPath
from postloan.tables.units import BREAK_KINDS, COMPONENTS, INSTRUCTION_STATES, TIERS


def run_shard(task: ShardTask) -> int:
    """Compute one shard and rename its folder into place; a shard already there is left as it is."""
    place = shard_folder(task.folder, task.shard)
    if place.exists():
        return task.shard
    facts = begun_with(task.home, task.known_on, task.folder)
    inputs = read_inputs(facts, task.shard, neighbours_left(task.folder))
    assessed = assess(inputs, task.policy, on=task.on)

    part = part_of(place)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    tables: dict[str, pl.DataFrame] = {
        "loan": assessed.loans,
        "debtor": assessed.debtors,
        "ledger_break": assessed.breaks,
        "instruction": assessed.instructions,
        "warning": assessed.warnings,
        "warning_score": assessed.scores,
        "covenant_test": assessed.covenants,
        "legal_clock": assessed.clocks,
    } | left_for_bank(assessed, inputs.debtor)
    files = {table: write_table(part / f"{table}.parquet", rows) for table, rows in tables.items()}
    said = {"files": files} | summary(inputs, assessed, on=task.on)
    commit_json(part / "summary.json", said | {"sha256": hash_of_summary(said)})
    _rename_once(part, place)
    return task.shard


def check_facts(task: ShardTask) -> None:
    """Hold the facts of a shard against what their loads noted. Raises FactsDamaged."""
    begun_with(task.home, task.known_on, task.folder).check(task.shard)


def look_at(asked: LookTask) -> Standings:
    """Find out what the debtors asked of a shard are."""
    task = asked.task
    inputs = read_debtors(begun_with(task.home, task.known_on, task.folder), task.shard, asked.debtors)
    return standings(inputs, asked.shared, task.policy, on=task.on)


def trail_of(task: ShardTask) -> dy.DataFrame[ProceedsPath]:
    """Follow the money of loans paid out of late; the task names the night, its shard says nothing."""
    return proceeds_paths(begun_with(task.home, task.known_on, task.folder), task.policy, on=task.on)


def summary(inputs: Inputs, assessed: Assessment, *, on: date) -> dict[str, Any]:
    """Sum up a shard for the checks: counted from the inputs on one side, from the outputs on the other."""
    loans = assessed.loans
    on_book = loans.filter(pl.col("status") == "active")
    tiers = on_book.group_by("tier").agg(loans=pl.len(), cents=pl.col("own_share_outstanding_cents").sum())
    by_tier = {tier: {"loans": count, "cents": cents} for tier, count, cents in tiers.iter_rows()}
    return {
        "loans_known": inputs.loan.height,
        "loans_ahead": _loans_ahead(inputs, on),
        "loans_published": loans.height,
        "debtors_published": assessed.debtors.height,
        "cash_known_cents": _cash_cents(inputs, assessed, on),
        "cash_published_cents": int(loans["received_cents"].sum()),
        "debt_known_cents": _debt_cents(assessed),
        "dues_known_cents": _debt_cents(assessed) + _relieved_cents(assessed, "instalments", "principal"),
        "dues_cents": _dues_cents(inputs, assessed),
        "debt_published_cents": int(assessed.balances["outstanding_cents"].sum())
        + int(loans["paid_principal_cents"].sum()),
        "schedule_gaps": int((loans["schedule_gap_cents"] != 0).sum()),
        "unscheduled": int((loans["schedule_source"] == "none").sum()),
        "breaks": _counts(assessed.breaks["kind"], BREAK_KINDS),
        "instructions": _counts(assessed.instructions["state"], INSTRUCTION_STATES),
        "tiers": {tier: by_tier.get(tier, {"loans": 0, "cents": 0}) for tier in TIERS},
    }


def _counts(words: pl.Series, listed: Sequence[str]) -> dict[str, int]:
    """Count each word of a closed list, those that do not come too."""
    return {word: int((words == word).sum()) for word in listed}


def _loans_ahead(inputs: Inputs, on: date) -> int:
    """Count the loans that are not in the book yet: paid out, or taken on, after the day."""
    taken_on = inputs.opening.group_by("loan_no").agg(taken_on=pl.col("on").min())
    is_ahead = (pl.col("disbursed_on") > on) | (pl.col("taken_on") > on).fill_null(value=False)
    return inputs.loan.join(taken_on, on="loan_no", how="left").filter(is_ahead).height


def _cash_cents(inputs: Inputs, assessed: Assessment, on: date) -> int:
    """Sum the payments that count: up to the day, of loans in the book, and after the take-on of those taken on."""
    payments, book = assessed.payments.lazy().filter(pl.col("paid_on") <= on), assessed.positions.lazy()
    if assessed.positions.height < inputs.loan.height:
        payments = payments.join(book.select("loan_no"), on="loan_no", how="semi")
    taken_on = book.filter("is_taken_on").select("loan_no", "begins_on")
    before = payments.join(taken_on, on="loan_no").filter(pl.col("paid_on") <= pl.col("begins_on"))
    sums = [frame.select(pl.col("amount_cents").sum()).collect().item() for frame in (payments, before)]
    return int(sums[0] - sums[1])


def _debt_cents(assessed: Assessment) -> int:
    """The principal lent or taken on, with what instalments have beyond it, and what became principal since."""
    beyond_cents = int(assessed.loans["schedule_gap_cents"].clip(upper_bound=0).sum())
    joined_cents = _relieved_cents(assessed, "principal")
    return int(assessed.positions["balance_cents"].sum()) - beyond_cents + joined_cents


def _dues_cents(inputs: Inputs, assessed: Assessment) -> int:
    """The principal of the instalments of the loans in the book; the feed may know of loans to come."""
    mine: pl.DataFrame = assessed.dues
    if assessed.positions.height < inputs.loan.height:
        mine = mine.join(assessed.positions.select("loan_no"), on="loan_no", how="semi")
    return int(mine["principal_cents"].sum())


def _relieved_cents(assessed: Assessment, becomes: str, *components: str) -> int:
    """Sum up the reliefs that become the one thing, of these components or of all."""
    asked = assessed.reliefs.filter(
        (pl.col("becomes") == becomes) & pl.col("component").is_in(components or COMPONENTS)
    )
    return int(asked["amount_cents"].sum())


def _rename_once(part: Path, place: Path) -> None:
    """Rename a finished folder into place; where another worker was faster, its folder stands: it is the same."""
    sync_folder(part)
    rename: Callable[[Path], Path] = part.rename
    try:
        rename(place)
    except OSError:
        if not place.exists():
            raise
        shutil.rmtree(part)
    sync_folder(place.parent)


@lru_cache(maxsize=2)
def begun_with(home: Path, known_on: date, folder: Path) -> Facts:
    """Open the facts that the night was begun with, once a night: its folder is named by its pins.

    The rules came with the task. Code is read by each worker for itself, feeds from the disk: they may have changed.
    """
    facts = Facts(home, known_on)
    begun = read_json(folder / "pins.json")
    now = {"feeds": facts.feed_hashes, "code": code_fingerprint()}
    changed = [name for name, pinned in now.items() if begun[name] != pinned]
    if changed:
        raise NightPinned(
            message=f"The {', '.join(changed)} changed while this night was computed.",
            hint="Run the night again; it begins anew with what holds now.",
            where={"folder": folder},
        )
    return facts
