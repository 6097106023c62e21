"""`postloan load`: feed days into facts, and what became of their rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from postloan.intake.load import LoadReport, load_feeds
from postloan.intake.records import parts_folder
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal
from postloan.site.words import Words

_DAYS_IN_FULL = 3
_REASONS_SHOWN = 10


@dataclass(frozen=True)
class Quarantine:
    """Where a day's quarantine lies, and which rules its rows broke how often, most often first."""

    file: Path
    reasons: pl.DataFrame


def load(home: Path, feed_dir: Path, terminal: Terminal, *, shards: int, correct: bool) -> int:
    """Load feed days and print what became of them; return the number of rows in quarantine."""
    with terminal.progress() as tell:
        reports = load_feeds(home, feed_dir, shards=shards, correct=correct, tell=tell)
    found = {report.feed_day: _quarantine(home, report) for report in reports if report.quarantined}
    if terminal.as_json:
        terminal.print_json({"home": str(home), "days": [_said(each, found.get(each.feed_day)) for each in reports]})
    else:
        _print_days(reports, terminal)
        for quarantine in found.values():
            _print_reasons(quarantine, terminal)
    return sum(report.quarantined for report in reports)


def _quarantine(home: Path, report: LoadReport) -> Quarantine:
    file = parts_folder(home, report.load) / "quarantine.parquet"
    reasons = (
        pl.read_parquet(file)
        .group_by("table", "column", "rule", maintain_order=True)
        .agg(pl.len().alias("times"), pl.first("reason", "reason_zh"))
        .sort("times", descending=True, maintain_order=True)
    )
    return Quarantine(file, reasons)


def _said(report: LoadReport, quarantine: Quarantine | None) -> dict[str, object]:
    tables = {
        name: {"accepted": table.accepted, "quarantined": table.quarantined} for name, table in report.tables.items()
    }
    return {
        "feed_day": report.feed_day.isoformat(),
        "already_loaded": report.already_loaded,
        "quarantined": report.quarantined,
        "tables": tables,
        "reasons": quarantine.reasons.to_dicts() if quarantine else [],
        "quarantine_file": str(quarantine.file) if quarantine else None,
    }


def _print_days(reports: list[LoadReport], terminal: Terminal) -> None:
    words = terminal.words
    for report in reports if len(reports) <= _DAYS_IN_FULL else ():
        if report.already_loaded:
            terminal.out.print(words("load.already", day=report.feed_day))
        names = [words("load.table"), words("load.accepted"), words("load.quarantined")]
        rows = list(_table_rows(report, words))
        terminal.out.print(plain_table(words("load.title", day=report.feed_day), names, rows, figures=2))
    if len(reports) > _DAYS_IN_FULL:
        _print_many(reports, terminal)


def _print_many(reports: list[LoadReport], terminal: Terminal) -> None:
    words = terminal.words
    names = [
        words("load.day"), words("load.state"), words("load.tables"), words("load.accepted"), words("load.quarantined")
    ]  # fmt: skip
    rows = [
        [
            str(report.feed_day),
            words("load.state_old" if report.already_loaded else "load.state_new"),
            f"{len(report.tables)}",
            f"{_accepted(report):,}",
            f"{report.quarantined:,}",
        ]
        for report in reports
    ]
    title = words("load.days_title", first=reports[0].feed_day, last=reports[-1].feed_day)
    terminal.out.print(plain_table(title, names, rows, figures=3))


def _table_rows(report: LoadReport, words: Words) -> Iterator[list[str]]:
    for name, table in report.tables.items():
        yield [name, f"{table.accepted:,}", f"{table.quarantined:,}"]
    yield [words("load.total"), f"{_accepted(report):,}", f"{report.quarantined:,}"]


def _accepted(report: LoadReport) -> int:
    return sum(table.accepted for table in report.tables.values())


def _print_reasons(quarantine: Quarantine, terminal: Terminal) -> None:
    words = terminal.words
    said = "reason_zh" if words.language == "zh" else "reason"
    rows = [
        [f"{each['table']}.{each['column']}" if each["column"] else each["table"], each[said], f"{each['times']:,}"]
        for each in quarantine.reasons.head(_REASONS_SHOWN).to_dicts()
    ]
    names = [words("load.table"), words("load.reason"), words("load.reason_rows")]
    terminal.out.print(plain_table(words("load.reasons_title"), names, rows, figures=1))
    if quarantine.reasons.height > _REASONS_SHOWN:
        terminal.out.print(words("load.reasons_more", count=quarantine.reasons.height - _REASONS_SHOWN))
    terminal.out.print(words("load.quarantine_file", path=quarantine.file), soft_wrap=True)
