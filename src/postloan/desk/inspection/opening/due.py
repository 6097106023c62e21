"""What a published day makes due: first, periodic, triggered and sampled inspections, one at most a debtor and kind."""

import calendar
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

import polars as pl

from postloan.desk.core.days import BusinessDay
from postloan.plan.dossier import event_rows
from postloan.rules.inspection_rules import Inspections, Segment, TriggerRule
from postloan.snapshot.read import scan_debtors, scan_loans
from postloan.tables.days import quarter_said
from postloan.tables.units import TIERS

_ONE_E8 = 10**8
_HASHES = 2**64


@dataclass(frozen=True)
class Due:
    """An inspection to open.

    debtor     its row of `debtors_inspected`.
    cause      a word and what it is about: "paid_out 2024-03-05".
    cause_key  tells this cause from the debtor's others, so that twice is once.
    """

    kind: str
    debtor: dict[str, Any]
    due_on: date
    cause: str
    cause_key: str


@dataclass(frozen=True)
class Known:
    """What the desk already knows of inspections.

    running       (debtor, kind) that is open.
    causes        (debtor, kind, cause key) that was ever opened.
    inspected_on  debtor -> day of the last submitted report.
    triggered_on  debtor -> day the last triggered inspection was opened.
    begun_on      the first day the desk adopted: what was due before it is taken as done.
    """

    running: Collection[tuple[str, str]]
    causes: Collection[tuple[str, str, str]]
    inspected_on: dict[str, date]
    triggered_on: dict[str, date]
    begun_on: date


def debtors_inspected(day: BusinessDay) -> pl.DataFrame:
    """Every debtor with a loan on the book: what the rules of inspection ask, and whose it is."""
    names = scan_debtors(day.home, day.on).select("debtor_no", debtor_name="name")
    of_loans = (
        scan_loans(day.home, day.on)
        .filter(pl.col("status") == "active")
        .sort("outstanding_cents", "loan_no", descending=[True, False])
        .group_by("debtor_no", maintain_order=True)
        .agg(
            pl.col("debtor_id", "org_id", "officer_id", "legal_form", "size_class", "is_retail").first(),
            exposure_cents=pl.col("outstanding_cents").sum(),
            tier_rank=pl.col("tier").to_physical().max(),
            products=pl.col("product").unique(),
            first_paid_out_on=pl.col("disbursed_on").min(),
            paid_out_on=pl.col("disbursed_on").max(),
            principal_days=pl.col("days_past_due_principal").max(),
            interest_days=pl.col("days_past_due_interest").max(),
            worsened_on=pl.col("tier_since_on").filter(pl.col("tier") > pl.col("tier_before").fill_null("pass")).max(),
        )
    )
    tiers = pl.Series("tier", TIERS)
    return (
        of_loans.join(names, on="debtor_no", how="left")
        .with_columns(tier=pl.lit(tiers).gather(pl.col("tier_rank")))
        .sort("debtor_no")
        .collect()
    )


def due_on_day(day: BusinessDay, since: date | None, rules: Inspections, known: Known) -> list[Due]:
    """Everything that a day makes due and that was not opened before; `since` is the day adopted before it."""
    debtors = debtors_inspected(day)
    after = since or day.on - timedelta(days=1)
    found = [
        *_first(debtors, day.on, rules, known),
        *_periodic(debtors, day.on, rules, known),
        *_triggered(debtors, day, after, rules, known),
        *_sampled(debtors, day.on, rules),
    ]
    return list(_new(found, known))


def _new(found: Iterable[Due], known: Known) -> Iterator[Due]:
    taken = set(known.running)
    for each in found:
        debtor_id = each.debtor["debtor_id"]
        if (debtor_id, each.kind) in taken or (debtor_id, each.kind, each.cause_key) in known.causes:
            continue
        taken.add((debtor_id, each.kind))
        yield each


def _of(segment: Segment, debtors: pl.DataFrame) -> pl.DataFrame:
    wanted = (pl.col("is_retail") == segment.retail) & (pl.col("exposure_cents") >= segment.exposure_from_cents)
    if segment.debtors:
        wanted &= pl.col("legal_form").cast(pl.String).is_in(segment.debtors)
    if segment.sizes:
        wanted &= pl.col("size_class").cast(pl.String).is_in(segment.sizes)
    if segment.exposure_to_cents is not None:
        wanted &= pl.col("exposure_cents") <= segment.exposure_to_cents
    return debtors.filter(wanted)


def _first(debtors: pl.DataFrame, on: date, rules: Inspections, known: Known) -> Iterator[Due]:
    for rule in rules.first:
        paid_out = pl.col("paid_out_on")
        lately = (paid_out > on - timedelta(days=rules.look_back_days)) & (paid_out <= on)
        # What fell due before the desk was opened was inspected before it was opened.
        in_our_time = paid_out + pl.duration(days=rule.within_days) >= known.begun_on
        for debtor in _of(rule, debtors).filter(lately & in_our_time).iter_rows(named=True):
            paid_out_on = debtor["paid_out_on"]
            due_on = paid_out_on + timedelta(days=rule.within_days)
            yield Due("first", debtor, due_on, f"paid_out {paid_out_on}", str(paid_out_on))


def _periodic(debtors: pl.DataFrame, on: date, rules: Inspections, known: Known) -> Iterator[Due]:
    seen: set[str] = set()
    for rule in rules.periodic:
        of_tier = _of(rule, debtors).filter(pl.col("tier").is_in(rule.tiers))
        for debtor in of_tier.iter_rows(named=True):
            debtor_id = debtor["debtor_id"]
            if debtor_id in seen:
                continue
            seen.add(debtor_id)
            due_on = _next_turn(debtor, rule.every_months, known)
            if due_on <= on + timedelta(days=rules.ahead_days) and (debtor_id, "first") not in known.running:
                yield Due("periodic", debtor, due_on, f"every_months {rule.every_months}", str(due_on))


def _next_turn(debtor: dict[str, Any], months: int, known: Known) -> date:
    """The day a periodic inspection is due: counted from the last one, else from the first pay-out."""
    last = known.inspected_on.get(debtor["debtor_id"])
    if last is not None:
        return months_later(last, months)
    turn, due_on = 1, months_later(debtor["first_paid_out_on"], months)
    while due_on <= known.begun_on:
        turn += 1
        due_on = months_later(debtor["first_paid_out_on"], months * turn)
    return due_on


def months_later(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _triggered(debtors: pl.DataFrame, day: BusinessDay, after: date, rules: Inspections, known: Known) -> Iterator[Due]:
    events = event_rows(day.home, day.on, after).group_by("debtor_no", maintain_order=True).agg(
        event_kinds=pl.col("kind").cast(pl.String)
    )  # fmt: skip
    told = debtors.join(events, on="debtor_no", how="left", maintain_order="left")
    for rule in rules.triggered:
        for debtor in _of(rule, told).filter(_fires(rule, after)).iter_rows(named=True):
            last = known.triggered_on.get(debtor["debtor_id"])
            if last is not None and last > day.on - timedelta(days=rule.again_after_days):
                continue
            due_on = day.on + timedelta(days=rule.within_days)
            yield Due("triggered", debtor, due_on, _trigger_said(rule, debtor), f"{rule.trigger} {day.on}")


def _fires(rule: TriggerRule, after: date) -> pl.Expr:
    fires = {
        "tier_worsened": pl.col("worsened_on") > after,
        "overdue_principal": pl.col("principal_days") > rule.over_days,
        "overdue_interest": pl.col("interest_days") > rule.over_days,
        "event": _hears(rule),
    }[rule.trigger]
    of_tier = pl.col("tier").is_in(rule.tiers) if rule.tiers else pl.lit(value=True)
    return fires.fill_null(value=False) & of_tier


def _hears(rule: TriggerRule) -> pl.Expr:
    if not rule.events:
        return pl.col("event_kinds").is_not_null()
    return pl.col("event_kinds").list.eval(pl.element().is_in(rule.events)).list.any()


def _trigger_said(rule: TriggerRule, debtor: dict[str, Any]) -> str:
    about = {
        "tier_worsened": debtor["tier"],
        "overdue_principal": debtor["principal_days"],
        "overdue_interest": debtor["interest_days"],
        "event": ",".join(debtor["event_kinds"] or ()),
    }[rule.trigger]
    return f"{rule.trigger} {about}"[:300]


def _sampled(debtors: pl.DataFrame, on: date, rules: Inspections) -> Iterator[Due]:
    quarter = quarter_said(on)
    for rule in rules.sampled:
        for debtor in _of(rule, debtors).iter_rows(named=True):
            if is_drawn(debtor["debtor_id"], quarter, rule.share_e8):
                yield Due("sampled", debtor, on + timedelta(days=rule.within_days), f"quarter {quarter}", quarter)


def is_drawn(debtor_id: str, quarter: str, share_e8: int) -> bool:
    """Whether a debtor is in the sample of a quarter: told by its number alone, the same for whoever draws."""
    drawn = int.from_bytes(blake2b(f"{debtor_id} {quarter}".encode(), digest_size=8).digest())
    return drawn * _ONE_E8 < share_e8 * _HASHES
