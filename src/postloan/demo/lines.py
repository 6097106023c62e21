"""Lines of business: when each customer first borrows, how much, for how long, on which terms."""

from dataclasses import dataclass, fields

import numpy as np

from postloan.demo.dates import Days, add_months, to_weekday
from postloan.demo.draws import Indexes, Ints, pick
from postloan.demo.products import INTEREST, PRODUCTS, QUARTER, RENEWING, WORKING, YEAR

DAYS_A_MONTH = 30.4
NEW_SHARE_MOST = 0.6
RENEWING_OLD_SHARE = 0.9
QUARTERLY_SHARE = 0.55
SETTLING_DAYS = (20, 21)
"""The days on which business loans settle their interest."""


@dataclass(frozen=True)
class Window:
    """The days the demo shows: its month-ends; the first is the take-on."""

    ends: Days

    @property
    def first(self) -> int:
        """The take-on day."""
        return int(self.ends[0])

    @property
    def last(self) -> int:
        """The last month-end."""
        return int(self.ends[-1])


@dataclass(frozen=True)
class Lines:
    """One row a line: a single loan, or a line lent again each year.

    starts        day the first loan is paid out.
    pay_day       day of the month on which interest is settled; 0 where instalments follow the day of paying out.
    period_months months between instalments.
    """

    product: Indexes
    starts: Days
    term_months: Indexes
    principal_cents: Ints
    method: Indexes
    security: Indexes
    spread_bp: Indexes
    pay_day: Indexes
    period_months: Indexes

    def take(self, rows: Ints) -> "Lines":
        """The rows chosen."""
        return Lines(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def join_lines(parts: list[Lines]) -> Lines:
    """Several groups of lines as one."""
    return Lines(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Lines)}
    )


def line_counts(loans: int, months: int) -> list[int]:
    """How many lines of each product; consumer lines fill up what the others leave and are counted later."""
    renewals = 1.0 + (months - 1) / 12
    counts = []
    for number, product in enumerate(PRODUCTS):
        wanted = loans * product.share / (renewals if number in RENEWING else 1.0)
        counts.append(max(1, round(wanted)))
    return counts


def draw_lines(product: int, count: int, window: Window, rng: np.random.Generator) -> Lines:
    """So many lines of a product, some from before the take-on and some new."""
    terms = PRODUCTS[product]
    term = np.asarray(terms.terms_months, dtype=np.int32)[rng.integers(0, len(terms.terms_months), count)]
    yuan = np.exp(np.log(terms.median_yuan) + terms.spread * rng.standard_normal(count))
    steps = np.clip(np.round(yuan / terms.step_yuan), 1, terms.most_yuan // terms.step_yuan)
    low, high = terms.spread_bp
    method = pick(rng, count, terms.methods)
    is_settled = (method == INTEREST) | (product >= WORKING)
    pay_day = np.asarray(SETTLING_DAYS, dtype=np.int32)[rng.integers(0, 2, count)]
    is_quarterly = (product > WORKING) | ((product == WORKING) & (rng.random(count) < QUARTERLY_SHARE))
    return Lines(
        product=np.full(count, product, dtype=np.int32),
        starts=_starts(product, term, window, rng),
        term_months=term.astype(np.int32),
        principal_cents=(steps * terms.step_yuan * 100).astype(np.int64),
        method=method,
        security=pick(rng, count, terms.securities),
        spread_bp=(rng.integers(low // 5, high // 5 + 1, count) * 5).astype(np.int32),
        pay_day=np.where(is_settled, pay_day, 0).astype(np.int32),
        period_months=np.where(is_quarterly, QUARTER, 1).astype(np.int32),
    )


def _starts(product: int, term: Indexes, window: Window, rng: np.random.Generator) -> Days:
    count, terms = len(term), PRODUCTS[product]
    months_after = (window.last - window.first) / DAYS_A_MONTH
    if product in RENEWING:
        new_share = (1 - RENEWING_OLD_SHARE) * min(1.0, months_after / 23)
        oldest = np.full(count, 12.0)
    else:
        new_share = min(NEW_SHARE_MOST, terms.new_a_month * months_after)
        oldest = np.minimum(terms.old_months, term - 2.0)
    age_days = (rng.random(count) * oldest * DAYS_A_MONTH).astype(np.int32)
    ahead_days = 1 + (rng.random(count) * max(1, window.last - window.first - 2)).astype(np.int32)
    is_new = rng.random(count) < new_share
    days = to_weekday(np.where(is_new, window.first + ahead_days, window.first - age_days).astype(np.int32))
    # A month-end's own new loans are known that evening, so a start on the very day is fine; after the end it is not.
    days = np.minimum(days, window.last)
    alive = add_months(days, term) > window.first + 1
    return np.where(alive | (term <= YEAR), days, window.first - 30).astype(np.int32)
