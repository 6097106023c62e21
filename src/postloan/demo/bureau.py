"""What the credit bureau says of firms: debts at all banks, some of them bad where nothing is bad here."""

import numpy as np
import polars as pl

from postloan.demo.dates import NEVER, month_of
from postloan.demo.draws import Indexes, Ints, stream, systematic
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.parties import COMPANY, FINANCIAL, LARGE, MEDIUM
from postloan.demo.registers import Register
from postloan.demo.truth import DEFAULT_DAYS, Standing
from postloan.demo.write import day_series

OVERDUE_SHARE, BAD_SHARE = 0.006, 0.008
"""Of larger firms that pay here: so many are long overdue elsewhere, and so many more are classed bad elsewhere."""

STOPPED_SHARE = 0.5
"""Of firms that stopped here, so many have stopped elsewhere too."""

SMALL_ASKED = 3
"""Of small firms one in so many is asked about."""

OFTEN_MONTHS = 3


class Bureau:
    """Reports on firms at the take-on and each quarter's end; what is bad elsewhere begins on a day of its own."""

    def __init__(self, book: Book, known: Register, window: Window, seed: int) -> None:
        parties = book.parties
        rng = stream(seed, "elsewhere")
        size = len(parties.form)
        is_firm = np.isin(parties.form, (COMPANY, FINANCIAL))
        is_larger = is_firm & np.isin(parties.size, (LARGE, MEDIUM))
        self._asked = np.flatnonzero(is_larger | (is_firm & (np.arange(size) % SMALL_ASKED == 0)))
        self._book, self._known, self._rng = book, known, rng
        # Owed elsewhere for each cent owed here; a floor, so that a firm without a balance here still owes elsewhere.
        self._ratio = rng.uniform(0.4, 2.5, size)
        self._floor = parties.scale_cents // 4
        pays = np.flatnonzero(is_larger & (parties.stops_on >= NEVER))
        pays = pays[np.argsort(parties.scale_cents[pays], kind="stable")]
        # The very largest would move the bank's shares by themselves.
        pays = pays[: int(len(pays) * 0.9)]
        drawn, _ = systematic(np.full(len(pays), OVERDUE_SHARE + BAD_SHARE), rng.random())
        troubled = pays[drawn]
        is_overdue = rng.permutation(len(troubled)) < round(len(troubled) * OVERDUE_SHARE / (OVERDUE_SHARE + BAD_SHARE))
        self._overdue_share = np.zeros(size)
        self._overdue_share[troubled[is_overdue]] = rng.uniform(0.35, 0.8, int(is_overdue.sum()))
        self._bad_from = np.full(size, NEVER, dtype=np.int32)
        length = max(window.last - window.first, 1)
        self._bad_from[troubled] = window.first + rng.integers(0, length, len(troubled))
        stopped = np.flatnonzero(is_firm & (parties.stops_on < NEVER) & (rng.random(size) < STOPPED_SHARE))
        self._bad_from[stopped] = parties.stops_on[stopped] + 100
        self._overdue_share[stopped] = rng.uniform(0.1, 0.6, len(stopped))

    def report(self, standing: Standing, month: int) -> pl.DataFrame | None:
        """The month-end's reports, if it has any."""
        calendar = int(month_of(np.asarray([standing.on], dtype=np.int32))[0])
        if month and calendar % OFTEN_MONTHS != OFTEN_MONTHS - 1:
            return None
        rows = self._asked[self._known.debtor_month[self._asked] <= month]
        party, size = self._book.loans.party, len(self._book.parties.form)
        own = _sum(party, np.where(self._known.loan_month <= month, standing.outstanding_cents, 0), size)
        is_bad_here = (standing.days_past_due > DEFAULT_DAYS) & (self._known.loan_month <= month)
        own_over = _sum(party, np.where(is_bad_here, standing.outstanding_cents, 0), size)
        other = np.maximum((own * self._ratio).astype(np.int64), self._floor) // 100_00 * 100_00
        is_bad = self._bad_from <= standing.on
        other_over = np.where(is_bad, (other * self._overdue_share).astype(np.int64), 0)
        queries = self._rng.poisson(1.2 + 3.0 * is_bad[rows])
        return pl.DataFrame(
            {
                "debtor_id": self._known.debtor.gather(rows),
                "on": day_series(np.full(len(rows), standing.on, dtype=np.int32)),
                "all_banks_cents": (own + other)[rows],
                "all_banks_over_90_cents": (own_over + other_over)[rows],
                "other_bank_npl": is_bad[rows],
                "queries_3m": queries,
            }
        )


def _sum(owner: Indexes, cents: Ints, size: int) -> Ints:
    # Cents of one debtor stay below 2**53, where floats are exact.
    return np.bincount(owner, cents, size).astype(np.int64)
