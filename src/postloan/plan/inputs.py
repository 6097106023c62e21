"""The night's inputs: the facts of one shard of debtors, or of one debtor, as known on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.shape import facts_shape
from postloan.tables.money_trail import ProceedsPath
from postloan.tables.neighbours import CollateralClaim, DebtorInDefault, WeakGuarantee

_PAYMENT = ("loan_no", "paid_on", "amount_cents", "reverses_payment_id")
_FACILITY = ("debtor_no", "facility_id", "begins_on")
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
    "covenant": (
        "debtor_no", "covenant_id", "loan_id", "facility_id", "metric", "operator", "threshold", "test_every_months",
        "cure_days", "known_on",
    ),
}  # fmt: skip

_NOT_OF_CLASSES = ("collateral", "valuation", "statement", "event", "account_entry", "legal_event", "covenant")

_GUARANTORS = {
    "debtor_no": pl.Int64, "guarantor_no": pl.Int64, "amount_cents": pl.Int64, "is_maximum_amount": pl.Boolean,
    "begins_on": pl.Date, "ends_on": pl.Date,
}  # fmt: skip


@dataclass(frozen=True)
class Neighbours:
    """What is found out of the whole bank before its shards: see plan/neighbours, and of paths plan/proceeds.

    in_default  which of those tied to others by groups or guarantees are in default.
    """

    claims: dy.DataFrame[CollateralClaim]
    weak: dy.DataFrame[WeakGuarantee]
    in_default: dy.DataFrame[DebtorInDefault] = field(default_factory=DebtorInDefault.create_empty)
    paths: dy.DataFrame[ProceedsPath] = field(default_factory=ProceedsPath.create_empty)


NO_NEIGHBOURS = Neighbours(CollateralClaim.create_empty(), WeakGuarantee.create_empty())


@dataclass(frozen=True)
class Inputs:
    """Facts by feed table, whole debtors only, each table in the order that intake gave it.

    collateral, valuation, market, neighbours   the bank's own, the same for every shard.
    facility     read only where covenants ask for it, as is the day on which a statement was known.
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
    covenant: pl.DataFrame
    facility: pl.DataFrame
    neighbours: Neighbours = NO_NEIGHBOURS

    def with_events(self, events: pl.DataFrame) -> "Inputs":
        """The same facts with other events."""
        return replace(self, event=events)


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
        is_asked = table not in _NOT_OF_CLASSES
        frames[table] = facts.read(table, shard, columns, only) if is_asked else _nothing(table, columns)
    return _inputs(facts, shard, frames, of_loans, NO_NEIGHBOURS)


def read_debtor(facts: Facts, shard: int, debtor_no: int, neighbours: Neighbours, *, with_guarantors: bool) -> Inputs:
    """Read what the features of one debtor rest on, row by row of its shard; tables of loans alone are empty.

    with_guarantors  whether who guarantees whom is read, too: it is read of the whole bank.
    """
    of_debtor = pl.col("debtor_no") == debtor_no
    frames = {
        table: facts.read(table, shard, columns, of_debtor) if "debtor_no" in columns else _nothing(table, columns)
        for table, columns in _COLUMNS.items()
    }
    pledged = pl.col("collateral_id").is_in(frames["pledge"]["collateral_id"].implode())
    for table in ("collateral", "valuation"):
        frames[table] = facts.read(table, None, _COLUMNS[table], pledged)
    frames["market"] = facts.read("market", None, _COLUMNS["market"])
    frames["facility"] = _nothing("facility", _FACILITY)
    guarantors = facts.guarantors() if with_guarantors else pl.DataFrame(schema=_GUARANTORS)
    days = frames["ledger"].select("on")
    return Inputs(**frames, ledger_days=days, guarantors=guarantors, neighbours=neighbours)


def _nothing(table: str, columns: Sequence[str]) -> pl.DataFrame:
    shape = facts_shape(table).columns
    return pl.DataFrame(schema={name: shape[name] for name in columns})


def _inputs(
    facts: Facts, shard: int, frames: dict[str, pl.DataFrame], of_loans: pl.Expr | None, neighbours: Neighbours
) -> Inputs:
    if frames["payment"]["reverses_payment_id"].null_count() < frames["payment"].height:
        # Identifiers of payments are wide text: read them only where a reversal asks for them.
        frames["payment"] = facts.read("payment", shard, (*_PAYMENT, "payment_id"), of_loans)
    frames["facility"] = _nothing("facility", _FACILITY)
    if frames["covenant"].height:
        frames["statement"] = facts.read("statement", shard, (*_COLUMNS["statement"], "known_on"))
        frames["facility"] = facts.read("facility", shard, _FACILITY)
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

    frames: dict[str, Any] = {table: kept(getattr(inputs, table)) for table in (*_COLUMNS, "facility")}
    return replace(inputs, **frames)
