"""`postloan rules`: the rules in force on a day with their citations, or the figures nobody has confirmed."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.figures import Version, latest_begun
from postloan.rules.model_rules import load_model_rules
from postloan.rules.rulebook import load_rulebook
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal


def show_rules(home: Path, on: date, terminal: Terminal) -> None:
    """Print every figure in force on a day: its rule, the version it belongs to, and where it is written."""
    apart = load_desk_rules(home).in_force | load_model_rules(home).in_force
    words, rows = terminal.words, _in_force({**load_rulebook(home).in_force, **apart}, on)
    if terminal.as_json:
        terminal.print_json({"on": on.isoformat(), "rules": rows})
        return
    said = [
        [str(each["rule"]), str(each["since"]), str(each["figure"] or words("rules.not_yet", day=each["since"])),
         str(each["value"] or ""), str(each["cite"] or "")]
        for each in rows
    ]  # fmt: skip
    names = [words(f"rules.{name}") for name in ("rule", "since", "figure", "value", "cite")]
    terminal.out.print(plain_table(words("rules.title", day=on), names, _once(said)))


def show_unconfirmed(home: Path, on: date, terminal: Terminal) -> None:
    """Print the figures that a person has yet to read in their source, or has not read for more than a year."""
    words, books = terminal.words, (load_rulebook(home), load_desk_rules(home), load_model_rules(home))
    found = [figure for book in books for figure in book.unconfirmed(on)]
    if terminal.as_json:
        rows = [vars(each) | {"version": each.version.isoformat()} for each in found]
        terminal.print_json({"on": on.isoformat(), "unconfirmed": rows})
        return
    if not found:
        terminal.out.print(words("rules.none_unconfirmed"))
        return
    names = [words(f"rules.{name}") for name in ("rule", "since", "figure", "value", "cite", "why")]
    rows_said = [[each.rule, str(each.version), each.figure, each.value, each.cite, each.why] for each in found]
    title = words("rules.unconfirmed_title", count=len(found))
    terminal.out.print(plain_table(title, names, _once(rows_said)))


def _in_force(versions_of: Mapping[str, tuple[Version, ...]], on: date) -> list[dict[str, str | None]]:
    """List the figures in force on a day; a rule that has not begun has one row without a figure."""
    rows: list[dict[str, str | None]] = []
    for rule, versions in versions_of.items():
        version = latest_begun(versions, on)
        if version is None:
            begins = versions[0].since.isoformat()
            rows.append({"rule": rule, "since": begins, "figure": None, "value": None, "cite": None})
            continue
        for key, figure in version.cited():
            said = {"figure": key, "value": figure.written(), "cite": str(figure.cite)}
            rows.append({"rule": rule, "since": version.since.isoformat(), **said})
    return rows


def _once(rows: list[list[str]]) -> list[list[str]]:
    """Leave a rule's name and version out where the row above says the same."""
    above = [rows[0][:0], *rows]
    return [["", "", *row[2:]] if row[:2] == before[:2] else row for before, row in zip(above, rows, strict=False)]
