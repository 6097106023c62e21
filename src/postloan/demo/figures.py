"""The demo bank's own figures: what its ledger books for losses, month by month, and what it is measured against."""

import numpy as np
import polars as pl

from postloan.demo.dates import month_of, to_date
from postloan.demo.lines import Window
from postloan.demo.market import stress_of
from postloan.demo.truth import DEFAULTED, Standing, is_in_the_book

BOOKED_BP, BOOKED_LOST_BP = 262, 40
"""Provisions over loans, in 1e-4: in quiet times, and how much less for each unit of stress."""

RWA_BP, RISK_ASSETS_BP, RESERVE_BP = 7_600, 11_500, 155
"""Of the loans: risk-weighted and risk assets. Of the risk assets: the general reserve."""

OTHER_NPA_BP, OTHER_COVERAGE_BP = 600, 8_200
"""Other non-performing assets over bad loans, and the provisions for them."""

WHOLE_BP = 10_000


class LossLedger:
    """The bank's books about losses, one month-end after the other. What accrues is what the balance needs."""

    def __init__(self, window: Window) -> None:
        months = month_of(window.ends)
        self._stress = stress_of(months, int(months[0]), int(months[-1])) - 1.0
        self._booked_cents: int | None = None

    def next_month(self, standing: Standing, month: int) -> pl.DataFrame:
        """The rows of the feed table `bank_figure` of a month-end; the take-on has no movement."""
        # Loans that are yet to be paid out stand there too, with all of their principal.
        loans_cents = int(standing.outstanding_cents[is_in_the_book(standing)].sum())
        bad_cents = int(standing.outstanding_cents[standing.state == DEFAULTED].sum())
        booked_bp = BOOKED_BP - int(np.round(BOOKED_LOST_BP * self._stress[month]))
        risk_assets_cents = _part(loans_cents, RISK_ASSETS_BP)
        other_npa_cents = _part(bad_cents, OTHER_NPA_BP)
        booked_cents = _part(loans_cents, booked_bp)
        figures = {
            "loan_loss_provisions": booked_cents,
            "general_reserve": _part(risk_assets_cents, RESERVE_BP),
            "risk_assets": risk_assets_cents,
            "other_npa": other_npa_cents,
            "other_npa_provisions": _part(other_npa_cents, OTHER_COVERAGE_BP),
            "credit_rwa": _part(loans_cents, RWA_BP),
        }
        if self._booked_cents is not None:
            change_cents = booked_cents - self._booked_cents
            # The demo bank writes nothing off, and so has nothing to recover.
            figures |= {
                "provisions_accrued": max(change_cents, 0), "provisions_reversed": max(-change_cents, 0),
                "provisions_written_off": 0, "provisions_recovered": 0,
            }  # fmt: skip
        self._booked_cents = booked_cents
        rows = [(figure, to_date(standing.on), cents) for figure, cents in sorted(figures.items())]
        return pl.DataFrame(rows, schema=["figure", "on", "value_cents"], orient="row")


def _part(cents: int, bp: int) -> int:
    return cents * bp // WHOLE_BP
