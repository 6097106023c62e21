"""Balances: what each loan owes and has paid at close of the day."""

from collections.abc import Sequence
from datetime import date

import dataframely as dy
import numpy as np
import polars as pl

from postloan.kernels import daycount
from postloan.kernels import state as kernel
from postloan.tables.results import Balances, Due, Position, ScheduleSource

_KERNEL_COMPONENTS = {"fee": kernel.FEE, "interest": kernel.INTEREST, "principal": kernel.PRINCIPAL}
_EPOCH = date(1970, 1, 1)


def balances(
    positions: dy.DataFrame[Position],
    dues: dy.DataFrame[Due],
    sources: dy.DataFrame[ScheduleSource],
    payments: pl.DataFrame,
    *,
    order: Sequence[str],
    on: date,
) -> dy.DataFrame[Balances]:
    """Meet each loan's instalments with its payments.

    Reads   positions, dues; sources: schedule_gap_cents per loan; payments: facts of
            `payment` by loan and day, those taken back already left out.
    Writes  amounts in cents and days, one row a position; received = paid + unapplied.
    Source  rulebook: allocation_order (Civil Code Art. 561), the order within an instalment.

    Penalty taken on is older than any instalment and is paid first; new penalty does not run yet.
    """
    terms, dues_of, payments_of = kernel_inputs(positions, dues, sources, payments)
    codes = np.array([_KERNEL_COMPONENTS[name] for name in order if name in _KERNEL_COMPONENTS], np.int8)
    state = kernel.run((on - _EPOCH).days, codes, terms, dues_of, payments_of)
    columns = {"loan_no": positions["loan_no"]} | {
        name: _date_or_null(values) if name.endswith("_on") else pl.Series(values)
        for name, values in state._asdict().items()
    }
    return Balances.validate(pl.DataFrame(columns))


def without_reversed(payments: pl.DataFrame, *, on: date) -> pl.DataFrame:
    """Leave out payments taken back by `on`, and the rows that take them back.

    A reversal undoes its payment from the beginning, but only for those who look on or after the day it was made.
    """
    reversals = payments.filter(pl.col("reverses_payment_id").is_not_null())
    if reversals.is_empty():
        return payments
    undone = reversals.filter(pl.col("paid_on") <= on).select(payment_id="reverses_payment_id")
    return payments.filter(pl.col("reverses_payment_id").is_null()).join(
        undone, on="payment_id", how="anti", maintain_order="left"
    )


def kernel_inputs(
    positions: dy.DataFrame[Position],
    dues: dy.DataFrame[Due],
    sources: dy.DataFrame[ScheduleSource],
    payments: pl.DataFrame,
) -> tuple[kernel.Terms, kernel.Dues, kernel.Payments]:
    """Lay tables out as the arrays the state kernel walks."""
    loans = positions["loan_no"].to_numpy()
    begins_on = _day_numbers(positions, "begins_on")
    terms = kernel.Terms(
        begins_on=begins_on,
        counts_after=np.where(positions["is_taken_on"].to_numpy(), begins_on, begins_on - 1),
        # Where the instalments have more principal than the balance, the larger is the debt.
        balance_cents=positions["balance_cents"].to_numpy() + np.maximum(0, -sources["schedule_gap_cents"].to_numpy()),
        penalty_cents=positions["penalty_cents"].to_numpy(),
        accrued_cents=positions["accrued_cents"].to_numpy(),
        is_daily=(positions["method"] == "daily_interest").to_numpy(),
        rate_e8=positions["annual_rate_e8"].to_numpy(),
        day_count=positions["day_count"].replace_strict(daycount.CODES, return_dtype=pl.Int32).to_numpy(),
    )
    dues_of = kernel.Dues(
        rows=kernel.offsets(dues["loan_no"].to_numpy(), loans),
        due_on=_day_numbers(dues, "due_on"),
        principal_cents=dues["principal_cents"].to_numpy(),
        interest_cents=dues["interest_cents"].to_numpy(),
        fee_cents=dues["fee_cents"].to_numpy(),
    )
    payments_of = kernel.Payments(
        rows=kernel.offsets(payments["loan_no"].to_numpy(), loans),
        paid_on=_day_numbers(payments, "paid_on"),
        cents=payments["amount_cents"].to_numpy(),
    )
    return terms, dues_of, payments_of


def _day_numbers(frame: pl.DataFrame, name: str) -> kernel.Days:
    return frame[name].to_physical().to_numpy()


def _date_or_null(days: kernel.Days) -> pl.Series:
    numbers = pl.Series(days)
    return numbers.set(numbers == daycount.NEVER, None).cast(pl.Date)
