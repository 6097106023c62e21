"""A case's terms, read strictly: a blank is nothing, a number is a decimal, a moment is a day that has ended or not.

No value goes through a float: float("30E360") is infinity, and a rate of 17 digits loses its last.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from postloan.kernels import cycles, daycount

MONEY = 10**9
"""Units of money in one of the currency: what the kernels take for cents."""
RATE = 10**12
"""Units of a yearly rate in 1: the cases give rates with up to 18 decimals."""


class Unsupported(ValueError):
    """A term that no rule here covers; the case is listed as not reproduced."""


class Moment(NamedTuple):
    """A day number, and 1 where the day has ended: 23:59:59 is shown on its day and counts as the next."""

    day: int
    is_over: int = 0

    def shown(self) -> str:
        year, month, day = daycount.civil(self.day)
        return f"{year:04}-{month:02}-{day:02}" + (" 23:59:59" if self.is_over else "")


class Cycle(NamedTuple):
    """So many days or months, and what happens to the days left over at the end."""

    step: int
    unit: int
    stub: int


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?)?")
_CYCLE = re.compile(r"P?(\d+)([DWMQHY])(?:L([01]))?")
_STEPS = {
    "D": (1, cycles.DAYS),
    "W": (7, cycles.DAYS),
    "M": (1, cycles.MONTHS),
    "Q": (3, cycles.MONTHS),
    "H": (6, cycles.MONTHS),
    "Y": (12, cycles.MONTHS),
}


def moment(text: str) -> Moment:
    """Read a day, its beginning or its end; no other time of day."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise Unsupported(f"{text!r} is not a date")
    day = (date.fromisoformat(found[1]) - date(1970, 1, 1)).days
    if found[2] in {None, "00:00"}:
        return Moment(day)
    if found[2] in {"23:59", "24:00"}:
        return Moment(day, 1)
    raise Unsupported(f"{text!r} is neither the beginning nor the end of a day")


def cycle(text: str) -> Cycle:
    """Read P3ML1: three months with a short last stub; L0 is a long one."""
    found = _CYCLE.fullmatch(text)
    if found is None:
        raise Unsupported(f"{text!r} is not a cycle")
    step, unit = _STEPS[found[2]]
    return Cycle(int(found[1]) * step, unit, cycles.LONG if found[3] == "0" else cycles.SHORT)


def scaled(value: Decimal, unit: int) -> int:
    """Return a decimal in whole units, half up."""
    return int((value * unit).to_integral_value(ROUND_HALF_UP))


def scaled_text(text: str, unit: int) -> int:
    """Return a written decimal in whole units, half up."""
    return scaled(Decimal(text), unit)


class Terms:
    """The terms of one case by their dictionary names; what is absent or blank is None."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def word(self, name: str, default: str = "") -> str:
        value = self._given.get(name)
        return str(value).strip() or default if value is not None else default

    def has(self, name: str) -> bool:
        return self.word(name) != ""

    def moment(self, name: str) -> Moment | None:
        return moment(self.word(name)) if self.has(name) else None

    def the_moment(self, name: str) -> Moment:
        return moment(self.word(name))

    def cycle(self, name: str) -> Cycle | None:
        return cycle(self.word(name)) if self.has(name) else None

    def the_cycle(self, name: str) -> Cycle:
        return cycle(self.word(name))

    def number(self, name: str) -> Decimal | None:
        return Decimal(self.word(name)) if self.has(name) else None

    def money(self, name: str) -> int | None:
        value = self.number(name)
        return None if value is None else scaled(value, MONEY)

    def the_money(self, name: str) -> int:
        return scaled_text(self.word(name), MONEY)

    def rate(self, name: str) -> int | None:
        value = self.number(name)
        return None if value is None else scaled(value, RATE)

    def words(self, name: str) -> Sequence[str]:
        """Return an array; a single value is an array of one."""
        value = self._given.get(name)
        many = value if isinstance(value, list) else self.word(name).strip("[]").split(",")
        return [text for one in many if (text := str(one).strip())]


def market(observed: dict[str, Any]) -> dict[str, list[tuple[Moment, Decimal]]]:
    """Read what was observed of each market object, by rising moment."""
    return {
        code: sorted((moment(row["timestamp"]), Decimal(str(row["value"]).strip())) for row in series["data"])
        for code, series in observed.items()
    }
