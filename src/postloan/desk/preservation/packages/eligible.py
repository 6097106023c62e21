"""How many accounts a package has, and how a price is shared among its loans."""

from collections.abc import Sequence

from postloan.desk.disposal.outcomes.barred import COMPANIES, SINGLE
from postloan.rules.preservation_desk import PreservationDesk


def count_is_right(kind: str, accounts: int, rules: PreservationDesk) -> bool:
    """Whether a package has as many accounts as its kind asks for: a batch of companies no fewer than the rule says."""
    if kind == SINGLE:
        return accounts == 1
    return accounts >= (rules.batch.accounts if kind == COMPANIES else 1)


def allocated(price_cents: int, principals_cents: Sequence[int]) -> list[int]:
    """Share a price by principal, exact to the cent: whole shares first, left cents to the largest remainders.

    Of equal remainders the earlier loan comes first. Source regulations DSP-18.
    """
    whole_cents = sum(principals_cents)
    if not whole_cents:
        raise ValueError("a package without principal has no weights")
    cut = [divmod(price_cents * each, whole_cents) for each in principals_cents]
    shares = [quotient for quotient, _remainder in cut]
    by_remainder = sorted(range(len(cut)), key=lambda place: (-cut[place][1], place))
    for place in by_remainder[: price_cents - sum(shares)]:
        shares[place] += 1
    return shares
