"""Incomes of persons, as they are evidenced: when they first borrow here and each spring, of most of them."""

import numpy as np
import polars as pl

from postloan.demo.dates import last_day
from postloan.demo.draws import stream
from postloan.demo.loans import Book
from postloan.demo.parties import PERSON, SOLE_TRADER
from postloan.demo.products import BUSINESS, CONSUMER, HOME, MICRO, YEAR
from postloan.demo.registers import Register
from postloan.demo.write import day_series

ITEM = "annual_income"
SHOWN_IN = 3
"""The income of a year is shown in April; months are counted from January as 0."""

SHOWN_SHARE = 0.85
"""Of so many the bank has an income; who does not show it once does not show it later."""

YEARLY = {HOME: 0.085, CONSUMER: 0.42, BUSINESS: 0.25, MICRO: 0.15}
"""Of the amount of a first loan, about so much is paid in a year."""

PAID_SHARE, SPREAD = 0.32, 0.30
"""In the middle, so much of an income goes there; log-normal around it."""

ROUND_CENTS = 1_000_00


class Incomes:
    """The incomes of the bank's persons and sole traders, each the same every year."""

    def __init__(self, book: Book, known: Register, seed: int) -> None:
        parties, size = book.parties, len(book.parties.form)
        rng = stream(seed, "incomes")
        shows = np.isin(parties.form, (PERSON, SOLE_TRADER)) & (rng.random(size) < SHOWN_SHARE)
        of_amount = np.full(size, YEARLY[BUSINESS])
        for product, share in YEARLY.items():
            of_amount[parties.product == product] = share
        paid_share = PAID_SHARE * np.exp(SPREAD * rng.standard_normal(size))
        yuan = np.round(parties.scale_cents * of_amount / paid_share / ROUND_CENTS)
        self._known, self._cents = known, yuan.astype(np.int64) * ROUND_CENTS
        self._shows = shows & (self._cents > 0)

    def shown(self, month: int, end: int) -> pl.DataFrame:
        """Rows of the feed table statement: the last whole year's income, of whoever is new, and in April of all.

        month  number of the month-end, of which 0 is the take-on; end is its month.
        """
        is_here = self._known.debtor_month <= month
        is_shown = is_here if month == 0 or end % YEAR == SHOWN_IN else self._known.debtor_month == month
        rows = np.flatnonzero(self._shows & is_shown)
        year_end = int(last_day(np.asarray([end - end % YEAR - 1], dtype=np.int32))[0])
        return pl.DataFrame(
            {
                "debtor_id": self._known.debtor.gather(rows),
                "period_end_on": day_series(np.full(len(rows), year_end, dtype=np.int32)),
                "item": pl.Series([ITEM], dtype=pl.String).new_from_index(0, len(rows)),
                "value_cents": self._cents[rows],
                "audited": np.zeros(len(rows), np.bool_),
            }
        )
