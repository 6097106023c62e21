"""The command that lists who is exposed to a scenario or an event."""
# ruff: noqa: PLC0415 - imports inside commands keep the start of the others short

from pathlib import Path
from typing import Annotated

import typer

from postloan.site.options import HOME, SAY, Home, On, terminal_of

Several = list[str] | None


def join(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(help=SAY("help.exposures"))(exposures)


def exposures(
    ctx: typer.Context,
    home: Home = HOME,
    on: On = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help=SAY("help.scenario"))] = None,
    industry: Annotated[Several, typer.Option("--industry", help=SAY("help.industry"))] = None,
    region: Annotated[Several, typer.Option("--region", help=SAY("help.region"))] = None,
    debtor: Annotated[Several, typer.Option("--debtor", help=SAY("help.debtor"))] = None,
    form: Annotated[str, typer.Option("--format", help=SAY("help.format"))] = "table",
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help=SAY("help.out"))] = None,
) -> None:
    """List who is exposed to a scenario of the rulebook, or to an event of industries, regions or debtors."""
    terminal = terminal_of(ctx, as_json=form == "json")
    from postloan.desk.report.ask import last_published
    from postloan.desk.report.exposures import exposure_list
    from postloan.plan.exposures import event_asked
    from postloan.site.reporting import give_report

    day = on or last_published(home)
    event = event_asked(home, day, scenario, tuple(industry or ()), tuple(region or ()), tuple(debtor or ()))
    give_report(exposure_list(home, day, event), form, out, terminal)
