"""The clocks of a day: which loans have any, what happened to each, and one row a clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import dataframely as dy
import polars as pl

from postloan.kernels.loan_arrays import offsets
from postloan.rules.legal_clocks import LegalClocks
from postloan.rules.shapes import WorkingDays
from postloan.steps.legal_clocks.guarantees import guarantee_periods
from postloan.steps.legal_clocks.last_days import LastDays
from postloan.steps.legal_clocks.prescription import FOUND, Prescription, prescribed
from postloan.steps.legal_clocks.windows import windows
from postloan.tables.clocks import LegalClock
from postloan.tables.published import PublishedLoan
from postloan.tables.results import Due

_OF_LOAN = (
    "loan_no", "loan_id", "debtor_no", "debtor_id", "org_id", "officer_id", "status", "days_past_due", "disbursed_on",
    "matures_on", "original_matures_on",
)  # fmt: skip
_POINT = {
    "loan_no": pl.Int64, "guarantee_id": pl.String, "step": pl.String, "happened_on": pl.Date, "ends_on": pl.Date,
}  # fmt: skip
_NARROW = ("loan", "contract", "facility")
_DETAILS = ("loan_no", "kind", "guarantee_id", "guarantor_id", "asset_id", "keeps", "cite")


@dataclass(frozen=True)
class Facts:
    """What clocks rest on besides the published loans: facts of the loans in the book."""

    book: pl.DataFrame
    contracts: pl.DataFrame
    guarantees: pl.DataFrame
    events: pl.DataFrame
    payments: pl.DataFrame


def legal_clocks(
    loans: dy.DataFrame[PublishedLoan] | pl.DataFrame,
    dues: dy.DataFrame[Due] | pl.DataFrame,
    facts: Facts,
    *,
    law: LegalClocks | None,
    calendar: WorkingDays,
    on: date,
) -> dy.DataFrame[LegalClock]:
    """Find the clocks that run for or against the bank; none before there was such a law.

    Reads   loans: the published rows of the day; dues: as in force, a loan that was called in due on that day; facts:
            loans (contract_id), contracts, guarantees, legal events, payments without those taken back.
    Writes  LegalClock, by loan, kind and clock. Limitation and guarantees of loans that are due and unpaid, or written
            off; what steps at law open, of any loan on the book.
    Source  Civil Code Arts. 188 to 203, 692 to 695; regulations DSP-30 to 55; rulebook: legal_clocks.
    """
    if law is None:
        return LegalClock.create_empty()
    happened = facts.events.filter(pl.col("happened_on") <= on)
    held = loans.select(_OF_LOAN).filter(_may_have_any())
    if held.is_empty() and happened.is_empty():
        return LegalClock.create_empty()
    last = LastDays(law, calendar, on)
    named = facts.book.select("loan_no", "loan_id", "contract_id")
    met = _points(happened, named)
    touched = loans.select(_OF_LOAN).join(met.select("loan_no"), on="loan_no", how="semi")
    known = pl.concat([held, touched]).unique("loan_no").sort("loan_no")
    known = _with_last_due(known.join(named.drop("loan_id"), on="loan_no", how="left", maintain_order="left"), dues)
    owing = known.filter(pl.col("status") != "settled")
    points = pl.concat([met.select(*_POINT), _consent(facts.payments, owing, last)])
    found = [
        _limitation(owing, points, last),
        _execution(owing, points, last),
        *_guarantees(loans, owing, points, facts, last),
        _windows(known, met, last),
    ]
    return _told(pl.concat(found, how="diagonal"), known, on)


def _may_have_any() -> pl.Expr:
    """Overdue, written off, or extended beyond a day on which a guarantee may have begun to run."""
    is_extended = (pl.col("original_matures_on") < pl.col("matures_on")).fill_null(value=False)
    is_owing = (pl.col("days_past_due") > 0) | (pl.col("status") == "written_off") | is_extended
    return (pl.col("status") != "settled") & is_owing


def _points(happened: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Steps at law by the loans that they concern: one that names a contract concerns all its loans."""
    steps = happened.rename({"kind": "step"}).drop("debtor_no")
    of_loans = steps.filter(pl.col("loan_id").is_not_null()).join(named.select("loan_no", "loan_id"), on="loan_id")
    of_contracts = steps.filter(pl.col("loan_id").is_null()).join(
        named.select("loan_no", "contract_id"), on="contract_id"
    )
    return pl.concat([each.drop("loan_id", "contract_id") for each in (of_loans, of_contracts)])


def _with_last_due(known: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Add the last day on which each loan falls due: the day it was called in, where it was."""
    first, end = offsets(dues["loan_no"].to_numpy(), known["loan_no"].to_numpy()).reshape(-1, 2).T
    last = pl.select(pl.when(pl.Series(end > first)).then(pl.Series(end - 1))).to_series()
    return known.with_columns(last_due_on=dues["due_on"].gather(last).fill_null(known["matures_on"]))


def _consent(payments: pl.DataFrame, owing: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """The debtor's payments on debts that were due as a whole: each is consent to the rest."""
    if not last.law.part_payment.interrupts:
        return pl.DataFrame(schema=_POINT)
    due = owing.filter(pl.col("last_due_on") <= last.on).select("loan_no", "last_due_on")
    paid = payments.lazy().filter(pl.col("paid_on") <= last.on).join(due.lazy(), on="loan_no")
    return paid.filter(pl.col("paid_on") > pl.col("last_due_on")).select(
        "loan_no", pl.lit(None, pl.String).alias("guarantee_id"), pl.lit("payment").alias("step"),
        pl.col("paid_on").alias("happened_on"), pl.lit(None, pl.Date).alias("ends_on"),
    ).collect()  # fmt: skip


def _against_debtor(points: pl.DataFrame, kind: str) -> pl.DataFrame:
    """What was done to the debtor, under the clock of each loan; what was done to a guarantor alone is not."""
    return points.filter(pl.col("guarantee_id").is_null()).with_columns(clock=_clock(kind))


def _clock(kind: str) -> pl.Expr:
    return pl.format("{}-{}", pl.lit(kind), "loan_no")


def _limitation(owing: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    law = last.law
    due = owing.filter(pl.col("last_due_on") <= last.on)
    bases = due.select("loan_no", clock=_clock("limitation"), began_on="last_due_on")
    rule = Prescription(
        law.limitation, (*law.interrupting(), "payment"), law.pending, law.revives.steps, law.adjudicates.steps
    )
    found = prescribed(bases, _against_debtor(points, "limitation"), rule, last)
    return _with(bases, found, "limitation", "demand_or_sue", "signed_acknowledgement", str(law.limitation.cite))


def _execution(owing: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """From the last day of performance that the latest title names, else from the title."""
    law, met = last.law, _against_debtor(points, "execution")
    titles = met.filter(pl.col("step").is_in(law.adjudicates.steps)).join(
        owing.select("loan_no"), on="loan_no", how="semi"
    )
    bases = (
        titles.sort("loan_no", "happened_on", "ends_on", "step")
        .group_by("loan_no", "clock", maintain_order=True)
        .agg(began_on=pl.coalesce("ends_on", "happened_on").last(), titled_on=pl.col("happened_on").last())
    )
    since = met.join(bases.select("clock", "titled_on"), on="clock").filter(
        pl.col("happened_on") >= pl.col("titled_on")
    )
    rule = Prescription(law.execution, (*law.interrupting(), "payment"), law.enforces)
    found = prescribed(bases, since, rule, last)
    return _with(bases, found, "execution", "apply_for_enforcement", "nothing", str(law.execution.cite))


def _guarantees(
    loans: pl.DataFrame, owing: pl.DataFrame, points: pl.DataFrame, facts: Facts, last: LastDays
) -> Sequence[pl.DataFrame]:
    """The period of each guarantee of each loan, and where it was kept, limitation for the guarantor."""
    ties = _ties(loans, owing, points, facts, last)
    if ties.is_empty():
        return ()
    law = last.law
    of_guarantors = points.filter(pl.col("guarantee_id").is_not_null()).with_columns(
        clock=pl.format("guarantee_period-{}-{}", "loan_no", "guarantee_id")
    )
    both = pl.concat([of_guarantors, _against_debtor(points, "limitation")])
    periods = guarantee_periods(ties, both, last)
    asks = pl.when("is_general").then(pl.lit("sue_debtor")).otherwise(pl.lit("demand_of_guarantor"))
    told = _with(ties, periods, "guarantee_period", asks, "nothing", str(law.unagreed.cite))
    owed = _bound(ties, periods, points, last)
    rule = Prescription(law.guarantee_limitation, law.interrupting(), law.pending, law.revives.steps)
    of_guarantors = of_guarantors.with_columns(clock=_of_guarantor())
    found = prescribed(owed, of_guarantors, rule, last)
    after = _with(
        owed, found, "guarantee_limitation", "demand_of_guarantor", "signed_acknowledgement",
        str(law.guarantee_limitation.cite),
    )  # fmt: skip
    return told.drop("period_is_agreed", "kept_on"), after


def _of_guarantor() -> pl.Expr:
    return pl.format("guarantee_limitation-{}-{}", "loan_no", "guarantee_id")


def _ties(loans: pl.DataFrame, owing: pl.DataFrame, points: pl.DataFrame, facts: Facts, last: LastDays) -> pl.DataFrame:
    """Tie guarantees to the loans that are due, each with the day from which its period runs.

    A maximum-amount guarantee secures the loans paid out from its first day to its last; its period runs from the last
    day, or from the last due day of what it secures where that is later. An extension without the guarantor's written
    consent leaves the period of another where it was.
    """
    begun = facts.guarantees.filter(pl.col("begins_on") <= last.on)
    if begun.is_empty() or owing.is_empty():
        return pl.DataFrame()
    tied = _secured(begun, owing, facts.contracts)
    if tied.is_empty():
        return tied
    whole = begun.join(tied.filter("is_maximum"), on="guarantee_id", how="semi")
    not_due = loans.select(_OF_LOAN).filter(pl.col("status") != "settled").join(owing, on="loan_no", how="anti")
    rest = not_due.join(facts.book.select("loan_no", "contract_id"), on="loan_no").with_columns(
        last_due_on="matures_on"
    )
    due = [tied, _secured(whole, rest, facts.contracts)] if whole.height else [tied]
    latest = (
        pl.concat(each.select("guarantee_id", "last_due_on") for each in due)
        .group_by("guarantee_id").agg(all_due_on=pl.col("last_due_on").max())
    )  # fmt: skip
    agrees = points.filter(pl.col("step").is_in(last.law.consents.steps)).select(
        "loan_no", "guarantee_id", consents=pl.lit(value=True)
    )
    moved = (pl.col("original_matures_on") < pl.col("last_due_on")) & pl.col("consents").is_null()
    of_one = pl.when(moved.fill_null(value=False)).then("original_matures_on").otherwise("last_due_on")
    return (
        tied.join(latest, on="guarantee_id", how="left", maintain_order="left")
        .join(agrees.unique(), on=["loan_no", "guarantee_id"], how="left", maintain_order="left")
        .with_columns(
            began_on=pl.when("is_maximum").then(pl.max_horizontal("ends_on", "all_due_on")).otherwise(of_one),
            agreed_on=pl.when(~pl.col("is_maximum")).then("ends_on"),
            is_general=pl.col("form") == "general",
            clock=pl.format("guarantee_period-{}-{}", "loan_no", "guarantee_id"),
            main_clock=_clock("limitation"),
        )
        .filter(pl.col("began_on") <= last.on)
        .sort("loan_no", "guarantee_id")
    )


def _secured(guarantees: pl.DataFrame, loans: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    """Guarantees with the loans they secure, by the loan itself, its contract or its facility; each pair once."""
    named = loans.join(
        contracts.select("contract_id", "facility_id"), on="contract_id", how="left", maintain_order="left"
    )
    tied = pl.concat(
        guarantees.filter(pl.col("secures_kind") == kind)
        .select(
            "guarantee_id", "guarantor_id", "secures_id", "begins_on", "ends_on", form=pl.col("kind").cast(pl.String),
            is_maximum=pl.col("is_maximum_amount").fill_null(value=False),
        )
        .join(
            named.select("loan_no", "disbursed_on", "last_due_on", "original_matures_on", secures_id=f"{kind}_id"),
            on="secures_id",
        )
        for kind in _NARROW
    )  # fmt: skip
    within = (pl.col("disbursed_on") >= pl.col("begins_on")) & (
        pl.col("ends_on").is_null() | (pl.col("disbursed_on") <= pl.col("ends_on"))
    )
    return tied.filter(~pl.col("is_maximum") | within).unique(["loan_no", "guarantee_id"], maintain_order=True)


def _bound(ties: pl.DataFrame, periods: pl.DataFrame, points: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    """From when limitation runs for guarantors whose period was kept: the demand, or the loss of their defence."""
    law = last.law
    kept = ties.drop("began_on").join(
        periods.filter(pl.col("state") == "kept").select("clock", "kept_on"), on="clock", maintain_order="left"
    )
    steps = points.filter(pl.col("guarantee_id").is_null())
    at_once = steps.filter(pl.col("step").is_in(law.loses_defence.steps)).select("loan_no", lost_on="happened_on")
    later = steps.filter(pl.col("step").is_in(law.loses_defence_after.steps)).select(
        "loan_no", lost_on=law.loses_defence_after.after(pl.col("happened_on"))
    )
    lost = pl.concat([at_once, later]).group_by("loan_no").agg(pl.col("lost_on").min())
    runs = pl.when("is_general").then(pl.max_horizontal("lost_on", "kept_on")).otherwise("kept_on")
    is_bound = ~pl.col("is_general") | pl.col("lost_on").is_not_null()
    return (
        kept.join(lost, on="loan_no", how="left", maintain_order="left")
        .filter(is_bound)
        .with_columns(began_on=runs, clock=_of_guarantor())
        .filter(pl.col("began_on") <= last.on)
    )


def _windows(known: pl.DataFrame, met: pl.DataFrame, last: LastDays) -> pl.DataFrame:
    settled = known.select("loan_no", is_settled=pl.col("status") == "settled")
    found = windows(met.join(settled, on="loan_no").sort("loan_no"), last)
    told = {each.clock: (each.keeps, str(each.cite)) for each in last.law.opened}
    words = {name: keeps for name, (keeps, _cite) in told.items()}
    cites = {name: cite for name, (_keeps, cite) in told.items()}
    return found.with_columns(
        keeps=pl.when(pl.col("state") == "kept").then(pl.lit("nothing"))
        .otherwise(pl.col("kind").replace_strict(words, return_dtype=pl.String)),
        cite=pl.col("kind").replace_strict(cites, return_dtype=pl.String),
    )  # fmt: skip


def _with(
    bases: pl.DataFrame, found: pl.DataFrame, kind: str, keeps: str | pl.Expr, once_lost: str, cite: str
) -> pl.DataFrame:
    """Put beside each clock of a kind what it is of, what keeps it, and its clause."""
    kept = "nothing" if kind == "guarantee_period" else "see_it_through"
    said = pl.lit(keeps) if isinstance(keeps, str) else keeps
    of = [name for name in ("clock", "loan_no", "guarantee_id", "guarantor_id", "is_general") if name in bases.columns]
    return (
        found.join(bases.select(of), on="clock", how="left", maintain_order="left")
        .with_columns(
            kind=pl.lit(kind),
            keeps=pl.when(pl.col("state") == "kept").then(pl.lit(kept))
            .when(pl.col("state") == "lost").then(pl.lit(once_lost)).otherwise(said),
            cite=pl.lit(cite),
        )
    )  # fmt: skip


def _told(found: pl.DataFrame, known: pl.DataFrame, on: date) -> dy.DataFrame[LegalClock]:
    blank = [pl.lit(None, pl.String).alias(name) for name in _DETAILS if name not in found.columns]
    rows = (
        found.with_columns(blank)
        .select(*FOUND, *_DETAILS)
        .join(known.select(_OF_LOAN[:6]), on="loan_no", maintain_order="left")
        .rename({"clock": "clock_id"})
        .with_columns(ends_on=pl.when(pl.col("state") != "kept").then("ends_on"))
        .with_columns(days_left=(pl.col("ends_on") - on).dt.total_days().cast(pl.Int32))
        .sort("loan_no", "kind", "clock_id")
    )
    return LegalClock.cast(rows.select(LegalClock.column_names()))
