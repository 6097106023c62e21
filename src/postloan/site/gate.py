"""The ledger of contact as a file: written from the desk's database, and proved without it."""

from datetime import date
from pathlib import Path

from postloan.plan.contact.ledger import NOTHING_BEFORE, Head, read_ledger, write_ledger
from postloan.plan.contact.proof import Fault, Proved, faults_of
from postloan.rules.calendar import days_off
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.rulebook import load_rulebook
from postloan.rules.shapes import WorkingDays


def export_ledger(path: Path) -> int:
    """Write the whole ledger into a file. Returns how many entries. The desk is set up."""
    from django.db import transaction  # noqa: PLC0415 - needs Django set up

    from postloan.desk.contact.models import LedgerEntry, LedgerHead  # noqa: PLC0415

    with transaction.atomic():
        head = LedgerHead.objects.filter(pk=1).first()
        last = Head(head.seq, head.hash) if head else Head(0, NOTHING_BEFORE)
        entries = LedgerEntry.objects.filter(seq__lte=last.seq).order_by("seq").iterator(chunk_size=2000)
        return write_ledger(path, (each.entry for each in entries), last)


def prove_ledger(path: Path, home: Path | None, *, known: Head | None) -> tuple[Proved, list[Fault]]:
    """Prove a ledger's file by the rules that come with Postloan; nothing but the file is read of the bank's.

    home   where the bank's own calendar stands, if it has one.
    known  a head that somebody kept outside.

    Raises LedgerUnreadable.
    """
    rulebook, proved = load_rulebook(home), Proved()

    def is_off(day: date) -> bool:
        years = rulebook.version("working_days", WorkingDays, max(day, rulebook.begins_on)).years
        # What the calendar knows of the day is asked as of the day itself: a year that nobody knows has its weekends.
        return bool(days_off(day, day, years, on=date(day.year - 1, 1, 1)))

    law = load_desk_rules(None).files["contact"]
    return proved, list(faults_of(read_ledger(path), law, is_off, proved, known=known))
