"""The number of shards and of workers changes nothing that is published."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from a_book import ON, loaded_home
from test_killed import files

from postloan.errors import ShardFailed
from postloan.night.pool import SURROUNDINGS, each_done, workers_pool
from postloan.night.run import run_night
from postloan.snapshot.read import read_debtors, read_loans


def test_one_shard_and_eight_publish_the_same_rows(tmp_path: Path) -> None:
    """The loans' and debtors' numbers included."""
    one, eight = (loaded_home(tmp_path / str(shards), shards=shards) for shards in (1, 8))
    for home in (eight, one):
        run_night(home, ON)
    assert read_loans(one, ON).height > 200
    assert read_loans(one, ON).equals(read_loans(eight, ON))
    assert read_debtors(one, ON).equals(read_debtors(eight, ON))


@pytest.mark.slow
def test_more_shards_than_debtors_are_no_trouble(tmp_path: Path) -> None:
    """Most shards are empty then; their files hold no rows and the right columns."""
    many, one = loaded_home(tmp_path / "many", shards=64, debtors=3), loaded_home(tmp_path / "one", shards=1, debtors=3)
    for home in (many, one):
        run_night(home, ON)
    assert read_loans(many, ON).equals(read_loans(one, ON))
    assert read_debtors(many, ON).equals(read_debtors(one, ON))


@pytest.mark.slow
def test_no_one_and_two_workers_publish_the_same_bytes(a_loaded_home: Path, tmp_path: Path) -> None:
    published = []
    for workers in (0, 1, 2):
        shutil.copytree(a_loaded_home, tmp_path / str(workers))
        with workers_pool(workers) as pool:
            run_night(tmp_path / str(workers), ON, pool=pool)
        published.append(files(tmp_path / str(workers) / "snapshots"))
    assert published[0] == published[1] == published[2]


def no_memory(_task: int) -> int:
    raise MemoryError


def test_a_worker_that_finds_no_memory_is_told_like_one_that_was_killed() -> None:
    told = ShardFailed(message="killed", hint="fewer")
    with workers_pool(1) as pool:
        for where in (pool, None):
            with pytest.raises(ShardFailed, match="killed"):
                list(each_done(no_memory, [1], where, killed=told))


def test_what_workers_are_forked_from_has_no_thread_that_a_fork_would_lose() -> None:
    asked = "import os, sys, postloan.night.forked; print(len(os.listdir('/proc/self/task')), 'polars' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ | SURROUNDINGS, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["1", "False"]
