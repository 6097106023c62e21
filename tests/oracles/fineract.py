"""Loan life stories of Apache Fineract, replayed by our kernel: `python -m tests.oracles.fineract FILE`.

A story is a list of things that happen to one loan, with what its schedule, its transactions and its delinquency must
be in between. Every expectation that the file marks as verified is compared to the cent, and so are status and
outstanding amount, which it does not mark; a story counts as reproduced when all of them hold. What a Chinese post-loan
product does not offer is left out, by feature.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from postloan.kernels import daycount
from postloan.kernels.life.plan import AFTER, Row
from postloan.kernels.life.replay import unpaid_since
from postloan.kernels.life.terms import FEE, INTEREST, PENALTY, PRINCIPAL, Kind

from .fineract_story import Case, Story, cents, iso

LEFT_OUT = {
    "down payment": lambda case: bool(case["terms"].get("down_payment_pct")),
    "merchant refunds, payout refunds, goodwill credits": lambda case: any(
        step["type"] == "repayment" and step.get("kind", "REPAYMENT") != "REPAYMENT" for step in case["timeline"]
    ),
    "re-age": lambda case: _does(case, "re_age"),
    "chargeback": lambda case: _does(case, "chargeback"),
    "refund of a credit balance": lambda case: _does(case, "credit_balance_refund"),
    "fixed length of the last period": lambda case: bool(case["terms"].get("fixed_length")),
}
"""The features of a story that a Chinese post-loan product does not offer."""


def _does(case: Case, kind: str) -> bool:
    return any(step["type"] == kind for step in case["timeline"])


def differences(case: Case, ranges: list[dict[str, Any]]) -> Iterator[str]:
    """Tell a story and say where its verified expectations do not hold."""
    story = Story(case)
    for number, step in enumerate(case["timeline"]):
        if not step["type"].startswith("expect_"):
            story.tell(step)
        elif step.get("verified", step["type"] in UNMARKED):
            found = EXPECTATIONS[step["type"]](story, step, ranges)
            for what, theirs, ours in found:
                if theirs != ours:
                    yield f"step {number} {step['type'][7:]}: {what} is {theirs}, ours {ours}"


Compared = Iterator[tuple[str, object, object]]


def schedule_rows(story: Story, step: dict[str, Any], _: object) -> Compared:
    rows = story.life().rows
    for said in step["rows"]:
        if said["n"] > len(rows):
            yield f"row {said['n']}", said["due_date"], None
            continue
        ours = row_of(rows, said["n"] - 1, story)
        for field, theirs in said.items():
            if field in ours:
                yield f"row {said['n']} {field}", _plain(theirs), _plain(ours[field])
    if "totals" in step or "disbursements" in step:
        yield "number of rows", step["rows"][-1]["n"], len(rows)
    for field, theirs in (step.get("totals") or {}).items():
        sums = [Decimal(str(row_of(rows, number, story)[field])) for number in range(len(rows))]
        yield f"total {field}", _plain(theirs), _plain(sum(sums))


def _plain(value: object) -> object:
    """Amounts compare as amounts, whatever the number of decimals they are written with."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return Decimal(value)
    return value


def row_of(rows: list[Row], place: int, story: Story) -> dict[str, object]:
    """Say a row of ours in their words."""
    row = rows[place]
    lent = sum(event.amount_cents for event in story.events if event.kind == Kind.DISBURSE and event.on <= row.due_on)
    lent = lent or story.expected.amount_cents
    due = sum(row.owed)
    return {
        "due_date": iso(row.due_on),
        "days": row.due_on - (row.starts_on if row.kind != AFTER else rows[place - 1].due_on),
        "paid_date": None if row.settled_on == daycount.NEVER else iso(row.settled_on),
        "balance": money(lent - sum(before.owed[PRINCIPAL] for before in rows[: place + 1])),
        "principal": money(row.owed[PRINCIPAL]),
        "interest": money(row.owed[INTEREST]),
        "fees": money(row.owed[FEE]),
        "penalties": money(row.owed[PENALTY]),
        "due": money(due),
        "paid": money(sum(row.paid)),
        "in_advance": money(row.in_advance_cents),
        "late": money(row.late_cents),
        "outstanding": money(row.open_cents()),
    }


def money(amount_cents: int) -> Decimal:
    return Decimal(amount_cents) / 100


def transactions(story: Story, step: dict[str, Any], _: object) -> Compared:
    bookings = story.life().bookings
    yield "number of transactions", len(step["rows"]), len(bookings)
    for number, (said, booking) in enumerate(zip(step["rows"], bookings, strict=False)):
        principal, interest, fee, penalty = booking.went
        off_book = booking.kind in (Kind.CHARGE_OFF, Kind.ACCELERATE, Kind.REAMORTISE, Kind.REPLAN)
        ours = {
            "date": iso(booking.on),
            "type": story.names[booking.event],
            "amount": money(booking.amount_cents),
            "principal": money(principal),
            "interest": money(interest),
            "fees": money(fee),
            "penalties": money(penalty),
            "loan_balance": money(0 if off_book else booking.open_cents),
        }
        for field, theirs in said.items():
            yield f"transaction {number + 1} {field}", _plain(theirs), _plain(ours[field])


def paused_days(story: Story, since: int) -> int:
    """Count the days of pauses after a day, up to the business date; a pause's last day is not paused."""
    return sum(max(0, min(end, story.on) - max(start, since)) for start, end in story.pauses)


def range_of(days: int, ranges: list[dict[str, Any]]) -> str:
    for band in ranges:
        if band["min"] <= days and (band["max"] is None or days <= band["max"]):
            return str(band["name"])
    return "NO_DELINQUENCY"


def delinquency(story: Story, step: dict[str, Any], ranges: list[dict[str, Any]]) -> Compared:
    rows = story.life().rows
    since = unpaid_since(rows, story.on)
    grace = story.case["terms"].get("grace_on_arrears_days") or 0
    past_due = story.on - since if since < story.on else 0
    days = max(past_due - grace - paused_days(story, since), 0) if past_due else 0
    overdue = sum(row.open_cents() for row in rows if row.due_on < story.on)
    ours = {
        "classification": range_of(days, ranges),
        "delinquent_amount": money(overdue),
        "delinquent_date": iso(since + grace) if past_due else None,
        "delinquent_days": days,
        "past_due_days": past_due,
    }
    for field, mine in ours.items():
        if field in step:
            yield field, _plain(step[field]), _plain(mine)


def instalment_delinquency(story: Story, step: dict[str, Any], ranges: list[dict[str, Any]]) -> Compared:
    buckets: Counter[str] = Counter()
    for row in story.life().rows:
        if row.due_on < story.on and row.open_cents() > 0:
            days = story.on - row.due_on - paused_days(story, row.due_on)
            buckets[range_of(days, ranges)] += row.open_cents()
    theirs = {band: cents(amount) for band, amount in step["buckets"].items()}
    yield "buckets", theirs, {band: amount for band, amount in buckets.items() if band != "NO_DELINQUENCY"}


def outstanding(story: Story, step: dict[str, Any], _: object) -> Compared:
    yield "outstanding", _plain(step["amount"]), money(story.life().open_cents())


def status(story: Story, step: dict[str, Any], _: object) -> Compared:
    life = story.life()
    ours = "ACTIVE"
    if life.plan.is_written_off:
        ours = "CLOSED_WRITTEN_OFF"
    elif life.open_cents() == 0:
        ours = "OVERPAID" if life.suspense_cents else "CLOSED_OBLIGATIONS_MET"
    if step["status"] in ("ACTIVE", "OVERPAID", "CLOSED_OBLIGATIONS_MET", "CLOSED_WRITTEN_OFF"):
        yield "status", step["status"], ours


UNMARKED = {"expect_outstanding", "expect_status"}
"""Expectations that the file does not mark as verified or not; they are compared too."""

EXPECTATIONS = {
    "expect_outstanding": outstanding,
    "expect_status": status,
    "expect_schedule": schedule_rows,
    "expect_transactions": transactions,
    "expect_delinquency": delinquency,
    "expect_instalment_delinquency": instalment_delinquency,
}


def missing(case: Case) -> list[str]:
    """Return the features of a story that we leave out."""
    return [feature for feature, is_used in LEFT_OUT.items() if is_used(case)]


def attempt(case: Case, ranges: list[dict[str, Any]]) -> list[str]:
    """Return where a story differs; a story that cannot be told at all differs in that."""
    try:
        return list(differences(case, ranges))
    except (ArithmeticError, AttributeError, IndexError, KeyError, StopIteration, ValueError) as fault:
        return [f"cannot be told: {type(fault).__name__}: {fault}"]


def run(path: Path) -> tuple[int, int, list[str]]:
    """Replay a file; return how many stories in scope are reproduced, how many there are, and lines to print."""
    book = json.loads(path.read_text(encoding="utf-8"))
    ranges = book["meta"]["delinquency_ranges"]
    reproduced, in_scope, left_out, extra = 0, 0, Counter[str](), 0
    lines = []
    cases = [case for case in book["cases"] if case["verified"]]
    for case in cases:
        wrong, features = attempt(case, ranges), missing(case)
        if features:
            left_out[" + ".join(features)] += 1
            extra += not wrong
            continue
        in_scope += 1
        reproduced += not wrong
        lines += [f"{case['id']}: {line}" for line in wrong[:5]]
    unverified = len(book["cases"]) - len(cases)
    lines += ["", f"left out: {len(cases) - in_scope} verified stories ({extra} of them are reproduced all the same)"]
    lines += [f"  {count:3} {feature}" for feature, count in left_out.most_common()]
    lines.append(f"not counted: {unverified} stories that their file does not mark as verified")
    return reproduced, in_scope, lines


def main() -> None:
    """Replay the file named on the command line."""
    reproduced, in_scope, lines = run(Path(sys.argv[1]))
    sys.stdout.write("\n".join([*lines, f"reproduced {reproduced} of {in_scope}", ""]))


if __name__ == "__main__":
    main()
