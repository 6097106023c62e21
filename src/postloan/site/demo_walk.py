"""`postloan demo`: the demo bank from nothing to a tier table; done twice, it changes nothing the second time."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.demo.bank import write_demo_feeds
from postloan.desk.report.tiers import tiers
from postloan.errors import RequestWrong
from postloan.intake.load import load_feeds
from postloan.night.pool import workers_pool
from postloan.site.nights import publish_nights
from postloan.site.tables_on_screen import show_report
from postloan.site.terminal import Terminal
from postloan.snapshot.files import commit_json, read_json
from postloan.snapshot.read import published_run, scan_loans
from postloan.tables.units import TIERS

_SAID = "demo.json"
_SHARDS = 2
"""A book this small spends more on opening a shard than on computing it."""


@dataclass(frozen=True)
class DemoBank:
    """What a demo bank is a function of."""

    loans: int
    months: int
    seed: int


def build_demo(home: Path, bank: DemoBank, terminal: Terminal, *, workers: int) -> None:
    """Write the demo bank's feeds, load them, compute every month-end, show the tiers of the last."""
    words = terminal.words
    _write_feeds(home, bank, terminal)
    said = {"loans": f"{bank.loans:,}", "months": bank.months, "seed": bank.seed}
    terminal.out.print(words("demo.written", path=home / "feeds", **said), soft_wrap=True)

    with terminal.progress() as tell:
        reports = load_feeds(home, home / "feeds", shards=_SHARDS, tell=tell)
    rows = sum(table.accepted for report in reports for table in report.tables.values())
    quarantined = sum(report.quarantined for report in reports)
    terminal.out.print(words("demo.loaded", days=len(reports), rows=f"{rows:,}", quarantined=f"{quarantined:,}"))

    days = sorted(report.feed_day for report in reports)
    with workers_pool(workers) as pool:
        publish_nights(home, _to_compute(home, days), terminal, pool=pool)
    terminal.out.print()
    show_report(tiers(home, days[-1]), words, terminal.out)
    terminal.out.print()
    terminal.out.print(words("demo.try"))
    for command in _to_try(home, days[-1]):
        terminal.out.print(f"  {command}", soft_wrap=True)


def _to_compute(home: Path, days: Sequence[date]) -> list[date]:
    """All days; but once the demo has named its warning model, what was published before is not computed again."""
    is_named = model_rule(home).exists()
    return [day for day in days if not (is_named and published_run(home, day))]


def model_rule(home: Path) -> Path:
    """Where the demo bank names its warning model, once its desk was opened."""
    return home / "rulebook" / "bank" / "warning_model.yaml"


def _write_feeds(home: Path, bank: DemoBank, terminal: Terminal) -> None:
    """Write feeds and truth beside the home and move them in whole, unless this very bank is there already."""
    part = home / ".demo.part"
    if (home / _SAID).is_file():
        held = DemoBank(**read_json(home / _SAID))
        if held != bank:
            raise RequestWrong(
                message="This home folder holds another demo bank.",
                hint="Ask for the same bank again, or give another --home.",
                where={"home": home, **asdict(held)},
            )
        return
    if not (part / _SAID).is_file():
        taken = [name for name in ("feeds", "facts", "snapshots") if (home / name).exists()]
        if taken:
            raise RequestWrong(
                message="This home folder holds another book.",
                hint="Give the demo bank a home of its own: --home ./demo-home.",
                where={"home": home, "found": ", ".join(taken)},
            )
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with terminal.progress() as tell:
            write_demo_feeds(part / "feeds", part / "truth", **asdict(bank), tell=tell)
        commit_json(part / _SAID, asdict(bank))
    for name in ("feeds", "truth", _SAID):
        if (part / name).exists():
            (part / name).rename(home / name)
    part.rmdir()


def _to_try(home: Path, on: date) -> list[str]:
    """Name commands worth trying: why, for a loan of each tier there is, and the other reports."""
    found = (
        scan_loans(home, on)
        .filter(pl.col("status") == "active")
        .group_by("tier")
        .agg(pl.col("loan_id").sort_by("loan_no").first())
        .collect()
    )
    loan_of = dict(found.iter_rows())
    there = f"--home {home}"
    whys = [f"postloan why {loan_of[tier]} --on {on} {there}" for tier in TIERS if tier in loan_of]
    reports = [f"postloan report {name} {there}" for name in ("overdue --by org", "migration", "provisions", "tieout")]
    return [*whys, *reports]
