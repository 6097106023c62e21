"""How fast a night is: loans a second, peak memory, and its time over that of reading and writing alone.

    python bench/night.py [--loans 1000000] [--runs 3] [--workers 2] [--shards 10]

Night and floor are whole programs, run in turn, so that a machine that slows down slows both.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import book
from postloan.intake.load import load_feeds

OUT = Path(__file__).parent / "out"
GOALS = {"loans_a_second": 200_000, "ratio": 2.5, "peak_gib": 4.0}


@dataclass(frozen=True)
class Run:
    """One run of a program: its wall seconds, its processes' largest sum of resident memory, what it printed."""

    seconds: float
    peak_bytes: int
    printed: str


def prepare(loans: int, shards: int) -> Path:
    """Write and load the book of this size, once."""
    home = OUT / f"book-{loans}-{shards}"
    if (home / "facts" / "loads" / "000001.json").exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    day = book.write_book(home / "feeds", loans)
    begun = time.perf_counter()
    load_feeds(home, day, shards=shards)
    print(f"loaded {loans:,} loans in {time.perf_counter() - begun:.0f} s")
    return home


def run(command: list[str]) -> Run:
    """Run a program to its end, watching the memory of it and its children."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            peak[0] = max(peak[0], _resident_bytes(process.pid))

    # One that is stopped must not stay for its watcher.
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    printed = process.communicate()[0]
    seconds = time.perf_counter() - begun
    stop.set()
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(seconds, peak[0], printed)


def _resident_bytes(pid: int) -> int:
    """Sum the resident memory of a process and its descendants; Linux only."""
    total = 0
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        try:
            status = Path(f"/proc/{each}/statm").read_text()
            children = Path(f"/proc/{each}/task/{each}/children").read_text()
        except OSError:
            continue
        total += int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")
        waiting += [int(child) for child in children.split()]
    return total


def night(home: Path, workers: int) -> Run:
    """Compute and publish the night from loaded feeds, with nothing of it there before."""
    shutil.rmtree(home / "snapshots", ignore_errors=True)
    shutil.rmtree(home / "nights", ignore_errors=True)
    command = [str(Path(sys.executable).with_name("postloan")), "night", book.ON.isoformat()]
    return run([*command, "--home", str(home), "--workers", str(workers)])


def floor(home: Path, workers: int) -> float:
    """Return the seconds of the floor program, less what it spent on having something to write."""
    program = Path(__file__).with_name("floor.py")
    done = run([sys.executable, str(program), str(home), book.ON.isoformat(), str(workers)])
    return done.seconds - float(done.printed)


def main() -> None:
    """Measure, print, and keep the figures in bench/out/night.json."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--loans", type=int, default=1_000_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--shards", type=int, default=10)
    options = asked.parse_args()
    home = prepare(options.loans, options.shards)
    night(home, options.workers)  # compiles the kernels and warms the disk
    pairs = [(night(home, options.workers), floor(home, options.workers)) for _ in range(options.runs)]
    seconds = statistics.median(done.seconds for done, _ in pairs)
    figures = {
        "loans": options.loans,
        "instalments": options.loans * 36,
        "payments": options.loans * 24,
        "workers": options.workers,
        "night_seconds": round(seconds, 2),
        "floor_seconds": round(statistics.median(alone for _, alone in pairs), 2),
        "loans_a_second": round(options.loans / seconds),
        "ratio": round(statistics.median(done.seconds / alone for done, alone in pairs), 2),
        "peak_gib": round(max(done.peak_bytes for done, _ in pairs) / 2**30, 2),
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "night.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        goal = f"   goal {GOALS[name]:,}" if name in GOALS else ""
        print(f"{name:16} {value:>12,}{goal}")


if __name__ == "__main__":
    main()
