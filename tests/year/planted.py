"""Defects planted at the end of a year, one for each thing held: an invariant that cannot fail holds nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import versions_compared
from django.db import transaction
from invariants import INVARIANTS, InvariantBrokenError, Seen
from power_cuts import copied, differences
from walking import Year

from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.desk.report import bridge, corrections
from postloan.night import pins
from postloan.plan.corrected import Cause
from postloan.snapshot.files import commit_json, read_json, write_table
from postloan.snapshot.publish import pointer_file, snapshot_folder
from postloan.snapshot.read import published_days, published_run, published_versions
from postloan.tables.units import TIERS

Change = Callable[[pl.DataFrame], pl.DataFrame]

_FIRST = pl.int_range(pl.len()) == pl.col("status").eq("active").arg_max()


def _more(name: str, by: int) -> Change:
    return lambda rows: rows.with_columns(pl.when(_FIRST).then(pl.col(name) + by).otherwise(pl.col(name)).alias(name))


def _better(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave the first loan classed pass, over a floor of loss."""
    worst, best = (pl.lit(tier, pl.Enum(TIERS)) for tier in (TIERS[-1], TIERS[0]))
    return rows.with_columns(
        overdue_floor_tier=pl.when(_FIRST).then(worst).otherwise("overdue_floor_tier"),
        tier=pl.when(_FIRST).then(best).otherwise("tier"),
    )


_SPOILT: dict[str, tuple[str, Change]] = {
    "a cent lent and not accounted for": ("principal_is_conserved", _more("outstanding_cents", 1)),
    "a cent paid and not received": ("cash_is_conserved", _more("received_cents", -1)),
    "a loan lost": ("no_loan_is_lost_or_doubled", lambda rows: rows[1:]),
    "a loan doubled": ("no_loan_is_lost_or_doubled", lambda rows: pl.concat([rows[:1], rows])),
    "days past due that jump": ("days_past_due_move_with_the_calendar", _more("days_past_due", 500)),
    "a tier above its floor": ("no_tier_is_below_its_floors", _better),
    "days past due of a loan classed pass": ("no_tier_is_below_its_floors", _more("days_past_due", 500)),
}


def try_all(year: Year) -> Iterator[str]:
    """Plant each defect, and tell which invariant named it. Raises InvariantBrokenError where none did."""
    for defect, (name, change) in _SPOILT.items():
        home = copied(year.home, year.folder / "spoilt")
        _spoil(home, year, change)
        yield _noticed(defect, name, _holds(name, year, home))
    yield _noticed("a way of the bridge a cent short", "the_bridge_ties", _of_a_bridge(year))
    yield _noticed("work that is lost", "work_is_one_per_cause", _of_work(year, is_lost=True))
    yield _noticed("work without a cause", "work_is_one_per_cause", _of_work(year, is_lost=False))
    yield _noticed("an audit entry changed", "chains_verify", _of_audit(year))
    for defect, spoil in _CHAINS.items():
        home = copied(year.home, year.folder / "spoilt")
        spoil(home, year)
        yield _noticed(defect, "chains_verify", _holds("chains_verify", year, home))
    home = copied(year.home, year.folder / "spoilt")
    pointer = pointer_file(home, year.on)
    commit_json(pointer, {"run_id": "0" * 32, "versions": ["0" * 32]})
    yield _noticed(
        "a version dropped", "versions_are_kept", list(INVARIANTS["versions_are_kept"](_seen_of(year, home)))
    )
    home = copied(year.home, year.folder / "spoilt")
    _replace(next((home / "facts").rglob("*.parquet")), b"other")
    yield _noticed("a byte otherwise after a cut", "resumed", differences(year.home, home))
    yield from _of_versions(year)


def _noticed(defect: str, name: str, found: list[str]) -> str:
    if not found:
        raise InvariantBrokenError("a_planted_defect_is_noticed", [f"{defect}, by {name}"])
    return f"planted: {defect} -> {name}: {found[0]}"


def _holds(name: str, year: Year, home: Path) -> list[str]:
    said = year.seen()
    return list(INVARIANTS[name](Seen(home, said.bank, said.on, said.before_on, said.touched, said.runs)))


def _seen_of(year: Year, home: Path) -> Seen:
    """What is seen, with its home exchanged after the loans were read: the pointer may lead nowhere now."""
    seen = year.seen()
    seen.home = home
    return seen


def _spoil(home: Path, year: Year, change: Change) -> None:
    """Write a shard's loans otherwise, and its manifest so that nobody sees it by its hash."""
    run = snapshot_folder(home, str(published_run(home, year.on)))
    shard = next(path for path in sorted(run.glob("loan/*.parquet")) if pl.read_parquet(path).height)
    untouched = pl.col("loan_id").is_in(sorted(year.touched.get(year.on, set())))
    rows = pl.read_parquet(shard)
    rows = pl.concat([rows.filter(~untouched), rows.filter(untouched)])
    shard.unlink()
    manifest = read_json(run / "manifest.json")
    manifest["files"][f"loan/{shard.name}"] = write_table(shard, change(rows))
    commit_json(run / "manifest.json", manifest)


def _replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def _flip(home: Path, year: Year) -> None:
    path = snapshot_folder(home, str(published_run(home, year.on))) / "debtor" / "0000.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    _replace(path, bytes(content))


def _retell(home: Path, year: Year) -> None:
    path = snapshot_folder(home, next(iter(year.runs))) / "manifest.json"
    _replace(path, path.read_bytes().replace(b'"loans_known"', b'"loans_knowm"'))


def _unclose(home: Path, _year: Year) -> None:
    record = next(iter(sorted((home / "closings").glob("0*.json"))), None)
    if record is None:
        raise InvariantBrokenError("a_year_has_a_closing", ["live a month-end at least"])
    _replace(record, record.read_bytes().replace(b'"year"', b'"many"'))


_CHAINS: dict[str, Callable[[Path, Year], None]] = {
    "a byte of a snapshot changed": _flip, "a manifest told anew": _retell, "a closing signed by another": _unclose,
}  # fmt: skip


def _of_a_bridge(year: Year) -> list[str]:
    real = bridge.flows

    def short(*sides: pl.DataFrame) -> pl.DataFrame:
        return real(*sides).with_columns(cash=pl.col("cash") + 1)

    with mock.patch.object(bridge, "flows", short):
        return list(INVARIANTS["the_bridge_ties"](year.seen()))


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _of_work(year: Year, *, is_lost: bool) -> list[str]:
    with _taken_back():
        kinds = WorkItem.objects.filter(state="open").exclude(kind="tier_worsened").exclude(closed_on__isnull=False)
        found: list[str] = []
        for item in kinds.order_by("pk"):
            if is_lost:
                item.delete()
            else:
                WorkItem.objects.filter(pk=item.pk).update(subject="loan:NOBODY")
            found = list(INVARIANTS["work_is_one_per_cause"](year.seen()))
            if found:
                break
        return found


def _of_audit(year: Year) -> list[str]:
    with _taken_back():
        AuditEntry.objects.filter(seq=1).update(reason="another")
        return list(INVARIANTS["chains_verify"](year.seen()))


def _of_versions(year: Year) -> Iterator[str]:
    """Plant defects in what compares versions, and in what names them."""
    day = next((on for on in published_days(year.home) if len(published_versions(year.home, on)) > 1), None)
    if day is None:
        raise InvariantBrokenError("a_year_has_a_correction", ["live longer"])
    first, second = published_versions(year.home, day)[:2]
    real = corrections._legs

    def short(moved: pl.DataFrame) -> Any:
        return [leg.with_columns(outstanding=pl.col("outstanding") + 1) for leg in real(moved)]

    with mock.patch.object(corrections, "_legs", short):
        yield _named("a difference a cent off", versions_compared.NAME,
                     lambda: versions_compared.compared(year.home, day, first, second))  # fmt: skip
    with mock.patch.object(corrections, "causes", _of_no_row):
        yield _named("a difference without its cause", versions_compared.NAME,
                     lambda: versions_compared.compared(year.home, day, first, second))  # fmt: skip
    # A program that is another one each time it is asked makes a version of each night.
    with mock.patch.object(pins, "_lock_fingerprint", return_value="another"):
        yield _named("a version for nothing", "a_bare_night_makes_no_version", lambda: year.run_again(year.on))


def _of_no_row(_home: Path, _before: date, _after: date, loans: pl.DataFrame) -> list[Cause]:
    return [Cause(loan_no, "", "", "elsewhere") for loan_no in loans["loan_no"]]


def _named(defect: str, name: str, asked: Callable[[], None]) -> str:
    try:
        asked()
    except InvariantBrokenError as broken:
        return _noticed(defect, name, [str(broken)] if broken.name == name else [])
    return _noticed(defect, name, [])
