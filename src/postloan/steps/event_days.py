"""Event days: of which debtors something is known that may bear on a tier, and on which days it changed."""

from collections.abc import Sequence
from datetime import date

import dataframely as dy
import polars as pl

from postloan.tables.results import DaysPastDue, Late, Position, Spell

_DAY = pl.duration(days=1)


def busy_debtors(
    loans: pl.DataFrame,
    positions: dy.DataFrame[Position],
    overdue: dy.DataFrame[DaysPastDue],
    late: dy.DataFrame[Late],
    decided: pl.DataFrame,
    elsewhere: pl.DataFrame,
    ledger: pl.DataFrame,
    *,
    on: date,
) -> pl.Series:
    """Name the debtors of whom anything is known that may class one of their loans worse than pass.

    Reads   loans: facts, for renewals; overdue, late: past due now, or once; decided: decisions on which a tier may
            rest; elsewhere, ledger: facts, where they speak of bad debts.
    Writes  debtor_no, rising, once each. All loans of the others are pass, and always were.
    """
    of_loans = [
        overdue.filter(pl.col("days_past_due") > 0).select("loan_no"),
        late.select("loan_no"),
        loans.filter(pl.col("renews_loan_id").is_not_null() | pl.col("is_no_principal_renewal")).select("loan_no"),
        ledger.filter(pl.col("days_past_due") > 0).select("loan_no"),
    ]
    is_bad = pl.col("other_bank_npl").fill_null(value=False) | (pl.col("all_banks_over_90_cents") > 0)
    whose = positions.select("loan_no", "debtor_no")
    busy = whose.join(pl.concat(of_loans).unique(), on="loan_no", how="semi").select("debtor_no")
    told = [busy, decided.select("debtor_no"), elsewhere.filter((pl.col("on") <= on) & is_bad).select("debtor_no")]
    return pl.concat(told).unique().sort("debtor_no")["debtor_no"]


def event_days(
    positions: dy.DataFrame[Position],
    spells: dy.DataFrame[Spell],
    late: dy.DataFrame[Late],
    decided: pl.DataFrame,
    delays: pl.DataFrame,
    elsewhere: pl.DataFrame,
    ledger: pl.DataFrame,
    written_off: pl.DataFrame,
    *,
    cuts: Sequence[int],
    law_days: Sequence[date],
    on: date,
) -> pl.DataFrame:
    """Name the days on which something changed of a debtor.

    Reads   positions: the loans of the debtors that are meant; the other tables may tell of more. spells: of debtors with
            several loans the principal matters too. delays: technical ones as decided. written_off: all of it.
            cuts: the days past due after which a rule may bind, law_days: days on which the law changed.
    Writes  debtor_no and on, by both, once each, up to the business date, which is always one.

    Between two such days nothing changes that a tier rests on.
    """
    whose = positions.select("loan_no", "debtor_no")
    several = whose.filter(pl.len().over("debtor_no") > 1)
    passed = [
        late.select("loan_no", "until_on", on=pl.col("oldest_due_on") + pl.duration(days=cut + 1), since_on="from_on")
        .filter(pl.col("on").is_between("since_on", "until_on", closed="left"))
        .select("loan_no", "on")
        for cut in cuts
    ]
    within_grace = positions.filter(pl.col("grace_days") > 0).select("loan_no", "grace_days")
    graces = late.join(within_grace, on="loan_no").select("loan_no", on=pl.col("oldest_due_on") + pl.duration(days=pl.col("grace_days") + 1))
    of_loans = [
        positions.select("loan_no", on="begins_on"),
        late.select("loan_no", on="from_on"),
        late.select("loan_no", on="until_on"),
        *passed,
        graces,
        spells.join(several, on="loan_no", how="semi").select("loan_no", on="from_on"),
        *_spans(decided.select("loan_no", "effective_on", "ends_on")),
        *_spans(delays.select("loan_no", "effective_on", "ends_on")),
        *_spans(ledger.filter(pl.col("days_past_due") > 0).select("loan_no", effective_on="on", ends_on="on")),
        written_off.select("loan_no", "on"),
    ]
    happened = pl.concat(of_loans).unique().join(whose, on="loan_no").select("debtor_no", "on")
    debtors = whose.select("debtor_no").unique()
    common = debtors.join(pl.DataFrame({"on": [*law_days, on]}, schema={"on": pl.Date}), how="cross")
    reports = elsewhere.select("debtor_no", "on").join(debtors, on="debtor_no", how="semi")
    return pl.concat([happened, reports, common]).filter(pl.col("on") <= on).unique().sort("debtor_no", "on")


def _spans(spans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first day of each span, and the day after its last."""
    ended = spans.filter(pl.col("ends_on").is_not_null())
    return spans.select("loan_no", on="effective_on"), ended.select("loan_no", on=pl.col("ends_on") + _DAY)
