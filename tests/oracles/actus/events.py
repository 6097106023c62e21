"""The events of a contract in their order, before any of them is computed."""

from dataclasses import dataclass

from .plan import CAPITALISING, Plan
from .reading import Moment

ORDER = {
    "IED": 1, "PR": 3, "PI": 4, "XD": 7, "IP": 8, "IPCI": 9, "RRF": 11, "RR": 12, "PRF": 13, "PRD": 14, "TD": 16,
    "SC": 17, "IPCB": 18, "MD": 19, "STD": 20,
}  # fmt: skip
"""What comes first on one day: the dictionary's sequence, but a payment is fixed after the reset that asks for it."""


@dataclass(frozen=True)
class Event:
    """One event: planned `at`, shown on a business day; `part` is its place in an array schedule."""

    at: Moment
    shown: Moment
    kind: str
    part: int = 0

    @property
    def rank(self) -> tuple[Moment, int]:
        return self.shown, ORDER[self.kind]


def events_of(plan: Plan) -> list[Event]:
    """Return the events after the status date, in order, until the contract is sold or the case looks no further.

    A call is settled even where its notice reaches beyond what the case looks at.
    """
    cyclic = [*_principal(plan), *_interest(plan), *_resets(plan), *_revisions(plan)]
    cyclic = [(at, kind, part) for at, kind, part in cyclic if at >= plan.starts]
    events = [Event(at, plan.days.rolled(at), kind, part) for at, kind, part in cyclic]
    events += [Event(at, at, kind) for at, kind in _single(plan)]
    events = [event for event in events if event.at > plan.status]
    if plan.horizon and not plan.called:
        events = [event for event in events if event.shown <= plan.horizon]
    events.sort(key=lambda event: event.rank)
    for at, event in enumerate(events):
        if event.kind == "TD":
            return events[: at + 1]
    return events


def _single(plan: Plan) -> list[tuple[Moment, str]]:
    """Return what happens once, on its own day even where nobody works."""
    terms = plan.terms
    once = [(plan.starts, "IED")]
    for name, kind in (("purchaseDate", "PRD"), ("terminationDate", "TD")):
        if at := terms.moment(name):
            once.append((at, kind))
    if plan.kind == "ANN" and not terms.has("nextPrincipalRedemptionPayment"):
        first = plan.anchor("PrincipalRedemption")
        if first and first > plan.starts:
            once.append((first._replace(day=first.day - 1), "PRF"))
    if plan.called:
        settled = plan.days.later(plan.called, terms.the_cycle("xDayNotice"), 1)
        once += [(plan.called, "XD"), (settled, "IP"), (settled, "STD")]
    elif plan.matures:
        once.append((plan.matures, "MD"))
        if terms.has("nominalInterestRate"):
            once.append((plan.matures, "IP"))
    return once


def _principal(plan: Plan) -> list[tuple[Moment, str, int]]:
    is_array = plan.kind == "LAX"
    return [(at, "PI" if is_array and plan.draws(part) else "PR", part) for at, part in plan.redemptions]


def _interest(plan: Plan) -> list[tuple[Moment, str, int]]:
    """Return interest paid, and interest capitalised: until a day, or always where a loan is callable or endless."""
    if plan.kind in CAPITALISING:
        return [(at, "IPCI", 0) for at in plan.interest]
    until = plan.terms.moment("capitalizationEndDate")
    if until is None:
        return [(at, "IP", 0) for at in plan.interest]
    capitalised = {at for at in plan.interest if at <= until} | {until}
    return [(at, "IPCI", 0) for at in capitalised] + [(at, "IP", 0) for at in plan.interest if at > until]


def _resets(plan: Plan) -> list[tuple[Moment, str, int]]:
    """Return the resets; the first after the status date is known where its rate is given. An annuity is fixed anew."""
    if plan.terms.has("arrayCycleAnchorDateOfRateReset"):
        resets = [
            (at, "RRF" if plan.part_of("arrayFixedVariable", part).startswith("F") else "RR", part)
            for at, part in plan.array("RateReset", plan.end)
        ]
    else:
        resets = [(at, "RR", 0) for at in plan.cyclic("RateReset", plan.end) if at > plan.status]
        if resets and plan.terms.has("nextResetRate"):
            resets[0] = (resets[0][0], "RRF", 0)
    if plan.kind == "ANN":
        resets += [(at, "PRF", 0) for at, _, _ in resets]
    return resets


def _revisions(plan: Plan) -> list[tuple[Moment, str, int]]:
    terms, end = plan.terms, plan.end
    revisions = []
    if set(terms.word("scalingEffect")) & set("IN"):
        revisions += [(at, "SC", 0) for at in plan.cyclic("ScalingIndex", end)]
    if terms.word("interestCalculationBase") == "NTL":
        revisions += [(at, "IPCB", 0) for at in plan.cyclic("InterestCalculationBase", end)]
    return revisions
