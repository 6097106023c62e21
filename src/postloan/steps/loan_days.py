"""Loan days: what the class of a loan may rest on, on each day of its life on which that changed."""

from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.tables.beside import beside, found_beside
from postloan.tables.results import DaysPastDue, Funding, Late, Position, Spell, Standing
from postloan.tables.shares import own_share
from postloan.tables.units import TIERS

_WHOLE_E8 = 10**8
_FACTS = {
    "misuse": "use_changed", "impairment": "impaired", "rating_fall": "rating_fall", "evasion": "evasion",
    "bankruptcy": "bankruptcy",
}  # fmt: skip
_LATEST = {
    "upgrade": "upgrade_decided_on", "merger": "merged_on", "restructure": "restructured_on",
    "observation_end": "ended_on",
}  # fmt: skip


class Told(NamedTuple):
    """What is known of loans on the days of their lives; every table may tell of more loans than are meant.

    spells, late     what each owed and since when; positions: where each begins.
    decided, delays  decisions on which a tier may rest; technical delays.
    debtors, elsewhere, ledger, written_off  facts. settled: loan_no and settled_on of loans paid off.
    """

    spells: dy.DataFrame[Spell]
    late: dy.DataFrame[Late]
    positions: dy.DataFrame[Position]
    decided: pl.DataFrame
    delays: pl.DataFrame
    debtors: pl.DataFrame
    elsewhere: pl.DataFrame
    ledger: pl.DataFrame
    written_off: pl.DataFrame
    settled: pl.DataFrame


def loan_days(
    days: pl.DataFrame,
    loans: pl.DataFrame,
    told: Told,
    standing: dy.DataFrame[Standing],
    shares: dy.DataFrame[Funding],
    overdue: dy.DataFrame[DaysPastDue],
    *,
    grace_counts: bool,
    on: date,
) -> pl.DataFrame:
    """Set out some loans on each of their days.

    Reads   days: loan_no and on, once each; loans: facts of the loans in the book; standing, shares, overdue: what
            holds on the business date, which is taken as it is.
    Writes  the columns of LoanDay, but for those of observation; beside them row, late_since_on, and the latest
            decisions on a restructuring. By debtor, day and loan.
    Source  regulations 1: what each rule asks about. Days past due as in the step of that name.
    """
    meant = loans.join(days.select("loan_no").unique(), on="loan_no", how="semi", maintain_order="left")
    rows = (
        days.join(meant.select("loan_no", "debtor_no"), on="loan_no")
        .sort("debtor_no", "on", "loan_no")
        .join(_lives(meant, loans, told), on="loan_no", maintain_order="left")
        .filter(pl.col("on") >= pl.col("begins_on"))
        .with_row_index("row")
    )
    rows = _past_due(rows, told, grace_counts=grace_counts)
    rows = _debts(rows, told)
    rows = _decided(rows, told.decided)
    delayed = _during(rows, told.delays)["row"].unique()
    reports = told.elsewhere.select(
        "debtor_no", "on", "all_banks_cents", "all_banks_over_90_cents", "other_bank_npl"
    ).sort("on")
    return (
        rows.join_asof(reports, on="on", by="debtor_no", check_sortedness=False)
        .with_columns(
            pl.col("other_bank_npl").fill_null(value=False),
            delay_is_technical=pl.col("row").is_in(delayed.implode()),
        )
        .pipe(_as_stated, standing, shares, overdue, on)
    )


def _lives(meant: pl.DataFrame, loans: pl.DataFrame, told: Told) -> pl.DataFrame:
    """What stays the same of each loan through all its days."""
    begun = told.positions.select("loan_no", "begins_on", "grace_days", lent_cents="balance_cents")
    is_renewal = pl.col("is_no_principal_renewal").fill_null(value=False)
    mine = meant.select(
        "loan_no", "debtor_no", "disbursed_on", "renews_loan_id", "funding_share_e8",
        period_months=pl.col("period_months").fill_null(1),
        originated_on=pl.coalesce("signed_on", "disbursed_on"),
        is_no_principal_renewal=is_renewal,
        is_refinanced=pl.col("renews_loan_id").is_not_null() | is_renewal,
    )  # fmt: skip
    return (
        mine.join(begun, on="loan_no")
        .pipe(found_beside, told.settled)
        .pipe(found_beside, told.debtors.select("debtor_no", "legal_form", "size_class"), by="debtor_no")
        .pipe(found_beside, _renewals(mine, loans, told))
        .drop("debtor_no")
        .with_columns(pl.col("renews_pass_loan", "is_renewed_in_time").fill_null(value=True))
    )


def _renewals(mine: pl.DataFrame, loans: pl.DataFrame, told: Told) -> pl.DataFrame:
    """How the loan stood that each loan renewed, on the day the new one was signed; no row where we do not know it."""
    old = loans.select(renews_loan_id="loan_id", old_no="loan_no", old_matures_on="matures_on")
    pairs = mine.filter("is_refinanced").join(old, on="renews_loan_id").select(
        "loan_no", "old_no", "originated_on", "old_matures_on"
    )  # fmt: skip
    days_late = (
        pairs.join(told.late.rename({"loan_no": "old_no"}), on="old_no")
        .filter(pl.col("originated_on").is_between("from_on", "until_on", closed="left"))
        .select("loan_no")
    )
    eased = told.decided.filter(pl.col("kind") == "restructure").select(old_no="loan_no", eased_on="effective_on")
    restructured = (
        pairs.join(eased, on="old_no").filter(pl.col("eased_on") <= pl.col("originated_on")).select("loan_no")
    )
    is_bad = pl.col("loan_no").is_in(pl.concat([days_late, restructured])["loan_no"].implode())
    return pairs.select(
        "loan_no", renews_pass_loan=~is_bad, is_renewed_in_time=pl.col("originated_on") < pl.col("old_matures_on")
    ).unique("loan_no")


def _past_due(rows: pl.DataFrame, told: Told, *, grace_counts: bool) -> pl.DataFrame:
    stretches = told.late.sort("from_on").select("loan_no", "from_on", late_until="until_on", oldest="oldest_due_on")
    cured = told.late.sort("until_on").select("loan_no", cured_on="until_on")
    core = told.ledger.select("loan_no", "on", core_days="days_past_due")
    excused_days = pl.lit(0) if grace_counts else pl.col("grace_days")
    own_days = (pl.col("on") - pl.col("late_since_on")).dt.total_days()
    return (
        rows.join_asof(stretches, left_on="on", right_on="from_on", by="loan_no", check_sortedness=False)
        .join_asof(cured, left_on="on", right_on="cured_on", by="loan_no", check_sortedness=False)
        .join(core, on=["loan_no", "on"], how="left", maintain_order="left")
        .with_columns(late_since_on=pl.when(pl.col("on") < pl.col("late_until")).then("oldest"))
        .with_columns(own_days=pl.when(own_days > excused_days).then(own_days))
        .with_columns(
            days_past_due=pl.max_horizontal(pl.lit(0), "own_days", "core_days").cast(pl.Int32),
            clean_since_on=pl.when(pl.col("late_since_on").is_null()).then(pl.coalesce("cured_on", "begins_on")),
        )
    )


def _debts(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """What was left of each loan on the day, by the core where it spoke then, and whether that stood on the book."""
    core = told.ledger.select("loan_no", "on", core_cents="outstanding_cents")
    repaid = told.spells.sort("from_on").select("loan_no", paid_on="from_on", paid_cents="paid_principal_cents")
    gone = (
        told.written_off.sort("on")
        .select("loan_no", gone_on="on", gone_cents=pl.col("principal_cents").cum_sum().over("loan_no"))
    )  # fmt: skip
    own_cents = pl.col("lent_cents") - pl.col("paid_cents").fill_null(0) - pl.col("gone_cents").fill_null(0)
    left_cents = pl.coalesce("core_cents", own_cents)
    is_open = pl.col("settled_on").is_null() | (pl.col("on") < pl.col("settled_on"))
    is_open |= (pl.col("core_cents") > 0).fill_null(value=False)
    return (
        rows.join_asof(repaid, left_on="on", right_on="paid_on", by="loan_no", check_sortedness=False)
        .join_asof(gone, left_on="on", right_on="gone_on", by="loan_no", check_sortedness=False)
        .join(core, on=["loan_no", "on"], how="left", maintain_order="left")
        .with_columns(left_cents=pl.max_horizontal(pl.lit(0), left_cents))
        .with_columns(
            is_on_book=pl.when(pl.col("gone_cents") > 0).then(pl.col("left_cents") > 0).otherwise(is_open),
            debt_cents=own_share(pl.col("left_cents")),
        )
    )


def _during(rows: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """The rows on which each span holds."""
    return (
        rows.select("row", "loan_no", "on")
        .join(spans.drop("debtor_no", strict=False), on="loan_no")
        .filter(
            (pl.col("effective_on") <= pl.col("on"))
            & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= pl.col("on")))
        )
    )


def _decided(rows: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    held = _during(rows, decided).sort("row", "effective_on", maintain_order=True)
    lost_share = pl.col("terms").str.json_path_match("$.expected_loss").cast(pl.Decimal(38, 8), strict=False)
    by_row = held.group_by("row").agg(
        *(_is(kind).any().alias(fact) for kind, fact in _FACTS.items()),
        *(pl.col("effective_on").filter(_is(kind)).max().alias(name) for kind, name in _LATEST.items()),
        impaired_share_e8=(lost_share * pl.lit(_WHOLE_E8)).cast(pl.Int64).filter(_is("impairment")).last(),
        manual_tier=_said("tier").filter(_is("manual_tier")).last().cast(pl.Enum(TIERS)),
        says_repeat=(_said("is_repeat") == "true").filter(_is("restructure")).last(),
        is_resolved=(_said("is_resolved") == "true").filter(_is("observation_end")).last(),
    )
    flags = (*_FACTS.values(), "says_repeat", "is_resolved")
    return rows.join(by_row, on="row", how="left", maintain_order="left").with_columns(
        pl.col(flag).fill_null(value=False) for flag in flags
    )


def _is(kind: str) -> pl.Expr:
    return pl.col("kind") == kind


def _said(name: str) -> pl.Expr:
    return pl.col("terms").str.json_path_match(f"$.{name}")


def _as_stated(
    rows: pl.DataFrame,
    standing: dy.DataFrame[Standing],
    shares: dy.DataFrame[Funding],
    overdue: dy.DataFrame[DaysPastDue],
    on: date,
) -> pl.DataFrame:
    """Take the business date as it was found, where the core may have had its say."""
    meant = rows.filter(pl.col("on") == on).select("loan_no", "on")
    found = beside(
        standing.select("loan_no", found_on_book=pl.col("status") == "active"),
        shares.select("loan_no", found_cents="own_share_outstanding_cents"),
        overdue.select("loan_no", found_days="days_past_due"),
    ).join(meant, on="loan_no")
    return (
        rows.join(found, on=["loan_no", "on"], how="left", maintain_order="left")
        .with_columns(
            is_on_book=pl.coalesce("found_on_book", "is_on_book"),
            days_past_due=pl.coalesce("found_days", "days_past_due"),
            debt_cents=pl.coalesce("found_cents", "debt_cents"),
        )
        .with_columns(
            debt_cents=pl.when("is_on_book").then("debt_cents").otherwise(0),
            days_past_due=pl.when("is_on_book").then("days_past_due").otherwise(0),
        )
        .with_columns(worst_days_past_due="days_past_due")
    )
