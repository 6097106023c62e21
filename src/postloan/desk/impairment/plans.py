"""A recovery plan as a page sends it: read, checked line by line, and written as the night's decisions are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from postloan.desk.core.figures import money
from postloan.desk.core.forms import AMOUNT, REASON_MOST
from postloan.desk.core.lists.cells import language
from postloan.errors import FormWrong
from postloan.rules.figures import exact_cents
from postloan.tables.said import SAID, said

STRATEGIES = tuple(SAID["strategy"])
ROWS_LEAST, ROWS_MORE, ROWS_MOST = 8, 8, 200
_SHARE = re.compile(r"\d{1,3}(\.\d{1,6})?")


@dataclass(frozen=True)
class FlowRow:
    """A line of expected cash as it was typed."""

    strategy: str = ""
    on: str = ""
    amount: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed: a strategy alone, chosen in a list, says nothing."""
        return not (self.on or self.amount)


@dataclass(frozen=True)
class Plan:
    """A plan as it was typed, and what of it is wrong.

    weights   per cent by strategy, as typed.
    faults    what has to be put right; warnings may stand.
    terms     what the decision will say, but for who approves; None while there are faults.
    """

    weights: Mapping[str, str]
    rows: Sequence[FlowRow]
    evidence: str
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    terms: dict[str, Any] | None = None

    @property
    def lines(self) -> list[FlowRow]:
        """The lines that a page draws: those typed, and some to type into."""
        return [*self.rows, *[FlowRow()] * max(ROWS_LEAST - len(self.rows), 0)]


def read_plan(given: QueryDict, *, on: date, claim_cents: int) -> Plan:
    """Read a plan from a form, keeping everything that was typed, and check it.

    on           the business day: cash is expected after it.
    claim_cents  above which a strategy's cash is a warning: recoveries of interest to come may pass the claim.
    """
    weights = {name: given.get(f"weight_{name}", "").strip()[:20] for name in STRATEGIES}
    typed = zip_longest(
        *(given.getlist(f"flow_{part}")[:ROWS_MOST] for part in ("strategy", "on", "amount")), fillvalue=""
    )
    rows = [FlowRow(*(str(each).strip()[:30] for each in line)) for line in typed]
    kept = [row for row in rows if not row.is_blank]
    evidence = given.get("evidence", "").replace("\r\n", "\n").strip()
    shares, faults = _shares(weights)
    faults += [fault for place, row in enumerate(kept, 1) for fault in _row_faults(place, row, shares, on)]
    if not evidence:
        faults.append(_("没有填写依据。"))
    if len(evidence) > REASON_MOST:
        faults.append(_("依据不能超过 %s 个字。") % REASON_MOST)
    if faults:
        return Plan(weights, kept, evidence, tuple(faults))
    terms = {"strategies": [_strategy(name, share, kept) for name, share in shares.items()], "evidence": evidence}
    return Plan(weights, kept, evidence, (), tuple(warnings_of(terms, claim_cents)), terms)


def plan_of(terms: Mapping[str, Any]) -> Plan:
    """Write a plan that was decided as a form shows it, to begin the next one with."""
    weights = {each["name"]: f"{(Decimal(each['weight']) * 100).normalize():f}" for each in terms["strategies"]}
    rows = [FlowRow(each["name"], flow["on"], flow["amount"]) for each in terms["strategies"] for flow in each["flows"]]
    return Plan(weights, rows, "")


def checked_terms(plan: Plan) -> dict[str, Any]:
    """The terms of a plan. Raises FormWrong where anything of it is wrong."""
    if plan.terms is None:
        raise FormWrong(
            message=" ".join(plan.faults), hint=_("请返回改正；已填写的内容不会丢失。"), where={"field": "plan"}
        )
    return plan.terms


def _shares(weights: Mapping[str, str]) -> tuple[dict[str, Decimal], list[str]]:
    """The weights above nothing, as shares; and what is wrong with them."""
    shares, faults = {}, []
    for name, text in weights.items():
        if not text:
            continue
        if not _SHARE.fullmatch(text) or Decimal(text) > 100:  # noqa: PLR2004 - per cent
            faults.append(_("%s的权重应为 0 到 100 的百分数。") % _said(name))
        elif Decimal(text) > 0:
            shares[name] = Decimal(text) / 100
    total = sum(shares.values(), Decimal(0))
    if not faults and total != 1:
        faults.append(_("各策略权重合计应为 100%%，现为 %s%%。") % f"{(total * 100).normalize():f}")
    return shares, faults


def _row_faults(place: int, row: FlowRow, shares: Mapping[str, Decimal], on: date) -> list[str]:
    faults = []
    if row.strategy not in STRATEGIES:
        faults.append(_("第 %s 行没有选择策略。") % place)
    elif row.strategy not in shares:
        faults.append(_("第 %(place)s 行：%(strategy)s没有权重。") % {"place": place, "strategy": _said(row.strategy)})
    day = _day(row.on)
    if day is None:
        faults.append(_("第 %s 行的日期没有填写或不对。") % place)
    elif day <= on:
        faults.append(
            _("第 %(place)s 行的日期 %(day)s 不在营业日 %(on)s 之后。") % {"place": place, "day": day, "on": on}
        )
    amount = row.amount.replace(",", "")
    if not AMOUNT.fullmatch(amount) or not _cents(amount):
        faults.append(_("第 %s 行的金额应为正数，最多两位小数。") % place)
    return faults


def _strategy(name: str, share: Decimal, rows: Sequence[FlowRow]) -> dict[str, Any]:
    mine = sorted((row for row in rows if row.strategy == name), key=lambda row: row.on)
    flows = [{"on": row.on, "amount": row.amount.replace(",", "")} for row in mine]
    return {"name": name, "weight": f"{share.normalize():f}", "flows": flows}


def warnings_of(terms: Mapping[str, Any], claim_cents: int) -> list[str]:
    """Say which strategies bring in more than the claim: it may be right, and somebody should look."""
    sums = {each["name"]: sum(_cents(flow["amount"]) for flow in each["flows"]) for each in terms["strategies"]}
    return [
        _("%(strategy)s预计收回 %(cash)s，超过债权 %(claim)s，请核对。")
        % {"strategy": _said(name), "cash": money(cents), "claim": money(claim_cents)}
        for name, cents in sums.items()
        if cents > claim_cents
    ]


def _cents(amount: str) -> int:
    try:
        return exact_cents(Decimal(amount))
    except (InvalidOperation, ValueError):
        return 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _said(name: str) -> str:
    return said("strategy", name, language())
