"""What keeps a claim from being sold, alone or in a package: each loan with the rule and its clause."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.lists.cells import language
from postloan.errors import IllegalMove
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.preservation_desk import PreservationDesk
from postloan.tables.said import said

COMPANIES, SINGLE, PERSONS = "companies", "single", "persons"
"""Ways to sell: companies in a batch, a single company, persons in a batch."""
_OF_PERSONS = ("person", "sole_trader")


class Bar(NamedTuple):
    """What keeps a loan from being sold: a word of the list `package_bar`, and the clause."""

    bar: str
    cite: str


def bars_of(loan: Mapping[str, Any], kind: str, rules: PreservationDesk, on: date) -> list[Bar]:
    """Say what keeps a loan from being sold in a way on a day; nothing where it may be sold.

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


def check_sold(loans: list[Mapping[str, Any]], kind: str, day: BusinessDay) -> None:
    """Stop where the law keeps one of some loans from being sold in a way on the day. Raises IllegalMove."""
    rules = load_desk_rules(day.home).version("preservation", PreservationDesk, day.on)
    for loan in loans:
        if bars := bars_of(loan, kind, rules, day.on):
            raise IllegalMove(
                message=_("%(loan)s 不能转让：%(why)s")
                % {"loan": loan["loan_id"],
                   "why": "；".join(f"{said('package_bar', each.bar, language())}（{each.cite}）" for each in bars)},
                hint=_("请放弃转让，或移出这笔借据。"),
                where={"loan_id": loan["loan_id"], **{each.bar: each.cite for each in bars}},
            )  # fmt: skip
