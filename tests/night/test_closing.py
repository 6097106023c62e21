"""A closed day keeps what was filed: versions beside it, a chain that shows tampering, closings killed and doubled."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from a_book import ON, book, loaded_home
from test_killed import files

from feeds import write_feed
from postloan.errors import (
    CheckFailed,
    ClosingsDamaged,
    DayClosed,
    HomeBusy,
    NothingPublished,
    NotSettled,
    RequestWrong,
    VersionUnknown,
)
from postloan.intake.load import load_feeds
from postloan.night.alone import alone
from postloan.night.closing import close, verify_closings
from postloan.night.run import run_night
from postloan.snapshot.chain import Closing, filed, read_closings
from postloan.snapshot.files import commit_json, hash_of, read_json
from postloan.snapshot.publish import pointer_file, snapshot_folder
from postloan.snapshot.read import (
    Edition,
    edition,
    filed_edition,
    published_run,
    published_versions,
    read_loans,
)

SCRIPT = Path(__file__).with_name("closing_process.py")
AT = "2024-07-01T09:00:00+08:00"
EARLIER = ON - timedelta(days=30)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book with two days published. Never written to: copy it."""
    home = loaded_home(tmp_path_factory.mktemp("small"), shards=2, debtors=20)
    for day in (EARLIER, ON):
        run_night(home, day)
    return home


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "home")
    return tmp_path / "home"


def shut(home: Path, on: date = ON, *, by: str = "Wang Min", note: str | None = "kept open") -> Closing:
    return close(home, on, by=by, note=note, closed_at=AT)[0]


def correct(home: Path, cents: int) -> None:
    """A payment that became known later is loaded, and the day computed again."""
    more = home.parent / "more"
    day = ON + timedelta(days=5 + len(list(more.glob("*"))))
    row = {"payment_id": f"LATE{cents}", "loan_id": book(debtors=20)["loan"][0]["loan_id"], "paid_on": ON,
           "amount": Decimal(cents) / 100}  # fmt: skip
    load_feeds(home, write_feed(more, day, {"payment": [row]}, modes={"payment": "increment"}))


# What is filed ----------------------------------------------------------------------------------------------------


def test_a_record_says_what_was_cut_off_and_who_signed(home: Path) -> None:
    closing = shut(home)
    assert (closing.on, closing.version, closing.by, closing.closed_at) == (ON, 1, "Wang Min", AT)
    manifest = read_json(snapshot_folder(home, closing.run_id) / "manifest.json")
    assert closing.loads == manifest["pins"]["feeds"] != {}
    assert closing.known_on == date.fromisoformat(manifest["pins"]["known_on"])
    assert closing.run_id == published_run(home, ON)
    assert read_closings(home) == [closing]


def test_a_later_run_stands_beside_the_filed_one_which_keeps_its_bytes(home: Path) -> None:
    closing = shut(home)
    before = files(snapshot_folder(home, closing.run_id))
    correct(home, 12_345)
    second = run_night(home, ON)
    correct(home, 54_321)
    third = run_night(home, ON)

    assert (second.version, third.version) == (2, 3)
    assert published_versions(home, ON) == (closing.run_id, second.run_id, third.run_id)
    assert files(snapshot_folder(home, closing.run_id)) == before
    received = [int(read_loans(home, edition(home, ON, n))["received_cents"].sum()) for n in (1, 2, 3)]
    assert received == [received[0], received[0] + 12_345, received[0] + 12_345 + 54_321]
    assert int(read_loans(home, ON)["received_cents"].sum()) == received[2]
    assert read_loans(home, filed_edition(home, ON)).equals(read_loans(home, edition(home, ON, 1)))
    assert verify_closings(home)[0] == 1


def test_a_later_version_can_be_filed_and_the_first_stays_one(home: Path) -> None:
    first = shut(home)
    correct(home, 100)
    run_night(home, ON)
    again = shut(home, by="Li Na")
    assert (again.version, again.runs[0]) == (2, first.run_id)
    assert filed(home, ON) == again
    assert edition(home, ON, 1).run_id == first.run_id
    assert verify_closings(home)[0] == 2


def test_a_day_gains_a_version_by_a_correction_and_none_by_itself(home: Path) -> None:
    first = published_run(home, ON)
    assert run_night(home, ON).version == 1
    correct(home, 100)
    second = run_night(home, ON)
    assert published_versions(home, ON) == (first, second.run_id), "whether it was closed or not"
    assert shut(home).version == run_night(home, ON).version == 2
    with pytest.raises(VersionUnknown, match="no version 3"):
        edition(home, ON, 3)
    with pytest.raises(VersionUnknown, match="never closed"):
        filed_edition(home, EARLIER)


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_lost_pointer_of_a_closed_day_is_made_again_with_what_was_filed(home: Path, is_gone: bool) -> None:
    closing = shut(home)
    correct(home, 100)
    pointer_file(home, ON).unlink() if is_gone else pointer_file(home, ON).write_text("{")
    second = run_night(home, ON)
    assert published_versions(home, ON) == (closing.run_id, second.run_id)


def test_an_edition_is_a_date(home: Path) -> None:
    day = Edition.of(ON, "abc")
    assert day == ON
    assert hash(day) == hash(ON)
    assert str(day) == str(ON)
    assert (day - timedelta(days=1)) == ON - timedelta(days=1)
    assert published_run(home, day) == "abc"
    assert published_run(home, day - timedelta(days=30)) == published_run(home, EARLIER), "another day has its own run"


# What is refused --------------------------------------------------------------------------------------------------


def test_a_day_twice_a_day_not_published_and_a_closing_by_nobody_are_refused(home: Path) -> None:
    shut(home)
    with pytest.raises(DayClosed, match="Wang Min"):
        shut(home, by="Li Na")
    with pytest.raises(NothingPublished):
        shut(home, ON - timedelta(days=1))
    with pytest.raises(RequestWrong):
        shut(home, EARLIER, by=" ")
    assert [each.by for each in read_closings(home)] == ["Wang Min"]


def test_open_breaks_need_a_note_and_are_counted(home: Path) -> None:
    breaks = read_json(snapshot_folder(home, str(published_run(home, ON))) / "manifest.json")["totals"]["breaks"]
    assert sum(breaks.values()) > 0, "the book has a core that disagrees"
    with pytest.raises(NotSettled) as refused:
        shut(home, note="  ")
    for kind, count in breaks.items():
        assert refused.value.where.get(f"break_{kind}", 0) == count
    assert not read_closings(home)
    assert shut(home).open_items == {f"break_{kind}": count for kind, count in breaks.items() if count}


def test_a_night_that_failed_its_checks_keeps_the_day_open_until_one_is_published(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise CheckFailed(message="no", hint="no")

    correct(home, 100)
    with monkeypatch.context() as patched:
        patched.setattr("postloan.night.run.check_night", fail)
        with pytest.raises(CheckFailed):
            run_night(home, ON)
    with pytest.raises(NotSettled, match="failed its checks"):
        shut(home)
    shut(home, EARLIER)
    correct(home, 200)
    run_night(home, ON)
    assert not list((home / "nights").iterdir()), "the failed night is settled by the one that is published"
    shut(home)


def test_a_manifest_with_a_failed_check_is_not_closed(home: Path) -> None:
    path = snapshot_folder(home, str(published_run(home, ON))) / "manifest.json"
    manifest = read_json(path)
    manifest["checks"][0]["passed"] = False
    commit_json(path, manifest)
    with pytest.raises(NotSettled, match="failed its checks") as refused:
        shut(home)
    assert manifest["checks"][0]["name"] in refused.value.where["checks"]


def test_one_closing_or_night_at_a_time(home: Path) -> None:
    with alone(home), pytest.raises(HomeBusy):
        shut(home)
    shut(home)


# Killed -----------------------------------------------------------------------------------------------------------


def killed_closing(home: Path, stop_at: int, when: str) -> None:
    """Close in another process, and kill it at a change of a name."""
    asked = [sys.executable, str(SCRIPT), str(home), ON.isoformat(), str(stop_at), when]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        with pytest.raises(HomeBusy):
            shut(home)
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    ("stop_at", "when", "is_filed"), [(0, "before", False), (0, "after", True), (1, "before", True), (1, "after", True)]
)
def test_a_killed_closing_is_there_whole_or_not_at_all(home: Path, stop_at: int, when: str, is_filed: bool) -> None:
    """The record's rename, then the head's: while it works another is refused, and after it nothing is locked."""
    killed_closing(home, stop_at, when)
    assert (filed(home, ON) is not None) is is_filed
    assert verify_closings(home)[0] == int(is_filed)
    if is_filed:
        with pytest.raises(DayClosed, match="killed"):
            shut(home)
    else:
        shut(home)
    shut(home, EARLIER)
    assert verify_closings(home)[0] == 2
    assert read_json(home / "closings" / "head.json")["records"] == 2
    correct(home, 100)
    assert run_night(home, ON).version == 2


# Tampered with ----------------------------------------------------------------------------------------------------


def record(home: Path, number: int) -> Path:
    return home / "closings" / f"{number:06d}.json"


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(read_json(path) | changes, sort_keys=True, indent=1, ensure_ascii=False) + "\n")


def move_up(home: Path) -> None:
    record(home, 1).unlink()
    for number in (2, 3):
        edit(record(home, number), number=number - 1)
        record(home, number).rename(record(home, number - 1))
    commit_json(home / "closings" / "head.json", {"records": 2, "sha256": hash_of(record(home, 2))})


TAMPERED: dict[str, Callable[[Path], object]] = {
    "a name in the first": lambda home: edit(record(home, 1), by="nobody"),
    "a run in the middle": lambda home: edit(record(home, 2), runs=[str(published_run(home, ON))]),
    "a note in the last": lambda home: edit(record(home, 3), note=None),
    "the first removed": lambda home: record(home, 1).unlink(),
    "the middle removed": lambda home: record(home, 2).unlink(),
    "the last removed": lambda home: record(home, 3).unlink(),
    "the head removed": lambda home: (home / "closings" / "head.json").unlink(),
    "the head set back": lambda home: edit(home / "closings" / "head.json", records=1, sha256=hash_of(record(home, 1))),
    "two swapped": lambda home: edit(record(home, 2), **read_json(record(home, 1))),
    "the first removed, the others moved up": move_up,
    "a record that is none": lambda home: record(home, 2).write_text("{}"),
    "a head that is none": lambda home: (home / "closings" / "head.json").write_text("["),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_record_changed_or_removed_shows_and_nothing_is_closed_upon_it(home: Path, what: str) -> None:
    shut(home, EARLIER)
    shut(home)
    correct(home, 100)
    run_night(home, ON)
    shut(home)
    assert verify_closings(home)[0] == 3
    TAMPERED[what](home)
    with pytest.raises(ClosingsDamaged):
        verify_closings(home)
    with pytest.raises(ClosingsDamaged):
        shut(home)


@pytest.mark.parametrize("what", ["a byte", "a file", "the manifest", "the run"])
def test_a_filed_snapshot_changed_or_removed_shows(home: Path, what: str) -> None:
    closing = shut(home)
    folder = snapshot_folder(home, closing.run_id)
    table = folder / "loan" / "0000.parquet"
    if what == "a byte":
        content = bytearray(table.read_bytes())
        content[len(content) // 2] ^= 1
        table.unlink()
        table.write_bytes(bytes(content))
    elif what == "a file":
        table.unlink()
    elif what == "the manifest":
        edit(folder / "manifest.json", totals={})
    else:
        shutil.rmtree(folder)
    with pytest.raises(ClosingsDamaged) as refused:
        verify_closings(home)
    assert list(refused.value.where) == [f"{ON} version 1"]
