"""The demo bank that desk tests work on."""

import os
import time
from pathlib import Path

from postloan.demo.bank import write_demo_feeds
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights

LOANS, MONTHS, SEED = 1500, 4, 7
_WAITS_SECONDS = 1_800  # a busy machine is slow, not wrong


def build_bank(home: Path) -> Path:
    """Write, load and compute the bank, once; whoever comes second waits."""
    done, turn = home.with_suffix(".done"), home.with_suffix(".turn")
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(turn, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        began = time.monotonic()
        while not done.exists():
            if time.monotonic() - began > _WAITS_SECONDS:
                raise TimeoutError(home) from None
            time.sleep(0.2)
        return home
    write_demo_feeds(home / "feeds", home / "truth", loans=LOANS, months=MONTHS, seed=SEED, tell=lambda *_: None)
    reports = load_feeds(home, home / "feeds", shards=2)
    list(run_nights(home, sorted(report.feed_day for report in reports)))
    done.touch()
    return home


def open_desk(home: Path) -> None:
    """Open the desk of the bank in the database at hand."""
    from postloan.site.demo_desk import open_demo_desk  # noqa: PLC0415 - needs Django set up

    open_demo_desk(home)
