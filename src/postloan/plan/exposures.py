"""Who is exposed to a scenario or an event: the debtors whose loans it meets, and how they stand on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.errors import RequestWrong
from postloan.plan.published_day import published_day
from postloan.rules.stresses import Stress, Stresses
from postloan.snapshot.read import scan_debtors, scan_loans
from postloan.tables.units import NON_PERFORMING


@dataclass(frozen=True)
class Event:
    """What happens, and whom it meets.

    industries, regions  beginnings of codes; a loan is met that begins with one of each that is given.
    debtors              these are met whatever they do.
    largest, impaired    so many debtors of the greatest claims; those in stage 3.

    Where nothing is given, everybody is met.
    """

    name: str
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    debtors: tuple[str, ...] = ()
    largest: int = 0
    impaired: bool = False

    @property
    def is_of_all(self) -> bool:
        """Whether everybody is met."""
        return not (self.industries or self.regions or self.debtors or self.largest or self.impaired)


def event_of(stress: Stress) -> Event:
    """Say whom a stress of the rulebook meets."""
    return Event(
        stress.name,
        stress.industries or (),
        stress.regions or (),
        stress.debtors or (),
        stress.largest,
        stress.impaired,
    )


def scenarios(home: Path, on: date) -> tuple[Event, ...]:
    """List the events of the stresses in force on a published day; none before there was a rule.

    Raises NothingPublished.
    """
    day = published_day(home, on)
    law = day.rulebook.version_if_any("stresses", Stresses, day.law_of)
    return () if law is None else tuple(event_of(stress) for stress in law.stresses)


def event_asked(
    home: Path,
    on: date,
    scenario: str | None,
    industries: tuple[str, ...] = (),
    regions: tuple[str, ...] = (),
    debtors: tuple[str, ...] = (),
) -> Event:
    """Take the event that was asked for: a scenario of the rulebook, or one of codes and debtors.

    Raises RequestWrong where there is no such scenario, or nothing was asked for.
    """
    if scenario:
        found = next((event for event in scenarios(home, on) if event.name == scenario), None)
        if found is None:
            names = ", ".join(event.name for event in scenarios(home, on))
            raise RequestWrong(message=f"There is no scenario {scenario}.", hint=f"Scenarios in force: {names}.")
        return found
    event = Event("event", tuple(each.upper() for each in industries), regions, debtors)
    if event.is_of_all:
        raise RequestWrong(
            message="The event meets nobody in particular.",
            hint="Name a scenario of the rulebook, or industries, regions or debtors.",
        )
    return event


def exposed(home: Path, on: date, event: Event, *, within: Collection[str] | None = None) -> pl.DataFrame:
    """Find the debtors that an event meets on a published day, the largest first: see `met`, and debtor_name."""
    names = scan_debtors(home, on).select("debtor_no", debtor_name="name").collect()
    found = met(home, on, event, within=within).join(names, on="debtor_no", how="left")
    return found.sort("outstanding", "debtor_no", descending=[True, False])


def met(home: Path, on: date, event: Event, *, within: Collection[str] | None = None) -> pl.DataFrame:
    """Find the debtors that an event meets on a published day, by what they owe of the loans that it meets.

    Returns debtor_no, debtor_id, industry_code, region_code, tier, stage, loans, outstanding, non_performing,
    overdue_principal, provisions (of the supervisor's rule), allowance (of expected loss): the bank's own share, in
    cents; tier and stage are the worst of the loans met.

    within  the offices whose loans count; None is the whole bank. Raises NothingPublished.
    """
    held = scan_loans(home, on).filter(pl.col("status") == "active")
    if within is not None:
        held = held.filter(pl.col("org_id").is_in(sorted(within)))
    owed, bad = pl.col("own_share_outstanding_cents"), pl.col("tier").is_in(NON_PERFORMING)
    provisions = pl.sum_horizontal(
        "general_provision_cents", "specific_provision_cents", "special_provision_cents", ignore_nulls=True
    )
    return (
        held.filter(_is_met(held, event))
        .group_by("debtor_no", "debtor_id")
        .agg(
            pl.col("tier").max(),
            pl.col("stage").max(),
            pl.col("industry_code").sort_by(owed, descending=True).first(),
            pl.col("region_code").first(),
            loans=pl.len().cast(pl.Int64),
            outstanding=owed.sum(),
            non_performing=owed.filter(bad).sum(),
            overdue_principal=pl.col("own_share_overdue_principal_cents").sum(),
            provisions=provisions.sum(),
            allowance=pl.col("ecl_cents").sum(),
        )
        .collect()
    )


def _is_met(held: pl.LazyFrame, event: Event) -> pl.Expr:
    """Whether a loan is met: by where it stands, or by whose it is."""
    if event.is_of_all:
        return pl.lit(value=True)
    of_codes = [
        pl.any_horizontal([pl.col(name).str.starts_with(start) for start in starts]).fill_null(value=False)
        for name, starts in (("industry_code", event.industries), ("region_code", event.regions))
        if starts
    ]
    tests = [pl.all_horizontal(of_codes)] if of_codes else []
    if event.debtors:
        tests.append(pl.col("debtor_id").is_in(list(event.debtors)))
    if event.impaired:
        tests.append((pl.col("stage") == "stage_3").fill_null(value=False))
    if event.largest:
        claims = held.group_by("debtor_no").agg(pl.col("claim_cents").sum())
        first = claims.sort("claim_cents", "debtor_no", descending=[True, False]).head(event.largest).collect()
        tests.append(pl.col("debtor_no").is_in(first["debtor_no"].implode()))
    return pl.any_horizontal(tests)
