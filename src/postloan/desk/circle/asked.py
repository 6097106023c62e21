"""What an officer tries on a circle, as the address says it: whom to let fall, and what to change."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from postloan.errors import FormWrong
from postloan.plan.circles import Circle
from postloan.plan.derisking import Changes

WORST, IMPAIRED = "", "impaired"
_DIGITS, _CENTS, _MOST_CENTS = 9, 100, 10**17
_ADDED = ("guarantor", "collateral")


@dataclass(frozen=True)
class Trial:
    """What is tried. An address names members by their rank in the circle, from 1: no number of the bank is in it.

    falls         as it was asked: the rank of a member, `impaired`, or nothing for the worst.
    first         whom it lets fall, by number.
    added_cents   per way and member, what new security would pay.
    """

    falls: str
    first: frozenset[int]
    changes: Changes
    added_cents: dict[tuple[str, int], int]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return not (self.changes.released or self.changes.gone or self.changes.support_cents)


def trial_from(given: QueryDict, circle: Circle, worst_no: int) -> Trial:
    """Read what is tried. Raises FormWrong."""
    numbers = circle.members["debtor_no"].to_list()
    falls = given.get("falls", WORST)
    released = frozenset(_pair(each, numbers) for each in given.getlist("release"))
    gone = frozenset(_member(each, numbers) for each in given.getlist("gone"))
    added = {
        (way, _member(rank, numbers)): _amount(written, name)
        for name, written in given.dict().items()
        for way, _sep, rank in (name.partition("_"),)
        if way in _ADDED and str(written).strip()
    }
    support: dict[int, int] = {}
    for (_way, number), cents in added.items():
        support[number] = support.get(number, 0) + cents
    first = _first(falls, circle, numbers, worst_no)
    return Trial(falls, first, Changes(released, gone, {at: cents for at, cents in support.items() if cents}), added)


def _first(falls: str, circle: Circle, numbers: Sequence[int], worst_no: int) -> frozenset[int]:
    if falls == IMPAIRED:
        return frozenset(circle.members.filter("is_impaired")["debtor_no"])
    return frozenset({worst_no if falls == WORST else _member(falls, numbers)})


def _pair(written: str, numbers: Sequence[int]) -> tuple[int, int]:
    debtor, _sep, guarantor = written.partition("-")
    return _member(debtor, numbers), _member(guarantor, numbers)


def _member(written: str, numbers: Sequence[int]) -> int:
    rank = int(written) if written.isdecimal() and len(written) <= _DIGITS else 0
    if not 1 <= rank <= len(numbers):
        raise FormWrong(
            message=_("圈内没有第“%s”户。") % written[:20], hint=_("请从页面上选择。"), where={"field": "member"}
        )
    return numbers[rank - 1]


def _amount(written: object, field: str) -> int:
    """An amount of money in cents."""
    try:
        cents = Decimal(str(written).replace(",", "").strip()) * _CENTS
    except InvalidOperation:
        cents = Decimal(-1)
    if not cents.is_finite() or not 0 <= cents <= _MOST_CENTS or cents != cents.to_integral_value():
        raise FormWrong(
            message=_("“%s”不是金额。") % str(written)[:20], hint=_("请写成 10000.00。"), where={"field": field}
        )
    return int(cents)
