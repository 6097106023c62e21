"""The loans that could be in a package: each with what keeps it out, and what it is worth if it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from postloan.desk.book.queries import loans_seen
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.officers.queries import orgs_below
from postloan.desk.core.pages import Desk
from postloan.desk.disposal.outcomes.barred import Bar, bars_of
from postloan.desk.preservation.grants import rules_on
from postloan.desk.preservation.models import Package, PackageLoan
from postloan.snapshot.read import scan_loans
from postloan.tables.units import NON_PERFORMING

SHOWN_MOST = 200
_OWED = ("outstanding_cents", "overdue_interest_cents", "penalty_cents", "compound_cents", "overdue_fee_cents")
_WORDS = ("tier", "legal_form", "product", "org_id", "status", "security_kind", "industry_code")


@dataclass(frozen=True)
class Candidate:
    """A loan with what keeps it out of a package, and what the night expects of it if it is kept."""

    row: dict[str, Any]
    bars: list[Bar]
    worth_cents: int


def candidates(desk: Desk, package: Package) -> list[Candidate]:
    """The bad loans of a package's office that are in no package: those that may be in it first, the largest before."""
    taken = PackageLoan.objects.exclude(package__state=Package.State.DROPPED).values_list("loan_id", flat=True)
    rows = _rows(desk).filter(
        pl.col("org_id").is_in(sorted(orgs_below(package.org_id)))
        & pl.col("tier").is_in(NON_PERFORMING)
        & (pl.col("status") == "active")
        & ~pl.col("loan_id").is_in(list(taken))
    )
    told = [_candidate(desk, package, row) for row in rows.sort("outstanding_cents", descending=True).to_dicts()]
    return sorted(told, key=lambda each: bool(each.bars))[:SHOWN_MOST]


def chosen(desk: Desk, loan_ids: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The rows of some loans within the desk's offices, and what each is worth kept."""
    rows = _rows(desk).filter(pl.col("loan_id").is_in(list(loan_ids))).sort("loan_id").to_dicts()
    return rows, {row["loan_id"]: worth_kept(row) for row in rows}


def loans_owed(day: BusinessDay, loan_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What some loans that are on the book of a day owe, by component, and what they are, as published."""
    rows = scan_loans(day.home, day.on).filter(pl.col("loan_id").is_in(list(loan_ids)) & (pl.col("status") == "active"))
    return rows.select("loan_id", *_OWED, pl.col(_WORDS).cast(pl.String)).collect().to_dicts()


def worth_kept(row: dict[str, Any]) -> int:
    """What the night expects a loan to bring in if it is kept, in today's money: the claim less its expected loss."""
    claim_cents = row["claim_cents"] or row["outstanding_cents"]
    return max(int(claim_cents) - int(row["ecl_cents"] or 0), 0)


def _candidate(desk: Desk, package: Package, row: dict[str, Any]) -> Candidate:
    return Candidate(row, bars_of(row, package.kind, rules_on(desk.day), desk.day.on), worth_kept(row))


def _rows(desk: Desk) -> pl.DataFrame:
    return loans_seen(desk).with_columns(pl.col(_WORDS).cast(pl.String))
