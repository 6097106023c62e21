"""Event days: of which loans something is known that may bear on a tier, and on which days it changed."""

from collections.abc import Sequence
from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.results import DaysPastDue, Late, Position, Spell

_DAY = pl.duration(days=1)


def busy_loans(
    loans: pl.DataFrame,
    positions: dy.DataFrame[Position],
    overdue: dy.DataFrame[DaysPastDue],
    late: dy.DataFrame[Late],
    decided: pl.DataFrame,
    debtors: pl.DataFrame,
    elsewhere: pl.DataFrame,
    ledger: pl.DataFrame,
    *,
    is_retail: pl.Expr,
) -> pl.DataFrame:
    """Name the loans of whom anything is known that may class them worse than pass.

    Reads   loans, debtors: facts; overdue, late: past due now, or once; decided: decisions on which a tier may rest;
            elsewhere, ledger: facts up to the day, where they speak of bad debts. is_retail: which debtors' loans are
            classed one by one.
    Writes  loan_no, debtor_no, group_no: loans of one group touch one another. All others are pass, and always were.
    """
    of_loans = [
        overdue.filter(pl.col("days_past_due") > 0).select("loan_no"),
        late.select("loan_no"),
        decided.select("loan_no"),
        loans.filter(pl.col("renews_loan_id").is_not_null() | pl.col("is_no_principal_renewal")).select("loan_no"),
        ledger.filter(pl.col("days_past_due") > 0).select("loan_no"),
    ]
    is_bad = pl.col("other_bank_npl").fill_null(value=False) | (pl.col("all_banks_over_90_cents") > 0)
    whose = positions.select("loan_no", "debtor_no")
    busy = whose.join(pl.concat(of_loans).unique(), on="loan_no", how="semi")
    kinds = debtors.select("debtor_no", one_by_one=is_retail)
    met = (
        pl.concat([busy.select("debtor_no"), elsewhere.filter(is_bad).select("debtor_no")])
        .unique()
        .join(kinds, on="debtor_no", how="left")
    )
    one_by_one = busy.join(met.filter("one_by_one"), on="debtor_no", how="semi").with_columns(
        group_no=-pl.col("loan_no")
    )
    together = met.filter(~pl.col("one_by_one").fill_null(value=False))
    touching = whose.join(together, on="debtor_no", how="semi").with_columns(group_no=pl.col("debtor_no"))
    return pl.concat([one_by_one, touching]).sort("loan_no")


def event_days(
    busy: pl.DataFrame,
    positions: dy.DataFrame[Position],
    spells: dy.DataFrame[Spell],
    late: dy.DataFrame[Late],
    decided: pl.DataFrame,
    delays: pl.DataFrame,
    elsewhere: pl.DataFrame,
    ledger: pl.DataFrame,
    gone: pl.DataFrame,
    *,
    cuts: Sequence[int],
    merger_months: Sequence[int],
    law_days: Sequence[date],
    on: date,
) -> pl.DataFrame:
    """Name the days on which something changed of a group of loans.

    Reads   busy: the loans that are meant; the other tables may tell of more. spells: of the groups whose shares of
            debt matter. delays: technical ones as decided. gone: days on which loans were written off or settled.
            cuts: the days past due after which a rule may bind; merger_months: how long a merger may bar upgrades;
            law_days: days on which the law changed.
    Writes  group_no and on, once each, up to the business date, which is always one.

    Between two such days nothing changes that a tier rests on.
    """
    passed = [
        late.select("loan_no", "until_on", on=pl.col("oldest_due_on") + pl.duration(days=cut + 1), since_on="from_on")
        .filter(pl.col("on").is_between("since_on", "until_on", closed="left"))
        .select("loan_no", "on")
        for cut in cuts
    ]
    of_loans = [
        positions.select("loan_no", on="begins_on"),
        late.select("loan_no", on="from_on"),
        late.select("loan_no", on="until_on"),
        *passed,
        _ends_of_grace(late, positions),
        spells.select("loan_no", on="from_on"),
        *_spans(decided.select("loan_no", "effective_on", "ends_on")),
        *_ends_of_bars(decided, merger_months),
        *_spans(delays.select("loan_no", "effective_on", "ends_on")),
        *_spans(ledger.filter(pl.col("days_past_due") > 0).select("loan_no", effective_on="on", ends_on="on")),
        gone,
    ]
    happened = pl.concat(of_loans).join(busy, on="loan_no").select("group_no", "on")
    common = (
        busy.select("group_no")
        .unique()
        .join(pl.DataFrame({"on": [*law_days, on]}, schema={"on": pl.Date}), how="cross")
    )
    reports = (
        elsewhere.select("on", group_no="debtor_no").join(busy, on="group_no", how="semi").select("group_no", "on")
    )
    return pl.concat([happened, reports, common]).filter(pl.col("on") <= on).unique()


def _ends_of_grace(late: pl.DataFrame, positions: pl.DataFrame) -> pl.DataFrame:
    graces = late.join(positions.filter(pl.col("grace_days") > 0).select("loan_no", "grace_days"), on="loan_no")
    return graces.select("loan_no", on=pl.col("oldest_due_on") + pl.duration(days=pl.col("grace_days") + 1))


def _ends_of_bars(decided: pl.DataFrame, merger_months: Sequence[int]) -> list[pl.DataFrame]:
    merged = decided.filter(pl.col("kind") == "merger")
    return [merged.select("loan_no", on=pl.col("effective_on").dt.offset_by(f"{months}mo")) for months in merger_months]


def _spans(spans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first day of each span, and the day after its last."""
    ended = spans.filter(pl.col("ends_on").is_not_null())
    return spans.select("loan_no", on="effective_on"), ended.select("loan_no", on=pl.col("ends_on") + _DAY)
