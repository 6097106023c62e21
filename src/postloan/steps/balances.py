"""Balances: what each loan owes and has paid at close of the day."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.kernels import daycount, loan_arrays
from postloan.kernels import state as kernel
from postloan.kernels.daycount import NEVER
from postloan.kernels.reliefs import BECOMES, Reliefs
from postloan.kernels.walked_days import Spells
from postloan.rules.orders import Orders
from postloan.rules.servicing import OverdueInterest
from postloan.tables.days import day_numbers, days_of
from postloan.tables.results import Balances, Due, Position, RateChange, Relief, ScheduleSource, Spell
from postloan.tables.units import COMPONENTS

_EPOCH = date(1970, 1, 1)


class Serving(NamedTuple):
    """The law and policy by which loans are served.

    contractual, accounting  orders of payment: what the borrower owes, and what the bank books.
    long_overdue_over_days   the days past due beyond which a loan is in that stage.
    overdue                  how penalty and compound interest run.
    bucket_from_days         first day past due of each bucket, M0 first.
    """

    contractual: Orders
    accounting: Orders
    long_overdue_over_days: int
    overdue: OverdueInterest
    bucket_from_days: tuple[int, ...]


class Met(NamedTuple):
    """Balances, and what the walk through each loan's days left beside them.

    was_walked  per loan: it was late once, so its days were walked one by one.
    marks       [loan, month] of those that were: bucket of days past due at each month-end, the day's month last;
                loan_arrays.CURED where arrears were paid within the month.
    log         [line, 4]: day, instalment (-1 for none), component, cents of each allocation, where it was asked for.
    spells      since when they have owed what is oldest.
    credit_cents  per loan whose interest runs by the day: cash ahead of the amounts fallen due.
    """

    balances: dy.DataFrame[Balances]
    was_walked: NDArray[np.bool_]
    marks: NDArray[np.int8]
    log: NDArray[np.int64]
    spells: dy.DataFrame[Spell]
    credit_cents: NDArray[np.int64]


def balances(
    positions: dy.DataFrame[Position],
    dues: dy.DataFrame[Due],
    sources: dy.DataFrame[ScheduleSource],
    payments: pl.DataFrame,
    rates: dy.DataFrame[RateChange],
    rolled: pl.DataFrame,
    reliefs: dy.DataFrame[Relief],
    *,
    serving: Serving,
    on: date,
    log_lines: int = 0,
    walks_all: bool = False,
) -> Met:
    """Meet each loan's instalments with its payments.

    Reads   positions, dues; sources: schedule_gap_cents per loan; payments: facts of `payment` by loan and day, those
            taken back already left out; rates: changes of the contract rate; rolled: instalments that count as overdue
            since a day before the one they fell due; reliefs by loan and day. log_lines, walks_all: see kernels.state.
    Writes  amounts in cents and days, one row a position; received = paid + unapplied. What is relieved leaves at close
            of its day. accounting_*: the same cash in the order in which the bank books it.
    Source  rulebook: allocation_order, allocation, overdue_interest.
    """
    inputs = kernel_inputs(positions, dues, sources, payments, rates, rolled)
    at = (on - _EPOCH).days
    products = positions["product"]
    state, was_walked, walk = kernel.run(
        at, _rules(serving, serving.contractual), *_under(inputs, serving.contractual, products),
        reliefs=_reliefs(reliefs, positions), log_lines=log_lines, walks_all=walks_all,
    )  # fmt: skip
    principal_cents, income_cents = state.outstanding_cents.copy(), _income_cents(state)
    is_booked_otherwise = np.bitwise_and(walk.stages, _stages_unlike(serving)).astype(np.bool_)
    if is_booked_otherwise.any():
        late = positions.select("loan_no", "product").filter(is_booked_otherwise)
        of_late = loan_arrays.of_some(is_booked_otherwise, *inputs)
        booked, _, _ = kernel.run(
            at, _rules(serving, serving.accounting), *_under(of_late, serving.accounting, late["product"]),
            reliefs=_reliefs(reliefs, late),
        )  # fmt: skip
        principal_cents[is_booked_otherwise] = booked.outstanding_cents
        income_cents[is_booked_otherwise] = _income_cents(booked)
    frame = pl.DataFrame(
        {"loan_no": positions["loan_no"]}
        | _columns(state)
        | {"accounting_principal_cents": principal_cents, "accounting_income_cents": income_cents}
    )
    spells = _spells(positions["loan_no"], walk.spells)
    return Met(Balances.validate(frame), was_walked, walk.marks, walk.log, spells, walk.credit_cents)


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
    positions: dy.DataFrame[Position] | pl.DataFrame,
    dues: dy.DataFrame[Due],
    sources: dy.DataFrame[ScheduleSource] | pl.DataFrame,
    payments: pl.DataFrame,
    rates: dy.DataFrame[RateChange],
    rolled: pl.DataFrame,
) -> tuple[loan_arrays.Terms, loan_arrays.Dues, loan_arrays.Payments]:
    """Lay tables out as the arrays the state kernels walk."""
    loans = positions["loan_no"].to_numpy()
    begins_on = day_numbers(positions["begins_on"], NEVER)
    terms = loan_arrays.Terms(
        begins_on=begins_on,
        counts_after=np.where(positions["is_taken_on"].to_numpy(), begins_on, begins_on - 1),
        # Where the instalments have more principal than the balance, the larger is the debt.
        balance_cents=positions["balance_cents"].to_numpy() + np.maximum(0, -sources["schedule_gap_cents"].to_numpy()),
        penalty_cents=positions["penalty_cents"].to_numpy(),
        compound_cents=positions["compound_cents"].to_numpy(),
        accrued_cents=positions["accrued_cents"].to_numpy(),
        is_daily=(positions["method"] == "daily_interest").to_numpy(),
        rate_e8=positions["annual_rate_e8"].to_numpy(),
        rates=loan_arrays.Rates(
            loan_arrays.offsets(rates["loan_no"].to_numpy(), loans),
            day_numbers(rates["from_on"], NEVER),
            rates["rate_e8"].to_numpy(),
        ),
        day_count=positions["day_count"].replace_strict(daycount.CODES, return_dtype=pl.Int32).to_numpy(),
        grace_days=positions["grace_days"].to_numpy(),
        penalty_factor_e8=positions["penalty_factor_e8"].to_numpy(),
        compound_factor_e8=positions["compound_factor_e8"].to_numpy(),
        misuse_factor_e8=positions["misuse_factor_e8"].to_numpy(),
        misused_from=day_numbers(positions["misused_from_on"], NEVER),
        accelerated_from=day_numbers(positions["accelerated_from_on"], NEVER),
        written_off_from=day_numbers(positions["written_off_from_on"], NEVER),
        policy=np.zeros(positions.height, np.int32),
    )
    dues_of = loan_arrays.Dues(
        rows=loan_arrays.offsets(dues["loan_no"].to_numpy(), loans),
        due_on=day_numbers(dues["due_on"], NEVER),
        counts_from=_counts_from(dues, rolled),
        principal_cents=dues["principal_cents"].to_numpy(),
        interest_cents=dues["interest_cents"].to_numpy(),
        fee_cents=dues["fee_cents"].to_numpy(),
    )
    payments_of = loan_arrays.Payments(
        rows=loan_arrays.offsets(payments["loan_no"].to_numpy(), loans),
        paid_on=day_numbers(payments["paid_on"], NEVER),
        cents=payments["amount_cents"].to_numpy(),
    )
    return terms, dues_of, payments_of


def _counts_from(dues: pl.DataFrame, rolled: pl.DataFrame) -> NDArray[np.int32]:
    """The day since which each instalment is overdue, if it is unpaid after its due day."""
    if rolled.is_empty():
        return day_numbers(dues["due_on"], NEVER)
    counted = dues.join(rolled, on=["loan_no", "due_on"], how="left", maintain_order="left")
    return day_numbers(counted.select(pl.coalesce("counts_from", "due_on")).to_series(), NEVER)


def _reliefs(reliefs: dy.DataFrame[Relief], positions: pl.DataFrame) -> Reliefs:
    def codes(name: str, code: Mapping[str, int]) -> NDArray[np.int32]:
        return reliefs[name].cast(pl.String).replace_strict(code, return_dtype=pl.Int32).to_numpy()

    return Reliefs(
        rows=loan_arrays.offsets(reliefs["loan_no"].to_numpy(), positions["loan_no"].to_numpy()),
        on=day_numbers(reliefs["relieved_on"], NEVER),
        component=codes("component", {name: at for at, name in enumerate(COMPONENTS)}),
        cents=reliefs["amount_cents"].to_numpy(),
        becomes=codes("becomes", BECOMES),
    )


def _under(
    inputs: tuple[loan_arrays.Terms, loan_arrays.Dues, loan_arrays.Payments], orders: Orders, products: pl.Series
) -> tuple[loan_arrays.Terms, loan_arrays.Dues, loan_arrays.Payments]:
    """Name each loan's policy: that of its product where it has one of its own."""
    if not orders.products:
        return inputs
    rows = {product: row for row, product in enumerate(orders.products, start=1)}
    policy = products.replace_strict(rows, default=0, return_dtype=pl.Int32).to_numpy()
    return inputs[0]._replace(policy=policy), inputs[1], inputs[2]


def _rules(serving: Serving, orders: Orders) -> loan_arrays.Rules:
    overdue = serving.overdue
    return loan_arrays.Rules(
        components=orders.components,
        groups=orders.groups,
        long_overdue_over_days=serving.long_overdue_over_days,
        bucket_from_days=np.array(serving.bucket_from_days, np.int32),
        grace_is_retroactive=overdue.grace.is_retroactive,
        compounds_penalty=overdue.compound.on_penalty,
        settles_every_months=overdue.settlement.every_months,
        settles_on_day=overdue.settlement.on_day,
    )


def _stages_unlike(serving: Serving) -> int:
    """Name by their bits the stages in which cash is booked in another order than it is owed, for any product."""
    one, other = serving.contractual, serving.accounting
    if one.products != other.products:
        return -1
    unlike = (one.components != other.components) | (one.groups != other.groups)
    return sum(1 << stage for stage, is_unlike in enumerate(unlike.any(axis=(0, 2)).tolist()) if is_unlike)


def _income_cents(state: loan_arrays.State) -> NDArray[np.int64]:
    return state.paid_interest_cents + state.paid_penalty_cents + state.paid_compound_cents


def _spells(loans: pl.Series, spells: Spells) -> dy.DataFrame[Spell]:
    told = slice(spells.lines[0])
    frame = pl.DataFrame(
        {
            "loan_no": loans.gather(spells.loan[told]),
            "from_on": pl.Series(spells.from_on[told]).cast(pl.Date),
            "oldest_due_on": days_of(spells.oldest_due_on[told], NEVER),
            "paid_principal_cents": spells.paid_principal_cents[told],
        }
    )
    return Spell.cast(frame)


def _columns(state: loan_arrays.State) -> dict[str, pl.Series]:
    return {
        name: days_of(values, NEVER) if name.endswith("_on") else pl.Series(values)
        for name, values in state._asdict().items()
    }
