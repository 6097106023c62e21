"""The reports that there are, and how one is asked for: by the command line, by a page, by the cockpit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from postloan.desk.report.allowance import allowance
from postloan.desk.report.book import BY_OFFICE, GROUPINGS, Grouping, Within
from postloan.desk.report.breaks import breaks
from postloan.desk.report.bridge import bridge
from postloan.desk.report.clocks import clocks
from postloan.desk.report.corrections import corrections
from postloan.desk.report.debtors import debtors
from postloan.desk.report.exposures import exposures
from postloan.desk.report.form import Report
from postloan.desk.report.g11 import g11
from postloan.desk.report.g12 import g12
from postloan.desk.report.groups import groups
from postloan.desk.report.instructions import instructions
from postloan.desk.report.journal import journal
from postloan.desk.report.losses import losses
from postloan.desk.report.migration import migration
from postloan.desk.report.overdue import overdue
from postloan.desk.report.portfolio import portfolio
from postloan.desk.report.provisions import provisions
from postloan.desk.report.rates import rates
from postloan.desk.report.rolls import rolls
from postloan.desk.report.stress import stress
from postloan.desk.report.tieout import tieout
from postloan.desk.report.tiers import tiers
from postloan.desk.report.vintages import vintages
from postloan.errors import NothingPublished, RequestWrong
from postloan.plan.dossier import offices_known
from postloan.plan.published_day import published_day
from postloan.rules.forms import Forms
from postloan.snapshot.read import published_days

Begins = Literal["day_before", "year_start", "first"]


@dataclass(frozen=True)
class Kind:
    """A report.

    groupings    what it may be grouped by.
    begins       where it goes from one day to another: which the earlier one is unless it is named.
    is_of_bank   it has no meaning for some of the offices alone.
    """

    name: str
    groupings: tuple[Grouping, ...] = ()
    begins: Begins | None = None
    is_of_bank: bool = False


_OF_FEED: tuple[Grouping, ...] = (*BY_OFFICE, "product", "industry")
KINDS = {
    kind.name: kind
    for kind in (
        Kind("tiers", GROUPINGS),
        Kind("overdue", GROUPINGS),
        Kind("migration", GROUPINGS, "day_before"),
        Kind("provisions", GROUPINGS),
        Kind("losses", GROUPINGS),
        Kind("allowance", ("product",), "day_before"),
        Kind("stress", is_of_bank=True),
        Kind("rates", is_of_bank=True),
        Kind("journal", begins="day_before"),
        Kind("breaks", _OF_FEED),
        Kind("instructions"),
        Kind("clocks"),
        Kind("rolls", begins="day_before"),
        Kind("vintages", begins="first"),
        Kind("bridge", GROUPINGS, "day_before"),
        Kind("debtors"),
        Kind("portfolio", is_of_bank=True),
        Kind("exposures"),
        Kind("groups"),
        Kind("g11", begins="year_start", is_of_bank=True),
        Kind("g12", begins="year_start", is_of_bank=True),
        Kind("tieout", ("org",), is_of_bank=True),
        Kind("corrections", GROUPINGS),
    )
}
_BY_GROUP: dict[str, Callable[..., Report]] = {
    "tiers": tiers, "overdue": overdue, "provisions": provisions, "losses": losses, "breaks": breaks,
}  # fmt: skip
_BETWEEN_BY_GROUP: dict[str, Callable[..., Report]] = {
    "migration": migration, "bridge": bridge, "allowance": allowance,
}  # fmt: skip
_OF_ONE_DAY: dict[str, Callable[..., Report]] = {
    "instructions": instructions,
    "clocks": clocks,
    "groups": groups,
    "debtors": debtors,
    "portfolio": portfolio,
    "exposures": exposures,
    "stress": stress,
    "rates": rates,
}
_BETWEEN: dict[str, Callable[..., Report]] = {"rolls": rolls, "vintages": vintages, "journal": journal}


def ask_report(
    home: Path,
    kind: str,
    *,
    on: date | None,
    from_on: date | None,
    by: str | None,
    within: Within = None,
    against: str | None = None,
) -> Report:
    """Count a report of a day, or from one to another; days left out are the last published and what `--from` says.

    within   the offices whose loans count; None is the whole bank.
    against  of corrections, the run that the day is compared with.

    Raises RequestWrong where a report of one day is given two, one that has no such groups is asked for them, one of
    the whole bank is asked for some offices, or one that compares no versions is given a second one.
    """
    day, asked, grouping = on or last_published(home), KINDS[kind], cast("Grouping | None", by)
    if grouping is not None and grouping not in asked.groupings:
        raise RequestWrong(message=f"The report {kind} is not given by {by}.", hint="Leave --by out.")
    if asked.begins is None and from_on is not None:
        raise RequestWrong(
            message=f"The report {kind} is of one day; --from has no meaning for it.",
            hint="Leave --from out, or ask for the migration between the two days.",
        )
    if asked.is_of_bank and within is not None:
        raise RequestWrong(
            message=f"The report {kind} is of the whole bank.", hint="Ask for the tiers or provisions of an office."
        )
    if against is not None and kind != "corrections":
        raise RequestWrong(
            message=f"The report {kind} compares no versions.", hint="Leave --against out, or ask for corrections."
        )
    start = from_on or start_of(home, asked, day)
    if kind == "corrections":
        orgs = offices_known(home, day) if grouping in {None, *BY_OFFICE} else None
        return corrections(home, day, grouping, orgs=orgs, within=within, against=against)
    return _counted(home, asked, day, start, grouping, within)


def _counted(home: Path, kind: Kind, on: date, from_on: date | None, by: Grouping | None, within: Within) -> Report:
    orgs = offices_known(home, on) if by in BY_OFFICE or kind.name == "tieout" else None
    if kind.name == "tieout" and orgs is not None:
        return tieout(home, on, by_org=by == "org", orgs=orgs)
    if kind.name in _BY_GROUP:
        return _BY_GROUP[kind.name](home, on, by, orgs=orgs, within=within)
    if kind.name in _OF_ONE_DAY:
        return _OF_ONE_DAY[kind.name](home, on, within=within)
    if kind.name in _BETWEEN_BY_GROUP:
        return _BETWEEN_BY_GROUP[kind.name](home, from_on, on, by, orgs=orgs, within=within)
    if kind.name in _BETWEEN:
        return _BETWEEN[kind.name](home, from_on, on, within=within)
    begun = cast("date", from_on)
    return g11(home, begun, on, _forms(home, on)) if kind.name == "g11" else g12(home, begun, on)


def start_of(home: Path, kind: Kind, on: date) -> date | None:
    """Find the earlier day of a report where none is named; None for a report of one day. Raises NothingPublished."""
    if kind.begins is None:
        return None
    if kind.begins == "year_start":
        return _year_start(home, on)
    return published_days(home)[0] if kind.begins == "first" else _published_before(home, on)


def last_published(home: Path) -> date:
    """Find the last published day; NothingPublished where there is none."""
    days = published_days(home)
    if not days:
        raise NothingPublished(
            message="Nothing is published yet.",
            hint="Compute a day first: postloan night DATE.",
            where={"home": home},
        )
    return days[-1]


def _published_before(home: Path, on: date) -> date:
    earlier = [day for day in published_days(home) if day < on]
    if not earlier:
        raise NothingPublished(
            message=f"No snapshot is published before {on}.",
            hint="A migration needs two days: compute an earlier one, or name the days with --from and --on.",
            where={"home": home, "on": on},
        )
    return earlier[-1]


def _year_start(home: Path, on: date) -> date:
    """Find the last day of the year before, from which the supervisor's forms count."""
    start = date(on.year - 1, 12, 31)
    if start not in published_days(home):
        raise NothingPublished(
            message=f"The form counts from the start of the year, and {start} is not published.",
            hint=f"Compute it: postloan night {start}. Or name another published day with --from.",
            where={"home": home, "on": on},
        )
    return start


def _forms(home: Path, on: date) -> Forms:
    """Take the rule of the forms under the law that the day was computed by."""
    day = published_day(home, on)
    return day.rulebook.version("forms", Forms, day.law_of)
