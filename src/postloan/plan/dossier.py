"""What the feeds say of one debtor, as a past day knew it: the papers behind a page, found and not computed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.number import shard_of
from postloan.intake.records import read_records
from postloan.intake.seal import find_seal
from postloan.snapshot.read import read_manifest

_BY_DEBTOR = ("debtor", "relation", "statement", "event", "facility", "contract", "elsewhere", "account_entry")
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
    facilities: pl.DataFrame
    contracts: pl.DataFrame
    elsewhere: pl.DataFrame
    pledges: pl.DataFrame
    guarantees: pl.DataFrame


@dataclass(frozen=True)
class LoanPapers:
    """The rows of one loan: its instalments, payments, drawdowns, decisions and steps at law."""

    instalments: pl.DataFrame
    payments: pl.DataFrame
    drawdowns: pl.DataFrame
    decisions: pl.DataFrame
    legal_events: pl.DataFrame


def dossier(home: Path, debtor_id: str, debtor_no: int, on: date) -> Dossier:
    """Find what the feeds say of a debtor, as the published night of the day knew it. Raises NothingPublished."""
    facts = _facts_of(home, on)
    shard = shard_of(debtor_id, facts.layout.shards)
    rows = {table: _of(facts, table, shard, "debtor_no", debtor_no) for table in _BY_DEBTOR}
    pledges = _of(facts, "pledge", shard, "debtor_no", debtor_no)
    return Dossier(
        debtor=rows["debtor"],
        relations=rows["relation"],
        statements=rows["statement"].filter(pl.col("period_end_on") <= on),
        events=rows["event"].filter(pl.col("happened_on") <= on).sort("happened_on", descending=True),
        facilities=rows["facility"],
        contracts=rows["contract"],
        elsewhere=rows["elsewhere"].filter(pl.col("on") <= on),
        pledges=pledges.join(valued(facts, on), on="collateral_id", how="left"),
        guarantees=_of(facts, "guarantee", shard, "debtor_no", debtor_no),
    )


def loan_papers(home: Path, loan_id: str, on: date) -> LoanPapers:
    """Find the papers of a loan, as the published night of the day knew them. Raises NothingPublished, LoanUnknown."""
    facts = _facts_of(home, on)
    loan_no, _debtor_no, shard = facts.find_loan(loan_id)
    rows = {
        table: _of(facts, table, shard, "loan_no", loan_no)
        for table in ("instalment", "payment", "drawdown", "decision")
    }
    legal = facts.read("legal_event", shard).filter(pl.col("happened_on") <= on)
    return LoanPapers(
        instalments=rows["instalment"].filter(pl.col("effective_on").fill_null(on) <= on).sort("version", "seq"),
        payments=rows["payment"].filter(pl.col("paid_on") <= on).sort("paid_on", descending=True),
        drawdowns=rows["drawdown"].filter(pl.col("paid_on") <= on),
        decisions=rows["decision"].filter(pl.col("effective_on") <= on).sort("effective_on", descending=True),
        legal_events=legal.filter(pl.col("loan_id") == loan_id).sort("happened_on", descending=True),
    )


def collateral_rows(home: Path, on: date) -> pl.DataFrame:
    """Every collateral with its latest value, what it secures and for whom: one row a collateral."""
    facts = _facts_of(home, on)
    ties = facts.read("pledge", None).group_by("collateral_id").agg(
        pl.col("debtor_no").first(),
        secures_count=pl.len().cast(pl.Int64),
        secured_cents=pl.col("secured_cents").sum(),
        secures_id=pl.col("secures_id").first(),
    )  # fmt: skip
    return valued(facts, on).join(ties, on="collateral_id", how="left").sort("collateral_id")


def event_rows(home: Path, on: date, after: date) -> pl.DataFrame:
    """What happened to debtors after one day and up to another, as the published night of the day knew it."""
    rows = _facts_of(home, on).read("event", None)
    return rows.filter((pl.col("happened_on") > after) & (pl.col("happened_on") <= on)).sort("happened_on", "event_id")


def valued(facts: Facts, on: date) -> pl.DataFrame:
    """Every collateral with its latest value on a day: the columns of both feed tables."""
    values = (
        facts.read("valuation", None)
        .filter(pl.col("valued_on") <= on)
        .sort("valued_on")
        .unique("collateral_id", keep="last", maintain_order=True)
        .drop("known_on")
    )
    return facts.read("collateral", None).drop("known_on").join(values, on="collateral_id", how="left")


def facility_rows(home: Path, debtor_id: str, debtor_no: int, on: date) -> pl.DataFrame:
    """The limits granted to a debtor, as the published night of the day knew them. Raises NothingPublished."""
    facts = _facts_of(home, on)
    return _of(facts, "facility", shard_of(debtor_id, facts.layout.shards), "debtor_no", debtor_no)


def office_rows(home: Path) -> pl.DataFrame:
    """The offices as the latest feed tells them."""
    return Facts(home, None).read("org", None)


def offices_known(home: Path, on: date) -> pl.DataFrame:
    """The offices as the published night of a day knew them. Raises NothingPublished."""
    return _facts_of(home, on).read("org", None)


def opened(home: Path, column: str, sealed: str) -> str:
    """Open one sealed value of a debtor's row: id_number or phone. Raises KeyMissing."""
    if column not in _SEALED:
        raise ValueError(column)
    fingerprints = {record.sealed_with for record in read_records(home) if record.sealed_with}
    return find_seal(fingerprints=fingerprints, home=home).open(column, sealed)


def _facts_of(home: Path, on: date) -> Facts:
    pins = read_manifest(home, on)["pins"]
    return Facts(home, date.fromisoformat(pins["known_on"]))


def _of(facts: Facts, table: str, shard: int, key: str, number: int) -> pl.DataFrame:
    return facts.read(table, shard).filter(pl.col(key) == number)
