"""`postloan days`: the published days, and the versions of one with what each rests on and is for."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from postloan.plan.versions import Delivery, Version, days_with_versions, versions
from postloan.site.tables_on_screen import plain_table
from postloan.site.terminal import Terminal
from postloan.site.words import Words

_RUN_SHOWN = 12
_COLUMNS = ("number", "run_id", "known_on", "loads", "made_at", "filed", "why")


def show_days(home: Path, terminal: Terminal) -> None:
    """List the published days, each with how many versions it has."""
    words, found = terminal.words, days_with_versions(home)
    if terminal.as_json:
        terminal.print_json([{"on": on.isoformat(), "versions": count} for on, count in found])
    elif not found:
        terminal.out.print(words("days.none"))
    else:
        rows = [[str(on), str(count)] for on, count in found]
        terminal.out.print(
            plain_table(words("days.title"), [words("days.on"), words("days.versions")], rows, figures=1)
        )


def show_versions(home: Path, on: date, terminal: Terminal) -> None:
    """List the versions of a day. Raises NothingPublished, SnapshotDamaged, ClosingsDamaged."""
    words, found = terminal.words, versions(home, on)
    if terminal.as_json:
        terminal.print_json([_said(each) for each in found])
        return
    rows = [
        [
            words("days.read", number=each.number) if each.is_read else str(each.number), each.run_id[:_RUN_SHOWN],
            str(each.known_on), str(each.loads), each.made_at or "", each.closing.by if each.closing else "",
            "; ".join(_why(each, words)),
        ]
        for each in found
    ]  # fmt: skip
    title, names = words("days.versions_title", on=on), [words(f"days.{name}") for name in _COLUMNS]
    terminal.out.print(plain_table(title, names, rows))


def _why(version: Version, words: Words) -> Iterator[str]:
    """Say in words what a version is for: the loads that it saw anew, and what else changed under it."""
    if version.number == 1:
        yield words("days.first")
    for key, deliveries in (("days.delivery", version.came), ("days.gone", version.gone)):
        for each in deliveries:
            yield words(key, feed_day=each.feed_day, source=each.source, load=each.load)
    # The loads are named; that the feeds differ says no more.
    yield from (words(f"pin.{name}") for name in version.changed if name != "feeds")


def _said(version: Version) -> dict[str, object]:
    closing = version.closing
    return {
        "version": version.number, "run_id": version.run_id, "is_read": version.is_read,
        "known_on": version.known_on.isoformat(), "loads": version.loads, "made_at": version.made_at,
        "by": closing.by if closing else None, "closed_at": closing.closed_at if closing else None,
        "changed": list(version.changed), "came": [_delivery(each) for each in version.came],
        "gone": [_delivery(each) for each in version.gone],
    }  # fmt: skip


def _delivery(each: Delivery) -> dict[str, object]:
    return {"load": each.load, "feed_day": each.feed_day.isoformat(), "source": each.source}
