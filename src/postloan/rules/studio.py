"""The rules of the rule studio: what a warning is judged by, over which history, and what an alert costs."""

from typing import Annotated

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, Version

Several = Annotated[int, Field(ge=1, le=1_000)]
Minutes = Annotated[int, Field(ge=1, le=10_000)]


class Outcome(Cited):
    """What a warning warns of: a debtor with a loan past due for so many days, or in stage 3, within so many months.

    early_from_months  how long before it a warning is early.
    """

    overdue_from_days: Days
    within_months: Several
    early_from_months: Several

    @model_validator(mode="after")
    def early_lies_within(self) -> "Outcome":
        """Nothing is early beyond the months that are looked ahead."""
        if self.early_from_months > self.within_months:
            raise ValueError("early_from_months lies within within_months")
        return self


class TrialMonths(Cited):
    """How many month-ends a rule is tried on at most, counted back from the last one whose outcome is known."""

    months_most: Several


class Effort(Cited):
    """The time that an officer needs for an alert."""

    minutes_an_alert: Minutes


class Earning(Cited):
    """A rule that takes more hours for an alert that is right does not earn them.

    alerts_from  fewer alerts than these say nothing of a rule.
    """

    hours_most: Several
    alerts_from: Several


class Shown(Cited):
    """How many debtors a trial shows, and how many other rules."""

    debtors: Several
    others: Several


class OwnIds(Cited):
    """What the number of a rule that the bank wrote itself begins with."""

    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]


class Studio(Version):
    """What the studio goes by from a day on."""

    outcome: Outcome
    history: TrialMonths
    effort: Effort
    earning: Earning
    shown: Shown
    own_ids: OwnIds
