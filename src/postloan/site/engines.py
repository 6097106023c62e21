"""What computes the shards of a command: the processes of this machine, or a Spark cluster."""

# ruff: noqa: PLC0415 - the other engine is not imported, and workers start while their parent still imports

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from postloan.errors import RequestWrong
from postloan.site.options import SAY, count


class Engine(StrEnum):
    """The engines there are."""

    LOCAL = "local"
    SPARK = "spark"


EngineAsked = Annotated[Engine, typer.Option("--engine", help=SAY("help.engine"))]
Master = Annotated[str | None, typer.Option("--master", metavar="URL", help=SAY("help.master"))]


@contextmanager
def engine_pool(engine: Engine, master: str | None, workers: int | None) -> Iterator[Executor | None]:
    """Open the pool that was asked for. Raises RequestWrong where what was asked does not go together."""
    if (engine is Engine.SPARK) != (master is not None):
        raise RequestWrong(
            message="--engine spark and --master go together.",
            hint="Name the cluster: --engine spark --master spark://host:7077.",
            where={"engine": engine.value, "master": master},
        )
    if master is not None:
        from postloan.night.spark import spark_pool

        with spark_pool(master) as cluster:
            yield cluster
        return
    from postloan.night.pool import workers_pool

    with workers_pool(count(workers)) as pool:
        yield pool
