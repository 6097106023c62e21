"""The pool of workers that compute shards; light to import, so that workers start while their parent still imports."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.forkserver import ensure_running
from threading import Thread
from typing import TypeVar

from postloan.errors import ShardFailed
from postloan.night import worker

T = TypeVar("T")
R = TypeVar("R")

SURROUNDINGS = {
    # Shards are the parallelism; and what workers are forked from may have no threads.
    "POLARS_MAX_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Polars' allocator keeps the memory of a shard for the next one: touching fresh pages cost as much as reading.
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}


@contextmanager
def workers_pool(workers: int) -> Iterator[Executor | None]:
    """Open a pool of workers, or none where `workers` is 0: then shards are computed in this process.

    A forked child of a process that has used Polars hangs, so workers are forked from one that has not: it has what
    compiles kernels ready for all of them. They are told to make ready at once, while their parent still imports.
    """
    if workers == 0:
        yield None
        return
    context = get_context("forkserver")
    context.set_forkserver_preload(["postloan.night.forked"])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=worker.begin)
    with _surroundings():
        ensure_running()
    # Whoever asks for a worker waits until there is something to fork it from. A task starts one worker at most.
    begun = Thread(target=lambda: [pool.submit(worker.stand_by) for _ in range(workers)])
    begun.start()
    try:
        yield pool
    finally:
        begun.join()
        # After a refusal or Ctrl-C nobody waits for shards that have not begun.
        pool.shutdown(cancel_futures=True)


def each_done(work: Callable[[T], R], tasks: Sequence[T], pool: Executor | None, *, killed: ShardFailed) -> Iterator[R]:
    """Do tasks in the pool, or here where there is none; yield each outcome as it is done.

    Raises `killed` where a worker was, or where memory ran out.
    """
    with _told_as(killed):
        if pool is None:
            yield from map(work, tasks)
            return
        for future in as_completed([pool.submit(work, task) for task in tasks]):
            yield future.result()


def started(work: Callable[[T], R], task: T, pool: Executor | None, *, killed: ShardFailed) -> Callable[[], R]:
    """Start a task in the pool beside others; return what waits for its outcome. Where there is no pool, that does it.

    Both raise `killed` where a worker was.
    """
    if pool is None:
        return lambda: work(task)
    with _told_as(killed):
        future = pool.submit(work, task)

    def outcome() -> R:
        with _told_as(killed):
            return future.result()

    return outcome


@contextmanager
def _told_as(killed: ShardFailed) -> Iterator[None]:
    try:
        yield
    except (BrokenExecutor, MemoryError) as broken:
        raise killed from broken.__cause__


@contextmanager
def _surroundings() -> Iterator[None]:
    """Let processes started meanwhile find the workers' settings, and this one keep its own."""
    own = {name: os.environ.get(name) for name in SURROUNDINGS}
    os.environ.update(SURROUNDINGS)
    try:
        yield
    finally:
        for name, value in own.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
