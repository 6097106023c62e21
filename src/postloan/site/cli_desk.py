"""Commands of the desk: serve it, adopt a published day, prove the audit chain."""
# ruff: noqa: PLC0415 - imports inside commands keep the start of the others short

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from postloan.site.options import HOME, SAY, AsJson, Home, On, a_day, terminal_of
from postloan.site.terminal import Terminal

Host = Annotated[str, typer.Option("--host", help=SAY("help.host"))]
Port = Annotated[int, typer.Option("--port", help=SAY("help.port"), min=1, max=65535)]
HandOverOn = Annotated[date, typer.Option("--on", parser=a_day, metavar="DATE", help=SAY("help.hand_over_on"))]
_CHAIN_BROKEN = 1
_HEAD = r"(\d+):([0-9a-f]{64})"

audit = typer.Typer(help=SAY("help.audit"), no_args_is_help=True)
gate = typer.Typer(help=SAY("help.gate"), no_args_is_help=True)
LedgerFile = Annotated[Path, typer.Argument(metavar="FILE", help=SAY("help.gate_file"))]


def join(app: typer.Typer) -> None:
    """Add the desk's commands to the command line."""
    app.command(help=SAY("help.serve"))(serve)
    app.command(help=SAY("help.adopt"))(adopt)
    app.command(help=SAY("help.officer"))(officer)
    app.command("hand-over", help=SAY("help.hand_over"))(hand_over)
    app.command(help=SAY("help.prune"))(prune)
    app.add_typer(audit, name="audit")
    app.add_typer(gate, name="gate")


def serve(
    ctx: typer.Context,
    home: Home = HOME,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option("--processes", min=1, help=SAY("help.processes"))] = 1,
) -> None:
    """Serve the desk; the latest published day is adopted first."""
    terminal = terminal_of(ctx, as_json=False)
    from postloan.site import serving

    serving.set_up(home)
    if serving.is_published(home):
        serving.adopt(home, None)
    terminal.out.print(terminal.words("serve.at", address=f"http://{host}:{port}/"), soft_wrap=True)
    serving.serve(host, port, processes)


def adopt(ctx: typer.Context, home: Home = HOME, on: On = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Adopt a published day: open the work it gives, close the work whose cause is gone."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site import serving

    serving.set_up(home)
    adopted = serving.adopt(home, on)
    if as_json:
        terminal.print_json({name: str(value) for name, value in adopted.items()})
        return
    terminal.out.print(terminal.words("adopt.done", **adopted), soft_wrap=True)


def prune(
    ctx: typer.Context,
    home: Home = HOME,
    is_tried: Annotated[bool, typer.Option("--try", help=SAY("help.try"))] = False,  # noqa: FBT002
    no_desk: Annotated[bool, typer.Option("--no-desk", help=SAY("help.no_desk"))] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Remove published days that are kept no longer."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site import serving
    from postloan.site.pruning import pruned

    if not no_desk:
        serving.set_up(home)
    found = pruned(home, is_tried=is_tried, has_desk=not no_desk)
    if as_json:
        days = [day.isoformat() for day in found.days]
        terminal.print_json({"days": days, "runs": list(found.runs), "bytes": found.bytes, "removed": not is_tried})
        return
    said = {"days": len(found.days), "runs": len(found.runs), "size": f"{found.bytes / 2**20:,.1f}"}
    terminal.out.print(terminal.words("prune.found" if is_tried else "prune.done", **said), soft_wrap=True)


def officer(
    ctx: typer.Context,
    username: Annotated[str, typer.Argument(metavar="USERNAME", help=SAY("help.username"))],
    name: Annotated[str, typer.Option("--name", help=SAY("help.name"))],
    role: Annotated[str, typer.Option("--role", help=SAY("help.role"))] = "administrator",
    org: Annotated[str | None, typer.Option("--org", help=SAY("help.org"))] = None,
    staff_no: Annotated[str | None, typer.Option("--staff-no", help=SAY("help.staff_no"))] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="POSTLOAN_PASSWORD")
    ] = "",
    home: Home = HOME,
) -> None:
    """Open an account with a role on the bank's server: the first administrator's, whom nobody could grant anything."""
    terminal = terminal_of(ctx, as_json=False)
    from postloan.site import serving

    serving.set_up(home)
    from postloan.site.first_officer import open_first

    opened = open_first(home, username=username, name=name, role=role, org_id=org, staff_no=staff_no, password=password)
    terminal.out.print(terminal.words("officer.opened", username=opened.username, role=role), soft_wrap=True)


def hand_over(ctx: typer.Context, on: HandOverOn, home: Home = HOME, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Hand what the desk decided over with a business date, and load it; what intake refuses comes back as work."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site import serving

    serving.set_up(home)
    told = serving.hand_over(home, on)
    if as_json:
        terminal.print_json({name: str(value) for name, value in told.items()})
        return
    said = "hand_over.done" if told["count"] else "hand_over.none"
    terminal.out.print(terminal.words(said, **told), soft_wrap=True)
    if told["rules"]:
        terminal.out.print(terminal.words("hand_over.rules", **told), soft_wrap=True)
    if told["waiting"]:
        terminal.out.print(terminal.words("hand_over.waiting", **told), soft_wrap=True)
    terminal.out.print(terminal.words("hand_over.next", **told), soft_wrap=True)


@audit.command("verify", help=SAY("help.audit_verify"))
def audit_verify(ctx: typer.Context, home: Home = HOME, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Prove the audit chain; exit 1 where it does not hold."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.site import serving

    serving.set_up(home)
    from postloan.desk.core.audit import faults_of_chain, head_of_chain

    faults = list(faults_of_chain())
    seq, last_hash = head_of_chain()
    if as_json:
        terminal.print_json({"entries": seq, "hash": last_hash, "faults": [vars(fault) for fault in faults]})
    else:
        terminal.out.print(terminal.words("audit.head", seq=seq, hash=last_hash), soft_wrap=True)
        for fault in faults:
            terminal.out.print(terminal.words("audit.fault", seq=fault.seq, fault=fault.fault), soft_wrap=True)
    if faults:
        raise typer.Exit(_CHAIN_BROKEN)


@gate.command("export", help=SAY("help.gate_export"))
def gate_export(ctx: typer.Context, file: LedgerFile, home: Home = HOME) -> None:
    """Write the ledger of contact into a file."""
    terminal = terminal_of(ctx, as_json=False)
    from postloan.site import serving

    serving.set_up(home)
    from postloan.site.gate import export_ledger

    count = export_ledger(file)
    terminal.out.print(terminal.words("gate.exported", count=count, file=file), soft_wrap=True)


@gate.command("verify", help=SAY("help.gate_verify"))
def gate_verify(
    ctx: typer.Context,
    file: LedgerFile,
    home: Annotated[Path | None, typer.Option("--home", help=SAY("help.gate_home"))] = None,
    known: Annotated[str | None, typer.Option("--head", metavar="SEQ:HASH", help=SAY("help.gate_head"))] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Prove a ledger of contact from its file alone; exit 1 where it does not hold."""
    terminal = terminal_of(ctx, as_json=as_json)
    from postloan.errors import RequestWrong
    from postloan.plan.contact.ledger import Head
    from postloan.plan.contact.proof import told_of
    from postloan.site.gate import prove_ledger

    asked = re.fullmatch(_HEAD, known or "")
    if known is not None and asked is None:
        raise RequestWrong(
            message=terminal.words("gate.head_wrong"), hint=terminal.words("gate.head_hint"), where={"head": known}
        )
    proved, faults = prove_ledger(file, home, known=Head(int(asked[1]), asked[2]) if asked else None)
    if as_json:
        head = {"seq": proved.head.seq, "hash": proved.head.hash}
        terminal.print_json({"entries": proved.entries, "asks": proved.asks, "allowed": proved.allowed, "head": head,
                             "faults": told_of(faults)})  # fmt: skip
    else:
        terminal.out.print(
            terminal.words("gate.proved", entries=proved.entries, asks=proved.asks, allowed=proved.allowed,
                           seq=proved.head.seq, hash=proved.head.hash), soft_wrap=True,
        )  # fmt: skip
        for fault in faults:
            said = terminal.words(f"gate.{fault.kind}")
            terminal.out.print(
                terminal.words("gate.fault", seq=fault.seq, kind=said, fault=fault.fault), soft_wrap=True
            )
        terminal.out.print(terminal.words("gate.broken" if faults else "gate.holds", count=len(faults)), soft_wrap=True)
    if faults:
        raise typer.Exit(_CHAIN_BROKEN)


def serve_demo(home: Path, terminal: Terminal, host: str, port: int) -> None:
    """Open the demo bank's desk with its staff, and serve it."""
    from postloan.site import serving

    serving.set_up(home)
    from postloan.demo.staff import PASSWORD
    from postloan.site.demo_contacts import contact_a_little
    from postloan.site.demo_desk import open_demo_desk, who_agrees_to_models
    from postloan.site.demo_warning_model import warn_by_model

    members = open_demo_desk(home)
    contact_a_little()
    warn_by_model(home, who_agrees_to_models())
    terminal.out.print()
    terminal.out.print(terminal.words("serve.demo", address=f"http://{host}:{port}/"), soft_wrap=True)
    for member in members:
        terminal.out.print(f"  {member.username:<12} {member.name}  {PASSWORD}", soft_wrap=True)
    serving.serve(host, port, 1)
