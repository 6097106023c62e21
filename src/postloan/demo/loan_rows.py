"""The loans and their instalments as feed tables: as first told of, and as repriced each January."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.demo.dates import EPOCH_YEAR, Days, day_of_month, first_day
from postloan.demo.draws import Bools, Indexes, Ints, stream
from postloan.demo.industries import INDUSTRIES
from postloan.demo.loans import BP_E8, NO_PRINCIPAL_RENEWAL, Book, Loans
from postloan.demo.offices import sub_branch_ids
from postloan.demo.products import BULLET, BUSINESS, INTEREST, LEVEL, METHOD_NAMES, PRODUCTS
from postloan.demo.registers import Register
from postloan.demo.schedules import Schedule, Version
from postloan.demo.write import FeedWriter, day_series, only, serials, words
from postloan.tables.units import RATE_KINDS, SECURITY_KINDS

OFFICERS_EACH = 6
DUE_DAY_SHARE = 0.5
PURPOSES = ("housing", "consumption", "business", "working_capital", "working_capital", "fixed_assets")
PENALTY_FACTOR_E8, MISUSE_FACTOR_E8 = 150_000_000, 200_000_000


def put_loans(
    book: Book, known: Register, schedule: Schedule, versions: list[Version], writer: FeedWriter, seed: int
) -> None:
    """Write the loans, and each January the new rate of those repriced."""
    rate_e8 = book.loans.rate_e8.copy()
    for version in versions:
        if version.year == 0:
            rate_e8[version.loan] = version.rate_e8
    table = _loan_table(book, known, schedule, seed).with_columns(annual_rate_e8=rate_e8)
    moved = [version for version in versions if version.year > 0]
    rows = [table] + [table[version.loan].with_columns(annual_rate_e8=version.rate_e8) for version in moved]
    months = [known.loan_month] + [_month_of_year(version, writer) for version in moved]
    writer.put("loan", pl.concat(rows), np.concatenate(months))


def _month_of_year(version: Version, writer: FeedWriter) -> NDArray[np.int32]:
    return writer.month_known(_new_year(version.year, len(version.loan)))


def _new_year(year: int, size: int) -> Days:
    return np.full(size, first_day(np.asarray([(year - EPOCH_YEAR) * 12], dtype=np.int32))[0], dtype=np.int32)


def put_instalments(
    loans: Loans, known: Register, schedule: Schedule, versions: list[Version], writer: FeedWriter
) -> None:
    """Write the instalments that the core system delivers."""
    plain = loans.has_schedule & ~loans.reprices
    months = known.loan_month[schedule.owner]
    is_told = plain[schedule.owner]
    for month in range(len(writer.days)):
        rows = np.flatnonzero(is_told & (months == month))
        parts = [_instalments(
            known, schedule.owner[rows], np.ones(len(rows), dtype=np.int8), schedule.place[rows] + 1,
            schedule.due[rows], schedule.principal_cents[rows], schedule.interest_cents[rows], 0,
        )]  # fmt: skip
        for version in versions:
            told = _told_in(version, known, writer)
            chosen = np.flatnonzero(told == month)
            parts.append(_instalments(
                known, version.row_loan[chosen], version.row_version[chosen], version.row_seq[chosen],
                version.row_due[chosen], version.row_principal_cents[chosen], version.row_interest_cents[chosen],
                version.year,
            ))  # fmt: skip
        writer.put_month("instalment", month, pl.concat([part for part in parts if part.height] or parts[:1]))


def _told_in(version: Version, known: Register, writer: FeedWriter) -> NDArray[np.int32]:
    if version.year == 0:
        return known.loan_month[version.row_loan]
    return np.repeat(writer.month_known(_new_year(version.year, 1)), len(version.row_loan))


def _instalments(
    known: Register,
    loan: Indexes,
    version: NDArray[Any],
    seq: NDArray[Any],
    due: Days,
    principal: Ints,
    interest: Ints,
    year: int,
) -> pl.DataFrame:
    since = day_series(_new_year(year, 1))[0] if year else None
    return pl.DataFrame(
        {
            "loan_id": known.loan.gather(loan), "version": version.astype(np.int64), "seq": seq.astype(np.int64),
            "due_on": day_series(due), "principal_cents": principal, "interest_cents": interest,
        }
    ).with_columns(effective_on=pl.lit(since, pl.Date))  # fmt: skip


def _opening_level(loans: Loans, schedule: Schedule) -> tuple[Ints, Bools]:
    """The contract's level amount where only an opening balance is known: it could not be found again to the cent."""
    needs = (loans.method == LEVEL) & ~loans.has_schedule & ~loans.has_history & (schedule.count > 0)
    first = np.where(needs, schedule.first, 0)
    return schedule.principal_cents[first] + schedule.interest_cents[first], needs


def _loan_table(book: Book, known: Register, schedule: Schedule, seed: int) -> pl.DataFrame:
    """The feed table `loan`, all but the rate in force."""
    loans, parties = book.loans, book.parties
    rng = stream(seed, "agreements")
    size = len(loans)
    office = parties.office[loans.party]
    offices = pl.Series(sub_branch_ids())
    officer = pl.select(
        pl.concat_str(
            pl.lit("KJ"),
            offices.gather(office),
            serials("", rng.integers(1, OFFICERS_EACH + 1, size).astype(np.int32), 2),
        )
    ).to_series()
    codes = pl.Series([code for code, _, _ in INDUSTRIES])
    industry = parties.industry[loans.party]
    # The day paid out is the due day unless the contract says otherwise; some core systems write it all the same.
    own_day = day_of_month(loans.disbursed)
    says_day = (loans.pay_day > 0) | (rng.random(size) < DUE_DAY_SHARE)
    is_business = loans.product >= BUSINESS
    level, has_level = _opening_level(loans, schedule)
    by_days = (loans.pay_day > 0) | np.isin(loans.method, (INTEREST, BULLET))
    renews = known.loan.gather(np.maximum(loans.renews, 0))
    return pl.DataFrame(
        {
            "loan_id": known.loan, "contract_id": known.contract, "debtor_id": known.debtor.gather(loans.party),
            "org_id": offices.gather(office), "officer_id": officer,
            "product": words(tuple(product.name for product in PRODUCTS), loans.product),
            "exposure_kind": pl.Series(["loan"]).new_from_index(0, size),
            "use_industry_code": only(codes.gather(np.maximum(industry, 0)), is_business & (industry >= 0)),
            "currency": pl.Series(["CNY"]).new_from_index(0, size),
            "principal_cents": loans.principal_cents, "signed_on": day_series(loans.signed),
            "disbursed_on": day_series(loans.disbursed), "matures_on": day_series(loans.matures),
            "original_matures_on": day_series(loans.matures),
            "rate_kind": words(RATE_KINDS, np.where(loans.is_lpr, 1 + loans.tenor, 0).astype(np.int32)),
            "spread_e8": only(pl.Series(loans.spread_bp.astype(np.int64) * BP_E8), loans.is_lpr),
            "reprices": words(("never", "yearly_jan_1"), loans.reprices.astype(np.int32)),
            "method": words(METHOD_NAMES, loans.method),
            "due_day": only(pl.Series(np.where(loans.pay_day > 0, loans.pay_day, own_day)), says_day),
            "period_months": loans.period_months,
            "day_count": words(("30/360", "ACT/360"), by_days.astype(np.int32)),
            "instalment_cents": only(pl.Series(level), has_level),
            "penalty_factor_e8": np.full(size, PENALTY_FACTOR_E8), "misuse_factor_e8": np.full(size, MISUSE_FACTOR_E8),
            "charges_compound": is_business, "security_kind": words(SECURITY_KINDS, loans.security),
            "purpose_code": words(PURPOSES, loans.product), "renews_loan_id": only(renews, loans.renews >= 0),
            "is_no_principal_renewal": loans.renewal == NO_PRINCIPAL_RENEWAL,
        }
    )  # fmt: skip
