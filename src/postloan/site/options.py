"""Options that several commands have, and how they are read."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from postloan.errors import RequestWrong
from postloan.site.terminal import Terminal
from postloan.site.words import Words, language_of

SAY = Words(language_of(sys.argv[1:], os.environ))
"""Words of the help, which is written before any option is read."""


def a_day(text: str) -> date:
    """Read a day of the command line. Raises RequestWrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RequestWrong(
            message=f"{text} is not a day.", hint="Write it as 2024-03-31, year, month, day.", where={"given": text}
        ) from None


def count(workers: int | None) -> int:
    """Take the number of workers that was asked for, or one a core."""
    if workers is not None:
        return workers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def terminal_of(ctx: typer.Context, *, as_json: bool) -> Terminal:
    """The terminal of a command, told whether answers are wanted as JSON."""
    terminal: Terminal = ctx.obj
    terminal.as_json = as_json
    return terminal


Home = Annotated[Path, typer.Option("--home", envvar="POSTLOAN_HOME", help=SAY("help.home"), file_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help=SAY("help.json"))]
Workers = Annotated[int | None, typer.Option("--workers", min=0, help=SAY("help.workers"))]
KnownOn = Annotated[date | None, typer.Option("--known-on", parser=a_day, metavar="DATE", help=SAY("help.known_on"))]
LawOf = Annotated[date | None, typer.Option("--law-of", parser=a_day, metavar="DATE", help=SAY("help.law_of"))]
On = Annotated[date | None, typer.Option("--on", parser=a_day, metavar="DATE", help=SAY("help.on"))]
VersionAsked = Annotated[int | None, typer.Option("--version", min=1, metavar="N", help=SAY("help.version_of_day"))]
Filed = Annotated[bool, typer.Option("--filed", help=SAY("help.filed"))]
HOME = Path("postloan-home")
