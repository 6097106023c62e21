"""What was agreed around a loan: facilities, contracts, drawdowns and covenants as feed tables."""

import numpy as np
import polars as pl

from postloan.demo.dates import Days, add_months
from postloan.demo.draws import Indexes, ragged, stream
from postloan.demo.industries import COMPANY_INDUSTRIES, INDUSTRY_CODES
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.names import company_names
from postloan.demo.parties import COMPANY, LARGE, MEDIUM
from postloan.demo.proceeds import PERSONS_CENTS, RECENT_DAYS, passes_by
from postloan.demo.products import CONSUMER, FIXED, HOME, MICRO
from postloan.demo.registers import Register
from postloan.demo.write import FeedWriter, day_series, only, serials, words

FACILITY_MONTHS = 60
BANKS = ("工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "青禾银行")
COVENANTS = (("debt_to_assets", "<=", 0.7, 3), ("current_ratio", ">=", 1.0, 3), ("debt_service_cover", ">=", 1.1, 12))
COVENANT_SHARE = 0.6

ENTRUSTED_SHARE = 0.5
ENTRUSTED_CENTS = 1_000_000_00
"""Above this the bank itself pays the payee (受托支付)."""


def put_agreements(
    book: Book, known: Register, window: Window, story: Indexes, writer: FeedWriter, seed: int
) -> pl.DataFrame:
    """Write facilities, contracts, drawdowns and covenants; return the drawdowns with the number of each loan.

    story  what becomes of each loan's money; of whom the bank does not pay as it must, it is written down.
    """
    lines, loans = book.lines, book.loans
    rows = known.has_facility
    since = known.line_since[rows]
    facility = pl.DataFrame(
        {
            "facility_id": known.facility.gather(rows),
            "debtor_id": known.debtor.gather(book.line_party[rows]),
            "limit_cents": lines.principal_cents[rows],
            "begins_on": day_series(since - 15),
            # A line in use is extended before it ends, so it outlives the demo.
            "ends_on": day_series(_facility_ends(lines.term_months[rows], since)),
            "is_frozen": book.parties.stops_on[book.line_party[rows]] < window.first - 60,
        }
    )
    writer.put("facility", facility, known.line_month[rows])
    has_facility = np.zeros(len(lines.product), dtype=np.bool_)
    has_facility[rows] = True
    names = known.facility.gather(loans.line)
    contract = pl.DataFrame(
        {
            "contract_id": known.contract,
            "facility_id": only(names, has_facility[loans.line]),
            "debtor_id": known.debtor.gather(loans.party),
            "signed_on": day_series(loans.signed),
            "amount_cents": loans.principal_cents,
            "begins_on": day_series(loans.disbursed),
            "ends_on": day_series(loans.matures),
        }
    )
    writer.put("contract", contract, known.loan_month)
    drawn = _put_drawdowns(book, known, window, story, writer, seed)
    _put_covenants(book, known, writer, seed)
    return drawn


def _facility_ends(term: Indexes, since: Days) -> Days:
    return add_months(since, np.maximum(term, FACILITY_MONTHS).astype(np.int32))


def _put_drawdowns(
    book: Book, known: Register, window: Window, story: Indexes, writer: FeedWriter, seed: int
) -> pl.DataFrame:
    """One to three pay-outs of every recent loan to a business or for a home, which add up to the loan."""
    loans, rng = book.loans, stream(seed, "agreements", 1)
    is_told = (loans.product != CONSUMER) & (loans.disbursed > window.first - RECENT_DAYS)
    rows = np.flatnonzero(is_told)
    shares = np.where(loans.product[rows] >= MICRO, rng.integers(1, 4, len(rows)), 1)
    owner, place, _ = ragged(shares)
    loan = rows[owner]
    part = loans.principal_cents[loan] // shares[owner]
    is_last = place == shares[owner] - 1
    amount = np.where(is_last, loans.principal_cents[loan] - part * (shares[owner] - 1), part)
    size = len(loan)
    home = loans.product[loan] == HOME
    industry = rng.integers(0, COMPANY_INDUSTRIES, size).astype(np.int32)
    developer = INDUSTRY_CODES.index("K7010")
    payee = company_names(
        rng, book.parties.office[loans.party[loan]], np.where(home, developer, industry).astype(np.int32),
        is_listed=np.zeros(size, dtype=np.bool_),
    )  # fmt: skip
    # A person's loan is paid out in parts for a reason: it is the whole of it that the bank has to pay.
    is_large = np.where(
        book.parties.form[loans.party[loan]] == COMPANY, amount > ENTRUSTED_CENTS,
        loans.principal_cents[loan] > PERSONS_CENTS,
    )  # fmt: skip
    is_entrusted = home | is_large | (rng.random(size) < ENTRUSTED_SHARE)
    bank = words(BANKS, rng.integers(0, len(BANKS), size).astype(np.int32))
    is_named = is_entrusted
    is_entrusted = is_entrusted & ~passes_by(book, story, amount, loan.astype(np.int32), stream(seed, "agreements", 3))
    frame = pl.DataFrame(
        {
            "drawdown_id": serials("FK", np.arange(1, size + 1, dtype=np.int32), 10),
            "loan_id": known.loan.gather(loan),
            "paid_on": day_series(loans.disbursed[loan]),
            "amount_cents": amount,
            "payee": only(payee, is_named),
            "payee_account": only(serials("62", rng.integers(0, 10**9, size).astype(np.int32), 17), is_named),
            "payee_bank": only(bank, is_named),
            "pay_out": words(("self", "entrusted"), is_entrusted.astype(np.int32)),
        }
    )
    writer.put("drawdown", frame, known.loan_month[loan])
    told = frame.select("amount_cents", "payee_account", "payee_bank", is_entrusted=pl.col("pay_out") == "entrusted")
    return told.with_columns(loan=pl.Series(loan.astype(np.int32)))


def _put_covenants(book: Book, known: Register, writer: FeedWriter, seed: int) -> None:
    """Two or three promises on most facilities of larger companies."""
    rng = stream(seed, "agreements", 2)
    rows = known.has_facility
    is_larger = np.isin(book.parties.size[book.line_party[rows]], (LARGE, MEDIUM))
    rows = rows[is_larger & (rng.random(len(rows)) < COVENANT_SHARE)]
    owner, place, _ = ragged(rng.integers(2, 4, len(rows)))
    line = rows[owner]
    names = tuple(metric for metric, _, _, _ in COVENANTS)
    operators = tuple(operator for _, operator, _, _ in COVENANTS)
    bounds, months = [bound for _, _, bound, _ in COVENANTS], [each for _, _, _, each in COVENANTS]
    tested = np.asarray(months)[place]
    tested = np.where(book.lines.product[line] == FIXED, np.maximum(tested, 6), tested)
    frame = pl.DataFrame(
        {
            "covenant_id": serials("YD", np.arange(1, len(line) + 1, dtype=np.int32), 8),
            "facility_id": known.facility.gather(line),
            "metric": words(names, place),
            "operator": words(operators, place),
            "threshold": np.asarray(bounds)[place],
            "test_every_months": tested,
            "cure_days": np.full(len(line), 30),
        }
    )
    writer.put("covenant", frame, known.line_month[line])
