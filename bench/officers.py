"""How the desk bears fifty officers at once, on PostgreSQL: answers a second, how long they take, and nothing lost.

    python bench/officers.py [--officers 50] [--minutes 10] [--loans 20000] [--processes 2]

The server is `postloan serve` on the loopback, on a PostgreSQL of this run alone. Officers of six roles log in, open
their work, lists with filters, loans, why they are in their tier and the cockpit, and write: they note work as done,
take cases and put them back, submit reports and accept them, propose freezes and approve them. First they think for
some seconds after each page, as people do; then, for a tenth of the time, they do not, and the desk gives what it can.

Each deed of which an officer was told that it is done must stand in the audit chain once, and no other; the chain must
hold. The floor is the server's own sign of life, asked for all the while: a page that does nothing. Stops by itself;
exits with 1 where a request failed, or a deed was lost or doubled.
"""

import argparse
import json
import re
import sys
import threading
import time
from pathlib import Path

from browsing import (
    POSTLOAN,
    Answer,
    Browser,
    audit_compared,
    by_kind,
    database,
    p,
    refused,
    served,
    together,
)
from night import OUT, run
from officer_days import day_of, open_officers

GOALS = {"failed": 0, "lost": 0, "doubled": 0, "chain_faults": 0, "lock_errors": 0}
PAUSES = {"thinking": (2.0, 6.0), "flat out": (0.0, 0.0)}
_FLAT_OUT_SHARE = 0.1
_WRONG = re.compile(r"Traceback|deadlock|is locked|OperationalError|could not serialize", re.I)


def bank(loans: int) -> Path:
    """The home of a demo bank of so many loans and four month-ends, made once."""
    home = OUT / f"bank-{loans}"
    print(f"the demo bank of {loans:,} loans", flush=True)
    run([POSTLOAN, "demo", "--home", str(home), "--loans", str(loans), "--months", "4", "--no-serve"])
    return home


def open_desk(home: Path) -> None:
    """Open the demo bank's desk with its staff and its work in the database of this run."""
    from postloan.site import serving

    serving.set_up(home)
    from postloan.site.demo_desk import open_demo_desk

    begun = time.perf_counter()
    open_demo_desk(home)
    print(f"its desk is open after {time.perf_counter() - begun:.0f} s", flush=True)


def part(
    browsers: list[Browser], roles: list[str], port: int, minutes: float, pause: tuple[float, float]
) -> tuple[list[Answer], list[Answer], float]:
    """Let all officers work for so long; what they were answered, what the floor was, and the seconds it took."""
    begun, seconds = time.time(), minutes * 60
    until = begun + seconds
    before = {browser.username: len(browser.answers) for browser in browsers}
    watcher, stop = Browser(port, "nobody"), threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
            watcher.get("/health/", "floor")

    watching = threading.Thread(target=watch)
    watching.start()
    seed = round(pause[1])
    together(browsers, [day_of(role, seed * 1000 + at, until, pause) for at, role in enumerate(roles)])
    stop.set()
    watching.join()
    answers = [each for browser in browsers for each in browser.answers[before[browser.username] :]]
    return answers, watcher.answers, time.time() - begun


def told_of_part(name: str, answers: list[Answer], floor: list[Answer], seconds: float) -> dict[str, float]:
    """Print a part's table, and return its figures."""
    least = p([each.ms for each in floor], 95)
    print(f"\n### {name}: {len(answers):,} answers in {seconds:.0f} s, {len(answers) / seconds:.1f} a second\n")
    print("| page | answers | p50 ms | p95 ms | p99 ms | p95 over floor |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    figures: dict[str, float] = {"answers": len(answers), "answers_a_second": round(len(answers) / seconds, 1)}
    kinds = by_kind(answers) | {
        "all that is read": [each.ms for each in answers if not each.kind.startswith(("write", "login"))],
        "all that is written": [each.ms for each in answers if each.kind.startswith("write")],
        "floor": [each.ms for each in floor],
    }
    for kind, ms in kinds.items():
        figures |= {f"{kind} p{at} ms": p(ms, at) for at in (50, 95, 99)}
        over = f"{p(ms, 95) / least:.1f}" if least else ""
        print(f"| {kind} | {len(ms):,} | {p(ms, 50):,} | {p(ms, 95):,} | {p(ms, 99):,} | {over} |")
    figures["failed"] = refused(answers, conflicts=False)
    figures["somebody was quicker"] = refused(answers, conflicts=True)
    named = re.compile(r"\W+")
    return {f"{named.sub('_', name)}_{named.sub('_', key)}": value for key, value in figures.items()}


def last_entry() -> int:
    """The number of the last entry of the audit chain."""
    from postloan.desk.core.audit import head_of_chain

    return head_of_chain()[0]


def proved(browsers: list[Browser], log: Path, after: int) -> dict[str, int]:
    """What came of all that was told, by the audit chain from an entry on and by the server's log."""
    from postloan.desk.core.audit import faults_of_chain

    told, lost, doubled = audit_compared(
        [deed for browser in browsers for deed in browser.told], [browser.username for browser in browsers], after
    )
    wrong = [line for line in log.read_text(errors="replace").splitlines() if _WRONG.search(line)]
    failed = sum(refused(browser.answers, conflicts=False) for browser in browsers)
    for line in [*(fault for browser in browsers for fault in browser.faults), *wrong][:20]:
        print(f"  ! {line[:300]}")
    return {
        "failed": failed, "deeds_told": told, "lost": lost, "doubled": doubled,
        "chain_faults": sum(1 for _ in faults_of_chain()), "lock_errors": len(wrong),
    }  # fmt: skip


def main() -> int:
    """Measure, print, keep the figures in bench/out/officers.json, and say whether all holds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--officers", type=int, default=50)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--loans", type=int, default=20_000)
    asked.add_argument("--processes", type=int, default=2)
    options = asked.parse_args()
    home, log = bank(options.loans), OUT / "officers.log"
    figures: dict[str, float] = {name: getattr(options, name) for name in ("officers", "minutes", "loans", "processes")}
    with database("postgres"):
        open_desk(home)
        people = open_officers(home, options.officers)
        after = last_entry()
        with served(home, options.processes, log) as port:
            browsers = [Browser(port, username) for username, _role in people]
            for name, pause in PAUSES.items():
                share = _FLAT_OUT_SHARE if name == "flat out" else 1 - _FLAT_OUT_SHARE
                minutes = options.minutes * share
                print(f"{len(people)} officers for {minutes:g} minutes, {name}", flush=True)
                roles = [role for _username, role in people]
                figures |= told_of_part(name, *part(browsers, roles, port, minutes, pause))
            proof = proved(browsers, log, after)
    figures |= proof
    (OUT / "officers.json").write_text(json.dumps(figures, indent=1) + "\n")
    print()
    for name, value in proof.items():
        print(f"{name:16} {value:>8,}" + (f"   goal {GOALS[name]}" if name in GOALS else ""))
    return int(any(proof[name] > goal for name, goal in GOALS.items()))


if __name__ == "__main__":
    sys.exit(main())
