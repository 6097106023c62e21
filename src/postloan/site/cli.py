"""`postloan`: load feeds, compute nights, read reports, ask why.

Heavy rooms are imported inside the commands, so that help and refusals come at once.
"""
# ruff: noqa: FBT002, PLC0415 - options are flags by nature; imports inside commands keep the start short

import atexit
import gc
import os
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from postloan.site import cli_desk, cli_exposures, cli_model, cli_outbox, cli_reshard
from postloan.site.cli_desk import Host, Port
from postloan.site.door import REFUSED, SOME_QUARANTINED, Door
from postloan.site.engines import Engine, EngineAsked, Master, engine_pool
from postloan.site.options import (
    HOME,
    SAY,
    AsJson,
    Filed,
    Home,
    KnownOn,
    LawOf,
    On,
    VersionAsked,
    Workers,
    a_day,
    count,
    terminal_of,
)
from postloan.site.terminal import open_terminal
from postloan.site.words import Words, language_of

app = typer.Typer(
    cls=Door, help=SAY("help.app"), no_args_is_help=True, rich_markup_mode=None, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip


class Kind(Enum):
    """The reports."""

    TIERS = "tiers"
    OVERDUE = "overdue"
    MIGRATION = "migration"
    PROVISIONS = "provisions"
    LOSSES = "losses"
    ALLOWANCE = "allowance"
    STRESS = "stress"
    RATES = "rates"
    JOURNAL = "journal"
    BREAKS = "breaks"
    INSTRUCTIONS = "instructions"
    CLOCKS = "clocks"
    ROLLS = "rolls"
    VINTAGES = "vintages"
    BRIDGE = "bridge"
    DEBTORS = "debtors"
    PORTFOLIO = "portfolio"
    EXPOSURES = "exposures"
    G11 = "g11"
    G12 = "g12"
    TIEOUT = "tieout"
    GROUPS = "groups"
    CORRECTIONS = "corrections"


class Group(Enum):
    """What a report is grouped by."""

    ORG = "org"
    OFFICE = "office"
    PRODUCT = "product"
    INDUSTRY = "industry"
    REGION = "region"


class Form(Enum):
    """The forms in which a report is given."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


class Every(Enum):
    """Which published days are replayed."""

    MONTH_END = "month-end"


class PlainForm(Enum):
    """The forms in which a schedule is given."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"postloan {version('postloan')}")
        raise typer.Exit


@app.callback()
def _begin(
    ctx: typer.Context,
    lang: Annotated[str | None, typer.Option("--lang", help=SAY("help.lang"), metavar="zh|en")] = None,
    debug: Annotated[bool, typer.Option("--debug", help=SAY("help.debug"))] = False,
    version: Annotated[  # noqa: ARG001 - its callback has done the work
        bool, typer.Option("--version", help=SAY("help.version"), is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    if lang not in {None, "zh", "en"}:
        raise typer.BadParameter("zh | en", param_hint="--lang")
    words = Words(language_of([f"--lang={lang}"] if lang else [], os.environ))
    ctx.obj = open_terminal(words, debug=debug)


@app.command(help=SAY("help.load"))
def load(
    ctx: typer.Context,
    feed_dir: Annotated[Path, typer.Argument(metavar="FEED_DIR", help=SAY("help.feed_dir"))],
    home: Home = HOME,
    shards: Annotated[int, typer.Option("--shards", help=SAY("help.shards"))] = 8,
    correct: Annotated[bool, typer.Option("--correct", help=SAY("help.correct"))] = False,
    as_json: AsJson = False,
) -> None:
    """Load feed days; exit 3 where rows went to quarantine."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site import loading

    if loading.load(home, feed_dir, terminal, shards=shards, correct=correct):
        raise typer.Exit(SOME_QUARANTINED)


@app.command(help=SAY("help.night"))
def night(
    ctx: typer.Context,
    on: Annotated[date, typer.Argument(metavar="DATE", parser=a_day, help=SAY("help.day"))],
    home: Home = HOME,
    workers: Workers = None,
    engine: EngineAsked = Engine.LOCAL,
    master: Master = None,
    known_on: KnownOn = None,
    law_of: LawOf = None,
    as_json: AsJson = False,
) -> None:
    """Compute and publish one business date."""
    terminal = terminal_of(ctx, as_json=as_json)
    with engine_pool(engine, master, workers) as pool:
        from postloan.site.nights import publish_nights, said_night

        published = publish_nights(home, [on], terminal, pool=pool, known_on=known_on, law_of=law_of)
    if as_json:
        terminal.print_json(said_night(published[0]))


@app.command(help=SAY("help.nights"))
def nights(
    ctx: typer.Context,
    first: Annotated[date, typer.Argument(metavar="FROM", parser=a_day, help=SAY("help.first"))],
    last: Annotated[date, typer.Argument(metavar="TO", parser=a_day, help=SAY("help.last"))],
    home: Home = HOME,
    month_ends: Annotated[bool, typer.Option("--month-ends", help=SAY("help.month_ends"))] = False,
    workers: Workers = None,
    engine: EngineAsked = Engine.LOCAL,
    master: Master = None,
    known_on: KnownOn = None,
    law_of: LawOf = None,
    as_json: AsJson = False,
) -> None:
    """Compute and publish several business dates."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.days import days_between

    asked = days_between(first, last, month_ends=month_ends)
    with engine_pool(engine, master, workers) as pool:
        from postloan.site.nights import publish_nights, said_night

        published = publish_nights(home, asked, terminal, pool=pool, known_on=known_on, law_of=law_of)
    if as_json:
        terminal.print_json([said_night(each) for each in published])


@app.command(help=SAY("help.report"))
def report(
    ctx: typer.Context,
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help=SAY("help.kind"))],
    home: Home = HOME,
    on: On = None,
    from_on: Annotated[date | None, typer.Option("--from", parser=a_day, metavar="DATE", help=SAY("help.from"))] = None,
    by: Annotated[Group | None, typer.Option("--by", help=SAY("help.by"))] = None,
    form: Annotated[Form, typer.Option("--format", help=SAY("help.format"))] = Form.TABLE,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help=SAY("help.out"))] = None,
    version: VersionAsked = None,
    filed: Filed = False,
    of: Annotated[str | None, typer.Option("--of", metavar="VERSION", help=SAY("help.of"))] = None,
    against: Annotated[str | None, typer.Option("--against", metavar="VERSION", help=SAY("help.against"))] = None,
) -> None:
    """Give a report of published days; exit 1 where a check of the report does not hold."""
    terminal = terminal_of(ctx, as_json=form is Form.JSON)
    from postloan.desk.report.ask import ask_report
    from postloan.site.reporting import day_asked, give_report, run_asked, say_failed

    day = day_asked(home, on, version=version, filed=filed, of=of)
    run = run_asked(home, on, against)
    asked = ask_report(home, kind.value, on=day, from_on=from_on, by=by.value if by else None, against=run)
    give_report(asked, form.value, out, terminal)
    if say_failed(asked, terminal):
        raise typer.Exit(REFUSED)


@app.command(help=SAY("help.replay"))
def replay(
    ctx: typer.Context,
    rulebook: Annotated[Path, typer.Option("--rulebook", metavar="DIR", help=SAY("help.rulebook"))],
    first: Annotated[date, typer.Option("--from", parser=a_day, metavar="DATE", help=SAY("help.replay_from"))],
    last: Annotated[date, typer.Option("--to", parser=a_day, metavar="DATE", help=SAY("help.replay_to"))],
    home: Home = HOME,
    every: Annotated[Every | None, typer.Option("--every", help=SAY("help.every"))] = None,
    form: Annotated[Form, typer.Option("--format", help=SAY("help.replay_format"))] = Form.TABLE,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help=SAY("help.out"))] = None,
    workers: Workers = None,
    engine: EngineAsked = Engine.LOCAL,
    master: Master = None,
) -> None:
    """Replay published days under another rulebook."""
    terminal = terminal_of(ctx, as_json=form is Form.JSON)
    with engine_pool(engine, master, workers) as pool:
        from postloan.site.replay_screen import show_replay

        show_replay(
            home, rulebook, first, last, terminal,
            month_ends=every is Every.MONTH_END, form=form.value, out=out, pool=pool,
        )  # fmt: skip


@app.command(help=SAY("help.close"))
def close(
    ctx: typer.Context,
    on: Annotated[date, typer.Argument(metavar="DATE", parser=a_day, help=SAY("help.day"))],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help=SAY("help.by_name"))],
    home: Home = HOME,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help=SAY("help.note"))] = None,
    as_json: AsJson = False,
) -> None:
    """Close a published day."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.closing_screen import close_day

    close_day(home, on, by, note, terminal)


@app.command(help=SAY("help.closings"))
def closings(
    ctx: typer.Context,
    home: Home = HOME,
    on: Annotated[date | None, typer.Option("--on", parser=a_day, metavar="DATE", help=SAY("help.closings_on"))] = None,
    verify: Annotated[bool, typer.Option("--verify", help=SAY("help.verify"))] = False,
    as_json: AsJson = False,
) -> None:
    """List closings, or verify them."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.closing_screen import show_closings, show_verified

    if verify:
        show_verified(home, terminal)
    else:
        show_closings(home, on, terminal)


@app.command(help=SAY("help.days"))
def days(ctx: typer.Context, home: Home = HOME, on: On = None, as_json: AsJson = False) -> None:
    """List published days, or the versions of one."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.days_screen import show_days, show_versions

    if on is None:
        show_days(home, terminal)
    else:
        show_versions(home, on, terminal)


@app.command(help=SAY("help.why"))
def why(
    ctx: typer.Context,
    loan_id: Annotated[str, typer.Argument(metavar="LOAN_ID", help=SAY("help.loan_id"))],
    home: Home = HOME,
    on: On = None,
    version: VersionAsked = None,
    filed: Filed = False,
) -> None:
    """Show why a loan has its tier."""
    terminal = terminal_of(ctx, as_json=False)
    from postloan.desk.report.ask import last_published
    from postloan.site.reporting import day_asked
    from postloan.site.why_screen import show_why

    day = day_asked(home, on, version=version, filed=filed) or last_published(home)
    show_why(home, loan_id, day, terminal.words.language, terminal.out)


@app.command(help=SAY("help.quote"))
def quote(
    ctx: typer.Context,
    loan_id: Annotated[str, typer.Argument(metavar="LOAN_ID", help=SAY("help.loan_id"))],
    home: Home = HOME,
    on: On = None,
    prepay: Annotated[str | None, typer.Option("--prepay", metavar="AMOUNT", help=SAY("help.prepay"))] = None,
    as_json: AsJson = False,
) -> None:
    """Quote a payoff and a prepayment."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.desk.report.ask import last_published
    from postloan.site.quote_screen import show_quote

    show_quote(home, loan_id, on or last_published(home), prepay, terminal)


@app.command(help=SAY("help.schedule"))
def schedule(
    ctx: typer.Context,
    terms: Annotated[Path, typer.Argument(metavar="TERMS.json", help=SAY("help.terms"))],
    home: Home = HOME,
    form: Annotated[PlainForm, typer.Option("--format", help=SAY("help.schedule_format"))] = PlainForm.TABLE,
) -> None:
    """Print a schedule from terms."""
    terminal = terminal_of(ctx, as_json=form is PlainForm.JSON)
    from postloan.site.schedule_screen import show_schedule

    show_schedule(home, terms, form.value, terminal)


@app.command(help=SAY("help.rules"))
def rules(
    ctx: typer.Context,
    home: Home = HOME,
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help=SAY("help.unconfirmed"))] = False,
    on: Annotated[date | None, typer.Option("--on", parser=a_day, metavar="DATE", help=SAY("help.rules_on"))] = None,
    as_json: AsJson = False,
) -> None:
    """List rules in force, or figures nobody has confirmed."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site.rules_screen import show_rules, show_unconfirmed

    show = show_unconfirmed if unconfirmed else show_rules
    show(home, on or date.today(), terminal)  # noqa: DTZ011 - today where the bank is


@app.command(help=SAY("help.demo"))
def demo(
    ctx: typer.Context,
    home: Home = Path("demo-home"),
    loans: Annotated[int, typer.Option("--loans", help=SAY("help.loans"))] = 20_000,
    months: Annotated[int, typer.Option("--months", help=SAY("help.months"))] = 24,
    seed: Annotated[int, typer.Option("--seed", help=SAY("help.seed"))] = 1,
    workers: Workers = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help=SAY("help.no_serve"))] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Build the demo bank, show its tiers, and open its desk."""
    terminal = terminal_of(ctx, as_json=False)
    from postloan.site.demo_walk import DemoBank, build_demo

    build_demo(home, DemoBank(loans, months, seed), terminal, workers=count(workers))
    if not no_serve:
        cli_desk.serve_demo(home, terminal, host, port)


cli_desk.join(app)
cli_exposures.join(app)
cli_model.join(app)
cli_outbox.join(app)
cli_reshard.join(app)


def main() -> None:
    """Run the command line."""
    # What is left at the end goes back with the process: nobody needs to look through it for rubbish first.
    atexit.register(gc.freeze)
    app(prog_name="postloan")
