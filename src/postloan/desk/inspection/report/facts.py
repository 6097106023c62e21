"""What the data say of a debtor on the day of the report: found in the snapshot and the feeds, kept with the report.

Facts are JSON: amounts whole cents under names that end in _cents, days as text, so that they read the same for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows
from postloan.desk.book.queries import debtor_seen, loans_split, statement_table
from postloan.desk.core.figures import money
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.plan.dossier import Dossier, dossier
from postloan.tables.said import said
from postloan.tables.units import NON_PERFORMING, TIERS

_LOAN = (
    "loan_id", "product", "principal_cents", "outstanding_cents", "overdue_principal_cents", "days_past_due", "tier",
    "security_kind", "disbursed_on", "matures_on",
)  # fmt: skip
_COLLATERAL = (
    "collateral_id", "kind", "description", "value_cents", "valued_on", "insured_to_on", "registration_ends_on",
)  # fmt: skip
_FIGURES = (
    "exposure_cents", "overdue_cents", "arrears_cents", "npl_cents", "days_past_due_worst", "tier_worst", "loan_count",
    "all_banks_cents", "all_banks_over_90_cents",
)  # fmt: skip
_COURTS = ("court", "tax", "environment")
_EVENTS_MOST = 20
_RECENT_DAYS = 365


@dataclass(frozen=True)
class Difference:
    """What changed of a figure since the last inspection."""

    said: str
    before: str
    now: str
    is_worse: bool = False


def facts_of(desk: Desk, debtor_id: str) -> dict[str, Any]:
    """The facts of a debtor on the desk's day. Raises NotFoundHere where it is outside the desk's offices."""
    row = debtor_seen(desk, debtor_id)
    mine, others = loans_split(desk, debtor_id)
    papers = dossier(desk.day.home, debtor_id, row["debtor_no"], desk.day.on)
    identity = papers.debtor.row(0, named=True)
    collateral = _plain(papers.pledges.unique("collateral_id", maintain_order=True), _COLLATERAL)
    guarantees = _guarantees(desk, papers)
    events = _plain(papers.events.head(_EVENTS_MOST), ("happened_on", "source", "kind", "amount_cents", "text"))
    held = {
        "on": str(desk.day.on),
        "debtor": {
            "legal_form": row["legal_form"], "size_class": row["size_class"], "industry_code": row["industry_code"],
            "group_id": row["group_id"], "internal_grade": identity["internal_grade"], "org_name": row["org_name"],
            "officer_name": row["officer_name"], "registered_on": _day(identity["registered_on"]),
        },
        "figures": {name: row[name] for name in _FIGURES},
        "loans": _plain(mine.filter(pl.col("status") == "active"), _LOAN),
        "other_loans": others.height,
        "collateral": collateral,
        "guarantees": guarantees,
        "events": events,
        "statements": _statements(papers),
    }  # fmt: skip
    return held | {"checks": _checks(held, papers, desk.day.on)}


def _checks(held: Mapping[str, Any], papers: Dossier, on: date) -> dict[str, int]:
    """The facts that an answer can contradict, as whole numbers."""
    figures, elsewhere = held["figures"], papers.elsewhere.sort("on").tail(1).to_dicts()
    latest = elsewhere[0] if elsewhere else {}
    recent = [each for each in held["events"] if (on - date.fromisoformat(each["happened_on"])).days <= _RECENT_DAYS]
    # The registry's total holds our own debt too; what is past due there beyond it is other banks'.
    return {
        "days_past_due_worst": figures["days_past_due_worst"],
        "overdue_cents": figures["overdue_cents"],
        "npl_cents": figures["npl_cents"],
        "court_events": sum(each["source"] in _COURTS for each in recent),
        "insurance_ended": sum(_has_ended(each["insured_to_on"], on) for each in held["collateral"]),
        "registration_ended": sum(_has_ended(each["registration_ends_on"], on) for each in held["collateral"]),
        "other_bank_npl": int(bool(latest.get("other_bank_npl"))),
        "other_banks_over_90_cents": latest.get("all_banks_over_90_cents") or 0,
        "guarantors_bad": sum(each["tier"] in NON_PERFORMING for each in held["guarantees"]),
        "tier_rank": TIERS.index(figures["tier_worst"]) if figures["tier_worst"] else 0,
    }


def _has_ended(ends_on: str | None, on: date) -> bool:
    return ends_on is not None and date.fromisoformat(ends_on) < on


def _guarantees(desk: Desk, papers: Dossier) -> list[dict[str, Any]]:
    rows = papers.guarantees.select("guarantor_id", "amount_cents", "kind", "ends_on")
    known = debtor_rows(desk.day).filter(pl.col("debtor_id").is_in(rows["guarantor_id"].to_list()))
    names = {row["debtor_id"]: row for row in known.select("debtor_id", "name", "tier_worst").iter_rows(named=True)}
    told = _plain(rows, ("guarantor_id", "amount_cents", "kind", "ends_on"))
    for each in told:
        here = names.get(each["guarantor_id"], {})
        each |= {"name": here.get("name"), "tier": here.get("tier_worst")}
    return told


def _statements(papers: Dossier) -> dict[str, Any]:
    table = statement_table(papers.statements)
    return {"periods": [str(period) for period in table["periods"]], "items": [list(item) for item in table["items"]]}


def _plain(rows: pl.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: _day(row[name]) for name in names} for row in rows.iter_rows(named=True)]


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def differences(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[Difference]:
    """What changed between the facts of two reports: figures, collateral, loans, guarantors and events."""
    if not before:
        return []
    return [
        *_figures(now["figures"], before["figures"]),
        *_collateral(now["collateral"], before["collateral"]),
        *_come_and_gone(_("借据"), _named(now["loans"], "loan_id"), _named(before["loans"], "loan_id")),
        *_come_and_gone(
            _("保证人"), _named(now["guarantees"], "guarantor_id"), _named(before["guarantees"], "guarantor_id")
        ),
        *_events(now["events"], before["on"]),
    ]


def _figures(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[Difference]:
    changed = [name for name in _FIGURES if now[name] != before.get(name)]
    return [Difference(figure_said(name), _written(name, before.get(name)), _written(name, now[name]),
                       _is_worse(name, now[name], before.get(name))) for name in changed]  # fmt: skip


def _is_worse(name: str, now: Any, before: Any) -> bool:
    if name == "tier_worst":
        return before is not None and TIERS.index(now) > TIERS.index(before)
    return name in {"overdue_cents", "arrears_cents", "npl_cents", "days_past_due_worst"} and (now or 0) > (before or 0)


def figure_said(name: str) -> str:
    """The word of a figure."""
    return {
        "exposure_cents": _("贷款余额"), "overdue_cents": _("逾期本金"), "arrears_cents": _("欠息及费用"),
        "npl_cents": _("不良余额"), "days_past_due_worst": _("最长逾期天数"), "tier_worst": _("五级分类"),
        "loan_count": _("贷款笔数"), "all_banks_cents": _("全部银行负债"),
        "all_banks_over_90_cents": _("其中逾期90天以上"),
    }[name]  # fmt: skip


def figures_said(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a report, each with its word."""
    return [(figure_said(name), _written(name, facts["figures"].get(name))) for name in _FIGURES]


def _written(name: str, value: Any) -> str:
    if value is None:
        return "—"
    if name == "tier_worst":
        return said("tier", value, language())
    return money(value) if name.endswith("_cents") else str(value)


def _collateral(now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> list[Difference]:
    then = {each["collateral_id"]: each["value_cents"] for each in before}
    here = {each["collateral_id"]: each["value_cents"] for each in now}
    found = []
    for collateral_id in [*here, *(each for each in then if each not in here)]:
        was, is_now = then.get(collateral_id), here.get(collateral_id)
        if was != is_now:
            label = _("押品估值 %s") % collateral_id
            worse = (is_now or 0) < (was or 0)
            found.append(Difference(label, _written("value_cents", was), _written("value_cents", is_now), worse))
    return found


def _named(rows: Sequence[Mapping[str, Any]], key: str) -> list[str]:
    return [row[key] for row in rows]


def _come_and_gone(label: str, now: Sequence[str], before: Sequence[str]) -> list[Difference]:
    come = [Difference(label, "—", name) for name in now if name not in before]
    return come + [Difference(label, name, "—") for name in before if name not in now]


def _events(events: Sequence[Mapping[str, Any]], since: str) -> list[Difference]:
    return [
        Difference(_("新事件 %s") % each["happened_on"], "—", f"{each['kind']} {each['text'] or ''}".strip(), True)  # noqa: FBT003
        for each in events
        if each["happened_on"] > since
    ]
