"""The loans behind the figures of reports: what a bar, a cell or a node of the cockpit opens in the list of loans.

moved:FROM:BEGIN:END   loans that went from a tier to a tier, or a way out, since a day (migration)
rolled:FROM:BEGIN:END  loans that went from a bucket to a bucket, or a way out, since a day (roll rates)
bridge:FROM:WAY        loans that took a way into or out of the non-performing balance since a day
vintage:MONTH          loans paid out in a month
group:BY:KEY           loans of a group that reports are counted by; no key is what is in no group
"""

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.sets import LoanSet, Parts, register_set, set_unknown
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.report.book import BY_OFFICE, GROUP_COLUMNS, Grouping, Within, grouped
from postloan.desk.report.bridge import LINES, MEMO
from postloan.desk.report.form import amount
from postloan.desk.report.kept import kept_report, runs_until, within_of
from postloan.desk.report.migration import EXITS, NEW, migrated
from postloan.desk.report.rolls import rolled
from postloan.desk.report.words.said import ReportWords
from postloan.plan.dossier import offices_known
from postloan.snapshot.read import published_days, scan_loans
from postloan.tables.units import BUCKETS, TIERS

_FRAMES_KEPT = 16
_MONTH = len("2024-03")


def _from_day(desk: Desk, text: str) -> date:
    """Read the earlier day of a set. Raises FormWrong where it is not a published day before the desk's."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise set_unknown(text) from None
    if day >= desk.day.on or day not in published_days(desk.day.home):
        raise set_unknown(text)
    return day


def _parts(parts: Parts, count: int) -> Parts:
    if len(parts) != count:
        raise set_unknown(":".join(parts))
    return parts


def _moved(desk: Desk, parts: Parts) -> pl.Expr:
    since, begin, end = _parts(parts, 3)
    if begin not in {*TIERS, NEW} or end not in {*TIERS, *EXITS}:
        raise set_unknown(":".join(parts))
    return _went("moved", desk, since, begin, end)


def _rolled(desk: Desk, parts: Parts) -> pl.Expr:
    since, begin, end = _parts(parts, 3)
    if begin not in BUCKETS or end not in {*BUCKETS, *EXITS}:
        raise set_unknown(":".join(parts))
    return _went("rolled", desk, since, begin, end)


def _went(kind: str, desk: Desk, since: str, begin: str, end: str) -> pl.Expr:
    home, on = desk.day.home, desk.day.on
    moves = _moves(kind, home, _from_day(desk, since), on, within_of(desk), runs_until(home, on))
    return pl.col("loan_no").is_in(moves.filter(begin=begin, end=end)["loan_no"].implode())


@lru_cache(maxsize=_FRAMES_KEPT)
def _moves(kind: str, home: Path, from_on: date, on: date, within: Within, _runs: tuple[str, ...]) -> pl.DataFrame:
    find = migrated if kind == "moved" else rolled
    return find(home, from_on, on, within=within).select("loan_no", "begin", "end")


def _bridged(desk: Desk, parts: Parts) -> pl.Expr:
    since, way = _parts(parts, 2)
    if way not in {*LINES, MEMO}:
        raise set_unknown(":".join(parts))
    asked = {"on": desk.day.on, "from_on": _from_day(desk, since), "within": within_of(desk)}
    loans = kept_report(desk.day.home, "bridge", **asked).filed  # type: ignore[arg-type]
    numbers = [str(line["loan_id"]) for line in loans.rows if line["row"] == "item" and amount(line[way])]
    return pl.col("loan_id").is_in(numbers)


def _of_vintage(_desk: Desk, parts: Parts) -> pl.Expr:
    (month,) = _parts(parts, 1)
    if len(month) != _MONTH:
        raise set_unknown(month)
    return pl.col("disbursed_on").dt.to_string("%Y-%m") == month


def _of_group(desk: Desk, parts: Parts) -> pl.Expr:
    by, key = _parts(parts, 2)
    if by not in GROUP_COLUMNS:
        raise set_unknown(":".join(parts))
    rows = _groups(desk.day.home, desk.day.on, by, runs_until(desk.day.home, desk.day.on))
    return pl.col("loan_no").is_in(rows.filter(pl.col("group").eq_missing(key or None))["loan_no"].implode())


@lru_cache(maxsize=_FRAMES_KEPT)
def _groups(home: Path, on: date, by: Grouping, _runs: tuple[str, ...]) -> pl.DataFrame:
    rows = scan_loans(home, on).select("loan_no", "org_id", "product", "industry_code", "region_code")
    return grouped(rows, by, offices_known(home, on) if by in BY_OFFICE else None).select("loan_no", "group")


def _say_move(_desk: Desk, parts: Parts) -> str:
    since, begin, end = _parts(parts, 3)
    words = ReportWords(language())
    kinds = ("from_tier", "to_tier") if begin in {*TIERS, NEW} else ("from_bucket", "move")
    ends = {"begin": words.of(kinds[0], begin), "end": words.of(kinds[1], end), "since": since}
    return _("%(since)s 以来 %(begin)s → %(end)s") % ends


def _say_bridge(_desk: Desk, parts: Parts) -> str:
    since, way = _parts(parts, 2)
    return _("%(since)s 以来不良变动：%(way)s") % {"since": since, "way": ReportWords(language()).of("way", way)}


def _say_vintage(_desk: Desk, parts: Parts) -> str:
    return _("%s 放款") % _parts(parts, 1)


def _say_group(desk: Desk, parts: Parts) -> str:
    by, key = _parts(parts, 2)
    words = ReportWords(language())
    name = words.of(by, key or None)
    if by in BY_OFFICE:
        name = dict(offices_known(desk.day.home, desk.day.on).select("org_id", "name").iter_rows()).get(key, key)
    header = words("column.org_name" if by in BY_OFFICE else f"column.{by}")
    return f"{header}：{name}"


register_set(LoanSet("moved", _moved, _say_move))
register_set(LoanSet("rolled", _rolled, _say_move))
register_set(LoanSet("bridge", _bridged, _say_bridge))
register_set(LoanSet("vintage", _of_vintage, _say_vintage))
register_set(LoanSet("group", _of_group, _say_group))
