"""The demo bank that tests of the desk and walks work on, with its desk open in HOME/desk.sqlite3.

As a program it makes the bank: python tests/desk_bank.py KEPT/bank, for a run with --kept=KEPT.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import feeds  # noqa: F401 - the key that tests seal with
from postloan.demo.bank import write_demo_feeds
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.site import serving

LOANS, MONTHS, SEED = 1500, 4, 7
_WAITS_SECONDS = 1_800  # a busy machine is slow, not wrong
_ELSEWHERE = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "POSTLOAN_HOME"}


def kept_bank(session: pytest.TempPathFactory, worker_id: str, kept: Path | None) -> Path:
    """The home folder of the bank, made once for all workers, and for all runs that keep it in one folder.

    Who comes second waits. Tests only read it, or take a copy.
    """
    shared = kept or (session.getbasetemp() if worker_id == "master" else session.getbasetemp().parent)
    home = shared / "bank"
    began = time.monotonic()
    while not _done(home).exists() and not _is_first(home):
        if time.monotonic() - began > _WAITS_SECONDS:
            raise TimeoutError(home)
        time.sleep(0.2)
    if not _done(home).exists():
        # A process binds Django to one home and one database, and this one's are the tests'.
        environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        subprocess.run([sys.executable, __file__, str(home)], env=environment, check=True)
    return home


def _done(home: Path) -> Path:
    return home.with_suffix(".done")


def _is_first(home: Path) -> bool:
    """Take the turn to make the bank, unless somebody has."""
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(home.with_suffix(".turn"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def make_bank(home: Path) -> None:
    """Write, load and compute the bank, and open its desk."""
    write_demo_feeds(home / "feeds", home / "truth", loans=LOANS, months=MONTHS, seed=SEED, tell=lambda *_: None)
    reports = load_feeds(home, home / "feeds", shards=2)
    list(run_nights(home, sorted(report.feed_day for report in reports)))
    serving.set_up(home)
    from postloan.site.demo_desk import open_demo_desk  # noqa: PLC0415 - needs Django set up

    open_demo_desk(home)
    _done(home).touch()


if __name__ == "__main__":
    make_bank(Path(sys.argv[1]))
