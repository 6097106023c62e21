"""The shape of the rule of the supervisor's forms: from how many days on a loan stands in which line."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, Version, Words, rises


class OverdueLine(Cited):
    """A loan past due for `from_days` or more stands in this line, until the next one begins."""

    line: Words
    from_days: Days


class WholeBalance(Cited):
    """From so many days past due on, the whole balance of a consumer loan repaid by instalments is overdue."""

    from_days: Days


class RestructuredOverdue(Cited):
    """A restructured loan past due for more than `over_days` is counted apart."""

    over_days: Days


class Forms(Version):
    """What form G11 counts as overdue."""

    overdue_lines: Annotated[tuple[OverdueLine, ...], Field(strict=False, min_length=1)]
    consumer_whole_balance: WholeBalance
    restructured_overdue: RestructuredOverdue

    @model_validator(mode="after")
    def every_day_overdue_has_one_line(self) -> Self:
        """The lines begin at day 1, leave no gap and do not overlap."""
        days = [line.from_days for line in self.overdue_lines]
        if days[0] != 1 or not rises(days):
            raise ValueError("from_days begins at 1 and rises with the line")
        return self
