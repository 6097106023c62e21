"""What recovery plans expected, against the cash that came in: by loan, by day, in all.

A plan is held to account from the day it was proposed on until today, or until the day its successor was proposed on.
Expected is the cash of each strategy by its weight, undiscounted; received is what is published as received since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.core.authority import within
from postloan.desk.core.figures import money_units
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.models import Proposal
from postloan.desk.report.cockpit.part import BLUE, NEUTRAL, in_unit
from postloan.desk.report.form import share_e8
from postloan.desk.report.kept import days_published
from postloan.plan.month_ends import is_month_end
from postloan.snapshot.read import read_manifest, scan_loans

SCHEMA: dict[str, pl.DataType] = {
    "key": pl.String(), "loan_id": pl.String(), "debtor_id": pl.String(), "debtor_name": pl.String(),
    "org_id": pl.String(), "state": pl.String(), "began_on": pl.Date(), "until_on": pl.Date(),
    "claim_cents": pl.Int64(), "planned_cents": pl.Int64(), "expected_cents": pl.Int64(),
    "received_cents": pl.Int64(), "gap_cents": pl.Int64(), "kept_e8": pl.Int64(), "in_all_cents": pl.Int64(),
}  # fmt: skip
"""A row a plan: expected by `until_on` and received by then, the gap between them, and all that it expects."""


@dataclass(frozen=True)
class Standing:
    """All plans on a published day."""

    on: date
    plans: int
    expected_cents: int
    received_cents: int


def plans_held(desk: Desk, loan_id: str | None = None) -> list[Proposal]:
    """The plans that were decided, of the desk's offices, begun by the desk's day; of one loan or all.

    A plan that was taken back is held to nothing; one that another replaced is, until that one.
    """
    states = (Proposal.State.APPROVED, Proposal.State.REPLACED)
    held = Proposal.objects.filter(kind=Proposal.Kind.PLAN, state__in=states, on__lte=desk.day.on)
    held = held.exclude(state=Proposal.State.APPROVED, decision__withdrawn_by__isnull=False)
    mine = within(held.select_related("replaced_by"), desk.scope)
    return list((mine if loan_id is None else mine.filter(loan_id=loan_id)).order_by("on", "pk"))


def backtest(desk: Desk, plans: Sequence[Proposal]) -> pl.DataFrame:
    """Hold each plan to account by the desk's day: the columns of SCHEMA."""
    received = _received(desk.day.home, desk.day.on, plans)
    return pl.DataFrame([_line(plan, desk.day.on, received) for plan in plans], schema=SCHEMA)


def by_day(desk: Desk, plans: Sequence[Proposal]) -> list[Standing]:
    """All plans together on each published month-end since the first began, and on the desk's day."""
    if not plans:
        return []
    first = min(plan.on for plan in plans)
    days = [day for day in days_published(desk.day.home) if first <= day < desk.day.on and is_month_end(day)]
    return [_standing(desk.day.home, day, plans) for day in (*days, desk.day.on)]


def chart_of(desk: Desk, standings: Sequence[Standing]) -> dict[str, Any]:
    """Expected and received, summed up from day to day."""
    currency = read_manifest(desk.day.home, desk.day.on)["currency"]
    unit = money_units(currency, language())[1]
    lines = {
        _("预计收回"): (NEUTRAL, [each.expected_cents for each in standings]),
        _("实际收回"): (BLUE, [each.received_cents for each in standings]),
    }
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [each.on.isoformat() for each in standings]},
        "yAxis": {"type": "value", "name": unit.name},
        "series": [
            {
                "name": name,
                "type": "line",
                "itemStyle": {"color": colour},
                "data": [in_unit(each, unit) for each in cents],
            }
            for name, (colour, cents) in lines.items()
        ],
    }  # fmt: skip


def expected_by(plan: Proposal, on: date) -> int:
    """The cash in cents that a plan expected until a day, by the weight of its strategies."""
    cash = [
        Decimal(each["weight"]) * Decimal(flow["amount"])
        for each in plan.terms["strategies"]
        for flow in each["flows"]
        if date.fromisoformat(flow["on"]) <= on
    ]
    return int((sum(cash, Decimal(0)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _line(plan: Proposal, on: date, received: dict[str, int]) -> dict[str, Any]:
    until, came = _until(plan, on), _came(plan, on, received)
    expected = expected_by(plan, until)
    return {
        "key": str(plan.pk), "loan_id": plan.loan_id, "debtor_id": plan.debtor_id, "debtor_name": plan.debtor_name,
        "org_id": plan.org_id, "state": plan.state, "began_on": plan.on, "until_on": until,
        "claim_cents": plan.claim_cents, "planned_cents": plan.planned_cents, "expected_cents": expected,
        "received_cents": came, "gap_cents": came - expected, "kept_e8": share_e8(came, expected),
        "in_all_cents": expected_by(plan, date.max),
    }  # fmt: skip


def _until(plan: Proposal, on: date) -> date:
    return min(on, plan.replaced_by.on) if plan.replaced_by else on


def _came(plan: Proposal, on: date, received: dict[str, int]) -> int:
    """The cash since a plan began. A loan that is no longer delivered has received what it had."""
    if plan.replaced_by and plan.replaced_by.on <= on:
        return plan.replaced_by.received_cents - plan.received_cents
    return received.get(plan.loan_id, plan.received_cents) - plan.received_cents


def _standing(home: Path, on: date, plans: Sequence[Proposal]) -> Standing:
    begun = [plan for plan in plans if plan.on <= on]
    received = _received(home, on, begun)
    expected = sum(expected_by(plan, _until(plan, on)) for plan in begun)
    return Standing(on, len(begun), expected, sum(_came(plan, on, received) for plan in begun))


def _received(home: Path, on: date, plans: Sequence[Proposal]) -> dict[str, int]:
    wanted = sorted({plan.loan_id for plan in plans})
    rows = scan_loans(home, on).filter(pl.col("loan_id").is_in(wanted)).select("loan_id", "received_cents")
    return dict(rows.collect().iter_rows())
