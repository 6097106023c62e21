"""The bank's customers as numbers: kind, place, trade, size, and the hidden hazard that decides who stops paying."""

from dataclasses import dataclass, fields

import numpy as np

from postloan.demo.dates import NEVER, Days, add_months, first_day, last_day, month_of
from postloan.demo.draws import Bools, Floats, Indexes, Ints, pick, systematic
from postloan.demo.industries import COMPANY_INDUSTRIES, COMPANY_SHARES, FINANCE, INDUSTRIES, SHOP_INDUSTRIES, TOWN
from postloan.demo.lines import Lines, Window
from postloan.demo.market import stress_of
from postloan.demo.offices import CITY_HAZARD, DISTRICTS_EACH, draw_offices
from postloan.demo.products import BUSINESS, FIXED, MICRO, PRODUCTS, RENEWING, RETAIL, WORKING

PERSON, SOLE_TRADER, COMPANY, FINANCIAL, GOVERNMENT = range(5)
LARGE, MEDIUM, SMALL, MICRO_SIZE, NO_SIZE = range(5)

SHOP_SHARE, MICRO_SHOP_SHARE, FINANCIAL_SHARE, GOVERNMENT_SHARE = 0.4, 0.25, 0.03, 0.06

NO_INDUSTRY = -1
FRAILTY = 0.9
"""Spread of what nobody can see: the log-normal part of the hazard."""

STOPS_BEFORE_MONTHS = 24
"""How long before the take-on the oldest non-performing loans stopped; older ones have left the book."""

STRESS_BEFORE = 1.4
"""Before the take-on stops are drawn more often: those resolved by then leave the book again."""

RESOLVED_SHARE = 0.8
RESOLVED_DAYS = (150, 480)
"""Most stopped debtors end in a sale of the security, a settlement or a transfer, so many days after they stopped."""

DOUBTFUL_AGE = (304, 358)
"""Who stopped so many days ago missed a first monthly instalment 271 to 360 days ago."""

GOLDEN = (5**0.5 - 1) / 2

PARTLY_SHARE = 0.3
LARGE_YUAN, MEDIUM_YUAN, SMALL_YUAN = 25_000_000, 6_000_000, 1_500_000
CLASSES = ("A", "B", "C", "D", "E")


@dataclass(frozen=True)
class Parties:
    """One row a debtor, in the order of their main lines.

    industry     index of INDUSTRIES, or NO_INDUSTRY.
    scale_cents  the main line's amount.
    hazard       chance of stopping against the product's average: place × trade × frailty.
    stops_on     the day the debtor stops paying in full, or NEVER.
    is_partly    goes on paying a part for a while.
    resolved_on  the day all is paid from the security, or NEVER.
    """

    product: Indexes
    form: Indexes
    size: Indexes
    office: Indexes
    industry: Indexes
    scale_cents: Ints
    hazard: Floats
    stops_on: Days
    is_partly: Bools
    resolved_on: Days

    @property
    def hazard_class(self) -> Indexes:
        """A to E as 0 to 4, cut at fixed hazards so that a class means the same in every bank."""
        return np.searchsorted(np.asarray([0.35, 0.65, 1.1, 1.9]), self.hazard).astype(np.int32)


def join_parties(parts: list[Parties]) -> Parties:
    """Several groups of debtors as one."""
    return Parties(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Parties)}
    )


def _forms(product: Indexes, rng: np.random.Generator) -> Indexes:
    chance = rng.random(len(product))
    form = np.full(len(product), PERSON, dtype=np.int32)
    form[(product == BUSINESS) & (chance < SHOP_SHARE)] = SOLE_TRADER
    form[product == MICRO] = np.where(chance[product == MICRO] < MICRO_SHOP_SHARE, SOLE_TRADER, COMPANY)
    form[product == WORKING] = np.where(chance[product == WORKING] < FINANCIAL_SHARE, FINANCIAL, COMPANY)
    form[product == FIXED] = np.where(chance[product == FIXED] < GOVERNMENT_SHARE, GOVERNMENT, COMPANY)
    return form


def _sizes(form: Indexes, product: Indexes, scale_cents: Ints) -> Indexes:
    yuan = scale_cents // 100
    size = np.full(len(form), MICRO_SIZE, dtype=np.int32)
    size[yuan > SMALL_YUAN] = SMALL
    is_corporate = np.isin(product, (WORKING, FIXED))
    size[is_corporate] = SMALL
    size[is_corporate & (yuan > MEDIUM_YUAN)] = MEDIUM
    size[is_corporate & (yuan > LARGE_YUAN)] = LARGE
    size[form == SOLE_TRADER] = MICRO_SIZE
    size[np.isin(form, (PERSON, GOVERNMENT))] = NO_SIZE
    return size


def _industries(form: Indexes, rng: np.random.Generator) -> Indexes:
    company = pick(rng, len(form), COMPANY_SHARES[:COMPANY_INDUSTRIES])
    shop = np.asarray(SHOP_INDUSTRIES, dtype=np.int32)[rng.integers(0, len(SHOP_INDUSTRIES), len(form))]
    choices = [np.full(len(form), NO_INDUSTRY), shop, company, np.full(len(form), FINANCE), np.full(len(form), TOWN)]
    return np.choose(form, choices).astype(np.int32)


def admit(lines: Lines, window: Window, rng: np.random.Generator, offset: float) -> tuple[Parties, float]:
    """One debtor a line, and when each of them stops paying."""
    size = len(lines.product)
    form = _forms(lines.product, rng)
    office, industry = draw_offices(rng, size), _industries(form, rng)
    trade = np.asarray([risk for _, risk, _ in INDUSTRIES] + [1.0])[industry]
    frailty = np.exp(FRAILTY * rng.standard_normal(size) - FRAILTY**2 / 2)
    hazard = np.asarray(CITY_HAZARD)[office // DISTRICTS_EACH] * trade * frailty
    stops_on, offset = _stops(lines, hazard, window, rng, offset)
    resolved_on = _resolutions(stops_on, rng.random())
    is_partly = rng.random(size) < PARTLY_SHARE
    kept = _kept_doubtful(lines.product, stops_on, window)
    resolved_on[kept], is_partly[kept] = NEVER, False
    # Whoever was resolved before the take-on has left the book, so for the demo the stop never happened.
    is_gone = resolved_on <= window.first + 5
    parties = Parties(
        product=lines.product, form=form, size=_sizes(form, lines.product, lines.principal_cents), office=office,
        industry=industry, scale_cents=lines.principal_cents, hazard=hazard,
        stops_on=np.where(is_gone, NEVER, stops_on).astype(np.int32),
        is_partly=is_partly, resolved_on=np.where(is_gone, NEVER, resolved_on).astype(np.int32),
    )  # fmt: skip
    return parties, offset


def _resolutions(stops_on: Days, start: float) -> Days:
    """When each stopped debtor's debts are paid from the security.

    Neighbours in time get chances a golden section apart, which spread evenly over any run of stops: so every tier
    keeps some loans even in a small bank.
    """
    stopped = np.flatnonzero(stops_on < NEVER)
    stopped = stopped[np.argsort(stops_on[stopped], kind="stable")]
    chance = (start + GOLDEN * np.arange(len(stopped))) % 1.0
    least, most = RESOLVED_DAYS
    delay = (least + chance / RESOLVED_SHARE * (most - least)).astype(np.int32)
    resolved_on = np.full(len(stops_on), NEVER, dtype=np.int32)
    resolved_on[stopped] = np.where(chance < RESOLVED_SHARE, stops_on[stopped] + delay, NEVER)
    return resolved_on


def _kept_doubtful(product: Indexes, stops_on: Days, window: Window) -> Ints:
    """One person who has paid nothing for ten or eleven months, so that a small bank has a doubtful loan too."""
    age = window.last - stops_on.astype(np.int64)
    fits = np.flatnonzero(np.isin(product, RETAIL) & (age >= DOUBTFUL_AGE[0]) & (age < DOUBTFUL_AGE[1]))
    return fits[np.argsort(stops_on[fits], kind="stable")][len(fits) // 2 :][:1]


def _stops(lines: Lines, hazard: Floats, window: Window, rng: np.random.Generator, offset: float) -> tuple[Days, float]:
    """Month by month, who stops: an even sample of those at risk, sorted by product and amount."""
    first, last = int(month_of(window.ends)[0]), int(month_of(window.ends)[-1])
    order = np.lexsort((lines.principal_cents, lines.product))
    renews = np.isin(lines.product, RENEWING)
    is_old = lines.starts <= window.first
    since = np.where(renews & is_old, 0, lines.starts + 75)[order]
    until = np.where(renews, NEVER, add_months(lines.starts, lines.term_months) - 45)[order]
    monthly = (np.asarray([product.stops_a_month for product in PRODUCTS])[lines.product] * hazard)[order]
    stops = np.full(len(order), NEVER, dtype=np.int32)
    for month in range(first - STOPS_BEFORE_MONTHS, last + 1):
        here = np.asarray([month], dtype=np.int32)
        begins, ends = int(first_day(here)[0]), int(last_day(here)[0])
        at_risk = (since <= begins) & (until >= ends) & (stops == NEVER)
        stress = float(stress_of(here, first, last)[0]) if month >= first else STRESS_BEFORE
        drawn, offset = systematic(np.where(at_risk, monthly * stress, 0.0), offset)
        stops[drawn] = begins + rng.integers(0, ends - begins + 1, len(drawn))
    answer = np.empty_like(stops)
    answer[order] = stops
    return answer, offset
