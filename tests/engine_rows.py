"""Facts for tests of the engine, as intake would have left them: typed, numbered and in order."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

import dataframely as dy
import polars as pl

from postloan.intake.shape import facts_shape
from postloan.plan.inputs import Inputs
from postloan.plan.night import serving_under
from postloan.rules.rulebook import Policy, load_rulebook, policy_on
from postloan.rules.shapes import YearArranged
from postloan.steps.balances import Serving
from postloan.steps.contract_rates import repriced
from postloan.steps.positions import positions
from postloan.steps.schedule import Schedule, schedule
from postloan.tables.results import Position

Row = dict[str, Any]

TABLES = (
    "loan",
    "debtor",
    "opening",
    "instalment",
    "payment",
    "ledger",
    "written_off",
    "decision",
    "elsewhere",
    "contract",
    "pledge",
    "guarantee",
    "collateral",
    "valuation",
    "market",
    "statement",
    "event",
    "account_entry",
    "legal_event",
    "covenant",
    "facility",
)
RULEBOOK = load_rulebook(None)


def facts(table: str, *rows: Row) -> pl.DataFrame:
    """The rows of a facts table, sorted as intake sorts them; what a row does not say is null."""
    shape = facts_shape(table)
    for row in rows:
        assert row.keys() <= shape.columns.keys(), f"{row.keys() - shape.columns.keys()} are no columns of {table}"
    blank = dict.fromkeys(shape.columns)
    return pl.DataFrame([blank | row for row in rows], schema=shape.columns).sort(shape.order, maintain_order=True)


def inputs(**rows: list[Row]) -> Inputs:
    """The inputs of a night; a table not named is empty."""
    tables = {table: facts(table, *rows.get(table, ())) for table in TABLES}
    named = tables["debtor"].select(guarantor_id="debtor_id", guarantor_no="debtor_no")
    given = tables["guarantee"].select(
        "debtor_no", "guarantor_id", "amount_cents", "is_maximum_amount", "begins_on", "ends_on"
    )
    guarantors = given.join(named, on="guarantor_id", maintain_order="left").drop("guarantor_id")
    days = tables["ledger"].select("on").unique().sort("on")
    return Inputs(**tables, guarantors=guarantors, ledger_days=days)


def loan(loan_no: int, debtor_no: int = 1, **terms: Any) -> Row:
    """A loan of 1,200.00 at 12 % over a year from 15 January 2024, repaid level, unless its terms say otherwise."""
    return {
        "loan_no": loan_no, "debtor_no": debtor_no, "loan_id": f"L{loan_no}", "org_id": "010", "product": "consumer",
        "currency": "CNY", "principal_cents": 120_000, "disbursed_on": date(2024, 1, 15),
        "matures_on": date(2025, 1, 15), "annual_rate_e8": 12_000_000, "method": "level_instalment",
        "known_on": date(2024, 1, 15),
    } | terms  # fmt: skip


def debtor(debtor_no: int = 1, **says: Any) -> Row:
    """A large company, which is never retail, unless said otherwise."""
    return {
        "debtor_no": debtor_no, "debtor_id": f"D{debtor_no}", "name": f"debtor {debtor_no}", "legal_form": "company",
        "size_class": "large", "region_code": "110000",
    } | says  # fmt: skip


def instalments(
    loan_no: int, *amounts: tuple[date, int, int], version: int = 1, seq: int = 1, **says: Any
) -> list[Row]:
    """Instalments of a loan: due day, principal and interest of each."""
    return [
        {"loan_no": loan_no, "version": version, "seq": at, "due_on": due_on, "principal_cents": principal,
         "interest_cents": interest} | says
        for at, (due_on, principal, interest) in enumerate(amounts, start=seq)
    ]  # fmt: skip


def payment(loan_no: int, paid_on: date, cents: int, *, reverses: str | None = None, name: str | None = None) -> Row:
    """A payment, or the reversal of one."""
    named = name or f"P{loan_no}-{paid_on}-{cents}{'-R' if reverses else ''}"
    return {
        "payment_id": named, "loan_no": loan_no, "paid_on": paid_on, "amount_cents": cents,
        "reverses_payment_id": reverses,
    }  # fmt: skip


def overdue_loan(loan_no: int, days: int, *, on: date, debtor_no: int = 1, cents: int = 100_000) -> tuple[Row, Row]:
    """A loan all of whose principal fell due so many days before the business date, unpaid; and its instalment."""
    due_on = on - timedelta(days=days)
    row = loan(
        loan_no, debtor_no, principal_cents=cents, matures_on=on + timedelta(days=30), method="scheduled",
        disbursed_on=due_on - timedelta(days=30),
    )  # fmt: skip
    return row, instalments(loan_no, (due_on, cents, 0))[0]


def policy(on: date, *, book_of_record: str = "core") -> Policy:
    """The shipped rules of a day, with either system as the book of record."""
    return kept_by(policy_on(RULEBOOK, on), book_of_record)


def kept_by(law: Policy, system: str) -> Policy:
    """The same rules, with either system as the book of record."""
    holder = law.book_of_record.holder.model_copy(update={"system": system})
    return Policy(**(vars(law) | {"book_of_record": law.book_of_record.model_copy(update={"holder": holder})}))


SERVING: Serving = serving_under(policy(date(2024, 1, 1)))


def positions_of(loans: pl.DataFrame, openings: pl.DataFrame, *decisions: Row, on: date) -> dy.DataFrame[Position]:
    """Where each loan stands, compound interest at the penalty rate."""
    decided = facts("decision", *decisions)
    return positions(loans, openings, decided, facts("written_off"), compound_rate="penalty", on=on)


def scheduled(
    held: dy.DataFrame[Position],
    *instalments: Row,
    opened: pl.DataFrame | None = None,
    market: Sequence[Row] = (),
    years: Sequence[YearArranged] = (),
    overdue_from: Literal["rolled_day", "due_day"] = "rolled_day",
    on: date,
) -> Schedule:
    """What falls due and when, as the night finds it."""
    return schedule(
        held, facts("instalment", *instalments), facts("opening") if opened is None else opened,
        repriced(held, facts("market", *market), on=on), years=years, overdue_from=overdue_from, on=on,
    )  # fmt: skip
