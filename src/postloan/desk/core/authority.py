"""Authority: what an officer may do, where, and up to which amount, on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import polars as pl
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from postloan.desk.core.models import Grant, Officer, Org


@dataclass(frozen=True)
class Scope:
    """The offices that an officer may see or act in.

    is_all  every office of the bank: nothing has to be asked of a row.
    """

    org_ids: frozenset[str]
    is_all: bool = False

    def __contains__(self, org_id: object) -> bool:
        return self.is_all or org_id in self.org_ids


NOWHERE = Scope(frozenset())
M = TypeVar("M", bound=Model)
R = TypeVar("R", pl.DataFrame, pl.LazyFrame)


def within(found: QuerySet[M], scope: Scope, office: str = "org") -> QuerySet[M]:
    """Keep of a query what lies in the offices of a scope; `office` is the field that says where a row lies."""
    return found if scope.is_all else found.filter(**{f"{office}__in": scope.org_ids})


def rows_within(rows: R, scope: Scope) -> R:
    """Keep of a frame what lies in the offices of a scope; its column `org_id` says where a row lies."""
    return rows if scope.is_all else rows.filter(pl.col("org_id").is_in(sorted(scope.org_ids)))


def today() -> date:
    """The calendar day at the bank: grants and delegations run by it, not by the business date."""
    return timezone.localdate()


def grants_in_force(officer: Officer) -> QuerySet[Grant]:
    """The grants that count for an officer today: the officer's own, and those of whom the officer stands in for."""
    day = today()
    stands_in_for = officer.delegations_taken.filter(begins_on__lte=day, ends_on__gte=day).values("giver")
    holders = Q(officer=officer) | Q(officer__in=stands_in_for, officer__is_active=True)
    return Grant.objects.filter(_runs(day), holders)


def _runs(day: date) -> Q:
    """A grant that is in force on a day."""
    return Q(begins_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def actions_of(officer: Officer) -> frozenset[str]:
    """Everything that an officer may do somewhere: what a menu shows."""
    return frozenset(grants_in_force(officer).values_list("action", flat=True))


def scope_of(officer: Officer, action: str) -> Scope:
    """The offices in which an officer may do something."""
    roots = list(grants_in_force(officer).filter(action=action).values_list("org__path", flat=True).distinct())
    if not roots:
        return NOWHERE
    if any(path.count("/") == _HEAD_SLASHES for path in roots):
        return Scope(_ids_below(roots), is_all=True)
    return Scope(_ids_below(roots))


_HEAD_SLASHES = 2
"""The path of a head office, /100000/, has two."""


def _ids_below(paths: Iterable[str]) -> frozenset[str]:
    below = Q()
    for path in paths:
        below |= Q(path__startswith=path)
    return frozenset(Org.objects.filter(below).values_list("org_id", flat=True))


def officers_for(action: str, *, org: Org, amount_cents: int) -> QuerySet[Officer]:
    """Everybody who may do something in an office for an amount today, and whoever stands in for them."""
    day = today()
    enough = Q(limit_cents__isnull=True) | Q(limit_cents__gte=amount_cents)
    granted = Grant.objects.filter(_runs(day), enough, action=action, org__in=org.above).values("officer")
    stood_in_for = Q(delegations_taken__giver__in=granted, delegations_taken__begins_on__lte=day,
                     delegations_taken__ends_on__gte=day)  # fmt: skip
    return Officer.objects.filter(Q(pk__in=granted) | stood_in_for, is_active=True).distinct()


def officers_holding(action: str) -> QuerySet[Officer]:
    """Everybody who holds a grant for something today in any office; who only stands in for them is left out."""
    granted = Grant.objects.filter(_runs(today()), action=action).values("officer")
    return Officer.objects.filter(pk__in=granted, is_active=True)


def limit_of(officer: Officer, action: str, org: Org) -> int | None:
    """The largest amount in cents up to which an officer may do something in an office.

    -1 is not at all, None without limit.
    """
    limits = list(
        grants_in_force(officer).filter(action=action, org__in=org.above).values_list("limit_cents", flat=True)
    )
    if None in limits:
        return None
    return max((each for each in limits if each is not None), default=-1)
