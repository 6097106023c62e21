"""The night's inputs: the facts of one shard of debtors, or of one debtor, as known on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.shape import facts_shape
from postloan.tables.neighbours import CollateralClaim, WeakGuarantee

_PAYMENT = ("loan_no", "paid_on", "amount_cents", "reverses_payment_id")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "loan": (
        "loan_no", "debtor_no", "loan_id", "org_id", "product", "exposure_kind", "use_industry_code", "currency",
        "officer_id", "funding_share_e8", "partner_id", "principal_cents", "disbursed_on", "matures_on",
        "annual_rate_e8", "method", "due_day", "period_months", "day_count", "instalment_cents", "rate_kind",
        "spread_e8", "reprices", "reprice_months", "splits_periods", "first_due_on", "holiday_roll",
        "roll_moves_interest", "amortization_months", "interest_only_periods", "step_periods", "step_cents",
        "step_factor_e8", "known_on", "security_kind", "renews_loan_id", "is_no_principal_renewal", "contract_id",
        "grace_days", "penalty_factor_e8", "misuse_factor_e8", "charges_compound", "signed_on",
        "original_matures_on",
    ),
    "debtor": (
        "debtor_no", "debtor_id", "name", "legal_form", "size_class", "industry_code", "region_code", "group_id",
    ),
    "opening": (
        "loan_no", "on", "outstanding_cents", "overdue_principal_cents", "overdue_interest_cents",
        "accrued_interest_cents", "penalty_cents", "compound_cents", "fee_cents", "oldest_principal_due_on",
        "oldest_interest_due_on", "payment_string", "observation_from", "tier",
    ),
    "instalment": (
        "loan_no", "version", "seq", "due_on", "principal_cents", "interest_cents", "fee_cents", "effective_on",
    ),
    "payment": _PAYMENT,
    "ledger": (
        "loan_no", "on", "outstanding_cents", "overdue_principal_cents", "overdue_interest_cents", "penalty_cents",
        "days_past_due", "tier",
    ),
    "written_off": ("loan_no", "on", "principal_cents", "interest_cents", "transferred_cents", "asset_cents"),
    "decision": ("loan_no", "decision_id", "kind", "effective_on", "ends_on", "terms", "is_withdrawn"),
    "contract": ("debtor_no", "contract_id", "facility_id"),
    "pledge": (
        "debtor_no", "collateral_id", "secures_kind", "secures_id", "rank", "secured_cents", "is_maximum_amount",
        "begins_on", "ends_on", "prior_claims_cents",
    ),
    "guarantee": (
        "debtor_no", "guarantee_id", "guarantor_id", "secures_kind", "secures_id", "amount_cents", "is_maximum_amount",
        "kind", "begins_on", "ends_on",
    ),
    "elsewhere": ("debtor_no", "on", "all_banks_cents", "all_banks_over_90_cents", "other_bank_npl", "queries_3m"),
    "collateral": ("collateral_id", "kind", "registration_ends_on", "insured_to_on", "status"),
    "valuation": ("collateral_id", "valued_on", "value_cents"),
    "market": ("series", "on", "value"),
    "statement": ("debtor_no", "period_end_on", "item", "value_cents", "audited"),
    "event": ("debtor_no", "happened_on", "kind", "amount_cents"),
    "account_entry": ("debtor_no", "booked_at", "amount_cents", "counterparty_account", "counterparty_kind"),
    "legal_event": (
        "debtor_no", "legal_event_id", "loan_id", "contract_id", "kind", "happened_on", "ends_on", "guarantee_id",
        "asset_kind", "asset_id",
    ),
}  # fmt: skip

_NOT_OF_CLASSES = ("collateral", "valuation", "statement", "event", "account_entry", "legal_event")


@dataclass(frozen=True)
class Neighbours:
    """What a debtor's securities are worth for the sake of other debtors, of the whole bank; see plan/neighbours."""

    claims: dy.DataFrame[CollateralClaim]
    weak: dy.DataFrame[WeakGuarantee]


NO_NEIGHBOURS = Neighbours(CollateralClaim.create_empty(), WeakGuarantee.create_empty())


@dataclass(frozen=True)
class Inputs:
    """Facts by feed table, whole debtors only, each table in the order that intake gave it.

    collateral, valuation, market, neighbours   the bank's own, the same for every shard.
    guarantors   who among the bank's debtors guarantees whom, whatever the shard.
    ledger_days  `on`: the days of which the core's ledger speaks, of any loan of the bank, whatever the shard.
    """

    loan: pl.DataFrame
    debtor: pl.DataFrame
    opening: pl.DataFrame
    instalment: pl.DataFrame
    payment: pl.DataFrame
    ledger: pl.DataFrame
    written_off: pl.DataFrame
    decision: pl.DataFrame
    contract: pl.DataFrame
    pledge: pl.DataFrame
    guarantee: pl.DataFrame
    elsewhere: pl.DataFrame
    guarantors: pl.DataFrame
    ledger_days: pl.DataFrame
    collateral: pl.DataFrame
    valuation: pl.DataFrame
    market: pl.DataFrame
    statement: pl.DataFrame
    event: pl.DataFrame
    account_entry: pl.DataFrame
    legal_event: pl.DataFrame
    neighbours: Neighbours = NO_NEIGHBOURS


def read_inputs(facts: Facts, shard: int, neighbours: Neighbours) -> Inputs:
    """Read everything the steps need of one shard, and no column more."""
    frames = {table: facts.read(table, shard, columns) for table, columns in _COLUMNS.items()}
    return _inputs(facts, shard, frames, None, neighbours)


def read_debtors(facts: Facts, shard: int, debtors: Sequence[int]) -> Inputs:
    """Read what classes and stages of some debtors of a shard rest on, and nothing of what securities are worth."""
    of_debtors = pl.col("debtor_no").is_in(list(debtors))
    loans = facts.read("loan", shard, ("loan_no", "debtor_no"), of_debtors)["loan_no"]
    of_loans = pl.col("loan_no").is_in(loans.implode())
    frames = {}
    for table, columns in _COLUMNS.items():
        only = of_debtors if "debtor_no" in columns else of_loans if "loan_no" in columns else None
        shape = facts_shape(table).columns
        nothing = pl.DataFrame(schema={name: shape[name] for name in columns})
        frames[table] = nothing if table in _NOT_OF_CLASSES else facts.read(table, shard, columns, only)
    return _inputs(facts, shard, frames, of_loans, NO_NEIGHBOURS)


def _inputs(
    facts: Facts, shard: int, frames: dict[str, pl.DataFrame], of_loans: pl.Expr | None, neighbours: Neighbours
) -> Inputs:
    if frames["payment"]["reverses_payment_id"].null_count() < frames["payment"].height:
        # Identifiers of payments are wide text: read them only where a reversal asks for them.
        frames["payment"] = facts.read("payment", shard, (*_PAYMENT, "payment_id"), of_loans)
    days, guarantors = facts.days_of("ledger"), facts.guarantors()
    return Inputs(**frames, ledger_days=days, guarantors=guarantors, neighbours=neighbours)


def law_day(on: date, facts: Facts) -> date:
    """Say whose law a business date is read under: its own, or the later one that the feeds say."""
    return max(on, facts.layout.law_of or on)


def of_debtor(inputs: Inputs, debtor_no: int) -> Inputs:
    """Keep one debtor's facts, and the bank's."""
    is_kept = pl.col("debtor_no") == debtor_no
    loans = inputs.loan.filter(is_kept).select("loan_no")

    def kept(frame: pl.DataFrame) -> pl.DataFrame:
        if "debtor_no" in frame.columns:
            return frame.filter(is_kept)
        if "loan_no" not in frame.columns:
            return frame
        return frame.join(loans, on="loan_no", how="semi", maintain_order="left")

    frames: dict[str, Any] = {table: kept(getattr(inputs, table)) for table in _COLUMNS}
    return replace(inputs, **frames)
