"""Loan cases of frappe/lending, computed by our kernel: `python -m tests.oracles.frappe FILE`.

Their conventions are settings of ours: instalments rounded up to a whole unit, interest by actual days of 365 whatever
else the lender sets, ties to even. One is not: they call the due day itself day 1 past due, we call the day after it
day 1; the runner adds the day and says so. A case with an expectation that none of our rules computes is left out.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from postloan.kernels import daycount
from postloan.kernels.life.plan import Row
from postloan.kernels.life.replay import Life, live, settlement_quote, unpaid_since
from postloan.kernels.life.terms import (
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    SHARE_OF_PERIOD,
    Event,
    Kind,
    Policy,
    Terms,
)
from postloan.kernels.schedule import BULLET, FLAT, INTEREST_ONLY, LEVEL

Case = dict[str, Any]

MANY = 600
"""Periods of a loan whose term is not agreed: it ends when the fixed instalment has repaid it."""

INTEREST_THEN_PRINCIPAL = Policy(
    tuple((stage, part) for stage in range(3) for part in (PENALTY, FEE, INTEREST, PRINCIPAL))
)

LEFT_OUT = {
    "accrual_dates": "closes accruals on Sundays, month ends and eves of due days; ours accrues to any day",
    "classification:npa_customer_level": "holds every loan of a debtor non-performing until all arrears are cleared; "
    "ours goes by shares of the debt",
    "collateral:ltv_shortfall": "the night does not value collateral yet",
    "write_off_settlement": "books a settlement as income after a write-off; an accounting entry",
}
"""Categories whose convention we do not offer."""


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def cents(amount: object) -> int:
    return int(Decimal(str(amount)) * 100)


def terms_of(case: Case) -> Terms:
    said = case["terms"]
    is_estimate = "disbursed" not in said
    method = FLAT if said.get("interest_method") == "FLAT" else LEVEL
    if said.get("type") == "demand loan":
        method = BULLET
    return Terms(
        rate_e8=int(Decimal(str(said["annual_rate_pct"])) * 1_000_000),
        periods=1 if method == BULLET else said.get("instalments", MANY),
        policy=INTEREST_THEN_PRINCIPAL,
        method=INTEREST_ONLY if method == BULLET else method,
        every=1200 if method == BULLET else 1,
        due_day=int(said["first_due"][8:]) if "first_due" in said else 0,
        day_count=SHARE_OF_PERIOD if is_estimate or method == FLAT else daycount.ACT_365,
        fixed_cents=cents(said.get("fixed_instalment") or said.get("emi") or 0),
        step_cents=100,
        steps_up=True,
        unit_cents=100 if is_estimate else 1,
        is_half_even=True,
        digits=19,
    )


def events_of(case: Case) -> list[Event]:
    said = case["terms"]
    events = [Event(Kind.DISBURSE, day(said.get("disbursed", "2024-01-01")), cents(said["principal"]))]
    events += [
        Event(Kind.PAY, day(step["date"]), cents(step["amount"]))
        for step in case["events"]
        if step["type"] in ("repayment", "prepayment")
    ]
    return events


class Computed:
    """What a case asks for, from our replay."""

    def __init__(self, case: Case) -> None:
        self.case, self.terms, self.events = case, terms_of(case), events_of(case)
        self.on = max(event.on for event in self.events)

    def life(self, on: int) -> Life:
        return live(self.terms, [event for event in self.events if event.on <= on], on=on)

    def rows(self) -> list[Row]:
        return [row for row in live(self.terms, self.events[:1], on=self.events[0].on).rows if sum(row.owed)]

    def total(self, *parts: int) -> Decimal:
        return Decimal(sum(row.owed[part] for row in self.rows() for part in parts)) / 100

    def paid(self, part: int) -> Decimal:
        bookings = self.life(self.on).bookings
        return Decimal(sum(booking.went[part] for booking in bookings if booking.kind == Kind.PAY)) / 100

    def demanded_interest(self) -> Decimal:
        demanded_on = max(day(step["date"]) for step in self.case["events"] if step["type"] == "demand")
        return Decimal(settlement_quote(self.terms, self.events[:1], on=demanded_on)[INTEREST]) / 100

    def their_days_past_due(self, text: str) -> int:
        """Count as they do: what is unpaid on its due day is one day past due already."""
        on = day(text)
        since = unpaid_since(self.life(on).rows, on + 1)
        return on - since + 1 if since <= on else 0


RULES: dict[str, Callable[[Computed], object]] = {
    "instalments": lambda ours: len(ours.rows()),
    "repayment_amount": lambda ours: Decimal(ours.rows()[0].asks_cents) / 100,
    "total_interest": lambda ours: ours.total(INTEREST),
    "total_payable_interest": lambda ours: ours.total(INTEREST),
    "total_payment": lambda ours: ours.total(PRINCIPAL, INTEREST),
    "total_payable_amount": lambda ours: ours.total(PRINCIPAL, INTEREST),
    "interest_paid": lambda ours: ours.paid(INTEREST),
    "principal_paid": lambda ours: ours.paid(PRINCIPAL),
    "demanded_interest": lambda ours: ours.demanded_interest(),
    "penalty": lambda ours: Decimal(sum(row.owed[PENALTY] for row in ours.life(ours.on).rows)) / 100,
}
IN_PARTS = {"rows", "dpd", "rounding"}


def differences(case: Case) -> Iterator[str]:
    """Compute a case and say where it differs."""
    ours = Computed(case)
    for name, theirs in case["expected"].items():
        if name == "rows":
            yield from _rows(ours, theirs)
        elif name == "dpd":
            for text, days in theirs.items():
                mine = ours.their_days_past_due(text)
                if mine != days:
                    yield f"days past due on {text} are {days}, ours {mine}"
        elif name != "rounding":
            plain, decimals = _rounding(name, case["expected"].get("rounding"))
            mine = RULES[plain](ours)
            if decimals is not None and isinstance(mine, Decimal):
                mine = mine.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
            if mine != Decimal(str(theirs)):
                yield f"{name} is {theirs}, ours {mine}"


def _rounding(name: str, said: str | None) -> tuple[str, int | None]:
    """Split `principal_paid_1dp` into the amount and the decimals it is given with, or take what the case says."""
    if name.endswith("dp") and name[-3].isdigit():
        return name[:-4], int(name[-3])
    return name, int(said.split()[0]) if said else None


def _rows(ours: Computed, theirs: list[dict[str, Any]]) -> Iterator[str]:
    rows = ours.rows()
    if len(rows) != len(theirs):
        yield f"rows are {len(theirs)}, ours {len(rows)}"
    for number, (said, row) in enumerate(zip(theirs, rows, strict=False), start=1):
        mine = {
            "due": (date(1970, 1, 1) + timedelta(days=row.due_on)).isoformat(),
            "principal": Decimal(row.owed[PRINCIPAL]) / 100,
            "interest": Decimal(row.owed[INTEREST]) / 100,
            "total": Decimal(sum(row.owed)) / 100,
        }
        for field, value in said.items():
            wanted = value if field == "due" else Decimal(str(value))
            if mine[field] != wanted:
                yield f"row {number}: {field} is {value}, ours {mine[field]}"


def reason_left_out(case: Case) -> str | None:
    """Say why a case is left out, if it is."""
    unknown = [name for name in case["expected"] if _rounding(name, None)[0] not in RULES and name not in IN_PARTS]
    return LEFT_OUT.get(case["category"]) or (f"no rule of ours gives {', '.join(unknown)}" if unknown else None)


def run(path: Path) -> tuple[int, int, list[str]]:
    """Compute a file; return how many cases in scope are reproduced, how many there are, and lines to print."""
    book = json.loads(path.read_text(encoding="utf-8"))
    reproduced, in_scope, lines, left_out = 0, 0, [], []
    for case in (case for case in book["cases"] if case["verified"]):
        why = reason_left_out(case)
        if why:
            left_out.append(f"left out: {case['id']} ({case['category']}): {why}")
            continue
        try:
            wrong = list(differences(case))
        except (ArithmeticError, IndexError, KeyError, ValueError) as fault:
            wrong = [f"cannot be computed: {type(fault).__name__}: {fault}"]
        in_scope += 1
        reproduced += not wrong
        lines += [f"{case['id']}: {line}" for line in wrong]
    lines += left_out
    lines.append("days past due: theirs is ours and one, since they count the due day")
    return reproduced, in_scope, lines


def main() -> None:
    """Compute the file named on the command line."""
    reproduced, in_scope, lines = run(Path(sys.argv[1]))
    sys.stdout.write("\n".join([*lines, f"reproduced {reproduced} of {in_scope}", ""]))


if __name__ == "__main__":
    main()
