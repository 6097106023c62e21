"""A full disk and a read-only one: a refusal that says so, nothing half, and the next run right.

The disk is a small tmpfs, or a bind mount that is made read-only; who may not mount skips, and says so.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from at_fault import HANDED_ON, ON, Trial, copied, desk_rows, files, refused, right, run

NIGHT = ("night", ON, "--workers", 0)
_BLOCK = 4096


@contextmanager
def mounted(place: Path, *how: str) -> Iterator[Path]:
    """Mount something on a folder."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *how, str(place)], capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode:
        pytest.skip(f"may not mount: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607


def taken(folder: Path) -> int:
    """The bytes that a folder takes on a disk of blocks."""
    return sum(-(-path.stat().st_size // _BLOCK) * _BLOCK for path in folder.rglob("*") if path.is_file())


def fills_up(trial: Trial, before: Path | None, after: Path, place: Path, *command: object) -> Iterator[Path]:
    """Run a command on disks of random sizes that are too small for it, make room, run it again; yield each home."""
    least = taken(before) if before else 0
    room = (taken(after) - least) // _BLOCK
    for blocks in trial.each(range(1, max(room * 9 // 10, 2))):
        size = least + blocks * _BLOCK
        with mounted(place, "-t", "tmpfs", "-o", f"size={size},nr_inodes=100k", "tmpfs") as disk:
            home = disk / "home"
            if before:
                shutil.copytree(before, home)
            refused(run(home, *command, defect=trial.defect), "PL-I10")
            subprocess.run(["mount", "-o", "remount,size=512m", str(place)], check=True)  # noqa: S607
            right(home, *command, defect=trial.defect)
            yield home


@pytest.mark.fault("a full disk while a day is loaded", planted="disk_ignored")
def test_a_load_on_a_full_disk(trial: Trial, book: Path, tmp_path: Path) -> None:
    command = ("load", book / "feeds", "--shards", 4)
    for home in fills_up(trial, None, book / "home", tmp_path / "disk", *command):
        assert files(home, "facts") == files(book / "home", "facts")


@pytest.mark.fault("a full disk in the night", planted="told_bare")
def test_a_night_on_a_full_disk(trial: Trial, book: Path, tmp_path: Path) -> None:
    for home in fills_up(trial, book / "home", book / "calm", tmp_path / "disk", *NIGHT):
        assert files(home, "facts", "snapshots") == files(book / "calm", "facts", "snapshots")


@pytest.mark.fault("a full disk while a day is adopted", planted="told_bare")
def test_an_adoption_on_a_full_disk(trial: Trial, desk: Path, tmp_path: Path) -> None:
    for home in fills_up(trial, desk / "desk", desk / "calm", tmp_path / "disk", "adopt"):
        assert desk_rows(home) == desk_rows(desk / "calm")


@pytest.mark.fault("a read-only disk", planted="told_bare")
def test_a_read_only_disk(trial: Trial, book: Path, desk: Path, tmp_path: Path) -> None:
    for before, command in (
        (book / "home", NIGHT),
        (desk / "desk", ("adopt",)),
        (desk / "calm", ("hand-over", "--on", HANDED_ON)),
    ):
        trial.tried += 1
        home = copied(before, tmp_path / "home")
        whole = files(home, ".")
        with mounted(home, "--bind", str(home)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(home)], check=True)  # noqa: S607
            refused(run(home, *command, defect=trial.defect), "PL-I10")
        assert files(home, ".") == whole, "something was changed"
        right(home, *command, defect=trial.defect)
