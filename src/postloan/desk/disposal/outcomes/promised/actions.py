"""What a published day does to settlements that wait to be paid: kept, they take effect; broken, they lapse."""

from uuid import UUID, uuid5

from django.db import transaction

from postloan.desk.core.actions import move
from postloan.desk.core.days import BusinessDay
from postloan.desk.disposal.deeds import Deed
from postloan.desk.disposal.models import Outcome
from postloan.desk.disposal.noting.actions import note
from postloan.desk.disposal.outcomes.actions import outcome_effected
from postloan.desk.disposal.outcomes.promised.paid import given_up, paid_cents
from postloan.desk.disposal.outcomes.reckoned import loan_owed, parts_of

State = Outcome.State


def settlements_follow(day: BusinessDay) -> int:
    """Follow every settlement that waits to be paid, each in a transaction of its own. Twice is once.

    Leaves  of one of which the promised sum came in by the promised day, its decisions, approved; of one whose day
            passed, or whose loan left the book, nothing but that it lapsed. Returns how many moved.
    """
    waiting = list(Outcome.objects.filter(state=State.AGREED).values_list("pk", flat=True))
    return sum(_follow(key, day) for key in waiting)


@transaction.atomic
def _follow(key: UUID, day: BusinessDay) -> bool:
    found = Outcome.objects.select_for_update(of=("self",)).select_related("case__org", "org")
    made = found.filter(pk=key, state=State.AGREED).first()
    if made is None or made.pay_by is None or made.approval is None:
        return False
    loan = loan_owed(day, made.loan_id)
    is_owed = loan is not None and loan["status"] == "active"
    cents = paid_cents(made, day) if is_owed else 0
    if loan is not None and is_owed and cents >= made.value_cents:
        made.waived = given_up(made.waived, loan)
        made.parts = parts_of(made.route, loan, made.value_cents, made.waived, day)
        made.save(update_fields=["waived", "parts"])
        last = made.approval.taken.select_related("officer").latest("pk")
        outcome_effected(last.officer, made, Deed(uuid5(made.pk, State.APPROVED), made.version, made.text, day))
        return True
    if is_owed and day.on <= made.pay_by:
        return False
    move(made, State.LAPSED, seen_version=made.version)
    note(None, made.case, "lapsed", Deed(uuid5(made.pk, State.LAPSED), made.version, "", day), loan_id=made.loan_id,
         cents=cents, route=made.route, pay_by=made.pay_by)  # fmt: skip
    return True
