"""The circles and ties of a run, laid out once beside the desk as narrow files are."""

import hashlib
from functools import lru_cache

from postloan.desk.book.narrow import file_of, kept
from postloan.desk.core.days import BusinessDay
from postloan.plan.circles import CircleBook, circle_book, contagion_law
from postloan.plan.ties import Ties, ties
from postloan.rules.circle_rules import CircleRules
from postloan.rules.desk_rules import load_desk_rules


def rules_of(day: BusinessDay) -> CircleRules:
    """How far the desk looks on a day."""
    return load_desk_rules(day.home).version("circles", CircleRules, day.on)


def book_of(day: BusinessDay) -> CircleBook:
    """The circles of the bank on a day. Raises NoRuleInForce."""
    # What was reckoned under other rules lies under another name.
    law = f"{contagion_law(day.home, day.on)!r} {rules_of(day).trials!r}"
    told = hashlib.sha256(law.encode()).hexdigest()[:12]
    return CircleBook(
        kept(file_of(day, f"circles-{told}"), lambda: _found(day, told).members),
        kept(file_of(day, f"guarantees-{told}"), lambda: _found(day, told).pairs),
    )


def ties_of(day: BusinessDay) -> Ties:
    """Who is tied to whom on a day."""
    return Ties(
        kept(file_of(day, "parties"), lambda: _ties(day).parties), kept(file_of(day, "ties"), lambda: _ties(day).edges)
    )


@lru_cache(maxsize=1)
def _found(day: BusinessDay, _told: str) -> CircleBook:
    return circle_book(day.home, day.on, rules_of(day).trials)


@lru_cache(maxsize=1)
def _ties(day: BusinessDay) -> Ties:
    return ties(day.home, day.on)
