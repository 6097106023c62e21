"""A wall clock that jumps, forwards and back: nights do not ask it, sessions end or last, and no message is lost.

The clock is wrong for a process by a small library that is laid before the C library; see clock_shift.c.
"""

import shutil
import signal
import sqlite3
import struct
import subprocess
from pathlib import Path

import pytest
from at_fault import ON, HarnessError, Trial, copied, files, refused, right, run, started
from served import served

NIGHT = ("night", ON, "--workers", 0)
HOUR, DAY, YEAR = 3600, 86_400, 366 * 86_400


class Clock:
    """A wrong clock: what the environment of a process needs, and by how much it is wrong."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler for the wrong clock: apt install gcc libc6-dev")
        library, self._shift = folder / "clock_shift.so", folder / "clock_shift"
        source = Path(__file__).with_name("clock_shift.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
        self.jump(0)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(self._shift)}

    def jump(self, seconds: int) -> None:
        """Set it wrong, at once and for every process that goes by it."""
        with self._shift.open("r+b" if self._shift.exists() else "wb") as file:
            file.write(struct.pack("q", seconds))


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    made = Clock(tmp_path)
    made.jump(YEAR)
    told = subprocess.run(["date", "+%Y"], env=made.environment, capture_output=True, text=True, check=True).stdout  # noqa: S607
    made.jump(0)
    year = subprocess.run(["date", "+%Y"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    if int(told) != int(year) + 1:
        raise HarnessError("the clock is not wrong")
    return made


@pytest.mark.fault("the clock jumps in a night", planted="day_from_clock")
def test_a_night_does_not_ask_the_clock(trial: Trial, clock: Clock, book: Path, tmp_path: Path) -> None:
    for jumps in ((-8 * YEAR, 30 * YEAR), (YEAR, -10 * YEAR))[: trial.instants]:
        home = copied(book / "home", tmp_path / "home")
        clock.jump(jumps[0])
        trial.tried += 1
        at = trial.chance.randrange(20, 120)
        with started(home, *NIGHT, defect=trial.defect, mode="hold", at=at, **clock.environment) as night:
            if night.is_at_its_instant():
                clock.jump(jumps[1])
                night.process.send_signal(signal.SIGCONT)
            ended = night.end()
        assert ended.code == 0, ended.err
        assert files(home, "facts", "snapshots") == files(book / "calm", "facts", "snapshots"), f"jumps of {jumps} s"


@pytest.mark.fault("the clock jumps while officers are logged in", planted="session_without_end")
def test_a_session_lasts_or_ends_and_no_page_breaks(trial: Trial, clock: Clock, desk: Path) -> None:
    home = copied(desk / "calm", desk / "clocked")
    with served(home, defect=trial.defect, **clock.environment) as officer:
        officer.log_in("manager")
        for seconds, is_in in ((HOUR, True), (-DAY, True), (0, True), (9 * HOUR, False)):
            clock.jump(seconds)
            trial.tried += 1
            status, url, said = officer.ask("/")
            assert status == 200, said[:500]
            assert ("login" not in url) is is_in, f"{seconds} s: {url}"
        clock.jump(0)
    right(home, "audit", "verify")


@pytest.mark.fault("the clock jumps while messages wait", planted="clock_believed")
def test_no_message_is_let_go_or_sent_by_a_clock_that_cannot_be_right(trial: Trial, clock: Clock, desk: Path) -> None:
    home = copied(desk / "calm", desk / "clocked")
    before = states(home)
    assert before["queued"], before
    for seconds in (YEAR, -DAY, -30 * DAY):
        clock.jump(seconds)
        trial.tried += 1
        ended = run(home, "outbox", "send", defect=trial.defect, **clock.environment)
        assert states(home) == before, f"{seconds} s"
        refused(ended, "PL-D60")
    clock.jump(0)
    ended = run(home, "outbox", "send", defect=trial.defect, **clock.environment)
    assert "PL-D60" not in ended.err
    assert states(home) != before, "with the clock set right they go their way"


def states(home: Path) -> dict[str, int]:
    """How many messages there are in each state."""
    with sqlite3.connect(home / "desk.sqlite3") as database:
        return dict(database.execute("SELECT state, count(*) FROM outbox_message GROUP BY state").fetchall())
