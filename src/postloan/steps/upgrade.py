"""Upgrades: what a loan was yesterday, and what must hold before it may be classed better today."""

from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.kernels import upgrade as kernel
from postloan.kernels.daycount import NEVER
from postloan.tables.days import day_numbers, days_of
from postloan.tables.tiers import Between, place_of, ranks_of, tiers_of
from postloan.tables.units import NON_PERFORMING, TIERS

_BAD = TIERS.index(NON_PERFORMING[0])
_TIER = pl.Enum(TIERS)


def held_items(days: pl.DataFrame, between: dy.DataFrame[Between] | None) -> pl.DataFrame:
    """Hold each loan that its own facts made non-performing, until a decision upgrades it and the law lets it.

    Reads   days, by debtor, day and loan: LoanDay with item_tier, worst_tier and what the law of the day asks;
            between: what happened that has no row.
    Writes  item_tier, item_rule, item_cite as held; is_held, is_upgraded; debtor_clean_since_on and clean_months: since
            when nothing of the debtor's is overdue, and for how long that must be so.
    Source  rulebook: upgrade (Order 2023 No. 1, Art. 14).

    The conditions are the debtor's: nothing of it overdue, for so long; no asset of it impaired.
    """
    starts = _groups(days)
    on_book = days["is_on_book"].to_numpy()
    clean_of_debtor = _clean_since(days, on_book, starts)
    impaired = _spread(np.logical_or, on_book & days["impaired"].to_numpy(), starts, days.height)
    months = _spread(np.maximum, np.where(on_book, days["clean_months"].to_numpy(), 0), starts, days.height)
    is_barred = impaired & days["needs_unimpaired"].to_numpy()
    was_bad = was_upgraded = np.zeros(days.height, np.bool_)
    if between is not None:
        was_bad, was_upgraded = between["was_bad"].to_numpy(), between["was_upgraded"].to_numpy()
    tier, is_held, is_upgraded = kernel.hold(
        place_of(days), day_numbers(days["on"], NEVER), ranks_of(days["item_tier"]), ranks_of(days["worst_tier"]),
        on_book, days["is_free"].to_numpy(), day_numbers(days["upgrade_decided_on"], NEVER), clean_of_debtor,
        is_barred, months, ranks_of(days["held_tier"].cast(_TIER)), was_bad, was_upgraded, _BAD,
    )  # fmt: skip
    held = pl.Series(is_held)
    return days.with_columns(
        item_tier=tiers_of(pl.Series(tier)),
        item_rule=pl.when(held).then(pl.lit("upgrade")).otherwise("item_rule"),
        item_cite=pl.when(held).then("held_cite").otherwise("item_cite"),
        is_held=held,
        is_upgraded=pl.Series(is_upgraded),
        debtor_clean_since_on=days_of(np.where(clean_of_debtor < 0, NEVER, clean_of_debtor), NEVER),
        clean_months=pl.Series(months),
    )


def _clean_since(days: pl.DataFrame, on_book: NDArray[np.bool_], starts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Since when nothing is overdue of all that a debtor has on the book; negative where it has nothing there.

    A loan that was never late ends no waiting and begins none: it counts only where no other loan of the debtor was.
    """
    clean, disbursed = (day_numbers(days[name], NEVER) for name in ("clean_since_on", "disbursed_on"))
    was_late = clean != disbursed
    cured = _spread(np.maximum, np.where(on_book & was_late, clean, -NEVER), starts, days.height)
    begun = _spread(np.minimum, np.where(on_book & ~was_late, clean, NEVER), starts, days.height)
    return np.where((cured == -NEVER) & (begun != NEVER), begun, cured)


def debtor_sums(days: pl.DataFrame) -> pl.DataFrame:
    """Add up what each debtor owes on each day, what of it is non-performing and what is overdue for long.

    Reads   days with item_tier, is_long_overdue, debt_cents.
    Writes  exposure_cents, npl_cents, over_90_cents: of the debtor, the same on each of its rows of a day.
    """
    starts, debts = _groups(days), days["debt_cents"].to_numpy()
    is_bad = ranks_of(days["item_tier"]) >= _BAD
    parts = {
        "exposure_cents": debts,
        "npl_cents": np.where(is_bad, debts, 0),
        "over_90_cents": np.where(days["is_long_overdue"].to_numpy(), debts, 0),
    }
    return days.with_columns(
        pl.Series(name, _spread(np.add, cents, starts, days.height)) for name, cents in parts.items()
    )


def held_by_debtor(days: pl.DataFrame, between: dy.DataFrame[Between] | None) -> pl.DataFrame:
    """Settle each loan's tier, given what its debtor's other debts allow, what it was before, and mergers.

    Reads   days with item_tier as held, debtor_floor_tier and what the law of the day asks; between: what happened that
            has no row.
    Writes  settled_tier and cause: own, touched (by the debtor's other debts), held, or barred (by a merger).
    Source  rulebook: contamination; upgrade (Order 2023 No. 1, Arts. 7, 14, 15).
    """
    was_tier, improved_first = np.zeros(days.height, np.int8), np.zeros(days.height, np.bool_)
    if between is not None:
        was_tier, improved_first = ranks_of(between["was_tier"].fill_null("pass")), between["improved_first"].to_numpy()
    tier, cause = kernel.settle(
        place_of(days), day_numbers(days["on"], NEVER), ranks_of(days["item_tier"]),
        ranks_of(days["debtor_floor_tier"]), days["is_on_book"].to_numpy(), days["is_free"].to_numpy(),
        days["is_upgraded"].to_numpy(), ranks_of(days["held_tier"].cast(_TIER)),
        day_numbers(days["merged_on"], NEVER), days["merger_months"].to_numpy(), was_tier, improved_first, _BAD,
    )  # fmt: skip
    return days.with_columns(settled_tier=tiers_of(pl.Series(tier)), cause=pl.Series(cause))


def _groups(days: pl.DataFrame) -> NDArray[np.int64]:
    """Where each debtor's rows of one day begin."""
    debtors, on = days["debtor_no"].to_numpy(), day_numbers(days["on"], NEVER)
    is_first = np.ones(days.height, np.bool_)
    is_first[1:] = (debtors[1:] != debtors[:-1]) | (on[1:] != on[:-1])
    return np.flatnonzero(is_first)


def _spread(together: np.ufunc, values: NDArray[Any], starts: NDArray[np.int64], rows: int) -> NDArray[Any]:
    """Bring a debtor's values of a day together, and give the outcome to each of its rows."""
    if rows == 0:
        return values
    return np.repeat(together.reduceat(values, starts), np.diff(starts, append=rows))
