"""`postloan report`: a question about published days, and the answer on screen or in a file."""

import sys
from datetime import date
from pathlib import Path

from postloan.desk.report.ask import last_published
from postloan.desk.report.files import as_csv, as_json, write_xlsx
from postloan.desk.report.form import Report
from postloan.errors import RequestWrong
from postloan.site.tables_on_screen import show_report
from postloan.site.terminal import Terminal
from postloan.snapshot.read import edition, filed_edition, named_edition


def day_asked(home: Path, on: date | None, *, version: int | None, filed: bool, of: str | None = None) -> date | None:
    """Take the day that was asked for in the version that was asked for. Raises VersionUnknown, RequestWrong."""
    asked = [version is not None, filed, of is not None]
    if sum(asked) > 1:
        raise RequestWrong(
            message="Two versions of one day were asked for.", hint="Give one of --version, --filed and --of."
        )
    if not any(asked):
        return on
    day = on or last_published(home)
    if of is not None:
        return named_edition(home, day, of)
    return filed_edition(home, day) if version is None else edition(home, day, version)


def run_asked(home: Path, on: date | None, name: str | None) -> str | None:
    """Find the run of the version to compare with; None where none was named. Raises VersionUnknown."""
    return None if name is None else named_edition(home, on or last_published(home), name).run_id


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
