"""Whose file a published day sends to asset preservation, by when, and what is asked of the file."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import BusinessDay
from postloan.desk.warning.clocks import Clocks, clocks_on
from postloan.rules.preservation_desk import HandoverRule, Listed, PreservationDesk

_PERSON, _COMPANY = "person", "company"


def debtors_bad(day: BusinessDay, rule: HandoverRule) -> pl.DataFrame:
    """The debtors of a day that are handed over: a row each, by debtor.

    Returns debtor_id, debtor_name, legal_form, org_id, officer_id (of the largest loan), tier (the worst), loan_count,
    exposure_cents, reached_on (since when the first of them is that bad), securities.
    Source   rulebook: preservation (PRA-14).
    """
    tier, form = pl.col("tier").cast(pl.String), pl.col("legal_form").cast(pl.String)
    rows = loan_rows(day).filter((pl.col("status") == "active") & tier.is_in(rule.tiers))
    found = (
        rows.sort("outstanding_cents", "loan_no", descending=[True, False])
        .group_by("debtor_id", maintain_order=True)
        .agg(
            pl.col("debtor_name", "officer_id").first(),
            org_id=pl.col("org_id").first().cast(pl.String),
            legal_form=form.first(),
            tier=tier.sort_by(tier.replace_strict(list(rule.tiers), range(len(rule.tiers)))).last(),
            loan_count=pl.len().cast(pl.Int64),
            exposure_cents=pl.col("outstanding_cents").sum(),
            reached_on=pl.col("tier_since_on").min(),
            securities=pl.col("security_kind").cast(pl.String).unique(),
        )
    )
    is_asked = pl.col("legal_form").is_in(rule.legal_forms)
    is_large = (pl.col("legal_form") == _PERSON) & (pl.col("exposure_cents") >= rule.persons_from_cents)
    return found.filter(is_asked | is_large).sort("debtor_id")


def items_asked(files: Iterable[Listed], *, legal_form: str, securities: Iterable[str]) -> list[dict[str, Any]]:
    """The items of the file that are asked of a debtor, in their order."""
    held = set(securities)
    met = {
        "all": True, "mortgage": bool(held & {"mortgage", "pledge"}), "guarantee": "guarantee" in held,
        "company": legal_form == _COMPANY,
    }  # fmt: skip
    return [{"item": each.item, "zh": each.zh, "en": each.en} for each in files if met[each.need]]


class Deadlines:
    """By when a file is received: the rule's working days, counted from the day after the tier was reached."""

    def __init__(self, day: BusinessDay, rules: PreservationDesk) -> None:
        self._clocks = clocks_on(day)
        self._within = rules.handover.within
        self._known: dict[date, date] = {}

    def due(self, reached_on: date) -> date:
        """The last day, by the calendar of the bank. The same days are asked again and again."""
        if reached_on not in self._known:
            day = self._clocks.day
            since = BusinessDay(day.home, reached_on, day.run_id, day.latest_on)
            self._known[reached_on] = Clocks(since, self._clocks.rules).due(self._within)
        return self._known[reached_on]
