"""The parts of the cockpit in their order, and how each is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from postloan.desk.report.cockpit.movement import bridge_part, migration_part, rolls_part
from postloan.desk.report.cockpit.part import Part
from postloan.desk.report.cockpit.question import Question
from postloan.desk.report.cockpit.standing import debtors_part, ranking_part, share_part, trend_part, vintages_part


@dataclass(frozen=True)
class PartPlace:
    """Where a part stands.

    width   of the page's twelve columns.
    is_late whether it is made only when it comes into view.
    """

    name: str
    make: Callable[[Question], Part | None]
    width: int
    is_late: bool = True


PLACES: Mapping[str, PartPlace] = {
    place.name: place
    for place in (
        PartPlace("migration", migration_part, 7, is_late=False),
        PartPlace("rolls", rolls_part, 5, is_late=False),
        PartPlace("trend", trend_part, 5),
        PartPlace("bridge", bridge_part, 7),
        PartPlace("industry", partial(share_part, by="industry"), 4),
        PartPlace("region", partial(share_part, by="region"), 4),
        PartPlace("product", partial(share_part, by="product"), 4),
        PartPlace("ranking", ranking_part, 6),
        PartPlace("debtors", debtors_part, 6),
        PartPlace("vintages", vintages_part, 12),
    )
}
