"""Loss: what each loan is expected to lose, by its stage, under every scenario, weighted, and what is added to it."""

from datetime import date
from typing import NamedTuple

import dataframely as dy
import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.kernels.loan_arrays import offsets
from postloan.kernels.loss import Convention, Exposures, Instalments, Losses, Severities, expected_losses, month_ends
from postloan.models.default_curves import MONTHS, YEAR, curves_of
from postloan.rules.expected_loss import ExpectedLoss, Overlay, RiskGroup, Scenario
from postloan.rules.figures import ONE_E8
from postloan.tables.losses import (
    LOSS_METHODS,
    STAGES,
    DefaultChances,
    EarlierRanks,
    Loss,
    Proceeds,
    RecoveryPlan,
    Stage,
)
from postloan.tables.results import Balances, Due, Funding, InterestStanding, RateInForce, Standing

Floats = NDArray[np.float64]
_HALF = 1 / 2


class Measured(NamedTuple):
    """What the steps before found of the same loans."""

    standing: dy.DataFrame[Standing]
    balances: dy.DataFrame[Balances]
    interest: dy.DataFrame[InterestStanding]
    shares: dy.DataFrame[Funding]
    rates: dy.DataFrame[RateInForce]
    dues: dy.DataFrame[Due]
    chances: dy.DataFrame[DefaultChances]
    stages: dy.DataFrame[Stage]
    earlier: dy.DataFrame[EarlierRanks]
    proceeds: dy.DataFrame[Proceeds]
    plans: dy.DataFrame[RecoveryPlan]


def loss(
    loans: pl.DataFrame, debtors: pl.DataFrame, found: Measured, *, law: ExpectedLoss, on: date
) -> dy.DataFrame[Loss]:
    """Reckon the loss allowance of each loan on the book.

    Reads   loans: facts of the loans in the book; debtors: facts, industry and region; found: of the same loans.
    Writes  cents, half up, of the bank's own share. Stage 1: defaults within a year; stage 2 and bought impaired: all;
            stage 3: the claim less what is recovered, by the group's figures or by the recoveries people expect.
    Source  rulebook: expected_loss (CAS 22; regulations ECL-20, ECL-21, ECL-25, ECL-26); risk 5.1, 5.4, 5.5. Weights
            are laid on results, never on inputs. The effective rate is the rate in force: feeds know of no fees.
    """
    exposures, share = exposures_of(loans, found, law)
    severities = severities_of(found, exposures, law)
    lost = expected_losses(
        exposures, instalments_of(found), severities, curves_of(law).first,
        period_ends=month_ends(np.datetime64(on), MONTHS), convention=convention_of(law),
        on=(on - date(1970, 1, 1)).days,
    )  # fmt: skip
    return _written(loans, debtors, found, exposures, share, severities, lost, law, on)


def instalments_of(found: Measured) -> Instalments:
    """Return where the instalments of each loan lie, what falls due and when."""
    dues = found.dues
    rows = offsets(dues["loan_no"].to_numpy(), found.standing["loan_no"].to_numpy())
    return Instalments(rows, dues["due_on"].to_physical().to_numpy(), dues["principal_cents"].to_numpy())


def convention_of(law: ExpectedLoss) -> Convention:
    """Return what the bank chose where the market leaves a choice."""
    interest = 1.0 if law.claim.holds == "balance_and_interest" else 0.0
    return Convention(YEAR, interest, 1.0 if law.claim.defaults_at == "end_of_month" else _HALF)


def exposures_of(loans: pl.DataFrame, found: Measured, law: ExpectedLoss) -> tuple[Exposures, Floats]:
    """Return what may be lost of each loan on the book; and which share of it is the bank's own."""
    is_on_book = (found.standing["status"] == "active").to_numpy()
    converted = np.ones(loans.height)
    for conversion in law.conversions:
        is_kind = loans["exposure_kind"].fill_null("loan").is_in(list(conversion.exposure_kinds)).to_numpy()
        converted[is_kind] = conversion.share_e8 / ONE_E8
    outstanding = found.standing["outstanding_cents"].to_numpy()
    balance = np.floor(outstanding * converted * is_on_book + _HALF).astype(np.int64)
    waiting = found.interest["on_balance_interest_cents"].to_numpy()
    own = found.shares["own_share_outstanding_cents"].to_numpy()
    return Exposures(
        balance_cents=balance,
        arrears_cents=np.minimum(found.balances["overdue_principal_cents"].to_numpy(), balance),
        waiting_cents=waiting * is_on_book,
        rate=found.rates["rate_in_force_e8"].to_numpy() / (ONE_E8 * YEAR),
        periods=found.chances["months_left"].to_numpy(),
        segment=found.chances["group_at"].to_numpy(),
    ), np.divide(own, outstanding, out=np.ones(loans.height), where=outstanding > 0)


def severities_of(found: Measured, exposures: Exposures, law: ExpectedLoss) -> Severities:
    """Return what a default costs: risk 5.4, split into what is lost of an open claim and what security saves."""
    groups, rate = exposures.segment, exposures.rate
    lost_for_good, stays, late = _of_groups(law.groups, rate, groups)
    shape = (rate.size, len(law.scenarios))
    worth, saved = np.zeros(shape), np.zeros(shape)
    place = np.searchsorted(found.stages["loan_no"].to_numpy(), found.proceeds["loan_no"].to_numpy())
    for at, scenario in enumerate(law.scenarios):
        worth[:, at], discount = _worth_under(scenario, found.proceeds, place, rate)
        # A claim that is better off unsecured is not made worse by its security.
        saved[:, at] = np.maximum(stays * (discount - late), 0.0)
    return Severities(np.repeat((lost_for_good + stays * (1.0 - late))[:, None], shape[1], axis=1), saved, worth)


def _of_groups(groups: tuple[RiskGroup, ...], rate: Floats, at: NDArray[np.int32]) -> tuple[Floats, Floats, Floats]:
    """By loan: what defaults that cure cost, the share that does not cure, and today's worth of an open recovery."""
    cured = np.array([group.cured_e8 / ONE_E8 for group in groups])
    cost = np.array([group.cured_loss_e8 / ONE_E8 for group in groups])
    recovered = np.array([group.recovered_e8 / ONE_E8 for group in groups])
    months = np.array([float(group.after_months) for group in groups])
    late = np.asarray(recovered[at] * (1.0 + rate) ** -months[at], np.float64)
    return (cured * cost)[at], (1.0 - cured)[at], late


def _worth_under(
    scenario: Scenario, proceeds: dy.DataFrame[Proceeds], place: NDArray[np.int64], rate: Floats
) -> tuple[Floats, Floats]:
    """By loan: what its securities bring in under a scenario, and the mean discount until then."""
    months = proceeds["after_months"].to_numpy().astype(float)
    moves = np.where(proceeds["moves_with_prices"].to_numpy(), scenario.prices_e8 / ONE_E8, 0.0)
    behind, prices = proceeds["behind_cents"].to_numpy(), (1.0 + moves) ** (months / YEAR)
    # What comes before a later rank does not fall with prices.
    brought = np.maximum((proceeds["proceeds_cents"].to_numpy() + behind) * prices - behind, 0.0)
    worth: Floats = np.bincount(place, brought, rate.size).astype(np.float64)
    today: Floats = np.bincount(place, brought * (1.0 + rate[place]) ** -months, rate.size).astype(np.float64)
    return worth, np.divide(today, worth, out=np.zeros(rate.size), where=worth > 0)


def _written(
    loans: pl.DataFrame,
    debtors: pl.DataFrame,
    found: Measured,
    exposures: Exposures,
    share: Floats,
    severities: Severities,
    lost: Losses,
    law: ExpectedLoss,
    on: date,
) -> dy.DataFrame[Loss]:
    """Take the measure of each stage, weigh it, and lay the overlays on it."""
    claim = (exposures.balance_cents + exposures.waiting_cents).astype(float)
    impaired = severities.open * claim[:, None] - severities.saved * np.minimum(claim[:, None], severities.worth_cents)
    weights = [scenario.weight_e8 / ONE_E8 for scenario in law.scenarios]
    is_impaired, is_year = _is_in(found.stages, "stage_3"), _is_in(found.stages, "stage_1")
    year = np.where(is_impaired[:, None], impaired, lost.year)
    lifetime = np.where(is_impaired[:, None], impaired, lost.lifetime)
    measure = np.where(is_year[:, None], year, lifetime)
    is_planned = _with_plans(measure, claim, found)
    weighted = _weighted(measure, weights)
    model = _cents(weighted * share)
    overlay = _cents(_added(loans, debtors, law.overlays, on) * model)
    method = np.select([claim == 0, is_planned, is_impaired, is_year], [0, 4, 3, 1], 2)
    return Loss.validate(
        pl.DataFrame(
            {
                "loan_no": loans["loan_no"],
                "claim_cents": _cents(claim * share),
                "lgd_ratio": np.divide(_weighted(impaired, weights), claim, out=np.zeros_like(claim), where=claim > 0),
                "ecl_method": pl.Series(LOSS_METHODS, dtype=pl.Enum(LOSS_METHODS)).gather(pl.Series(method)),
                "ecl_year_cents": _cents(_weighted(year, weights) * share),
                "ecl_lifetime_cents": _cents(_weighted(lifetime, weights) * share),
                "ecl_least_cents": _cents(measure.min(axis=1) * share),
                "ecl_most_cents": _cents(measure.max(axis=1) * share),
                "ecl_model_cents": model,
                "ecl_overlay_cents": overlay,
                "ecl_cents": model + overlay,
            }
        )
    )


def _is_in(stages: dy.DataFrame[Stage], stage: str) -> NDArray[np.bool_]:
    is_in: NDArray[np.bool_] = stages["stage"].to_physical().to_numpy() == STAGES.index(stage)
    return is_in


def _with_plans(measure: Floats, claim: Floats, found: Measured) -> NDArray[np.bool_]:
    """Put the loss of loans that are assessed one by one in the place of the group's; say which they are."""
    is_planned = np.zeros(claim.size, np.bool_)
    if found.plans.is_empty():
        return is_planned
    place = np.searchsorted(found.stages["loan_no"].to_numpy(), found.plans["loan_no"].to_numpy())
    is_planned[place] = _is_in(found.stages, "stage_3")[place] & (claim[place] > 0)
    left = np.maximum(claim[place] - found.plans["recovered_cents"].to_numpy(), 0.0)
    measure[place] = np.where(is_planned[place], left, measure[place].T).T
    return is_planned


def _added(loans: pl.DataFrame, debtors: pl.DataFrame, overlays: tuple[Overlay, ...], on: date) -> Floats:
    """The share that the overlays in force add to each loan's loss."""
    held = [overlay for overlay in overlays if overlay.ends_on >= on]
    if not held:
        return np.zeros(loans.height)
    of_debtor = debtors.select("debtor_no", "region_code", debtor_industry="industry_code")
    rows = (
        loans.select("debtor_no", "product", "use_industry_code")
        .join(of_debtor, on="debtor_no", how="left", maintain_order="left")
        .with_columns(industry_code=pl.coalesce("use_industry_code", "debtor_industry"))
    )
    adds = pl.sum_horizontal(pl.when(overlay.fits()).then(overlay.adds_e8).otherwise(0) for overlay in held)
    return rows.select(adds.alias("adds"))["adds"].to_numpy() / ONE_E8


def _weighted(values: Floats, weights: list[float]) -> Floats:
    """Sum up by weight, scenario after scenario: a product of matrices could sum in another order in another shard."""
    total = np.zeros(values.shape[0])
    for at, weight in enumerate(weights):
        total += weight * values[:, at]
    return total


def _cents(amounts: Floats) -> NDArray[np.int64]:
    cents: NDArray[np.int64] = np.floor(amounts + _HALF).astype(np.int64)
    return cents
