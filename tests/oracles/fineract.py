"""Loan life stories of Apache Fineract, replayed by our kernel: `python -m tests.oracles.fineract FILE`.

A story is a list of things that happen to one loan, with what its schedule, its transactions and its delinquency must
be in between. Every expectation that the file marks as verified is compared to the cent; a story counts as reproduced
when all of its expectations hold. What a Chinese post-loan product does not offer is left out, by feature.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from postloan.kernels import daycount
from postloan.kernels.life.plan import AFTER, AT_ONCE, Row
from postloan.kernels.life.replay import Life, live, settlement_quote, unpaid_since
from postloan.kernels.life.terms import (
    ACCELERATE_ALL,
    ALL_ALIKE,
    DAYS,
    DUE,
    FEE,
    IN_ADVANCE,
    INTEREST,
    LAST,
    MONTHS,
    NEXT,
    NEXT_THEN_LAST,
    PAST_DUE,
    PENALTY,
    PRINCIPAL,
    REGULAR,
    SHARE_OF_MONTH,
    SHARE_OF_PERIOD,
    WEEKS,
    ZERO_INTEREST,
    Event,
    Kind,
    Policy,
    Terms,
)
from postloan.kernels.schedule import EQUAL_PRINCIPAL, FLAT, LEVEL

Case = dict[str, Any]

STAGES = {"PAST_DUE": PAST_DUE, "DUE": DUE, "IN_ADVANCE": IN_ADVANCE}
COMPONENTS = {"PENALTY": PENALTY, "FEE": FEE, "PRINCIPAL": PRINCIPAL, "INTEREST": INTEREST}
FUTURE = {
    "NEXT_INSTALLMENT": NEXT,
    "LAST_INSTALLMENT": LAST,
    "NEXT_LAST_INSTALLMENT": NEXT_THEN_LAST,
    "REAMORTIZATION": ALL_ALIKE,
}
UNITS = {"DAYS": DAYS, "WEEKS": WEEKS, "MONTHS": MONTHS}
CHARGED_OFF_BY = {"REGULAR": REGULAR, "ZERO_INTEREST": ZERO_INTEREST, "ACCELERATE_MATURITY": ACCELERATE_ALL}
STRATEGIES = {
    "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER": [[PENALTY, FEE, INTEREST, PRINCIPAL]] * 3,
    "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE": [
        [PENALTY, INTEREST, PRINCIPAL, FEE]
    ]
    * 3,
    "DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST": [
        [PENALTY, FEE, INTEREST, PRINCIPAL],
        [PENALTY, FEE, INTEREST, PRINCIPAL],
        [PRINCIPAL, PENALTY, FEE, INTEREST],
    ],
}
NAMES = {
    Kind.DISBURSE: "Disbursement",
    Kind.PAY: "Repayment",
    Kind.CHARGE_OFF: "Charge-off",
    Kind.ACCELERATE: "Contract Termination",
    Kind.WRITE_OFF: "Close (as written-off)",
    Kind.REAMORTISE: "Re-amortize",
    Kind.REPLAN: "Re-age",
}

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


def day(text: str) -> int:
    """Turn an ISO date into a day number."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def iso(number: int) -> str:
    """Turn a day number into an ISO date."""
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def cents(amount: object) -> int:
    """Turn an amount in the major unit into cents."""
    return int(Decimal(str(amount)) * 100)


def policy_of(rule: dict[str, Any], processing: str) -> Policy:
    order = []
    for word in rule["order"]:
        stage, component = word.rsplit("_", 1)
        order.append((STAGES[stage], COMPONENTS[component]))
    return Policy(tuple(order), FUTURE[rule["future"]], processing == "VERTICAL")


def terms_of(case: Case) -> Terms:
    """Read a story's terms."""
    said = case["terms"]
    progressive = said["schedule"] == "PROGRESSIVE"
    if progressive:
        policy = policy_of(said["allocation"]["DEFAULT"], said["processing"])
    else:
        ranks = STRATEGIES[said.get("allocation_strategy") or "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER"]
        policy = Policy(tuple((stage, part) for stage, parts in enumerate(ranks) for part in parts))
    method = FLAT if said["interest_method"] == "FLAT" else LEVEL
    if said["amortization"] == "EQUAL_PRINCIPAL":
        method = EQUAL_PRINCIPAL
    recalculation = said.get("interest_recalculation") or {"enabled": not progressive and _paid_late(case) > 0}
    unit = cents(said.get("currency_multiple_of") or "0.01")
    return Terms(
        rate_e8=int(Decimal(said["annual_rate_pct"]) * 1_000_000),
        periods=said["instalments"],
        policy=policy,
        method=method,
        every=said["repay_every"],
        unit=UNITS[said["repay_unit"]],
        day_count=day_count_of(said),
        year_days=0 if said["days_in_year"] == "ACTUAL" else int(said["days_in_year"]),
        step_cents=cents(said.get("instalment_multiple_of") or 0) or unit,
        unit_cents=unit,
        is_half_even=True,
        digits=19,
        evens_out=progressive,
        recalculates=recalculation["enabled"],
        overdue_bears=recalculation.get("on_past_due", True),
        rests_by_period=recalculation.get("rest", "SARP") == "SARP",
        settles_to_due=recalculation.get("preclose") == "TILL_REST_DATE",
        grace_periods=said.get("grace_on_principal") or 0,
        at_once_e8=int(Decimal(str(said.get("down_payment_pct") or 0)) * 1_000_000),
        leap_by_period=bool(said.get("feb29_only")),
        year_ends_early=not said.get("interest_recognised_on_disbursement_date"),
        charged_off_by=CHARGED_OFF_BY[said.get("charge_off_behaviour") or "REGULAR"],
    )


def day_count_of(said: dict[str, Any]) -> int:
    if said["interest_period"] == "SAME_AS_REPAYMENT_PERIOD" and said["repay_unit"] != "DAYS":
        return SHARE_OF_PERIOD
    if said["days_in_month"] == "30":
        return SHARE_OF_MONTH
    return daycount.ACT_ACT if said["days_in_year"] == "ACTUAL" else daycount.ACT_365


def _paid_late(case: Case) -> int:
    """Return how many first instalments were past due; a few stories say it in a sentence and nowhere else."""
    found = re.search(r"the first (\d+) instalments were past due", case["terms"].get("note") or "")
    return int(found[1]) if found else 0


class Story:
    """A story being told: the events so far and the business date."""

    def __init__(self, case: Case) -> None:
        self.case, self.terms = case, terms_of(case)
        self.events: list[Event] = []
        self.names: dict[int, str] = {}
        self.on = self.counted_to = day(case["terms"]["submitted_on"])
        self.expected = Event(Kind.DISBURSE, self.on, cents(case["terms"]["principal"]))
        self.pauses: list[list[int]] = []

    def life(self) -> Life:
        events, counted_to = self.events, self.counted_to
        if not any(event.kind == Kind.DISBURSE for event in events):
            events = [self.expected, *events]
        late = _paid_late(self.case)
        if late:
            rows = live(self.terms, events, on=counted_to).rows
            counted_to = rows[late - 1].due_on + 1
        return live(self.terms, events, on=counted_to)

    def add(self, event: Event, name: str = "", *, recounts: bool = True) -> None:
        self.names[len(self.events)] = name or NAMES.get(event.kind, "")
        self.events.append(event)
        if recounts:
            self.counted_to = self.on

    def tell(self, step: dict[str, Any]) -> None:
        """Take in one thing that happens."""
        getattr(self, "_" + step["type"])(step)

    def _business_date(self, step: dict[str, Any]) -> None:
        self.on = day(step["date"])

    def _close_of_business(self, _: dict[str, Any]) -> None:
        self.counted_to = self.on

    def _approve(self, step: dict[str, Any]) -> None:
        expected = day(step.get("expected_disbursement") or step["date"])
        self.expected = Event(Kind.DISBURSE, expected, cents(step["amount"]))

    def _disburse(self, step: dict[str, Any]) -> None:
        event = Event(Kind.DISBURSE, day(step["date"]), cents(step["amount"]))
        self.add(event)
        if self.case["terms"].get("auto_down_payment"):
            rows = live(self.terms, self.events, on=self.on).rows
            owed = [row.open_cents() for row in rows if row.kind == AT_ONCE and row.due_on == event.on]
            if owed and owed[-1]:
                self.add(Event(Kind.PAY, event.on, owed[-1]), "Down Payment")

    def _repayment(self, step: dict[str, Any]) -> None:
        kind = step.get("kind", "REPAYMENT")
        said = self.case["terms"]
        rule = (said.get("allocation") or {}).get(kind)
        policy = policy_of(rule, said["processing"]) if rule else None
        event = Event(Kind.PAY, day(step["date"]), cents(step["amount"]), policy=policy)
        self.add(event, kind.replace("_", " ").title())

    def _payoff(self, step: dict[str, Any]) -> None:
        on = day(step["date"])
        self.add(Event(Kind.PAY, on, sum(settlement_quote(self.terms, self.events, on=on))))

    def _undo_repayment(self, step: dict[str, Any]) -> None:
        undone = {event.count for event in self.events if event.kind == Kind.REVERSE}
        places = [
            place
            for place, event in enumerate(self.events)
            if event.kind == Kind.PAY
            and event.on == day(step["date"])
            and place not in undone
            and self.names[place] != "Down Payment"
        ]
        self.add(Event(Kind.REVERSE, self.on, count=places[step["index"] - 1]))

    def _undo_charge_off(self, _: dict[str, Any]) -> None:
        places = [place for place, event in enumerate(self.events) if event.kind == Kind.CHARGE_OFF]
        self.add(Event(Kind.REVERSE, self.on, count=places[-1]))

    def _charge(self, step: dict[str, Any]) -> None:
        due_on = day(step["due_date"])
        component = COMPONENTS[step["kind"]]
        event = Event(Kind.CHARGE, min(self.on, due_on), cents(step["amount"]), component=component, until_on=due_on)
        self.add(event, recounts=False)

    def _reschedule(self, step: dict[str, Any]) -> None:
        on = day(step["from_date"])
        if step.get("new_annual_rate_pct") is not None:
            rate_e8 = int(Decimal(str(step["new_annual_rate_pct"])) * 1_000_000)
            self.add(Event(Kind.CHANGE_RATE, on, rate_e8=rate_e8))
        if step.get("new_due_date"):
            self.add(Event(Kind.SHIFT, on, until_on=day(step["new_due_date"])))
        if step.get("extra_terms"):
            self.add(Event(Kind.EXTEND, on, count=int(step["extra_terms"])))

    def _interest_pause(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.PAUSE_INTEREST, day(step["start"]), until_on=day(step["end"])))

    def _re_amortize(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.REAMORTISE, day(step["date"])))

    def _re_age(self, step: dict[str, Any]) -> None:
        first = day(step["start_date"])
        count, every, unit = step["instalments"], step["every"], UNITS[step["unit"]]
        self.add(Event(Kind.REPLAN, day(step["date"]), until_on=first, count=count, every=every, unit=unit))

    def _charge_off(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.CHARGE_OFF, day(step["date"])))

    def _terminate_contract(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.ACCELERATE, day(step["date"])))

    def _write_off(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.WRITE_OFF, day(step["date"])))

    def _delinquency_pause(self, step: dict[str, Any]) -> None:
        self.pauses.append([day(step["start"]), day(step["end"])])

    def _delinquency_resume(self, step: dict[str, Any]) -> None:
        self.pauses[-1][1] = min(self.pauses[-1][1], day(step["start"]))


def differences(case: Case, ranges: list[dict[str, Any]]) -> Iterator[str]:
    """Tell a story and say where its verified expectations do not hold."""
    story = Story(case)
    for number, step in enumerate(case["timeline"]):
        if not step["type"].startswith("expect_"):
            story.tell(step)
        elif step.get("verified"):
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


EXPECTATIONS = {
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
