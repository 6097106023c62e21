"""Who may be in a package: each loan with the rule that keeps it out, and how a price is shared among loans."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from postloan.rules.preservation_desk import PreservationDesk

COMPANIES, SINGLE, PERSONS = "companies", "single", "persons"
_OF_PERSONS = ("person", "sole_trader")


class Bar(NamedTuple):
    """What keeps a loan out of a package: a word of the list `package_bar`, and the clause."""

    bar: str
    cite: str


def bars_of(loan: Mapping[str, Any], kind: str, rules: PreservationDesk, on: date) -> list[Bar]:
    """Say what keeps a loan out of a package of a kind on a day; nothing where it may be sold.

    loan    status, tier, legal_form, industry_code, security_kind and product, as the night published them.
    Source  rulebook: preservation (DSP-06 to DSP-09).
    """
    is_person = loan["legal_form"] in _OF_PERSONS
    industry, product = loan["industry_code"] or "", loan["product"] or ""
    found = {
        Bar("off_book", str(rules.sold.cite)): loan["status"] != "active",
        Bar("performing", str(rules.sold.cite)): loan["tier"] not in rules.sold.tiers,
        Bar("state_organ", str(rules.not_sold.cite)): loan["legal_form"] in rules.not_sold.legal_forms,
        Bar("industry", str(rules.not_sold.cite)): industry.startswith(rules.not_sold.industries),
        Bar("of_a_person", str(rules.not_sold.cite)): is_person and kind != PERSONS,
        Bar("of_a_company", str(rules.pilot.cite)): not is_person and kind == PERSONS,
        Bar("pilot_ended", str(rules.pilot.cite)): kind in {SINGLE, PERSONS} and on > rules.pilot.ends_on,
        Bar("pilot_security", str(rules.pilot.cite)): is_person and loan["security_kind"] in rules.pilot.not_secured,
        Bar("pilot_product", str(rules.pilot.cite)): is_person
        and any(word in product for word in rules.pilot.not_words),
    }
    return [bar for bar, holds in found.items() if holds]


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
