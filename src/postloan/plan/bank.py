"""The bank as a whole, once all shards are done: what each leaves for it, and the tables that are made of that."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.intake.facts import Facts
from postloan.plan.collateral import bank_collateral, pledged
from postloan.plan.night import Assessment
from postloan.rules.rulebook import Policy
from postloan.steps.group_alert import group_alert
from postloan.steps.group_members import group_members
from postloan.tables.collateral import PledgedLoan
from postloan.tables.results import GroupMember


def left_for_bank(assessed: Assessment, debtors: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Make the tables that a shard leaves for the bank as a whole, beside those that are published."""
    return {
        "group_member": group_members(assessed.loans, debtors),
        "pledged_loan": pledged(assessed.loans, assessed.classed),
    }


def made_of_bank(
    facts: Facts, members: dy.DataFrame[GroupMember], held: dy.DataFrame[PledgedLoan], policy: Policy, *, on: date
) -> dict[str, pl.DataFrame]:
    """Make the published tables of the bank as a whole from what all shards left."""
    secured = bank_collateral(facts, held, policy, on=on)
    return {
        "group_alert": group_alert(members, law=policy.group_alert),
        "collateral_standing": secured.standing,
        "collateral_share": secured.shares,
        "loan_to_value": secured.loans,
    }
