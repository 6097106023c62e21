"""The door of the command line: what a command raises becomes a message and an exit code."""

import json
import sys
import traceback
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperGroup

from postloan.errors import PostloanError
from postloan.site.surroundings import told_as_refusal
from postloan.site.terminal import Terminal

REFUSED, SOME_QUARANTINED, FAULT, INTERRUPTED = 1, 3, 70, 130
"""Exit codes. 0 is done; 2 is a wrong option; 70 is EX_SOFTWARE; 130 is what a shell says of Ctrl-C."""

_JSON = "postloan.json"
_PASS_THROUGH = (typer.Exit, typer.Abort, BrokenPipeError)


class Door(TyperGroup):
    """The group of commands: prints refusals, faults and interruptions instead of tracebacks."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Note whether JSON is asked for: a command whose own options are wrong never gets to say so."""
        ctx.meta[_JSON] = "--json" in args or "--format=json" in args or ("--format", "json") in pairwise(args)
        return super().parse_args(ctx, _language_first(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except _PASS_THROUGH:
            raise
        except PostloanError as refusal:
            _refuse(refusal, ctx.obj, as_json=ctx.meta[_JSON])
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            ctx.obj.err.print(ctx.obj.words("interrupted"))
            raise typer.Exit(INTERRUPTED) from None
        except Exception as fault:
            if _is_wrong_option(fault) or not isinstance(ctx.obj, Terminal):
                raise
            told = told_as_refusal(fault)
            if told is not None:
                _refuse(told, ctx.obj, as_json=ctx.meta[_JSON])
                raise typer.Exit(REFUSED) from None
            _confess(fault, ctx.obj)
            raise typer.Exit(FAULT) from None


def _language_first(args: list[str]) -> list[str]:
    """Let `--lang` stand behind a command as well as before it."""
    for at, arg in enumerate(args):
        if arg == "--":
            break
        taken = 2 if arg == "--lang" else 1 if arg.startswith("--lang=") else 0
        if taken:
            return args[at : at + taken] + args[:at] + args[at + taken :]
    return args


def _refuse(refusal: PostloanError, terminal: Terminal, *, as_json: bool) -> None:
    said = json.dumps(refusal.as_problem(), ensure_ascii=False) if as_json else str(refusal)
    terminal.err.print(said, soft_wrap=True)


def _confess(fault: Exception, terminal: Terminal) -> None:
    if terminal.debug:
        sys.stderr.write("".join(traceback.format_exception(fault)))
    said = str(fault).partition("\n")[0]
    terminal.err.print(terminal.words("fault", kind=type(fault).__name__, text=said), soft_wrap=True)


def _is_wrong_option(fault: Exception) -> bool:
    """Typer prints its own refusals of options, with exit code 2."""
    return hasattr(fault, "exit_code") and hasattr(fault, "show")
