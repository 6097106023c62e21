"""What tests of warnings share: days with signals of their own, the case they open, and what people do about it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import polars as pl
import pytest
from deciding import person
from django.db.models import QuerySet

from postloan.desk.book.narrow import loan_rows
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.warning.actions import Deed, NewMeasure, case_decide, case_verify, lift_propose, plan_write
from postloan.desk.warning.models import WarningCase
from postloan.desk.warning.opening import changes
from postloan.desk.warning.opening.actions import cases_open
from postloan.desk.warning.signals import known_signals
from postloan.rules.desk_rules import load_desk_rules
from postloan.tables.warnings import PublishedWarning

PRINCIPAL, INTEREST, REPEATED = "WS-RPY-01", "WS-RPY-02", "WS-RPY-03"
Signal = tuple[str, str]
"""A signal and its level."""


def debtors_free(count: int = 1) -> list[dict[str, Any]]:
    """Debtors of the officer's own office without a case, the largest first: the row of the largest loan of each."""
    known = sorted(WarningCase.objects.values_list("debtor_id", flat=True))
    org = person("officer").org_id
    rows = loan_rows(business_day(None)).filter(
        pl.col("status") == "active", pl.col("org_id").cast(pl.String) == org, ~pl.col("debtor_id").is_in(known)
    )
    rows = rows.sort("outstanding_cents", "loan_no", descending=True)
    return rows.unique("debtor_id", keep="first", maintain_order=True).head(count).to_dicts()


def day_after(days: int) -> BusinessDay:
    """A later business day of the same book."""
    day = business_day(None)
    on = day.on + timedelta(days=days)
    return replace(day, on=on, latest_on=on)


class Nights:
    """Nights whose signals a test says; those of the demo bank itself are left as they are."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        [self.debtor] = debtors_free()
        day = business_day(None)
        self._others = changes.signals_of_day(day).collect()
        known = known_signals(day)
        patch.setattr(changes, "known_signals", lambda _day: known)

    def adopt(
        self, days: int, *signals: Signal, loan_id: str | None = None, also: Mapping[str, Sequence[Signal]] = {}
    ) -> int:
        """Adopt the day that many days later, on which the debtor has these signals; how many cases it opened.

        also  debtors that have signals on that day besides.
        """
        rows = [
            {
                "debtor_no": 1, "debtor_id": debtor_id, "loan_id": loan_id, "signal": signal,
                "level": level, "evidence": json.dumps({"principal_overdue_days": days, "exposure_cents": 12_345}),
            }
            for debtor_id, held in {self.debtor["debtor_id"]: signals, **also}.items()
            for signal, level in held
        ]  # fmt: skip
        mine = pl.DataFrame(rows, schema=PublishedWarning.create_empty().schema)
        found = pl.concat([self._others, mine])
        self._patch.setattr(changes, "signals_of_day", lambda _day: found.lazy())
        day = day_after(days)
        known = self.cases.count()
        cases_open(day, load_desk_rules(day.home))
        return self.cases.count() - known

    @property
    def cases(self) -> QuerySet[WarningCase]:
        """The debtor's cases."""
        return WarningCase.objects.filter(debtor_id=self.debtor["debtor_id"])

    @property
    def case(self) -> WarningCase:
        """The debtor's case, the latest one."""
        return self.cases.latest("pk")


def deed(
    case: WarningCase, reason: str = "已核对", *, key: UUID | None = None, seen: int | None = None, days: int = 0
) -> Deed:
    """A deed as the page sends it."""
    version = WarningCase.objects.get(pk=case.pk).version if seen is None else seen
    return Deed(key or uuid4(), version, reason, day_after(days))


def verify(case: WarningCase, *, is_true: bool = True, who: str = "officer", **more: Any) -> WarningCase:
    return case_verify(person(who), case.pk, deed(case, **more), is_true=is_true, evidence="账户流水")


def plan(case: WarningCase, *, who: str = "officer", days: int = 0, **more: Any) -> WarningCase:
    due_on = day_after(days).on + timedelta(days=7)
    measures: Sequence[NewMeasure] = [NewMeasure("collection", "约谈借款人", due_on)]
    return plan_write(person(who), case.pk, deed(case, days=days, **more), measures)


def decide(case: WarningCase, who: str, verdict: str = "agree", **more: Any) -> WarningCase:
    return case_decide(person(who), case.pk, verdict, deed(case, **more))


def lift(case: WarningCase, *, who: str = "officer", **more: Any) -> WarningCase:
    return lift_propose(person(who), case.pk, deed(case, **more))
