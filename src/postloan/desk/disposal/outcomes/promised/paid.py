"""What the core has had of a settlement since it was agreed to, and what is given up once all of it came."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.desk.disposal.models import Outcome
from postloan.desk.disposal.outcomes.reckoned import CHARGES, owed_parts
from postloan.plan.dossier import loan_paper


def paid_cents(made: Outcome, day: BusinessDay) -> int:
    """What came in on the loan after the day of the agreement, up to the promised day; what was reversed left out."""
    if made.agreed_on is None or made.pay_by is None:
        return 0
    rows = loan_paper(day.home, made.loan_id, "payments", day.on)
    gone = [*rows["reverses_payment_id"].drop_nulls()]
    counts = pl.col("reverses_payment_id").is_null() & ~pl.col("payment_id").is_in(gone)
    in_time = (pl.col("paid_on") > made.agreed_on) & (pl.col("paid_on") <= made.pay_by)
    return int(rows.filter(counts & in_time)["amount_cents"].sum())


def given_up(waived: Mapping[str, int], loan: Mapping[str, Any]) -> dict[str, int]:
    """Lay what was agreed to be given up on what the loan owes once the promised sum was paid.

    Each component as agreed as far as it is owed yet; what a payment met of it meanwhile falls to the others, charges
    first, so that in all no more is given up than was agreed to.
    """
    owed = owed_parts(loan)
    given = {name: min(cents, owed[name]) for name, cents in waived.items()}
    left_cents = sum(waived.values()) - sum(given.values())
    for name in (*CHARGES, "principal"):
        more_cents = min(left_cents, owed[name] - given.get(name, 0))
        given[name] = given.get(name, 0) + more_cents
        left_cents -= more_cents
    return {name: cents for name, cents in given.items() if cents}
