"""What tests of deciding share: people of the demo desk, loans that wait, and the steps they go through."""

import polars as pl

from postloan.desk.approval.models import Case
from postloan.desk.classification.actions import opinion_approve, opinion_give
from postloan.desk.classification.models import Batch, Item
from postloan.desk.classification.opening import item_of
from postloan.desk.classification.opinions import Opinion
from postloan.desk.classification.snapshots import retail_loans
from postloan.desk.classification.waiting import work_keep_up
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer
from postloan.rules.desk_approvals import Approvals
from postloan.rules.desk_rules import load_desk_rules

_MORE = 8


def more_items() -> None:
    """Give the officer some loans of persons to class singly: the small bank has few companies an office."""
    officer, day = person("officer"), business_day(None)
    batch = Batch.objects.select_related("org").get(org=officer.org)
    rows = retail_loans(day, batch.org_id).filter((pl.col("tier") == "pass") & ~pl.col("is_changed")).head(_MORE)
    rules = load_desk_rules(day.home).version("approvals", Approvals, day.on)
    for row in rows.iter_rows(named=True):
        item = item_of(batch, row, rules, {})
        item.officer = officer
        item.case.save()
        item.save()
    work_keep_up(batch, day.on)


AGREE = Opinion("agree", "", "")


def person(username: str) -> Officer:
    return Officer.objects.get(username=username)


def item_waiting(step: str, **more: object) -> Item:
    """A loan of the officer's own that waits for a step."""
    found = Item.objects.filter(
        officer=person("officer"), case__state=Case.State.OPEN, case__waits_for=f"classification.{step}", **more
    )
    return found.select_related("case", "batch").order_by("pk")[0]


def version_of(item: Item) -> int:
    return Case.objects.get(pk=item.case_id).version


def propose(item: Item, opinion: Opinion = AGREE, *, who: str = "officer") -> Item:
    return opinion_give(person(who), item.pk, opinion, seen_version=version_of(item), day=business_day(None))


def determine(item: Item, opinion: Opinion = AGREE, *, who: str = "risk") -> Item:
    return opinion_give(person(who), item.pk, opinion, seen_version=version_of(item), day=business_day(None))


def approve(item: Item, decision_id: object, *, who: str = "approver", seen: int | None = None) -> Item:
    return opinion_approve(
        person(who), item.pk, seen_version=seen or version_of(item), decision_id=decision_id, reason="",
        day=business_day(None),
    )  # fmt: skip


def worse(tier: str) -> Opinion:
    return Opinion("worse", tier, "现场核实：停产。")
