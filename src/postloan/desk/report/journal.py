"""The journal: double entries of the loan book from one published day to another, a row an office, entry and account.

Made of the difference of two snapshots, for the general ledger to take in. What the core books itself, paying out and
repaying of principal, is not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.desk.report.allowance import walked
from postloan.desk.report.book import Within
from postloan.desk.report.form import Column, Report, Row, Sheet, added, row, snapshot_of
from postloan.plan.dossier import offices_known
from postloan.plan.published_day import published_day
from postloan.rules.figures import ONE_E8
from postloan.rules.journal import Journal, Use
from postloan.tables.shares import share_of


@dataclass(frozen=True)
class Entry:
    """A kind of entry: what is debited and what credited with the amount of a column; below 0 the sides change."""

    name: str
    debit: Use
    credit: Use


ENTRIES = (
    Entry("accrual", "interest_receivable", "interest_income"),
    Entry("interest_received", "deposit", "interest_receivable"),
    Entry("capitalised", "loan", "interest_receivable"),
    Entry("non_accrual", "interest_income", "interest_receivable"),
    Entry("off_balance", "interest_off_balance", "off_balance_contra"),
    Entry("charge", "impairment_loss", "allowance"),
    Entry("write_off", "allowance", "loan"),
    Entry("recovery", "deposit", "allowance"),
    Entry("sale", "deposit", "loan"),
    Entry("debt_for_asset", "asset_taken", "loan"),
    Entry("left_office", "allowance", "interoffice"),
    Entry("came_to_office", "interoffice", "allowance"),
)
_INTEREST = ("on_balance_interest_cents", "off_balance_interest_cents")
_SUMMED = ("accounting_income_cents", "capitalised_cents")
_READ = ("org_id", "funding_share_e8", *_INTEREST, *_SUMMED)
_LINE = ("org_id", "org_name", "entry", "account")


def journal(home: Path, from_on: date, on: date, *, within: Within = None) -> Report:
    """Report the entries between two published days, by office.

    Every entry balances by itself; `failed` names an office whose allowance account does not move as its loans' does.
    Source: rulebook: journal; CAS 22 Arts. 47-48, regulations PRV-50: interest more than 90 days late leaves income.
    """
    moved = pl.concat(entries_of(each, read) for each, read in walked(home, from_on, on, more=_READ, within=within))
    day = published_day(home, on)
    chart = day.rulebook.version("journal", Journal, day.law_of)
    names = dict(offices_known(home, on).select("org_id", "name").iter_rows())
    by_office = moved.group_by("org_id").agg(pl.exclude("org_id").sum()).sort("org_id")
    lines = [line for office in by_office.iter_rows(named=True) for line in _lines(office, chart, names)]
    failed = [office["org_id"] for office in by_office.iter_rows(named=True) if not _ties(office)]
    totals = _totals(lines)
    columns = (
        Column("org_id", "text", on_screen=False), Column("org_name", "text"), Column("entry", "word"),
        Column("account", "text"), Column("debit", "money"), Column("credit", "money"),
    )  # fmt: skip
    filed = Sheet(
        "journal_lines", columns, (*lines, totals[-1] | {"org_id": None, "org_name": "total"}), on_screen=False
    )
    shown = Sheet("journal", columns[2:], tuple(totals))
    return Report(
        "journal", snapshot_of(home, on), None, filed=filed, shown=(shown, filed), before=snapshot_of(home, from_on),
        failed=tuple(failed),
    )  # fmt: skip


def entries_of(moved: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Say by office what each kind of entry comes to between two points, in cents of the bank's own share.

    moved  why allowances moved; read: the same loans at both points, as `flows` leaves them.
    A loan that changed its office takes its allowance along; everything else is booked where it is at the later point.
    """
    own = {name: _own(name) for name in (*_INTEREST, *_SUMMED)}
    after = {name: _own(name, "_after") for name in own}
    was = read.select(
        "loan_no", "org_id", "org_id_after", "transferred", "asset",
        held=own["on_balance_interest_cents"],
        holds=after["on_balance_interest_cents"],
        off=own["off_balance_interest_cents"], off_after=after["off_balance_interest_cents"],
        **{name: pl.max_horizontal(after[name] - own[name], 0) for name in _SUMMED},
    )  # fmt: skip
    rows = moved.join(was, on="loan_no", how="left").with_columns(at=pl.coalesce("org_id_after", "org_id"))
    turned = pl.when((pl.col("off_after") > 0) & (pl.col("off") == 0)).then("held").otherwise(0)
    left = pl.col("org_id") != pl.col("org_id_after")
    earned = pl.col("holds") - pl.col("held") + pl.col("accounting_income_cents") + pl.col("capitalised_cents")
    carried = pl.when(left.fill_null(value=False)).then("stood").otherwise(0)
    amounts = rows.select(
        "at", "org_id",
        accrual=earned + turned, interest_received="accounting_income_cents", capitalised="capitalised_cents",
        non_accrual=turned, off_balance=pl.col("off_after") - pl.col("off"),
        charge=pl.col("stands") - pl.col("stood") - pl.col("written_off") - pl.col("recovered"),
        write_off=-pl.col("written_off"), recovery="recovered", sale="transferred", debt_for_asset="asset",
        came_to_office=carried, moved=pl.col("stands") - pl.col("stood") + carried,
    )  # fmt: skip
    gone = amounts.select("org_id", left_office="came_to_office").filter(pl.col("left_office") != 0)
    zero = {name: pl.lit(0, pl.Int64) for name in amounts.columns[2:]}
    return pl.concat([
        amounts.drop("org_id").rename({"at": "org_id"}).with_columns(left_office=pl.lit(0, pl.Int64)),
        gone.select("org_id", **zero | {"moved": -pl.col("left_office")}, left_office="left_office"),
    ]).group_by("org_id").agg(pl.exclude("org_id").sum())  # fmt: skip


def _own(name: str, at: str = "") -> pl.Expr:
    """The bank's own share of an amount at one of the points; nothing where the loan is not there."""
    share = pl.col(f"funding_share_e8{at}").fill_null(ONE_E8)
    return share_of(pl.col(f"{name}{at}"), share).fill_null(0)


def _lines(office: dict[str, int], chart: Journal, names: dict[str, str]) -> list[Row]:
    org_id = str(office["org_id"])
    named: Row = {"org_id": org_id, "org_name": names.get(org_id, org_id)}
    lines: list[Row] = []
    for entry in ENTRIES:
        cents = office[entry.name]
        if cents == 0:
            continue
        sides = (entry.debit, entry.credit) if cents > 0 else (entry.credit, entry.debit)
        accounts = [chart.number(use) for use in sides]
        lines += [
            row("item", **named, entry=entry.name, account=accounts[0], debit=abs(cents), credit=0),
            row("item", **named, entry=entry.name, account=accounts[1], debit=0, credit=abs(cents)),
        ]
    return lines


def _ties(office: dict[str, int]) -> bool:
    """Whether what is credited to the allowance account is what the allowance grew by."""
    credited = office["charge"] + office["recovery"] - office["write_off"]
    return credited + office["came_to_office"] - office["left_office"] == office["moved"]


def _totals(lines: Sequence[Row]) -> list[Row]:
    found: dict[tuple[str, str], Row] = {}
    for line in lines:
        key = (str(line["entry"]), str(line["account"]))
        known = found.get(key, row("item", entry=key[0], account=key[1], debit=0, credit=0))
        found[key] = {**known, **added([known, line], ("debit", "credit"))}
    order = {entry.name: at for at, entry in enumerate(ENTRIES)}
    rows = sorted(found.values(), key=lambda each: (order[str(each["entry"])], -added([each], ("debit",))["debit"]))
    return [*rows, row("total", entry="total", account=None, **added(rows, ("debit", "credit")))]
