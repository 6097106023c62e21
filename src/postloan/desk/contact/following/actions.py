"""A published day taken over: points, complaints and leave lie where the book keeps their debtor now."""

from collections.abc import Sequence

from postloan.desk.approval.actions import cases_follow
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.contact.models import Complaint, ContactPoint, Exemption
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Org
from postloan.desk.core.parts import Adopting
from postloan.desk.core.work.actions import work_follow

_STANDS = (Exemption.State.PROPOSED, Exemption.State.IN_FORCE)


def contacts_follow(day: BusinessDay) -> None:
    """Let what stands of a debtor's contacts lie in the office of its largest loan: whoever asks is of that office.

    A debtor who left the book stays where it was. Twice is once.
    Leaves   points, complaints and what was or may be taken away in their offices, with the work and approvals that are
             open; in parts of a transaction each, with its record.
    """
    offices = set(Org.objects.values_list("pk", flat=True))
    book = debtor_rows(day).select("debtor_id", "org_id").iter_rows()
    now = {debtor_id: str(org_id) for debtor_id, org_id in book if org_id is not None and str(org_id) in offices}
    points = ContactPoint.objects.filter(ended_at=None)
    held = [
        *points.values_list("debtor_id", "org_id"),
        *Complaint.objects.filter(state=Complaint.State.OPEN).values_list("debtor_id", "org_id"),
        *Exemption.objects.filter(state__in=_STANDS).values_list("debtor_id", "org_id"),
    ]
    moved = sorted({debtor_id for debtor_id, org_id in held if now.get(debtor_id, org_id) != org_id})

    def follow(part: Sequence[str]) -> dict[str, int]:
        for debtor_id in part:
            _follow(debtor_id, now[debtor_id], day)
        return {"debtors": len(part)}

    Adopting(day, "contact.followed", "contact").in_parts(moved, follow)


def _follow(debtor_id: str, org_id: str, day: BusinessDay) -> None:
    complaints = Complaint.objects.filter(debtor_id=debtor_id, state=Complaint.State.OPEN)
    leave = Exemption.objects.filter(debtor_id=debtor_id, state__in=_STANDS)
    ContactPoint.objects.filter(debtor_id=debtor_id, ended_at=None).update(org_id=org_id)
    work_follow({each.subject: org_id for each in complaints})
    cases_follow({f"exemption:{key}": org_id for key in leave.values_list("pk", flat=True)}, on=day.on)
    complaints.update(org_id=org_id)
    leave.update(org_id=org_id)
