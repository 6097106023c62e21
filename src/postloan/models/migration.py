"""PD of graded debtors from their moves between grades: counted by period, or by duration, and carried forward.

The last state is default: nobody is seen to leave it. The two estimators differ on the same histories, and both are
right: the cohort sees a debtor twice a period, the duration estimator every move. A card says which one it is.
"""

# ruff: noqa: PLC0415 - scipy.linalg is imported where time is continuous: a night that scores has no use for it

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from postloan.errors import ModelNotFitted, UnitWrong

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDING = 1e-9


def count_moves(before: Ints, after: Ints, states: int) -> Floats:
    """Moves from one period to the next, (states, states + 1); the last column is those withdrawn (after = -1).

    before, after  (n,), states from 0, the last being default.
    """
    to = np.where(after < 0, states, after)
    return np.bincount(before * (states + 1) + to, minlength=states * (states + 1)).reshape(states, -1).astype(float)


def cohort_matrix(counts: Floats) -> Floats:
    """Transition matrix (k, k) from counts, or rates, of moves to the k states: (k, k) or (k - 1, k).

    The withdrawn are no column here, so they are out of the denominator: to be withdrawn says nothing of credit.
    Default is absorbing whatever its row holds. A state that nobody was in stays where it is.
    Raises  ModelNotFitted where the shape is not that of states with default last.
    Source  N_ij / N_i; withdrawals: Moody's, and S&P's matrices adjusted for NR.
    """
    k = counts.shape[1]
    if counts.shape[0] not in {k, k - 1} or (counts < 0).any():
        raise _not_fitted("Counts of moves have a row for every state, default last, and are not negative.")
    matrix = np.eye(k)
    for row in range(k - 1):
        total = counts[row].sum()
        if total > 0:
            matrix[row] = counts[row] / total
    return matrix


@dataclass(frozen=True)
class Durations:
    """What the duration estimator counts: moves between states, (k, k), and time spent in each, (k,), in one unit."""

    moves: Floats
    exposure: Floats

    @property
    def generator(self) -> Floats:
        """Rates of moving: lambda_ij = N_ij / Y_i, and rows that sum to 0. Default, and a state nobody was in, stay."""
        k = len(self.exposure)
        rates = np.divide(self.moves, self.exposure[:, None], out=np.zeros((k, k)), where=self.exposure[:, None] > 0)
        rates[-1] = 0.0
        np.fill_diagonal(rates, 0.0)
        return np.asarray(rates - np.diag(rates.sum(axis=1)))


def durations(debtor: Ints, since: Floats, state: Ints, *, states: int, until: float) -> Durations:
    """Count moves and time from histories.

    debtor, since, state  (n,): from `since` on the debtor is in `state`; sorted by debtor and time.
    state    from 0, the last being default; -1 is withdrawn: the debtor is out of sight until the next row.
    until    the end of what was seen, in the unit of `since`.
    Raises   ModelNotFitted where rows are not in order, or go past the end.
    Source   Lando and Skodeberg, J. Banking & Finance 26 (2002).
    """
    is_next = np.append(debtor[1:] == debtor[:-1], [False])
    ends = np.where(is_next, np.append(since[1:], 0.0), until)
    if (ends < since).any() or (np.diff(debtor) < 0).any():
        raise _not_fitted("Histories stand by debtor and in the order of time, and end before the last day seen.")
    seen = state >= 0
    exposure: Floats = np.bincount(state[seen], weights=(ends - since)[seen], minlength=states).astype(np.float64)
    to = np.append(state[1:], -1)
    moved = is_next & seen & (to >= 0) & (to != state)
    moves = np.bincount(state[moved] * states + to[moved], minlength=states * states).reshape(states, states)
    exposure[-1] = 0.0
    return Durations(moves.astype(np.float64), exposure)


def aalen_johansen(debtor: Ints, since: Floats, state: Ints, *, states: int, until: float) -> Floats:
    """Transition matrix from time 0 to `until`, without presuming that rates are constant in time. (k, k).

    Arguments as in `durations`. The product over the days of moves of 1 + (moves / at risk).
    Source  Aalen and Johansen, Scand. J. Statistics 5 (1978).
    """
    is_next = np.append(debtor[1:] == debtor[:-1], [False])
    ends = np.where(is_next, np.append(since[1:], 0.0), until)
    to = np.append(state[1:], -1)
    moved = is_next & (state >= 0) & (to >= 0) & (to != state) & (ends <= until)
    matrix = np.eye(states)
    for day in np.unique(ends[moved]):
        there = (state >= 0) & (since < day) & (ends >= day)
        at_risk = np.bincount(state[there], minlength=states)
        now = moved & (ends == day)
        step = np.bincount(state[now] * states + to[now], minlength=states * states).reshape(states, states)
        rates = np.divide(step, at_risk[:, None], out=np.zeros((states, states)), where=at_risk[:, None] > 0)
        rates[-1] = 0.0
        matrix = matrix @ (np.eye(states) + rates - np.diag(rates.sum(axis=1)))
    return matrix


# Carrying forward ------------------------------------------------------------------------------------------------


def check_matrix(matrix: Floats) -> Floats:
    """The matrix, whose rows sum to 1 and whose last state absorbs. Raises ModelNotFitted."""
    is_square = matrix.shape == (len(matrix), len(matrix))
    if not is_square or (matrix < 0).any() or np.abs(matrix.sum(axis=1) - 1).max() > _ROUNDING or matrix[-1, -1] != 1:
        raise _not_fitted("The rows of a transition matrix sum to 1, and nobody leaves its last state.")
    return matrix


def cumulative_pd(matrix: Floats, periods: int) -> Floats:
    """PD from each state within 1 … `periods` periods of the matrix, (k, periods): the last column of its powers."""
    power, found = np.eye(len(matrix)), []
    for _ in range(periods):
        power = power @ matrix
        found.append(power[:, -1])
    return np.column_stack(found)


def moves_within(generator: Floats, time: float) -> Floats:
    """Transition matrix over a time in the unit of the generator: exp(Q · t)."""
    from scipy.linalg import expm

    return np.asarray(expm(generator * time))


def raw_generator(matrix: Floats) -> Floats:
    """The logarithm of a matrix. It need not be a generator: an entry off the diagonal may be negative.

    Raises  ModelNotFitted where the matrix has no real logarithm.
    """
    from scipy.linalg import logm

    found = np.asarray(logm(check_matrix(matrix)))
    if np.abs(np.imag(found)).max() > _ROUNDING:
        raise _not_fitted("The matrix has no real logarithm: no process in continuous time moves so.")
    return np.asarray(np.real(found), dtype=np.float64)


def repaired_generator(matrix: Floats) -> Floats:
    """A generator near the logarithm of a matrix: negative rates become 0 and the diagonal takes them up.

    Source  Israel, Rosenthal and Wei, Mathematical Finance 11 (2001), 3: diagonal adjustment.
    """
    rates = raw_generator(matrix)
    np.fill_diagonal(rates, 0.0)
    rates = np.maximum(rates, 0.0)
    rates[-1] = 0.0
    return np.asarray(rates - np.diag(rates.sum(axis=1)))


def weighted_generator(matrix: Floats) -> Floats:
    """As `repaired_generator`, but what was negative is taken from all other rates of the row by their size.

    Source  Israel, Rosenthal and Wei (2001), 3: weighted adjustment; Kreinin and Sidelnikova (2001).
    """
    raw = raw_generator(matrix)
    off = ~np.eye(len(raw), dtype=bool)
    short = np.where(off, np.maximum(-raw, 0.0), 0.0).sum(axis=1)
    good = np.abs(np.diag(raw)) + np.where(off, np.maximum(raw, 0.0), 0.0).sum(axis=1)
    # A logarithm's rows sum to nothing but for rounding, by which a share could pass 1 and take more than there is.
    share = np.minimum(np.divide(short, good, out=np.zeros_like(good), where=good > 0), 1.0)
    rates = np.where(off & (raw < 0), 0.0, raw - share[:, None] * np.abs(raw))
    rates[-1] = 0.0
    return np.asarray(rates)


def under_cycle(matrix: Floats, rho: float, z: float) -> Floats:
    """The matrix in a year of the systematic factor z: good where positive. Its mean over z is the matrix itself.

    Thresholds from the worst state up: x_j = ndtri(P(to j or worse)); P_ij(z) by differences of
    ndtr((x_j - sqrt(rho) z) / sqrt(1 - rho)).
    Source  Belkin, Suchower and Forest, CreditMetrics Monitor (1998).
    """
    if not 0 <= rho < 1:
        raise UnitWrong(message=f"{rho} is not a correlation.", hint="It lies from 0 to below 1.")
    worse = np.cumsum(check_matrix(matrix)[:, ::-1], axis=1)
    worse[:, -1] = 1.0
    shifted = ndtr((ndtri(np.clip(worse, 0.0, 1.0)) - np.sqrt(rho) * z) / np.sqrt(1 - rho))
    moved = np.diff(shifted, axis=1, prepend=0.0)[:, ::-1].copy()
    moved[-1] = np.eye(len(matrix))[-1]
    return np.asarray(moved)


def _not_fitted(why: str) -> ModelNotFitted:
    return ModelNotFitted(message=why, hint="Correct the counts or the matrix; default is the last state.")
