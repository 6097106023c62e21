"""The desk on a home folder: its schema, its static files, the adoption of published days, and the server."""

import fcntl
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from postloan.errors import NothingPublished
from postloan.snapshot.read import check_snapshot, published_days, published_run


def set_up(home: Path) -> None:
    """Bind Django to a home folder, and bring the desk's schema up to date."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ["POSTLOAN_HOME"] = str(home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postloan.site.settings")
    import django  # noqa: PLC0415 - reads the environment when it is imported
    from django.core.management import call_command  # noqa: PLC0415

    from postloan.site.catalogues import compile_catalogues  # noqa: PLC0415

    compile_catalogues()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def is_published(home: Path) -> bool:
    """Whether any day is."""
    return bool(published_days(home))


def adopt(home: Path, on: date | None, *, warns_in: Collection[str] | None = None) -> dict[str, Any]:
    """Adopt the latest published day, or the one that is named. The desk is set up.

    Raises NothingPublished, and SnapshotDamaged before anything is adopted of a day whose files do not hold.

    warns_in  the offices in which warning cases are opened, where a bank begins with some; None is all.

    What its cockpit and lists show is counted before, while people still look at the day before it: nobody waits for
    it. On the first day of a desk nobody looks yet. The models in force are watched last, their alarms are of the day;
    and what the rule studio tries rules on is reckoned.
    """
    from postloan.desk.core.days import BusinessDay  # noqa: PLC0415 - needs Django set up
    from postloan.desk.core.models import AdoptedDay  # noqa: PLC0415
    from postloan.desk.core.officers.actions import orgs_adopt  # noqa: PLC0415
    from postloan.desk.modelling.watching.actions import models_watch  # noqa: PLC0415
    from postloan.desk.report.warming import day_warm  # noqa: PLC0415
    from postloan.desk.studio.trying import day_ready as studio_ready  # noqa: PLC0415
    from postloan.desk.worklist.actions import snapshot_adopt  # noqa: PLC0415
    from postloan.plan.dossier import office_rows  # noqa: PLC0415
    from postloan.rules.desk_rules import load_desk_rules  # noqa: PLC0415

    days = published_days(home)
    day = on or (days[-1] if days else None)
    run_id = published_run(home, day) if day else None
    if day is None or run_id is None:
        raise NothingPublished(
            message=f"No snapshot is published for {on or 'any day'}.",
            hint="Compute the day first: postloan night DATE.",
            where={"home": home},
        )
    if not AdoptedDay.objects.filter(pk=run_id).exists():
        check_snapshot(home, day)
    with _in_turn(home):
        orgs_adopt(office_rows(home).to_dicts())
        is_first = not AdoptedDay.objects.exists()
        if not is_first:
            day_warm(day)
        business = BusinessDay(home, day, run_id, day)
        adopted = snapshot_adopt(business, load_desk_rules(home), warns_in=warns_in)
        if is_first:
            day_warm(day)
        models_watch(business)
        studio_ready(business)
    return {"on": day, "run_id": run_id, "opened": adopted.opened_count, "closed": adopted.closed_count}


@contextmanager
def _in_turn(home: Path) -> Iterator[None]:
    """Let one adopt at a time: a server that starts waits for a scheduler that adopts. A killed one bars nobody."""
    with (home / "adopt.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def hand_over(home: Path, on: date) -> dict[str, Any]:
    """Hand decisions, rows and rules over with a business date, load them, and give back what was refused.

    The desk is set up. Killed anywhere and run again, it ends in the same: each of its parts does nothing twice.
    Raises HandOverLate, RuleOvertaken, FeedOutOfOrder.
    """
    import polars as pl  # noqa: PLC0415 - keeps the start of other commands short

    from postloan.desk.core.decisions.actions import decisions_hand_over, decisions_refused  # noqa: PLC0415
    from postloan.desk.core.decisions.beside import tables_beside  # noqa: PLC0415
    from postloan.desk.studio.adoption.actions import rules_hand_over  # noqa: PLC0415
    from postloan.intake.load import load_feeds  # noqa: PLC0415
    from postloan.intake.records import parts_folder  # noqa: PLC0415

    handed = decisions_hand_over(on)
    rules = rules_hand_over(on)
    told = {
        "on": on, "count": handed.count, "waiting": handed.waiting, "accepted": 0, "refused": 0, "rules": rules,
    }  # fmt: skip
    if handed.folder is None:
        return told
    [report] = load_feeds(home, handed.folder)
    quarantine = pl.read_parquet(parts_folder(home, report.load) / "quarantine.parquet")
    refused_by = {"decision": decisions_refused} | {each.table: each.refused for each in tables_beside()}
    for table in report.tables:
        refused_by[table](on, quarantine.filter(pl.col("table") == table).to_dicts())
    held = report.tables.values()
    return told | {"accepted": sum(each.accepted for each in held), "refused": sum(each.quarantined for each in held)}


def serve(host: str, port: int, processes: int) -> None:
    """Gather the static files and become the server of the desk, until it is stopped. The desk is set up.

    The server starts as a program of its own: its workers are forked, and a fork of a process that used Polars hangs.
    """
    from django.core.management import call_command  # noqa: PLC0415 - keeps the start of other commands short

    from postloan.desk.core.lists.actions import exports_left_behind  # noqa: PLC0415 - needs Django set up

    call_command("collectstatic", verbosity=0, interactive=False)
    exports_left_behind()
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    options = ["--workers", str(processes), "--blocking-threads", "4", "--no-ws", "postloan.site.wsgi:application"]
    sys.stdout.flush()
    os.execv(sys.executable, [*server, *options])  # noqa: S606 - no shell, and every word is ours  # nosec B606
