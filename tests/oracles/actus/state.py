"""What each event pays and what it leaves: principal, rate, accrued interest; amounts have the sign of the side."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from postloan.kernels.exact import times_over

from .events import Event, events_of
from .plan import CAPITALISING, Plan
from .reading import RATE, Moment, Unsupported, scaled, scaled_text

_LIABILITY = {"RPL", "ST", "SEL", "PFL", "PF"}
_INDEX = 10**8
Market = dict[str, list[tuple[Moment, Decimal]]]


@dataclass(frozen=True)
class Row:
    """One computed event: the payoff, and the state after it, in units of reading.MONEY and reading.RATE."""

    shown: Moment
    kind: str
    payoff: int
    notional: int
    rate: int
    accrued: int


def signed_over(amount: int, factor: int, divisor: int) -> int:
    """Return amount × factor ÷ divisor by the kernel, half away from zero where a side is negative."""
    rounded = int(times_over(abs(amount), abs(factor), divisor))
    return rounded if (amount < 0) == (factor < 0) else -rounded


class Contract:
    """One contract on its way through its events."""

    def __init__(self, plan: Plan, market: Market) -> None:
        self.plan, self.terms, self.market = plan, plan.terms, market
        self.side = -1 if self.terms.word("contractRole") in _LIABILITY else 1
        self.notional = self.base = self.rate = self.accrued = self.payment = 0
        self.since = plan.starts
        self.is_called = False
        self.scale = {}
        for part, name in (("I", "interestScalingMultiplier"), ("N", "notionalScalingMultiplier")):
            self.scale[part] = scaled(self.terms.number(name) or Decimal(1), _INDEX), _INDEX
        if plan.starts <= plan.status:
            self._take_on()

    def _take_on(self) -> None:
        """Begin in the middle: the terms hold what is owed on the status date."""
        self._lend()
        self.since = self.plan.status
        if not self.terms.has("accruedInterest") and self.plan.kind not in CAPITALISING:
            paid = [at for at in self.plan.interest if at < self.plan.status]
            self.accrued = self._interest(paid[-1], self.plan.status) if paid else 0
        if self.plan.kind == "ANN" and not self.payment:
            self._fix(self.plan.status)

    def _lend(self) -> None:
        self.notional = self.side * self.terms.the_money("notionalPrincipal")
        self.rate = self.terms.rate("nominalInterestRate") or 0
        self.base = self.notional
        if self.terms.word("interestCalculationBase", "NT") != "NT" and self.terms.has("interestCalculationBaseAmount"):
            self.base = self.side * self.terms.the_money("interestCalculationBaseAmount")
        self.accrued = self.side * (self.terms.money("accruedInterest") or 0)
        self.payment = self.terms.money("nextPrincipalRedemptionPayment") or 0
        if self.plan.kind == "LAM" and not self.payment:
            self.payment = self.plan.even_payment()

    def _interest(self, start: Moment, end: Moment) -> int:
        part, whole = self.plan.days.part(start, end)
        return signed_over(self.base, self.rate * part, whole * RATE)

    def _accrue(self, at: Moment) -> None:
        if not self.is_called:
            self.accrued += self._interest(self.since, at)
        self.since = at

    def _change(self, by: int) -> None:
        self.notional += by
        if self.terms.word("interestCalculationBase", "NT") == "NT":
            self.base = self.notional

    def _scaled(self, amount: int, part: str) -> int:
        return signed_over(amount, *self.scale[part])

    def _observed(self, code: str, at: Moment) -> Decimal:
        series = self.market.get(code, [])
        found = bisect_right([seen for seen, _ in series], at)
        if found == 0:
            raise Unsupported(f"nothing was observed of {code or 'the market'} by {at.shown()}")
        return series[found - 1][1]

    def _fix(self, at: Moment) -> None:
        """Fix the annuity payment by what will be owed on the first payment day after `at`."""
        first = next((paid for paid, _ in self.plan.redemptions if paid > at), self.plan.end)
        owed = abs(self.notional + self.accrued + self._interest(max(at, self.since), first))
        self.payment = self.plan.level_payment(owed, self.rate, at)

    def rows(self) -> list[Row]:
        """Compute every event; those before a purchase happened to somebody else and are not shown."""
        shown: list[Row] = []
        for event in events_of(self.plan):
            payoff = _EFFECTS[event.kind](self, event)
            if event.kind == "PRD":
                shown.clear()
            shown.append(Row(event.shown, event.kind, payoff, self.notional, self.rate, self.accrued))
        return shown

    def _starts(self, event: Event) -> int:
        self._lend()
        anchor = self.terms.moment("cycleAnchorDateOfInterestPayment")
        if not self.terms.has("accruedInterest") and anchor and anchor < event.at:
            self.accrued = self._interest(anchor, event.at)
        self.since = event.at
        if self.plan.kind == "ANN" and not self.payment and self.plan.anchor("PrincipalRedemption") == event.at:
            self._fix(event.at._replace(day=event.at.day - 1))
        if self.plan.kind == "CLM":
            return -self.notional
        return -self.notional - self.side * (self.terms.money("premiumDiscountAtIED") or 0)

    def _redeems(self, event: Event) -> int:
        self._accrue(event.at)
        paid = self.plan.payment_of(event.part) if self.plan.kind == "LAX" else self.payment
        if self.plan.kind in {"NAM", "ANN"}:
            paid -= self.side * self.accrued
        # Nothing is redeemed that is not owed; a payment short of the interest redeems less than nothing.
        paid = self.side * min(paid, abs(self.notional))
        self._change(-paid)
        return self._scaled(paid, "N")

    def _draws(self, event: Event) -> int:
        self._accrue(event.at)
        drawn = self.side * self.plan.payment_of(event.part)
        self._change(drawn)
        return -self._scaled(drawn, "N")

    def _pays_interest(self, event: Event) -> int:
        self._accrue(event.at)
        paid, self.accrued = self.accrued, 0
        return self._scaled(paid, "I")

    def _capitalises(self, event: Event) -> int:
        self._accrue(event.at)
        self._change(self.accrued)
        self.accrued = 0
        return 0

    def _resets(self, event: Event) -> int:
        self._accrue(event.at)
        if event.kind == "RRF":
            is_array = self.terms.has("arrayRate")
            fixed = self.plan.part_of("arrayRate", event.part) if is_array else self.terms.word("nextResetRate")
            self.rate = scaled_text(fixed, RATE)
            return 0
        spread = self.terms.number("rateSpread") or Decimal(0)
        if self.terms.has("arrayRate"):
            spread = Decimal(self.plan.part_of("arrayRate", event.part))
        seen = self._observed(self.terms.word("marketObjectCodeOfRateReset"), event.at)
        multiplier = self.terms.number("rateMultiplier")
        wanted = scaled(seen * (Decimal(1) if multiplier is None else multiplier) + spread, RATE)
        self.rate = self._bounded("life", self.rate + self._bounded("period", wanted - self.rate))
        return 0

    def _bounded(self, what: str, value: int) -> int:
        floor, cap = self.terms.rate(f"{what}Floor"), self.terms.rate(f"{what}Cap")
        value = value if floor is None else max(value, floor)
        return value if cap is None else min(value, cap)

    def _fixes(self, event: Event) -> int:
        self._accrue(event.at)
        self._fix(event.at)
        return 0

    def _bought(self, event: Event) -> int:
        self._accrue(event.at)
        return -self.side * (self.terms.the_money("priceAtPurchaseDate") + self.accrued)

    def _sold(self, event: Event) -> int:
        self._accrue(event.at)
        received = self.side * (self.terms.the_money("priceAtTerminationDate") + self.accrued)
        self.notional = self.base = self.accrued = 0
        return received

    def _rescales(self, event: Event) -> int:
        self._accrue(event.at)
        index = scaled(self._observed(self.terms.word("marketObjectCodeOfScalingIndex"), event.at), _INDEX)
        base = scaled_text(self.terms.word("scalingIndexAtContractDealDate"), _INDEX)
        for part in set(self.terms.word("scalingEffect")) & set("IN"):
            self.scale[part] = (index, base)
        return 0

    def _rebases(self, event: Event) -> int:
        self._accrue(event.at)
        self.base = self.notional
        return 0

    def _is_called(self, event: Event) -> int:
        self._accrue(event.at)
        self.is_called = True
        return 0

    def _ends(self, event: Event) -> int:
        self._accrue(event.at)
        paid, self.notional, self.base = self.notional, 0, 0
        return self._scaled(paid, "N")


_EFFECTS: dict[str, Callable[[Contract, Event], int]] = {
    "IED": Contract._starts,
    "PR": Contract._redeems,
    "PI": Contract._draws,
    "XD": Contract._is_called,
    "IP": Contract._pays_interest,
    "IPCI": Contract._capitalises,
    "RRF": Contract._resets,
    "RR": Contract._resets,
    "PRF": Contract._fixes,
    "PRD": Contract._bought,
    "TD": Contract._sold,
    "SC": Contract._rescales,
    "IPCB": Contract._rebases,
    "MD": Contract._ends,
    "STD": Contract._ends,
}
