"""How the cost of a day grows with the book: load, night and floor from ten thousand loans to ten million.

    python bench/growth.py [--sizes 10000,100000,1000000,10000000] [--runs 3] [--workers 2]

Shards hold a hundred thousand loans, whatever the size. Growth is linear where a loan costs the same in every size that
is large enough for the start of a program not to count: the last size is held against the one before it, as measured
and once more without what the smallest book takes, which is nearly all start.
Ten million loans need some 60 GB of disk: feeds, facts and a night.
"""

import argparse
import json
import shutil
import statistics
import sys
from pathlib import Path

import book
from night import OUT, floor, night, run

LOANS_A_SHARD = 100_000
GOALS = {"linear_within": 0.15, "peak_gib": 6.0}


def measure(loans: int, runs: int, workers: int) -> dict[str, float]:
    """Measure one size; gives seconds, loans a second, the ratio to the floor, and peaks of memory in GiB."""
    shards = max(2, loans // LOANS_A_SHARD)
    home = OUT / f"book-{loans}-{shards}"
    if not (home / "feeds" / book.ON.isoformat() / "payment.parquet").exists():
        book.write_book(home / "feeds", loans)
    shutil.rmtree(home / "facts", ignore_errors=True)
    postloan = str(Path(sys.executable).with_name("postloan"))
    load = run([postloan, "load", str(home / "feeds"), "--home", str(home), "--shards", str(shards)])
    night(home, workers)  # compiles the kernels and warms the disk
    pairs = [(night(home, workers), floor(home, workers)) for _ in range(runs)]
    seconds = statistics.median(done.seconds for done, _ in pairs)
    return {
        "loans": loans,
        "shards": shards,
        "load_seconds": round(load.seconds, 1),
        "load_peak_gib": round(load.peak_bytes / 2**30, 2),
        "night_seconds": round(seconds, 2),
        "night_peak_gib": round(max(done.peak_bytes for done, _ in pairs) / 2**30, 2),
        "loans_a_second": round(loans / seconds),
        "floor_seconds": round(statistics.median(alone for _, alone in pairs), 2),
        "ratio": round(statistics.median(done.seconds / alone for done, alone in pairs), 2),
    }


def main() -> None:
    """Measure each size, print, and keep the figures in bench/out/growth.json as they come."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sizes", default="10000,100000,1000000,10000000")
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--workers", type=int, default=2)
    options = asked.parse_args()
    OUT.mkdir(exist_ok=True)
    found: list[dict[str, float]] = []
    for loans in map(int, options.sizes.split(",")):
        found.append(measure(loans, options.runs, options.workers))
        (OUT / "growth.json").write_text(json.dumps(found, indent=1) + "\n")
        print("  ".join(f"{name} {value:,}" for name, value in found[-1].items()), flush=True)
    if len(found) > 2:
        print(f"a loan of the last size costs {dearer(found[-2:]):+.1%} of the size before", end="")
        print(f", {dearer(found[-2:], found[0]):+.1%} without the start   goal within {GOALS['linear_within']:.0%}")


def dearer(sizes: list[dict[str, float]], start: dict[str, float] | None = None) -> float:
    """By how much a loan of the second size costs more than one of the first, without the seconds of `start`."""
    spared = start["night_seconds"] if start else 0.0
    before, last = ((each["night_seconds"] - spared) / each["loans"] for each in sizes)
    return last / before - 1


if __name__ == "__main__":
    main()
