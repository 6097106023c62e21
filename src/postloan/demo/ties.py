"""Who is tied to whom, and where some of the money went: relations, co-borrowers, account movements."""

import numpy as np
import polars as pl

from postloan.demo.draws import Indexes, Ints, stream
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.parties import COMPANY, PERSON
from postloan.demo.products import HOME, MICRO
from postloan.demo.registers import OWNER_PREFIX, Register
from postloan.demo.write import FeedWriter, only, serials, words

CAME, WENT, RETURNED = range(3)
CO_BORROWER_SHARE, SPOUSE_SHARE, TRADE_SHARE = 0.04, 0.3, 0.15
WATCHED_SHARE, RETURN_SHARE = 0.1, 0.12
DAY_MICROSECONDS, OPENING_SECOND, OPEN_SECONDS = 86_400_000_000, 9 * 3600, 8 * 3600
RECENT_DAYS = 365


def put_ties(book: Book, known: Register, writer: FeedWriter, seed: int) -> None:
    """Write relations and co-borrowers."""
    parties, rng = book.parties, stream(seed, "relations", 1)
    firms = np.flatnonzero(parties.form == COMPANY)
    people = np.flatnonzero(parties.form == PERSON)
    owners = serials(OWNER_PREFIX, firms.astype(np.int32), 9)
    held = rng.integers(34, 96, len(firms)) * 1_000_000
    frames = [
        _relation(known, firms, owners, "legal_representative", None),
        _relation(known, firms, owners, "shareholder", held.astype(np.int64)),
    ]
    married = people[rng.random(len(people)) < SPOUSE_SHARE]
    frames.append(_relation(known, married, serials("PO", married.astype(np.int32), 9), "spouse", None))
    grouped = firms[known.group[firms] > 0]
    # The first member met is the parent of its group.
    _, parent_row, member_of = np.unique(known.group[grouped], return_index=True, return_inverse=True)
    parent = grouped[parent_row][member_of]
    is_child = parent != grouped
    share = np.full(int(is_child.sum()), 100_000_000, dtype=np.int64)
    frames.append(_relation(known, parent[is_child], known.debtor.gather(grouped[is_child]), "controls", share))
    sellers = firms[rng.random(len(firms)) < TRADE_SHARE]
    buyers = firms[rng.integers(0, len(firms), len(sellers))]
    is_other = sellers != buyers
    frames.append(_relation(known, sellers[is_other], known.debtor.gather(buyers[is_other]), "trades_with", None))
    months = np.concatenate([months for _, months in frames])
    writer.put("relation", pl.concat([frame for frame, _ in frames]), months)
    _put_co_borrowers(book, known, writer, rng)


def _relation(
    known: Register, party: Ints, other: pl.Series, kind: str, share_e8: Ints | None
) -> tuple[pl.DataFrame, Indexes]:
    frame = pl.DataFrame({"debtor_id": known.debtor.gather(party), "other_id": other}).with_columns(
        kind=pl.lit(kind),
        share_e8=pl.lit(None, pl.Int64) if share_e8 is None else pl.Series(share_e8),
    )
    return frame, known.debtor_month[party]


def _put_co_borrowers(book: Book, known: Register, writer: FeedWriter, rng: np.random.Generator) -> None:
    """Some home loans are owed by two; the second is a customer of longer standing."""
    homes = np.flatnonzero(book.loans.product == HOME)
    homes = homes[rng.random(len(homes)) < CO_BORROWER_SHARE]
    old = np.flatnonzero((book.parties.form == PERSON) & (known.debtor_month == 0))
    second = old[rng.integers(0, len(old), len(homes))]
    rows = np.flatnonzero(second != book.loans.party[homes])
    frame = pl.DataFrame(
        {"loan_id": known.loan.gather(homes[rows]), "debtor_id": known.debtor.gather(second[rows])}
    ).with_columns(role=pl.lit("relative"))
    writer.put("co_borrower", frame, known.loan_month[homes[rows]])


def put_account_entries(book: Book, known: Register, window: Window, writer: FeedWriter, seed: int) -> None:
    """Write the movements after some pay-outs to firms: in, out to a payee, and for a few back again by another way."""
    loans, rng = book.loans, stream(seed, "accounts")
    is_told = (loans.product >= MICRO) & (loans.disbursed > window.first - RECENT_DAYS)
    rows = np.flatnonzero(is_told & (loans.disbursed < window.last - 10))
    rows = rows[rng.random(len(rows)) < WATCHED_SHARE]
    returns = rng.random(len(rows)) < RETURN_SHARE
    came, went = rows, rows[returns]
    loan = np.concatenate((came, came, went))
    kind = np.repeat(np.arange(3, dtype=np.int32), (len(came), len(came), len(went)))
    amount = loans.principal_cents[loan]
    amount = np.where(kind == WENT, -amount, np.where(kind == RETURNED, amount * 9 // 10, amount))
    delay = np.where(
        kind == WENT, rng.integers(0, 3, len(loan)), np.where(kind == CAME, 0, rng.integers(4, 9, len(loan)))
    )
    day = (loans.disbursed[loan] + delay).astype(np.int32)
    second = OPENING_SECOND + rng.integers(0, OPEN_SECONDS, len(loan)) // 2 + kind * (OPEN_SECONDS // 6)
    booked_at = day.astype(np.int64) * DAY_MICROSECONDS + second * 1_000_000
    order = np.lexsort((kind, loan, booked_at))
    loan, kind, amount, booked_at, day = loan[order], kind[order], amount[order], booked_at[order], day[order]
    payee = rng.integers(0, 10**6, len(loan)).astype(np.int32)
    frame = pl.DataFrame(
        {
            "entry_id": serials("LS", np.arange(1, len(loan) + 1, dtype=np.int32), 9),
            "account_id": serials("6288", loans.party[loan], 12),
            "debtor_id": known.debtor.gather(loans.party[loan]),
            "booked_at": pl.Series(booked_at).cast(pl.Datetime("us")),
            "amount_cents": amount,
            "counterparty": words(("青禾银行放款户", "供应商", "关联企业往来"), kind),
            "counterparty_account": only(serials("6217", payee, 12), kind > CAME),
            "counterparty_bank": words(("青禾银行", "建设银行", "农业银行"), kind),
            "counterparty_kind": words(("bank", "company", "company"), kind),
            "memo": words(("贷款发放", "支付货款", "往来款"), kind),
        }
    )
    writer.put("account_entry", frame, writer.month_known(day))
