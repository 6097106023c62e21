"""One way out of a loan at a time: what desks have under approval, and what was decided and is in no balance yet."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import polars as pl
from django.db.models import Q
from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.desk.core.models import Decision
from postloan.errors import IllegalMove, NothingPublished
from postloan.snapshot.read import scan_instructions
from postloan.tables.said import said

_OFF = "write_off"
_KINDS = (
    _OFF, "waiver", "restructure", "extension", "rate_change", "deferral", "capitalise", "reamortise", "split",
    "prepayment", "accelerate",
)  # fmt: skip
"""Kinds of decision after which a loan owes something else, or at another time."""
_TOLD_MOST = 5

Found = Iterable[tuple[str, str, str]]
"""Loans with what goes on with them: the loan, its matter as an approval names it, and a word of `way_out`."""


@dataclass(frozen=True)
class WayOut:
    """A kind of matter by which a loan may leave the book or owe less; each desk registers its own.

    under_way  of some loans, those of which a matter of the kind waits for an approval or for the debtor.
    """

    name: str
    under_way: Callable[[Collection[str]], Found]


_WAYS: dict[str, WayOut] = {}


def register_way(way: WayOut) -> WayOut:
    """Make a kind of matter known by its name."""
    _WAYS[way.name] = way
    return way


def check_alone(loan_ids: Collection[str], day: BusinessDay, *, but: str) -> None:
    """Stop where another way out of a loan is under way, or was decided and is not in the day's balance.

    What a matter takes off is reckoned by the published balance: two at once would take off more than is owed.

    but  the matter that asks, as an approval names it; empty where it has none yet. Raises IllegalMove.
    """
    found = [
        (loan_id, word)
        for name in sorted(_WAYS)
        for loan_id, subject, word in _WAYS[name].under_way(loan_ids)
        if subject != but
    ]
    found += [(loan_id, "decided") for loan_id in _decided(loan_ids, day)]
    found += [(loan_id, "pending") for loan_id in _pending(loan_ids, day)]
    if found:
        told = "、".join(f"{loan_id} {said('way_out', word, language())}" for loan_id, word in found[:_TOLD_MOST])
        raise IllegalMove(
            message=_("借据另有处置在办，或已批准的决定尚未生效：%s。") % told,
            hint=_("请先办结、放弃或撤回，或等含有该决定的营业日接收后再办。"),
            where={"under_way": [f"{loan_id} {word}" for loan_id, word in found[:_TOLD_MOST]]},
        )


def _decided(loan_ids: Collection[str], day: BusinessDay) -> list[str]:
    """Loans of which a decision stands that the night of the day had not: it waits, or goes with a later day."""
    not_had = Q(feed_day=None) | Q(feed_day__gt=day.on)
    stands = Decision.objects.filter(not_had, loan_id__in=loan_ids, kind__in=_KINDS, withdraws=None, withdrawn_by=None)
    return sorted(set(stands.values_list("loan_id", flat=True)))


def _pending(loan_ids: Collection[str], day: BusinessDay) -> list[str]:
    """Loans of which the night had a write-off that the core, which keeps the balance, has not booked yet."""
    waits = (pl.col("kind") == _OFF) & (pl.col("state").cast(pl.String) == "pending")
    try:
        found = scan_instructions(day.home, day.on).filter(waits & pl.col("loan_id").is_in(list(loan_ids)))
        return sorted(set(found.select("loan_id").collect()["loan_id"]))
    except NothingPublished:
        return []
