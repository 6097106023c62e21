"""Holding a case, asking whether a deed may begin, and noting it in the ledger: parts of every other action."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from postloan.desk.core.actions import check_begins, check_seen, record, refuse_past, require
from postloan.desk.core.models import Officer, Work
from postloan.desk.core.work.actions import work_close
from postloan.desk.disposal.deeds import WRITE, Deed
from postloan.desk.disposal.models import DisposalCase, DisposalEntry
from postloan.desk.disposal.work import CHASE
from postloan.errors import NotFoundHere


def case_held(case_id: int, deed: Deed) -> tuple[DisposalCase, bool]:
    """Find a case and hold its row; and whether the deed was done before. Raises NotFoundHere, IllegalMove."""
    refuse_past(deed.day)
    found = DisposalCase.objects.select_for_update(of=("self",)).select_related("org").filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这项处置。"), hint=_("请从列表进入。"))
    return found, DisposalEntry.objects.filter(pk=deed.id).exists()


def check_may(officer: Officer, case: DisposalCase, work: Work, begins: Sequence[str], deed: Deed) -> None:
    """Stop who may not write in the debtor's office, on an old page, or where the deed does not begin."""
    require(officer, WRITE, org=case.org)
    check_seen(work, deed.seen_version)
    check_begins(work, begins)


def note(
    officer: Officer | None, case: DisposalCase, step: str, deed: Deed, *, loan_id: str = "", cents: int | None = None,
    text: str = "", **told: object,
) -> DisposalEntry:  # fmt: skip
    """Write a deed into the case's ledger and the audit chain; who does one looks into the case, too.

    officer  None where a published day did it.
    """
    said = text or deed.reason.strip()
    if officer is not None:
        work_close((CHASE,), case.subject, on=deed.day.on, note=said)
    entry = DisposalEntry.objects.create(
        id=deed.id, case=case, step=step, on=deed.day.on, officer=officer, loan_id=loan_id, amount_cents=cents,
        text=said[:2000],
    )  # fmt: skip
    record(officer, f"disposal.{step}", case, org=case.org, run_id=deed.day.run_id, reason=deed.reason.strip(),
           debtor_id=case.debtor_id, loan_id=loan_id, amount_cents=cents, said=said[:2000], **told)  # fmt: skip
    return entry
