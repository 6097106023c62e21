"""SIGKILL at random instants of a load, a night and its publishing: the next run gives the bytes of a calm one."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from at_fault import ON, Trial, copied, files, instants, killed, right

from postloan.snapshot.files import is_whole

NIGHT = ("night", ON, "--workers", 0)


def all_or_nothing(home: Path) -> None:
    """See that whatever a day points to is whole."""
    for pointer in (home / "snapshots").glob("*.json"):
        folder = home / "snapshots" / json.loads(pointer.read_text())["run_id"]
        assert folder.is_dir(), "a pointer points to nothing"
        said = json.loads((folder / "manifest.json").read_text())["files"]
        assert all(is_whole(folder / name, each) for name, each in said.items()), "it points to what is not whole"


@pytest.mark.fault("killed while a day is loaded", planted="record_before_rows")
def test_a_load_killed_anywhere_is_there_whole_or_not_at_all(trial: Trial, book: Path, tmp_path: Path) -> None:
    seen = instants(tmp_path / "counted", "load", book / "feeds", "--shards", 4, defect=trial.defect)
    all_of_it = [at for at, _kind, _what in seen]
    commits = next(at for at, _kind, what in seen if what.startswith("facts/loads/0"))
    for at in trial.each(all_of_it, [each for each in all_of_it if each >= commits]):
        home = tmp_path / f"at-{at}"
        shutil.rmtree(home, ignore_errors=True)  # the same instant may be drawn twice
        killed(trial, home, at, "load", book / "feeds", "--shards", 4)
        for record in (home / "facts" / "loads").glob("*.json"):
            for table, held in json.loads(record.read_text())["tables"].items():
                parts = (home / "facts" / "parts" / record.stem / table).glob("*.parquet")
                rows = sum(pl.read_parquet(part).height for part in parts)
                assert rows == held["rows"], f"{table}: a load that says it is there lacks rows"
        right(home, "load", book / "feeds", "--shards", 4, defect=trial.defect)
        assert files(home, "facts") == files(book / "home", "facts"), f"killed at {at}"


@pytest.mark.fault("killed while a night computes", planted="shard_in_place")
def test_a_night_killed_anywhere_goes_on_to_the_same_bytes(trial: Trial, book: Path, tmp_path: Path) -> None:
    seen = instants(copied(book / "home", tmp_path / "counted"), *NIGHT, defect=trial.defect)
    writes = [at for at, _kind, what in seen if "/shard-" in what or "/.shard-" in what]
    killed_and_run_again(trial, book, tmp_path, writes)


@pytest.mark.fault("killed while a night publishes", planted="pointer_first")
def test_a_publishing_killed_anywhere_leaves_the_old_pointer_or_the_new(
    trial: Trial, book: Path, tmp_path: Path
) -> None:
    seen = instants(copied(book / "home", tmp_path / "counted"), *NIGHT, defect=trial.defect)
    publishing = [at for at, _kind, what in seen if what.startswith("snapshots/")]
    killed_and_run_again(trial, book, tmp_path, publishing)


def killed_and_run_again(trial: Trial, book: Path, tmp_path: Path, drawn: list[int]) -> None:
    for at in trial.each(drawn):
        home = copied(book / "home", tmp_path / f"at-{at}")
        killed(trial, home, at, *NIGHT)
        all_or_nothing(home)
        right(home, *NIGHT, defect=trial.defect)
        assert files(home, "facts", "snapshots") == files(book / "calm", "facts", "snapshots"), f"killed at {at}"
        assert not list((home / "nights").iterdir()), "a finished night leaves nothing behind"
