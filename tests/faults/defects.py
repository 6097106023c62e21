"""Defects that are planted, one for each fault: the suite must notice every one of them.

Each is a small patch of the product, made at run time in the process that carries it.
"""
# ruff: noqa: PLC0415 - a process imports what it plants, and no more

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any


def record_before_rows() -> None:
    """A load says that it is there before its rows are."""
    from postloan.intake import load, stage, staged

    real_commit, later = load._DayLoad._commit, []

    def write_part(home: Path, number: int, table: str, rows: Any) -> Any:
        done = stage.write_part(home, number, table, rows)
        for file in (load.parts_folder(home, number) / table).glob("*"):
            later.append((file, file.read_bytes()))
            file.unlink()
        return done

    def commit(self: Any, record: Any) -> None:
        real_commit(self, record)
        for file, content in later:
            file.write_bytes(content)

    staged.write_part, load._DayLoad._commit = write_part, commit


def shard_in_place() -> None:
    """A shard's files are written where they are to be, and what is there counts as done."""
    from postloan.night import run, shard, task

    real_table, real_json = shard.write_table, shard.commit_json

    def place(path: Path) -> Path:
        made = path.parent.with_name(path.parent.name.split(".")[1])
        made.mkdir(exist_ok=True)
        return made / path.name

    shard.write_table = lambda path, rows: real_table(place(path), rows)
    shard.commit_json = lambda path, said: real_json(place(path), said)
    shard._rename_once = lambda part, _place: part.rmdir()
    run.is_finished = lambda night, number: task.shard_folder(night, number).exists()


def pointer_first() -> None:
    """The pointer of a day moves before what it points to is there."""
    from postloan.night import run
    from postloan.snapshot import publish

    real = run.publish

    def pointing(home: Path, run_id: str, on: date, *given: Any, at: str | None) -> Path:
        (home / "snapshots").mkdir(exist_ok=True)
        publish._point(home, on, run_id, at)
        return real(home, run_id, on, *given, at=at)

    run.publish = pointing


def no_transaction() -> None:
    """What belongs together in the database is written piece by piece."""
    from django.db.backends.postgresql.features import DatabaseFeatures
    from django.db.transaction import Atomic

    DatabaseFeatures.has_select_for_update = False  # which is refused outside a transaction
    Atomic.__enter__ = lambda _self: None  # type: ignore[method-assign]
    Atomic.__exit__ = lambda *_told: None  # type: ignore[method-assign]


def disk_ignored() -> None:
    """Nobody looks whether the disk took what was written."""
    from postloan.intake import load, stage
    from postloan.snapshot import files

    real = files.os.fsync

    @contextmanager
    def swallowing(_path: Path) -> Iterator[None]:
        with suppress(Exception):
            yield

    def fsync(handle: int) -> None:
        with swallowing(Path()):
            real(handle)

    stage.refusing_unwritable, files.os.fsync = swallowing, fsync
    load.sum_of = lambda _path: 0
    stage.sum_of = lambda _path: 0
    _open_short()


def _open_short() -> None:
    """Let every file take what it takes, and say no word of the rest."""
    real: Callable[..., Any] = Path.open

    class Short:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __enter__(self) -> "Short":
            return self

        def __exit__(self, *_told: object) -> None:
            with suppress(OSError):
                self.file.close()

        def write(self, content: Any) -> int:
            try:
                self.file.write(content)
                self.file.flush()
            except OSError:
                pass
            return len(content)

    def opened(self: Path, mode: str = "r", *given: Any, **more: Any) -> Any:
        file = real(self, mode, *given, **more)
        return Short(file) if mode == "wb" else file

    Path.open = opened  # type: ignore[assignment,method-assign]


def told_bare() -> None:
    """What the surroundings say is not told as a refusal."""
    from postloan.site import door

    door.told_as_refusal = lambda _fault: None


def day_from_clock() -> None:
    """What is known is asked as of the day that the clock says."""
    from postloan.night import run

    real = run.Facts
    run.Facts = lambda home, known_on: real(home, known_on or date.today() - timedelta(days=1))  # noqa: DTZ011


def clock_believed() -> None:
    """The outbox takes any clock for right."""
    from postloan.site import serving

    real = serving.set_up

    def set_up(home: Path) -> None:
        real(home)
        from postloan.desk.outbox.sending import actions  # what it imports asks for Django's settings

        actions.check_clock = lambda _rules: None

    serving.set_up = set_up


def session_without_end() -> None:
    """A session is asked for by its key alone."""
    from django.contrib.sessions.backends.db import SessionStore

    def found(self: Any) -> Any:
        return self.model.objects.filter(session_key=self.session_key).first()

    SessionStore._get_session_from_db = found


def no_lock() -> None:
    """Whoever comes begins."""
    from postloan.night import run

    @contextmanager
    def among_others(_home: Path) -> Iterator[None]:
        yield

    run.alone = among_others


def connection_kept() -> None:
    """A connection that broke is kept and asked again."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    BaseDatabaseWrapper.close_if_unusable_or_obsolete = lambda _self: None  # type: ignore[method-assign]
    BaseDatabaseWrapper.close_if_health_check_failed = lambda _self: None  # type: ignore[method-assign]


def sizes_only() -> None:
    """A file of the right size is taken for the right file."""
    from postloan.night import look, task
    from postloan.snapshot import publish, read

    def is_whole(path: Path, said: Any) -> bool:
        return path.is_file() and path.stat().st_size == said["bytes"]

    for module in (look, task, publish, read):
        module.is_whole = is_whole  # type: ignore[attr-defined]


def no_sums() -> None:
    """Facts are read as they lie there."""
    from postloan.intake import facts

    facts.check_parts = lambda *_given: None


def manifest_believed() -> None:
    """What cannot be read is taken for a snapshot without tables."""
    from postloan.snapshot import read

    real = read.read_json

    def read_json(path: Path) -> dict[str, Any]:
        try:
            return real(path)
        except ValueError:
            return {"run_id": "", "files": {}, "pins": {}, "totals": {}, "shards": 0, "checks": [], "currency": "CNY"}

    read.read_json = read_json
    read.check_snapshot = lambda *_given: None
    read.TABLES = ()


def death_ignored() -> None:
    """A worker that dies is not missed: others' shards stand in for those that it had."""
    from postloan.night import look, pool, run

    def each_done(work: Any, tasks: Any, workers: Any, *, killed: Any) -> Iterator[Any]:
        for task in tasks:
            with suppress(pool.BrokenExecutor, MemoryError):
                yield workers.submit(work, task).result()

    real, run.each_done, look.each_done = run.finished_shard, each_done, each_done
    look.started = lambda work, task, _workers, **_killed: lambda: work(task)

    def finished(night: Path, shard: int) -> Any:
        there = [number for number in range(100) if run.is_finished(night, number)]
        return real(night, shard if shard in there or not there else there[0])

    run.finished_shard = finished
