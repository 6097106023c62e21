"""Covenants as a night finds them: the loans on the book, what they are drawn under, and the tests of each promise."""

from datetime import date

import dataframely as dy
import polars as pl

from postloan.plan.inputs import Inputs
from postloan.rules.rulebook import Policy
from postloan.steps.covenants import covenant_tests
from postloan.tables.beside import found_beside
from postloan.tables.covenants import CovenantTest
from postloan.tables.published import PublishedLoan


def tested(
    inputs: Inputs, loans: dy.DataFrame[PublishedLoan], policy: Policy, *, on: date
) -> dy.DataFrame[CovenantTest]:
    """Test the covenants of the shard's loans on the book; where there is none, nothing is looked for."""
    if inputs.covenant.is_empty():
        return CovenantTest.create_empty()
    columns = ("loan_no", "loan_id", "debtor_no", "debtor_id", "org_id", "officer_id", "disbursed_on",
               "outstanding_cents", "status")  # fmt: skip
    on_book = loans.select(columns).filter(pl.col("status") == "active")
    drawn = found_beside(on_book, inputs.loan.select("loan_no", "contract_id"))
    under = drawn.join(inputs.contract.select("contract_id", "facility_id"), on="contract_id", how="left",
                       maintain_order="left")  # fmt: skip
    return covenant_tests(
        inputs.covenant, inputs.facility, under, inputs.statement, inputs.decision, law=policy.covenants, on=on
    )
