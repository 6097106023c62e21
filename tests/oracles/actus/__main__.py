"""ACTUS reference cases against our kernels: `python -m tests.oracles.actus FILE`.

Every number of every event is compared, and a case counts as reproduced when it has the same events and no number
differs by more than 1e-6. What differs is listed with both values.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from .days import Days
from .plan import Plan
from .reading import MONEY, RATE, Terms, market, moment
from .state import Contract, Row

TOLERANCE = Decimal("1e-6")
NUMBERS = {
    "payoff": ("payoff", MONEY),
    "notional": ("notionalPrincipal", MONEY),
    "rate": ("nominalInterestRate", RATE),
    "accrued": ("accruedInterest", MONEY),
}
"""A field of our row, its name in a case, and our units of it in 1."""
Case = dict[str, Any]
Key = tuple[str, str, int]


def computed(case: Case) -> list[Row]:
    """Compute the events of a case."""
    terms, ends = Terms(case["terms"]), str(case.get("to") or "").strip()
    plan = Plan(terms, Days(terms), moment(ends) if ends else None, case.get("eventsObserved") or [])
    return Contract(plan, market(case.get("dataObserved") or {})).rows()


def differences(case: Case) -> Iterator[str]:
    """Say what differs: the event, the number, ours and theirs."""
    try:
        rows = computed(case)
    except (ValueError, ArithmeticError, LookupError) as refusal:
        yield f"not computed: {type(refusal).__name__}: {refusal}"
        return
    ours = _keyed([(row.shown.shown(), row.kind, row) for row in rows])
    theirs = _keyed([(moment(row["eventDate"]).shown(), row["eventType"], row) for row in case["results"]])
    for key in sorted(ours.keys() | theirs.keys()):
        name = f"{key[0]} {key[1]}"
        if key not in theirs or key not in ours:
            yield f"{name}: only {'ours' if key in ours else 'theirs'}"
            continue
        for field, (their_name, unit) in NUMBERS.items():
            mine, given = Decimal(getattr(ours[key], field)) / unit, Terms(theirs[key]).number(their_name)
            if given is None:
                yield f"{name} {field}: ours {mine:.9f}, theirs missing"
                continue
            if abs(mine - given) > TOLERANCE:
                yield f"{name} {field}: ours {mine:.9f}, theirs {given}"


def _keyed(rows: list[tuple[str, str, Any]]) -> dict[Key, Any]:
    """Key events by day and type, and by their turn where a day has two of a type."""
    keyed: dict[Key, Any] = {}
    for shown, kind, row in rows:
        turn = 0
        while (shown, kind, turn) in keyed:
            turn += 1
        keyed[shown, kind, turn] = row
    return keyed


def main(path: Path) -> None:
    """Print what differs, a table by type, and how many cases are reproduced."""
    groups = json.loads(path.read_text(encoding="utf-8"))
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for kind, cases in groups.items():
        if kind.startswith("_"):
            continue
        for name, case in cases.items():
            found = list(differences(case))
            for what in found:
                print(f"{name} {what}")
            counts[kind] = [a + b for a, b in zip(counts[kind], (1, not found, len(case["results"])), strict=True)]
    print(f"\n{'type':6}{'cases':>6}{'reproduced':>12}{'events':>8}")
    for kind, (cases, reproduced, events) in counts.items():
        print(f"{kind:6}{cases:6}{reproduced:12}{events:8}")
    total = [sum(column) for column in zip(*counts.values(), strict=True)] or [0, 0]
    print(f"\nreproduced {total[1]} of {total[0]}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which file: python -m tests.oracles.actus FILE")
    main(Path(sys.argv[1]))
