"""How fast a policy is replayed: 36 month-ends of a million loans, beside merely reading the same columns.

    python bench/replay.py [--loans 1000000] [--days 36] [--workers 2] [--shards 10]

The book of `book.py` is computed for its last day, and that one snapshot is published under every month-end: the same
files, linked, with a manifest and a pointer of each day's own. In them the dates of the loan's life, which a replay
compares with the day, are moved back with the day: by copies, of each month's own. So every day has the same loans in
the same tiers and costs what its own night would have left, but loans move between tiers only by policy.
"""

import argparse
import json
import os
import shutil
import sys
import time
from calendar import monthrange
from datetime import date
from pathlib import Path

import polars as pl

import book
from night import OUT, night, prepare, run
from postloan.night.pool import workers_pool
from postloan.night.replay import ReplayTask, replay
from postloan.plan.replay import BOOK_COLUMNS, DEBTOR_COLUMNS, FACT_COLUMNS, QUIET_COLUMNS
from postloan.snapshot.files import commit_json, write_table
from postloan.snapshot.publish import pointer_file, snapshot_folder
from postloan.snapshot.read import is_published, published_run, read_manifest, scan_debtors, scan_loans

GOAL_SECONDS = 60
_DATED = ("originated_on", "disbursed_on", "clean_since_on", "observation_ends_on", "upgrade_decided_on", "merged_on")
_RULES = {
    "texts.yaml": "draft: {title: Draft, title_zh: 草案, issuer: the bank, number: d, issued: 2020-01-01, "
    "in_force: 2020-01-01, confirmed_on: null}\n",
    "overdue_floors.yaml": "rule: overdue_floors\nsays: Substandard after 60 days.\nversions:\n  - from: 2023-07-01\n"
    "    floors:\n      - {tier: substandard, over_days: 60, cite: {text: draft, at: s. 1}}\n",
}


def month_ends(days: int) -> list[date]:
    """The last `days` month-ends up to the day of the book."""
    months = [book.ON.year * 12 + book.ON.month - 1 - back for back in range(days)]
    return [date(at // 12, at % 12 + 1, monthrange(at // 12, at % 12 + 1)[1]) for at in reversed(months)]


def publish_before(home: Path, days: list[date]) -> None:
    """Publish the last day's snapshot under each earlier day too, its dates moved back by as many months."""
    run_id, manifest = str(published_run(home, book.ON)), read_manifest(home, book.ON)
    source = snapshot_folder(home, run_id)
    for back, on in enumerate(reversed(days)):
        name = f"{run_id[:24]}{back:08d}"
        if on == book.ON or is_published(home, on, name):
            continue
        target = snapshot_folder(home, name)
        shutil.rmtree(target, ignore_errors=True)
        files = {}
        for file, said in manifest["files"].items():
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            files[file] = said
            if file.startswith("loan/"):
                moved = pl.read_parquet(source / file).with_columns(pl.col(_DATED).dt.offset_by(f"-{back}mo"))
                files[file] = write_table(target / file, moved)
            else:
                os.link(source / file, target / file)
        pins = manifest["pins"] | {"on": on.isoformat(), "law_of": on.isoformat()}
        said = manifest | {"files": files, "run_id": name, "on": on.isoformat(), "pins": pins}
        commit_json(target / "manifest.json", said)
        commit_json(pointer_file(home, on), {"run_id": name})


def read_only(task: ReplayTask) -> int:
    """Read, of one shard, what its replay reads, and do nothing with it."""
    rows = 0
    for on, _ in task.days:
        for columns in (QUIET_COLUMNS, FACT_COLUMNS, BOOK_COLUMNS):
            rows = scan_loans(task.home, on, shard=task.shard).select(columns).collect().height
        scan_debtors(task.home, on, shard=task.shard).select(DEBTOR_COLUMNS).collect()
    return rows * len(task.days)


def once(home: Path, rulebook: Path, days: list[date], workers: int, what: str) -> dict[str, float]:
    """Replay, or only read, in pools of this process; seconds by the clock and of the processors, and rows."""
    begun, spent = time.perf_counter(), sum(os.times()[:4])
    with workers_pool(workers) as pool:
        if what == "replay":
            told = replay(home, rulebook, days, pool=pool)
            rows, moved = int(told.cells["loans"].sum()), told.moves.height
        else:
            shards = range(read_manifest(home, book.ON)["shards"])
            tasks = [ReplayTask(home, rulebook, tuple((on, on) for on in days), shard) for shard in shards]
            rows, moved = sum((pool.map if pool else map)(read_only, tasks)), 0
    cpu = sum(os.times()[:4]) - spent
    return {"seconds": time.perf_counter() - begun, "cpu_seconds": cpu, "rows": rows, "moved": moved}


def main() -> None:
    """Measure each in a process of its own, print, and keep the figures in bench/out/replay.json."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("loans", 1_000_000), ("days", 36), ("workers", 2), ("shards", 10)):
        asked.add_argument(f"--{name}", type=int, default=default)
    asked.add_argument("--only", choices=["replay", "read"])
    options = asked.parse_args()
    home, days = OUT / f"book-{options.loans}-{options.shards}", month_ends(options.days)
    rulebook = home / "rulebook-to-try"
    if options.only:
        print(json.dumps(once(home, rulebook, days, options.workers, options.only)))
        return
    prepare(options.loans, options.shards)
    if published_run(home, book.ON) is None:
        night(home, options.workers)
    publish_before(home, days)
    rulebook.mkdir(exist_ok=True)
    for name, text in _RULES.items():
        (rulebook / name).write_text(text, encoding="utf-8")
    found, peak = {}, 0
    for what in ("read", "replay"):
        done = run([sys.executable, *sys.argv, "--only", what])
        found[what], peak = json.loads(done.printed), done.peak_bytes
    replayed, read = found["replay"], found["read"]
    figures = {
        "loans": options.loans, "days": options.days, "workers": options.workers,
        "loan_days": replayed["rows"], "moved": replayed["moved"],
        "seconds": round(replayed["seconds"], 1), "cpu_seconds": round(replayed["cpu_seconds"], 1),
        "loan_days_a_second": round(replayed["rows"] / replayed["seconds"]),
        "ratio_to_reading": round(replayed["cpu_seconds"] / read["cpu_seconds"], 2),
        "peak_gib": round(peak / 2**30, 2),
    }  # fmt: skip
    (OUT / "replay.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        print(f"{name:20} {value:>12,}" + (f"   goal {GOAL_SECONDS}" if name == "seconds" else ""))


if __name__ == "__main__":
    main()
