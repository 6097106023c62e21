"""What the feeds say of one debtor, as a past day knew it: the papers behind a page, found and not computed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.number import shard_of
from postloan.intake.records import read_records
from postloan.intake.seal import find_seal
from postloan.plan.published_day import published_day
from postloan.steps.security_ties import security_ties

_BY_DEBTOR = ("debtor", "relation", "statement", "event", "elsewhere", "pledge", "guarantee")
_OF_LOAN = {
    "instalments": ("instalment", "effective_on"),
    "payments": ("payment", "paid_on"),
    "drawdowns": ("drawdown", "paid_on"),
    "decisions": ("decision", "effective_on"),
    "legal_events": ("legal_event", "happened_on"),
}
"""The papers of a loan: the feed table of each, and the day by which it is known to have happened."""
_SEALED = ("id_number", "phone")


@dataclass(frozen=True)
class Dossier:
    """The rows of one debtor by feed table, those dated up to the day.

    debtor      its row; identity number and telephone sealed.
    pledges     with collateral and its latest valuation beside each: kind, description, value_cents, valued_on …
    guarantees  who guarantees what.
    """

    debtor: pl.DataFrame
    relations: pl.DataFrame
    statements: pl.DataFrame
    events: pl.DataFrame
    elsewhere: pl.DataFrame
    pledges: pl.DataFrame
    guarantees: pl.DataFrame


def dossier(home: Path, debtor_id: str, debtor_no: int, on: date) -> Dossier:
    """Find what the feeds say of a debtor, as the published night of the day knew it. Raises NothingPublished."""
    facts = published_day(home, on).facts
    shard = shard_of(debtor_id, facts.layout.shards)
    rows = {table: _of(facts, table, shard, debtor_no) for table in _BY_DEBTOR}
    collateral_ids = rows["pledge"]["collateral_id"].unique()
    return Dossier(
        debtor=rows["debtor"],
        relations=rows["relation"],
        statements=rows["statement"].filter(pl.col("period_end_on") <= on),
        events=rows["event"].filter(pl.col("happened_on") <= on).sort("happened_on", descending=True),
        elsewhere=rows["elsewhere"].filter(pl.col("on") <= on),
        pledges=rows["pledge"].join(_valued(facts, on, collateral_ids), on="collateral_id", how="left"),
        guarantees=rows["guarantee"],
    )


class Surety(NamedTuple):
    """Who stands for a loan, and by which guarantee or collateral."""

    security_id: str
    party_id: str
    is_guarantee: bool


def parties_of_loan(home: Path, loan_id: str, on: date) -> list[Surety]:
    """Everybody who stands for a loan on a published day, the borrower's own collateral included: pledges first.

    Raises NothingPublished, LoanUnknown.
    """
    facts = published_day(home, on).facts
    loan_no, debtor_no, shard = facts.find_loan(loan_id)
    its = pl.col("debtor_no") == debtor_no
    rows = {name: facts.read(name, shard, only=its) for name in ("loan", "contract", "pledge", "guarantee")}
    mine = security_ties(
        rows["loan"].filter(pl.col("loan_no") == loan_no), rows["contract"], rows["pledge"], rows["guarantee"], on=on
    )
    pledged = pl.col("collateral_id").is_in(mine["collateral_id"].unique().implode())
    owners = facts.read("collateral", None, ("collateral_id", "owner_id"), pledged)
    guarantors = rows["guarantee"].select("guarantee_id", "guarantor_id").unique("guarantee_id")
    tied = mine.join(owners, on="collateral_id", how="left").join(guarantors, on="guarantee_id", how="left")
    return [
        Surety(collateral_id or guarantee_id, owner_id or guarantor_id, collateral_id is None)
        for collateral_id, guarantee_id, owner_id, guarantor_id in tied.sort("security")
        .select("collateral_id", "guarantee_id", "owner_id", "guarantor_id")
        .unique(maintain_order=True)
        .iter_rows()
    ]


def loan_paper(home: Path, loan_id: str, part: str, on: date) -> pl.DataFrame:
    """Find one paper of a loan, as the published night of the day knew it; the latest first, a schedule in order.

    part  one of _OF_LOAN. Raises NothingPublished, LoanUnknown.
    """
    facts, (table, day) = published_day(home, on).facts, _OF_LOAN[part]
    loan_no, _debtor_no, shard = facts.find_loan(loan_id)
    rows = facts.read(table, shard)
    # A step at law may concern a contract; the others are numbered by loan.
    mine = pl.col("loan_id") == loan_id if table == "legal_event" else pl.col("loan_no") == loan_no
    known = rows.filter(mine & (pl.col(day).fill_null(on) <= on))
    return known.sort("version", "seq") if table == "instalment" else known.sort(day, descending=True)


def debtor_paper(home: Path, debtor_id: str, debtor_no: int, table: str, on: date) -> pl.DataFrame:
    """Find what one feed table says of a debtor, as the published night of the day knew it. Raises NothingPublished."""
    facts = published_day(home, on).facts
    return _of(facts, table, shard_of(debtor_id, facts.layout.shards), debtor_no)


def collateral_rows(home: Path, on: date) -> pl.DataFrame:
    """Every collateral with its latest value, what it secures and for whom: one row a collateral."""
    facts = published_day(home, on).facts
    ties = facts.read("pledge", None).group_by("collateral_id").agg(
        pl.col("debtor_no").first(),
        secures_count=pl.len().cast(pl.Int64),
        secured_cents=pl.col("secured_cents").sum(),
        secures_id=pl.col("secures_id").first(),
    )  # fmt: skip
    return _valued(facts, on).join(ties, on="collateral_id", how="left").sort("collateral_id")


def event_rows(home: Path, on: date, after: date) -> pl.DataFrame:
    """What happened to debtors after one day and up to another, as the published night of the day knew it."""
    rows = published_day(home, on).facts.read("event", None)
    return rows.filter((pl.col("happened_on") > after) & (pl.col("happened_on") <= on)).sort("happened_on", "event_id")


def office_rows(home: Path) -> pl.DataFrame:
    """The offices as the latest feed tells them."""
    return Facts(home, None).read("org", None)


def offices_known(home: Path, on: date) -> pl.DataFrame:
    """The offices as the published night of a day knew them. Raises NothingPublished."""
    return published_day(home, on).facts.read("org", None)


def opened(home: Path, column: str, sealed: str) -> str:
    """Open one sealed value of a debtor's row: id_number or phone. Raises KeyMissing."""
    if column not in _SEALED:
        raise ValueError(column)
    fingerprints = {record.sealed_with for record in read_records(home) if record.sealed_with}
    return find_seal(fingerprints=fingerprints, home=home).open(column, sealed)


def _of(facts: Facts, table: str, shard: int, debtor_no: int) -> pl.DataFrame:
    return facts.read(table, shard).filter(pl.col("debtor_no") == debtor_no)


def _valued(facts: Facts, on: date, only: pl.Series | None = None) -> pl.DataFrame:
    """Each collateral, or some, with its latest value on a day: the columns of both feed tables."""
    wanted = pl.lit(value=True) if only is None else pl.col("collateral_id").is_in(only.implode())
    values = (
        facts.read("valuation", None)
        .filter(wanted & (pl.col("valued_on") <= on))
        .sort("valued_on")
        .unique("collateral_id", keep="last", maintain_order=True)
        .drop("known_on")
    )
    held = facts.read("collateral", None).filter(wanted)
    return held.drop("known_on").join(values, on="collateral_id", how="left")
