"""Drafts of rules: what a page sends, what is wrong with it and where, and the rule that a right one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from postloan.desk.studio.faults import condition_fault
from postloan.errors import FormWrong
from postloan.rules.condition import ConditionWrong, condition
from postloan.rules.condition_reading import CHARACTERS_MOST
from postloan.rules.figures import Cite
from postloan.rules.warning_files import rule_of
from postloan.rules.warnings import FEATURES, WarningRule
from postloan.tables.warnings import LEVELS

_NAME_MOST, _CLEARS_MOST, _SHOWS_MOST = 100, 300, 20
TEXT = "desk-approvals"
"""The text that a rule of the studio cites: what the bank approved at the desk."""


@dataclass(frozen=True)
class Fault:
    """Something wrong with a draft, and the field it is in."""

    field: str
    said: str


def draft_sent(given: Mapping[str, str], signal: str) -> dict[str, Any]:
    """The rule that a page sends, as plain values. Raises FormWrong where a text is longer than anybody writes."""

    def text(field: str, most: int) -> str:
        written = given.get(field, "").strip()
        if len(written) > most:
            raise FormWrong(
                message=_("内容太长，最多 %s 个字。") % f"{most:,}", hint=_("请缩短后再提交。"), where={"field": field}
            )
        return written

    levels = [{"level": level, "when": text(f"when_{level}", CHARACTERS_MOST * 2)} for level in LEVELS]
    shows = text("shows", CHARACTERS_MOST).replace(",", " ").replace("，", " ").split()
    return {
        "id": signal, "zh": text("zh", _NAME_MOST), "en": text("en", _NAME_MOST),
        "of": "loan" if given.get("of") == "loan" else "debtor",
        "levels": [each for each in levels if each["when"]], "shows": list(dict.fromkeys(shows)),
        "clears": {"zh": text("clears_zh", _CLEARS_MOST), "en": text("clears_en", _CLEARS_MOST)},
    }  # fmt: skip


def draft_faults(written: Mapping[str, Any]) -> list[Fault]:
    """What keeps a draft from being a rule, field by field; none of a right one."""
    features = FEATURES[written["of"]]
    found = [Fault(name, _("没有填写名称。")) for name in ("zh", "en") if not written[name]]
    for rung in written["levels"]:
        try:
            condition(rung["when"], features)
        except ConditionWrong as wrong:
            found.append(Fault(f"when_{rung['level']}", condition_fault(str(wrong))))
    if not written["levels"]:
        found.append(Fault(f"when_{LEVELS[0]}", _("至少要有一个级别写明条件。")))
    unknown = [name for name in written["shows"] if name not in features.kinds]
    if unknown:
        found.append(Fault("shows", _("没有特征 %s。") % unknown[0]))
    if len(written["shows"]) > _SHOWS_MOST:
        found.append(Fault("shows", _("最多列示 %s 个特征。") % _SHOWS_MOST))
    found += [Fault(f"clears_{name}", _("没有写明消除条件。")) for name in ("zh", "en") if not written["clears"][name]]
    return found


def rule_tried(written: Mapping[str, Any]) -> WarningRule | None:
    """The rule that a draft is, cited as a draft; None where it is none yet."""
    try:
        return rule_of(written, Cite(text=TEXT, at="draft"))
    except ValidationError:
        return None


def cite_of(change: str, proposer: str, approver: str, on: date) -> Cite:
    """The citation of a rule that was agreed to: which change, by whom, and when it was read by the second person."""
    return Cite(text=TEXT, at=f"{change}: {proposer}, {approver} {on}", confirmed_on=on)
