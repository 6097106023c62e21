"""What a Spark cluster costs beside this machine's own pool: the same night by both, in turn, as whole programs.

    python bench/spark.py [--loans 1000000] [--runs 3] [--shards 10]

The cluster is one of Spark's own for trying: two executors of one core each, processes of their own on this machine.
Its fixed part is starting Java and the executors; what each shard costs more is the rest, by the number of shards.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
from importlib.util import find_spec
from pathlib import Path

import book
from night import OUT, Run, night, prepare, run

CLUSTER = "local-cluster[2,1,2048]"
_SETTINGS = "spark.executor.memory 2g\nspark.driver.memory 512m\nspark.driver.host 127.0.0.1\n"


def night_on_spark(home: Path) -> Run:
    """Compute and publish the night on the cluster, with nothing of it there before."""
    for folder in ("snapshots", "nights"):
        shutil.rmtree(home / folder, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("postloan")), "night", book.ON.isoformat(), "--home", str(home)]
    return run([*command, "--engine", "spark", "--master", CLUSTER])


def published(home: Path) -> dict[str, bytes]:
    """Every published file."""
    folder = home / "snapshots"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def main() -> None:
    """Measure, print, and keep the figures in bench/out/spark.json."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--loans", type=int, default=1_000_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--shards", type=int, default=10)
    options = asked.parse_args()
    home = prepare(options.loans, options.shards)
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise SystemExit("make spark")
    conf = OUT / "spark-conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "spark-defaults.conf").write_text(_SETTINGS)
    os.environ |= {"SPARK_HOME": str(Path(spec.origin).parent), "SPARK_CONF_DIR": str(conf)}
    night(home, 2)  # compiles the kernels and warms the disk
    ours = published(home)
    night_on_spark(home)
    if published(home) != ours:
        raise SystemExit("the bytes of the cluster are not those of this machine")
    del ours
    pairs = [(night_on_spark(home).seconds, night(home, 2).seconds) for _ in range(options.runs)]
    figures = {
        "loans": options.loans,
        "shards": options.shards,
        "spark_seconds": round(statistics.median(there for there, _ in pairs), 2),
        "local_seconds": round(statistics.median(here for _, here in pairs), 2),
        "ratio": round(statistics.median(there / here for there, here in pairs), 2),
    }
    (OUT / "spark.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        print(f"{name:16} {value:>12,}")


if __name__ == "__main__":
    main()
