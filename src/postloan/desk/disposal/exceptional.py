"""Exceptions of the desk of disposal: legal clocks that were lost."""

from datetime import timedelta

import polars as pl
from django.urls import reverse

from postloan.desk.core.days import BusinessDay
from postloan.desk.core.exceptional import ROW, ExceptionSource, register_source
from postloan.desk.core.work.pages import action_of
from postloan.desk.disposal.clocks import clock_rows
from postloan.rules.desk_exceptions import ExceptionKind

_KEY = "KEY"


def _lost(day: BusinessDay, kind: ExceptionKind) -> pl.DataFrame:
    """The clocks that ran out within the days looked back on; later they stand in the list alone."""
    since = day.on - timedelta(days=kind.look_back_days)
    page = reverse("book:loan", args=[_KEY])
    before, after = page.split(_KEY)
    return (
        clock_rows(day)
        .filter((pl.col("state") == "lost") & (pl.col("ends_on") >= since))
        .select(
            subject=pl.lit("clock:") + pl.col("clock_id"),
            title=pl.coalesce("debtor_name", "loan_id"),
            told=pl.format(
                "CLOCK {} {} {}", pl.col("kind").cast(pl.String), pl.col("keeps").cast(pl.String), "ends_on"
            ),
            org_id="org_id",
            officer="officer_id",
            happened_on=pl.col("ends_on"),
            late_days=-pl.col("days_left").cast(pl.Int64),
            amount_cents="outstanding_cents",
            page=pl.concat_str(pl.lit(before), "loan_id", pl.lit(after)),
            action=pl.lit(action_of(page)),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in ROW.items())
    )


register_source(ExceptionSource("clock_lost", _lost))
