"""A night killed anywhere resumes to the same bytes: by SIGKILL at random instants, and cut at every write."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from a_book import ON, SHARDS, loaded_home

from postloan.night.run import run_night
from postloan.snapshot.read import published_run

SCRIPT = Path(__file__).with_name("night_process.py")


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def start(home: Path, workers: int) -> subprocess.Popen[str]:
    """A night in a session of its own; it waits for `go`."""
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(home), ON.isoformat(), str(workers)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def go(night: subprocess.Popen[str]) -> None:
    assert night.stdout is not None
    assert night.stdin is not None
    assert night.stdout.readline() == "ready\n"
    night.stdin.write("go\n")
    night.stdin.flush()


def timed(home: Path, workers: int) -> tuple[float, float]:
    """Seconds from `go` to the first shard done, and to the end, of a night nobody disturbs."""
    night = start(home, workers)
    go(night)
    begun = time.perf_counter()
    assert night.stdout is not None
    assert night.stdout.readline() == "1\n"
    first = time.perf_counter() - begun
    assert night.communicate()[0].endswith("done\n")
    return first, time.perf_counter() - begun


def kill(night: subprocess.Popen[str]) -> None:
    """Kill the night and everything it started, and let the pipes go."""
    if night.returncode is None:
        os.killpg(night.pid, signal.SIGKILL)
        night.communicate()


def stage(home: Path) -> str:
    """How far a killed night had come."""
    if published_run(home, ON) is not None:
        return "published"
    if any((home / "snapshots").glob("*")):
        return "publishing"
    shards = len(list((home / "nights").glob("*/shard-*")))
    return "before" if shards == 0 else "all shards" if shards == SHARDS else "between shards"


@pytest.fixture
def calm(a_loaded_home: Path, tmp_path: Path) -> dict[str, bytes]:
    """What a night nobody disturbs publishes."""
    shutil.copytree(a_loaded_home, tmp_path / "calm")
    run_night(tmp_path / "calm", ON)
    return files(tmp_path / "calm" / "snapshots")


@pytest.mark.slow
def test_twenty_kills_at_random_instants_leave_the_same_bytes(
    a_loaded_home: Path, tmp_path: Path, calm: dict[str, bytes]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311

    # A random while after the beginning, after a random shard, or after the last, when publishing begins.
    shards = [0] * 3 + [chance.randrange(1, SHARDS) for _ in range(12)] + [SHARDS] * 5
    plans = [(2 if at % 4 == 1 else 0, shard, chance.random()) for at, shard in enumerate(shards)]
    seconds = {}
    for workers in (0, 2):
        shutil.copytree(a_loaded_home, tmp_path / f"timed-{workers}")
        seconds[workers] = timed(tmp_path / f"timed-{workers}", workers)
    homes = [tmp_path / f"killed-{at}" for at in range(len(plans))]
    for home in homes:
        shutil.copytree(a_loaded_home, home)

    stages: Counter[str] = Counter()
    with ExitStack() as ended:
        nights: deque[subprocess.Popen[str]] = deque()
        for at, (home, (workers, shard, part)) in enumerate(zip(homes, plans, strict=True)):
            for ahead in range(at + len(nights), min(at + 3, len(plans))):
                nights.append(start(homes[ahead], plans[ahead][0]))
                ended.callback(kill, nights[-1])
            night, (first, end) = nights.popleft(), seconds[workers]
            go(night)
            assert night.stdout is not None
            while shard and night.stdout.readline() != f"{shard}\n":
                pass
            gap = (end - first) / SHARDS
            # Publishing is links and renames: quicker than a shard.
            time.sleep(part * {0: first, SHARDS: gap / 4}.get(shard, gap))
            kill(night)
            stages[stage(home)] += 1

            run_night(home, ON)
            assert files(home / "snapshots") == calm, f"killed at {at} of 20, seed {seed}"
            assert not list((home / "nights").iterdir()), "a finished night leaves nothing behind"
    midway = stages["between shards"] + stages["all shards"] + stages["publishing"]
    assert midway >= 5, f"the kills missed the night: {stages}, seed {seed}"
    assert midway < 20, stages


@pytest.mark.slow
def test_workers_do_not_outlive_a_killed_night(a_loaded_home: Path, tmp_path: Path, calm: dict[str, bytes]) -> None:
    home = tmp_path / "orphaned"
    shutil.copytree(a_loaded_home, home)
    night = start(home, 2)
    go(night)
    until = time.monotonic() + 60
    while not (workers := children(night.pid)) and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    workers |= children(night.pid)
    assert workers
    os.kill(night.pid, signal.SIGKILL)
    night.communicate()
    while any(is_alive(pid) for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in workers if is_alive(pid)]
    run_night(home, ON)
    assert files(home / "snapshots") == calm


def children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(child) for child in listed.read_text().split()} if listed.exists() else set()


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


class PowerCutError(Exception):
    """The lights go out."""


@contextmanager
def power_cut(monkeypatch: pytest.MonkeyPatch, at: int, *, is_before: bool) -> Iterator[list[str]]:
    """Cut the power at the `at`-th change of a name: just before it, or just after."""
    done: list[str] = []

    def cutting(real: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            done.append(name)
            if len(done) == at + 1 and is_before:
                raise PowerCutError
            result = real(*args, **kwargs)
            if len(done) == at + 1:
                raise PowerCutError
            return result

        return call

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cutting(Path.rename, "rename"))
        patched.setattr(os, "link", cutting(os.link, "link"))
        patched.setattr(shutil, "rmtree", cutting(shutil.rmtree, "rmtree"))
        yield done


@pytest.mark.slow
def test_cut_at_every_change_of_a_name_it_resumes_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after every rename, link and removal, from the pins to the pointer and the clearing up."""
    fresh = loaded_home(tmp_path, shards=1, debtors=4)
    calm_home = tmp_path / "calm"
    shutil.copytree(fresh, calm_home)
    with power_cut(monkeypatch, 10**6, is_before=True) as done:
        run_night(calm_home, ON)
    changes, calm = len(done), files(calm_home / "snapshots")
    assert changes >= 12, done

    for at in range(changes):
        for is_before in (True, False):
            home = tmp_path / f"cut-{at}-{is_before}"
            shutil.copytree(fresh, home)
            with power_cut(monkeypatch, at, is_before=is_before), pytest.raises(PowerCutError):
                run_night(home, ON)
            pointed_to = published_run(home, ON)
            if pointed_to is not None:
                assert files(home / "snapshots" / pointed_to) == files(calm_home / "snapshots" / pointed_to), (
                    "a pointer points to what is whole"
                )
            run_night(home, ON)
            assert files(home / "snapshots") == calm, f"cut at {done[at]} {at}"
            assert not list((home / "nights").iterdir())
            shutil.rmtree(home)


def test_a_finished_shard_is_not_computed_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def stop_after_three(_on: object, done: int, _of: int) -> None:
        told.append(done)
        if done == 3:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        run_night(home, ON, tell=stop_after_three)
    kept = {path: path.stat().st_mtime_ns for path in home.glob("nights/*/shard-*/loan.parquet")}
    assert len(kept) == 3
    monkeypatch.setattr("postloan.night.look.asked", None)  # what crosses debtors is not asked again either
    run_night(home, ON, tell=lambda _on, done, _of: told.append(done))
    assert told == [1, 2, 3, 4]
    published = {path.stat().st_mtime_ns for path in home.glob("snapshots/*/loan/*.parquet")}
    assert set(kept.values()) <= published


def test_every_file_is_on_the_disk_before_its_name_is_given(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename that outruns its bytes leaves an empty file after a power cut."""
    synced: set[tuple[int, int]] = set()
    unsynced: list[str] = []
    real_fsync, real_rename, real_link = os.fsync, Path.rename, os.link

    def identity(path: Path | int) -> tuple[int, int]:
        found = os.stat(path)  # noqa: PTH116 - of an open file too
        return found.st_dev, found.st_ino

    def fsync(handle: int) -> None:
        synced.add(identity(handle))
        real_fsync(handle)

    def rename(self: Path, target: Path) -> Path:
        inside = [self, *self.rglob("*")] if self.is_dir() else [self]
        unsynced.extend(str(path) for path in inside if identity(path) not in synced)
        return real_rename(self, target)

    def link(source: Path, target: Path) -> None:
        if identity(source) not in synced:
            unsynced.append(str(source))
        real_link(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(os, "link", link)
    run_night(home, ON)
    assert not unsynced
    assert identity(home / "snapshots") in synced, "the pointer's name too"
