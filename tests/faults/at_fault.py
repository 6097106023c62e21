"""Running the product into a fault, and what must hold after it: nothing lost, nothing doubled, a clear message."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ON = date(2024, 6, 30)
"""The business date of the small book."""
HANDED_ON = date(2026, 11, 1)
"""The day after the last of the bank with a desk."""
SHARDS = 4
PRODUCT = Path(__file__).with_name("product.py")
_WAITS_SECONDS = 600
_PASSING_SECONDS = 0.05
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_KEY = re.compile(r"(?<=[:/])\d+(?=/|$)")
_LEFT_OUT = ("django_", "axes_", "auth_", "sqlite_", "account_", "mfa_", "socialaccount_")


class HarnessError(Exception):
    """The fault could not be brought about: this says nothing of the product, and counts as no catch."""


@dataclass
class Trial:
    """A fault that is tried: how often, with which planted defect, and what came of it."""

    fault: str
    planted: str
    is_planted: bool
    instants: int
    chance: random.Random
    tried: int = 0
    came: str = ""
    noticed: str = ""

    @property
    def defect(self) -> str:
        """What the product carries."""
        return self.planted if self.is_planted else "-"

    def each(self, *parts: Sequence[int]) -> Iterator[int]:
        """Draw instants at random, from each part in turn and none twice while there are others; count them.

        The last part is the one that is aimed at: with a planted defect it comes first.
        """
        turns = parts[::-1] if self.is_planted else parts
        drawn = [self.chance.sample(list(part), len(part)) for part in turns]
        for at in range(self.instants):
            part = drawn[at % len(drawn)]
            self.tried += 1
            yield part[at // len(drawn) % len(part)]


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Running:
    """A command that runs."""

    process: subprocess.Popen[str]
    heard: int
    mode: str

    def is_at_its_instant(self) -> bool:
        """Wait until the command says that it came to its instant, and stopped; False where it ended before."""
        is_there = b"here" in os.read(self.heard, 5)
        if is_there and self.mode == "hold":
            # It says so before it stops: who goes on at once would wake it too early.
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        return is_there

    def kill(self) -> None:
        """SIGKILL it and whatever it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def end(self) -> Ended:
        """Wait for its end."""
        out, err = self.process.communicate(timeout=_WAITS_SECONDS)
        if "in begin\n    getattr(defects" in err:
            raise HarnessError(err)
        return Ended(self.process.returncode, out, err)


@contextmanager
def started(
    home: Path, *arguments: object, defect: str = "-", mode: str = "-", at: int = 0, **environment: str
) -> Iterator[Running]:
    """Start a command of the product on a home folder; nothing of it is left at the end."""
    heard, says = os.pipe()
    command = [sys.executable, str(PRODUCT), str(home), defect, mode, str(at), str(says), "--"]
    process = subprocess.Popen(
        [*command, *map(str, arguments), "--home", str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, pass_fds=(says,), env=surroundings(home, **environment),
    )  # fmt: skip
    os.close(says)
    running = Running(process, heard, mode)
    try:
        yield running
    finally:
        if process.returncode is None:
            running.kill()
        os.close(heard)


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command on a home folder: its own database, unless `more` names one."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    static = {"POSTLOAN_STATIC": str(home.parent / "static")} if (home.parent / "static").is_dir() else {}
    return kept | static | {"POSTLOAN_LANG": "en", "POSTLOAN_LOG_LEVEL": "ERROR"} | more


def run(home: Path, *arguments: object, defect: str = "-", mode: str = "-", at: int = 0, **environment: str) -> Ended:
    """Run a command to its end."""
    with started(home, *arguments, defect=defect, mode=mode, at=at, **environment) as running:
        return running.end()


def right(home: Path, *arguments: object, defect: str = "-", **environment: str) -> Ended:
    """Run a command that must go right."""
    ended = run(home, *arguments, defect=defect, **environment)
    assert ended.code == 0, f"{arguments}: {ended.code}\n{ended.out}\n{ended.err}"
    return ended


def instants(home: Path, *arguments: object, defect: str = "-", **environment: str) -> list[tuple[int, str, str]]:
    """Run a command that nobody disturbs, and tell its instants: number, kind, and what of."""
    heard = home.parent / "instants"
    with heard.open("wb") as says:
        command = [sys.executable, str(PRODUCT), str(home), defect, "list", "0", str(says.fileno()), "--"]
        done = subprocess.run(
            [*command, *map(str, arguments), "--home", str(home)], capture_output=True, text=True, check=False,
            pass_fds=(says.fileno(),), env=surroundings(home, **environment),
        )  # fmt: skip
    if done.returncode:
        raise HarnessError(done.stderr)
    return [(int(at), kind, what) for at, kind, what in (line.split("\t") for line in heard.read_text().splitlines())]


def adopting(seen: Sequence[tuple[int, str, str]]) -> tuple[list[int], list[int]]:
    """The instants at which an adoption writes, and of these the ones that write of a deed what was done."""
    statements = [(at, what) for at, kind, what in seen if kind == "sql"]
    writes = [at for at, what in statements if what.startswith(("INSERT", "UPDATE", "COMMIT"))]
    return writes, [at for at, what in statements if what.startswith('INSERT INTO "core_auditentry"')]


def killed(trial: Trial, home: Path, at: int, *arguments: object, **environment: str) -> None:
    """SIGKILL a command at an instant, or a random while after it."""
    # A defect that shows for a moment only is looked for at that moment.
    mode = "hold" if trial.is_planted else trial.chance.choice(["hold", "pass"])
    with started(home, *arguments, defect=trial.defect, mode=mode, at=at, **environment) as running:
        if running.is_at_its_instant():
            if mode == "pass":
                time.sleep(trial.chance.random() * _PASSING_SECONDS)
            running.kill()


def refused(ended: Ended, code: str) -> None:
    """See that a command was refused with a code, a place or a reason and what to do next, and no traceback."""
    said = f"{ended.code}\n{ended.out}\n{ended.err}"
    assert ended.code == 1, said
    assert any(line.startswith(f"{code} ") for line in ended.err.splitlines()), said
    assert "\n  hint:  " in ended.err, said
    assert "Traceback" not in ended.err, said


def made(home: Path, what: str, **environment: str) -> None:
    """Run `a_desk` on a home folder."""
    command = [sys.executable, str(PRODUCT.with_name("a_desk.py")), str(home), what]
    subprocess.run(command, check=True, env=surroundings(home, **environment))


def copied(home: Path, place: Path) -> Path:
    """Copy a home folder that is never written to."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(home, place)
    return place


_HOURS = re.compile(rb'\n "made_at": \{[^}]*\},?')


def files(home: Path, *folders: str) -> dict[str, bytes]:
    """Every file of some folders of a home, with its bytes; of a pointer all but the hour it was written at."""
    return {
        str(path.relative_to(home)): _HOURS.sub(b"", path.read_bytes()) if path.suffix == ".json" else path.read_bytes()
        for folder in folders
        for path in sorted((home / folder).rglob("*"))
        if path.is_file()
    }


def desk_rows(home: Path) -> Counter[tuple[Any, ...]]:
    """What the desk's SQLite file holds, each row with its table; keys, instants and hashes that chance gives aside."""
    with sqlite3.connect(home / "desk.sqlite3") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {table: database.execute(f"PRAGMA table_info({table})").fetchall() for table in tables}
        named = {table: [(row[1], row[2]) for row in rows] for table, rows in columns.items()}
        return rows_of(named, lambda sql: database.execute(sql).fetchall())


def rows_of(named: dict[str, list[tuple[str, str]]], ask: Any) -> Counter[tuple[Any, ...]]:
    """Count the rows of the desk's tables, given by name with their columns and types, in what two runs share."""
    found: Counter[tuple[Any, ...]] = Counter()
    for table, columns in named.items():
        if table.startswith(_LEFT_OUT):
            continue
        kept = [name for name, kind in columns if not _is_by_chance(name, kind.lower())]
        listed = ", ".join(f'"{name}"' for name in kept) or "1"
        for row in ask(f"SELECT {listed} FROM {table}"):  # noqa: S608 - names of our own schema
            found[(table, *(_plain(value) for value in row))] += 1
    return found


def _is_by_chance(name: str, kind: str) -> bool:
    is_key = name == "id" or (name.endswith("_id") and kind.startswith(("big", "int")))
    is_made = kind in {"char(32)", "uuid"} or kind.startswith(("datetime", "timestamp"))
    return is_key or is_made or name in {"hash", "before_hash", "seq", "password"}


def _plain(value: object) -> object:
    return _KEY.sub("#", _UUID.sub("#", value)) if isinstance(value, str) else str(value)
