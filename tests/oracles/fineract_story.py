"""A Fineract story told to our kernel: its terms in our words, and each thing that happens as one of our events."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from postloan.kernels import daycount
from postloan.kernels.life.plan import AT_ONCE
from postloan.kernels.life.replay import Life, live, settlement_quote
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
NAMES = {
    Kind.DISBURSE: "Disbursement",
    Kind.PAY: "Repayment",
    Kind.CHARGE_OFF: "Charge-off",
    Kind.ACCELERATE: "Contract Termination",
    Kind.WRITE_OFF: "Close (as written-off)",
    Kind.REAMORTISE: "Re-amortize",
    Kind.REPLAN: "Re-age",
}


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


def policy_named(strategy: str) -> Policy:
    """Read an order from its name: `FEES_INTEREST_…_ORDER`, or `DUE_PENALTY_FEE_…_IN_ADVANCE_PRINCIPAL_…`."""
    words = strategy.replace("PENALTIES", "PENALTY").replace("FEES", "FEE").removeprefix("DUE_").removesuffix("_ORDER")
    due, _, ahead = words.partition("_IN_ADVANCE_")
    ranks = {PAST_DUE: due, DUE: due, IN_ADVANCE: ahead or due}
    return Policy(tuple((stage, COMPONENTS[word]) for stage, said in ranks.items() for word in said.split("_")))


def terms_of(case: Case) -> Terms:
    """Read a story's terms."""
    said = case["terms"]
    progressive = said["schedule"] == "PROGRESSIVE"
    if progressive:
        policy = policy_of(said["allocation"]["DEFAULT"], said["processing"])
    else:
        policy = policy_named(said.get("allocation_strategy") or "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER")
    method = FLAT if said["interest_method"] == "FLAT" else LEVEL
    if said["amortization"] == "EQUAL_PRINCIPAL":
        method = EQUAL_PRINCIPAL
    recalculation = said.get("interest_recalculation") or {"enabled": not progressive and _paid_late(case) > 0}
    year_days = int(said["days_in_year"].replace("ACTUAL", "0" if progressive else "365"))
    unit = cents(said.get("currency_multiple_of") or "0.01")
    return Terms(
        rate_e8=int(Decimal(said["annual_rate_pct"]) * 1_000_000),
        periods=said["instalments"],
        policy=policy,
        method=method,
        every=said["repay_every"],
        unit=UNITS[said["repay_unit"]],
        day_count=day_count_of(said),
        year_days=year_days,
        step_cents=cents(said.get("instalment_multiple_of") or 0) or unit,
        unit_cents=unit,
        is_half_even=True,
        digits=19,
        levels_by_months=not progressive and said["interest_period"] == "DAILY",
        shares_down=False,
        prorates=True,
        evens_out=progressive,
        recalculates=recalculation["enabled"],
        overdue_bears=recalculation.get("on_past_due", True),
        rests_by_period=recalculation.get("rest", "SARP") == "SARP",
        settles_to_due=recalculation.get("preclose") == "TILL_REST_DATE",
        from_the_eve=True,
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
        undone = {event.number for event in self.events if event.kind == Kind.REVERSE}
        places = [
            place
            for place, event in enumerate(self.events)
            if event.kind == Kind.PAY
            and event.on == day(step["date"])
            and place not in undone
            and self.names[place] != "Down Payment"
        ]
        self.add(Event(Kind.REVERSE, self.on, number=places[step["index"] - 1]))

    def _undo_charge_off(self, _: dict[str, Any]) -> None:
        places = [place for place, event in enumerate(self.events) if event.kind == Kind.CHARGE_OFF]
        self.add(Event(Kind.REVERSE, self.on, number=places[-1]))

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
            self.add(Event(Kind.EXTEND, on, number=int(step["extra_terms"])))

    def _interest_pause(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.PAUSE_INTEREST, day(step["start"]), until_on=day(step["end"])))

    def _re_amortize(self, step: dict[str, Any]) -> None:
        self.add(Event(Kind.REAMORTISE, day(step["date"])))

    def _re_age(self, step: dict[str, Any]) -> None:
        first = day(step["start_date"])
        count, every, unit = step["instalments"], step["every"], UNITS[step["unit"]]
        self.add(Event(Kind.REPLAN, day(step["date"]), until_on=first, number=count, every=every, unit=unit))

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
