"""`postloan close` and `postloan closings`: signing off a day, and the list of what was signed off."""

from datetime import date, datetime
from pathlib import Path

from postloan.errors import NothingPublished
from postloan.night.closing import close, verify_closings
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal
from postloan.snapshot.chain import read_closings
from postloan.snapshot.read import published_versions

_RUN_SHOWN = 12
_COLUMNS = ("on", "version", "run_id", "by", "closed_at", "note")


def close_day(home: Path, on: date, by: str, note: str | None, terminal: Terminal) -> None:
    """Close a day at this moment, and print the record's hash, which the bank keeps elsewhere."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    closing, record_hash = close(home, on, by=by, note=note, closed_at=now)
    if terminal.as_json:
        terminal.print_json(closing.as_json() | {"version": closing.version, "sha256": record_hash})
        return
    words = terminal.words
    terminal.print_line(
        words(
            "close.done", on=on, version=closing.version, run=closing.run_id[:_RUN_SHOWN], by=closing.by,
            known_on=closing.known_on, loads=len(closing.loads),
        )
    )  # fmt: skip
    if closing.open_items:
        named = {
            words.of("break_kind", name.removeprefix("break_")): count for name, count in closing.open_items.items()
        }
        items = ", ".join(f"{name} {count}" for name, count in named.items())
        terminal.print_line(words("close.open", items=items))
    terminal.print_line(words("close.hash", hash=record_hash))


def show_closings(home: Path, on: date | None, terminal: Terminal) -> None:
    """List every version of the days that were closed, with who filed it; versions nobody filed too."""
    words, rows = terminal.words, _versions(home, on)
    if terminal.as_json:
        terminal.print_json(rows)
        return
    if not rows:
        terminal.out.print(words("closings.none"))
        return
    shown = [row | {"run_id": str(row["run_id"])[:_RUN_SHOWN]} for row in rows]
    said = [[str(row[name] if row[name] is not None else "") for name in _COLUMNS] for row in shown]
    terminal.out.print(plain_table(words("closings.title"), [words(f"closings.{name}") for name in _COLUMNS], said))


def show_verified(home: Path, terminal: Terminal) -> None:
    """Say that nothing filed was changed; ClosingsDamaged where something was."""
    count, last = verify_closings(home)
    if terminal.as_json:
        terminal.print_json({"closings": count, "sha256": last})
    else:
        terminal.print_line(terminal.words("closings.verified", count=count, hash=last or "-"))


def _versions(home: Path, on: date | None) -> list[dict[str, object]]:
    """Lay out versions of closed days, a row each, by day and version; NothingPublished where `on` has none."""
    closings = read_closings(home)
    signed = {(each.on, each.run_id): each for each in closings}
    days = sorted({each.on for each in closings}) if on is None else [on]
    rows: list[dict[str, object]] = []
    for day in days:
        runs = published_versions(home, day)
        for version, run in enumerate(runs, start=1):
            filed = signed.get((day, run))
            who = {"by": filed.by, "closed_at": filed.closed_at, "note": filed.note} if filed else {}
            row = {"on": day.isoformat(), "version": version, "run_id": run}
            rows.append(row | (who or dict.fromkeys(("by", "closed_at", "note"))))
    if on is not None and not rows:
        raise NothingPublished(
            message=f"No snapshot is published for {on}.",
            hint=f"Compute the day first: postloan night {on}.",
            where={"home": home, "on": on},
        )
    return rows
