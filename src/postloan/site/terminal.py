"""The terminal a command talks to: its words, its screen, and whether a program is reading.

Rich is imported when something is printed: help does without it.
"""
# ruff: noqa: PLC0415

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postloan.site.words import Words

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_UNSEEN = 100
"""Columns of a screen that is a file or a pipe."""

Tell = Callable[[str, int, int], None]


@dataclass
class Terminal:
    """Where a command prints.

    out        the screen for results.
    err        the screen for progress and refusals.
    as_json    the caller asked for JSON, so refusals are JSON too.
    shows_bar  a progress bar is on the error screen.
    """

    words: Words
    out: "Console"
    err: "Console"
    debug: bool = False
    as_json: bool = False
    shows_bar: bool = False

    def print_line(self, text: str) -> None:
        """Print a line of the result: above the bar, where a bar and the result share the screen."""
        screen = self.err if self.shows_bar and self.out.is_terminal else self.out
        screen.print(text, soft_wrap=True)

    def print_json(self, said: object) -> None:
        """Print JSON for a program to read."""
        self.out.file.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")

    @contextmanager
    def progress(self) -> Iterator[Tell]:
        """Show a bar while work goes on; only to a person."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        is_seen = self.err.is_terminal and not self.as_json
        bar = Progress(
            *columns, console=self.err, transient=True, disable=not is_seen, redirect_stdout=False,
            redirect_stderr=False,
        )  # fmt: skip
        self.shows_bar = is_seen
        with bar:
            task = bar.add_task("", total=None)

            def tell(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total)

            yield tell
        self.shows_bar = False


def open_terminal(words: Words, *, debug: bool) -> Terminal:
    """Open the terminal of this process."""
    return Terminal(words, _console(is_error=False), _console(is_error=True), debug=debug)


def _console(*, is_error: bool) -> "Console":
    from rich.console import Console

    file = sys.stderr if is_error else sys.stdout
    width = None if file.isatty() else _WIDTH_UNSEEN
    return Console(stderr=is_error, width=width, markup=False, emoji=False, highlight=False)
