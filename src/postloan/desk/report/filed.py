"""A report as JSON and back, so that it can be kept: the same columns, rows in cents and whole 1e-8, days as text."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from postloan.desk.report.form import Column, Report, Sheet, Snapshot


def report_written(report: Report) -> dict[str, Any]:
    """Lay a report out as JSON can hold it."""
    written = asdict(report)
    written["snapshot"], written["before"] = _day_written(report.snapshot), _day_written(report.before)
    written["points"] = [point.isoformat() for point in report.points]
    return written


def report_read(written: Mapping[str, Any]) -> Report:
    """Read a report that was laid out. Raises ValueError, KeyError, TypeError where it is none."""
    snapshot = _day_read(written["snapshot"])
    if snapshot is None:
        raise ValueError(written["name"])
    return Report(
        name=written["name"],
        snapshot=snapshot,
        by=written["by"],
        filed=_sheet_read(written["filed"]),
        shown=tuple(_sheet_read(each) for each in written["shown"]),
        before=_day_read(written["before"]),
        points=tuple(date.fromisoformat(point) for point in written["points"]),
        failed=tuple(written["failed"]),
    )


def _day_written(snapshot: Snapshot | None) -> dict[str, str] | None:
    if snapshot is None:
        return None
    return asdict(snapshot) | {"on": snapshot.on.isoformat(), "known_on": snapshot.known_on.isoformat()}


def _day_read(written: Mapping[str, str] | None) -> Snapshot | None:
    if written is None:
        return None
    days = {name: date.fromisoformat(written[name]) for name in ("on", "known_on")}
    return Snapshot(
        on=days["on"], run_id=written["run_id"], known_on=days["known_on"], pins_sha256=written["pins_sha256"],
        currency=written["currency"],
    )  # fmt: skip


def _sheet_read(written: Mapping[str, Any]) -> Sheet:
    return Sheet(
        name=written["name"],
        columns=tuple(Column(**each) for each in written["columns"]),
        rows=tuple(written["rows"]),
        on_screen=written["on_screen"],
        is_drawn=written["is_drawn"],
    )
