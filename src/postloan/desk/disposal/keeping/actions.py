"""A debtor's case goes to whoever received its file, and its open work with it."""

from django.db.models import F

from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.disposal.models import DisposalCase
from postloan.desk.disposal.work import KINDS, SUE


def case_kept_by(keeper: Officer, debtor_id: str) -> DisposalCase | None:
    """Give the running case of a debtor to its keeper, in the transaction that receives its file; None without a case.

    Source  regulations PRA-14.
    """
    case = DisposalCase.objects.select_for_update(of=("self",)).filter(
        debtor_id=debtor_id, state__in=DisposalCase.RUNNING
    ).first()  # fmt: skip
    if case is None:
        return None
    DisposalCase.objects.filter(pk=case.pk).update(keeper=keeper, version=F("version") + 1)
    open_items = WorkItem.objects.filter(kind__in=(*KINDS, SUE), subject=case.subject, state=WorkItem.State.OPEN)
    open_items.update(officer=keeper, version=F("version") + 1)
    return case
