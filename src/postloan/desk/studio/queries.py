"""What the pages of the studio read: the rules with today's hits and their records, one rule, one change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from postloan.desk.approval.queries import StepTold, may_decide, steps_told
from postloan.desk.book.queries import debtors_seen
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.studio.drafts import Fault, draft_faults
from postloan.desk.studio.models import RuleChange
from postloan.desk.studio.trying import WorthTold, records_told, studio_rules
from postloan.desk.warning.signals import signals_of_day
from postloan.errors import NotFoundHere
from postloan.rules.figures import ONE_E8
from postloan.rules.rulebook import load_rulebook
from postloan.rules.warning_files import StandingRule, standing_rules
from postloan.rules.warnings import CATEGORIES, FEATURES, InTwo, WarningRule, Warnings
from postloan.tables.features import FAMILIES
from postloan.tables.warnings import LEVELS

_CODES_FROM, _DIGITS = 1, 2


@dataclass(frozen=True)
class LevelField:
    """A level of a draft as its form shows it: the condition as it stands, as it is written, and what is wrong."""

    level: str
    when: str
    before: str
    fault: str


@dataclass(frozen=True)
class FeatureTold:
    """A feature that a condition may ask."""

    name: str
    said: str
    of: str


@dataclass(frozen=True)
class VersionTold:
    """A version of a rule: from when on it holds, its levels, and who says so."""

    since: date
    levels: Sequence[tuple[str, str]]
    cite: str


def standing_of(desk: Desk) -> dict[str, StandingRule]:
    """The rules by id as they stand."""
    return standing_rules(load_rulebook(desk.day.home))


def rule_seen(desk: Desk, signal: str) -> StandingRule:
    """One rule. Raises NotFoundHere."""
    found = standing_of(desk).get(signal)
    if found is None:
        raise NotFoundHere(message=_("没有规则 %s。") % signal[:20], hint=_("请从列表进入。"))
    return found


def changes_seen() -> QuerySet[RuleChange]:
    """The changes of rules: a rule is of the whole bank, and so is its change."""
    return RuleChange.objects.select_related("author", "approved_by", "case", "org")


def change_seen(change_id: UUID) -> RuleChange:
    """One change. Raises NotFoundHere."""
    found = changes_seen().filter(pk=change_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项规则变更。"), hint=_("请从列表进入。"))
    return found


def changes_of(signal: str) -> list[RuleChange]:
    """The changes of a rule, the latest first, without drafts that were given up."""
    found = changes_seen().filter(signal=signal).exclude(state=RuleChange.State.DROPPED)
    return list(found.order_by("-opened_at")[:20])


def steps_of(change: RuleChange) -> list[StepTold]:
    """The steps of a change's approval."""
    return steps_told(change.case) if change.case else []


def rows_of_rules(desk: Desk) -> pl.DataFrame:
    """A row a rule: names, levels, how many debtors of the desk's offices it warns of today, and its record so far."""
    hits, records = _hits_today(desk), records_told(desk.day) or {}
    under_way = dict(changes_seen().filter(state__in=["proposed", "approved"]).values_list("signal", "state"))
    rows = [
        _row(each, hits.get(signal, 0), records.get(signal)) | {"change": under_way.get(signal)}
        for signal, each in standing_of(desk).items()
    ]
    return pl.DataFrame(rows, schema=_ROW)


_ROW: Mapping[str, Any] = {
    "signal": pl.String, "said": pl.String, "category": pl.String, "levels": pl.String, "of": pl.String,
    "status": pl.String, "hits": pl.Int64, "alerts": pl.Int64, "right": pl.Int64, "precision_e8": pl.Int64,
    "recall_e8": pl.Int64, "lead": pl.String, "lead_months": pl.Float64, "hours": pl.Int64,
    "hours_for_right": pl.Int64, "earns": pl.String, "change": pl.String, "since": pl.Date,
}  # fmt: skip


def _row(each: StandingRule, hits: int, record: WorthTold | None) -> dict[str, Any]:
    rule = each.rule
    told: dict[str, Any] = {}
    if record is not None:
        worth = record.worth
        told = {
            "alerts": worth.alerts, "right": worth.right, "precision_e8": round(worth.precision * ONE_E8),
            "recall_e8": round(worth.recall * ONE_E8), "lead": f"{worth.lead:.2f}", "lead_months": worth.lead,
            "hours": record.hours, "hours_for_right": record.hours_for_right,
            "earns": None if record.earns is None else str(record.earns).lower(),
        }  # fmt: skip
    return told | {
        "signal": rule.id, "said": said_of(rule), "category": each.category, "of": rule.of, "since": each.since,
        "levels": " ".join(rung.level for rung in reversed(rule.levels)), "hits": hits,
        "status": "asked" if rule.levels else "waiting",
    }  # fmt: skip


def _hits_today(desk: Desk) -> dict[str, int]:
    """How many debtors of the desk's offices each signal holds of."""
    mine = debtors_seen(desk).select("debtor_id").lazy()
    found = signals_of_day(desk.day).join(mine, on="debtor_id", how="semi")
    return dict(found.group_by("signal").agg(pl.col("debtor_id").n_unique()).collect().iter_rows())


def said_of(rule: WarningRule) -> str:
    """A rule's name, in the reader's language."""
    return rule.zh if language() == "zh" else rule.en


def in_words(told: InTwo | None) -> str:
    """Words in the reader's language."""
    return "" if told is None else told.zh if language() == "zh" else told.en


def record_of(desk: Desk, signal: str) -> WorthTold | None:
    """What a rule was worth so far; None where it never hit, or is being counted."""
    return (records_told(desk.day) or {}).get(signal)


def versions_of(desk: Desk, standing: StandingRule) -> list[VersionTold]:
    """How a rule read in each version of its category, the latest first, where it differs from the one before."""
    told: list[VersionTold] = []
    for version in load_rulebook(desk.day.home).in_force[f"warnings/{standing.category}"]:
        rules = version.rules if isinstance(version, Warnings) else ()
        rule = next((each for each in rules if each.id == standing.rule.id), None)
        levels = [(rung.level, rung.when) for rung in rule.levels] if rule else []
        if not told or told[-1].levels != levels:
            told.append(VersionTold(version.since, levels, str(rule.cite) if rule else ""))
    return told[::-1]


def free_signal(desk: Desk, category: str) -> str:
    """A number for a new rule of a category: the bank's own prefix, the category's code, the next number.

    Raises NotFoundHere where there is no such category.
    """
    if category not in CATEGORIES:
        raise NotFoundHere(message=_("没有这个类别。"), hint=_("请从列表中选择。"))
    standing = standing_of(desk)
    code = next(signal for signal, each in standing.items() if each.category == category).split("-")[_CODES_FROM]
    begins = f"{studio_rules(desk.day).own_ids.prefix}-{code}-"
    # Versions that no longer hold, and drafts, keep their numbers: a signal means one thing for ever.
    rulebook = load_rulebook(desk.day.home)
    held = {
        rule.id
        for version in rulebook.in_force[f"warnings/{category}"]
        if isinstance(version, Warnings)
        for rule in version.rules
    } | set(RuleChange.objects.filter(signal__startswith=begins).values_list("signal", flat=True))
    taken = [int(signal.removeprefix(begins)) for signal in held if signal.startswith(begins)]
    return f"{begins}{max(taken, default=0) + 1:0{_DIGITS}d}"


def level_fields(change: RuleChange) -> list[LevelField]:
    """The levels of a draft from the worst to the mildest, with what is wrong."""
    faults = {each.field: each.said for each in faults_of(change)}
    now, before = (
        {rung["level"]: rung["when"] for rung in (held or {}).get("levels", [])}
        for held in (change.rule, change.before)
    )
    return [
        LevelField(level, now.get(level, ""), before.get(level, ""), faults.get(f"when_{level}", ""))
        for level in reversed(LEVELS)
    ]


def faults_of(change: RuleChange) -> list[Fault]:
    """What is wrong with a draft; what is retired is left as it stands."""
    return [] if change.kind == RuleChange.Kind.RETIRE else draft_faults(change.rule)


def features_told() -> list[FeatureTold]:
    """The features that conditions may ask of debtors, by family."""
    return [
        FeatureTold(name, str((column.metadata or {}).get("zh") if language() == "zh" else column.description), family)
        for family, table in FAMILIES.items()
        for name, column in table.columns().items()
        if name in FEATURES["debtor"].kinds
    ]


def change_said(change: RuleChange) -> str:
    """What a change's rule is called, in the reader's language; its number where it has no name yet."""
    return (change.name_zh if language() == "zh" else change.name_en) or change.signal


def may_do(desk: Desk, change: RuleChange) -> dict[str, bool]:
    """What buttons a page draws for an officer; the actions ask again."""
    is_now, is_mine = not desk.day.is_past, change.author_id == desk.officer.pk
    is_draft = change.state == RuleChange.State.DRAFT and is_mine and is_now
    return {
        "write": is_draft and change.kind != RuleChange.Kind.RETIRE and "studio.edit" in desk.actions,
        "drop": is_draft and "studio.edit" in desk.actions,
        "propose": is_draft and "studio.propose" in desk.actions,
        "decide": change.state == RuleChange.State.PROPOSED and may_decide(desk, change.case),
    }
