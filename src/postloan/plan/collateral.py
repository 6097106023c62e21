"""Collateral, top to bottom: what a shard leaves of it, how it stands in the bank, and how it would at other values."""

from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.intake.facts import Facts
from postloan.plan.losses import Classed
from postloan.rules.rulebook import Policy
from postloan.steps.collateral_shares import collateral_shares, collateral_standing, counted_values, loan_to_value
from postloan.steps.collateral_values import CollateralLaw, collateral_values
from postloan.steps.cover import cover
from postloan.steps.pledged_loans import pledged_loans
from postloan.tables.collateral import CollateralShare, CollateralStanding, LoanToValue, PledgedLoan
from postloan.tables.losses import SecurityTie
from postloan.tables.published import PublishedLoan

_COLLATERAL = (
    "collateral_id", "kind", "region_code", "registered_on", "registration_ends_on", "insured_to_on", "insured_cents",
    "insurance_payee", "status",
)  # fmt: skip


class BankCollateral(NamedTuple):
    """The collateral of the bank as it stands, by collateral, by collateral and loan, by loan."""

    standing: dy.DataFrame[CollateralStanding]
    shares: dy.DataFrame[CollateralShare]
    loans: dy.DataFrame[LoanToValue]


NO_COLLATERAL = BankCollateral(
    CollateralStanding.create_empty(), CollateralShare.create_empty(), LoanToValue.create_empty()
)


def pledged(loans: dy.DataFrame[PublishedLoan], classed: Classed) -> dy.DataFrame[PledgedLoan]:
    """What a shard leaves: its loans beside their collateral; nothing is asked where there is none."""
    ties = classed.ties.filter(pl.col("collateral_id").is_not_null())
    if ties.is_empty():
        return PledgedLoan.create_empty()
    pledges = SecurityTie.cast(ties)
    return pledged_loans(loans, pledges, cover(classed.standing, pledges))


def bank_collateral(
    facts: Facts, held: dy.DataFrame[PledgedLoan], policy: Policy, *, on: date, valued: pl.DataFrame | None = None
) -> BankCollateral:
    """How the collateral of the bank stands on a day; empty before the bank had such a rule.

    held    of all shards, or of those loans that are asked about.
    valued  collateral_id, valued_on, value_cents: valuations beside those of the feeds, to ask what they would make.
    """
    if policy.collateral is None or policy.collateral_review is None:
        return NO_COLLATERAL
    collateral = facts.read("collateral", None, _COLLATERAL)
    if collateral.is_empty():
        return NO_COLLATERAL
    law = CollateralLaw(policy.collateral, policy.collateral_review)
    valuations = facts.read("valuation", None, ("collateral_id", "valued_on", "value_cents"))
    if valued is not None:
        key = ["collateral_id", "valued_on"]
        valuations = pl.concat([valuations.join(valued, on=key, how="anti"), valued.select(valuations.columns)])
    market = facts.read("market", None, ("series", "on", "value"))
    ranks = facts.read("pledge", None, ("collateral_id", "rank", "begins_on")).filter(pl.col("begins_on") <= on)
    counted = counted_values(collateral_values(collateral, valuations, market, law=law, on=on), held, ranks)
    shares = collateral_shares(held, counted)
    loans = loan_to_value(shares)
    return BankCollateral(collateral_standing(counted, shares, loans, on=on), shares, loans)
