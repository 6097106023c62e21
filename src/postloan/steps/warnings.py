"""Warnings: every rule asked of every debtor and loan, and the evidence of those that hold."""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

from postloan.rules.warnings import WarningRule
from postloan.tables.warnings import LEVELS, PublishedWarning

_LEVEL = pl.Enum(LEVELS)


def warnings(
    debtors: pl.DataFrame, loans: pl.DataFrame, *, rules: Sequence[WarningRule]
) -> dy.DataFrame[PublishedWarning]:
    """Ask the rules; of one rule and row the worst level that holds counts.

    Reads   debtors: debtor_no, debtor_id and the features of debtors; loans: published rows of loans on the book.
    Writes  one row a signal that holds, by debtor, signal and loan.
    Source  rulebook: warnings; regulations PRA-10: levels red, orange, yellow, blue.
    """
    found = [
        *_raised(debtors, [rule for rule in rules if rule.of == "debtor"]),
        *_raised(loans, [rule for rule in rules if rule.of == "loan"]),
    ]
    rows = pl.concat([PublishedWarning.create_empty(), *found])
    return PublishedWarning.validate(rows.sort("debtor_no", "signal", "loan_id"))


def _raised(rows: pl.DataFrame, rules: Sequence[WarningRule]) -> list[pl.DataFrame]:
    """Ask rules of one table in one pass; then only what holds is looked at again."""
    asked = _askable(rows, rules)
    if not asked:
        return []
    levels = rows.select(_worst(rule).alias(rule.id) for rule in asked)
    holds = levels.select(pl.all().is_not_null().any()).row(0, named=True)
    return [_told(rows, rule, levels[rule.id]) for rule in asked if holds[rule.id]]


def _askable(rows: pl.DataFrame, rules: Sequence[WarningRule]) -> list[WarningRule]:
    """Leave out the rules that hold of nobody because nothing that they ask is known of anybody."""
    known = {column.name for column in rows if column.null_count() < rows.height}
    asked = [rule for rule in rules if rule.levels and (rule.holds_of_unknown or not known.isdisjoint(rule.asks))]
    return asked if rows.height else []


def _worst(rule: WarningRule) -> pl.Expr:
    """The worst level that holds, or nothing."""
    level = pl.lit(None, _LEVEL)
    for name, each in rule.conditions:
        level = pl.when(each.holds).then(pl.lit(name, _LEVEL)).otherwise(level)
    return level


def _told(rows: pl.DataFrame, rule: WarningRule, level: pl.Series) -> pl.DataFrame:
    holds = level.is_not_null()
    of_loan = ["loan_id"] if rule.of == "loan" else []
    columns = dict.fromkeys(["debtor_no", "debtor_id", *of_loan, *rule.evidence])
    return (
        rows.select(list(columns))
        .filter(holds)
        .select(
            "debtor_no", "debtor_id",
            loan_id=pl.col("loan_id") if of_loan else pl.lit(None, pl.String),
            signal=pl.lit(rule.id),
            level=level.filter(holds),
            evidence=pl.struct(rule.evidence).struct.json_encode(),
        )
    )  # fmt: skip
