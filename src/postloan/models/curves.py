"""A PD term structure: hazards period by period, always with their unit, and what holds when the curve ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postloan.errors import UnitWrong
from postloan.models.card import Unit

Floats = NDArray[np.float64]

_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Curve:
    """Conditional default hazards of one segment.

    unit        of a period. A monthly curve that is read as yearly loses most of a provision, so none goes unsaid.
    hazards     (n,): of those at the beginning of period t, the share that defaults in it.
    fade_ratio  what is left of the last hazard's distance from `long_run` after each further period; 1 holds it.
    long_run    the hazard faded to; not needed where the last one is held.
    """

    unit: Unit
    hazards: Floats
    fade_ratio: float
    long_run: float | None = None

    def __post_init__(self) -> None:
        is_rate = bool(((self.hazards >= 0) & (self.hazards <= 1)).all())
        if not len(self.hazards) or not is_rate or not 0 <= self.fade_ratio <= 1:
            raise _wrong("A curve has hazards, and they and its fade lie between 0 and 1.")
        if self.fade_ratio < 1 and (self.long_run is None or not 0 <= self.long_run <= 1):
            raise _wrong("A curve that fades says the hazard it fades to.")

    def over(self, periods: int, unit: Unit) -> tuple[Floats, bool]:
        """Hazards of `periods` periods, and whether the curve was shorter and had to be held or faded.

        Raises UnitWrong where the curve is stored in another unit: it is converted by name or not at all.
        """
        if unit != self.unit:
            raise _wrong(f"A curve by the {self.unit} is read by the {unit}.")
        known = self.hazards[:periods]
        beyond = np.arange(1, periods - len(known) + 1)
        target = float(self.hazards[-1]) if self.long_run is None else self.long_run
        tail = target + (float(self.hazards[-1]) - target) * self.fade_ratio**beyond
        return np.concatenate([known, tail]), bool(len(beyond))

    def in_months(self) -> "Curve":
        """The same curve by the month: within a quarter or year the monthly hazard is even, and survival is kept."""
        months = _MONTHS[self.unit]
        if months == 1:
            return self
        long_run = None if self.long_run is None else float(even_hazards(np.array([self.long_run]), months)[0])
        even = np.repeat(even_hazards(self.hazards, months), months)
        return Curve("month", even, self.fade_ratio ** (1 / months), long_run)

    def in_years(self) -> "Curve":
        """The same curve by the year; a last year that is not whole is completed as the curve says."""
        per_year = 12 // _MONTHS[self.unit]
        years = -(-len(self.hazards) // per_year)
        hazards, _ = self.over(years * per_year, self.unit)
        yearly = 1 - np.prod(1 - hazards.reshape(years, per_year), axis=1)
        long_run = None if self.long_run is None else 1 - (1 - self.long_run) ** per_year
        return Curve("year", yearly, self.fade_ratio**per_year, long_run)


def survival_of(hazards: Floats, exits: Floats | None = None) -> Floats:
    """Share still there at the beginning of each period, (..., n): 1 and the product of 1 - h - p before it."""
    leaving = hazards if exits is None else hazards + exits
    return np.concatenate([np.ones_like(leaving[..., :1]), np.cumprod(1.0 - leaving, axis=-1)[..., :-1]], axis=-1)


def marginal_of(hazards: Floats, exits: Floats | None = None) -> Floats:
    """Share that defaults in each period, of those there at the beginning of the first, (..., n).

    Source  risk 5.1: m(t) = S(t-1) h(t).
    """
    return survival_of(hazards, exits) * hazards


def hazards_of(cumulative: Floats) -> Floats:
    """Conditional hazards from cumulative PDs that do not fall, (n,) each; 0 where nobody is left."""
    marginal = np.diff(cumulative, prepend=0.0)
    left = 1 - (cumulative - marginal)
    return np.divide(marginal, left, out=np.zeros_like(marginal), where=left > 0)


def even_hazards(hazards: Floats, months: int) -> Floats:
    """The hazard of a month that makes the one of so many months, evenly: 1 - (1 - h)^(1 / months)."""
    with np.errstate(divide="ignore"):  # A certain default is certain in the first month.
        return np.asarray(-np.expm1(np.log1p(-hazards) / months))


def _wrong(why: str) -> UnitWrong:
    return UnitWrong(message=why, hint="Say the unit the curve is stored in, or convert it with in_months or in_years.")
