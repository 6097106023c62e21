"""Whose consent a restructuring needs: guarantors and mortgagors of the loan, but for the borrower himself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.conf import settings

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.core.days import BusinessDay
from postloan.desk.restructure.models import Consent, Restructuring
from postloan.plan.dossier import parties_of_loan
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.restructuring_rules import Restructurings


@dataclass(frozen=True)
class Asked:
    """Somebody who stands for the debt, by what, and the consent that he gave.

    is_guarantee  a guarantee; otherwise a pledge or mortgage of what is his.
    """

    security_id: str
    party_id: str
    party_name: str
    is_guarantee: bool
    consent: Consent | None


def rules_on(day: BusinessDay) -> Restructurings:
    """What the desk asks of restructurings by the rules of a day."""
    return load_desk_rules(day.home).version("restructurings", Restructurings, day.on)


def parties_asked(held: Restructuring, day: BusinessDay) -> list[Asked]:
    """Everybody but the borrower who stands for the loan today, with what he consented to in writing."""
    given: Mapping[str, Consent] = {each.security_id: each for each in held.consents.select_related("added_by")}
    parties = parties_of_loan(day.home, held.loan_id, day.on)
    theirs = pl.col("debtor_id").is_in([each.party_id for each in parties])
    names = dict(debtor_rows(day).filter(theirs).select("debtor_id", "name").iter_rows())
    return [
        Asked(each.security_id, each.party_id, names.get(each.party_id, each.party_id), each.is_guarantee,
              given.get(each.security_id))
        for each in parties
        if each.party_id != held.debtor_id
    ]  # fmt: skip


def needs_consent(kinds: set[str], day: BusinessDay) -> bool:
    """Whether changes of these kinds bind whoever stands for the debt only if he consents."""
    return bool(kinds & set(rules_on(day).consent.kinds))


def consent_path(sha256: str) -> Path:
    """Where the bytes of a consent lie."""
    return Path(settings.MEDIA_ROOT) / "restructure" / sha256[:2] / sha256
