"""Days between tables and kernels: dates there, numbers here, and null as a day after all days."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray


def day_numbers(days: pl.Series, never: int) -> NDArray[np.int32]:
    """The days as numbers since 1970-01-01; where there is none, `never`."""
    numbers = days.cast(pl.Int32)
    return (numbers.fill_null(never) if numbers.null_count() else numbers).to_numpy()


def days_of(numbers: NDArray[np.int32], never: int) -> pl.Series:
    """The days of their numbers; null for `never`."""
    found = pl.Series(numbers)
    return found.set(found == never, None).cast(pl.Date)


def last_quarter_end(on: date) -> date:
    """The last day of the quarter before the one of a day."""
    return date(on.year, (on.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


def quarter_end(on: date) -> date:
    """The last day of the quarter that a day lies in."""
    begins = last_quarter_end(on) + timedelta(days=1)
    return last_quarter_end(begins + timedelta(days=100))


def quarter_said(on: date) -> str:
    """The quarter of a day: 2024Q1."""
    return f"{on.year}Q{(on.month + 2) // 3}"
