"""What an agency is paid, split over the cases it worked so that the parts make the whole to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass

from postloan.rules.agency_rules import Schedule
from postloan.rules.figures import ONE_E8

_ONE_E16 = ONE_E8 * ONE_E8


@dataclass(frozen=True)
class Worked:
    """A case that was worked: how it is known, what the ledger says was recovered, and the share paid of it.

    is_first  whether it was never billed: the fee for taking it on is paid once.
    """

    key: int
    recovered_cents: int
    share_e8: int
    is_first: bool


def commission(worked: Sequence[Worked], schedule: Schedule, score: int) -> dict[int, int]:
    """What is paid for each case, in whole cents.

    The whole is rounded once, half up; each part is rounded down, and the cents that are left go to the parts that lost
    most, the first of equals first. So the parts make the whole, whatever their number.
    Source  rulebook: agencies (COLL-21).
    """
    quality_e8 = schedule.quality_e8(score)
    exact = [
        (schedule.per_case_cents * each.is_first * ONE_E8 + each.recovered_cents * each.share_e8) * quality_e8
        for each in worked
    ]
    total = (2 * sum(exact) + _ONE_E16) // (2 * _ONE_E16)
    parts = [each // _ONE_E16 for each in exact]
    lost = sorted(range(len(exact)), key=lambda at: (-(exact[at] % _ONE_E16), at))
    for at in lost[: total - sum(parts)]:
        parts[at] += 1
    return {each.key: part for each, part in zip(worked, parts, strict=True)}
