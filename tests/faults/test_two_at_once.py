"""Two nights at once, of one day and of two: the second is refused, the first publishes what it would alone."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from at_fault import ON, Trial, copied, files, instants, refused, right, run, started

NIGHT = ("night", ON, "--workers", 0)


@pytest.mark.fault("two nights at once", planted="no_lock")
def test_the_second_of_two_nights_is_refused(trial: Trial, book: Path, tmp_path: Path) -> None:
    seen = instants(copied(book / "home", tmp_path / "counted"), *NIGHT)
    held = [at for at, _kind, what in seen if what.startswith(("nights/", "snapshots/"))]
    for at in trial.each(held):
        home = copied(book / "home", tmp_path / f"at-{at}")
        with started(home, *NIGHT, defect=trial.defect, mode="hold", at=at) as first:
            assert first.is_at_its_instant()
            for day in (ON, ON - timedelta(days=1)):
                refused(run(home, "night", day, "--workers", 0, defect=trial.defect), "PL-I09")
            first.process.send_signal(signal.SIGCONT)
            assert first.end().code == 0
        assert files(home, "facts", "snapshots") == files(book / "calm", "facts", "snapshots"), f"stopped at {at}"
        right(home, "night", ON - timedelta(days=1), "--workers", 0, defect=trial.defect)
