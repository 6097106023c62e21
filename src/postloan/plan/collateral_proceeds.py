"""Collateral proceeds: what a price for a collateral pays, in the law's order, and what of it is the owner's."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from postloan.plan.met import value_meets
from postloan.snapshot.read import read_of_bank, scan_loans

_OWED = ("outstanding_cents", "overdue_fee_cents", "penalty_cents", "compound_cents", "overdue_interest_cents")


class Claimed(NamedTuple):
    """What a loan may take of a collateral, in cents, at its rank."""

    loan_id: str
    debtor_id: str
    rank: int
    claim_cents: int


@dataclass(frozen=True)
class LoanPart:
    """What a loan takes of a price, in cents, and what of its debt that meets, by component."""

    loan_id: str
    debtor_id: str
    rank: int
    claim_cents: int
    paid_cents: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class Division:
    """A price in the order in which it is paid out, in cents: costs, earlier ranks of others, loans, the owner.

    contingent  exposures off the balance sheet that the collateral secures: nothing is due on them that could be met.
    """

    price_cents: int
    costs_cents: int
    prior_cents: int
    loans: tuple[LoanPart, ...]
    surplus_cents: int
    contingent: tuple[str, ...] = ()

    @property
    def net_cents(self) -> int:
        """What is left for this bank's loans and the owner."""
        return self.price_cents - self.costs_cents - self.prior_cents

    @property
    def told(self) -> dict[str, Any]:
        """As a record keeps it."""
        return asdict(self) | {"net_cents": self.net_cents}


def divide_proceeds(home: Path, on: date, collateral_id: str, *, price_cents: int, costs_cents: int) -> Division:
    """Say what a price for a collateral would pay at close of a published day; it decides nothing.

    Amounts in cents. What a loan may take is all that is owed on it, or, where the contract secures less than its
    principal, that much. Raises NothingPublished, LoanUnknown, NoRuleInForce.
    Source  Civil Code Arts. 389, 413, 414, 438, 561.
    """
    shares = read_of_bank(home, on, "collateral_share").filter(pl.col("collateral_id") == collateral_id)
    is_contingent = pl.col("is_off_balance")
    due = shares.filter(~is_contingent).sort("rank", "loan_no")
    owed = (
        scan_loans(home, on).filter(pl.col("loan_id").is_in(due["loan_id"].to_list())).select("loan_id", *_OWED)
        .collect()
    )  # fmt: skip
    owes = {row["loan_id"]: sum(int(row[name] or 0) for name in _OWED) for row in owed.iter_rows(named=True)}
    claims = [
        Claimed(
            row["loan_id"], row["debtor_id"], row["rank"],
            row["claim_cents"] if row["claim_cents"] < row["outstanding_cents"] else owes.get(row["loan_id"], 0),
        )
        for row in due.iter_rows(named=True)
    ]  # fmt: skip
    known: list[int] = shares["prior_claims_cents"].drop_nulls().to_list()
    prior_cents = min(max(known, default=0), max(price_cents - costs_cents, 0))
    net_cents = price_cents - costs_cents - prior_cents
    paid = part_by_rank(claims, max(net_cents, 0))
    parts = tuple(
        LoanPart(*each, cents, value_meets(home, each.loan_id, cents, on).parts if cents else {})
        for each, cents in zip(claims, paid, strict=True)
    )
    return Division(
        price_cents, costs_cents, prior_cents, parts, net_cents - sum(paid),
        tuple(shares.filter(is_contingent)["loan_id"].to_list()),
    )  # fmt: skip


def part_by_rank(claims: Sequence[Claimed], cents: int) -> list[int]:
    """Part cents over claims: an earlier rank first, within a rank by the size of the claims, no cent lost.

    Source  Civil Code Art. 414.
    """
    paid: dict[int, int] = {}
    left_cents = cents
    for rank in sorted({each.rank for each in claims}):
        places = [place for place, each in enumerate(claims) if each.rank == rank]
        in_all = sum(claims[place].claim_cents for place in places)
        of_rank, upto = min(left_cents, in_all), 0
        for place in places:
            before, upto = upto, upto + claims[place].claim_cents
            paid[place] = (of_rank * upto // in_all - of_rank * before // in_all) if in_all else 0
        left_cents -= of_rank
    return [paid[place] for place in range(len(claims))]
