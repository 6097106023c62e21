"""The macro overlay: one factor for the whole economy, read from past default rates, explained, and carried forward.

z is the systematic factor, standard normal, and good where it is positive. A PD through the cycle is the mean of the
PDs at each z; it is not the PD at the mean z, so scenarios are weighted after the PD, never before.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from postloan.errors import ModelNotFitted, UnitWrong
from postloan.models.normal import ndtr, ndtri

Floats = NDArray[np.float64]


def pd_at(pd_ttc: Floats | float, rho: float, z: Floats | float) -> Floats:
    """PD at the state z of the economy from the one through the cycle; shapes broadcast. With rho 0 it is the same.

    Source  Vasicek, Risk 15 (2002): ndtr((ndtri(pd) - sqrt(rho) z) / sqrt(1 - rho)).
    """
    _check_correlation(rho, may_be_none=True)
    return ndtr((ndtri(pd_ttc) - np.sqrt(rho) * np.asarray(z)) / np.sqrt(1 - rho))


def worst_rate(pd: Floats | float, rho: float, confidence: float) -> Floats:
    """The default rate that is not passed with this confidence in a large portfolio: PD at z = -ndtri(confidence)."""
    return pd_at(pd, rho, -float(ndtri(confidence)))


@dataclass(frozen=True)
class History:
    """What past default rates say: the PD through the cycle, the correlation, and z of every period, (T,)."""

    pd_ttc: float
    rho: float
    z: Floats


def history_of(rates: Floats, *, rho: float | None = None) -> History:
    """Read the cycle from default rates by period, (T,), each strictly between 0 and 1.

    rho      None to estimate it: s² / (1 + s²), s² the variance of ndtri(rate); a given one is kept.
    Default rates of few debtors vary by chance as well; that counts as cycle here and makes rho too great.
    The PD through the cycle is the one whose thresholds have the mean seen: ndtr(sqrt(1 - rho) · mean).
    Raises   ModelNotFitted where a period has no default, or fewer than three periods are given.
    Source   Vasicek (2002); moments: BCBS Explanatory Note (2005).
    """
    if len(rates) < 3 or not ((rates > 0) & (rates < 1)).all():  # noqa: PLR2004 - a variance of two says nothing
        raise ModelNotFitted(
            message="A cycle is read from three default rates or more, each between 0 and 1.",
            hint="Take longer periods, so that each has a default.",
            where={"periods": len(rates)},
        )
    probits = ndtri(rates)
    spread = float(probits.var(ddof=1))
    found = spread / (1 + spread) if rho is None else rho
    _check_correlation(found)
    pd_ttc = float(ndtr(probits.mean() * np.sqrt(1 - found)))
    return History(pd_ttc, found, (ndtri(pd_ttc) - np.sqrt(1 - found) * probits) / np.sqrt(found))


@dataclass(frozen=True)
class Satellite:
    """z explained by macro drivers: z = intercept + slopes · drivers. Errors are robust to autocorrelation (HAC).

    drivers  names, each with the sign it must have.
    errors   of the intercept and the slopes, (1 + k,).
    r2       share of the variance explained, less what as many drivers explain by chance (adjusted).
    """

    drivers: tuple[str, ...]
    intercept: float
    slopes: Floats
    errors: Floats
    r2: float
    residual: float

    def z(self, drivers: dict[str, Floats]) -> Floats:
        """Z along paths of the drivers, (T,) each."""
        held = np.column_stack([drivers[name] for name in self.drivers])
        return np.asarray(self.intercept + held @ self.slopes)


def fit_satellite(z: Floats, drivers: dict[str, Floats], signs: dict[str, int], *, drivers_most: int) -> Satellite:
    """Choose and fit the drivers that explain z best with the signs they must have.

    z, drivers  (T,) each, already lagged; rows where one is NaN are left out.
    signs       +1 where more of it is good, -1 where it is bad; every driver has one.
    All sets of at most `drivers_most` drivers are tried; of those whose slopes have their signs, the one of the
    greatest adjusted R² is taken, the first named where two are equal.
    Raises      ModelNotFitted where no set has the right signs, or periods are too few.
    Source      errors: Newey and West, Econometrica 55 (1987), lag 4 (T / 100)^(2/9).
    """
    names = list(drivers)
    known = np.isfinite(z) & np.all([np.isfinite(drivers[name]) for name in names], axis=0)
    best: Satellite | None = None
    for count in range(1, drivers_most + 1):
        for group in combinations(names, count):
            fit = _ols(z[known], group, {name: drivers[name][known] for name in group})
            has_signs = fit is not None and all(fit.slopes[i] * signs[name] > 0 for i, name in enumerate(group))
            if fit is not None and has_signs and (best is None or fit.r2 > best.r2):
                best = fit
    if best is None:
        raise ModelNotFitted(
            message="No set of drivers explains the cycle with the signs they must have.",
            hint="Give other drivers or lags, or more periods.",
            where={"periods": int(known.sum()), "drivers": ", ".join(names)},
        )
    return best


def _ols(z: Floats, names: tuple[str, ...], drivers: dict[str, Floats]) -> Satellite | None:
    count, held = len(z), len(names) + 1
    design = np.column_stack([np.ones(count), *(drivers[name] for name in names)])
    if count <= held + 1 or np.linalg.matrix_rank(design) < held:
        return None
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ z
    residual = z - design @ beta
    total = float(((z - z.mean()) ** 2).sum())
    if total <= 0:
        return None
    r2 = 1 - (float(residual @ residual) / (count - held)) / (total / (count - 1))
    meat = _newey_west(design * residual[:, None])
    errors = np.sqrt(np.diag(inverse @ meat @ inverse) * count / (count - held))
    return Satellite(names, float(beta[0]), beta[1:], errors, r2, float(np.sqrt(residual @ residual / (count - held))))


def _newey_west(scores: Floats) -> Floats:
    """Sum of the scores' covariances up to the lag, each weighted less the further apart."""
    lags = int(4 * (len(scores) / 100) ** (2 / 9))
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        apart = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (apart + apart.T)
    return np.asarray(meat)


def faded(z: Floats, periods: int, fade_ratio: float) -> Floats:
    """A path of z over `periods` periods: as given, and then z_T · fade^k towards the mean of the cycle, which is 0."""
    beyond = np.arange(1, max(periods - len(z), 0) + 1)
    return np.concatenate([z[:periods], z[-1] * fade_ratio**beyond])


def weighted(pds: dict[str, Floats], weights: dict[str, float]) -> Floats:
    """The mean of the scenarios' outputs by their weights. Raises UnitWrong where these are not of the same, or not 1.

    The outputs are averaged, PDs or losses: never the scenarios, nor z.
    """
    if pds.keys() != weights.keys() or abs(sum(weights.values()) - 1) > 1e-9 or min(weights.values()) < 0:  # noqa: PLR2004
        raise UnitWrong(
            message="Every scenario has one weight, and the weights sum to 1.",
            hint="Correct the weights.",
            where={"scenarios": ", ".join(pds), "sum": sum(weights.values())},
        )
    return np.asarray(sum(weights[name] * pds[name] for name in pds))


def _check_correlation(rho: float, *, may_be_none: bool = False) -> None:
    if not (0 < rho < 1 or (may_be_none and rho == 0)):
        raise UnitWrong(message=f"{rho} is not a correlation.", hint="It lies between 0 and 1, both excluded.")
