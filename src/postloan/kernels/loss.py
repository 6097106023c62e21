"""Expected credit loss of each loan along its real schedule, for every scenario in one pass.

Two ideas carry the speed. What depends on no loan, the chance to default first in a month, is a table by segment and
scenario that fits the cache. And what depends on no scenario, the discounted claim of a month, is worked out once, and
kept only until the scenarios of the loan are summed up. Sums run from month to month in strict IEEE, so the result is
the same to the bit however the loans are parted among cores.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from postloan.kernels.borrowing import borrows, borrows_in_place
from postloan.kernels.daycount import NEVER
from postloan.kernels.loan_arrays import frozen

Floats = NDArray[np.float64]
_AT_ONCE = 3
"""Scenarios that are summed up in one walk along a loan's claims; a rule has three at least, and rarely more."""


class Exposures(NamedTuple):
    """One value a loan: what may be lost, and until when.

    balance_cents  principal outstanding; of a commitment, the part that would be drawn.
    arrears_cents  of it, overdue: it falls away with the next instalment of a loan that does not default.
    waiting_cents  interest accrued or overdue and unpaid.
    rate           effective interest rate a period.
    periods        periods after the day until all is repaid; at least 1.
    segment        row of the table of defaults.
    """

    balance_cents: NDArray[np.int64]
    arrears_cents: NDArray[np.int64]
    waiting_cents: NDArray[np.int64]
    rate: Floats
    periods: NDArray[np.int32]
    segment: NDArray[np.int32]


class Instalments(NamedTuple):
    """Instalments to come, by loan: those of loan i are rows [2 i] to [2 i + 1]. Earlier ones may stand before."""

    rows: NDArray[np.int64]
    due_on: NDArray[np.int32]
    principal_cents: NDArray[np.int64]


class Severities(NamedTuple):
    """What a default costs, by loan and scenario, of a claim E: `open` x E - `saved` x min(E, `worth`).

    open   share of the claim that is lost where nothing secures it.
    saved  share of a secured claim that security saves, after the time it takes to sell.
    worth  cents that security brings in before that time is counted.
    """

    open: Floats
    saved: Floats
    worth_cents: Floats


class Convention(NamedTuple):
    """What the market leaves open, and every engine chooses; each choice moves the result by per cents.

    year      periods in a year.
    interest  1 where a claim holds the interest since the last instalment, 0 where it is the balance alone.
    part      of its period that is over when a loan defaults: 1 at its end, 0.5 in its middle.
    """

    year: int
    interest: float
    part: float


class Losses(NamedTuple):
    """Expected loss in cents (not rounded), by loan and scenario: of defaults within a year, and of all."""

    year: Floats
    lifetime: Floats


def month_ends(on: np.datetime64, months: int) -> NDArray[np.int32]:
    """Return the last days of the months after `on`, as day numbers: the same day next month, and so on.

    The last day of a month is followed by the last days of months: from 28 February on, month 1 ends on 31 March.
    """
    month = on.astype("datetime64[M]")
    day, is_last = int((on - month.astype("datetime64[D]")).astype(int)), on + 1 == (month + 1).astype("datetime64[D]")
    starts = (month + np.arange(1, months + 2)).astype("datetime64[D]")
    last = starts[1:] - 1
    ends: NDArray[np.int32] = (last if is_last else np.minimum(last, starts[:-1] + day)).astype(np.int32)
    return ends


def expected_losses(
    exposures: Exposures,
    instalments: Instalments,
    severities: Severities,
    defaults: Floats,
    *,
    period_ends: NDArray[np.int32],
    convention: Convention,
    on: int,
) -> Losses:
    """Reckon what each loan is expected to lose: sum of first default x loss given default x discount, by period.

    defaults     by (segment, scenario, period): the chance to default first in the period.
    period_ends  the last day of each period (`month_ends`).
    Returns      losses of defaults within a year and of all.
    Raises       ValueError where a loan lasts longer than the table of defaults.
    Source       risk 5.1; IFRS 9 5.5.17, B5.5.28-29: a claim is the balance before the period's instalment and the
                 interest since the last, discounted at the effective rate to the day.
    """
    periods = int(exposures.periods.max(initial=1))
    if periods > defaults.shape[2]:
        raise ValueError(f"defaults reach {defaults.shape[2]} periods, and a loan lasts {periods}")
    shape = (exposures.balance_cents.size, defaults.shape[1])
    losses = Losses(np.zeros(shape), np.zeros(shape))
    # By (segment, period, scenario), filled up with zeros for scenarios that there are not.
    first = np.zeros((defaults.shape[0], periods, -(-shape[1] // _AT_ONCE) * _AT_ONCE))
    first[:, :, : shape[1]] = defaults[:, :, :periods].transpose(0, 2, 1)
    _expected_losses(
        frozen(exposures), frozen(instalments), frozen(severities), first, period_ends, convention, on,
        np.empty(periods), np.empty(periods), losses,
    )  # fmt: skip
    return losses


def claims_of(
    loan: int,
    exposures: Exposures,
    instalments: Instalments,
    *,
    period_ends: NDArray[np.int32],
    convention: Convention,
    on: int,
) -> tuple[Floats, Floats]:
    """Return what one loan's claim is worth today by the period of its default, and the discount factors: to show.

    It is what the loan would lose, wholly, if it were certain to default in the period.
    """
    periods = int(exposures.periods[loan])
    claims, factors = np.empty(periods), np.empty(periods)
    _claim(loan, frozen(exposures), frozen(instalments), period_ends, convention, on, claims, factors)
    return claims, factors


@borrows
def _expected_losses(
    exposures: Exposures,
    instalments: Instalments,
    severities: Severities,
    defaults: Floats,
    period_ends: NDArray[np.int32],
    convention: Convention,
    on: int,
    claims: Floats,
    factors: Floats,
    losses: Losses,
) -> None:
    for loan in range(exposures.balance_cents.size):
        if exposures.balance_cents[loan] + exposures.waiting_cents[loan] > 0:
            periods, first = exposures.periods[loan], defaults[exposures.segment[loan]]
            mine, shrinking = claims[:periods], factors[:periods]
            _claim(loan, exposures, instalments, period_ends, convention, on, mine, shrinking)
            for scenario in range(0, losses.year.shape[1], _AT_ONCE):
                _lose(loan, scenario, severities, first, mine, shrinking, convention.year, losses)


@borrows_in_place
def _claim(
    loan: int,
    exposures: Exposures,
    instalments: Instalments,
    period_ends: NDArray[np.int32],
    convention: Convention,
    on: int,
    claims: Floats,
    factors: Floats,
) -> None:
    """Walk one loan along its schedule, and write down each period's claim, discounted, and the discount factor."""
    owed, arrears = 1.0 * exposures.balance_cents[loan], exposures.arrears_cents[loan]  # Whole cents below 2^53: exact.
    waiting, rate = 1.0 * exposures.waiting_cents[loan], exposures.rate[loan]
    interest, running = convention.interest, convention.interest * convention.part * rate
    discount, factor = 1.0 / (1.0 + rate), 1.0
    if convention.part < 1.0:
        factor = (1.0 + rate) ** (1.0 - convention.part)
    row, end = instalments.rows[2 * loan], instalments.rows[2 * loan + 1]
    while row < end and instalments.due_on[row] <= on:
        row += 1
    due_on, principals, row = instalments.due_on[row:end], instalments.principal_cents[row:end], 0
    due = due_on[row] if row < due_on.size else NEVER
    for at in range(claims.size):
        factor *= discount
        claims[at] = (owed + interest * waiting + owed * running) * factor
        factors[at] = factor
        waiting += owed * rate
        while due <= period_ends[at]:
            owed, arrears, waiting = max(0.0, owed - (arrears + principals[row])), 0, 0.0
            row += 1
            due = due_on[row] if row < due_on.size else NEVER


@borrows_in_place
def _lose(
    loan: int,
    scenario: int,
    severities: Severities,
    first: Floats,
    claims: Floats,
    factors: Floats,
    year: int,
    losses: Losses,
) -> None:
    """Sum up what one loan loses under three scenarios, or as many as are left: within a year, and in all.

    Of each sum, the claims are what is lost where nothing secures them, and the rest what security holds of them.
    """
    worth_0, worth_1 = _worth(loan, scenario, severities), _worth(loan, scenario + 1, severities)
    worth_2 = _worth(loan, scenario + 2, severities)
    is_secured = worth_0 + worth_1 + worth_2 > 0.0
    open_0, open_1, open_2 = 0.0, 0.0, 0.0
    held_0, held_1, held_2 = 0.0, 0.0, 0.0
    at = 0
    for sums, until in ((losses.year, min(year, claims.size)), (losses.lifetime, claims.size)):
        while at < until:
            claim = claims[at]
            open_0 += first[at, scenario] * claim
            open_1 += first[at, scenario + 1] * claim
            open_2 += first[at, scenario + 2] * claim
            if is_secured:
                held_0 += first[at, scenario] * min(claim, worth_0 * factors[at])
                held_1 += first[at, scenario + 1] * min(claim, worth_1 * factors[at])
                held_2 += first[at, scenario + 2] * min(claim, worth_2 * factors[at])
            at += 1
        _write(loan, scenario, (open_0, open_1, open_2), (held_0, held_1, held_2), severities, sums)


@borrows_in_place
def _worth(loan: int, scenario: int, severities: Severities) -> float:
    """What security is worth; nothing in a scenario that there is not, or where it saves nothing."""
    if scenario >= severities.worth_cents.shape[1] or severities.saved[loan, scenario] == 0.0:
        return 0.0
    worth_cents: float = severities.worth_cents[loan, scenario]
    return worth_cents


@borrows_in_place
def _write(
    loan: int,
    scenario: int,
    opens: tuple[float, float, float],
    helds: tuple[float, float, float],
    severities: Severities,
    losses: Floats,
) -> None:
    for place in range(min(_AT_ONCE, losses.shape[1] - scenario)):
        share, saved = severities.open[loan, scenario + place], severities.saved[loan, scenario + place]
        losses[loan, scenario + place] = share * opens[place] - saved * helds[place]
