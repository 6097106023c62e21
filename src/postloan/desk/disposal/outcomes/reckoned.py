"""What an outcome would meet, give up and take off a loan, and the decisions that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.plan.met import value_meets
from postloan.rules.legal_clocks import LegalClocks
from postloan.rules.rulebook import load_rulebook
from postloan.snapshot.read import scan_loans

CHARGES = ("fee", "penalty", "compound", "interest")
"""What is owed beside principal, and may be given up."""
_OF_LOAN = (
    "loan_id", "debtor_id", "org_id", "status", "tier", "legal_form", "security_kind", "industry_code", "product",
    "days_past_due",
    "outstanding_cents", "overdue_fee_cents", "penalty_cents", "compound_cents", "overdue_interest_cents",
)  # fmt: skip
_OWED = {
    "fee": "overdue_fee_cents", "penalty": "penalty_cents", "compound": "compound_cents",
    "interest": "overdue_interest_cents", "principal": "outstanding_cents",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A decision to be: its kind and terms."""

    kind: str
    terms: Mapping[str, Any] = field(default_factory=dict)


def loan_owed(day: BusinessDay, loan_id: str) -> dict[str, Any] | None:
    """A loan's published row as far as outcomes ask of it; None where the day has no such loan."""
    rows = scan_loans(day.home, day.on).filter(pl.col("loan_id") == loan_id).select(_OF_LOAN).collect()
    return rows.row(0, named=True) if rows.height else None


def owed_parts(loan: Mapping[str, Any]) -> dict[str, int]:
    """What a loan owes, by component, in cents."""
    return {name: int(loan[column]) for name, column in _OWED.items()}


def parts_of(
    route: str, loan: Mapping[str, Any], value_cents: int, waived: Mapping[str, int], day: BusinessDay
) -> dict[str, int]:
    """What an outcome meets of each component, or takes off the book, by what is owed on the day.

    An asset meets the debts in the order of the rulebook; a transfer and a write-off take all of it; a settlement what
    is given up of principal.
    """
    owed = owed_parts(loan)
    if route == "asset":
        return value_meets(day.home, str(loan["loan_id"]), value_cents, day.on).parts
    if route in {"transfer", "write_off"}:
        return owed
    if route == "settlement":
        return {"principal": waived.get("principal", 0)}
    return {}


def changes_of(
    route: str, parts: Mapping[str, int], waived: Mapping[str, int], value_cents: int, ground: str
) -> list[Change]:
    """The decisions that an outcome becomes: what is given up first, what leaves the book last."""
    if route == "asset":
        return [*_waivers(parts, met_by="asset"), *_off(parts["principal"], 0, ground, asset=parts["principal"])]
    if route == "settlement":
        return [*_waivers(waived), *_off(waived.get("principal", 0), 0, ground)]
    if route == "transfer":
        met_cents = min(value_cents, parts["principal"])
        return _off(parts["principal"], parts["interest"], ground, transferred=met_cents)
    if route == "write_off":
        return _off(parts["principal"], parts["interest"], ground)
    return []


def _waivers(parts: Mapping[str, int], **more: str) -> list[Change]:
    return [
        Change("waiver", {"component": name, "amount": _written(parts[name]), **more})
        for name in CHARGES
        if parts.get(name)
    ]


def _off(principal_cents: int, interest_cents: int, ground: str, **met: int) -> list[Change]:
    if not principal_cents + interest_cents:
        return []
    terms = {"principal": _written(principal_cents), "interest": _written(interest_cents), "ground": ground}
    return [Change("write_off", terms | {name: _written(cents) for name, cents in met.items() if cents})]


def _written(cents: int) -> str:
    """An amount as a decision says it: a decimal, so that no program makes a float of it."""
    return f"{cents // 100}.{cents % 100:02d}"


def effective_day(day: BusinessDay) -> date:
    """The first day on which a decision of today can hold."""
    return day.latest_on + timedelta(days=1)


def dispose_by(asset_kind: str, taken_on: date, day: BusinessDay) -> date:
    """The last day that the law gives for selling what was taken.

    Source  rulebook: legal_clocks (repossessed); regulations DSP-12, DSP-13.
    """
    law = load_rulebook(day.home).version("legal_clocks", LegalClocks, day.on)
    window = next(
        each for each in law.opened if each.clock.startswith("repossessed") and asset_kind in each.assets
    )  # fmt: skip
    last: date = pl.select(window.after(pl.lit(taken_on))).item()
    return last
