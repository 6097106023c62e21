"""The portfolio of a published day: where the balance lies, which vintages turn, whose prices fell, and the limits."""

from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl

from postloan.plan.month_ends import is_month_end, month_end_after
from postloan.plan.published_day import published_day
from postloan.rules.figures import ONE_E8
from postloan.rules.portfolio import PortfolioLimits, PriceWatch, VintageWatch
from postloan.snapshot.read import published_days, scan_loans
from postloan.tables.units import NON_PERFORMING

# GB/T 2260: the first two digits are the province; GB/T 4754: the first letter is the section.
_KEY: dict[str, pl.Expr] = {
    "industry": pl.col("industry_code").str.to_uppercase().str.slice(0, 1),
    "region": pl.col("region_code").str.slice(0, 2),
    "product": pl.col("product").cast(pl.String),
}
_SHORT, _YEAR, _ABOUT_HALF_A_YEAR = 6, 12, timedelta(days=183)
"""A price counts for half a year, and is held against one of a year before."""


def share_e8(part: int, whole: int) -> int:
    """A share in whole 1e-8, half up; none of nothing."""
    return (2 * part * ONE_E8 + whole) // (2 * whole) if whole > 0 else 0


class Signal(NamedTuple):
    """One thing that is watched, and how it stands.

    kind         share, evenness, vintage or price.
    of, key      what it is of: industry C; a vintage has its month; evenness has no key.
    value_e8     the share, the index, the share that is late, or the fall.
    limit_e8     what it may not pass.
    cents        the balance that it bears on.
    """

    kind: str
    of: str
    key: str | None
    value_e8: int
    limit_e8: int
    cents: int
    cite: str

    @property
    def passes(self) -> bool:
        """Whether it passes its limit."""
        return self.value_e8 > self.limit_e8


class Portfolio(NamedTuple):
    """The book as a whole.

    signals  all that is watched: what passes its limit, and of each thing that nothing passes the nearest.
    places   of, key, loans, outstanding, non_performing, share_e8 of the balance: every place, the largest first.
    """

    signals: tuple[Signal, ...]
    places: pl.DataFrame


def portfolio(home: Path, on: date) -> Portfolio | None:
    """Look at the book of a published day; None before there was a rule. Raises NothingPublished.

    Source  rulebook: portfolio_limits. Amounts are the bank's own share of the principal of loans on the book.
    """
    day = published_day(home, on)
    law = day.rulebook.version_if_any("portfolio_limits", PortfolioLimits, day.law_of)
    if law is None:
        return None
    book = _book(home, on).collect()
    places = pl.concat(_places(book, of) for of in _KEY)
    signals = [*_shares(places, law), *_evenness(places, law), *_vintages(home, on, law.vintages)]
    market = day.facts.read("market", None, ("series", "on", "value")).filter(pl.col("on") <= on)
    for watch in law.prices:
        signals += _prices(market, book, watch, on)
    return Portfolio(tuple(signals), places)


def _book(home: Path, on: date) -> pl.LazyFrame:
    own = pl.col("own_share_outstanding_cents")
    bad = pl.col("tier").is_in(NON_PERFORMING)
    return scan_loans(home, on).filter(pl.col("status") == "active").select(
        "industry_code", "region_code", "product", cents=own, bad_cents=pl.when(bad).then(own).otherwise(0)
    )  # fmt: skip


def _places(book: pl.DataFrame, of: str) -> pl.DataFrame:
    """Sum up the balance by place; the share is of all that has one."""
    found = (
        book.lazy().group_by(key=_KEY[of])
        .agg(pl.len().cast(pl.Int64).alias("loans"), outstanding=pl.col("cents").sum(),
             non_performing=pl.col("bad_cents").sum())
        .drop_nulls("key").sort("outstanding", "key", descending=[True, False]).collect()
    )  # fmt: skip
    whole = int(found["outstanding"].sum())
    shares = [share_e8(cents, whole) for cents in found["outstanding"]]
    return found.select(
        pl.lit(of).alias("of"), "key", "loans", "outstanding", "non_performing",
        pl.Series("share_e8", shares, dtype=pl.Int64),
    )  # fmt: skip


def _worst(signals: list[Signal]) -> list[Signal]:
    """Keep what passes its limit, and of what passes none the nearest."""
    return [each for each in signals if each.passes] or sorted(signals, key=lambda each: -each.value_e8)[:1]


def _shares(places: pl.DataFrame, law: PortfolioLimits) -> list[Signal]:
    found = []
    for limit in law.shares:
        rows = places.filter(pl.col("of") == limit.of).select("key", "share_e8", "outstanding").iter_rows()
        found += _worst([
            Signal("share", limit.of, key, share, limit.over_share_e8, cents, str(limit.cite))
            for key, share, cents in rows
        ])  # fmt: skip
    return found


def _evenness(places: pl.DataFrame, law: PortfolioLimits) -> list[Signal]:
    found = []
    for limit in law.evenness:
        rows = places.filter(pl.col("of") == limit.of)
        index = sum(share * share for share in rows["share_e8"]) // ONE_E8
        found.append(
            Signal(
                "evenness", limit.of, None, index, limit.over_index_e8, int(rows["outstanding"].sum()), str(limit.cite)
            )
        )
    return found


def _vintages(home: Path, on: date, watch: VintageWatch) -> list[Signal]:
    """Hold the latest vintage that is old enough against those before it, each at its own month-end."""
    ends = [day for day in published_days(home) if day <= on and is_month_end(day)][-watch.against_months - 1 :]
    found = [row for end in ends if (row := _vintage(home, end, watch)) is not None]
    if len(found) < 2 or found[-1][1] != ends[-1]:  # noqa: PLR2004 - the latest, and one to hold it against
        return []
    vintage, _, share, cents = found[-1]
    before = sum(each[2] for each in found[:-1]) // (len(found) - 1)
    limit = before * watch.over_times_e8 // ONE_E8
    return [Signal("vintage", "vintage", f"{vintage:%Y-%m}", share, limit, cents, str(watch.cite))]


def _vintage(home: Path, end: date, watch: VintageWatch) -> tuple[date, date, int, int] | None:
    """The share of the loans of the month, so many months before, that is late at a month-end; None of too few."""
    vintage = month_end_after(end, -watch.months)
    is_late = (pl.col("days_past_due") > watch.over_days) | (pl.col("status") == "written_off")
    loans, late, cents = (
        scan_loans(home, end)
        .filter(pl.col("disbursed_on").dt.month_end() == vintage)
        .select(
            loans=pl.len(),
            late=is_late.sum(),
            cents=pl.col("own_share_outstanding_cents").filter(pl.col("status") == "active").sum(),
        )
        .collect()
        .row(0)
    )
    return None if loans < watch.least_loans else (vintage, end, share_e8(late, loans), cents)


def _prices(market: pl.DataFrame, book: pl.DataFrame, watch: PriceWatch, on: date) -> list[Signal]:
    """Say how far each series of a kind fell within a year, and the balance it bears on."""
    told = market.filter(pl.col("series").str.starts_with(f"{watch.series}_")).with_columns(
        key=pl.col("series").str.strip_prefix(f"{watch.series}_")
    )
    now = told.filter(pl.col("on") > pl.lit(on).dt.offset_by(f"-{_SHORT}mo")).sort("on").unique("key", keep="last")
    then = told.with_columns(on=pl.col("on").dt.offset_by(f"{_YEAR}mo")).select("key", "on", then="value").sort("on")
    moved = now.sort("on").join_asof(then, on="on", by="key", tolerance=_ABOUT_HALF_A_YEAR, check_sortedness=False)
    code = pl.col("region_code" if watch.of == "region" else "industry_code")
    found = []
    for key, value, before in moved.drop_nulls("then").select("key", "value", "then").sort("key").iter_rows():
        # GB/T 2260 ends the code of a city in 00, and that of a province in 0000; those of its districts do not.
        begins = key.removesuffix("00").removesuffix("00") if watch.of == "region" else key
        cents = int(book.filter(code.str.starts_with(begins).fill_null(value=False))["cents"].sum())
        fall = max(0, round((1 - value / before) * ONE_E8)) if before > 0 else 0
        found.append(Signal("price", watch.series, key, fall, watch.over_fall_e8, cents, str(watch.cite)))
    return _worst(found)
