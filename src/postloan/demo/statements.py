"""Financial statements of firms: they balance to the cent, and sour before a firm stops paying."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.demo.dates import NEVER, last_day, month_of
from postloan.demo.draws import Bools, Floats, Ints, stream
from postloan.demo.incomes import Incomes
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.parties import COMPANY, FINANCIAL, LARGE, MEDIUM
from postloan.demo.products import YEAR
from postloan.demo.registers import Register
from postloan.demo.write import FeedWriter, day_series

ITEMS = (
    "cash", "receivables", "inventory", "current_assets", "fixed_assets", "total_assets",
    "short_term_borrowings", "current_liabilities", "long_term_borrowings", "total_liabilities", "equity", "revenue",
    "cost_of_sales", "finance_expense", "net_profit", "operating_cash_flow",
)  # fmt: skip
"""Items of CAS 30: balance sheet, income and cash flow."""

ROUND_CENTS = 1_000_00
SOURS_DAYS = 540
AUDITED_IN = 3
"""Year-end statements are audited by April; months are counted from January as 0."""

QUARTERLY_IN = (0, 3, 6, 9)
YEARS_BEFORE = 2
TAX_SHARE = 0.75


def put_statements(book: Book, known: Register, window: Window, writer: FeedWriter, seed: int) -> None:
    """Write two audited years at the take-on, then quarters of larger firms and audited years of all as they come.

    Beside them stands what persons earn.
    """
    parties = book.parties
    is_firm = np.isin(parties.form, (COMPANY, FINANCIAL))
    is_larger = is_firm & np.isin(parties.size, (LARGE, MEDIUM))
    maker, incomes = _Maker(book, known, seed), Incomes(book, known, seed)
    for month, end in enumerate(month_of(window.ends).tolist()):
        frames = [incomes.shown(month, end)]
        is_here = known.debtor_month <= month
        audited_year_end = end - (end % YEAR) - 1 if end % YEAR >= AUDITED_IN else end - (end % YEAR) - YEAR - 1
        if month == 0:
            frames += [
                maker.statements(is_firm & is_here, audited_year_end - YEAR * back, audited=True)
                for back in range(YEARS_BEFORE)
            ]
        else:
            # Whoever is new brings the last audited year; whoever is known brings what has just been closed.
            is_new = known.debtor_month == month
            frames.append(maker.statements(is_firm & is_new, audited_year_end, audited=True))
            if end % YEAR in QUARTERLY_IN:
                frames.append(maker.statements(is_larger & is_here & ~is_new, end - 1, audited=False))
            if end % YEAR == AUDITED_IN:
                frames.append(maker.statements(is_firm & is_here & ~is_new, audited_year_end, audited=True))
        writer.put_month("statement", month, pl.concat(frames))


class _Maker:
    """Makes statements: a firm keeps its shape, each period has its own noise."""

    def __init__(self, book: Book, known: Register, seed: int) -> None:
        self._parties, self._known, self._seed = book.parties, known, seed
        rng, size = stream(seed, "statements"), len(book.parties.form)
        self._assets = book.parties.scale_cents * rng.uniform(3.0, 8.0, size)
        self._leverage = np.clip(rng.normal(0.56, 0.1, size), 0.25, 0.85)
        self._turnover = np.clip(rng.normal(1.0, 0.3, size), 0.3, 2.2)
        self._margin = rng.normal(0.06, 0.03, size)
        self._growth = rng.normal(0.04, 0.05, size)

    def statements(self, which: Bools, month: int, *, audited: bool) -> pl.DataFrame:
        """The statements of some firms at the end of a month; income and cash flow run from the year's start."""
        rows = np.flatnonzero(which)
        end = int(last_day(np.asarray([month], dtype=np.int32))[0])
        values = np.stack(list(self._values(rows, month, end).values()), axis=1)
        return pl.DataFrame(
            {
                "debtor_id": self._known.debtor.gather(np.repeat(rows, len(ITEMS))),
                "period_end_on": day_series(np.full(values.size, end, dtype=np.int32)),
                "item": pl.Series(ITEMS).gather(np.tile(np.arange(len(ITEMS)), len(rows))),
                "value_cents": values.ravel(),
                "audited": np.full(values.size, audited),
            }
        )

    def _values(self, rows: Ints, month: int, end: int) -> dict[str, Ints]:
        rng = stream(self._seed, "statements", month + 1)
        noise = rng.standard_normal((3, len(self._parties.form)))[:, rows]
        sour = np.clip((end - self._parties.stops_on[rows].astype(np.float64) + SOURS_DAYS) / SOURS_DAYS, 0, 1)
        sour = np.where(self._parties.stops_on[rows] < NEVER, sour, 0.0)
        year_part = (month % YEAR + 1) / YEAR
        years = (month - YEAR * 54) / YEAR
        assets = self._assets[rows] * np.exp(self._growth[rows] * years + 0.03 * noise[0]) * (1 - 0.15 * sour)
        leverage = np.clip(self._leverage[rows] + 0.25 * sour + 0.01 * noise[1], 0.1, 1.2)
        value = _balance_sheet(assets, leverage, sour)
        revenue = assets * self._turnover[rows] * (1 - 0.45 * sour) * year_part * np.exp(0.04 * noise[2])
        cost = revenue * (0.8 + 0.1 * sour)
        interest = 0.045 * year_part * (value["short_term_borrowings"] + value["long_term_borrowings"])
        profit = TAX_SHARE * (revenue * (self._margin[rows] - 0.12 * sour) - 0.2 * interest)
        cash = revenue * (0.07 - 0.15 * sour + 0.02 * noise[0])
        value |= {
            "revenue": _whole(revenue), "cost_of_sales": _whole(cost), "finance_expense": _whole(interest),
            "net_profit": _whole(profit), "operating_cash_flow": _whole(cash),
        }  # fmt: skip
        return {item: value[item] for item in ITEMS}


def _balance_sheet(assets: Floats, leverage: Floats, sour: Floats) -> dict[str, Ints]:
    value = {
        "cash": _whole(assets * 0.12 * (1 - 0.7 * sour)),
        "receivables": _whole(assets * (0.2 + 0.08 * sour)),
        "inventory": _whole(assets * (0.16 + 0.05 * sour)),
    }
    value["current_assets"] = sum(value.values(), _whole(assets * 0.05))
    value["fixed_assets"] = _whole(assets * 0.4)
    value["total_assets"] = value["current_assets"] + value["fixed_assets"] + _whole(assets * 0.07)
    value["short_term_borrowings"] = _whole(assets * leverage * 0.35)
    value["current_liabilities"] = value["short_term_borrowings"] + _whole(assets * leverage * 0.4)
    value["long_term_borrowings"] = _whole(assets * leverage * 0.2)
    value["total_liabilities"] = value["current_liabilities"] + value["long_term_borrowings"] + _whole(assets * 0.01)
    value["equity"] = value["total_assets"] - value["total_liabilities"]
    return value


def _whole(amount: NDArray[np.floating[Any]]) -> Ints:
    return np.round(amount / ROUND_CENTS).astype(np.int64) * ROUND_CENTS
