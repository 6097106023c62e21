"""Warnings, top to bottom: from what a night found of loans to the features of debtors and the signals that hold."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import dataframely as dy
import polars as pl
import polars.selectors as cs

from postloan.plan.inputs import Inputs, read_inputs
from postloan.plan.published_day import PublishedDay, published_day
from postloan.rules.rulebook import Policy
from postloan.snapshot.read import read_covenant_tests, scan_whole_loans
from postloan.steps.features.accounts import account_features
from postloan.steps.features.bureau import bureau_features
from postloan.steps.features.capacity import capacity_features
from postloan.steps.features.circles import circle_features
from postloan.steps.features.collateral import collateral_features
from postloan.steps.features.covenants import covenant_features
from postloan.steps.features.events import event_features
from postloan.steps.features.guarantees import guarantee_features
from postloan.steps.features.market import market_features
from postloan.steps.features.repayment import repayment_features
from postloan.steps.features.statements import statement_features
from postloan.steps.features.tied import tied_features
from postloan.steps.features.use_of_proceeds import proceeds_features
from postloan.steps.security_ties import security_ties
from postloan.steps.warning_score import model_signals, warning_score
from postloan.steps.warnings import warnings
from postloan.tables.beside import found_beside
from postloan.tables.covenants import CovenantTest
from postloan.tables.features import PartyFeatures
from postloan.tables.losses import SecurityTie
from postloan.tables.published import PublishedLoan
from postloan.tables.warnings import PublishedWarning, WarningScore

_OF_LOANS = (
    "loan_no", "loan_id", "debtor_no", "own_share_outstanding_cents", "outstanding_cents", "overdue_principal_cents",
    "overdue_interest_cents", "days_past_due_principal", "days_past_due_interest", "payment_string", "disbursed_on",
    "principal_cents", "matures_on", "original_matures_on", "oldest_principal_due_on", "oldest_interest_due_on",
    "last_paid_on", "is_restructured", "tier",
    "service_year_cents", "matures_year_cents", "service_past_year_cents",
)  # fmt: skip
"""The columns of a published loan that features are made of."""

_DECIMALS = 9
"""A fall from 25 % to 20 % is one of 5 points, whatever doubles make of it."""


class Warned(NamedTuple):
    """What rules and the model say of debtors with a loan on the book: signals of both, and the model's scores."""

    signals: dy.DataFrame[PublishedWarning]
    scores: dy.DataFrame[WarningScore]


def warned(
    inputs: Inputs,
    loans: dy.DataFrame[PublishedLoan],
    ties: dy.DataFrame[SecurityTie],
    tests: dy.DataFrame[CovenantTest],
    policy: Policy,
    *,
    on: date,
) -> Warned:
    """Raise the signals of the day on debtors with a loan on the book; none where no rule is in force and no model."""
    if not policy.warns:
        return Warned(PublishedWarning.create_empty(), WarningScore.create_empty())
    of_loans = [name for rule in policy.warnings if rule.of == "loan" for name in ("loan_id", *rule.evidence)]
    asked = _on_book(loans, ("debtor_no", "debtor_id", *of_loans)) if of_loans else loans.clear()
    features = debtor_features(inputs, loans, ties, tests, on=on)
    by_rules = warnings(features, asked, rules=policy.warnings)
    if policy.warning_model is None:
        return Warned(by_rules, WarningScore.create_empty())
    scores = warning_score(features, loans, policy.warning_model, on=on)
    both = pl.concat([by_rules, model_signals(scores, policy.warning_model)])
    return Warned(PublishedWarning.validate(both.sort("debtor_no", "signal", "loan_id")), scores)


def features_of_day(home: Path, on: date) -> pl.DataFrame:
    """Reckon the features of a published day again, from what its night knew.

    Returns the rows of debtor_features of the whole bank, by debtor. Raises NothingPublished.
    """
    day = published_day(home, on)
    return pl.concat(features_of_shard(day, shard) for shard in range(day.facts.layout.shards)).sort("debtor_no")


def features_of_shard(day: PublishedDay, shard: int) -> pl.DataFrame:
    """Reckon the features of one shard of a published day again; see debtor_features."""
    return features_again(day, shard, read_inputs(day.facts, shard, day.neighbours), pl.lit(value=True), on=day.on)


def features_again(day: PublishedDay, shard: int, inputs: Inputs, only: pl.Expr, *, on: date) -> pl.DataFrame:
    """Reckon features from some inputs, as they stand on a day, and what a published day says of the loans.

    inputs  of one shard; only: the debtors among them whose loans and covenants count, by debtor_no.
    """
    loans = PublishedLoan.cast(scan_whole_loans(day.home, day.on, shard=shard).filter(only).collect())
    book = inputs.loan.join(loans.select("loan_no"), on="loan_no", how="semi", maintain_order="left")
    ties = security_ties(book, inputs.contract, inputs.pledge, inputs.guarantee, on=on)
    tests = CovenantTest.validate(read_covenant_tests(day.home, day.on, shard=shard).filter(only))
    return debtor_features(inputs, loans, ties, tests, on=on)


def debtor_features(
    inputs: Inputs,
    loans: dy.DataFrame[PublishedLoan],
    ties: dy.DataFrame[SecurityTie],
    tests: dy.DataFrame[CovenantTest],
    *,
    on: date,
) -> pl.DataFrame:
    """Lay the features of every family side by side, one row a debtor with a loan on the book.

    Returns debtor_no, debtor_id, and the columns of tables/features; what is not known is empty.
    """
    on_book = found_beside(_on_book(loans, _OF_LOANS), inputs.loan.select("loan_no", "contract_id"))
    bureau, accounts = bureau_features(inputs.elsewhere, on=on), account_features(inputs.account_entry, on=on)
    families = [
        capacity_features(on_book, inputs.statement, bureau, accounts, on=on),
        _parties(inputs.debtor),
        bureau,
        statement_features(inputs.statement, on=on),
        event_features(inputs.event, on=on),
        accounts,
        proceeds_features(inputs.account_entry, on_book, inputs.neighbours.paths, on=on),
        collateral_features(ties, on_book, inputs.collateral, inputs.valuation, on=on),
        guarantee_features(on_book, inputs.contract, inputs.guarantee, inputs.legal_event, on=on),
        circle_features(inputs.guarantors, on=on),
        tied_features(inputs.debtor, inputs.guarantors, inputs.neighbours.in_default, on=on),
        market_features(inputs.debtor, inputs.market, on=on),
        covenant_features(tests, on=on),
    ]
    rows: pl.DataFrame = repayment_features(on_book, on=on)
    for family in families:
        rows = found_beside(rows, family.with_columns(cs.float().round(_DECIMALS)), by="debtor_no")
    return rows


def _on_book(loans: dy.DataFrame[PublishedLoan], columns: Sequence[str]) -> pl.DataFrame:
    """Take the columns of the loans on the book: a published row is wide."""
    return loans.select(list(dict.fromkeys((*columns, "status")))).filter(pl.col("status") == "active")


def _parties(debtors: pl.DataFrame) -> pl.DataFrame:
    told = debtors.with_columns(is_in_group=pl.col("group_id").is_not_null())
    return told.select("debtor_id", *PartyFeatures.column_names())
