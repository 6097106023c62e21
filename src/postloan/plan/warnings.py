"""Warnings, top to bottom: from what a night found of loans to the features of debtors and the signals that hold."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.rules.rulebook import Policy
from postloan.steps.features.bureau import bureau_features
from postloan.steps.features.events import event_features
from postloan.steps.features.repayment import repayment_features
from postloan.steps.features.statements import statement_features
from postloan.steps.warnings import warnings
from postloan.tables.beside import found_beside
from postloan.tables.features import PartyFeatures
from postloan.tables.published import PublishedLoan
from postloan.tables.warnings import PublishedWarning


def warned(
    inputs: Inputs, loans: dy.DataFrame[PublishedLoan], policy: Policy, *, on: date
) -> dy.DataFrame[PublishedWarning]:
    """Raise the signals of the day on debtors with a loan on the book; none where no rule is in force."""
    if not policy.warnings:
        return PublishedWarning.create_empty()
    on_book = loans.filter(pl.col("status") == "active")
    return warnings(debtor_features(inputs, loans, on=on), on_book, rules=policy.warnings)


def debtor_features(inputs: Inputs, loans: dy.DataFrame[PublishedLoan], *, on: date) -> pl.DataFrame:
    """Lay the features of every family side by side, one row a debtor with a loan on the book.

    Returns debtor_no, debtor_id, and the columns of tables/features; what is not known is empty.
    """
    families = [
        inputs.debtor.select("debtor_id", *PartyFeatures.column_names()),
        bureau_features(inputs.elsewhere, on=on),
        statement_features(inputs.statement, on=on),
        event_features(inputs.event, on=on),
    ]
    rows: pl.DataFrame = repayment_features(loans, on=on)
    for family in families:
        rows = found_beside(rows, family, by="debtor_no")
    return rows
