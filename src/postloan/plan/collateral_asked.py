"""What the desk asks of collateral: its papers, and what other values, a release or a fall would make of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.plan.collateral import bank_collateral
from postloan.plan.published_day import PublishedDay, published_day
from postloan.rules.collateral import IndexMove
from postloan.rules.figures import ONE_E8
from postloan.snapshot.read import read_of_bank
from postloan.steps.collateral_values import CollateralLaw, collateral_values
from postloan.tables.collateral import LoanToValue, PledgedLoan

_SIDES = ("ltv_e8", "value_cents", "shortfall_cents")


@dataclass(frozen=True)
class Asked:
    """What would become of the loans that some collateral secures.

    loans  loan_id, debtor_id, org_id, secured_cents; ltv_e8, value_cents, shortfall_cents and the same `_after`.
    """

    loans: pl.DataFrame

    @property
    def fallen_short(self) -> pl.DataFrame:
        """The loans that fall short by it, or by more than before; the most first."""
        return self.loans.filter(pl.col("shortfall_cents_after") > pl.col("shortfall_cents")).sort(
            "shortfall_cents_after", "loan_id", descending=[True, False]
        )

    @property
    def told(self) -> dict[str, int]:
        """Counts and sums: how many loans, short before and after, by how much."""
        before, after = self.loans["shortfall_cents"], self.loans["shortfall_cents_after"]
        return {
            "loans": self.loans.height, "short_before": int((before > 0).sum()), "short_after": int((after > 0).sum()),
            "shortfall_before_cents": int(before.sum()), "shortfall_after_cents": int(after.sum()),
        }  # fmt: skip


def paper_of(home: Path, on: date, collateral_id: str, table: str) -> pl.DataFrame:
    """What one feed table says of a collateral, as the night of a day knew it: collateral, valuation or pledge."""
    return published_day(home, on).facts.read(table, None, only=pl.col("collateral_id") == collateral_id)


def revalued(home: Path, on: date, valued: pl.DataFrame) -> Asked:
    """What valuations of the day would make of the loans they bear on, everything else as the day has it.

    valued  collateral_id, value_cents.
    """
    return _asked(published_day(home, on), valued)


def released(home: Path, on: date, collateral_id: str) -> Asked:
    """What would become of a collateral's loans without it."""
    return _asked(published_day(home, on), pl.DataFrame({"collateral_id": [collateral_id], "value_cents": [0]}))


def values_by_index(home: Path, on: date, collateral_ids: Sequence[str], series: str) -> pl.DataFrame:
    """Move the latest valuations of some collateral with a market series up to the day, rises too.

    series  of the feed table market: `series_CITY` where there is one for the region, else `series`.
    Returns collateral_id, value_cents; what has no valuation or no index is left out.
    """
    day = published_day(home, on)
    law = _law(day)
    if law is None:
        return pl.DataFrame(schema={"collateral_id": pl.String, "value_cents": pl.Int64})
    only = pl.col("collateral_id").is_in(list(collateral_ids))
    collateral = day.facts.read("collateral", None, only=only)
    kinds = tuple(collateral["kind"].unique().cast(pl.String).sort())
    # The series that was chosen, for all that was chosen, up and down: two people agree to it.
    cite = law.bank.classes[0].cite
    move = IndexMove(kinds=kinds, series=series, counts_rises=True, cite=cite) if kinds and series else None
    chosen = law._replace(bank=law.bank.changed(index=(move,) if move else ()))
    rows = collateral_values(
        collateral, day.facts.read("valuation", None, only=only), day.facts.read("market", None), law=chosen, on=on
    )
    return rows.filter(pl.col("index_series").is_not_null()).select("collateral_id", "value_cents")


def stressed(home: Path, on: date, falls_e8: Sequence[int], *, org_ids: Collection[str] | None = None) -> pl.DataFrame:
    """What falls of all values would make of the day's loans: fall_e8, loan_count short, shortfall_cents, value_cents.

    org_ids  the offices whose loans are asked about; None is all.

    Earlier ranks of other banks stay when values fall. Parts of a cent of each loan's share are cut.
    """
    standing = read_of_bank(home, on, "collateral_standing")
    shares = read_of_bank(home, on, "collateral_share").join(
        standing.select("collateral_id", "counted_cents", prior="prior_claims_cents"), on="collateral_id"
    )
    loans = read_of_bank(home, on, "loan_to_value")
    if org_ids is not None:
        loans = loans.filter(pl.col("org_id").is_in(sorted(org_ids)))
    loans = loans.select("loan_no", "secured_cents")
    share, counted, prior = (pl.col(name).cast(pl.Int128) for name in ("share_cents", "counted_cents", "prior"))
    told = []
    for fall_e8 in (0, *falls_e8):
        left = ((counted + prior) * (ONE_E8 - fall_e8) // ONE_E8 - prior).clip(lower_bound=0)
        fallen = pl.when(counted > 0).then(share * left // counted).otherwise(0)
        of_loan = (
            shares.with_columns(fallen=fallen)
            .group_by("loan_no")
            .agg(value=pl.col("fallen").sum(), lends=(pl.col("fallen") * pl.col("lends_most_e8")).sum() // ONE_E8)
        )
        short = loans.join(of_loan, on="loan_no", how="left").with_columns(
            short=(pl.col("secured_cents") - pl.col("lends").fill_null(0).cast(pl.Int64)).clip(lower_bound=0)
        )
        told.append({
            "fall_e8": fall_e8, "loan_count": int((short["short"] > 0).sum()),
            "shortfall_cents": int(short["short"].sum()), "value_cents": int(short["value"].sum() or 0),
        })  # fmt: skip
    return pl.DataFrame(told)


def _law(day: PublishedDay) -> CollateralLaw | None:
    bank, review = day.policy.collateral, day.policy.collateral_review
    return None if bank is None or review is None else CollateralLaw(bank, review)


def _asked(day: PublishedDay, valued: pl.DataFrame) -> Asked:
    shares = read_of_bank(day.home, day.on, "collateral_share")
    # Each loan is held against all its collateral, not only against what moves.
    mine = shares.join(valued, on="collateral_id", how="semi").select("loan_no").unique()
    near = shares.join(mine, on="loan_no", how="semi").select("collateral_id").unique()
    held = shares.join(near, on="collateral_id", how="semi").select(PledgedLoan.column_names())
    dated = valued.with_columns(valued_on=pl.lit(day.on)).select("collateral_id", "valued_on", "value_cents")
    found = bank_collateral(
        day.facts, PledgedLoan.validate(held.sort("collateral_id", "loan_no")), day.policy, on=day.on, valued=dated
    )
    after = LoanToValue.validate(found.loans).select("loan_no", **{f"{name}_after": name for name in _SIDES})
    before = read_of_bank(day.home, day.on, "loan_to_value").join(mine, on="loan_no", how="semi")
    return Asked(before.join(after, on="loan_no", how="left", maintain_order="left"))
