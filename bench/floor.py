"""The floor of the night: the same inputs read and the same outputs written, by the same workers, and nothing else.

Run as a program of its own, like the night it is compared with. Prints the seconds that are not the floor's: reading
the outputs back, so as to have something to write.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from postloan.intake.facts import Facts
from postloan.night.pool import workers_pool
from postloan.plan.inputs import NO_NEIGHBOURS, read_inputs
from postloan.snapshot.files import write_table
from postloan.snapshot.read import published_run


def read_and_write(home: Path, shard: int, published: Path, target: Path) -> float:
    """Read a shard's inputs, write its published tables to another place; return the seconds spent on neither."""
    read_inputs(Facts(home, None), shard, NO_NEIGHBOURS)
    begun = time.perf_counter()
    frames = {table: pl.read_parquet(published / table / f"{shard:04d}.parquet") for table in ("loan", "debtor")}
    beside_the_point = time.perf_counter() - begun
    for table, frame in frames.items():
        write_table(target / f"{table}-{shard:04d}.parquet", frame)
    return beside_the_point


def main(home: Path, on: date, workers: int) -> None:
    """Run the floor over all shards."""
    published = home / "snapshots" / str(published_run(home, on))
    shards = Facts(home, None).layout.shards
    with tempfile.TemporaryDirectory(dir=home) as target, workers_pool(workers) as pool:
        if pool is None:
            raise SystemExit("the floor needs workers, as the night does")
        runs = [pool.submit(read_and_write, home, shard, published, Path(target)) for shard in range(shards)]
        print(sum(run.result() for run in runs) / workers)


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3]))
