"""Tie-out: what we publish against what the general ledger says, by account, or by office and account."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from postloan.desk.report.form import Column, Report, Row, Sheet, row, snapshot_of
from postloan.plan.tie_out import TiedOut, tie_out
from postloan.tables.inputs.figures import GL_ACCOUNTS

_FIGURES = (
    Column("ours", "money"), Column("ledger", "money"), Column("not_stated", "money", on_screen=False),
    Column("difference", "money"),
)  # fmt: skip
_RESULT = (Column("result", "word"), Column("clause", "text", on_screen=False))
_ORG = (Column("org_id", "text"), Column("org_name", "text"))


def tieout(home: Path, on: date, *, by_org: bool, orgs: pl.DataFrame) -> Report:
    """Report a row an account, or a row an office and account with the accounts' totals; each office must tie.

    orgs  the feed table org. Ours less `not_stated`, of which the ledger says nothing, and the difference make the
          ledger's.
    """
    found = tie_out(home, on)
    names = dict(orgs.select("org_id", "name").iter_rows())
    totals = [_row(found, account, {}, is_total=by_org) for account in GL_ACCOUNTS]
    columns = (Column("account", "word"), *_FIGURES, *_RESULT)
    if by_org:
        items = [
            _row(found, str(account), {"org_id": org_id, "org_name": names.get(org_id, org_id)})
            for org_id, account in found.lines.select("org_id", "account").iter_rows()
        ]
        totals = [line | {"org_id": None, "org_name": "total"} for line in totals]
        sheet = Sheet("tieout_by_org", (*_ORG, *columns), (*items, *totals))
    else:
        sheet = Sheet("tieout", columns, tuple(totals))
    broken = found.lines.filter("differs").select("org_id", "account", "difference_cents")
    failed = tuple(f"{org_id} {account} {Decimal(cents).scaleb(-2):,}" for org_id, account, cents in broken.iter_rows())
    return Report("tieout", snapshot_of(home, on), "org" if by_org else None, sheet, (sheet,), failed=failed)


def _row(found: TiedOut, account: str, office: Row, *, is_total: bool = False) -> Row:
    """Add up the lines of an account, of one office or of all."""
    lines = found.lines.filter(pl.col("account") == account)
    if office:
        lines = lines.filter(pl.col("org_id") == office["org_id"])
    unstated = lines.filter(pl.col("ledger_cents").is_null())
    is_stated = unstated.height < lines.height
    result = "differs" if lines["differs"].any() else "not_stated" if unstated.height else "ties"
    return row(
        "total" if is_total else "item", **office, account=account, ours=int(lines["ours_cents"].sum()),
        ledger=int(lines["ledger_cents"].sum()) if is_stated else None,
        not_stated=int(unstated["ours_cents"].sum()),
        difference=int(lines["difference_cents"].sum()) if is_stated else None,
        result=result, clause=str(found.tolerance.cite),
    )  # fmt: skip
