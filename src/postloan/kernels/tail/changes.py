"""Changes of terms: what each kind makes of the instalments after its day. Those before it stay to the cent."""

from collections.abc import Sequence

from postloan.kernels.daycount import civil
from postloan.kernels.methods import BULLET, is_annuity
from postloan.kernels.tail.making import (
    amounts_after,
    asks_of,
    interest_of,
    is_amount,
    is_thirty,
    level,
    rate_on,
    remake,
)
from postloan.kernels.tail.plan import PLANNED, Plan, Row, Terms, due_after, impossible

_E8 = 10**8


def prepay(plan: Plan, terms: Terms, day: int, cents: int, *, is_shorter: bool) -> None:
    """Repay principal on a day, in an instalment of its own, after the interest run by then; and make the tail anew.

    is_shorter   instalments stay and the last fall away; otherwise the term stays and instalments shrink.
    Source       Civil Code Art. 677: interest of the days that the money was lent. Flat interest runs on as much of
                 its base as of the principal is left.
    """
    place = plan.first_after(day)
    running, left_cents, asks = plan.rows[place], plan.left_cents(place), asks_of(plan, terms, place)
    run_cents = interest_of(plan, terms, running, left_cents, day)
    interest_cents = min(cents, run_cents)
    principal_cents = min(cents - interest_cents, left_cents)
    starts_on = min(running.starts_on, day)
    plan.rows.insert(place, Row(starts_on, day, day, principal_cents, interest_cents, 0, running.number))
    running.starts_on = max(running.starts_on, day)
    rest_cents = left_cents - principal_cents
    if left_cents:
        plan.flat_cents = (plan.flat_cents * rest_cents + left_cents // 2) // left_cents
    if is_shorter:
        remake(plan, terms, place + 1, rest_cents, asks, unpaid_cents=run_cents - interest_cents)
    else:
        level(plan, terms, place + 1, rest_cents, unpaid_cents=run_cents - interest_cents)


def change_rate(plan: Plan, terms: Terms, day: int, rate_e8: int) -> None:
    """Let another rate be agreed from a day on. Amounts fixed by contract and plans stay, others are levelled."""
    place = plan.first_after(day)
    asks, left_cents = asks_of(plan, terms, place), plan.left_cents(place)
    _set_rate(plan, day, rate_e8)
    if terms.method == PLANNED or (terms.fixed_cents and is_annuity(terms.method)):
        remake(plan, terms, place, left_cents, asks)
    else:
        level(plan, terms, place, left_cents)


def reprice(plan: Plan, terms: Terms, day: int, rate_e8: int) -> None:
    """Let the rate follow its market from a day on, or from the next period where a period does not split.

    Amounts are made anew from the first period that begins at the new rate, as `schedule.write_rows` does. In a 30/360
    period that splits, the principal stays and the interest alone differs.
    """
    place = next((at for at, row in enumerate(plan.rows) if row.ends_on > day), len(plan.rows))
    if place == len(plan.rows):
        return
    asks, left_cents, running = asks_of(plan, terms, place), plan.left_cents(place), plan.rows[place]
    is_inside = running.starts_on < day
    from_on = running.ends_on if is_inside and not terms.splits else day
    # Of two changes within a period that does not split, the second may lead back to the rate that still runs.
    if rate_on(plan, from_on) == rate_e8:
        return
    _set_rate(plan, from_on, rate_e8)
    if is_inside and is_thirty(terms):
        run_cents = interest_of(plan, terms, running, left_cents, running.ends_on)
        asks[0] += run_cents + running.carried_cents - running.interest_cents if is_amount(running, terms) else 0
    rows = plan.rows[:]
    remake(plan, terms, place, left_cents, asks)
    place += is_inside
    if is_annuity(terms.method) and not terms.fixed_cents and place < len(rows):
        plan.rows[:] = rows
        again = _as_before(plan, terms, place, rate_e8)
        # The old amounts may repay a loan at a lower rate before its end; levelled, it runs to its end.
        if again is None:
            level(plan, terms, place, plan.left_cents(place))
        else:
            remake(plan, terms, place, plan.left_cents(place), again)


def _as_before(plan: Plan, terms: Terms, place: int, rate_e8: int) -> list[int] | None:
    """Find what the rows from `place` on ask where the rate came back before an amount was paid of the one between.

    None where it did not: they are levelled then.
    """
    before, rows = plan.rows[place - 1], plan.rows[place:]
    # Of two rows of one number the first is what was prepaid.
    is_planned = place > 0 and is_amount(before, terms) and before.number < rows[0].number
    if not is_planned or rate_on(plan, before.starts_on) != rate_e8:
        return None
    amount_cents = before.principal_cents + before.interest_cents - before.carried_cents
    if is_thirty(terms) and any(before.starts_on < day < before.ends_on for day, _ in plan.rates):
        over, months = 12 * _E8, terms.period_months
        planned_cents = (plan.left_cents(place - 1) * rate_e8 * months + over // 2) // over
        amount_cents = before.principal_cents + planned_cents
    return amounts_after(terms, before, amount_cents, rows)


def extend(plan: Plan, terms: Terms, day: int, periods: int) -> None:
    """Add periods at the end and make the tail anew; one instalment at the end moves there."""
    place = plan.first_after(day)
    left_cents = plan.left_cents(place)
    if terms.method == PLANNED:
        raise impossible(day, "the instalments are the contract, and it does not say how more of them repay")
    if terms.method == BULLET:
        last = plan.rows[-1]
        last.ends_on, last.due_on = due_after(last.ends_on, terms, periods)[-1]
    else:
        _add(plan, terms, periods)
    level(plan, terms, place, left_cents)


def defer(plan: Plan, terms: Terms, day: int, due_on: int, new_due_on: int) -> None:
    """Let the instalment of a due day fall due later, and those after it follow; each asks what it asked.

    Planned instalments move by as many days; others lie periods apart again.
    """
    place = next((at for at, row in enumerate(plan.rows) if row.due_on == due_on), None)
    if place is None or due_on < day or new_due_on <= plan.rows[place].starts_on:
        raise impossible(day, "no instalment that is not yet past can be moved from the one day to the other")
    asks, left_cents, rows = asks_of(plan, terms, place), plan.left_cents(place), plan.rows[place:]
    if terms.method == PLANNED:
        days = [(row.ends_on + new_due_on - due_on,) * 2 for row in rows[1:]]
    else:
        days = due_after(new_due_on, terms, len(rows) - 1, civil(new_due_on)[2])
    start = rows[0].starts_on
    for row, (ends_on, due) in zip(rows, [(new_due_on, new_due_on), *days], strict=True):
        row.starts_on, row.ends_on, row.due_on = start, ends_on, due
        start = ends_on
    remake(plan, terms, place, left_cents, asks)


def capitalise(plan: Plan, terms: Terms, day: int, cents: int) -> None:
    """Let unpaid amounts become principal, which bears interest from the day on, and make the tail anew."""
    place = plan.first_after(day)
    left_cents = plan.left_cents(place) + cents
    plan.joins.append((day, cents))
    plan.flat_cents += cents
    level(plan, terms, place, left_cents)


def reamortise(
    plan: Plan, terms: Terms, day: int, principal_cents: int, interest_cents: int, periods: int | None
) -> None:
    """Move overdue principal and interest into the instalments to come, and make these anew.

    periods   how many of them there are to be; None leaves their number.
    Principal bears interest again from the day on, if it has not all along. Interest is shared out in equal parts, the
    rest to the last, and bears none.
    """
    place = plan.first_after(day)
    left_cents = plan.left_cents(place) + principal_cents
    if periods is not None:
        if terms.method in (PLANNED, BULLET):
            raise impossible(day, "the method of the loan has no number of instalments to choose")
        kept = plan.rows[place + periods :]
        interest_cents += sum(row.carried_cents for row in kept)
        del plan.rows[place + periods :]
        _add(plan, terms, place + periods - len(plan.rows))
    plan.joins.append((plan.rows[place].starts_on if terms.is_daily else day, principal_cents))
    rows = plan.rows[place:]
    for row in rows:
        row.carried_cents += interest_cents // len(rows)
    rows[-1].carried_cents += interest_cents % len(rows)
    level(plan, terms, place, left_cents)


def split(plan: Plan, terms: Terms, day: int, cents: int) -> None:
    """Split principal to come in two: `cents` of it fall due with the last row, the rest is made anew before it.

    All of it bears interest, whichever part it is in. What was split off before stays split off.
    """
    place = plan.first_after(day)
    left_cents = plan.left_cents(place)
    if plan.split_cents + cents >= left_cents:
        raise impossible(day, "no more can be split off than a part of the principal to come")
    plan.split_cents += cents
    level(plan, terms, place, left_cents)


def part_as_run(plan: Plan, place: int, left_cents: int) -> None:
    """Let the rows from `place` on have so much principal to repay, where cash and not the plan says how much.

    Amounts stay, but in them interest and principal change places; all principal together stays what it was. Interest
    that passes all amounts fallen due is left to the last row, which takes what is left in any case.
    """
    more_cents = min(left_cents, plan.left_cents(0)) - plan.left_cents(place)
    more_cents += _shift(plan.rows[:place], -more_cents)
    rest_cents = _shift(plan.rows[place:], more_cents)
    plan.rows[-1].principal_cents += rest_cents


def _shift(rows: Sequence[Row], cents: int) -> int:
    """Make so much interest of rows principal, the last first, or principal interest; return what found no room."""
    left_cents = cents
    for row in reversed(rows):
        room_cents = row.interest_cents - row.carried_cents if cents > 0 else -row.principal_cents
        part_cents = min(left_cents, room_cents) if cents > 0 else max(left_cents, room_cents)
        row.principal_cents += part_cents
        row.interest_cents -= part_cents
        left_cents -= part_cents
    return left_cents


def _set_rate(plan: Plan, day: int, rate_e8: int) -> None:
    plan.rates = [*(rate for rate in plan.rates if rate[0] < day), (day, rate_e8)]


def _add(plan: Plan, terms: Terms, periods: int) -> None:
    """Add empty rows at the end, one period after the other."""
    last = plan.rows[-1]
    start, number = last.ends_on, last.number
    for ends_on, due_on in due_after(start, terms, periods):
        number += 1
        plan.rows.append(Row(start, ends_on, due_on, 0, 0, 0, number))
        start = ends_on
