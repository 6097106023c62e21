"""Changes: what each kind of event does to the plan of a loan, the spreading of payments apart."""

from decimal import Decimal

from postloan.kernels.daycount import civil
from postloan.kernels.life.factors import later, to_instalment
from postloan.kernels.life.plan import AFTER, AT_ONCE, Plan, Row, add_rows, due_days
from postloan.kernels.life.tail import level, level_bare, remake
from postloan.kernels.life.terms import ACCELERATE_ALL, INTEREST, PRINCIPAL, ZERO_INTEREST, Event, Terms
from postloan.kernels.schedule import EQUAL_PRINCIPAL, INTEREST_ONLY

_WHOLE_E8 = 100_000_000


def disburse(plan: Plan, terms: Terms, event: Event) -> None:
    """Lend: the first disbursement lays out the rows, a later one levels what follows it as if nothing were paid."""
    at_once = to_instalment(Decimal(event.amount_cents * terms.at_once_e8) / _WHOLE_E8, terms._replace(step_cents=1))
    if at_once:
        row = Row(event.on, event.on, AT_ONCE)
        row.owed[PRINCIPAL] = at_once
        plan.beside.append(row)
    is_first = not plan.rows
    if is_first:
        plan.rates = [(event.on, Decimal(terms.rate_e8) / _WHOLE_E8)]
        add_rows(plan, event.on, due_days(terms, event.on, terms.periods))
    plan.lent_cents += event.amount_cents - at_once
    plan.moves.append((event.on, event.amount_cents - at_once, True))
    first = 0 if event.on == plan.rows[0].starts_on else plan.from_day(event.on)
    (level if is_first else level_bare)(plan, terms, min(first, len(plan.rows) - 1))


def charge(plan: Plan, event: Event) -> None:
    """Add a fee or a penalty to the row in whose period it falls due; after the last row it makes one of its own."""
    due_on = event.until_on
    rows = [row for row in plan.all_rows() if row.kind != AFTER]
    for row in rows:
        if row.starts_on < due_on <= row.due_on or (row is rows[0] and due_on <= row.due_on):
            row.owed[event.component] += event.amount_cents
            return
    later_rows = [row for row in plan.beside if row.kind == AFTER]
    if not later_rows:
        later_rows = [Row(rows[-1].due_on, due_on, AFTER)]
        plan.beside += later_rows
    later_rows[0].due_on = max(later_rows[0].due_on, due_on)
    later_rows[0].owed[event.component] += event.amount_cents


def change_rate(plan: Plan, terms: Terms, event: Event) -> None:
    """Set a new rate from the evening before the day, and level the tail."""
    day = event.on - 1
    plan.rates = sorted([*plan.rates, (day, Decimal(event.rate_e8) / _WHOLE_E8)], key=lambda rate: rate[0])
    level(plan, terms, plan.from_day(max(day, plan.rows[0].starts_on + 1) if day <= plan.rows[0].starts_on else day))


def extend(plan: Plan, terms: Terms, event: Event) -> None:
    """Add periods at the end and level the tail from the period that the day before belongs to."""
    start = plan.rows[0].starts_on
    days = due_days(terms, start, len(plan.rows) + event.count)
    last = plan.rows[-1]
    if days[len(plan.rows) - 1] == last.due_on:
        added = days[len(plan.rows) :]
    else:
        added = due_days(terms._replace(due_day=civil(last.due_on)[2]), last.due_on, event.count)
    add_rows(plan, last.due_on, added)
    level(plan, terms, plan.from_day(event.on - 1))


def shift(plan: Plan, terms: Terms, event: Event) -> None:
    """Move the due day of the row that is due on the day, and of all after it; each still asks what it asked."""
    place = next(number for number, row in enumerate(plan.rows) if row.due_on == event.on)
    due_on, day = event.until_on, civil(event.until_on)[2]
    for step, row in enumerate(plan.rows[place:]):
        if step:
            row.starts_on = plan.rows[place + step - 1].due_on
        row.due_on = later(due_on, step * terms.every, terms.unit, day)
    remake(plan, terms)


def capitalise(plan: Plan, terms: Terms, event: Event) -> None:
    """Turn interest that is due and unpaid into principal, and level the tail."""
    moved = 0
    for row in plan.rows:
        if row.due_on <= event.on:
            moved += row.owed[INTEREST] - row.paid[INTEREST]
    _close(plan, event.on)
    plan.lent_cents += moved
    plan.moves.append((event.on, moved, True))
    level(plan, terms, plan.from_day(event.on))


def _close(plan: Plan, day: int) -> None:
    """Empty the rows that are due by a day: they ask no more than was paid, and the tail takes the rest."""
    for row in plan.rows:
        if row.due_on <= day and not row.is_served():
            row.asks_cents = row.paid_cents()
            row.level_cents = row.paid[PRINCIPAL]
            row.settled_on = day


def reamortise(plan: Plan, terms: Terms, event: Event) -> int:
    """Move what is past due into the rows to come, in equal parts, the rest to the last; return how much."""
    rows = [row for row in plan.rows if row.due_on > event.on]
    moved = sum(row.asks_cents - row.paid_cents() for row in plan.rows if row.due_on <= event.on)
    _close(plan, event.on)
    part = to_instalment(Decimal(moved) / len(rows), terms)
    for row in rows:
        row.asks_cents += part
        row.level_cents += part
    remake(plan, terms)
    return moved


def replan(plan: Plan, terms: Terms, event: Event) -> int:
    """Put all that is open into a new number of instalments from a first due day; return how much."""
    moved = accelerate(plan, terms, event.on)
    last = plan.rows[-1]
    _close(plan, max(event.on, last.due_on))
    last.settled_on = event.on
    first, day = event.until_on, civil(event.until_on)[2]
    count = len(plan.rows)
    add_rows(plan, last.due_on, [later(first, step * event.every, event.unit, day) for step in range(event.count)])
    level(plan, terms, count)
    return moved


def accelerate(plan: Plan, terms: Terms, day: int) -> int:
    """Make everything due on a day: the row that is running ends there and takes all that is left; return how much."""
    place = plan.running(day)
    if place < len(plan.rows):
        ended, rest = plan.rows[place], plan.rows[place + 1 :]
        ended.due_on = day
        for row in rest:
            ended.paid = [mine + other for mine, other in zip(ended.paid, row.paid, strict=True)]
            ended.owed[2:] = [mine + other for mine, other in zip(ended.owed[2:], row.owed[2:], strict=True)]
            ended.in_advance_cents += row.in_advance_cents
        del plan.rows[place + 1 :]
        if terms.method in (EQUAL_PRINCIPAL, INTEREST_ONLY):
            ended.level_cents = plan.lent_cents - sum(row.level_cents for row in plan.rows[:place])
        ended.asks_cents = max(ended.asks_cents, ended.paid_cents() + 1)
        remake(plan, terms)
    return plan.open_principal_cents()


def charge_off(plan: Plan, terms: Terms, event: Event) -> None:
    """Take the loan off the books; what that does to its schedule is the product's choice."""
    if terms.charged_off_by == ACCELERATE_ALL:
        accelerate(plan, terms, event.on)
    elif terms.charged_off_by == ZERO_INTEREST:
        plan.stops_on = event.on
    plan.counts_until = event.on
    remake(plan, terms)


def prepay(plan: Plan, terms: Terms, event: Event, cents: int, *, is_shorter: bool) -> list[int]:
    """Settle interest to the day and repay principal beyond what is due, in a row of its own; then remake the tail.

    is_shorter   the instalment stays and the term shrinks; otherwise the term stays and the instalment shrinks.
    Returns      what went to each component; a row is put in front of the running one, which goes on from the day.
    """
    place = plan.running(event.on)
    running = plan.rows[place]
    settled = plan.copied()
    remake(settled, terms, until=event.on)
    interest = min(settled.rows[place].owed[INTEREST] - settled.rows[place].paid[INTEREST], cents)
    principal = min(cents - interest, plan.open_principal_cents())
    row = Row(running.starts_on, event.on, asks_cents=interest + principal, level_cents=principal)
    row.owed[:2] = row.paid[:2] = [principal, interest]
    row.settled_on = event.on
    running.starts_on = event.on
    plan.rows.insert(place, row)
    plan.moves.append((event.on, -principal, False))
    remake(plan, terms)
    if is_shorter:
        while len(plan.rows) > place + 2 and plan.rows[-1].owed[PRINCIPAL] == 0:
            plan.rows.pop()
    else:
        level(plan, terms, place + 1)
    return [principal, interest, 0, 0]
