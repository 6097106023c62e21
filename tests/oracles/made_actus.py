"""One loan of our own in the form of an ACTUS reference case, and what we compute for it."""

from decimal import Decimal
from typing import Any

from tests.oracles.actus.__main__ import NUMBERS, Case, computed

LOAN: Case = {
    "contractType": "PAM",
    "contractRole": "RPA",
    "statusDate": "2023-01-01T00:00:00",
    "initialExchangeDate": "2023-01-31",
    "maturityDate": "2023-07-31T00:00",
    "notionalPrincipal": "  36000 ",
    "nominalInterestRate": 0.06,
    "dayCountConvention": "30E360",
    "cycleAnchorDateOfInterestPayment": "2023-01-31T00:00:00",
    "cycleOfInterestPayment": "P1ML0",
    "endOfMonthConvention": "EOM",
    "priceAtPurchaseDate": " ",
}


def case(to: str = "", observed: Case | None = None, called: str = "", **terms: Any) -> Case:
    """Return the loan above with other terms; None takes a term away."""
    merged = {name: value for name, value in {**LOAN, **terms}.items() if value is not None}
    calls = [{"time": called, "type": "XD", "value": 0}] if called else []
    series = {
        code: {"identifier": code, "data": [{"timestamp": at, "value": value} for at, value in values.items()]}
        for code, values in (observed or {}).items()
    }
    return {"terms": merged, "to": to, "dataObserved": series, "eventsObserved": calls, "results": []}


def rows(one: Case) -> list[tuple[str, str, Decimal, Decimal, Decimal, Decimal]]:
    """Return (day, type, payoff, principal, rate, accrued interest) of each event, to the sixth decimal."""
    found = []
    for row in computed(one):
        numbers = (Decimal(getattr(row, field)) / unit for field, (_, unit) in NUMBERS.items())
        found.append((row.shown.shown(), row.kind, *(round(number, 6) for number in numbers)))
    return found


def paid(one: Case, kind: str) -> list[tuple[str, Decimal]]:
    return [(day, payoff) for day, event, payoff, *_ in rows(one) if event == kind]


def answered(one: Case) -> Case:
    """Return a case whose results are what we compute."""
    names = [name for name, _ in NUMBERS.values()]
    results = [
        {"eventDate": day, "eventType": kind, **dict(zip(names, map(str, numbers), strict=True))}
        for day, kind, *numbers in rows(one)
    ]
    return {**one, "results": results}
