"""Causes: what a published day gives an officer to do, read from its snapshot, and what of the desk runs out."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl

from postloan.desk.collateral.lines import line_reached
from postloan.desk.collateral.stress.queries import stress_due, stresses_kept
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.officers.queries import head_office, roles_ending
from postloan.desk.disposal.clocks import clocks_to_keep, proofs_due
from postloan.desk.impairment.differences import differences
from postloan.errors import NothingPublished
from postloan.rules.collateral_desk import CollateralDesk
from postloan.rules.desk_rules import WorkKind, load_desk_rules
from postloan.snapshot.read import (
    read_covenant_tests,
    read_of_bank,
    scan_breaks,
    scan_debtors,
    scan_group_alerts,
    scan_loans,
)
from postloan.tables.units import BUCKETS

CAUSE = ("subject", "title", "page_key", "org_id", "officer_id", "amount_cents", "told", "due_by")
"""What a cause says: what it is about, the debtor's name, the key of its page, whose it is, how much, in words, and the
day after which it would be too late, where there is one."""
_STILL_CONTACTED = BUCKETS[1:4]
"""Buckets in which the account officer calls the borrower; after them the case goes to collection."""


def causes(kind: WorkKind, day: BusinessDay, since: BusinessDay | None) -> pl.DataFrame:
    """What a kind of work finds to do on a day; `since` is the day adopted before it."""
    found = _FOUND[kind.kind](day, kind, since)
    if "due_by" not in found.collect_schema():
        found = found.with_columns(due_by=pl.lit(None, pl.Date))
    return found.select(CAUSE).collect()


def known_kinds() -> frozenset[str]:
    """The kinds that a published day can open; the desk's rules name no other."""
    return frozenset(_FOUND)


def _loans(day: BusinessDay) -> pl.LazyFrame:
    names = scan_debtors(day.home, day.on).select("debtor_no", title="name")
    held = scan_loans(day.home, day.on).filter(pl.col("status") == "active")
    return held.join(names, on="debtor_no", how="left").with_columns(
        subject=pl.lit("loan:") + pl.col("loan_id"), page_key="loan_id", amount_cents="outstanding_cents"
    )


_DAYS_TOLD = pl.lit("DPD ") + pl.col("days_past_due").cast(pl.String)
"""Days past due as an item keeps them."""


def _by_debtor(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One cause a debtor: that of its loan with the most at stake."""
    return (
        rows.sort("amount_cents", descending=True)
        .group_by("debtor_id", maintain_order=True)
        .agg(pl.col("title", "org_id", "officer_id", "told").first(), pl.col("amount_cents").sum())
        .with_columns(subject=pl.lit("debtor:") + pl.col("debtor_id"), page_key="debtor_id")
    )


def _contact_overdue(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    overdue = _loans(day).filter(pl.col("bucket").cast(pl.String).is_in(_STILL_CONTACTED))
    return _by_debtor(overdue.with_columns(amount_cents="overdue_principal_cents", told=_DAYS_TOLD))


def _maturity_notice(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    ends = pl.col("matures_on")
    near = _loans(day).filter((ends > day.on) & (ends <= day.on + timedelta(days=kind.ahead_days)))
    return near.filter(pl.col("legal_form") != "person").with_columns(told=ends.cast(pl.String))


def _tier_worsened(day: BusinessDay, _kind: WorkKind, since: BusinessDay | None) -> pl.LazyFrame:
    begun = since.on if since else day.on - timedelta(days=1)
    moved = (pl.col("tier_since_on") > begun) & (pl.col("tier") > pl.col("tier_before").fill_null("pass"))
    return _loans(day).filter(moved).with_columns(told="tier_cite")


def _upgrade_possible(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    ready = pl.col("is_held") & (pl.col("may_upgrade_from_on") <= day.on)
    return _loans(day).filter(ready).with_columns(told=pl.col("may_upgrade_from_on").cast(pl.String))


def _group_alert(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    alerts = _if_published(lambda: scan_group_alerts(day.home, day.on))
    bad = alerts.group_by(debtor_no=pl.col("other_no")).agg(told=pl.col("debtor_id").first())
    return _by_debtor(_loans(day).join(bad, on="debtor_no"))


def _ledger_break(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    breaks = _if_published(lambda: scan_breaks(day.home, day.on))
    of_loan = breaks.group_by("loan_no").agg(told=pl.col("kind").cast(pl.String).unique().sort().str.join(", "))
    return _loans(day).join(of_loan, on="loan_no")


def _collateral(day: BusinessDay, holds: pl.Expr, told: pl.Expr) -> pl.LazyFrame:
    """One cause a collateral that secures something and of which something holds, for its main debtor."""
    held = read_of_bank(day.home, day.on, "collateral_standing").lazy()
    live = ~pl.col("eligibility").is_in(["released", "sold"])
    names = scan_debtors(day.home, day.on).select("debtor_id", title="name")
    return (
        held.filter(live & pl.col("org_id").is_not_null() & holds)
        .join(names, on="debtor_id", how="left")
        .with_columns(
            subject=pl.lit("collateral:") + pl.col("collateral_id"), page_key="collateral_id",
            amount_cents="claim_cents", told=pl.col("collateral_id") + pl.lit(" ") + told,
        )
    )  # fmt: skip


def _collateral_ends(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    last = day.on + timedelta(days=kind.ahead_days)
    insured_to = pl.when(pl.col("insurance") != "not_needed").then("insured_to_on")
    ends = pl.min_horizontal("registration_ends_on", insured_to)
    return _collateral(day, (ends >= day.on) & (ends <= last), ends.cast(pl.String))


def _collateral_insurance(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    bad = pl.col("insurance").is_in(["missing", "ended", "short", "payee"])
    return _collateral(day, bad, pl.coalesce(pl.col("insured_to_on").cast(pl.String), pl.lit("—")))


def _collateral_stress(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    rule = load_desk_rules(day.home).version("collateral", CollateralDesk, day.on).stress
    due_on, office = stress_due(rule, stresses_kept(day.on)), head_office()
    is_near = due_on is None or due_on - timedelta(days=kind.ahead_days) <= day.on
    row = {"subject": "collateral:stress", "title": office.name, "org_id": office.pk, "due_by": due_on}
    found = [row] if is_near else []
    types = dict.fromkeys(CAUSE, pl.String) | {"amount_cents": pl.Int64, "due_by": pl.Date}
    return pl.LazyFrame(found, schema=types)


def _collateral_revalue(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    last = day.on + timedelta(days=kind.ahead_days)
    due = pl.col("revalue_by_on").is_null() | (pl.col("revalue_by_on") <= last)
    return _collateral(day, due, pl.coalesce(pl.col("revalue_by_on").cast(pl.String), pl.lit("—")))


def _stock_at(line: str) -> Callable[[BusinessDay, WorkKind, BusinessDay | None], pl.LazyFrame]:
    """Pledged stock that has come down to a line, and not to the next."""

    def found(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
        rule = load_desk_rules(day.home).version("collateral", CollateralDesk, day.on).lines
        return _collateral(day, line_reached(rule) == line, pl.col("valued_on").cast(pl.String))

    return found


def _covenants(day: BusinessDay, holds: pl.Expr, told: pl.Expr) -> pl.LazyFrame:
    """One cause a covenant: that of its first test of which something holds, for the loan that it binds."""
    tests = read_covenant_tests(day.home, day.on).lazy().filter(holds).sort("period_end_on")
    subject = pl.format("covenant:{}:{}", "covenant_id", "period_end_on")
    asked = tests.unique("covenant_id", keep="first", maintain_order=True).select(
        "loan_id", "covenant_id", about=subject, told=told
    )
    return _loans(day).join(asked, on="loan_id").with_columns(subject="about", page_key="covenant_id")


def _covenant_due(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    last = day.on + timedelta(days=kind.ahead_days)
    near = (pl.col("untested_why") == "not_due") & (pl.col("period_end_on") <= day.on) & (pl.col("due_on") <= last)
    return _covenants(day, near, pl.col("due_on").cast(pl.String))


def _covenant_breach(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    breached = pl.col("is_latest") & pl.col("result").is_in(["curing", "breached"])
    return _covenants(day, breached, pl.col("period_end_on").cast(pl.String))


def _covenant_cure_ends(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    last = day.on + timedelta(days=kind.ahead_days)
    ending = pl.col("is_latest") & (pl.col("result") == "curing") & (pl.col("cure_ends_on") <= last)
    return _covenants(day, ending, pl.col("cure_ends_on").cast(pl.String))


def _restructure_broken(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    missed = pl.col("is_restructured") & (pl.col("days_past_due") > 0)
    return _loans(day).filter(missed).with_columns(told=_DAYS_TOLD)


def _observation_ends(day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    ends, last = pl.col("observation_ends_on"), day.on + timedelta(days=kind.ahead_days)
    near = pl.col("is_restructured") & (ends >= day.on) & (ends <= last)
    return _loans(day).filter(near).with_columns(told=ends.cast(pl.String))


def _recovery_plan_missing(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    bad = differences(day).filter(kind="no_plan").select("loan_id", claim="claim_cents").lazy()
    return _loans(day).join(bad, on="loan_id").with_columns(told=_DAYS_TOLD, amount_cents="claim")


def _legal_clock(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    words = pl.format("CLOCK {} {} {}", pl.col("kind").cast(pl.String), pl.col("keeps").cast(pl.String), "ends_on")
    return _of_clocks(clocks_to_keep(day)).with_columns(told=words, due_by="ends_on")


def _demand_proof(day: BusinessDay, _kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    words = pl.lit("PROOF ") + pl.col("since_on").cast(pl.String)
    return _of_clocks(proofs_due(day)).with_columns(told=words, due_by="ends_on")


def _of_clocks(rows: pl.DataFrame) -> pl.LazyFrame:
    return rows.lazy().with_columns(title="debtor_name", page_key="loan_id", amount_cents="outstanding_cents")


def _grant_ends(_day: BusinessDay, kind: WorkKind, _since: BusinessDay | None) -> pl.LazyFrame:
    found = [
        {
            "subject": "grant:{officer}:{role}:{org}".format(**each), "title": each["officer__name"],
            "page_key": str(each["officer"]), "org_id": each["org"], "told": each["last_on"].isoformat(),
        }
        for each in roles_ending(kind.ahead_days)
    ]  # fmt: skip
    return pl.LazyFrame(found, schema=dict.fromkeys(CAUSE, pl.String) | {"amount_cents": pl.Int64})


def _if_published(scan: Callable[[], pl.LazyFrame]) -> pl.LazyFrame:
    """A table of the snapshot; without rows where an earlier version of the program published none."""
    try:
        return scan()
    except NothingPublished:
        return pl.LazyFrame(schema={
            "loan_no": pl.Int64, "other_no": pl.Int64, "debtor_id": pl.String, "kind": pl.String,
        })  # fmt: skip


_FOUND: dict[str, Callable[[BusinessDay, WorkKind, BusinessDay | None], pl.LazyFrame]] = {
    "contact_overdue": _contact_overdue,
    "maturity_notice": _maturity_notice,
    "tier_worsened": _tier_worsened,
    "upgrade_possible": _upgrade_possible,
    "group_alert": _group_alert,
    "ledger_break": _ledger_break,
    "collateral_ends": _collateral_ends,
    "collateral_insurance": _collateral_insurance,
    "collateral_revalue": _collateral_revalue,
    "collateral_stress": _collateral_stress,
    "stock_warning": _stock_at("warning"),
    "stock_close_out": _stock_at("close_out"),
    "recovery_plan_missing": _recovery_plan_missing,
    "restructure_broken": _restructure_broken,
    "observation_ends": _observation_ends,
    "covenant_due": _covenant_due,
    "covenant_breach": _covenant_breach,
    "covenant_cure_ends": _covenant_cure_ends,
    "legal_clock": _legal_clock,
    "demand_proof": _demand_proof,
    "grant_ends": _grant_ends,
}
