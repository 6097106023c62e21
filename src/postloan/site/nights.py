"""`postloan night` and `postloan nights`: business dates into published snapshots, a line a night."""

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import date, datetime
from pathlib import Path

from postloan.desk.core.figures import decimal_money, decimal_share, money_units, said_money, said_percent
from postloan.desk.report.form import share_e8
from postloan.night.run import Published, run_nights
from postloan.site.terminal import Terminal
from postloan.tables.units import NON_PERFORMING

_RUN_SHOWN = 8


def publish_nights(
    home: Path,
    days: Sequence[date],
    terminal: Terminal,
    *,
    pool: Executor | None,
    known_on: date | None = None,
    law_of: date | None = None,
) -> list[Published]:
    """Compute and publish nights, and print a line for each as it is done."""
    published = []
    with terminal.progress() as tell:

        def tell_shards(on: date, done: int, total: int) -> None:
            tell(terminal.words("night.progress", day=on), done, total)

        began = time.perf_counter()
        nights = run_nights(home, days, known_on=known_on, law_of=law_of, pool=pool, tell=tell_shards, clock=_now)
        for night in nights:
            published.append(night)
            if not terminal.as_json:
                terminal.print_line(_line(night, time.perf_counter() - began, terminal))
            began = time.perf_counter()
    return published


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def said_night(night: Published) -> dict[str, object]:
    """Say a night as JSON."""
    loans, cents, npl_e8 = _totals(night)
    return {
        "on": night.on.isoformat(),
        "run_id": night.run_id,
        "already_published": night.was_there,
        "version": night.version,
        "loans": loans,
        "outstanding": decimal_money(cents),
        "npl_ratio": None if npl_e8 is None else decimal_share(npl_e8),
        "currency": night.manifest["currency"],
        "checks": night.manifest["checks"],
    }


def _line(night: Published, seconds: float, terminal: Terminal) -> str:
    words = terminal.words
    loans, cents, npl_e8 = _totals(night)
    unit = money_units(night.manifest["currency"], words.language)[0]
    state = words("night.was_there") if night.was_there else words("night.took", seconds=f"{seconds:.1f}")
    return words(
        "night.line",
        day=night.on,
        run=night.run_id[:_RUN_SHOWN],
        loans=f"{loans:,}",
        balance=said_money(cents, unit),
        unit=unit.name,
        npl=said_percent(npl_e8),
        checks=sum(check["passed"] for check in night.manifest["checks"]),
        state=words("night.version", state=state, version=night.version) if night.version > 1 else state,
    )


def _totals(night: Published) -> tuple[int, int, int | None]:
    tiers = night.manifest["totals"]["tiers"]
    cents = sum(tier["cents"] for tier in tiers.values())
    npl_cents = sum(tiers[tier]["cents"] for tier in NON_PERFORMING)
    return sum(tier["loans"] for tier in tiers.values()), cents, share_e8(npl_cents, cents)
