"""Sets of loans that a link names: those behind a bar or a cell of a report, shown in the list of loans.

A desk that draws figures registers how its sets are found; the list asks for one by `set=NAME:PART:PART` in its
address.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.core.pages import Desk
from postloan.errors import FormWrong

Parts = tuple[str, ...]


@dataclass(frozen=True)
class LoanSet:
    """A kind of set.

    name   how the address calls it.
    where  which loans of the desk's day belong to the set that the parts name. Raises FormWrong.
    say    what the set is, in words.
    """

    name: str
    where: Callable[[Desk, Parts], pl.Expr]
    say: Callable[[Desk, Parts], str]


_SETS: dict[str, LoanSet] = {}


def register_set(loan_set: LoanSet) -> LoanSet:
    """Make a kind of set known by its name."""
    _SETS[loan_set.name] = loan_set
    return loan_set


def loans_of_set(desk: Desk, answer: str) -> pl.Expr:
    """Which loans of the desk's day belong to a set. Raises FormWrong."""
    found, parts = _named(answer)
    return found.where(desk, parts)


def set_said(desk: Desk, answer: str) -> str:
    """What a set is, in words. Raises FormWrong."""
    found, parts = _named(answer)
    return found.say(desk, parts)


def set_unknown(answer: str) -> FormWrong:
    """The refusal of a set that is not there."""
    return FormWrong(
        message=_("没有“%s”这个名单。") % answer[:60], hint=_("请从驾驶舱或报表重新点开。"), where={"field": "set"}
    )


def _named(answer: str) -> tuple[LoanSet, Parts]:
    name, *parts = answer.split(":")
    if name not in _SETS:
        raise set_unknown(answer)
    return _SETS[name], tuple(parts)
