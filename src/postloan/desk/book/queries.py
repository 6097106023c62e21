"""What the pages of the book read: the rows of a day that an officer may see, one loan, one debtor."""

from collections.abc import Container, Sequence
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from postloan.desk.book.narrow import debtor_rows, group_rows, loan_rows
from postloan.desk.core.models import Officer, Org
from postloan.desk.core.officers.queries import names_by_number, orgs_below
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere
from postloan.snapshot.read import published_days, scan_loans

_SEARCH_MOST = 30
_CENTS_OF_TEN_THOUSAND = 10**6


def loans_seen(desk: Desk) -> pl.DataFrame:
    """The loans of the day in the desk's offices."""
    return _within(loan_rows(desk.day), desk)


def debtors_seen(desk: Desk) -> pl.DataFrame:
    """The debtors of the day that have a loan in the desk's offices."""
    rows = debtor_rows(desk.day)
    if not desk.scope.is_all:
        mine = _within(loan_rows(desk.day), desk).select("debtor_id").unique()
        rows = rows.join(mine, on="debtor_id", how="semi", maintain_order="left")
    return rows


def groups_seen(desk: Desk) -> pl.DataFrame:
    """The groups of the day of which a member has a loan in the desk's offices."""
    rows = group_rows(desk.day)
    if desk.scope.is_all:
        return rows
    mine = _within(loan_rows(desk.day), desk).select("group_id").drop_nulls().unique()
    return rows.join(mine, on="group_id", how="semi", maintain_order="left")


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Say offices and officers by name beside their numbers; what nobody named stands as its number."""
    orgs, officers = names_by_number()
    return rows.with_columns(
        org_name=pl.col("org_id").cast(pl.String).replace(orgs), officer_name=pl.col("officer_id").replace(officers)
    )


def loan_seen(desk: Desk, loan_id: str) -> dict[str, Any]:
    """One loan's published row. Raises NotFoundHere where it is not in the book or outside the desk's offices."""
    at = loan_rows(desk.day).filter(pl.col("loan_id") == loan_id).select("loan_no", "shard", "org_id").to_dicts()
    if not at or at[0]["org_id"] not in desk.scope:
        raise _not_here(desk, loan_id)
    rows = scan_loans(desk.day.home, desk.day.on, shard=at[0]["shard"])
    return rows.filter(pl.col("loan_no") == at[0]["loan_no"]).collect().row(0, named=True)


def debtor_seen(desk: Desk, debtor_id: str) -> dict[str, Any]:
    """One debtor's row. Raises NotFoundHere where none of its loans is in the desk's offices."""
    found = debtor_rows(desk.day).filter(pl.col("debtor_id") == debtor_id)
    if found.is_empty() or _within(loans_of(desk, debtor_id), desk).is_empty():
        raise _not_here(desk, debtor_id)
    return named(found).row(0, named=True)


def loans_of(desk: Desk, debtor_id: str) -> pl.DataFrame:
    """All loans of a debtor at the bank; what of them a page shows is for the page to say."""
    return named(loan_rows(desk.day).filter(pl.col("debtor_id") == debtor_id))


def loans_split(desk: Desk, debtor_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A debtor's loans: those of the desk's offices, and those kept elsewhere in the bank."""
    held = loans_of(desk, debtor_id)
    mine = _within(held, desk)
    return mine, held.join(mine, on="loan_id", how="anti")


def name_of(desk: Desk, debtor_id: str) -> str:
    """A debtor's name."""
    return str(debtor_rows(desk.day).filter(pl.col("debtor_id") == debtor_id)["name"].item())


def names_seen(desk: Desk, debtor_ids: Sequence[str]) -> dict[str, str]:
    """The names of those among some parties that have a loan in the desk's offices; of the others nothing is told."""
    asked = pl.col("debtor_id").is_in(sorted(set(debtor_ids)))
    mine = _within(loan_rows(desk.day).filter(asked), desk)
    return dict(mine.select("debtor_id", "debtor_name").unique().iter_rows())


def people_of(loan: dict[str, Any]) -> dict[str, Any]:
    """The names of a loan's office and officer."""
    org = Org.objects.filter(pk=loan["org_id"]).first()
    officer = Officer.objects.filter(staff_no=loan["officer_id"]).first() if loan["officer_id"] else None
    return {
        "org_name": org.name if org else loan["org_id"],
        "officer_name": officer.name if officer else loan["officer_id"],
    }


def days_of_loan(desk: Desk, loan_no: int) -> dict[str, Any]:
    """The loan on each published day up to the page's: its rows, and a chart of balance and days past due."""
    days = [on for on in published_days(desk.day.home) if on <= desk.day.on]
    wanted = ("outstanding_cents", "days_past_due", "tier", "tier_cite", "status")
    parts = [
        scan_loans(desk.day.home, on).filter(pl.col("loan_no") == loan_no).select(pl.lit(on).alias("on"), *wanted)
        for on in days
    ]
    rows = pl.concat(pl.collect_all(parts)).sort("on", descending=True)
    rising = rows.reverse()
    options = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 90, "right": 50, "top": 30, "bottom": 30},
        "xAxis": {"type": "category", "data": [str(on) for on in rising["on"]]},
        "yAxis": [
            {"type": "value", "name": _("余额（万元）")},
            {"type": "value", "name": _("逾期天数"), "minInterval": 1, "splitLine": {"show": False}},
        ],
        "series": [
            {
                "name": _("余额（万元）"), "type": "line", "step": "end", "symbol": "none",
                "data": [cents / _CENTS_OF_TEN_THOUSAND for cents in rising["outstanding_cents"]],
            },
            {
                "name": _("逾期天数"), "type": "bar", "yAxisIndex": 1, "itemStyle": {"color": "#d97706"},
                "data": rising["days_past_due"].to_list(),
            },
        ],
    }  # fmt: skip
    return {"days": rows.to_dicts(), "options": options}


def statement_table(statements: pl.DataFrame) -> dict[str, Any]:
    """The items of a debtor's statements by period, the latest three first."""
    if statements.is_empty():
        return {"periods": [], "items": []}
    newest = statements.sort("period_end_on", descending=True)
    wide = newest.pivot(on="period_end_on", index="item", values="value_cents")
    periods = [name for name in wide.columns if name != "item"][:3]
    items = [(row["item"], [row[period] for period in periods]) for row in wide.iter_rows(named=True)]
    return {"periods": periods, "items": items}


def group_members(desk: Desk, group_id: str) -> pl.DataFrame:
    """The members of a group. Raises NotFoundHere where none has a loan in the desk's offices."""
    if groups_seen(desk).filter(pl.col("group_id") == group_id).is_empty():
        raise _not_here(desk, group_id)
    return named(debtor_rows(desk.day).filter(pl.col("group_id") == group_id))


def search(desk: Desk, asked: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Loans by number and debtors by number or name, some thirty of each at most."""
    if not asked:
        return loan_rows(desk.day).clear(), debtor_rows(desk.day).clear()
    loans = loans_seen(desk).filter(pl.col("loan_id").str.contains(asked, literal=True)).head(_SEARCH_MOST)
    by = pl.col("name").str.contains(asked, literal=True) | pl.col("debtor_id").str.contains(asked, literal=True)
    return loans, debtors_seen(desk).filter(by).head(_SEARCH_MOST)


def office_is(desk: Desk, org_id: str) -> pl.Expr:
    """Whether a loan of the day is kept by an office or one below it."""
    return _kept_by(orgs_below(org_id), loan_rows(desk.day))


def products_of(desk: Desk) -> list[tuple[str, str]]:
    """The products that the bank has loans of on the day."""
    products = loan_rows(desk.day).schema["product"]
    assert isinstance(products, pl.Enum)  # noqa: S101 - a narrow file says so
    return [(each, each) for each in products.categories]


def _within(rows: pl.DataFrame, desk: Desk) -> pl.DataFrame:
    if desk.scope.is_all:
        return rows
    return rows.filter(_kept_by(desk.scope, rows))


def _kept_by(wanted: Container[str], rows: pl.DataFrame) -> pl.Expr:
    """Whether a loan is kept by one of some offices: narrow files know them as a closed list, compared as numbers."""
    offices = rows.schema["org_id"]
    assert isinstance(offices, pl.Enum)  # noqa: S101 - a narrow file says so
    held = [office for office in offices.categories if office in wanted]
    return pl.col("org_id").is_in(pl.Series(held, dtype=offices))


def _not_here(desk: Desk, asked: str) -> NotFoundHere:
    return NotFoundHere(
        message=_("%(day)s 没有“%(asked)s”，或不在您的机构范围内。") % {"day": desk.day.on, "asked": asked[:64]},
        hint=_("请核对编号和营业日期；编号按文本填写，前面的 0 不能省略。"),
        where={"on": desk.day.on},
    )
