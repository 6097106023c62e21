"""The words of kinds of work."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from postloan.desk.core.lists.cells import language
from postloan.rules.desk_rules import WorkKinds, load_desk_rules
from postloan.tables.said import said


def sayer_of_kinds(home: Path, on: date) -> Callable[[str], str]:
    """What says a kind of work: the desk rules of a day, or the closed list where a desk opened it. Once a page."""
    kinds = load_desk_rules(home).version("work", WorkKinds, on)
    is_chinese = language() == "zh"

    def say(name: str) -> str:
        kind = kinds.named(name)
        if kind is None:
            return said("work_kind", name, language())
        return kind.zh if is_chinese else kind.en

    return say
