"""`postloan replay`: published days under another rulebook, on screen or in a file."""

from concurrent.futures import Executor
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.form import Report
from postloan.desk.report.replay import replay_report
from postloan.errors import NothingPublished, RequestWrong
from postloan.night.replay import Replay, replay, rulebook_to_try
from postloan.plan.month_ends import is_month_end
from postloan.plan.published_day import published_day
from postloan.plan.replay import changed_rules, is_replayed
from postloan.rules.rulebook import Rulebook, load_rulebook
from postloan.site.reporting import check_form, give_report
from postloan.site.terminal import Terminal
from postloan.snapshot.read import published_days

_XLSX_ROWS_MOST = 1_000_000
"""A sheet of a workbook holds little more."""


def show_replay(
    home: Path,
    rulebook: Path,
    first: date,
    last: date,
    terminal: Terminal,
    *,
    month_ends: bool,
    form: str,
    out: Path | None,
    pool: Executor | None,
) -> None:
    """Replay the published days from first to last, and give the difference in a form."""
    check_form(form, out)
    days = _days(home, first, last, month_ends=month_ends)
    own, (tried, of_law) = load_rulebook(home), rulebook_to_try(rulebook)
    with terminal.progress() as tell:
        replayed = replay(
            home, rulebook, days, pool=pool,
            tell=lambda done, total: tell(terminal.words("replay.progress"), done, total),
        )  # fmt: skip
    if form == "xlsx" and replayed.moves.height > _XLSX_ROWS_MOST:
        raise RequestWrong(
            message=f"{replayed.moves.height:,} rows of loans that move are more than a sheet of a workbook holds.",
            hint="Take --format csv, or fewer days.",
        )
    report = _report(home, days[-1], replayed, form)
    screen = terminal.out if form == "table" else terminal.err
    for line in _notes(own, tried, of_law, replayed, terminal):
        screen.print(line, soft_wrap=True)
    give_report(report, form, out, terminal)


def _days(home: Path, first: date, last: date, *, month_ends: bool) -> list[date]:
    days = [on for on in published_days(home) if first <= on <= last and (not month_ends or is_month_end(on))]
    if not days:
        raise NothingPublished(
            message=f"No {'month-end' if month_ends else 'day'} from {first} to {last} is published.",
            hint=f"Compute them first: postloan nights {first} {last} --month-ends. Or give another range.",
            where={"home": home, "from": first, "to": last},
        )
    return days


def _report(home: Path, last: date, replayed: Replay, form: str) -> Report:
    facts = published_day(home, last).facts
    stated = facts.read("bank_figure", None, ["figure", "on", "value_cents"])
    booked = stated.filter(pl.col("figure") == "loan_loss_provisions").select("on", "value_cents")
    return replay_report(
        home, replayed.cells, replayed.moves, dict(booked.iter_rows()), orgs=facts.read("org", None), form=form
    )


def _notes(own: Rulebook, tried: Rulebook, of_law: tuple[str, ...], replayed: Replay, terminal: Terminal) -> list[str]:
    words, changed = terminal.words, changed_rules(own, tried)
    notes = [words("replay.differs", rules=", ".join(changed)) if changed else words("replay.same")]
    if of_law:
        notes.append(words("replay.another_law", rules=", ".join(of_law)))
    if left := [rule for rule in changed if not is_replayed(rule, own, tried)]:
        notes.append(words("replay.not_replayed", rules=", ".join(left)))
    if "upgrade" in replayed.moves["rule_now"]:
        notes.append(words("replay.no_upgrades"))
    days = replayed.cells["on"].n_unique()
    return [*notes, words("replay.quiet", days=days, loans=f"{replayed.cells['loans'].sum():,}"), ""]
