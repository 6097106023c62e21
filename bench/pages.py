"""How fast pages are over a million loans: the 95th percentile of warm answers, against a floor in the same run.

    python bench/pages.py [--loans 1000000] [--items 20000] [--times 60] [--months 12]

Pages are asked for through the whole site but the network. The floor is one filter and sort over the same rows in
memory: a list can be no faster.

The cockpit is its page and all its parts, over so many month-ends. `cockpit_counting_ms` is what its first viewer would
pay if nothing were counted beforehand, `warming_ms` what adopting the day pays instead, `cockpit_first_ms` what the
first viewer then waits in a server that was just started, and `cockpit_ms` what whoever comes later does.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import book
import night

OUT = Path(__file__).parent / "out"
GOALS = {"list_ms": 300, "loan_ms": 150, "work_ms": 150, "cockpit_first_ms": 2000}


def p95_ms(ask: Callable[[int], None], times: int) -> float:
    """Ask some times after a warm-up, and take the 95th percentile in milliseconds."""
    ask(0)
    seconds = []
    for turn in range(times):
        begun = time.perf_counter()
        ask(turn)
        seconds.append(time.perf_counter() - begun)
    return round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1)


def once_ms(ask: Callable[[], object]) -> float:
    """Do something once, and take its milliseconds."""
    begun = time.perf_counter()
    ask()
    return round((time.perf_counter() - begun) * 1000, 1)


def publish(home: Path, months: int) -> None:
    """Compute the month-ends up to the book's day that are not published yet."""
    ends = [book.ON]
    while len(ends) < months:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    for on in sorted(ends):
        if not (home / "snapshots" / f"{on}.json").exists():
            command = [str(Path(sys.executable).with_name("postloan")), "night", on.isoformat()]
            night.run([*command, "--home", str(home), "--workers", "2"])


def cockpit(home: Path, get: Callable[[str], None], times: int) -> dict[str, float]:
    """Look at the cockpit cold, after it was counted beforehand, and warm."""
    from postloan.desk.book import narrow
    from postloan.desk.report import kept
    from postloan.desk.report.cockpit.parts import PLACES
    from postloan.desk.report.warming import day_warm

    def view(_turn: int = 0) -> None:
        for address in ("/cockpit/", *(f"/cockpit/{name}" for name in PLACES)):
            get(address)

    def forget(*folders: str) -> None:
        for each in folders:
            shutil.rmtree(home / "desk" / each, ignore_errors=True)
        kept._counted.cache_clear()
        narrow._opened.cache_clear()

    get("/health/")
    forget("reports", "narrow")
    counting = once_ms(view)
    # Last month was counted when it was new: what a night adds is the last day.
    shutil.rmtree(home / "desk" / "reports" / str(book.ON))
    forget("narrow")
    warming = once_ms(lambda: day_warm(book.ON))
    forget()
    return {
        "cockpit_counting_ms": counting, "warming_ms": warming, "cockpit_first_ms": once_ms(view),
        "cockpit_ms": p95_ms(view, max(2, times // 6)),
    }  # fmt: skip


def set_up(home: Path, items: int) -> None:
    """Open a desk on the home: one office above all others, a manager of it, and open work."""
    from postloan.desk.core.models import AdoptedDay, Org, WorkItem
    from postloan.desk.core.officers.actions import officer_open, role_give
    from postloan.rules.desk_rules import Roles, load_desk_rules
    from postloan.snapshot.read import published_run, scan_loans

    ids = scan_loans(home, book.ON).select("org_id").unique().collect()["org_id"].sort().to_list()
    head = Org.objects.create(org_id="HEAD", name="Head", level="head", path="/HEAD/")
    for each in ids:
        Org.objects.create(org_id=each, name=each, level="branch", path=f"/HEAD/{each}/", parent=head)
    AdoptedDay.objects.create(run_id=published_run(home, book.ON), on=book.ON)
    manager = officer_open(None, username="manager", name="Manager", password=None, org=head)
    roles = load_desk_rules(home).version("roles", Roles, book.ON)
    role_give(None, manager, roles.named("supervisor"), head, begins_on=book.ON, ends_on=None, reason="bench")
    chance = random.Random(1)  # noqa: S311 - only spreads the work
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                kind="contact_overdue", subject=f"debtor:{place}", title=f"Debtor {place}", page="/", state="open",
                org_id=chance.choice(ids), officer=manager if place % 20 == 0 else None, opened_on=book.ON,
                due_on=book.ON + timedelta(days=chance.randrange(-30, 30)), amount_cents=chance.randrange(10**9),
            )
            for place in range(items)
        ],
        batch_size=1000,
    )  # fmt: skip


def main() -> None:
    """Measure, print, and keep the figures in bench/out/pages.json."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--loans", type=int, default=1_000_000)
    asked.add_argument("--items", type=int, default=20_000)
    asked.add_argument("--times", type=int, default=60)
    asked.add_argument("--months", type=int, default=12)
    options = asked.parse_args()
    home = night.prepare(options.loans, 10)
    publish(home, options.months)
    (home / "desk.sqlite3").unlink(missing_ok=True)
    os.environ.setdefault("POSTLOAN_SECRET", "for this measurement only, and long enough for what it signs")
    from postloan.site import serving

    serving.set_up(home)
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    call_command("collectstatic", verbosity=0, interactive=False)

    from postloan.desk.core.models import Officer
    from postloan.snapshot.read import scan_loans

    set_up(home, options.items)
    client = Client()
    client.force_login(Officer.objects.get(username="manager"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    sample = scan_loans(home, book.ON).select("loan_id", "days_past_due", "outstanding_cents").collect()
    loans = sample["loan_id"].sample(options.times, seed=1).to_list()
    lists = (
        "/loans/?tab=overdue&sort=-outstanding_cents", "/loans/?tab=all&sort=debtor_name", "/loans/?q=11&tab=all",
        "/loans/?tab=all&balance_from=100000&sort=-matures_on&page=7", "/loans/?tab=npl",
    )  # fmt: skip

    def get(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")

    def floor(_turn: int) -> None:
        sample.filter(sample["days_past_due"] >= 0).lazy().sort("outstanding_cents", descending=True).head(20).collect()

    figures: dict[str, float] = {
        "loans": options.loans,
        "items": options.items,
        "months": options.months,
        **cockpit(home, get, options.times),
        "floor_ms": p95_ms(floor, options.times),
        "list_ms": p95_ms(lambda turn: get(lists[turn % len(lists)]), options.times),
        "loan_ms": p95_ms(lambda turn: get(f"/loans/{loans[turn]}/"), options.times),
        "work_ms": p95_ms(lambda _turn: get("/?tab=team"), options.times),
    }
    (OUT / "pages.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        goal = f"   goal {GOALS[name]:,}" if name in GOALS else ""
        print(f"{name:20} {value:>12,}{goal}")


if __name__ == "__main__":
    main()
