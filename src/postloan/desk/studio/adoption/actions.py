"""Handing rules over to the night: what was agreed to becomes a dated version of the bank's own rule file.

The database says what is handed over with a day; the file follows, whole. Killed half way or called again, it ends in
the same bytes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.core.actions import hold_chain, move, record
from postloan.desk.core.days import home
from postloan.desk.core.decisions.actions import REFUSED, check_turn
from postloan.desk.core.decisions.beside import sent_back_due_on
from postloan.desk.core.models import WorkItem
from postloan.desk.core.work.actions import work_open
from postloan.desk.studio.actions import refuse_overtaken
from postloan.desk.studio.drafts import cite_of
from postloan.desk.studio.models import RuleChange, RuleFile
from postloan.errors import PostloanError, RuleOvertaken
from postloan.rules.rulebook import load_rulebook
from postloan.rules.warning_files import StandingRule, rule_of, standing_rules, warning_file, with_version
from postloan.rules.warnings import WarningRule
from postloan.snapshot.files import sync_folder, write_bytes
from postloan.snapshot.read import published_days

_OWN_RULES = Path("rulebook", "bank", "warnings")
_ID_TOLD = 8


def rules_hand_over(on: date) -> int:
    """Let the rules that were agreed to hold from a business date on: Door 2.

    Takes   every approved change whose day has come, where the date is not published yet: a day that is published stays
            under the rules it was computed under. A date takes changes once; later ones wait for the next.
    Leaves  the changes adopted, or overtaken with work for whoever wrote them, and an audit entry in one transaction;
            then the file of each category, whole.
    Returns how many changes hold from the date on.
    Raises HandOverLate; RuleOvertaken where somebody else wrote the file between.
    """
    _put_all(on)
    _mark(on)
    _put_all(on)
    return RuleChange.objects.filter(feed_day=on, state=RuleChange.State.ADOPTED).count()


@transaction.atomic
def _mark(on: date) -> None:
    """Say which changes go with a day, and what the files will be."""
    hold_chain()
    check_turn(on)
    days = published_days(home())
    if (days and on <= days[-1]) or RuleFile.objects.filter(feed_day__gte=on).exists():
        return
    due = RuleChange.objects.select_for_update(of=("self",)).select_related("org", "author__org", "approved_by")
    taken: dict[str, list[RuleChange]] = defaultdict(list)
    for change in due.filter(state=RuleChange.State.APPROVED, effective_from__lte=on).order_by("approved_on", "pk"):
        taken[change.category].append(change)
    standing = standing_rules(load_rulebook(home())) if taken else {}
    for category, changes in sorted(taken.items()):
        _adopt(category, changes, standing, on)


def _adopt(category: str, changes: Sequence[RuleChange], standing: Mapping[str, StandingRule], on: date) -> None:
    """Put the changes of a category into a version of its file; what no longer fits goes back."""
    fitting = []
    for change in changes:
        try:
            refuse_overtaken(change, standing)
            fitting.append(change)
        except RuleOvertaken as fault:
            _back(change, fault.message, on)
    if not fitting:
        return
    file = warning_file(home(), category)
    rules = _with(fitting, [each.rule for each in standing.values() if each.category == category])
    says = "; ".join(f"{change.signal} {change.kind} {str(change.pk)[:_ID_TOLD]}" for change in fitting)
    try:
        content = with_version(file, on, rules, says=says)
    except PostloanError as fault:
        for change in fitting:
            _back(change, fault.message, on)
        return
    RuleFile.objects.create(
        category=category, feed_day=on, content=content.decode(), sha256=_hash(content),
        before_sha256=_hash(file.content),
    )  # fmt: skip
    for change in fitting:
        move(change, RuleChange.State.ADOPTED, seen_version=change.version)
        change.effective_from, change.feed_day = on, on
        change.save(update_fields=["effective_from", "feed_day"])
    record(None, "studio.handed_over", f"feed:{on}", on=on, category=category, sha256=_hash(content),
           changes=[str(change.pk) for change in fitting])  # fmt: skip


def _with(changes: Sequence[RuleChange], rules: Sequence[WarningRule]) -> list[WarningRule]:
    """The rules of a category with some changed, in their places; new ones stand last."""
    held = {rule.id: rule for rule in rules}
    for change in changes:
        if change.kind == RuleChange.Kind.RETIRE:
            del held[change.signal]
        else:
            held[change.signal] = _rule_of(change)
    return list(held.values())


def _rule_of(change: RuleChange) -> WarningRule:
    assert change.approved_by is not None  # noqa: S101 - what is approved was approved by somebody
    assert change.approved_on is not None  # noqa: S101
    proposer, approver = (each.name or each.get_username() for each in (change.author, change.approved_by))
    return rule_of(change.rule, cite_of(str(change.pk)[:_ID_TOLD], proposer, approver, change.approved_on))


def _back(change: RuleChange, why: str, on: date) -> None:
    """Give a change that the rulebook cannot take back to whoever wrote it, as work."""
    move(change, RuleChange.State.OVERTAKEN, seen_version=change.version)
    work_open([
        WorkItem(
            kind=REFUSED, subject=change.subject, title=f"{change.signal} {change.name_zh}"[:200], told=why[:300],
            opened_on=on, page=reverse("studio:change", args=[change.pk]), officer=change.author,
            due_on=sent_back_due_on(on), org=change.org, state=WorkItem.State.OPEN,
        )
    ])  # fmt: skip
    record(None, "studio.overtaken", change, org=change.org, on=on, reason=why)


def _put_all(on: date) -> None:
    """Put every file into place that was handed over by a day and is not there: a hand-over may have been killed.

    What somebody wrote below it stays. Raises RuleOvertaken where the file of this day would fall upon something else.
    """
    for file in RuleFile.objects.filter(feed_day__lte=on).order_by("feed_day", "category"):
        lies = warning_file(home(), file.category)
        if lies.content.startswith(file.content.encode()):
            continue
        if _hash(lies.content) == file.before_sha256:
            _put(file)
        elif file.feed_day == on:
            raise RuleOvertaken(
                message=_("%s 在移交期间被改动，没有覆盖。") % lies.shown,
                hint=_("请核对该文件，并入移交的版本后再移交。"),
                where={"file": lies.shown, "feed_day": file.feed_day},
            )


def _put(file: RuleFile) -> None:
    path = home() / _OWN_RULES / f"{file.category}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    write_bytes(part, file.content.encode())
    part.rename(path)
    sync_folder(path.parent)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
