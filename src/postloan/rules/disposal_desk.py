"""The rule of disposal at the desk: by when a plan is made, and who agrees to what."""

from typing import Literal

from postloan.rules.figures import Cited, Days, Version

Route = Literal["cash", "settlement", "transfer", "securitisation", "asset", "write_off"]
ROUTES: tuple[Route, ...] = ("cash", "settlement", "transfer", "securitisation", "asset", "write_off")


class ChaseRule(Cited):
    """How long after anybody looked into a debt that is pursued somebody looks again, and how long that may take."""

    every_days: Days
    due_in_days: Days


class DisposalDesk(Version):
    """What the desk asks of cases of disposal from a day on.

    plan_due_in_days  by when whoever holds a case says by which route it is to go.
    """

    plan_due_in_days: Days
    chase: ChaseRule
