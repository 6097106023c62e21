"""The rules of the warning desk: by when a case is verified, planned and settled, who agrees, and when it comes back.

The levels and what makes a signal are rules of the night, bank/warnings; here is what people do about them.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Days, Strict, Version, Words
from postloan.rules.warnings import Level
from postloan.tables.warnings import LEVELS


class Within(Strict):
    """A time to do something in, counted from the day after: working days by the bank's calendar, or any days."""

    days: Days
    counts: Literal["working", "calendar"]


class LevelRule(Cited):
    """What a level asks of people.

    verify       by when a signal is found true or a false alarm.
    plan         by when measures are planned; a level without one needs none.
    settle       by when the case is proposed for lifting, where no measure ends sooner.
    escalates_to_above  whether what is late is put before the office above.
    cooling_off_days    how long after its end a signal opens no case again, unless it is worse than it was.
    false_alarm, lift   the chain of approvals by which a false alarm, or a lifting, is agreed to. Without a chain
                        whoever verifies a false alarm does so alone; nobody lifts alone.
    plan_chain   the chain by which a plan is agreed to.
    """

    level: Level
    verify: Within
    plan: Within | None = None
    settle: Within
    escalates_to_above: bool
    cooling_off_days: Days
    false_alarm: Words | None = None
    plan_chain: Words | None = None
    lift: Words

    @model_validator(mode="after")
    def a_plan_is_agreed_to(self) -> "LevelRule":
        """A plan that nobody agrees to is none; a chain without a plan waits for ever."""
        if (self.plan is None) != (self.plan_chain is None):
            raise ValueError("plan and plan_chain go together")
        return self


class WarningDesk(Version):
    """What the levels ask of people from a day on, from the mildest to the worst."""

    levels: Annotated[tuple[LevelRule, ...], Field(strict=False)]

    @model_validator(mode="after")
    def each_level_stands_once(self) -> "WarningDesk":
        """A level that nobody says anything of could not be worked on."""
        if tuple(each.level for each in self.levels) != LEVELS:
            raise ValueError(f"levels are {', '.join(LEVELS)}, in this order, each once")
        return self

    def of(self, level: str) -> LevelRule:
        """What a level asks."""
        return self.levels[LEVELS.index(level)]
