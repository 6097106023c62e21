"""The demo bank's general ledger: principal office by office, with a few planted differences that the truth keeps."""

import numpy as np
import polars as pl

from postloan.demo.dates import to_date
from postloan.demo.draws import stream
from postloan.demo.loans import Book
from postloan.demo.offices import sub_branch_ids
from postloan.demo.truth import Standing, is_in_the_book

ACCOUNT = "loans_principal"
"""The one account it states: the demo knows nobody's interest to the day, and does not make up what it knows not."""

MISBOOKED_EVERY, LATE_EVERY = 3, 4
"""Months between two payments booked in a neighbour's office, and between two that were booked a day late."""

AMOUNT_CENTS = (50_000, 5_000_000)


class GeneralLedger:
    """The ledger month by month. `planted` holds what it says wrong: org_id, account, on, difference_cents."""

    def __init__(self, book: Book, seed: int) -> None:
        self._office = book.parties.office[book.loans.party]
        self._offices, self._seed = pl.Series(sub_branch_ids()), seed
        self._planted: list[pl.DataFrame] = []

    @property
    def planted(self) -> pl.DataFrame:
        """Every difference so far, the ledger's less what is right."""
        return pl.concat(self._planted)

    def next_month(self, standing: Standing, month: int) -> pl.DataFrame:
        """The rows of the feed table `gl_balance` of a month-end, for every office that has lent."""
        held = np.flatnonzero(is_in_the_book(standing))
        sums = np.zeros(len(self._offices), dtype=np.int64)
        np.add.at(sums, self._office[held], standing.outstanding_cents[held])
        wrong = self._differences(month, np.flatnonzero(sums))
        frame = self._rows(standing.on, sums + wrong)
        self._planted.append(self._rows(standing.on, wrong).rename({"balance_cents": "difference_cents"}))
        return frame

    def _differences(self, month: int, lending: np.ndarray) -> np.ndarray:
        rng = stream(self._seed, "ledger", month)
        wrong = np.zeros(len(self._offices), dtype=np.int64)
        one, other, late = rng.choice(lending, 3)
        misbooked, late_cents = rng.integers(*AMOUNT_CENTS, 2)
        if month % MISBOOKED_EVERY == MISBOOKED_EVERY - 1:
            wrong[one] += misbooked
            wrong[other] -= misbooked
        if month % LATE_EVERY == LATE_EVERY - 1:
            wrong[late] += late_cents
        return wrong

    def _rows(self, on: int, cents: np.ndarray) -> pl.DataFrame:
        rows = np.flatnonzero(cents)
        frame = pl.DataFrame({"org_id": self._offices.gather(rows), "balance_cents": cents[rows]})
        return frame.with_columns(account=pl.lit(ACCOUNT), on=pl.lit(to_date(on)))
