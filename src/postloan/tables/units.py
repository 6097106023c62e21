"""Units: the closed lists of values, the shape of a per-loan table, and how a column says what it is.

Worse is greater: tiers, buckets and stages are listed from best to worst, and compare that way.
"""

from typing import Any

import dataframely as dy
import polars as pl

from postloan.tables.checked import Checked

TIERS = ("pass", "special_mention", "substandard", "doubtful", "loss")
NON_PERFORMING = ("substandard", "doubtful", "loss")
BUCKETS = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+")

ORG_LEVELS = ("head", "branch", "sub_branch")
LEGAL_FORMS = ("person", "sole_trader", "company", "financial", "government")
SIZE_CLASSES = ("large", "medium", "small", "micro", "none")
EXPOSURE_KINDS = (
    "loan", "card", "acceptance", "guarantee_issued", "letter_of_credit", "advance", "undrawn",
)  # fmt: skip
RATE_KINDS = ("fixed", "lpr_1y", "lpr_5y")
REPRICINGS = ("never", "yearly_jan_1", "anniversary", "monthly", "every_n_months")
HOLIDAY_ROLLS = ("none", "following", "modified_following", "preceding")
METHODS = (
    "level_instalment",  # 等额本息
    "equal_principal",  # 等额本金
    "flat_rate",  # 等本等息
    "interest_only",  # 按期付息到期还本
    "bullet",  # 到期一次还本付息
    "scheduled",  # 按计划还款: the feed's instalments are the contract
    "balloon",  # 气球贷
    "step_arithmetic",  # 阶梯等额
    "step_geometric",  # 阶梯等比
    "daily_interest",  # 按日计息等额还款: a level amount falls due, interest runs daily on what is outstanding
)
DAY_COUNTS = ("30/360", "30E/360", "ACT/360", "ACT/365", "ACT/ACT")
SECURITY_KINDS = ("credit", "guarantee", "mortgage", "pledge")
SECURES_KINDS = ("facility", "contract", "loan")
BREAK_KINDS = (
    "missing_here",  # the core holds a debt that is not in our book
    "missing_in_core",  # the core has spoken since the loan began, and never of it
    "stale",  # the core spoke of the loan before, but not today
    "outstanding",
    "overdue_principal",
    "overdue_interest",
    "penalty",
    "days_past_due",
    "tier",
)
PAID_EVENLY = (
    "level_instalment", "equal_principal", "flat_rate", "step_arithmetic", "step_geometric", "daily_interest",
)  # fmt: skip
"""Methods by which the last instalment is like the others: of the rest, the principal is repaid at once at the end."""

LATE_AT_END, LATE_IN_MONTH = "[1-7]", "[1-7M]"
"""Codes of a payment string, as a pattern: past due at the month's end; that, or late and paid within the month."""
INSTRUCTION_STATES = ("withdrawn", "refused", "pending", "in_force", "confirmed")
COMPONENTS = ("fee", "penalty", "compound", "interest", "principal")


class PerLoan(Checked):
    """A table with one row per loan, in loan order. Intake numbers the loans; nothing else may."""

    loan_no = dy.Int64(
        nullable=False, description="the loan's number, given by intake and never reused", metadata={"zh": "借据序号"}
    )

    @dy.rule()
    def loans_rise_without_repeats(cls) -> pl.Expr:
        """Rising numbers are unique numbers, at a fraction of the cost."""
        return (cls.loan_no.col.diff() > 0).fill_null(value=True)


class PerDebtor(Checked):
    """A table with one row per debtor, in debtor order."""

    debtor_no = dy.Int64(
        nullable=False, description="the debtor's number, given by intake and never reused", metadata={"zh": "客户序号"}
    )

    @dy.rule()
    def debtors_rise_without_repeats(cls) -> pl.Expr:
        """Rising numbers are unique numbers, at a fraction of the cost."""
        return (cls.debtor_no.col.diff() > 0).fill_null(value=True)


def _facts(zh: str, refers: str | None) -> dict[str, Any]:
    return {"zh": zh} | ({"refers": refers} if refers else {})


def ident(says: str, zh: str, *, key: bool = False, optional: bool = False, refers: str | None = None) -> dy.String:
    """An identifier: always text, at most 64 characters. `refers` names the feed table it points into."""
    return dy.String(
        nullable=optional, primary_key=key, min_length=1, max_length=64, description=says, metadata=_facts(zh, refers)
    )


def text(says: str, zh: str, *, optional: bool = True, max_length: int = 2000) -> dy.String:
    """Free text."""
    return dy.String(nullable=optional, max_length=max_length, description=says, metadata=_facts(zh, None))


def one_of(says: str, zh: str, values: tuple[str, ...], *, optional: bool = False, key: bool = False) -> dy.Enum:
    """One word of a closed list."""
    return dy.Enum(values, nullable=optional, primary_key=key, description=says, metadata=_facts(zh, None))


def money(says: str, zh: str, *, optional: bool = False, signed: bool = False) -> dy.Int64:
    """Cents, the hundredth of the currency unit; at most 1e17 (a thousand trillion units)."""
    floor = -(10**17) if signed else 0
    return dy.Int64(nullable=optional, min=floor, max=10**17, description=says, metadata=_facts(zh, None))


def rate(says: str, zh: str, *, optional: bool = False) -> dy.Int64:
    """A ratio or yearly rate in 1e-8: 3.45 % is 3_450_000. Between -10 and 10."""
    return dy.Int64(nullable=optional, min=-(10**9), max=10**9, description=says, metadata=_facts(zh, None))


def day(says: str, zh: str, *, optional: bool = False, key: bool = False) -> dy.Date:
    """A calendar day."""
    return dy.Date(nullable=optional, primary_key=key, description=says, metadata=_facts(zh, None))


def whole(
    says: str, zh: str, *, least: int = 0, most: int = 10**9, optional: bool = False, key: bool = False
) -> dy.Int64:
    """A whole number in a range, both ends allowed."""
    return dy.Int64(
        nullable=optional, primary_key=key, min=least, max=most, description=says, metadata=_facts(zh, None)
    )


def flag(says: str, zh: str, *, optional: bool = True) -> dy.Bool:
    """Yes or no; an optional flag left empty means no."""
    return dy.Bool(nullable=optional, description=says, metadata=_facts(zh, None))


def ratio(says: str, zh: str, *, optional: bool = False) -> dy.Float64:
    """A model or market figure, the only kind that is a float."""
    return dy.Float64(nullable=optional, description=says, metadata=_facts(zh, None))
