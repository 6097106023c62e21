"""Changes: what each kind of event does to the plan of a loan, the spreading of payments apart."""

from decimal import Decimal

from postloan.errors import EventImpossible
from postloan.kernels.daycount import civil
from postloan.kernels.life.factors import later, to_instalment
from postloan.kernels.life.plan import AFTER, AT_ONCE, Plan, Row, add_rows, due_days
from postloan.kernels.life.tail import PRINCIPAL_FIRST, level, level_bare, remake
from postloan.kernels.life.terms import ACCELERATE_ALL, FEE, INTEREST, PENALTY, PRINCIPAL, ZERO_INTEREST, Event, Terms

_WHOLE_E8 = 100_000_000


def impossible(event: Event, why: str) -> EventImpossible:
    """Make the refusal of an event that the plan has no place for."""
    return EventImpossible(
        message=f"{event.kind.name.lower()} cannot happen on day {event.on}: {why}.",
        hint="Look at the schedule as of that day, and change the day of the event or what it asks for.",
        where={"kind": event.kind.name.lower(), "on": event.on},
    )


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
    plan.charges.append((event.until_on, event.component, event.amount_cents))
    _place_charge(plan, event.until_on, event.component, event.amount_cents)


def _place_charge(plan: Plan, due_on: int, component: int, cents: int) -> None:
    rows = [row for row in plan.all_rows() if row.kind != AFTER]
    for row in rows:
        if row.starts_on < due_on <= row.due_on or (row is rows[0] and due_on <= row.due_on):
            row.owed[component] += cents
            return
    after = next((row for row in plan.beside if row.kind == AFTER), None)
    if after is None:
        after = Row(rows[-1].due_on, due_on, AFTER)
        plan.beside.append(after)
    after.due_on = max(after.due_on, due_on)
    after.owed[component] += cents


def change_rate(plan: Plan, terms: Terms, event: Event) -> None:
    """Set a new rate from a day on, and level the tail."""
    day = max(event.on - terms.from_the_eve, plan.rows[0].starts_on)
    plan.rates = sorted([*plan.rates, (day, Decimal(event.rate_e8) / _WHOLE_E8)], key=lambda rate: rate[0])
    level(plan, terms, plan.from_day(day))


def extend(plan: Plan, terms: Terms, event: Event) -> None:
    """Add periods at the end and level the tail from the period that the day belongs to."""
    start = plan.rows[0].starts_on
    days = due_days(terms, start, len(plan.rows) + event.number)
    last = plan.rows[-1]
    if days[len(plan.rows) - 1] == last.due_on:
        added = days[len(plan.rows) :]
    else:
        added = due_days(terms._replace(due_day=civil(last.due_on)[2]), last.due_on, event.number)
    add_rows(plan, last.due_on, added)
    level(plan, terms, plan.from_day(event.on - terms.from_the_eve))


def shift(plan: Plan, terms: Terms, event: Event) -> None:
    """Move the due day of the row that is due on the day, and of all after it; each still asks what it asked."""
    place = next((number for number, row in enumerate(plan.rows) if row.due_on == event.on), None)
    if place is None or event.until_on <= plan.rows[place].starts_on:
        raise impossible(event, "no instalment is due on that day and can be moved to the new one")
    due_on, day = event.until_on, civil(event.until_on)[2]
    for step, row in enumerate(plan.rows[place:]):
        if step:
            row.starts_on = plan.rows[place + step - 1].due_on
        row.due_on = later(due_on, step * terms.every, terms.unit, day)
    remake(plan, terms)


def capitalise(plan: Plan, terms: Terms, event: Event) -> int:
    """Turn interest that is due and unpaid into principal, and level the tail; return how much."""
    if plan.rows[-1].due_on <= event.on:
        raise impossible(event, "no instalment is still to come that could take the interest")
    moved = 0
    for row in plan.rows:
        if row.due_on <= event.on:
            unpaid = row.open_of(INTEREST)
            row.gone[INTEREST] += unpaid
            moved += unpaid
    plan.lent_cents += moved
    plan.moves.append((event.on, moved, True))
    level(plan, terms, plan.from_day(event.on))
    return moved


def _close(plan: Plan, day: int) -> None:
    """Empty the rows that are due by a day: they ask no more than was paid, and the tail takes the rest."""
    for row in plan.rows:
        if row.due_on <= day and not row.is_served():
            row.asks_cents = row.met_cents()
            row.level_cents = row.met(PRINCIPAL)
            row.settled_on, row.is_emptied = day, True


def reamortise(plan: Plan, terms: Terms, event: Event) -> int:
    """Move what is past due into the rows to come, in equal parts, the rest to the last; return how much."""
    rows = [row for row in plan.rows if row.due_on > event.on]
    if not rows:
        raise impossible(event, "no instalment is still to come that could take what is past due")
    late = [row for row in plan.rows if row.due_on <= event.on]
    moved = sum(row.open_of(PRINCIPAL) for row in late)
    if terms.method not in PRINCIPAL_FIRST:
        moved += sum(row.open_of(INTEREST) for row in late)
    _close(plan, event.on)
    part = to_instalment(Decimal(moved) / len(rows), terms)
    for row in rows:
        row.asks_cents += part
        row.level_cents += part
    remake(plan, terms)
    return moved


def replan(plan: Plan, terms: Terms, event: Event) -> tuple[int, int]:
    """Put all that is open into a new number of instalments from a first due day; return principal and interest."""
    if event.number < 1 or event.until_on < event.on:
        raise impossible(event, "a new plan has at least one instalment, and none due before it is made")
    accelerate(plan, terms, event.on)
    last, moved = plan.rows[-1], (plan.open_of(PRINCIPAL), plan.open_of(INTEREST))
    _close(plan, max(event.on, last.due_on))
    last.settled_on = event.on
    first, day = event.until_on, civil(event.until_on)[2]
    count = len(plan.rows)
    add_rows(plan, last.due_on, [later(first, step * event.every, event.unit, day) for step in range(event.number)])
    level(plan, terms, count)
    return moved


def accelerate(plan: Plan, terms: Terms, day: int) -> None:
    """Make everything due on a day: the row that is running ends there and takes all that is left.

    Fees and penalties keep their own due day, and so may stand in a row of their own.
    """
    place = plan.running(day)
    if place == len(plan.rows):
        return
    ended, rest, left = plan.rows[place], plan.rows[place + 1 :], plan.open_of(PRINCIPAL)
    for row in rest:
        ended.paid = [mine + other for mine, other in zip(ended.paid, row.paid, strict=True)]
        ended.in_advance_cents += row.in_advance_cents
        ended.moved_cents += row.moved_cents
    del plan.rows[place + 1 :]
    ended.due_on = day
    ended.asks_cents = ended.met_cents() + left
    if terms.method in PRINCIPAL_FIRST:
        ended.level_cents = ended.met(PRINCIPAL) + left
    for component in (FEE, PENALTY):
        later_cents = sum(row.owed[component] for row in rest)
        ended.owed[component] += later_cents
        _move_charges(plan, ended, component, day)
    remake(plan, terms)


def _move_charges(plan: Plan, ended: Row, component: int, day: int) -> None:
    """Move what is not paid of charges that fall due after a day out of the row that ended there."""
    for due_on, kind, cents in plan.charges:
        if kind == component and due_on > day and ended.open_of(component) > 0:
            part = min(cents, ended.open_of(component))
            ended.owed[component] -= part
            _place_charge(plan, due_on, component, part)


def charge_off(plan: Plan, terms: Terms, event: Event) -> None:
    """Charge the loan off; what that does to its schedule is the product's choice."""
    if terms.charged_off_by == ACCELERATE_ALL:
        accelerate(plan, terms, event.on)
    elif terms.charged_off_by == ZERO_INTEREST:
        plan.stops_on = event.on
    plan.frozen_on = min(plan.frozen_on, event.on)
    remake(plan, terms)


def write_off(plan: Plan, event: Event) -> list[int]:
    """Take all that is open off the book; return how much of each component. What is recovered later is not ours."""
    taken = [plan.open_of(part) for part in range(4)]
    for row in (*plan.rows, *plan.beside):
        row.gone = [row.gone[part] + row.open_of(part) for part in range(4)]
    plan.frozen_on, plan.is_written_off = min(plan.frozen_on, event.on), True
    return taken


def prepay(plan: Plan, terms: Terms, event: Event, cents: int, *, is_shorter: bool) -> list[int]:
    """Settle interest to the day and repay principal beyond what is due, in a row of its own; then remake the tail.

    is_shorter   the instalment stays and the term shrinks; otherwise the term stays and the instalment shrinks.
    Returns      what went to each component; a row is put in front of the running one, which goes on from the day.
    """
    place = next(number for number, row in enumerate(plan.rows) if row.due_on > event.on)
    running = plan.rows[place]
    settled = plan.copied()
    remake(settled, terms, until=event.on)
    interest = min(settled.rows[place].open_of(INTEREST), cents)
    principal = min(cents - interest, plan.open_of(PRINCIPAL))
    row = Row(running.starts_on, event.on, asks_cents=interest + principal, level_cents=principal)
    row.cut_from_on = running.due_on
    row.owed[:2] = row.paid[:2] = [principal, interest]
    row.settled_on, row.moved_cents = event.on, principal
    running.starts_on = event.on
    plan.rows.insert(place, row)
    plan.moves.append((event.on, -principal, False))
    remake(plan, terms)
    if is_shorter:
        while len(plan.rows) > place + 2 and sum(plan.rows[-1].owed) == 0:
            plan.rows.pop()
    else:
        level(plan, terms, place + 1)
    return [principal, interest, 0, 0]
