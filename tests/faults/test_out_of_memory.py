"""A worker that is killed, as the kernel does where memory runs out: the night says so, and the next one goes on."""

from pathlib import Path

import pytest
from at_fault import ON, Ended, Trial, copied, files, refused, right, run

NIGHT = ("night", ON, "--workers", 2)
# Of a worker's own changes of files: its shards take some fifty.
FIRST, LAST = 2, 40


def goes_on(trial: Trial, book: Path, home: Path, ended: Ended) -> None:
    refused(ended, "PL-N03")
    assert "--workers" in ended.err
    assert not list((home / "snapshots").glob("*.json"))
    right(home, *NIGHT, defect=trial.defect)
    assert files(home, "facts", "snapshots") == files(book / "calm", "facts", "snapshots")


@pytest.mark.fault("a worker killed, as for want of memory", planted="death_ignored")
def test_a_killed_worker_is_told_and_its_shards_are_computed_again(trial: Trial, book: Path, tmp_path: Path) -> None:
    for at in trial.each(range(FIRST, LAST)):
        home = copied(book / "home", tmp_path / f"at-{at}")
        goes_on(trial, book, home, run(home, *NIGHT, defect=trial.defect, mode="worker", at=at))
