"""Grounds on which a debt may be written off, whichever desk asks for it: their names, and what is lacking in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.rules.rulebook import load_rulebook
from postloan.rules.write_offs import Ground, Lacking, Owed, WriteOffs
from postloan.tables.said import said

_LISTS = {"tier": "tier", "legal_form": "legal_form", "security": "security_kind"}
"""Lacks whose bound is a word of a closed list."""


def write_offs_on(day: BusinessDay) -> WriteOffs:
    """The law of writing off on a day. Source: rulebook: write_offs; regulations DSP-03, DSP-04."""
    return load_rulebook(day.home).version("write_offs", WriteOffs, day.on)


def grounds_known(day: BusinessDay) -> list[tuple[str, str]]:
    """The grounds there are, with their names."""
    return [(each.ground, name_of(each)) for each in write_offs_on(day).grounds]


def name_of(ground: Ground) -> str:
    """What a ground is called."""
    return ground.zh if language() == "zh" else ground.en


def owed_of(loan: Mapping[str, Any]) -> Owed:
    """What grounds ask of a loan's published row."""
    return Owed(
        str(loan["legal_form"]), str(loan["security_kind"]), str(loan["tier"]), int(loan["outstanding_cents"]),
        int(loan["days_past_due"]),
    )  # fmt: skip


def ground_written(ground: str, day: BusinessDay) -> str:
    """A ground with its clause, as a decision says it: in Chinese, for the core reads it."""
    found = write_offs_on(day).named(ground)
    return f"{found.zh if found else ground}（{found.cite if found else ''}）"


def lacks_said(lacks: Sequence[Lacking], names: Mapping[str, str]) -> list[str]:
    """What is lacking in words, each with its clause. names: of the papers, by item."""
    return [_said(each, names) for each in lacks]


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
