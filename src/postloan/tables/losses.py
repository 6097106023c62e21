"""Losses: stages, what security brings in, and what each loan is expected to lose."""

import dataframely as dy
import polars as pl

from postloan.tables.checked import Checked
from postloan.tables.units import PerLoan

STAGES = ("stage_1", "stage_2", "stage_3", "poci")
STAGE_CAUSES = (
    "none", "low_risk", "stage_2_probation", "left_stage_3", "pd_rise", "pd_ceiling", "special_mention", "restructured",
    "watched", "overdue", "stage_3_probation", "cross_default", "non_performing", "credit_impaired", "default_overdue",
    "poci",
)  # fmt: skip
LOSS_METHODS = ("none", "year", "lifetime", "impaired", "individual")
"""How a loan's expected loss was reckoned: not at all, by stage 1, 2 or 3, or from the recoveries people expect."""


class SecurityTie(Checked):
    """A security that secures a loan today, by security in order of right, then by loan.

    security       number of the security in that order; several rows are one security of several loans.
    collateral_id  null for a guarantee; guarantee_id for a pledge.
    amount_cents   the most that the security gives in all.
    prior_claims_cents   what ranks before a pledge secure outside this bank's book; null where nobody said.

    Cast, not validated: made of validated facts, row by row.
    """

    security = dy.UInt32()
    loan_no = dy.Int64()
    debtor_no = dy.Int64()
    collateral_id = dy.String(nullable=True)
    guarantee_id = dy.String(nullable=True)
    rank = dy.Int64()
    amount_cents = dy.Int64()
    prior_claims_cents = dy.Int64(nullable=True)


class EarlierRanks(Checked):
    """What the ranks before each pledge of a later rank take, but for those of its own debtor.

    taken_cents  null where some of them are not known.
    """

    security = dy.UInt32(primary_key=True)
    taken_cents = dy.Int64(nullable=True, min=0)


class Proceeds(Checked):
    """What the securities of a loan are expected to bring in, by loan and time after default; prices as of today.

    behind_cents  what comes before, of a pledge behind others, which has a row of its own: it stays when prices move.
    """

    loan_no = dy.Int64()
    after_months = dy.Int32(min=0)
    moves_with_prices = dy.Bool()
    proceeds_cents = dy.Int64(min=0)
    behind_cents = dy.Int64(min=0)


class DefaultChances(PerLoan):
    """How likely each loan is to default.

    group_at           its risk group, by place; risk_group by name.
    months_left        until it is repaid, at least 1.
    pd_year_ratio      within a year, weighted over the scenarios; pd_left_ratio over all that is left of its life.
    pd_expected_ratio  what was expected of these months when it was made, through the cycle.
    """

    group_at = dy.Int32(min=0)
    risk_group = dy.String()
    months_left = dy.Int32(min=1)
    pd_year_ratio = dy.Float64(min=0, max=1)
    pd_left_ratio = dy.Float64(min=0, max=1)
    pd_expected_ratio = dy.Float64(min=0, max=1)


class Stage(PerLoan):
    """The stage of a loan, and what each of three says of it: its own facts, its debtor's debts, people."""

    stage = dy.Enum(STAGES)
    rule_stage = dy.Enum(STAGES)
    rule_stage_cause = dy.Enum(STAGE_CAUSES)
    obligor_stage = dy.Enum(STAGES)
    override_stage = dy.Enum(STAGES, nullable=True)


class RecoveryPlan(PerLoan):
    """What people expect to recover of a loan that is assessed by itself, as of today, weighted over the strategies."""

    recovered_cents = dy.Float64(min=0)


class Loss(PerLoan):
    """What each loan is expected to lose, of the bank's own share.

    claim_cents        the claim if it defaulted today; of a commitment the part that would be drawn.
    lgd_ratio          share of that claim which would be lost, weighted over the scenarios.
    ecl_year_cents, ecl_lifetime_cents   by defaults within a year, and by all, weighted over the scenarios.
    ecl_least_cents, ecl_most_cents      the measure of its stage under the mildest and the harshest scenario.
    ecl_model_cents    the measure of its stage.
    ecl_overlay_cents  what the management adds.
    ecl_cents          both: the loss allowance.
    """

    claim_cents = dy.Int64(min=0)
    lgd_ratio = dy.Float64(min=0, max=1)
    ecl_method = dy.Enum(LOSS_METHODS)
    ecl_year_cents = dy.Int64(min=0)
    ecl_lifetime_cents = dy.Int64(min=0)
    ecl_least_cents = dy.Int64(min=0)
    ecl_most_cents = dy.Int64(min=0)
    ecl_model_cents = dy.Int64(min=0)
    ecl_overlay_cents = dy.Int64(min=0)
    ecl_cents = dy.Int64(min=0)

    @dy.rule()
    def allowance_is_model_and_overlay(cls) -> pl.Expr:
        """Nothing is added or lost on the way."""
        return cls.ecl_cents.col == cls.ecl_model_cents.col + cls.ecl_overlay_cents.col
