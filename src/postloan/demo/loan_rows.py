"""The loans and their instalments as feed tables: as first told of, and as repriced each January."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from postloan.demo.dates import EPOCH_YEAR, Days, day_of_month, first_day
from postloan.demo.draws import Bools, Ints, stream
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
    book: Book,
    known: Register,
    schedule: Schedule,
    versions: list[Version],
    bears_penalty: Bools,
    writer: FeedWriter,
    seed: int,
) -> None:
    """Write the loans, and each January the new rate of those repriced."""
    rate_e8 = book.loans.rate_e8.copy()
    for version in versions:
        if version.year == 0:
            rate_e8[version.loan] = version.rate_e8
    table = _loan_table(book, known, schedule, seed).with_columns(
        annual_rate_e8=rate_e8,
        penalty_factor_e8=only(pl.Series(np.full(len(rate_e8), PENALTY_FACTOR_E8)), bears_penalty),
        charges_compound=pl.col("charges_compound") & pl.Series(bears_penalty),
    )
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
    plain = (loans.has_schedule & ~loans.reprices)[schedule.owner]
    first = np.broadcast_to(np.int8(1), len(schedule.owner))
    everyone = Version(
        year=0, loan=np.empty(0, dtype=np.int32), rate_e8=np.empty(0, dtype=np.int64), row_loan=schedule.owner,
        row_version=first, row_seq=schedule.place + np.int16(1), row_due=schedule.due,
        row_principal_cents=schedule.principal_cents, row_interest_cents=schedule.interest_cents,
    )  # fmt: skip
    told = [(everyone, np.where(plain, known.loan_month[schedule.owner], -1).astype(np.int8))]
    told += [(version, _told_in(version, known, writer)) for version in versions]
    for month in range(len(writer.days)):
        pieces = [(version, np.flatnonzero(months == month)) for version, months in told]
        writer.put_month("instalment", month, _instalments(known, [piece for piece in pieces if len(piece[1])]))


def _told_in(version: Version, known: Register, writer: FeedWriter) -> NDArray[np.int8]:
    if version.year == 0:
        return known.loan_month[version.row_loan].astype(np.int8)
    return np.repeat(writer.month_known(_new_year(version.year, 1)), len(version.row_loan)).astype(np.int8)


def _instalments(known: Register, pieces: list[tuple[Version, Ints]]) -> pl.DataFrame:
    """One frame of several versions' rows, put together a column at a time: of a large bank there is much."""
    if not pieces:
        return pl.DataFrame()

    def column(name: str, dtype: type[np.generic]) -> NDArray[Any]:
        return np.concatenate([getattr(version, name)[rows].astype(dtype) for version, rows in pieces])

    frame = pl.DataFrame(
        {
            "loan_id": known.loan.gather(column("row_loan", np.int32)), "version": column("row_version", np.int64),
            "seq": column("row_seq", np.int64), "due_on": day_series(column("row_due", np.int32)),
            "principal_cents": column("row_principal_cents", np.int64),
            "interest_cents": column("row_interest_cents", np.int64),
        }
    )  # fmt: skip
    if not any(version.year for version, _ in pieces):
        return frame
    since = np.concatenate([_new_year(version.year or EPOCH_YEAR, len(rows)) for version, rows in pieces])
    return frame.with_columns(effective_on=only(day_series(since), since > 0))


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
            "misuse_factor_e8": np.full(size, MISUSE_FACTOR_E8),
            "charges_compound": is_business, "security_kind": words(SECURITY_KINDS, loans.security),
            "purpose_code": words(PURPOSES, loans.product), "renews_loan_id": only(renews, loans.renews >= 0),
            "is_no_principal_renewal": loans.renewal == NO_PRINCIPAL_RENEWAL,
        }
    )  # fmt: skip
