"""The rule of how long published days are kept."""

from typing import Annotated

from pydantic import Field

from postloan.rules.figures import Cited, Version


class Daily(Cited):
    """Every day is kept for so many months."""

    months: Annotated[int, Field(ge=1, le=600)]


class Retention(Version):
    """How long published days are kept, from a day on; of the months before, the last day stays."""

    daily: Daily
