"""One loan on one day: its debtor's facts, assessed as the night assesses them."""

from datetime import date
from typing import NamedTuple

from postloan.errors import LoanUnknown
from postloan.intake.facts import Facts
from postloan.plan.inputs import Inputs, Neighbours, of_debtor, read_inputs
from postloan.plan.night import Assessment, assess
from postloan.rules.rulebook import Policy


class OneLoan(NamedTuple):
    """A loan's number and shard, the facts of its debtor, and what was found of them."""

    loan_no: int
    shard: int
    inputs: Inputs
    assessed: Assessment


def assess_one(facts: Facts, neighbours: Neighbours, policy: Policy, loan_id: str, on: date) -> OneLoan:
    """Assess a loan's debtor from the facts.

    Raises LoanUnknown, also where the loan is not in the book on the day.
    """
    loan_no, debtor_no, shard = facts.find_loan(loan_id)
    inputs = of_debtor(read_inputs(facts, shard, neighbours), debtor_no)
    assessed = assess(inputs, policy, on=on)
    if not (assessed.loans["loan_no"] == loan_no).any():
        raise LoanUnknown(
            message=f"Loan {loan_id} was not in the book on {on}.",
            hint="It was paid out or taken on later; ask for a later day.",
            where={"loan_id": loan_id, "on": on},
        )
    return OneLoan(loan_no, shard, inputs, assessed)
