"""`postloan report`: a question about published days, and the answer on screen or in a file."""

import sys
from datetime import date
from pathlib import Path
from typing import cast

import polars as pl

from postloan.desk.report.book import Grouping
from postloan.desk.report.breaks import breaks
from postloan.desk.report.bridge import bridge
from postloan.desk.report.corrections import corrections
from postloan.desk.report.form import Report
from postloan.desk.report.g11 import g11
from postloan.desk.report.g12 import g12
from postloan.desk.report.groups import groups
from postloan.desk.report.instructions import instructions
from postloan.desk.report.migration import migration
from postloan.desk.report.overdue import overdue
from postloan.desk.report.provisions import provisions
from postloan.desk.report.rolls import rolls
from postloan.desk.report.tieout import tieout
from postloan.desk.report.tiers import tiers
from postloan.desk.report.vintages import vintages
from postloan.errors import NothingPublished, RequestWrong
from postloan.intake.facts import Facts
from postloan.rules.forms import Forms
from postloan.rules.rulebook import load_rulebook
from postloan.site.report_files import as_csv, as_json, write_xlsx
from postloan.site.tables_on_screen import show_report
from postloan.site.terminal import Terminal
from postloan.snapshot.read import edition, filed_edition, published_days, read_manifest

_BY_GROUP = {
    "tiers": tiers, "overdue": overdue, "provisions": provisions, "breaks": breaks, "corrections": corrections,
}  # fmt: skip
_BETWEEN_BY_GROUP = {"migration": migration, "bridge": bridge}
_OF_ONE_DAY = {"instructions": instructions, "groups": groups}
_BETWEEN = {"rolls": rolls, "vintages": vintages, "g12": g12}


def ask_report(home: Path, kind: str, *, on: date | None, from_on: date | None, by: str | None) -> Report:
    """Count a report of a day, or from one to another; days left out are the last published and what `--from` says.

    Raises RequestWrong where a report of one day is given two, or one that has no groups is asked for them.
    """
    day, grouping = on or last_published(home), cast("Grouping | None", by)
    if grouping is not None and kind not in _BY_GROUP | _BETWEEN_BY_GROUP and (kind, by) != ("tieout", "org"):
        raise RequestWrong(message=f"The report {kind} is not given by {by}.", hint="Leave --by out.")
    if kind in {*_BY_GROUP, *_OF_ONE_DAY, "tieout"} and from_on is not None:
        raise RequestWrong(
            message=f"The report {kind} is of one day; --from has no meaning for it.",
            hint="Leave --from out, or ask for the migration between the two days.",
        )
    if kind == "tieout":
        return tieout(home, day, by_org=by == "org", orgs=_orgs(home, day))
    orgs = _orgs(home, day) if by == "org" else None
    if kind in _BY_GROUP:
        return _BY_GROUP[kind](home, day, grouping, orgs=orgs)
    if kind in _OF_ONE_DAY:
        return _OF_ONE_DAY[kind](home, day)
    start = from_on or _start(home, kind, day)
    if kind in _BETWEEN_BY_GROUP:
        return _BETWEEN_BY_GROUP[kind](home, start, day, grouping, orgs=orgs)
    return g11(home, start, day, _forms(home, day)) if kind == "g11" else _BETWEEN[kind](home, start, day)


def day_asked(home: Path, on: date | None, *, version: int | None, filed: bool) -> date | None:
    """Take the day that was asked for in the version that was asked for. Raises VersionUnknown, RequestWrong."""
    if version is None and not filed:
        return on
    if version is not None and filed:
        raise RequestWrong(message="The filed version has a number of its own.", hint="Give --version or --filed.")
    day = on or last_published(home)
    return filed_edition(home, day) if version is None else edition(home, day, version)


def _start(home: Path, kind: str, on: date) -> date:
    """Find the earlier day of a report where none is named."""
    if kind in {"g11", "g12"}:
        return _year_start(home, on)
    return published_days(home)[0] if kind == "vintages" else _published_before(home, on)


def give_report(report: Report, form: str, out: Path | None, terminal: Terminal) -> None:
    """Give a report in a form: a table on the screen; CSV and JSON there or in a file; xlsx in a file."""
    check_form(form, out)
    if form == "table":
        show_report(report, terminal.words, terminal.out)
        return
    if form == "xlsx" and out is not None:
        write_xlsx(report, out, terminal.words)
    else:
        said = as_csv(report) if form == "csv" else as_json(report)
        if out is None:
            sys.stdout.write(said)
            return
        out.write_text(said, encoding="utf-8")
    terminal.err.print(terminal.words("written", path=out), soft_wrap=True)


def check_form(form: str, out: Path | None) -> None:
    """Refuse a form that does not go with where it is to be written."""
    if form == "table" and out is not None:
        raise RequestWrong(message="A table is for the screen.", hint="With --out choose --format csv, json or xlsx.")
    if form == "xlsx" and out is None:
        raise RequestWrong(message="A workbook needs a file.", hint="Say where: --out report.xlsx.")


def say_failed(report: Report, terminal: Terminal) -> bool:
    """Say on the error screen which checks of a report did not hold; return whether there were any."""
    for check in report.failed:
        terminal.err.print(terminal.words("report.failed", check=check), soft_wrap=True)
    return bool(report.failed)


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


def _year_start(home: Path, on: date) -> date:
    """Find the last day of the year before, from which the supervisor's forms count."""
    start = date(on.year - 1, 12, 31)
    if start not in published_days(home):
        raise NothingPublished(
            message=f"The form counts from the start of the year, and {start} is not published.",
            hint=f"Compute it: postloan night {start}. Or name another published day with --from.",
            where={"home": home, "on": on},
        )
    return start


def _forms(home: Path, on: date) -> Forms:
    """Take the rule of the forms under the law that the day was computed by."""
    law_of = date.fromisoformat(read_manifest(home, on)["pins"]["law_of"])
    return load_rulebook(home).version("forms", Forms, law_of)


def _orgs(home: Path, on: date) -> pl.DataFrame:
    """Read the offices as they were known to the night of a day."""
    known_on = date.fromisoformat(read_manifest(home, on)["pins"]["known_on"])
    return Facts(home, known_on).read("org", None)
