"""`postloan report`: a question about published days, and the answer on screen or in a file."""

import sys
from datetime import date
from pathlib import Path
from typing import cast

import polars as pl

from postloan.desk.report.book import Grouping
from postloan.desk.report.breaks import breaks
from postloan.desk.report.form import Report
from postloan.desk.report.instructions import instructions
from postloan.desk.report.migration import migration
from postloan.desk.report.overdue import overdue
from postloan.desk.report.provisions import provisions
from postloan.desk.report.tiers import tiers
from postloan.errors import NothingPublished, RequestWrong
from postloan.intake.facts import Facts
from postloan.site.report_files import as_csv, as_json, write_xlsx
from postloan.site.tables_on_screen import show_report
from postloan.site.terminal import Terminal
from postloan.snapshot.read import published_days, read_manifest

_OF_ONE_DAY = {"tiers": tiers, "overdue": overdue, "provisions": provisions, "breaks": breaks}


def ask_report(home: Path, kind: str, *, on: date | None, from_on: date | None, by: str | None) -> Report:
    """Count a report; days left out are the last published, and for a migration the one published before it."""
    day, grouping = on or last_published(home), cast("Grouping | None", by)
    orgs = _orgs(home, day) if by == "org" else None
    if kind == "migration":
        return migration(home, from_on or _published_before(home, day), day, grouping, orgs=orgs)
    if from_on is not None:
        raise RequestWrong(
            message=f"The report {kind} is of one day; --from has no meaning for it.",
            hint="Leave --from out, or ask for the migration between the two days.",
        )
    if kind == "instructions":
        if by is not None:
            raise RequestWrong(message="Instructions are listed one by one.", hint="Leave --by out.")
        return instructions(home, day)
    return _OF_ONE_DAY[kind](home, day, grouping, orgs=orgs)


def give_report(report: Report, form: str, out: Path | None, terminal: Terminal) -> None:
    """Give a report in a form: a table on the screen; CSV and JSON there or in a file; xlsx in a file."""
    if form == "table":
        if out is not None:
            raise RequestWrong(
                message="A table is for the screen.", hint="With --out choose --format csv, json or xlsx."
            )
        show_report(report, terminal.words, terminal.out)
        return
    if form == "xlsx":
        if out is None:
            raise RequestWrong(message="A workbook needs a file.", hint="Say where: --out report.xlsx.")
        write_xlsx(report, out, terminal.words)
    else:
        said = as_csv(report) if form == "csv" else as_json(report)
        if out is None:
            sys.stdout.write(said)
            return
        out.write_text(said, encoding="utf-8")
    terminal.err.print(terminal.words("written", path=out), soft_wrap=True)


def last_published(home: Path) -> date:
    """Find the last published day; NothingPublished where there is none."""
    days = published_days(home)
    if not days:
        raise NothingPublished(
            message="Nothing is published yet.",
            hint="Compute a day first: postloan night DATE.",
            where={"home": home},
        )
    return days[-1]


def _published_before(home: Path, on: date) -> date:
    earlier = [day for day in published_days(home) if day < on]
    if not earlier:
        raise NothingPublished(
            message=f"No snapshot is published before {on}.",
            hint="A migration needs two days: compute an earlier one, or name the days with --from and --on.",
            where={"home": home, "on": on},
        )
    return earlier[-1]


def _orgs(home: Path, on: date) -> pl.DataFrame:
    """Read the offices as they were known to the night of a day."""
    known_on = date.fromisoformat(read_manifest(home, on)["pins"]["known_on"])
    return Facts(home, known_on).read("org", None)
