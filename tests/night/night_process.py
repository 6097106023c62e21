"""A night in a process of its own, to be killed: says `ready`, waits for a line, says each shard done, then `done`."""

import sys
from datetime import date
from pathlib import Path

from postloan.night.pool import workers_pool
from postloan.night.run import run_night


def main() -> None:
    """Arguments: the home folder, the business date, the number of workers."""
    home, on, workers = Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with workers_pool(workers) as pool:
        run_night(home, on, pool=pool, tell=say)
    sys.stdout.write("done\n")


def say(_on: date, done: int, _of: int) -> None:
    """Say how many shards are done."""
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
