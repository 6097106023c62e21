"""Power cuts: a command of the command line, killed at a random instant, ended by running it again, and held against
the same command that nobody disturbed in a copy of the home.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from postloan.snapshot.files import read_json

_POSTLOAN = Path(sys.executable).with_name("postloan")
_WRITTEN_OVER = {"desk.sqlite3", "desk.sqlite3-wal", "desk.sqlite3-shm", "desk.sqlite3-journal", "night.lock"}
_WRITTEN = ("facts/parts", "facts/loads", "nights", "snapshots", "desk/feeds", "desk.sqlite3", "desk.sqlite3-wal")
_TOLD_OF_THE_DESK = (
    "SELECT kind, subject, state, opened_on, closed_on, due_on, amount_cents FROM core_workitem ORDER BY 1, 2, 4, 3",
    'SELECT run_id, "on", opened_count, closed_count FROM core_adoptedday ORDER BY 1',
    "SELECT id, feed_day FROM core_decision ORDER BY 1",
    "SELECT action, subject, run_id, count(*) FROM core_auditentry GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
)


def copied(home: Path, to: Path) -> Path:
    """Copy a home: what is never written over is linked, for a year of snapshots is much to copy."""

    def copy(source: str, target: str) -> None:
        if Path(source).name in _WRITTEN_OVER:
            shutil.copy2(source, target)
        else:
            os.link(source, target)

    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to, copy_function=copy)
    return to


def command(home: Path, arguments: Sequence[str]) -> subprocess.Popen[str]:
    """Start a command in a session of its own."""
    return subprocess.Popen(
        [str(_POSTLOAN), "--lang", "en", *arguments, "--home", str(home)],
        env=os.environ | {"POSTLOAN_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def ended(home: Path, arguments: Sequence[str]) -> tuple[float, float]:
    """Run a command to its end; return after how many seconds it began to write, and ended.

    Raises RuntimeError where it is refused.
    """
    begun, before, wrote = time.monotonic(), _stamps(home), None
    with command(home, arguments) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=0.02)
                break
            except subprocess.TimeoutExpired:
                if wrote is None and _stamps(home) != before:
                    wrote = time.monotonic() - begun
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}: {said}")
    seconds = time.monotonic() - begun
    return (seconds if wrote is None else wrote), seconds


def _stamps(home: Path) -> list[int]:
    """When the places were written last that a command writes to."""
    there = (home / name for name in _WRITTEN)
    return [path.stat().st_mtime_ns for path in there if path.exists()]


def cut(home: Path, arguments: Sequence[str], chance: random.Random, scratch: Path) -> tuple[str, list[str]]:
    """Cut the power in the middle of a command, run it again to its end, and compare with a calm one.

    Returns when it was killed, and what is otherwise than in the calm home.
    """
    calm = copied(home, scratch / "calm")
    wrote, seconds = ended(calm, arguments)
    # Most of a command is its start, where nothing can go wrong.
    after = chance.uniform(0.9 * wrote, seconds)
    with command(home, arguments) as process:
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    was_killed = process.returncode == -signal.SIGKILL
    ended(home, arguments)
    found = differences(calm, home)
    shutil.rmtree(calm)
    return f"{'killed' if was_killed else 'ended'} after {after:.2f} of {seconds:.2f} s", found


def differences(calm: Path, home: Path) -> list[str]:
    """Name what differs between two homes: facts and snapshots by their bytes, the desk by what it says."""
    found = []
    for folder in ("facts", "snapshots", "closings", "nights", "desk/feeds"):
        first, second = (_told(each / folder) for each in (calm, home))
        found += [f"{folder}/{name}" for name in sorted(first.keys() ^ second.keys())]
        found += [f"{folder}/{name}" for name in sorted(first.keys() & second.keys()) if first[name] != second[name]]
    for asked in _TOLD_OF_THE_DESK:
        said = [_rows(each / "desk.sqlite3", asked) for each in (calm, home)]
        if said[0] != said[1]:
            found.append(f"{asked.split(' FROM ')[1].split()[0]}: {sorted(set(said[0]) ^ set(said[1]), key=str)[:3]}")
    return found


def _told(folder: Path) -> dict[str, object]:
    """Every file below a folder: a pointer by what it says less the clock's word, anything else by its bytes."""
    said: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith((".part", ".tmp")):
            name = str(path.relative_to(folder))
            is_pointer = folder.name == "snapshots" and path.parent == folder
            said[name] = _pointer(path) if is_pointer else path.read_bytes()
    return said


def _pointer(path: Path) -> object:
    return {name: value for name, value in read_json(path).items() if name != "made_at"}


def _rows(database: Path, asked: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(asked).fetchall()
