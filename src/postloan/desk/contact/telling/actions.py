"""Telling the number of a contact that the gate allowed, and keeping who was told."""

from django.db import transaction

from postloan.desk.contact.actions import Wanted, attempt_ask
from postloan.desk.contact.models import Attempt
from postloan.desk.contact.queries import number_of
from postloan.desk.core.actions import record
from postloan.desk.core.models import Officer


@transaction.atomic
def attempt_ask_told(officer: Officer, wanted: Wanted) -> tuple[Attempt, str]:
    """Ask as `attempt_ask` does, and be told the number to call or write to where the answer allows it.

    Asked again under the same id, it is told as long as the contact may be begun. Returns the attempt and the number,
    which is empty where the contact is refused, over, or goes to an address.

    Permission  contact.ask in the debtor's office. Leaves what `attempt_ask` leaves; an audit entry of the number.
    Raises what `attempt_ask` raises, KeyMissing.
    Source      COLL-40: a number is told to whoever needs it, when he needs it.
    """
    made = attempt_ask(officer, wanted)
    number = number_of(officer.pk, made)
    if number:
        record(officer, "contact.number_told", made, org=made.org, debtor=made.debtor_id, party=made.point.party_id,
               ledger_seq=made.seq)  # fmt: skip
    return made, number
