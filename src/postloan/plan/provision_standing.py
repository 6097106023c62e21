"""Where the bank's provisions stand on a published day: its loans by tier, its own figures, and the tests of law."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.errors import NothingPublished
from postloan.intake.facts import Facts
from postloan.plan.month_ends import is_month_end, month_end_before
from postloan.plan.provision_tests import (
    AccuracyTest,
    CapitalTest,
    CoverageTest,
    MonthsBelow,
    Portfolio,
    RatingsTest,
    ReserveTest,
    Stated,
    accuracy_test,
    capital_test,
    coverage_test,
    months_below,
    ratings_test,
    reserve_test,
    unexplained,
)
from postloan.rules.provisions import ProvisionCoverage
from postloan.rules.rulebook import Policy, load_rulebook, policy_on
from postloan.snapshot.read import published_days, read_manifest, scan_loans
from postloan.tables.results import LOSS_PROVISIONS
from postloan.tables.units import NON_PERFORMING

_BALANCE = "own_share_outstanding_cents"
PROVISIONS = (*LOSS_PROVISIONS, "standard_method_cents")


@dataclass(frozen=True)
class ProvisionStanding:
    """The provisions of a day. A test is None before there was such a law.

    policy             the law the day's night was computed under.
    is_same_rulebook   the rulebook is the one of that night.
    stated             the bank's own figures of the day, as known to that night.
    opening_cents      the provisions booked at the month-end before.
    unexplained_cents  what the month's movement does not explain; None where a figure of it is not stated.
    """

    policy: Policy
    is_same_rulebook: bool
    portfolio: Portfolio
    stated: Stated
    coverage: CoverageTest | None
    accuracy: AccuracyTest | None
    below: MonthsBelow | None
    reserve: ReserveTest | None
    capital: CapitalTest | None
    ratings: RatingsTest | None
    opening_cents: int | None
    unexplained_cents: int | None


def provision_standing(home: Path, on: date) -> ProvisionStanding:
    """Hold the provisions of a published day against the law of that day.

    Raises NothingPublished, also where the night was computed before provisions were.
    """
    bank = _Bank(home, on)
    policy, portfolio, stated = bank.policy(on), bank.portfolio(on), bank.stated(on)
    law, reserve, capital = policy.provision_coverage, policy.general_reserve, policy.capital_provisions
    opening_cents = bank.stated(month_end_before(on)).get("loan_loss_provisions")
    return ProvisionStanding(
        policy=policy,
        is_same_rulebook=bank.manifest(on)["pins"].get("rulebook") == bank.rulebook.fingerprint,
        portfolio=portfolio,
        stated=stated,
        coverage=coverage_test(portfolio, stated, law) if law else None,
        accuracy=bank.accuracy(on, law) if law else None,
        below=months_below(bank.below_by_month(on), law) if law else None,
        reserve=reserve_test(portfolio, stated, reserve) if reserve else None,
        capital=capital_test(portfolio, stated, capital) if capital else None,
        ratings=ratings_test(stated, capital) if capital else None,
        opening_cents=opening_cents,
        unexplained_cents=unexplained(opening_cents, stated),
    )


class _Bank:
    """The bank's published days, and what was known of it to the night of `on`."""

    def __init__(self, home: Path, on: date) -> None:
        self.home, self.rulebook = home, load_rulebook(home)
        known_on = date.fromisoformat(self.manifest(on)["pins"]["known_on"])
        self._figures = Facts(home, known_on).read("bank_figure", None, ["figure", "on", "value_cents"])

    def manifest(self, on: date) -> dict[str, Any]:
        return read_manifest(self.home, on)

    def policy(self, on: date) -> Policy:
        return policy_on(self.rulebook, date.fromisoformat(self.manifest(on)["pins"]["law_of"]))

    def stated(self, on: date) -> dict[str, int]:
        """The figures stated for a day, and for no other."""
        return dict(self._figures.filter(pl.col("on") == on).select("figure", "value_cents").iter_rows())

    def portfolio(self, on: date) -> Portfolio:
        loans = scan_loans(self.home, on)
        if not {*PROVISIONS} <= {*loans.collect_schema()}:
            raise NothingPublished(
                message=f"The snapshot of {on} has no provisions: an earlier version of the program published it.",
                hint=f"Compute the day again: postloan night {on}.",
                where={"home": self.home, "on": on},
            )
        (sums,) = (
            self._counted(on).select(*_BALANCES, *(pl.col(name).sum() for name in PROVISIONS)).collect().to_dicts()
        )
        has_method = self.policy(on).general_reserve is not None
        general, specific, special, method = (sums[name] for name in PROVISIONS)
        return Portfolio(sums["loans"], sums["npl"], general, specific, special, method if has_method else None)

    def accuracy(self, on: date, law: ProvisionCoverage) -> AccuracyTest | None:
        """How much of the balance long past due is classed as non-performing."""
        if law.accuracy is None:
            return None
        late = self._counted(on).filter(pl.col("days_past_due") > law.accuracy.over_days)
        sums = late.select(*_BALANCES).collect().row(0, named=True)
        return accuracy_test(sums["loans"], sums["npl"], law)

    def below_by_month(self, on: date) -> Iterator[bool | None]:
        """Whether the bank was below the standard, month-end by month-end back from the day; None is not known."""
        published = set(published_days(self.home))
        day = on if is_month_end(on) else month_end_before(on)
        while day in published:
            law = self.policy(day).provision_coverage
            if law is None:
                yield False
                return
            sums = self._counted(day).select(*_BALANCES).collect().row(0, named=True)
            balances = Portfolio(sums["loans"], sums["npl"], 0, 0, 0, None)
            yield coverage_test(balances, self.stated(day), law).is_below
            day = month_end_before(day)

    def _counted(self, on: date) -> pl.LazyFrame:
        counted = self.policy(on).provision_rates.counted
        return scan_loans(self.home, on).filter((pl.col("status") == "active") & counted.is_counted())


_BALANCES = (
    pl.col(_BALANCE).sum().alias("loans"),
    pl.col(_BALANCE).filter(pl.col("tier").is_in(NON_PERFORMING)).sum().alias("npl"),
)
