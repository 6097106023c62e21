"""Upgrades: a loan that was non-performing stays so until its debtor has paid for long enough and a decision says so.

Each function runs once through the days of loans, rows by debtor, day and loan; what a loan was is in its row before.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from postloan.kernels.daycount import NEVER, months_after
from postloan.kernels.loan_arrays import Days
from postloan.kernels.observation import Flags

Tiers = NDArray[np.int8]

OWN, TOUCHED, HELD, BARRED = range(4)
"""What sets a tier: the loan's own facts, its debtor's other debts, the want of an upgrade, a merger."""


@njit(cache=True)
def hold(
    place: Days,
    on: Days,
    tier: Tiers,
    worst: Tiers,
    is_on_book: Flags,
    is_free: Flags,
    upgrade_on: Days,
    clean_since: Days,
    is_barred: Flags,
    months: Days,
    held_tier: Tiers,
    was_bad: Flags,
    was_upgraded: Flags,
    bad: int,
) -> tuple[Tiers, Flags, Flags]:
    """Hold each loan that its own facts once made non-performing.

    place        [row]: a number of its own for each loan, from 0 without gaps.
    tier, worst  the tier by the loan's own facts on the day, and the worst that they set since its row before.
    is_free      the loan moves by its days past due alone.
    upgrade_on   the latest decision to upgrade by the day, NEVER where there is none.
    clean_since  since when nothing of the debtor's is overdue, NEVER where something is.
    months       for how long that must be so.
    is_barred    an impaired asset of the debtor bars the upgrade.
    was_bad, was_upgraded  what happened since its row before, and no row shows, see `Between`.
    bad          the best of the non-performing tiers.
    Returns      the tier so held; whether it was held; whether a decision upgrades the debtor's loans on the day.
    """
    rows = on.size
    out, is_held, is_upgraded = tier.copy(), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    before = np.full(place.max() + 1 if rows else 0, -1, np.int32)
    for row in range(rows):
        last = before[place[row]]
        before[place[row]] = row
        if not is_on_book[row]:
            continue
        since = on[last] if last >= 0 else on[row] - 1
        is_decided = upgrade_on[row] != NEVER and upgrade_on[row] > since
        if is_decided and not is_barred[row]:
            # Something overdue after the decision leaves only word of whether it counted.
            is_known = clean_since[row] <= upgrade_on[row]
            is_clean = is_known and upgrade_on[row] >= months_after(clean_since[row], months[row])
            is_upgraded[row] = is_clean or (was_upgraded[row] and not is_known)
        stood_bad = last >= 0 and is_on_book[last] and out[last] >= bad
        if (
            (worst[row] >= bad or was_bad[row] or stood_bad)
            and out[row] < held_tier[row]
            and not is_free[row]
            and not is_upgraded[row]
        ):
            out[row], is_held[row] = held_tier[row], True
    return out, is_held, is_upgraded


@njit(cache=True)
def settle(
    place: Days,
    on: Days,
    tier: Tiers,
    debtor_floor: Tiers,
    is_on_book: Flags,
    is_free: Flags,
    is_upgraded: Flags,
    held_tier: Tiers,
    merged_on: Days,
    merger_months: Days,
    was_tier: Tiers,
    improved_first: Flags,
    bad: int,
) -> tuple[Tiers, Tiers]:
    """Settle each loan's tier: the worse of its own and its debtor's, held where that touched it, barred by a merger.

    tier       by the loan's own facts, held as above. debtor_floor: what the debtor's other debts allow.
    merged_on  the latest merger of the debtor by the day, NEVER where there is none.
    was_tier   the tier it had since its row before, 0 where none is known; improved_first: before the merger it had
               improved. What no row shows, see `Between`.
    Returns    the tier, 0 off the book; and OWN, TOUCHED, HELD or BARRED.
    """
    rows = on.size
    out, cause = np.zeros(rows, np.int8), np.full(rows, OWN, np.int8)
    before = np.full(place.max() + 1 if rows else 0, -1, np.int32)
    for row in range(rows):
        last = before[place[row]]
        before[place[row]] = row
        if not is_on_book[row]:
            continue
        out[row] = tier[row]
        if debtor_floor[row] > out[row]:
            out[row], cause[row] = debtor_floor[row], TOUCHED
        stood = was_tier[row]
        if last >= 0 and is_on_book[last]:
            stood = max(stood, out[last])
        if stood >= bad and out[row] < held_tier[row] and not is_free[row] and not is_upgraded[row]:
            out[row], cause[row] = held_tier[row], HELD
        at_merger = was_tier[row] if improved_first[row] else stood
        improves_after_merger = merged_on[row] != NEVER and out[row] < at_merger
        if improves_after_merger and on[row] < months_after(merged_on[row], merger_months[row]):
            out[row], cause[row] = at_merger, BARRED
    return out, cause


@njit(cache=True)
def trace(place: Days, on: Days, begins_on: Days, tier: Tiers, looked_at: Days) -> tuple[Days, Days, Tiers]:
    """Tell how each loan came to the tier of its last row.

    begins_on  [loan]: the first day of its life. looked_at: [n] earlier days.
    Returns    [loan]: the day since which it has the tier; the row before that on which it had another, -1 where there
               is none; [loan, n]: its tier on each of the earlier days, -1 before its life began.
    """
    loans = begins_on.size
    since, other = begins_on.copy(), np.full(loans, -1, np.int32)
    then = np.full((loans, looked_at.size), -1, np.int8)
    last = np.full(loans, -1, np.int32)
    for row in range(on.size):
        loan = place[row]
        if last[loan] >= 0 and tier[last[loan]] != tier[row]:
            since[loan], other[loan] = on[row], last[loan]
        last[loan] = row
        for at in range(looked_at.size):
            if on[row] <= looked_at[at]:
                then[loan, at] = tier[row]
    return since, other, then
