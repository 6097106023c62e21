"""The versions of a published day: what each rests on, and what there is another one for."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postloan.errors import NothingPublished
from postloan.intake.records import LoadRecord, read_records
from postloan.snapshot.chain import Closing, read_closings
from postloan.snapshot.publish import read_pointer
from postloan.snapshot.read import Edition, published_days, published_run, published_versions, read_manifest

PINS = ("known_on", "law_of", "rulebook", "code", "lock")
"""What a version rests on beside its feeds."""


@dataclass(frozen=True)
class Delivery:
    """A load: its number, and the feed day and source that it delivered."""

    load: int
    feed_day: date
    source: str


@dataclass(frozen=True)
class Version:
    """A version of a published day.

    number   its place, from 1, in the order in which they were first published.
    is_read  whether it is the one that is read where none is named.
    loads    how many loads it saw.
    made_at  when it was published, by the clock of whoever did; None where nobody noted it.
    closing  how it was last filed; None where it never was.
    changed  what it rests on otherwise than the version before, by the names of PINS, and `feeds`; none of the first.
    came     loads that it saw and the version before did not.
    gone     loads that the version before saw and it does not.
    """

    on: date
    number: int
    run_id: str
    is_read: bool
    known_on: date
    loads: int
    made_at: str | None
    closing: Closing | None
    changed: tuple[str, ...]
    came: tuple[Delivery, ...]
    gone: tuple[Delivery, ...]


def versions(home: Path, on: date) -> list[Version]:
    """Say of every version of a day what it rests on. Raises NothingPublished, SnapshotDamaged, ClosingsDamaged."""
    runs, read = published_versions(home, on), published_run(home, on)
    if not runs:
        raise NothingPublished(
            message=f"No snapshot is published for {on}.",
            hint=f"Compute the day first: postloan night {on}.",
            where={"home": home, "on": on},
        )
    records = {record.load: record for record in read_records(home)}
    closings = {closing.run_id: closing for closing in read_closings(home) if closing.on == on}
    pointer = read_pointer(home, on)
    made_at = pointer.made_at if pointer else {}
    told: list[Version] = []
    before: dict[str, Any] | None = None
    for number, run in enumerate(runs, start=1):
        pins = read_manifest(home, Edition.of(on, run))["pins"]
        told.append(
            Version(
                on, number, run, run == read, date.fromisoformat(pins["known_on"]), len(pins.get("feeds", {})),
                made_at.get(run), closings.get(run), changed_pins(before, pins) if before else (),
                came=_only(pins, before, records) if before else (), gone=_only(before, pins, records),
            )
        )  # fmt: skip
        before = pins
    return told


def days_with_versions(home: Path) -> list[tuple[date, int]]:
    """List the published days, rising, each with how many versions it has."""
    return [(on, len(published_versions(home, on))) for on in published_days(home)]


def changed_pins(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """Name what two nights of a day rest on otherwise."""
    return tuple(name for name in ("feeds", *PINS) if before.get(name) != after.get(name))


def _only(
    first: dict[str, Any] | None, other: dict[str, Any] | None, records: dict[int, LoadRecord]
) -> tuple[Delivery, ...]:
    """The loads that the first saw and the other did not."""
    held = (first or {}).get("feeds", {}).keys() - (other or {}).get("feeds", {}).keys()
    found = [records[int(load)] for load in held if int(load) in records]
    return tuple(Delivery(each.load, each.feed_day, each.source) for each in sorted(found, key=lambda each: each.load))
