"""Nobody is locked out at night: how long pages and deeds take while a night runs and its work is adopted.

    python bench/desk_at_night.py [--loans 1000000] [--officers 10] [--minutes 3] [--database sqlite postgres]

Officers work at the desk of the day before, on `postloan serve`, first with nothing else on the machine, then while
`postloan night` computes and publishes the next day, and on while `postloan adopt` takes it over. They open lists,
loans and the cockpit, note work as done, take cases and put them back, and whatever else `officer_days.py` has them do;
they think for a second or three after each page. What pages and deeds take is held against the same with no night.

No request may fail, and each deed that an officer was told is done must stand in the audit chain once. SQLite, the
database that a desk begins with, has one lock for all who write: there a write waits for each part of the adoption.
"""

import argparse
import json
import shutil
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import book
from browsing import POSTLOAN, Answer, Browser, by_kind, database, p, refused, served, together
from night import OUT, prepare, run
from officer_days import day_of, open_officers
from officers import GOALS, last_entry, proved

PAUSE = (1.0, 3.0)
BEFORE = book.ON - timedelta(days=1)


def forget(home: Path) -> None:
    """Take the published day away again, and what its night left, so that it is computed anew."""
    from postloan.snapshot.publish import pointer_file, snapshot_folder
    from postloan.snapshot.read import published_run

    shutil.rmtree(home / "nights", ignore_errors=True)
    run_id = published_run(home, book.ON)
    if run_id:
        pointer_file(home, book.ON).unlink()
        shutil.rmtree(snapshot_folder(home, run_id))


def the_day_before(home: Path, workers: int) -> None:
    """Publish the day before, once, and nothing after it."""
    from postloan.snapshot.read import published_run

    forget(home)
    if published_run(home, BEFORE) is None:
        run([POSTLOAN, "night", str(BEFORE), "--home", str(home), "--workers", str(workers)])


def the_night(home: Path, workers: int) -> dict[str, tuple[float, float]]:
    """Compute the night and adopt it, as a bank's scheduler does; when each began and ended."""
    told = {}
    for name, words in (("night", ["night", str(book.ON), "--workers", str(workers)]), ("adopt", ["adopt"])):
        begun = time.time()
        subprocess.run([POSTLOAN, *words, "--home", str(home)], check=True, stdout=subprocess.DEVNULL)
        told[name] = (begun, time.time())
        print(f"  {name}: {told[name][1] - begun:.0f} s", flush=True)
    return told


def measured(home: Path, options: argparse.Namespace, kind: str) -> dict[str, float]:
    """Let officers work, first alone, then beside a night and its adoption; print the table and return its figures."""
    log = OUT / "desk_at_night.log"
    the_day_before(home, options.workers)
    with database(kind):
        from postloan.site import serving

        serving.set_up(home)
        begun = time.perf_counter()
        serving.adopt(home, BEFORE)
        print(f"{kind}: the day before adopted in {time.perf_counter() - begun:.0f} s", flush=True)
        people, after = open_officers(home, options.officers), last_entry()
        with served(home, options.processes, log) as port:
            browsers = [Browser(port, username) for username, _role in people]
            spans = {"alone": work(browsers, people, time.time() + options.minutes * 60)}
            told: dict[str, tuple[float, float]] = {}
            night = threading.Thread(target=lambda: told.update(the_night(home, options.workers)))
            night.start()
            while night.is_alive():
                work(browsers, people, time.time() + 10)
            spans |= told
        proof = proved(browsers, log, after)
    answers = [each for browser in browsers for each in browser.answers]
    parts = {name: [each for each in answers if begins <= each.at < ends] for name, (begins, ends) in spans.items()}
    if set(parts) != {"alone", "night", "adopt"}:
        raise SystemExit("the night or its adoption failed")
    seconds = {f"{name}_seconds": round(ends - begins, 1) for name, (begins, ends) in told.items()}
    return {f"{kind}_{name}": value for name, value in (table(kind, parts) | seconds | proof).items()}


def work(browsers: list[Browser], people: list[tuple[str, str]], until: float) -> tuple[float, float]:
    """Let all officers work until then; when they began and ended."""
    begun = time.time()
    together(browsers, [day_of(role, int(until) + at, until, PAUSE) for at, (_name, role) in enumerate(people)])
    return begun, time.time()


def table(kind: str, parts: dict[str, list[Answer]]) -> dict[str, float]:
    """Print 95th percentiles by page and part; what all that is read and written took, over the same alone."""
    print(f"\n### {kind}: p95 in ms, and over the same alone\n")
    print("| page | answers | alone | night | over alone | adoption | over alone | longest |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    figures: dict[str, float] = {}
    groups: dict[str, dict[str, list[float]]] = {name: by_kind(answers) for name, answers in parts.items()}
    for name, answers in parts.items():
        groups[name]["read"] = [each.ms for each in answers if not each.kind.startswith(("write", "login"))]
        groups[name]["written"] = [each.ms for each in answers if each.kind.startswith("write")]
        figures |= {f"{name}_failed": refused(answers, conflicts=False), f"{name}_answers": len(answers)}
    for page in sorted(set().union(*groups.values()), key=lambda each: (each in {"read", "written"}, each)):
        ms = {name: held.get(page, []) for name, held in groups.items()}
        over = {name: p(ms[name], 95) / p(ms["alone"], 95) if ms["alone"] and ms[name] else 0 for name in ms}
        longest = max((max(each, default=0) for each in ms.values()), default=0)
        print(f"| {page} | {sum(map(len, ms.values())):,} | {p(ms['alone'], 95):,} | {p(ms['night'], 95):,} "
              f"| {over['night']:.1f} | {p(ms['adopt'], 95):,} | {over['adopt']:.1f} | {longest:,.0f} |")  # fmt: skip
        if page in {"read", "written"}:
            figures |= {f"{page}_{name}_p95_ms": p(each, 95) for name, each in ms.items()}
            figures |= {f"{page}_{name}_over_alone": round(over[name], 2) for name in ("night", "adopt")}
            figures[f"{page}_longest_ms"] = round(longest)
    return figures


def main() -> int:
    """Measure, print, keep the figures in bench/out/desk_at_night.json, and say whether nobody was locked out."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--loans", type=int, default=1_000_000)
    asked.add_argument("--officers", type=int, default=10)
    asked.add_argument("--minutes", type=float, default=3.0, help="of work with no night running")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--shards", type=int, default=10)
    asked.add_argument("--database", nargs="+", choices=["sqlite", "postgres"], default=["sqlite", "postgres"])
    asked.add_argument("--part", choices=["sqlite", "postgres"], help="measure on this one and keep its figures apart")
    options = asked.parse_args()
    if options.part:
        home = OUT / f"book-{options.loans}-{options.shards}"
        (OUT / f"night-{options.part}.json").write_text(json.dumps(measured(home, options, options.part)))
        return 0
    prepare(options.loans, options.shards)
    figures: dict[str, float] = {"loans": options.loans, "officers": options.officers}
    for kind in options.database:
        # Each in a process of its own: the desk is bound to one database.
        subprocess.run([sys.executable, *sys.argv, "--part", kind], check=True)
        figures |= json.loads((OUT / f"night-{kind}.json").read_text())
    (OUT / "desk_at_night.json").write_text(json.dumps(figures, indent=1) + "\n")
    return int(any(figures[f"{kind}_{name}"] > goal for kind in options.database for name, goal in GOALS.items()))


if __name__ == "__main__":
    sys.exit(main())
