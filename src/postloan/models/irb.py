"""The regulator's own one-factor formula: correlations and risk weights of the internal-ratings approach.

Here to check ours by a published table. The figures are the formula's, not a bank's: they move only with the Accord.
Source: BCBS 128, International Convergence of Capital Measurement (June 2006), 272, 273, 328 to 330.
"""

import numpy as np
from numpy.typing import NDArray

from postloan.models.cycle import worst_rate

Floats = NDArray[np.float64]

CONFIDENCE = 0.999
RESIDENTIAL_RHO = 0.15
REVOLVING_RHO = 0.04
_RISK_WEIGHT = 12.5


def corporate_rho(pd: float, turnover: float = 50.0) -> float:
    """Correlation of a company with `turnover` in millions of euro; less for one below 50, as of 5 at the least."""
    small = 0.04 * (1 - (min(max(turnover, 5.0), 50.0) - 5) / 45)
    return _between(pd, 0.12, 0.24, 50.0) - small


def other_retail_rho(pd: float) -> float:
    """Correlation of retail that is neither residential nor revolving."""
    return _between(pd, 0.03, 0.16, 35.0)


def maturity_factor(pd: float, maturity_years: float) -> float:
    """What a longer maturity adds to the capital of a company; 1 at one year."""
    b = (0.11852 - 0.05478 * float(np.log(pd))) ** 2
    return (1 + (maturity_years - 2.5) * b) / (1 - 1.5 * b)


def risk_weight(pd: float, lgd: float, rho: float, *, maturity_years: float | None = None) -> float:
    """Risk weight of unexpected loss, as a ratio of exposure; no maturity for retail. Without the factor of 1.06."""
    capital = lgd * (float(worst_rate(pd, rho, CONFIDENCE)) - pd)
    return _RISK_WEIGHT * capital * (1.0 if maturity_years is None else maturity_factor(pd, maturity_years))


def _between(pd: float, low: float, high: float, speed: float) -> float:
    share = float((1 - np.exp(-speed * pd)) / (1 - np.exp(-speed)))
    return low * share + high * (1 - share)
