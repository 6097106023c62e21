"""The lock of a home folder: one night or closing at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postloan.errors import HomeBusy


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keep other nights and closings out of the home while this one works; a killed one locks nothing.

    Raises HomeBusy.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "night.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HomeBusy(
                message="Another night or closing is at work in this home folder.",
                hint="Wait until it is done; it may be run again after a crash, never doubled.",
                where={"home": home},
            ) from None
        yield
