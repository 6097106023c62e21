"""A closing in a process of its own, to be killed: stops at one change of a name and says so, before it or after."""

import sys
import time
from datetime import date
from pathlib import Path

from postloan.night.closing import close


def main() -> None:
    """Arguments: the home folder, the business date, which rename to stop at from 0, `before` or `after` it."""
    home, on, stop_at, when = Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    real, seen = Path.rename, []

    def rename(self: Path, target: Path) -> Path:
        seen.append(self)
        stops = len(seen) == stop_at + 1
        if stops and when == "before":
            wait()
        result = real(self, target)
        if stops and when == "after":
            wait()
        return result

    Path.rename = rename  # type: ignore[assignment,method-assign]
    close(home, on, by="killed", note="kept open", closed_at="2024-07-01T09:00:00+08:00")
    sys.stdout.write("done\n")


def wait() -> None:
    """Say that it has come so far, and wait to be killed."""
    sys.stdout.write("here\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main()
