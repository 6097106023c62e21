"""What the lending system is told of a debtor: its facts of the business day, held against the desk's rules."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from postloan.desk.book.narrow import loan_rows
from postloan.desk.book.queries import debtor_seen
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.pages import Desk
from postloan.desk.lending.models import Freeze
from postloan.errors import NothingPublished
from postloan.plan.dossier import debtor_paper
from postloan.rules.desk_approvals import Lending, LendingRule
from postloan.rules.desk_rules import load_desk_rules
from postloan.snapshot.read import scan_group_alerts, scan_loans
from postloan.tables.units import TIERS

BLOCKABLE = ("new_credit", "increase", "renewal", "drawdown")
_FLAGS = ("bankruptcy", "evasion", "use_changed", "is_restructured")


def lending_answer(desk: Desk, debtor_id: str) -> dict[str, Any]:
    """Answer for a debtor: tier, freeze, and what is barred by which rule.

    Judged on all its loans at the bank, whichever office keeps them: the law counts a debtor's debts together.
    Raises NotFoundHere where none of its loans is in the desk's offices.
    """
    debtor = debtor_seen(desk, debtor_id)
    day = desk.day
    facilities = debtor_paper(day.home, debtor_id, debtor["debtor_no"], "facility", day.on)
    facts = _facts(day, debtor_id)
    freeze = Freeze.objects.filter(debtor_id=debtor_id, state=Freeze.State.IN_FORCE).first()
    facts["frozen"] = freeze is not None or bool(facilities["is_frozen"].fill_null(value=False).any())
    binding = [rule for rule in _rules(day) if _HOLDS[rule.when](facts, rule)]
    return {
        "debtor_id": debtor_id,
        "tier": facts["tier"],
        "days_past_due": facts["days_past_due"],
        "is_frozen": facts["frozen"],
        "frozen_by": str(freeze.pk) if freeze else None,
        "blocked": {
            name: {
                "is_blocked": any(name in rule.blocks for rule in binding),
                "because": [_said(rule) for rule in binding if name in rule.blocks],
            }
            for name in BLOCKABLE
        },
        "facilities": facilities.select("facility_id", "limit_cents", "begins_on", "ends_on", "is_frozen").to_dicts(),
        "on": day.on,
        "run_id": day.run_id,
    }


def _rules(day: BusinessDay) -> tuple[LendingRule, ...]:
    return load_desk_rules(day.home).version("lending", Lending, day.on).rules


def _said(rule: LendingRule) -> dict[str, Any]:
    return {
        "rule": rule.rule, "zh": rule.zh, "en": rule.en, "cite": str(rule.cite),
        "place_confirmed": rule.cite.place_confirmed,
    }  # fmt: skip


def _facts(day: BusinessDay, debtor_id: str) -> dict[str, Any]:
    """The facts of a debtor's loans on the book or gone from it unpaid, and whether a member of its group is bad."""
    numbers = loan_rows(day).filter(pl.col("debtor_id") == debtor_id)["loan_no"]
    is_unpaid = pl.col("written_off_cents") > 0
    held = (
        scan_loans(day.home, day.on)
        .filter(pl.col("loan_no").is_in(numbers.implode()), (pl.col("status") == "active") | is_unpaid)
        .select("tier", "days_past_due", *_FLAGS, is_active=pl.col("status") == "active", is_unpaid=is_unpaid)
        .collect()
    )
    active = held.filter("is_active")
    tier = active["tier"].cast(pl.Enum(TIERS)).max() if active.height else None
    facts: dict[str, Any] = {name: bool(held[name].any()) for name in _FLAGS}
    facts |= {"tier": tier or TIERS[0], "days_past_due": active["days_past_due"].max() or 0}
    facts["written_off"] = bool(held["is_unpaid"].any())
    facts["group_alert"] = _has_group_alert(day, debtor_id)
    return facts


def _has_group_alert(day: BusinessDay, debtor_id: str) -> bool:
    try:
        alerts = scan_group_alerts(day.home, day.on)
    except NothingPublished:
        return False
    return not alerts.filter(pl.col("other_id") == debtor_id).head(1).collect().is_empty()


_HOLDS: Mapping[str, Callable[[Mapping[str, Any], LendingRule], bool]] = {
    "frozen": lambda facts, _rule: facts["frozen"],
    "bankruptcy": lambda facts, _rule: facts["bankruptcy"],
    "evasion": lambda facts, _rule: facts["evasion"],
    "misuse": lambda facts, _rule: facts["use_changed"],
    "restructured": lambda facts, _rule: facts["is_restructured"],
    "group_alert": lambda facts, _rule: facts["group_alert"],
    "written_off": lambda facts, _rule: facts["written_off"],
    "overdue": lambda facts, rule: facts["days_past_due"] > (rule.over_days or 0),
    "tier": lambda facts, rule: TIERS.index(facts["tier"]) >= TIERS.index(rule.tier or TIERS[-1]),
}
