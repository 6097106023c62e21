"""Exceptions of the book as a whole: what of a published day passes a limit of the portfolio."""

from functools import lru_cache

import polars as pl
from django.urls import reverse

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.exceptional import ExceptionSource, Told, register_source, told_rows
from postloan.desk.core.figures import said_percent
from postloan.plan.portfolio import portfolio
from postloan.rules.desk_exceptions import ExceptionKind


def _portfolio_limit(day: BusinessDay, _kind: ExceptionKind) -> pl.DataFrame:
    return _passed(day)


@lru_cache(maxsize=8)
def _passed(day: BusinessDay) -> pl.DataFrame:
    found = portfolio(day.home, day.on)
    page = reverse("report:report", args=["portfolio"])
    return told_rows(
        Told(
            f"portfolio:{each.kind}:{each.of}:{each.key or ''}", " ".join(filter(None, (each.of, each.key))),
            f"{said_percent(each.value_e8)}% > {said_percent(each.limit_e8)}%", None, day.on,
            amount_cents=each.cents, page=page, action="report.read",
        )
        for each in (found.signals if found else ())
        if each.passes
    )  # fmt: skip


register_source(ExceptionSource("portfolio_limit", _portfolio_limit))
