"""The loans behind a bar of the allowance's movement.

allowance:FROM:CAUSE  loans whose allowance moved by a cause since a day
"""

from datetime import date

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.sets import LoanSet, Parts, register_set, set_unknown
from postloan.desk.core.lists.cells import language
from postloan.desk.core.pages import Desk
from postloan.desk.impairment.reckoned import reckoned_before
from postloan.desk.report.allowance import LINES
from postloan.desk.report.kept import kept_report, within_of
from postloan.desk.report.words.said import ReportWords


def _read(desk: Desk, parts: Parts) -> tuple[date, str]:
    asked = ":".join(parts)
    if len(parts) != 2 or parts[1] not in LINES:  # noqa: PLR2004 - as said above
        raise set_unknown(asked)
    since = next((day for day in reckoned_before(desk) if day.isoformat() == parts[0]), None)
    if since is None:
        raise set_unknown(asked)
    return since, parts[1]


def _moved(desk: Desk, parts: Parts) -> pl.Expr:
    since, cause = _read(desk, parts)
    report = kept_report(desk.day.home, "allowance", on=desk.day.on, from_on=since, within=within_of(desk))
    moved = [str(line["loan_id"]) for line in report.filed.rows if line["row"] == "item" and line[cause]]
    return pl.col("loan_id").is_in(moved)


def _say(desk: Desk, parts: Parts) -> str:
    since, cause = _read(desk, parts)
    words = ReportWords(language())
    return _("减值准备变动 %(since)s → %(on)s：%(cause)s") % {
        "since": since, "on": desk.day.on, "cause": words.of("movement", cause),
    }  # fmt: skip


register_set(LoanSet("allowance", _moved, _say))
