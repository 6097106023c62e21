"""What proves a write-off: the papers that its ground asks for, and what it lacks yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from postloan.desk.book.write_off_grounds import ground_written, lacks_said, owed_of, write_offs_on
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.desk.disposal.models import Outcome, OutcomePaper
from postloan.tables.said import said


@dataclass(frozen=True)
class ItemTold:
    """A condition of a ground, the clause that asks for it, and the papers that prove it."""

    item: str
    said: str
    cite: str
    papers: list[OutcomePaper]


def items_told(made: Outcome, day: BusinessDay) -> list[ItemTold]:
    """The checklist of a write-off: each condition and what proves it; empty for another route."""
    if made.route != "write_off":
        return []
    papers: dict[str, list[OutcomePaper]] = {}
    for each in made.papers.select_related("added_by"):
        papers.setdefault(each.item, []).append(each)
    is_chinese = language() == "zh"
    return [
        ItemTold(asked.item, asked.zh if is_chinese else asked.en, str(asked.cite), papers.get(asked.item, []))
        for asked in write_offs_on(day).asked(made.ground)
    ]


def lacking(made: Outcome, loan: Mapping[str, Any], day: BusinessDay) -> list[str]:
    """Say in words what a write-off lacks; nothing for another route. Source: rulebook: write_offs."""
    if made.route != "write_off":
        return []
    law = write_offs_on(day)
    held = set(made.papers.values_list("item", flat=True))
    names = {each.item: each.zh if language() == "zh" else each.en for each in law.asked(made.ground)}
    return lacks_said(law.lacking(made.ground, owed_of(loan), held), names)


def ground_said(made: Outcome, day: BusinessDay) -> str:
    """Why an outcome may be decided, as its decisions say it: in Chinese, for the core reads it."""
    if made.route != "write_off":
        return f"{said('disposal_route', made.route, 'zh')} {made.reference or made.counterparty}".strip()
    return ground_written(made.ground, day)
