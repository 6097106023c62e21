"""The shape of the rule of covenants: when a period's statement is due, and how far back tests are told."""

from typing import Annotated

from pydantic import Field

from postloan.rules.figures import Cited, Days, Version


class StatementDue(Cited):
    """How many days after a period's end its statement is in time; more for a whole year's, which is audited."""

    within_days: Days
    year_within_days: Days


class Told(Cited):
    """How many months of tests are published."""

    months: Annotated[int, Field(ge=1, le=120)]


class Covenants(Version):
    """How covenants are tested from a day on."""

    statement: StatementDue
    told: Told
