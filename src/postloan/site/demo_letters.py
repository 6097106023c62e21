"""The demo bank's letters: a dunning letter that a collector wrote and that waits in the outbox."""

from uuid import UUID

import polars as pl

from postloan.desk.book.queries import loans_split
from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.authority import actions_of, scope_of
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.desk.outbox.actions import WRITE, message_write
from postloan.desk.outbox.models import Message
from postloan.desk.outbox.queries import new_message

_LETTER = UUID(int=91)
"""A key that does not change, so that twice is once."""


def write_a_letter(collector: Officer) -> None:
    """Let a collector write to the person who is most behind; where a letter was written by hand, nothing is done.

    Whom somebody visits or calls is not done here: the gate asks the clock, and its ledger keeps the hour.
    """
    desk = Desk(collector, actions_of(collector), scope_of(collector, WRITE), None)
    open_ones = CollectionCase.objects.filter(state=CollectionCase.State.OPEN, form="person", placements=None)
    case = open_ones.order_by("-cure_cents", "pk").first()
    if case is None or Message.objects.filter(cause="written").exists():
        return
    late = loans_split(desk, case.debtor_id)[0].filter(pl.col("days_past_due") > 0)
    if late.height:
        given = {"template": "overdue_letter", "loan": late["loan_id"][0], "party": case.debtor_id}
        message_write(collector, new_message(desk, case.debtor_id, given, _LETTER), day=desk.day)
