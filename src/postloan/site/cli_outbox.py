"""Commands of the outbox: send what is due."""
# ruff: noqa: PLC0415 - imports inside commands keep the start of the others short

from typing import Annotated

import typer

from postloan.site.options import HOME, SAY, AsJson, Home, terminal_of

outbox = typer.Typer(help=SAY("help.outbox"), no_args_is_help=True)
_STUCK = 1


def join(app: typer.Typer) -> None:
    """Add the outbox's commands to the command line."""
    app.add_typer(outbox, name="outbox")


@outbox.callback()
def of_the_outbox() -> None:
    """Messages to who owes or answers for a debt."""


@outbox.command("send", help=SAY("help.outbox_send"))
def outbox_send(
    ctx: typer.Context,
    username: Annotated[str, typer.Option("--as", metavar="USERNAME", help=SAY("help.outbox_as"))] = "outbox",
    most: Annotated[int, typer.Option("--most", min=1, help=SAY("help.outbox_most"))] = 10_000,
    home: Home = HOME,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Send the messages that are due, in the name of an account; exit 1 where any of them needs a person."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.errors import RequestWrong
    from postloan.site import serving

    serving.set_up(home)
    from postloan.desk.core.models import Officer
    from postloan.desk.outbox.models import Message
    from postloan.desk.outbox.sending.actions import messages_send

    sender = Officer.objects.filter(username=username, is_active=True).first()
    if sender is None:
        raise RequestWrong(
            message=terminal.words("outbox.nobody", officer=username),
            hint=f"postloan officer {username} --role outbox_sender", where={"as": username},
        )  # fmt: skip
    told = messages_send(sender, most=most)
    stuck = sum(told[state] for state in Message.STUCK)
    if as_json:
        terminal.print_json(dict(told))
    else:
        said = ", ".join(f"{state} {count}" for state, count in sorted(told.items())) or "-"
        terminal.out.print(terminal.words("outbox.sent", count=told["sent"], told=said), soft_wrap=True)
    if stuck:
        raise typer.Exit(_STUCK)
