"""Logistic regression on counts, by iteratively reweighted least squares: the one estimator of scorecard and hazard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, xlogy

from postloan.errors import ModelNotFitted

Floats = NDArray[np.float64]

_SETTLED = 1e-10
_STEP_HALVINGS = 30
_SEPARATED = 30.0


@dataclass(frozen=True)
class LogitFit:
    """A fitted regression.

    beta        coefficients, (k,), in log-odds.
    covariance  of the coefficients, (k, k), from the expected information.
    deviance    twice the log-likelihood lost against the saturated fit.
    rounds      rounds it took to settle.
    """

    beta: Floats
    covariance: Floats
    deviance: float
    rounds: int

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients, (k,)."""
        return np.sqrt(np.diag(self.covariance))


def fit_logit(
    design: Floats, bads: Floats, trials: Floats, *, penalty: float, rounds_most: int, offset: Floats | None = None
) -> LogitFit:
    """Fit log-odds = design · beta to counts of bads among trials.

    design   (n, k); the first column is the intercept and is not penalised.
    bads     (n,), from 0 to trials; trials (n,), positive: grouped cells are as good as single rows.
    penalty  of half the squared slopes, zero or more.
    offset   (n,), log-odds that are given.
    Raises   ModelNotFitted where it does not settle, or bads can be told from goods without error.
    Source   McCullagh and Nelder, Generalized Linear Models (1989), 2.5 and 4.4.
    """
    given = np.zeros(len(bads)) if offset is None else offset
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    beta = np.zeros(design.shape[1])
    beta[0] = _log_odds(bads.sum(), trials.sum()) - float(np.average(given, weights=trials))
    cost = _cost(design, beta, bads, trials, ridge, given)
    for round_no in range(1, rounds_most + 1):
        p = expit(design @ beta + given)
        weight = trials * p * (1 - p)
        information = design.T @ (design * weight[:, None]) + np.diag(ridge)
        step = _solve(information, design.T @ (bads - trials * p) - ridge * beta)
        beta, cost, gained = _downhill(design, beta, step, cost, bads, trials, ridge, given)
        if gained <= _SETTLED * (abs(cost) + _SETTLED):
            if np.abs(design @ beta).max() > _SEPARATED:
                raise _not_fitted("The label can be told from the columns without error.")
            inverse = _solve(information, np.eye(len(beta)))
            return LogitFit(beta, inverse, _deviance(design, beta, bads, trials, given), round_no)
    raise _not_fitted(f"The regression did not settle in {rounds_most} rounds.")


def _downhill(
    design: Floats, beta: Floats, step: Floats, cost: float, bads: Floats, trials: Floats, ridge: Floats, given: Floats
) -> tuple[Floats, float, float]:
    """Take the step, halved until it does not climb; returns coefficients, cost, and what was gained."""
    share = 1.0
    for _ in range(_STEP_HALVINGS):
        tried = beta + share * step
        new_cost = _cost(design, tried, bads, trials, ridge, given)
        if new_cost <= cost:
            return tried, new_cost, cost - new_cost
        share /= 2
    return beta, cost, 0.0


def _cost(design: Floats, beta: Floats, bads: Floats, trials: Floats, ridge: Floats, given: Floats) -> float:
    eta = design @ beta + given
    # log(1 + e^eta) without overflow; the saturated part of the likelihood does not move.
    return float(trials @ np.logaddexp(0.0, eta) - bads @ eta + 0.5 * ridge @ beta**2)


def _deviance(design: Floats, beta: Floats, bads: Floats, trials: Floats, given: Floats) -> float:
    expected = trials * expit(design @ beta + given)
    goods, expected_goods = trials - bads, trials - expected
    parts = xlogy(bads, bads) - xlogy(bads, expected) + xlogy(goods, goods) - xlogy(goods, expected_goods)
    return float(2 * parts.sum())


def _log_odds(bads: float, trials: float) -> float:
    if not 0 < bads < trials:
        raise _not_fitted("All rows have the same label.")
    return float(np.log(bads / (trials - bads)))


def _solve(matrix: Floats, right: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise _not_fitted("Two columns say the same.") from None


def _not_fitted(why: str) -> ModelNotFitted:
    return ModelNotFitted(
        message=why, hint="Look for a column that knows the answer, join small segments, or give more rows."
    )
