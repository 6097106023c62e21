"""What the pages of classification read: batches and items of the desk's offices, and what may be agreed to at once."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from postloan.desk.approval.models import Case, CaseStep
from postloan.desk.classification.models import Batch, Item, Sheet
from postloan.desk.core.authority import limit_of, within
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.tables.units import TIERS

STEPS = ("classification.propose", "classification.determine", "classification.approve")
_QUEUE = 30


@dataclass(frozen=True)
class Plain:
    """What an officer may agree to all at once at a step."""

    step: str
    count: int
    cents: int


def batches_seen(desk: Desk) -> QuerySet[Batch]:
    """The batches of the desk's offices, with how many items wait for each step."""
    counts: dict[str, Any] = {
        step.rpartition(".")[2]: Count("items", filter=Q(items__case__waits_for=step)) for step in STEPS
    }
    done = Count("items", filter=~Q(items__case__state=Case.State.OPEN))
    judged = Count("items", filter=~Q(items__opinion=Item.Opinion.AGREE))
    return within(Batch.objects.annotate(**counts, all=Count("items"), done=done, judged=judged), desk.scope)


def batch_seen(desk: Desk, batch_id: int) -> Batch:
    """One batch. Raises NotFoundHere where it is outside the desk's offices."""
    found = Batch.objects.select_related("org").filter(pk=batch_id).first()
    if found is None or found.org_id not in desk.scope:
        raise NotFoundHere(message=_("没有这个批次，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def sheet_of_batch(batch_id: int) -> Sheet:
    """The retail sheet of a batch that one may see. Raises NotFoundHere where its office has no retail loans."""
    found = Sheet.objects.select_related("case").filter(batch=batch_id).first()
    if found is None:
        raise NotFoundHere(message=_("这个批次没有零售贷款。"), hint=_("请从列表进入。"))
    return found


def items_seen(desk: Desk) -> QuerySet[Item]:
    """The items of the desk's offices."""
    return within(Item.objects.all(), desk.scope)


def item_seen(desk: Desk, batch_id: int, loan_id: str) -> Item:
    """One item. Raises NotFoundHere where it is outside the desk's offices."""
    found = (
        items_seen(desk)
        .select_related("batch", "case__org", "org", "officer", "decision")
        .filter(batch=batch_id, loan_id=loan_id)
        .first()
    )
    if found is None:
        raise NotFoundHere(message=_("没有这笔分类明细，或不在您的机构范围内。"), hint=_("请从列表进入。"))
    return found


def plain_waiting(officer: Officer, batch: Batch, step: str) -> QuerySet[Item]:
    """What waits for a step, is unchanged, judged as the system judges, and had no hand of the officer's before.

    Within the officer's limit; an officer's own loans only, where the step is the first.
    """
    limit_cents = limit_of(officer, step, batch.org)
    had_a_hand = CaseStep.objects.filter(case=OuterRef("case"), officer=officer).exclude(
        place=OuterRef("case__at_step")
    )
    found = Item.objects.filter(
        ~Exists(had_a_hand), batch=batch, is_plain=True, case__state=Case.State.OPEN, case__waits_for=step
    )
    within = found if limit_cents is None else found.filter(case__amount_cents__lte=limit_cents)
    return within.filter(officer=officer) if step == STEPS[0] else within


def plain_told(desk: Desk, batch: Batch) -> list[Plain]:
    """What the officer may agree to at once in a batch, a line a step."""
    told = []
    for step in STEPS:
        if step in desk.actions:
            said = plain_waiting(desk.officer, batch, step).aggregate(
                n=Count("pk"), cents=Sum("case__amount_cents", default=0)
            )
            told.append(Plain(step, said["n"], said["cents"]))
    return [each for each in told if each.count]


def waiting_for(desk: Desk, batch_id: int) -> QuerySet[Item]:
    """The items of a batch that wait for a step the officer may take, what is judged otherwise first."""
    mine = Q(case__waits_for__in=[step for step in STEPS[1:] if step in desk.actions])
    if STEPS[0] in desk.actions:
        mine |= Q(case__waits_for=STEPS[0]) & (Q(officer=desk.officer) | Q(officer=None))
    return (
        items_seen(desk)
        .filter(mine, batch=batch_id, case__state=Case.State.OPEN)
        .order_by("is_plain", "-outstanding_cents", "pk")
    )


def queue_of(desk: Desk, item: Item) -> list[Item]:
    """The next items that wait for the officer beside the one that is open."""
    return list(waiting_for(desk, item.batch_id)[:_QUEUE])


def paper_of(batch: Batch) -> dict[str, Any]:
    """What the committee's paper says of a batch: tiers as found and as judged, and what moved."""
    by_system = _by_tier(batch, "tier")
    by_people = _by_tier(batch, "opinion_tier")
    last = _by_tier(batch, "tier_last_quarter")
    lines = [
        {"tier": tier, "last": last.get(tier, (0, 0)), "system": by_system.get(tier, (0, 0)),
         "people": by_people.get(tier, (0, 0))}
        for tier in TIERS
    ]  # fmt: skip
    apart = batch.items.filter(Q(is_changed=True) | ~Q(opinion=Item.Opinion.AGREE) | Q(is_exception=True))
    items = apart.select_related("case").prefetch_related("case__taken__officer").order_by("-outstanding_cents")
    return {"lines": lines, "items": list(items[:500]), "apart": apart.count(), "all": batch.items.count()}


def _by_tier(batch: Batch, field: str) -> dict[str, tuple[int, int]]:
    rows = batch.items.values(field).annotate(n=Count("pk"), cents=Sum("outstanding_cents")).order_by()
    return {row[field]: (row["n"], row["cents"]) for row in rows}
