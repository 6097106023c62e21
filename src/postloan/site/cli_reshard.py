"""The command that puts the facts of a home into another number of shards."""
# ruff: noqa: PLC0415 - imports inside commands keep the start of the others short

from pathlib import Path
from typing import Annotated

import typer

from postloan.site.options import HOME, SAY, Home, terminal_of


def join(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(help=SAY("help.reshard"))(reshard)


def reshard(
    ctx: typer.Context,
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help=SAY("help.into"))],
    shards: Annotated[int, typer.Option("--shards", help=SAY("help.shards_asked"))],
    home: Home = HOME,
) -> None:
    """Write the facts into a new home folder, in another number of shards."""
    terminal = terminal_of(ctx, as_json=False)
    from postloan.intake.reshard import reshard as write_anew

    with terminal.progress() as tell:
        write_anew(home, into, shards, tell=tell)
    terminal.out.print(terminal.words("reshard.done", home=home, shards=shards, into=into), soft_wrap=True)
