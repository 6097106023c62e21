"""What every action on a case of disposal is sent with."""

from dataclasses import dataclass
from uuid import UUID

from postloan.desk.core.days import BusinessDay

WRITE = "disposal.write"


@dataclass(frozen=True)
class Deed:
    """What every action is sent with.

    id            made by the page: the same again changes nothing.
    seen_version  of the record that the page showed.
    """

    id: UUID
    seen_version: int
    reason: str
    day: BusinessDay
