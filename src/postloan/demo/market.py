"""What the market series say: the published loan prime rates, and a macro path with a mild downturn in the middle."""

from datetime import date

import numpy as np
import polars as pl

from postloan.demo.dates import Days, first_day, last_day, month_of, to_day
from postloan.demo.draws import Floats, Indexes, Ints, stream
from postloan.demo.offices import CITIES
from postloan.demo.products import QUARTER

PUBLISHED_LPR = (
    ("2019-08-20", 4.25, 4.85), ("2019-09-20", 4.2, 4.85), ("2019-10-21", 4.2, 4.85), ("2019-11-20", 4.15, 4.8),
    ("2019-12-20", 4.15, 4.8), ("2020-01-20", 4.15, 4.8), ("2020-02-20", 4.05, 4.75), ("2020-03-20", 4.05, 4.75),
    ("2020-04-20", 3.85, 4.65), ("2020-05-20", 3.85, 4.65), ("2020-06-22", 3.85, 4.65), ("2020-07-20", 3.85, 4.65),
    ("2020-08-20", 3.85, 4.65), ("2020-09-21", 3.85, 4.65), ("2020-10-20", 3.85, 4.65), ("2020-11-20", 3.85, 4.65),
    ("2020-12-21", 3.85, 4.65), ("2021-01-20", 3.85, 4.65), ("2021-02-20", 3.85, 4.65), ("2021-03-22", 3.85, 4.65),
    ("2021-04-20", 3.85, 4.65), ("2021-05-20", 3.85, 4.65), ("2021-06-21", 3.85, 4.65), ("2021-07-20", 3.85, 4.65),
    ("2021-08-20", 3.85, 4.65), ("2021-09-22", 3.85, 4.65), ("2021-10-20", 3.85, 4.65), ("2021-11-22", 3.85, 4.65),
    ("2021-12-20", 3.8, 4.65), ("2022-01-20", 3.7, 4.6), ("2022-02-21", 3.7, 4.6), ("2022-03-21", 3.7, 4.6),
    ("2022-04-20", 3.7, 4.6), ("2022-05-20", 3.7, 4.45), ("2022-06-20", 3.7, 4.45), ("2022-07-20", 3.7, 4.45),
    ("2022-08-22", 3.65, 4.3), ("2022-09-20", 3.65, 4.3), ("2022-10-20", 3.65, 4.3), ("2022-11-21", 3.65, 4.3),
    ("2022-12-20", 3.65, 4.3), ("2023-01-20", 3.65, 4.3), ("2023-02-20", 3.65, 4.3), ("2023-03-20", 3.65, 4.3),
    ("2023-04-20", 3.65, 4.3), ("2023-05-22", 3.65, 4.3), ("2023-06-20", 3.55, 4.2), ("2023-07-20", 3.55, 4.2),
    ("2023-08-21", 3.45, 4.2), ("2023-09-20", 3.45, 4.2), ("2023-10-20", 3.45, 4.2), ("2023-11-20", 3.45, 4.2),
    ("2023-12-20", 3.45, 4.2), ("2024-01-22", 3.45, 4.2), ("2024-02-20", 3.45, 3.95), ("2024-03-20", 3.45, 3.95),
    ("2024-04-22", 3.45, 3.95), ("2024-05-20", 3.45, 3.95), ("2024-06-20", 3.45, 3.95), ("2024-07-22", 3.35, 3.85),
    ("2024-08-20", 3.35, 3.85), ("2024-09-20", 3.35, 3.85), ("2024-10-21", 3.1, 3.6), ("2024-11-20", 3.1, 3.6),
    ("2024-12-20", 3.1, 3.6), ("2025-01-20", 3.1, 3.6), ("2025-02-20", 3.1, 3.6), ("2025-03-20", 3.1, 3.6),
    ("2025-04-21", 3.1, 3.6), ("2025-05-20", 3.0, 3.5), ("2025-06-20", 3.0, 3.5), ("2025-07-21", 3.0, 3.5),
    ("2025-08-20", 3.0, 3.5), ("2025-09-22", 3.0, 3.5), ("2025-10-20", 3.0, 3.5), ("2025-11-20", 3.0, 3.5),
    ("2025-12-22", 3.0, 3.5), ("2026-01-20", 3.0, 3.5), ("2026-02-24", 3.0, 3.5), ("2026-03-20", 3.0, 3.5),
    ("2026-04-20", 3.0, 3.5), ("2026-05-20", 3.0, 3.5), ("2026-06-22", 3.0, 3.5), ("2026-07-20", 3.0, 3.5),
    ("2026-08-20", 3.0, 3.5),
)  # fmt: skip
"""Day, one-year and five-year loan prime rate in per cent, as the National Interbank Funding Center published them."""

RATE_UNIT_E8 = 1_000_000
"""One per cent in 1e-8."""

DOWNTURN_HEIGHT = 0.5
DOWNTURN_MONTHS = 5.0


class PrimeRates:
    """The loan prime rates by day. Before the first and after the last published day the nearest one holds."""

    def __init__(self, last_month: int) -> None:
        known = [(to_day(date.fromisoformat(day)), one, five) for day, one, five in PUBLISHED_LPR]
        days = [day for day, _, _ in known]
        rates = [(one, five) for _, one, five in known]
        # The 20th, where no publication is known yet: the demo reaches past the last published rate.
        for month in range(int(month_of(np.asarray(days[-1:], dtype=np.int32))[0]) + 1, last_month + 1):
            days.append(int(first_day(np.asarray([month], dtype=np.int32))[0]) + 19)
            rates.append(rates[-1])
        self.days: Days = np.asarray(days, dtype=np.int32)
        self.rates_e8: Ints = np.round(np.asarray(rates) * RATE_UNIT_E8).astype(np.int64)

    def on(self, days: Days, tenor: Indexes) -> Ints:
        """The latest rate published by the day; tenor 0 is one year, 1 is five years."""
        row = np.maximum(np.searchsorted(self.days, days, side="right") - 1, 0)
        return np.asarray(self.rates_e8[row, tenor], dtype=np.int64)

    def for_year(self, years: Indexes) -> Ints:
        """The five-year rate that a loan repriced on 1 January follows: December's before."""
        new_year = first_day(((years - 1970) * 12).astype(np.int32))
        return self.on(new_year, np.ones(len(years), dtype=np.int32))


def stress_of(months: Indexes, first: int, last: int) -> Floats:
    """The macro path: 1 in quiet times, more in the downturn in the middle of the months shown."""
    middle = (first + last) / 2
    bump = np.exp(-(((months - middle) / DOWNTURN_MONTHS) ** 2))
    return np.asarray(1.0 + DOWNTURN_HEIGHT * bump, dtype=np.float64)


def _monthly(seed: int, months: Indexes, first: int, last: int) -> list[pl.DataFrame]:
    rng = stream(seed, "market")
    stress = stress_of(months, first, last) - 1.0
    ends = last_day(months)
    age = (months - months[0]) / 12.0
    frames = [
        _series("cpi_yoy", ends, 0.006 - 0.006 * stress + 0.002 * rng.standard_normal(len(months))),
        _series("unemployment", ends, 0.0515 + 0.006 * stress + 0.0008 * rng.standard_normal(len(months))),
    ]
    for city, (code, _, _) in enumerate(CITIES):
        drift = -0.028 + 0.004 * (city % 4)
        wobble = np.cumsum(0.002 * rng.standard_normal(len(months)))
        frames.append(_series(f"house_price_{code}", ends, 100 * np.exp(drift * age - 0.04 * stress + wobble)))
    quarter = months % QUARTER == QUARTER - 1
    growth = 0.051 - 0.012 * stress + 0.001 * rng.standard_normal(len(months))
    frames.append(_series("gdp_yoy", ends[quarter], growth[quarter]))
    return frames


def _series(name: str, days: Days, values: Floats) -> pl.DataFrame:
    return pl.DataFrame({"on": pl.Series(days).cast(pl.Date), "value": np.round(values, 6)}).select(
        pl.lit(name).alias("series"), "on", "value"
    )


def market_table(seed: int, rates: PrimeRates, ends: Days) -> pl.DataFrame:
    """All series as the feed table `market`, from three years before the first month-end."""
    first, last = int(month_of(ends)[0]), int(month_of(ends)[-1])
    months = np.arange(first - 36, last + 1, dtype=np.int32)
    frames = _monthly(seed, months, first, last)
    shown = rates.days <= ends[-1]
    for tenor, name in enumerate(("lpr_1y", "lpr_5y")):
        fractions = rates.rates_e8[shown, tenor] / 1e8
        frames.append(_series(name, rates.days[shown], fractions))
    return pl.concat(frames).sort("series", "on")


def house_prices(market: pl.DataFrame, days: Days, city: Indexes) -> Floats:
    """Each city's house-price index in the month of a day (the first month shown, where the day is earlier)."""
    codes = [f"house_price_{code}" for code, _, _ in CITIES]
    table = np.stack([market.filter(pl.col("series") == code)["value"].to_numpy() for code in codes])
    first = to_day(market.filter(pl.col("series") == codes[0])["on"].to_list()[0])
    row = month_of(days) - int(month_of(np.asarray([first], dtype=np.int32))[0])
    return np.asarray(table[city, np.clip(row, 0, table.shape[1] - 1)], dtype=np.float64)
