"""What an evaluation rests on: how an agency asked, was complained of, reported and recovered in a year."""

from dataclasses import dataclass
from datetime import date

from postloan.desk.agency.billing.reconciling import lines_of
from postloan.desk.agency.models import Agency
from postloan.desk.contact.models import Attempt, Complaint
from postloan.rules.agency_rules import Agencies
from postloan.rules.figures import ONE_E8

_WHOLE = 100


@dataclass(frozen=True)
class Facts:
    """What was counted, and a score for each criterion that follows from it: what the form begins with."""

    cases: int
    asks: int
    refused: int
    outside: int
    complaints: int
    differences: int
    owed_cents: int
    recovered_cents: int
    scores: dict[str, int]


def facts_of(agency: Agency, year: int) -> Facts:
    """Count a year of an agency."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    lines = lines_of(agency, first, last)
    debtors = {each.placement.debtor_id for each in lines}
    asked = Attempt.objects.filter(officer=agency.account, at__date__range=(first, last)) if agency.account else None
    asks = asked.count() if asked else 0
    refused = asked.filter(is_allowed=False).count() if asked else 0
    outside = asked.filter(is_outside=True).count() if asked else 0
    complaints = Complaint.objects.filter(debtor_id__in=debtors, opened_on__range=(first, last)).count()
    differences = sum(each.difference_cents != 0 for each in lines)
    owed_cents = sum(each.placement.owed_cents for each in lines)
    recovered_cents = sum(each.ledger_cents for each in lines)
    scores = {
        "compliance": _of(asks - outside, asks),
        "complaints": _of(len(lines) - min(complaints, len(lines)), len(lines)),
        "reporting": _of(len(lines) - differences, len(lines)),
        "recovery": min(_WHOLE, _of(recovered_cents, owed_cents) if owed_cents else 0),
    }  # fmt: skip
    return Facts(len(lines), asks, refused, outside, complaints, differences, owed_cents, recovered_cents, scores)


def _of(part: int, whole: int) -> int:
    """A share of a hundred, rounded down; of nothing it is all."""
    return _WHOLE if whole == 0 else part * _WHOLE // whole


def total_of(rules: Agencies, scores: dict[str, int]) -> int:
    """The weighted score, half up."""
    exact = sum(scores[each.criterion] * each.weight_e8 for each in rules.weights)
    return (2 * exact + ONE_E8) // (2 * ONE_E8)


def result_of(rules: Agencies, total: int) -> str:
    """Whether an agency is kept, warned, or leaves."""
    if total >= rules.evaluation.keeps_from:
        return "kept"
    return "left" if total < rules.evaluation.leaves_below else "warned"
