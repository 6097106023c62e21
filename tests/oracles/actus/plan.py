"""The dates of one contract by its terms alone: its redemptions, its interest days and the day on which it ends."""

from itertools import pairwise
from typing import Any

import numpy as np

from postloan.kernels.annuity import level_payment
from postloan.kernels.cycles import SHORT

from .days import Days
from .reading import MONEY, RATE, Moment, Terms, Unsupported, cycle, moment, scaled_text

AMORTISING = {"LAM", "NAM", "ANN"}
CAPITALISING = {"CLM", "UMP"}
_FAR_DAYS = 36_525


class Plan:
    """The dates of one contract.

    matures      the last day, given or derived; None where the contract has none.
    end          before which cycles run: the call, the maturity, or how far the case looks.
    redemptions  moments of redemption (or drawing) before the end; of an array schedule with the number of its part.
    interest     moments of interest before the end, paid or capitalised.
    """

    def __init__(self, terms: Terms, days: Days, horizon: Moment | None, observed: list[dict[str, Any]]) -> None:
        self.terms, self.days, self.horizon = terms, days, horizon
        self.kind = terms.word("contractType")
        if self.kind not in {"PAM", "LAX", *AMORTISING, *CAPITALISING}:
            raise Unsupported(f"no contract type {self.kind}")
        self.status = terms.the_moment("statusDate")
        self.starts = terms.the_moment("initialExchangeDate")
        if any(event["type"] != "XD" for event in observed):
            raise Unsupported("an observed event other than the call of the loan")
        self.called = moment(observed[0]["time"]) if observed else None
        self.matures = None if self.called else terms.moment("maturityDate") or self._derived_maturity()
        end = self.called or self.matures or horizon
        if end is None:
            raise Unsupported("it ends nowhere: no maturity, no call and no horizon")
        self.end = end
        self.redemptions = self._redemptions(end)
        self.interest = self._interest()

    def anchor(self, what: str, missed_cycles: int = 1) -> Moment | None:
        """Return the first day of a cycle; where it is not given, so many cycles after the start."""
        given, step = self.terms.moment(f"cycleAnchorDateOf{what}"), self.terms.cycle(f"cycleOf{what}")
        return given or (self.days.later(self.starts, step, missed_cycles) if step else None)

    def cyclic(self, what: str, end: Moment, missed_cycles: int = 1) -> list[Moment]:
        """Return the moments of one of the contract's cycles before an end."""
        anchor, step = self.anchor(what, missed_cycles), self.terms.cycle(f"cycleOf{what}")
        if step and not (self.called or self.matures):
            step = step._replace(stub=SHORT)  # The case looks no further, but the contract does not end there.
        return self.days.cycle(anchor, step, end) if anchor else []

    def array(self, what: str, end: Moment) -> list[tuple[Moment, int]]:
        """Return the moments of an array schedule before an end, each with the number of its part."""
        anchors = [moment(text) for text in self.terms.words(f"arrayCycleAnchorDateOf{what}")]
        parts = self.days.array(anchors, [cycle(text) for text in self.terms.words(f"arrayCycleOf{what}")], end)
        return [(at, number) for number, moments in enumerate(parts) for at in moments]

    def part_of(self, name: str, part: int) -> str:
        """Return one value of an array term; a single value holds for every part."""
        values = self.terms.words(name)
        return values[0] if len(values) == 1 else values[part]

    def draws(self, part: int) -> bool:
        """Tell whether a part of an array schedule pays out more principal."""
        return self.part_of("arrayIncreaseDecrease", part).startswith("INC")

    def payment_of(self, part: int) -> int:
        """Return the payment of a part of an array schedule."""
        return scaled_text(self.part_of("arrayNextPrincipalRedemptionPayment", part), MONEY)

    def _derived_maturity(self) -> Moment | None:
        """Return the day of the payment that pays the principal off."""
        if self.kind == "LAX":
            return self._exhausted()
        if self.kind not in AMORTISING:
            return None
        if self.terms.has("amortizationDate"):
            return self.terms.moment("amortizationDate")
        step, first = self.terms.cycle("cycleOfPrincipalRedemption"), self.anchor("PrincipalRedemption")
        payment = self.terms.money("nextPrincipalRedemptionPayment")
        if step is None or first is None or payment is None:
            raise Unsupported("no maturity, and no payments to derive it from")
        paid = 0
        while self.days.later(first, step, paid) < self.status:
            paid += 1
        principal = self.terms.the_money("notionalPrincipal")
        redeemed, whole = payment, 1
        if self.kind != "LAM":
            # Of a level payment the first period's interest is taken to be due in every period.
            begins = max(0, paid - 1)
            part, over = self.days.part(self.days.later(first, step, begins), self.days.later(first, step, begins + 1))
            whole = over * RATE
            redeemed = payment * whole - principal * part * (self.terms.rate("nominalInterestRate") or 0)
        if redeemed <= 0:
            raise Unsupported("its payment does not cover its interest, and it has no maturity")
        return self.days.later(first, step, paid + -(-principal * whole // redeemed) - 1)

    def _exhausted(self) -> Moment:
        """Return the redemption of an array schedule that leaves nothing."""
        left = self.terms.the_money("notionalPrincipal")
        for at, part in self.array("PrincipalRedemption", Moment(self.starts.day + _FAR_DAYS)):
            if at > self.status:
                left += self.payment_of(part) if self.draws(part) else -self.payment_of(part)
            if left <= 0:
                return at
        raise Unsupported("its array schedule never redeems all of the principal")

    def _redemptions(self, end: Moment) -> list[tuple[Moment, int]]:
        if self.kind == "LAX":
            return self.array("PrincipalRedemption", end)
        return [(at, 0) for at in self.cyclic("PrincipalRedemption", end)] if self.kind in AMORTISING else []

    def _interest(self) -> list[Moment]:
        if not self.terms.has("nominalInterestRate"):
            return []
        if self.terms.has("arrayCycleAnchorDateOfInterestPayment"):
            return [at for at, _ in self.array("InterestPayment", self.end)]
        if self.kind in {"NAM", "ANN"} and (first := self.anchor("PrincipalRedemption")):
            # A level payment holds its interest: from the first one on, interest is due with it.
            before = [at for at in self.cyclic("InterestPayment", self.end) if at < first]
            return before + [at for at, _ in self.redemptions]
        return self.cyclic("InterestPayment", self.end, missed_cycles=0 if self.kind == "CLM" else 1)

    def level_payment(self, owed: int, rate: int, after: Moment) -> int:
        """Return the annuity payment from the first redemption after a moment, when so much is owed.

        It pays off at the amortisation date, which may lie beyond maturity.
        """
        end = self.terms.moment("amortizationDate") or self.end
        paid_at = [at for at in self.cyclic("PrincipalRedemption", end) if at > after] + [end]
        parts = [self.days.part(start, last) for start, last in pairwise(paid_at)]
        lent = np.array([over * RATE for _, over in parts], np.int64)
        grown = np.array([over * RATE + part * rate for part, over in parts], np.int64)
        return int(level_payment(owed, grown, lent))

    def even_payment(self) -> int:
        """Return the principal divided by the redemptions still to come, the one at maturity among them."""
        payments = sum(at > self.status for at, _ in self.redemptions) + 1
        principal = self.terms.the_money("notionalPrincipal")
        return (principal + payments // 2) // payments
