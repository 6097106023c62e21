"""Where a figure of a report leads: to the list of the loans behind it, to a loan, to a debtor."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.urls import reverse

from postloan.desk.report.book import BY_OFFICE
from postloan.desk.report.form import Column, Report, Row, Sheet
from postloan.desk.report.migration import EXITS, NEW
from postloan.tables.units import BUCKETS, TIERS

Query = Mapping[str, str]
"""What the address of the list of loans asks."""

_COUNTED = {"loans", "outstanding", "exposure", "balance", "overdue_principal", "overdue_interest"}
_NPL: Query = {"tab": "npl"}
_PAGES = {
    "loan_id": "book:loan", "debtor_id": "book:debtor", "debtor_name": "book:debtor", "bad_member": "book:debtor",
    "other_member": "book:debtor", "group_id": "book:group",
}  # fmt: skip
_KEYS = {"debtor_name": "debtor_id"}
_LONG_OVERDUE: Query = {"days_from": "91"}


def page_of(column: Column, line: Row, carried: Query) -> str:
    """The page of what a cell names: a loan, a debtor, a group; empty where it names none."""
    if column.name == "stress" and line["row"] == "item" and "debtors" in line:
        return reverse("report:exposed") + f"?{urlencode({**carried, 'stress': str(line['stress'])})}"
    key = line.get(_KEYS.get(column.name, column.name))
    if line["row"] != "item" or column.name not in _PAGES or not key:
        return ""
    return reverse(_PAGES[column.name], args=[key]) + (f"?{urlencode(carried)}" if carried else "")


def loans_of(report: Report, sheet: Sheet, column: Column, line: Row) -> Query | None:
    """What to ask of the list of loans to see those that a cell counts; None where no list can show them.

    A loan that is no longer delivered is in no list.
    """
    if sheet.name.endswith(f"_by_{report.by}") and report.by:
        return _of_group(report, column, line)
    find = _OF_SHEET.get(sheet.name)
    return find(report, column, line) if find else None


def _of_group(report: Report, column: Column, line: Row) -> Query | None:
    if report.name not in {"tiers", "overdue"}:
        return None
    key = line["org_id" if report.by in BY_OFFICE else str(report.by)]
    base: Query = {} if line["row"] == "total" else {"set": f"group:{report.by}:{'' if key is None else key}"}
    if column.name in TIERS:
        return {**base, "tier": column.name}
    if column.name in BUCKETS:
        return {**base, "bucket": column.name}
    more: dict[str, Query] = {"non_performing": _NPL, "over_90": _LONG_OVERDUE, **{name: {} for name in _COUNTED}}
    return {**base, **more[column.name]} if column.name in more else None


def _of_tier(_report: Report, column: Column, line: Row) -> Query | None:
    tier = str(line["tier"])
    asked: dict[str, Query] = {**{each: {"tier": each} for each in TIERS}, "non_performing": _NPL, "total": {}}
    return asked.get(tier) if column.name in _COUNTED else None


def _of_bucket(_report: Report, column: Column, line: Row) -> Query | None:
    asked: dict[str, Query] = {
        **{each: {"bucket": each} for each in BUCKETS}, "overdue": {"tab": "overdue"}, "over_90": _LONG_OVERDUE,
        "total": {},
    }  # fmt: skip
    return asked.get(str(line["bucket"])) if column.name in _COUNTED else None


def _of_move(report: Report, column: Column, line: Row) -> Query | None:
    begin, since = str(line["from_tier"]), report.before.on if report.before else None
    if begin not in {*TIERS, NEW} or column.name not in {*TIERS, *EXITS} or column.name == "gone":
        return None
    return {"tab": "all", "set": f"moved:{since}:{begin}:{column.name}"}


def _of_roll(report: Report, column: Column, line: Row) -> Query | None:
    begin, since = str(line["from_bucket"]), report.before.on if report.before else None
    is_one_step = len(report.points) == 2  # noqa: PLR2004 - the day before, and the day
    if not is_one_step or begin not in BUCKETS or column.name not in {*BUCKETS, *EXITS} or column.name == "gone":
        return None
    return {"tab": "all", "set": f"rolled:{since}:{begin}:{column.name}"}


def _of_way(report: Report, column: Column, line: Row) -> Query | None:
    if column.name not in {"loans", "balance"} or report.before is None:
        return None
    ends: dict[str, Query] = {"opening": {**_NPL, "on": str(report.before.on)}, "closing": _NPL}
    way = str(line["way"])
    return ends.get(way, {"tab": "all", "set": f"bridge:{report.before.on}:{way}"})


def _of_vintage(_report: Report, column: Column, line: Row) -> Query | None:
    wanted = {"vintage", "loans", "principal"}
    return {"tab": "all", "set": f"vintage:{line['vintage']}"} if column.name in wanted else None


_OF_SHEET: Mapping[str, Callable[[Report, Column, Row], Query | None]] = {
    "tiers": _of_tier, "overdue": _of_bucket, "migration_loans": _of_move, "migration_balance": _of_move,
    "rolls_loans": _of_roll, "rolls_balance": _of_roll, "bridge": _of_way, "vintages": _of_vintage,
}  # fmt: skip
