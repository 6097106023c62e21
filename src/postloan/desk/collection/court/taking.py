"""Who takes over what is agreed to go to court: desks above say so."""

from collections.abc import Callable

from postloan.desk.collection.models import CollectionCase
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer

Taker = Callable[[Officer, CollectionCase, BusinessDay], None]
_TAKERS: list[Taker] = []


def register_taker(taker: Taker) -> None:
    """Make a taker known: it is given each case as it goes to court, in the transaction that agrees to it."""
    _TAKERS.append(taker)


def hand_to_takers(officer: Officer, case: CollectionCase, day: BusinessDay) -> None:
    """Hand a case over that was agreed to go to court."""
    for taker in _TAKERS:
        taker(officer, case, day)
