"""A Spark cluster in place of this machine's pool: the same tasks, done by the same functions, on other hosts.

Spark carries tasks and answers, never rows: shards are read from and written to storage that all hosts share.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import structlog

from postloan.errors import ClusterMissing, PostloanError
from postloan.night.pool import SURROUNDINGS

if TYPE_CHECKING:
    from pyspark import SparkConf, SparkContext

T = TypeVar("T")
P = ParamSpec("P")

_log = structlog.get_logger("postloan.spark")


class SparkPool(Executor):
    """An executor whose tasks are Spark jobs of one task each.

    A task that a lost host took with it is done again by another, as often as `spark.task.maxFailures` allows; more
    than that breaks the pool.
    """

    def __init__(self, context: "SparkContext") -> None:
        self._context = context
        # Twice as many as run at once: while one answer travels, the next task is there already.
        self._askers = ThreadPoolExecutor(2 * max(context.defaultParallelism, 1))

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Ask the cluster for one task. Its future raises BrokenExecutor where every host that took it was lost."""
        return self._askers.submit(self._asked, work, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - inherited
        """Let go of tasks that have not begun where asked, and of the askers."""
        self._askers.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _asked(self, work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
        from pyspark.errors import PySparkException  # noqa: PLC0415

        try:
            done: Any = self._context.parallelize([(work, args, kwargs)], 1).map(_done).collect()
        except (Py4JError, PySparkException) as lost:
            _log.warning("a task failed on every host that took it", cause=str(lost))
            raise BrokenExecutor from lost
        [(answer, refusal)] = done
        if refusal is not None:
            raise refusal
        return cast("T", answer)


@contextmanager
def spark_pool(master: str) -> Iterator[SparkPool]:
    """Open an application on a Spark cluster, and end it.

    master  as Spark names it: spark://host:7077, yarn, k8s://…, local[2].
    Memory, cores and the like are the cluster's own affair: `spark-defaults.conf` is read. Raises ClusterMissing.
    """
    context = _context(master)
    pool = SparkPool(context)
    try:
        yield pool
    finally:
        # Tasks of a refused night would go on on other hosts, and its askers would wait for them.
        context.cancelAllJobs()
        pool.shutdown(cancel_futures=True)
        context.stop()


def _context(master: str) -> "SparkContext":
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415
        from pyspark.errors import PySparkException  # noqa: PLC0415
    except ImportError:
        raise ClusterMissing(
            message="Apache Spark is not installed.", hint="Install the extra: pip install 'postloan[spark]'."
        ) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        context = SparkContext(conf=_conf(SparkConf(), master))
        # Where no master answers, Spark makes a context all the same, and stops it.
        context.parallelize([None], 1).count()
    except (Py4JError, PySparkException) as fault:
        raise ClusterMissing(
            message="The Spark cluster does not answer.",
            hint="Java 17 must be on the path, the cluster must run, and its Spark must be the version installed here.",
            where={"master": master, "cause": (str(fault).splitlines() or [type(fault).__name__])[0][:300]},
        ) from fault
    return context


def _conf(conf: "SparkConf", master: str) -> "SparkConf":
    conf.setMaster(master).setAppName("postloan")
    for name, value in SURROUNDINGS.items():
        conf.setExecutorEnv(name, value)
    # A page of its own on a port of its own is what nobody looks at for minutes of work.
    conf.setIfMissing("spark.ui.enabled", "false")
    conf.setIfMissing("spark.ui.showConsoleProgress", "false")
    # A host lost in the middle of a night is given up for it, not tried until the night fails.
    conf.setIfMissing("spark.excludeOnFailure.enabled", "true")
    return conf


def _done(asked: tuple[Callable[..., T], tuple[Any, ...], dict[str, Any]]) -> tuple[T | None, PostloanError | None]:
    """Do a task on a host; a refusal is an answer, for a host that tries again is refused again."""
    work, args, kwargs = asked
    try:
        return work(*args, **kwargs), None
    except PostloanError as refusal:
        return None, refusal
