"""The tie-out: our published balances against the bank's general ledger, office by office and account by account."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.plan.published_day import published_day
from postloan.rules.shapes import LedgerTolerance, TieOut
from postloan.snapshot.read import scan_loans
from postloan.tables.inputs.figures import GL_ACCOUNTS
from postloan.tables.results import LOSS_PROVISIONS
from postloan.tables.shares import own_share

_OURS = {
    "loans_principal": pl.col("own_share_outstanding_cents"),
    "interest_receivable": own_share(pl.col("on_balance_interest_cents")),
    "off_balance_interest": own_share(pl.col("off_balance_interest_cents")),
    "loan_loss_provisions": pl.sum_horizontal(LOSS_PROVISIONS),
}


@dataclass(frozen=True)
class TiedOut:
    """The lines of a day, and what may differ.

    lines      org_id, account, ours_cents, ledger_cents (null: not stated), difference_cents (the ledger's less ours;
               null where not stated), differs; by office and account. A line that both leave at nothing is not there.
    tolerance  up to which a line ties, with its citation.
    """

    lines: pl.DataFrame
    tolerance: LedgerTolerance

    @property
    def differing(self) -> int:
        """How many lines differ."""
        return int(self.lines["differs"].sum())


def tie_out(home: Path, on: date) -> TiedOut:
    """Hold the published balances of a day against what the general ledger stated of that very day.

    Ours are the bank's own share of the loans on the book; the ledger's are those known to the night of the day.
    Raises NothingPublished, NoRuleInForce.
    Source  rulebook: tie_out (the bank's own tolerance).
    """
    day = published_day(home, on)
    tolerance = day.rulebook.version("tie_out", TieOut, day.law_of).tolerance
    ledger = day.facts.read("gl_balance", None, ["org_id", "account", "on", "balance_cents"])
    ledger = ledger.filter(pl.col("on") == on).select("org_id", "account", ledger_cents="balance_cents")
    difference_cents = pl.col("ledger_cents") - pl.col("ours_cents")
    lines = (
        _ours(home, on)
        .join(ledger, on=["org_id", "account"], how="full", coalesce=True)
        .with_columns(pl.col("ours_cents").fill_null(0))
        .filter((pl.col("ours_cents") != 0) | pl.col("ledger_cents").is_not_null())
        .with_columns(difference_cents=difference_cents)
        .with_columns(differs=(pl.col("difference_cents").abs() > tolerance.up_to_cents).fill_null(value=False))
        .sort("org_id", "account")
    )
    return TiedOut(lines, tolerance)


def _ours(home: Path, on: date) -> pl.DataFrame:
    """Sum the loans on the book up: org_id, account, ours_cents."""
    sums = (
        scan_loans(home, on)
        .filter(pl.col("status") == "active")
        .group_by("org_id")
        .agg(cents.sum().alias(account) for account, cents in _OURS.items())
        .collect()
    )
    account = pl.col("account").cast(pl.Enum(GL_ACCOUNTS))
    return sums.unpivot(index="org_id", variable_name="account", value_name="ours_cents").with_columns(account)
