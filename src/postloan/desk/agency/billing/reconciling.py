"""What an agency reports beside what the ledger says, case by case."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from postloan.desk.agency.models import Agency, Placement, Reported
from postloan.desk.collection.models import Collected


@dataclass(frozen=True)
class Line:
    """A placement in some days: what the ledger says was recovered, and what the agency reported."""

    placement: Placement
    ledger_cents: int
    reported_cents: int

    @property
    def difference_cents(self) -> int:
        """What was reported more than the ledger says; below nought where it was less."""
        return self.reported_cents - self.ledger_cents


def lines_of(agency: Agency, begins_on: date, ends_on: date) -> list[Line]:
    """The placements that ran on any of some days, each with both sums; three reads, whatever their number.

    A recovery counts for a placement from the day after it began up to the day it ended, by the adopted day that tells
    it.
    """
    ran = agency.placements.filter(begins_on__lte=ends_on).filter(Q(ended_on=None) | Q(ended_on__gte=begins_on))
    placements = list(ran.select_related("case").order_by("pk"))
    told: dict[int, list[tuple[date, int]]] = defaultdict(list)
    found = Collected.objects.filter(case__in=[each.case_id for each in placements], on__range=(begins_on, ends_on))
    for case_id, on, cents in found.values_list("case_id", "on", "amount_cents"):
        told[case_id].append((on, cents))
    reported: dict[int, int] = defaultdict(int)
    given = Reported.objects.filter(placement__in=placements, paid_on__range=(begins_on, ends_on))
    for placement_id, cents in given.values_list("placement_id", "amount_cents"):
        reported[placement_id] += cents
    return [
        Line(
            each, sum(cents for on, cents in told[each.case_id] if _counts(each, on)), reported[each.pk]
        )
        for each in placements
    ]  # fmt: skip


def _counts(placement: Placement, on: date) -> bool:
    is_after = placement.begins_on is not None and on > placement.begins_on
    return is_after and (placement.ended_on is None or on <= placement.ended_on)
