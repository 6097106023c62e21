"""Which published days reckoned expected losses, and by which rule."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.core.pages import Desk
from postloan.desk.report.kept import days_published
from postloan.errors import NothingPublished
from postloan.plan.published_day import published_day
from postloan.rules.expected_loss import ExpectedLoss
from postloan.snapshot.read import published_run, scan_loans


def is_reckoned(home: Path, on: date) -> bool:
    """Whether the night of a published day reckoned expected losses."""
    return _is_reckoned(home, on, published_run(home, on))


@lru_cache(maxsize=1024)
def _is_reckoned(home: Path, on: date, _run_id: str | None) -> bool:
    rows = scan_loans(home, on)
    if "stage" not in rows.collect_schema():
        return False
    return bool(rows.select(pl.col("stage").is_not_null().any()).collect().item())


def check_reckoned(home: Path, on: date) -> None:
    """Stop where a day has no expected losses. Raises NothingPublished."""
    if not is_reckoned(home, on):
        raise NothingPublished(
            message=_("%s 没有计量预期信用损失。") % on,
            hint=_("请选择之后的营业日；规则生效之后发布的日期才有减值结果。"),
            where={"on": on},
        )


def reckoned_before(desk: Desk) -> list[date]:
    """The published days before the desk's to which its allowance can be compared, the latest first.

    Back to the first without expected losses: nobody can say how an allowance moved across it.
    """
    found = []
    for day in reversed(days_published(desk.day.home)):
        if day >= desk.day.on:
            continue
        if not is_reckoned(desk.day.home, day):
            break
        found.append(day)
    return found


def loss_rule(home: Path, on: date) -> ExpectedLoss | None:
    """The rule of expected loss that a published day was measured by; None before there was one."""
    day = published_day(home, on)
    return day.rulebook.version_if_any("expected_loss", ExpectedLoss, day.law_of)
