"""Who is tied to whom: relations and co-borrowers."""

import numpy as np
import polars as pl

from postloan.demo.draws import Indexes, Ints, stream
from postloan.demo.loans import Book
from postloan.demo.parties import COMPANY, PERSON
from postloan.demo.products import HOME
from postloan.demo.registers import OWNER_PREFIX, Register
from postloan.demo.write import FeedWriter, serials

CO_BORROWER_SHARE, SPOUSE_SHARE, TRADE_SHARE = 0.04, 0.3, 0.15


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
