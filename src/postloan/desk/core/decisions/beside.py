"""What goes to the next night beside decisions: feed tables that other desks make, each registered by its desk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from postloan.desk.core.days import home
from postloan.rules.desk_approvals import Approvals
from postloan.rules.desk_rules import load_desk_rules


@dataclass(frozen=True)
class Beside:
    """A feed table of which the desk delivers rows.

    last     the latest day that rows were handed over with; None where none were yet.
    mark     marks what goes with a day, in the transaction of the hand-over, and returns how many rows that are.
    rows     the rows that went with a day, the same ones each time.
    waiting  how many rows that already hold wait for the next day.
    refused  gives back what intake put into quarantine: rows with key, column and reason_zh. Twice is once.
    """

    table: str
    columns: Sequence[str]
    last: Callable[[], date | None]
    mark: Callable[[date], int]
    rows: Callable[[date], Sequence[Mapping[str, str]]]
    waiting: Callable[[date], int]
    refused: Callable[[date, Iterable[Mapping[str, Any]]], int]


_BESIDE: dict[str, Beside] = {}


def register_beside(beside: Beside) -> Beside:
    """Make a table known by its name."""
    _BESIDE[beside.table] = beside
    return beside


def tables_beside() -> list[Beside]:
    """Every table that goes beside decisions, by name."""
    return [_BESIDE[name] for name in sorted(_BESIDE)]


def sent_back_due_on(on: date) -> date:
    """By when work is due that the night's side sent back with a business date."""
    return on + timedelta(days=load_desk_rules(home()).version("approvals", Approvals, on).refused_due_in_days)
