"""The rules of reminders: how long before a day falls due, and how long after, whom a message of which kind reaches."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.contact_rules import Role
from postloan.rules.figures import Cited, Days, Version
from postloan.rules.message_rules import Key

Of = Literal["maturity", "instalment", "arrears"]
Term = Literal["short", "long"]
Months = Annotated[int, Field(ge=1, le=120)]


class ShortTerm(Cited):
    """Up to how many months a loan is a short-term one."""

    months: Months


class Keeping(Cited):
    """For how many days after it was made a message about arrears is still worth sending."""

    days: Days


class ReminderStep(Cited):
    """A step: when it comes, what is sent, and to whom.

    of             the last day of a loan, the next due day, or what is past due.
    term           of which loans, where it is of their last day.
    days           before the day, or past due.
    until_days     up to how many days past due it is taken.
    instead        the message where `message` is a letter and nobody knows an address.
    to             to whom, of those who stand to the debt.
    needs_receipt  whether somebody looks after the proof that it arrived.
    """

    step: Key
    of: Of
    term: Term | None = None
    days: Days
    until_days: Days | None = None
    message: Key
    instead: Key | None = None
    to: Annotated[tuple[Role, ...], Field(strict=False, min_length=1)]
    needs_receipt: bool = False

    @model_validator(mode="after")
    def it_is_whole(self) -> "ReminderStep":
        """A step of maturity is of a term, one of arrears ends."""
        if (self.of == "maturity") != (self.term is not None):
            raise ValueError(f"{self.step}: term goes with maturity")
        if (self.of == "arrears") != (self.until_days is not None):
            raise ValueError(f"{self.step}: until_days goes with arrears")
        if self.until_days is not None and self.until_days < self.days:
            raise ValueError(f"{self.step} ends before it begins")
        if "third" in self.to:
            raise ValueError(f"{self.step}: a third person is told nothing of a debt")
        return self


class Reminders(Version):
    """The steps of the bank from a day on."""

    short_term: ShortTerm
    keep: Keeping
    steps: Annotated[tuple[ReminderStep, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def each_step_stands_once(self) -> "Reminders":
        """Two steps of one name would send one message for both."""
        names = [each.step for each in self.steps]
        if len(set(names)) < len(names):
            raise ValueError("a step stands twice")
        return self

    def named(self, step: str) -> ReminderStep | None:
        """Find a step."""
        return next((each for each in self.steps if each.step == step), None)
