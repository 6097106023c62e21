"""Valuations proposed: one by a valuer or by the bank itself, or many by an index or by a share; two people agree."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from postloan.desk.collateral.given import valuation_rows
from postloan.desk.collateral.matters.actions import effects, matter_made
from postloan.desk.collateral.models import Matter
from postloan.desk.collateral.valuers.listed import check_listed
from postloan.desk.core.actions import record, rows_give
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.queries import office_over
from postloan.errors import FormWrong
from postloan.plan.collateral_asked import Asked, revalued
from postloan.rules.collateral_desk import BatchRule, CollateralDesk, ValuerRule
from postloan.rules.desk_rules import load_desk_rules

EXTERNAL = "external"
METHODS = (EXTERNAL, "internal")
"""How one collateral is valued; an index values many."""
INDEX = "index"
Standing = Mapping[str, Any]


@transaction.atomic
def valuation_propose(
    officer: Officer, standing: Standing, *, value_cents: int, valued_on: date, method: str, valuer: str, reason: str,
    matter_id: UUID, rule: ValuerRule, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Propose what one collateral is worth. Twice with one matter_id is once.

    standing  as the page showed it, within the officer's offices.

    Permission  collateral.write in the office, for the value.
    Leaves      what matter_made leaves; the night hears of it once another person confirmed it.
    Raises what matter_made raises; FormWrong for a method, valuer or day that cannot be; IllegalMove where an outside
    valuer was not on the bank's list on the day of the value.
    """
    if method not in METHODS or not valuer.strip():
        raise FormWrong(
            message=_("估值方法或评估机构没有填写。"), hint=_("请填写后再提交。"), where={"field": "valuer"}
        )
    after = standing["valued_on"]
    if valued_on > day.on or (after is not None and valued_on < after):
        raise FormWrong(
            message=_("估值日应不早于上次估值、不晚于营业日。"),
            hint=_("请核对评估报告日期。"),
            where={"field": "valued_on"},
        )
    if method == EXTERNAL:
        check_listed(valuer.strip(), str(standing["kind"]), valued_on, rule)
    items = [{"collateral_id": standing["collateral_id"], "value_cents": value_cents}]
    return _proposed(
        officer, [standing], items, title=str(standing["debtor_name"] or standing["collateral_id"]), reason=reason,
        matter_id=matter_id, day=day, collateral_id=str(standing["collateral_id"]), shown=50,
        made={"method": method, "valuer": valuer.strip()[:100], "valued_on": valued_on.isoformat(),
              "kind": str(standing["kind"])},
    )  # fmt: skip


@transaction.atomic
def batch_propose(
    officer: Officer, standings: Sequence[Standing], values: Mapping[str, int], *, source: str, reason: str,
    matter_id: UUID, rule: BatchRule, day: BusinessDay,
) -> Matter:  # fmt: skip
    """Propose new values of many collateral at once. Twice with one matter_id is once.

    standings  of the collateral chosen, within the officer's offices; values  cents by collateral.
    source     the index, or the share by which all values move: what two people agree to.

    Permission  collateral.write in the lowest office over all of them, for the sum.
    Raises what matter_made raises; FormWrong for nothing, or for more than the rule allows.
    """
    items = [{"collateral_id": key, "value_cents": values[key]} for key in sorted(values)]
    if not 0 < len(items) <= rule.items:
        raise FormWrong(
            message=_("没有可以重估的押品，或超过一批的上限 %s 件。") % rule.items, hint=_("请调整筛选条件。"),
            where={"items": len(items)},
        )  # fmt: skip
    valued = [each for each in standings if each["collateral_id"] in values]
    return _proposed(
        officer, valued, items, title=_("批量重估 %s 件") % len(items), reason=reason, matter_id=matter_id, day=day,
        collateral_id="", shown=rule.shown,
        made={"method": INDEX, "valuer": source[:100], "valued_on": day.on.isoformat()},
    )  # fmt: skip


def _proposed(
    officer: Officer, standings: Sequence[Standing], items: Sequence[Mapping[str, Any]], *, title: str, reason: str,
    matter_id: UUID, day: BusinessDay, collateral_id: str, shown: int, made: Mapping[str, str],
) -> Matter:  # fmt: skip
    before = {each["collateral_id"]: each["value_cents"] for each in standings}
    told = [{**each, "before_cents": before[each["collateral_id"]]} for each in items]
    frame = pl.DataFrame(items, schema={"collateral_id": pl.String, "value_cents": pl.Int64})
    asked = revalued(day.home, day.on, frame)
    sums = {
        "item_count": len(told), "before_cents": sum(each["before_cents"] or 0 for each in told),
        "after_cents": sum(each["value_cents"] for each in told), **asked.told,
    }  # fmt: skip
    offices = [each["org_id"] for each in standings]
    return matter_made(
        officer, Matter.Kind.VALUATION, matter_id=matter_id, org=office_over(offices), title=title, reason=reason,
        told={**made, "items": told, "sums": sums, "short": loans_told(asked, shown)}, collateral_id=collateral_id,
        amount_cents=sums["after_cents"], day=day,
    )  # fmt: skip


def loans_told(asked: Asked, shown: int) -> list[dict[str, Any]]:
    """The first loans that fall short by what is asked, or by more than before, as a matter keeps them."""
    columns = ["loan_id", "debtor_id", "secured_cents", "ltv_e8", "ltv_e8_after", "shortfall_cents_after"]
    return asked.fallen_short.head(shown).select(columns).to_dicts()


def _agreed(matter: Matter, officer: Officer, day: BusinessDay) -> None:
    """Give the values to the next night."""
    told = matter.told
    valued_on = date.fromisoformat(told["valued_on"])
    if told["method"] == EXTERNAL:
        # The list may have changed since it was proposed.
        rules = load_desk_rules(day.home).version("collateral", CollateralDesk, day.on)
        check_listed(told["valuer"], told["kind"], valued_on, rules.valuers)
    rows = valuation_rows(told["items"], valued_on=valued_on, method=told["method"], valuer=told["valuer"])
    matter.given = rows_give(
        rows_id=uuid4(), table="valuation", rows=rows, title=matter.title, officer=matter.made_by, org=matter.org,
        page=reverse("collateral:matter", args=[matter.pk]),
    )  # fmt: skip
    matter.save(update_fields=["given"])
    record(officer, "collateral.valued", matter, org=matter.org, run_id=day.run_id, **told["sums"])


effects(Matter.Kind.VALUATION, agreed=_agreed)
