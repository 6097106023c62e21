"""What proves a write-off: the papers that its ground asks for, and what it lacks yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.desk.disposal.models import Outcome, OutcomePaper
from postloan.rules.rulebook import load_rulebook
from postloan.rules.write_offs import Ground, Lacking, Owed, WriteOffs
from postloan.tables.said import said

_LISTS = {"tier": "tier", "legal_form": "legal_form", "security": "security_kind"}
"""Lacks whose bound is a word of a closed list."""


@dataclass(frozen=True)
class ItemTold:
    """A condition of a ground, the clause that asks for it, and the papers that prove it."""

    item: str
    said: str
    cite: str
    papers: list[OutcomePaper]


def write_offs_on(day: BusinessDay) -> WriteOffs:
    """The law of writing off on a day. Source: rulebook: write_offs; regulations DSP-03, DSP-04."""
    return load_rulebook(day.home).version("write_offs", WriteOffs, day.on)


def grounds_known(day: BusinessDay) -> list[tuple[str, str]]:
    """The grounds there are, with their names."""
    return [(each.ground, name_of(each)) for each in write_offs_on(day).grounds]


def name_of(ground: Ground) -> str:
    """What a ground is called."""
    return ground.zh if language() == "zh" else ground.en


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
    """Say in words what a write-off lacks; nothing for another route."""
    if made.route != "write_off":
        return []
    owed = Owed(
        str(loan["legal_form"]), str(loan["security_kind"]), str(loan["tier"]), int(loan["outstanding_cents"]),
        int(loan["days_past_due"]),
    )  # fmt: skip
    law = write_offs_on(day)
    held = set(made.papers.values_list("item", flat=True))
    names = {each.item: each.zh if language() == "zh" else each.en for each in law.asked(made.ground)}
    return [_said(each, names) for each in law.lacking(made.ground, owed, held)]


def ground_said(made: Outcome, day: BusinessDay) -> str:
    """Why an outcome may be decided, as its decisions say it: in Chinese, for the core reads it."""
    if made.route != "write_off":
        return f"{said('disposal_route', made.route, 'zh')} {made.reference or made.counterparty}".strip()
    found = write_offs_on(day).named(made.ground)
    return f"{found.zh if found else made.ground}（{found.cite if found else ''}）"


def _said(lacks: Lacking, names: Mapping[str, str]) -> str:
    told = lacks.told
    if lacks.lack == "paper":
        told = names[told]
    elif lacks.lack == "amount":
        told = money(int(told))
    elif lacks.lack in _LISTS:
        told = said(_LISTS[lacks.lack], told, language())
    return _("%(lack)s：%(told)s（%(cite)s）") % {
        "lack": said("write_off_lack", lacks.lack, language()), "told": told, "cite": lacks.cite,
    }  # fmt: skip
