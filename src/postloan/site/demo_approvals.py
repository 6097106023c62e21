"""The demo bank's classification and freezes: under way, so that officer, risk manager and approver each have some."""

from uuid import uuid4

from postloan.desk.approval.models import Case
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.classification.actions import batches_open, opinion_give
from postloan.desk.classification.models import Batch, Item
from postloan.desk.classification.opinions import Opinion, worse_tiers
from postloan.desk.core.authority import scope_of
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import Officer
from postloan.desk.lending.actions import freeze_propose
from postloan.desk.lending.models import Freeze


def seed_approvals(officer: Officer, risk: Officer) -> None:
    """Open the quarter's batches and let the two begin; where the quarter has batches, nothing is done."""
    day = business_day(None)
    if Batch.objects.exists():
        return
    batches_open(None, None, day)
    mine = Item.objects.filter(officer=officer, case__state=Case.State.OPEN).select_related("case")
    # Of the officer's loans half carry an opinion, and half of those are determined.
    proposed = (mine.count() + 1) // 2
    for at, item in enumerate(mine.order_by("is_plain", "-outstanding_cents")[:proposed]):
        given = _opinion(item, is_worse=at % 2 == 0)
        opinion_give(officer, item.pk, given, seen_version=item.case.version, day=day)
        if at < (proposed + 1) // 2:
            opinion_give(risk, item.pk, given, seen_version=item.case.version + 1, day=day)
    if not Freeze.objects.exists():
        _propose_freeze(risk, day)


def _opinion(item: Item, *, is_worse: bool) -> Opinion:
    worse = worse_tiers(item)
    if is_worse and worse:
        return Opinion(Item.Opinion.WORSE, worse[0], "现场核实：主要下游客户停产，回款中断，预计难以按期还款。")
    return Opinion(Item.Opinion.AGREE, "", "")


def _propose_freeze(risk: Officer, day: BusinessDay) -> None:
    """Propose to freeze the largest bad debtor of the risk manager's offices."""
    offices = scope_of(risk, "freeze.propose").org_ids
    worst = debtor_rows(day).sort("npl_cents", descending=True).head(500)
    for debtor in worst.iter_rows(named=True):
        if debtor["org_id"] in offices and debtor["npl_cents"]:
            reason = "贷款已划为不良，担保物估值下降，建议冻结未用授信。"
            freeze_propose(risk, debtor, freeze_id=uuid4(), reason=reason, day=day)
            return
