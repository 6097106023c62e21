"""The bank's provisions as a whole, held against what law asks: amounts and figures of law in, findings out.

Amounts are cents. None is what the bank has not stated, and what cannot be said without it. What is needed is rounded
up to whole cents, what is allowed down: a bank that holds just what is needed passes.
Source: rulebook: provision_coverage, general_reserve, capital_provisions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from postloan.rules.provisions import (
    AccuracyStep,
    Bounded,
    CapitalProvisions,
    Consequence,
    GeneralReserve,
    ProvisionCoverage,
)

_WHOLE_E8 = 10**8
RATINGS_FIGURES = ("ratings_expected_loss", "ratings_provisions", "ratings_credit_rwa")
"""What a bank with internal ratings states, by the names in the feed table bank_figure."""


@dataclass(frozen=True)
class Portfolio:
    """What the published loans add up to, the bank's own share: balances, and provisions by tier."""

    loans_cents: int
    npl_cents: int
    general_cents: int
    specific_cents: int
    special_cents: int
    standard_method_cents: int | None

    @property
    def required_cents(self) -> int:
        """General, specific and special provisions together."""
        return self.general_cents + self.specific_cents + self.special_cents


Stated = Mapping[str, int]
"""The bank's own figures of a day, by their names in the feed table bank_figure; what is not there is not stated."""


@dataclass(frozen=True)
class CoverageTest:
    """Provisions against the two standards.

    governing   the standard that asks for more; at a tie, coverage.
    shares      what is held, in 1e-8 of the non-performing and of all loans; None of nothing.
    """

    coverage_cents: int
    ratio_cents: int
    governing: Bounded
    needed_cents: int
    difference_cents: int | None
    coverage_e8: int | None
    ratio_e8: int | None

    @property
    def is_below(self) -> bool | None:
        """Whether the bank holds less than it needs."""
        return None if self.difference_cents is None else self.difference_cents < 0


def coverage_test(portfolio: Portfolio, stated: Stated, law: ProvisionCoverage) -> CoverageTest:
    """Hold the booked provisions against coverage and loan-provision ratio (PRV-10, PRV-11, PRV-20)."""
    booked_cents = stated.get("loan_loss_provisions")
    coverage_cents = needed(portfolio.npl_cents, law.coverage.share_e8)
    ratio_cents = needed(portfolio.loans_cents, law.loan_provision_ratio.share_e8)
    return CoverageTest(
        coverage_cents=coverage_cents,
        ratio_cents=ratio_cents,
        governing=law.coverage if coverage_cents >= ratio_cents else law.loan_provision_ratio,
        needed_cents=max(coverage_cents, ratio_cents),
        difference_cents=None if booked_cents is None else booked_cents - max(coverage_cents, ratio_cents),
        coverage_e8=_held(booked_cents, portfolio.npl_cents),
        ratio_e8=_held(booked_cents, portfolio.loans_cents),
    )


@dataclass(frozen=True)
class AccuracyTest:
    """How much of what is long past due is classed as non-performing.

    accuracy_e8  rounded down, so that all but a cent is not all; None where nothing is past due for so long.
    step         the standards that such accuracy speaks for; the supervisor's letter, and not it, sets them.
    """

    long_overdue_cents: int
    of_it_npl_cents: int
    accuracy_e8: int | None
    step: AccuracyStep | None


def accuracy_test(long_overdue_cents: int, of_it_npl_cents: int, law: ProvisionCoverage) -> AccuracyTest | None:
    """Tell the accuracy of classification, and its step (PRV-21). None before there was such a law."""
    if law.accuracy is None:
        return None
    if long_overdue_cents == 0:
        return AccuracyTest(0, 0, None, None)
    accuracy_e8 = of_it_npl_cents * _WHOLE_E8 // long_overdue_cents
    reached = [step for step in law.by_accuracy if accuracy_e8 >= step.from_share_e8]
    return AccuracyTest(long_overdue_cents, of_it_npl_cents, accuracy_e8, reached[-1])


@dataclass(frozen=True)
class MonthsBelow:
    """How many months on end the bank has been below the standard.

    is_known     False where an earlier month is not published or not stated: the count may be higher.
    consequence  what that many months bring about.
    """

    months: int
    is_known: bool
    consequence: Consequence | None


def months_below(newest_first: Iterable[bool | None], law: ProvisionCoverage) -> MonthsBelow:
    """Count the months below the standard back from the newest (PRV-13); it reads no month more than it needs."""
    months, is_known = 0, False
    for is_below in newest_first:
        if not is_below:
            is_known = is_below is not None
            break
        months += 1
    reached = [each for each in law.consequences if months >= each.months]
    return MonthsBelow(months, is_known, reached[-1] if reached else None)


@dataclass(frozen=True)
class ReserveTest:
    """The general reserve against the two things asked of it; needed is the greater of them."""

    above_provisions_cents: int | None
    minimum_cents: int | None
    needed_cents: int | None
    difference_cents: int | None


def reserve_test(portfolio: Portfolio, stated: Stated, law: GeneralReserve) -> ReserveTest:
    """Hold the general reserve against the standard method and the minimum (PRV-30, PRV-31)."""
    booked_cents, reserve_cents = stated.get("loan_loss_provisions"), stated.get("general_reserve")
    risk_assets_cents, estimate_cents = stated.get("risk_assets"), portfolio.standard_method_cents
    above_cents = minimum_cents = None
    if booked_cents is not None and estimate_cents is not None:
        above_cents = needed(max(0, estimate_cents - booked_cents), law.top_up.share_e8)
    if risk_assets_cents is not None:
        minimum_cents = needed(risk_assets_cents, law.minimum.share_e8)
    needed_cents = None if above_cents is None or minimum_cents is None else max(above_cents, minimum_cents)
    difference_cents = None if needed_cents is None or reserve_cents is None else reserve_cents - needed_cents
    return ReserveTest(above_cents, minimum_cents, needed_cents, difference_cents)


@dataclass(frozen=True)
class Held:
    """Provisions for one kind of non-performing asset: their floor, what they lack (never above 0) and what is over."""

    floor_cents: int
    gap_cents: int | None
    surplus_cents: int | None


@dataclass(frozen=True)
class CapitalTest:
    """What provisions do to capital.

    other           None where the law asks nothing of other assets, or the bank has not stated them.
    net_cents       gaps and surpluses together: below zero it is deducted, above it counts, up to the cap.
    """

    loans: Held
    other: Held | None
    net_cents: int | None
    cet1_deduction_cents: int | None
    tier2_cap_cents: int | None
    tier2_cents: int | None


def capital_test(portfolio: Portfolio, stated: Stated, law: CapitalProvisions) -> CapitalTest:
    """Hold provisions against their floor for capital (PRV-40, PRV-41; before 2024 PRV-42)."""
    specific_cents = portfolio.specific_cents if law.loans.or_specific else 0
    loans = _held_against(
        stated.get("loan_loss_provisions"), portfolio.npl_cents, law.loans.share_e8, law, at_least_cents=specific_cents
    )
    other, parts = None, [loans]
    if law.other_assets is not None and (npa_cents := stated.get("other_npa")) is not None:
        other = _held_against(stated.get("other_npa_provisions"), npa_cents, law.other_assets.share_e8, law)
        parts.append(other)
    is_whole = law.other_assets is None or other is not None
    amounts = [cents for part in parts for cents in (part.gap_cents, part.surplus_cents) if cents is not None]
    net_cents = sum(amounts) if is_whole and len(amounts) == 2 * len(parts) else None
    rwa_cents = stated.get("credit_rwa")
    cap_cents = None if rwa_cents is None else rwa_cents * law.tier2.at_most_share_e8 // _WHOLE_E8
    tier2_cents: int | None = None
    if net_cents is not None and net_cents <= 0:
        tier2_cents = 0
    elif net_cents is not None and cap_cents is not None:
        tier2_cents = min(net_cents, cap_cents)
    return CapitalTest(
        loans=loans,
        other=other,
        net_cents=net_cents,
        cet1_deduction_cents=None if net_cents is None else max(0, -net_cents),
        tier2_cap_cents=cap_cents,
        tier2_cents=tier2_cents,
    )


def _held_against(
    held_cents: int | None, npa_cents: int, share_e8: int, law: CapitalProvisions, *, at_least_cents: int = 0
) -> Held:
    floor_cents = max(needed(npa_cents, share_e8), at_least_cents)
    base_cents = max(needed(npa_cents, law.surplus.over_share_e8), at_least_cents)
    if held_cents is None:
        return Held(floor_cents, None, None)
    return Held(floor_cents, min(0, held_cents - floor_cents), max(0, held_cents - base_cents))


@dataclass(frozen=True)
class RatingsTest:
    """Provisions for loans under internal ratings, held against their expected losses; None is not stated."""

    difference_cents: int | None
    cet1_deduction_cents: int | None
    tier2_cap_cents: int | None
    tier2_cents: int | None


def ratings_test(stated: Stated, law: CapitalProvisions) -> RatingsTest | None:
    """Hold them (PRV-43). None of a bank that states nothing of internal ratings: it has none."""
    if law.internal_ratings is None or not stated.keys() & set(RATINGS_FIGURES):
        return None
    lost, held, rwa_cents = (stated.get(name) for name in RATINGS_FIGURES)
    difference_cents = None if lost is None or held is None else held - lost
    cap_cents = None if rwa_cents is None else rwa_cents * law.internal_ratings.at_most_share_e8 // _WHOLE_E8
    tier2_cents: int | None = None
    if difference_cents is not None and difference_cents <= 0:
        tier2_cents = 0
    elif difference_cents is not None and cap_cents is not None:
        tier2_cents = min(difference_cents, cap_cents)
    deducted_cents = None if difference_cents is None else max(0, -difference_cents)
    return RatingsTest(difference_cents, deducted_cents, cap_cents, tier2_cents)


def unexplained(opening_cents: int | None, stated: Stated) -> int | None:
    """What the closing balance is more than the opening balance and the month's movement make it (PRV-12)."""
    signs = {
        "loan_loss_provisions": 1, "provisions_accrued": -1, "provisions_reversed": 1, "provisions_written_off": 1,
        "provisions_recovered": -1,
    }  # fmt: skip
    if opening_cents is None or not signs.keys() <= stated.keys():
        return None
    return sum(sign * stated[name] for name, sign in signs.items()) - opening_cents


def needed(cents: int, share_e8: int) -> int:
    """The least whole cents that are a share of an amount, or more."""
    return -(-cents * share_e8 // _WHOLE_E8)


def _held(part_cents: int | None, whole_cents: int) -> int | None:
    """What is held, in 1e-8 of the whole, half up; None where it is not stated, or of nothing."""
    if part_cents is None or whole_cents == 0:
        return None
    return (2 * part_cents * _WHOLE_E8 + whole_cents) // (2 * whole_cents)
