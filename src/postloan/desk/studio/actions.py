"""Changes of rules: drafts written, proposed, agreed to or turned down. Every write to these tables happens here."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.approval.actions import case_drawn_up, case_held, case_work, step_first, verdict_take
from postloan.desk.approval.models import Case
from postloan.desk.core.actions import (
    move,
    record,
    refuse_past,
    require,
    require_reason,
)
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import head_office
from postloan.desk.studio.drafts import draft_faults
from postloan.desk.studio.models import RuleChange
from postloan.errors import FormWrong, IllegalMove, NotFoundHere, NotPermitted, RuleOvertaken
from postloan.rules.rulebook import load_rulebook
from postloan.rules.warning_files import StandingRule, rule_written, standing_rules
from postloan.rules.warnings import CATEGORIES

_EDITS, _PROPOSES = "studio.edit", "studio.propose"
_CHAIN = "warning_rule"
_PEOPLE_LEAST = 2
"""Whoever writes a rule does not let it loose."""
State, Kind = RuleChange.State, RuleChange.Kind


@transaction.atomic
def change_begin(
    officer: Officer, kind: str, signal: str, category: str, *, change_id: UUID, day: BusinessDay
) -> RuleChange:
    """Begin a draft: of a rule that is there, to edit or retire it, or of a new one (起草). Twice with one id is once.

    category  of a new rule.

    Permission  studio.edit in the officer's own office.
    Leaves      a draft, an audit entry.
    Raises NotPermitted, NotFoundHere where there is no such rule, FormWrong where a new one has a number that is taken,
    or there is no such kind or category.
    """
    refuse_past(day)
    if kind not in Kind.values or (kind == Kind.NEW and category not in CATEGORIES):
        raise FormWrong(message=_("没有这种变更或类别。"), hint=_("请使用页面上的按钮。"), where={"kind": kind[:20]})
    org = _own_office(officer)
    require(officer, _EDITS, org=org)
    _take_turns()
    made = RuleChange.objects.filter(pk=change_id).first()
    if made is not None:
        return made
    standing = standing_rules(load_rulebook(day.home)).get(signal)
    if kind == Kind.NEW:
        _refuse_taken(signal, standing)
    elif standing is None:
        raise NotFoundHere(message=_("没有规则 %s。") % signal[:20], hint=_("请从列表进入。"))
    before = rule_written(standing.rule) if standing else None
    change = RuleChange(
        id=change_id, org=org, state=State.DRAFT, kind=kind, signal=signal, before=before, author=officer,
        category=standing.category if standing else category, written_on=day.on, rule=_draft_of(before, signal),
    )  # fmt: skip
    _name(change)
    change.save(force_insert=True)
    record(officer, "studio.begun", change, org=org, run_id=day.run_id, kind=kind, signal=signal)
    return change


@transaction.atomic
def change_save(
    officer: Officer, change_id: UUID, rule: Mapping[str, Any], *, seen_version: int, day: BusinessDay
) -> RuleChange:
    """Save a draft as it is written, right or wrong: the page says what is wrong with it (保存).

    Permission  studio.edit; whoever began it.
    Move        draft -> draft.
    Raises NotPermitted, StaleView, IllegalMove, NotFoundHere.
    """
    refuse_past(day)
    change = _own_draft(officer, change_id, _EDITS)
    if change.kind == Kind.RETIRE:
        raise IllegalMove(message=_("退役的规则不改内容。"), hint=_("请提交退役，或另起草修改。"))
    change.rule = dict(rule)
    _name(change)
    move(change, State.DRAFT, seen_version=seen_version)
    change.save(update_fields=["rule", "name_zh", "name_en"])
    record(officer, "studio.saved", change, org=change.org, run_id=day.run_id, rule=change.rule)
    return change


@transaction.atomic
def change_drop(officer: Officer, change_id: UUID, *, seen_version: int, day: BusinessDay) -> RuleChange:
    """Give a draft up (作废).

    Permission  studio.edit; whoever began it.  Move  draft -> dropped.
    """
    refuse_past(day)
    change = _own_draft(officer, change_id, _EDITS)
    move(change, State.DROPPED, seen_version=seen_version)
    record(officer, "studio.dropped", change, org=change.org, run_id=day.run_id)
    return change


@transaction.atomic
def change_propose(
    officer: Officer, change_id: UUID, *, effective_from: date, reason: str, seen_version: int, day: BusinessDay
) -> RuleChange:
    """Propose a draft (提交审批): from a business date on, for a reason.

    Permission  studio.propose in the officer's own office; whoever wrote it. Further steps are head office's: a rule is
                of the whole bank.
    Move        draft -> proposed.
    Leaves      a case waiting for the next step, work, an audit entry that names the hash of the rule.
    Raises NotPermitted, ReasonMissing, StaleView, IllegalMove, NotFoundHere; FormWrong where the rule is none yet, the
    day is not after the last business date, or another change of the rule is under way; RuleOvertaken.
    """
    refuse_past(day)
    change = _own_draft(officer, change_id, _PROPOSES)
    reason = require_reason(reason)
    _refuse_wrong(change)
    if effective_from <= day.on:
        raise FormWrong(
            message=_("启用日必须晚于营业日 %s：已发布的日期不会改变。") % day.on, hint=_("请选择以后的日期。"),
            where={"field": "effective_from", "on": day.on},
        )  # fmt: skip
    _take_turns()
    under_way = RuleChange.objects.filter(signal=change.signal, state__in=[State.PROPOSED, State.APPROVED])
    if other := under_way.exclude(pk=change.pk).first():
        raise FormWrong(
            message=_("规则 %s 已有变更在报批或待移交。") % change.signal, hint=_("请待其办结后再提交。"),
            where={"change": other.pk},
        )  # fmt: skip
    refuse_overtaken(change, standing_rules(load_rulebook(day.home)))
    move(change, State.PROPOSED, seen_version=seen_version)
    change.effective_from = effective_from
    change.case = _case(change, day)
    change.save(update_fields=["effective_from", "case"])
    begun = step_first(officer, change.case, reason=reason, day=day)
    begun.org = head_office()
    begun.save(update_fields=["org"])
    case_work(begun, on=day.on)
    return change


@transaction.atomic
def change_decide(
    officer: Officer, change_id: UUID, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> RuleChange:
    """Take the step that a change waits for: agree, or turn it down with a reason (同意、否决).

    seen_version  of the case that the page showed.

    Permission  the step's action at head office; another person than at the other steps.
    Move        proposed -> approved or refused. What is approved waits for the hand-over of its day.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove, ReasonMissing, NotFoundHere; RuleOvertaken where the
    rulebook no longer says what the change was written against.
    """
    refuse_past(day)
    change = _held(change_id)
    if change.case_id is None:
        raise IllegalMove(message=_("这项变更还没有提交。"), hint=_("请刷新页面。"), where={"change": change.pk})
    case = case_held(change.case_id)
    verdict_take(officer, case, verdict, seen_version=seen_version, reason=reason, day=day)
    if case.state != Case.State.REFUSED:
        refuse_overtaken(change, standing_rules(load_rulebook(day.home)))
    if case.state == Case.State.APPROVED:
        move(change, State.APPROVED, seen_version=change.version)
        change.approved_by, change.approved_on = officer, day.on
        change.save(update_fields=["approved_by", "approved_on"])
    elif case.state == Case.State.REFUSED:
        move(change, State.REFUSED, seen_version=change.version)
    case_work(case, on=day.on, note=reason)
    return change


def refuse_overtaken(change: RuleChange, standing: Mapping[str, StandingRule]) -> None:
    """Stop where the rule is no longer what the change was written against. Raises RuleOvertaken."""
    now = standing.get(change.signal)
    if (rule_written(now.rule) if now else None) != change.before:
        raise RuleOvertaken(
            message=_("规则 %s 在起草之后已被改动。") % change.signal,
            hint=_("请否决本变更，按现行规则重新起草并回测。"),
            where={"change": change.pk, "version_from": now.since if now else None},
        )


def _refuse_wrong(change: RuleChange) -> None:
    faults = [] if change.kind == Kind.RETIRE else draft_faults(change.rule)
    if faults:
        raise FormWrong(message=faults[0].said, hint=_("请先改正草稿中标出的地方。"), where={"field": faults[0].field})
    if change.kind == Kind.EDIT and change.rule == _draft_of(change.before, change.signal):
        raise FormWrong(message=_("草稿与现行规则没有差别。"), hint=_("请先修改。"), where={"change": change.pk})


def _refuse_taken(signal: str, standing: StandingRule | None) -> None:
    if standing is not None:
        raise FormWrong(message=_("编号 %s 已被使用。") % signal, hint=_("请刷新页面，使用新编号。"))


def _draft_of(before: Mapping[str, Any] | None, signal: str) -> dict[str, Any]:
    """A draft begins with the rule as it stands; a new one with nothing."""
    empty = {
        "id": signal,
        "zh": "",
        "en": "",
        "of": "debtor",
        "levels": [],
        "shows": [],
        "clears": {"zh": "", "en": ""},
    }
    return {name: (before or {}).get(name, value) for name, value in empty.items()}


def _name(change: RuleChange) -> None:
    change.name_zh, change.name_en = change.rule["zh"], change.rule["en"]


def _case(change: RuleChange, day: BusinessDay) -> Case:
    case = case_drawn_up(
        _CHAIN, subject=change.subject, title=f"{change.signal} {change.name_zh}"[:200],
        page=reverse("studio:change", args=[change.pk]), org_id=change.org_id, amount_cents=0, day=day,
    )  # fmt: skip
    if len(case.steps) < _PEOPLE_LEAST:
        raise FormWrong(
            message=_("规则变更的审批链至少要有两个环节。"), hint=_("请管理员修改 rulebook/desk/approvals.yaml。"),
            where={"chain": _CHAIN},
        )  # fmt: skip
    case.save()
    return case


def _take_turns() -> None:
    """Let whoever does the same at the same moment wait here, and then see what the other did."""
    Org.objects.select_for_update().get(pk=head_office().pk)


def _own_office(officer: Officer) -> Org:
    if officer.org is None:
        raise NotPermitted(message=_("%s 没有所属机构。") % officer, hint=_("请向系统管理员申请。"))
    return officer.org


def _own_draft(officer: Officer, change_id: UUID, action: str) -> RuleChange:
    change = _held(change_id)
    require(officer, action, org=change.org)
    if change.author_id != officer.pk:
        raise NotPermitted(message=_("草稿只能由起草人办理。"), hint=_("请另起草，或请起草人办理。"))
    return change


def _held(change_id: UUID) -> RuleChange:
    found = RuleChange.objects.select_for_update(of=("self",)).select_related("org", "author").filter(pk=change_id)
    change = found.first()
    if change is None:
        raise NotFoundHere(message=_("没有这项规则变更。"), hint=_("请从列表进入。"))
    return change
