"""What became of loan money in the demo: most pays whom it should; some comes back, is drawn, or goes elsewhere."""

from datetime import date

import numpy as np
import polars as pl

from postloan.demo.draws import Bools, Floats, Indexes, Ints, stream
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.parties import COMPANY, PERSON, SOLE_TRADER
from postloan.demo.products import BUSINESS, MICRO
from postloan.demo.registers import Register
from postloan.demo.write import FeedWriter, serials

STORIES = ("honest", "returned", "ring", "securities", "cash", "other_payee", "self_paid", "split")
HONEST, RETURNED, RING, SECURITIES, CASH, OTHER_PAYEE, SELF_PAID, SPLIT = range(len(STORIES))
UNTOLD = -1

WATCHED_SHARE, STORY_SHARES = 0.1, (0.76, 0.06, 0.05, 0.05, 0.04, 0.04)
"""Of so many loans the bank sees the accounts; the shares of the stories that accounts can tell."""

PASSED_BY_SHARE = 0.03
"""Of loans that the bank had to pay out itself, so many it did not."""

PERSONS_CENTS, COMPANYS_CENTS = 500_000_00, 10_000_000_00
NEW_LAW = (date(2024, 7, 1) - date(1970, 1, 1)).days
RECENT_DAYS, LAST_DAYS = 365, 10
KEPT_BACK = 9, 10
"""Of what goes round in a ring, so much comes back."""

DAY_MICROSECONDS, HOUR = 86_400_000_000, 3_600_000_000
_LEG = ("loan", "party", "days", "hour", "sign", "amount_cents", "other", "other_account", "other_bank", "kind", "memo")


def draw_stories(book: Book, window: Window, seed: int) -> Indexes:
    """The story of each loan that accounts can tell, UNTOLD for the others."""
    loans, rng = book.loans, stream(seed, "accounts")
    is_told = (loans.product >= MICRO) & (loans.disbursed > window.first - RECENT_DAYS)
    rows = np.flatnonzero(is_told & (loans.disbursed < window.last - LAST_DAYS))
    rows = rows[rng.random(len(rows)) < WATCHED_SHARE]
    story = np.full(len(loans), UNTOLD, dtype=np.int32)
    story[rows] = np.searchsorted(np.cumsum(STORY_SHARES), rng.random(len(rows)), side="right").clip(0, OTHER_PAYEE)
    return story


def passes_by(book: Book, story: Indexes, part_cents: Ints, loan: Indexes, rng: np.random.Generator) -> Bools:
    """The drawdowns that the bank had to pay itself and did not, each loan whole; their stories are written down."""
    loans, form = book.loans, book.parties.form[book.loans.party]
    is_persons = np.isin(form, (PERSON, SOLE_TRADER))
    whole, part = loans.principal_cents[loan], part_cents
    is_large = np.where(is_persons[loan], whole > PERSONS_CENTS, part > COMPANYS_CENTS)
    is_chosen = (rng.random(len(loans)) < PASSED_BY_SHARE) & (loans.signed >= NEW_LAW) & (story == UNTOLD)
    passes: Bools = is_large & is_chosen[loan] & (loans.product[loan] >= BUSINESS)
    is_split = is_persons[loan] & (part <= PERSONS_CENTS)
    story[loan[passes]] = np.where(is_split, SPLIT, SELF_PAID)[passes]
    return passes


def put_account_entries(
    book: Book, known: Register, drawn: pl.DataFrame, story: Indexes, writer: FeedWriter, seed: int
) -> None:
    """Write what the accounts of some borrowers, and of those that they paid, show; drawn: the feed's drawdowns."""
    rng = stream(seed, "accounts", 1)
    entrusted = np.zeros(len(story), dtype=np.bool_)
    entrusted[drawn.filter("is_entrusted")["loan"].to_numpy()] = True
    # Whom the borrower pays by itself, nobody agreed on.
    story[(story == OTHER_PAYEE) & ~entrusted] = HONEST
    told = drawn.with_columns(story=pl.Series(story).gather(drawn["loan"]))
    told = told.filter(pl.col("story").is_between(HONEST, OTHER_PAYEE))
    loan = told["loan"].to_numpy()
    firms = np.flatnonzero((book.parties.form == COMPANY) & (known.debtor_month == 0)).astype(np.int32)
    first, second = (_others(firms, book.loans.party[loan], rng.random(len(loan)), shift) for shift in (0, 1))
    supplier = serials("6217", rng.integers(0, 10**6, len(loan)).astype(np.int32), 12)
    at_hand = told.with_columns(
        party=pl.Series(book.loans.party[loan]), first=pl.Series(first), second=pl.Series(second),
        supplier=supplier, back_cents=pl.col("amount_cents") * KEPT_BACK[0] // KEPT_BACK[1],
        days=pl.Series(rng.integers(0, 2, len(loan)).astype(np.int32)),
    )  # fmt: skip
    legs = pl.concat(_legs(at_hand), how="vertical").sort("loan", "days", "hour", maintain_order=True)
    day = book.loans.disbursed[legs["loan"].to_numpy()] + legs["days"].to_numpy()
    booked = day.astype(np.int64) * DAY_MICROSECONDS + legs["hour"].to_numpy().astype(np.int64) * HOUR
    frame = legs.select(
        entry_id=serials("LS", np.arange(1, legs.height + 1, dtype=np.int32), 9),
        account_id=serials("6288", legs["party"].to_numpy(), 12),
        debtor_id=known.debtor.gather(legs["party"]),
        booked_at=pl.Series(booked).cast(pl.Datetime("us")),
        amount_cents=pl.col("amount_cents") * pl.col("sign"),
        counterparty="other", counterparty_account="other_account", counterparty_bank="other_bank",
        counterparty_kind="kind", memo="memo",
    )  # fmt: skip
    writer.put("account_entry", frame, writer.month_known(day.astype(np.int32)))


def story_table(known: Register, story: Indexes) -> pl.DataFrame:
    """The truth: what became of the money of which loans."""
    rows = np.flatnonzero(story != UNTOLD)
    names = pl.Series(list(STORIES)).gather(story[rows])
    return pl.DataFrame({"loan_id": known.loan.gather(rows), "story": names}).sort("loan_id")


def _others(firms: Indexes, borrower: Indexes, drawn: Floats, shift: int) -> Indexes:
    """Two firms for each borrower, none of them itself nor the other."""
    place = (drawn * len(firms)).astype(np.int32)
    chosen = firms[(place + shift) % len(firms)]
    return np.where(chosen == borrower, firms[(place + shift + 2) % len(firms)], chosen).astype(np.int32)


def _legs(told: pl.DataFrame) -> list[pl.DataFrame]:
    """The entries of every story, each side of a payment inside the bank told."""
    story = pl.col("story")
    inside = story.is_in([RING, SECURITIES, CASH])
    to_payee = ~inside & (story != OTHER_PAYEE) & pl.col("is_entrusted")
    outside = told.filter(~inside).with_columns(
        pay_to=pl.when(to_payee).then("payee_account").otherwise("supplier"),
        pay_to_bank=pl.when(to_payee).then("payee_bank").otherwise(pl.lit("建设银行")),
    )  # fmt: skip
    returned, ring = outside.filter(story == RETURNED), told.filter(story == RING)
    hidden = told.filter(story.is_in([SECURITIES, CASH]))
    legs = [
        _leg(told, "party", 0, 9, 1, "amount_cents", "青禾银行放款户", None, "青禾银行", "bank", "贷款发放"),
        _leg(outside, "party", 0, 11, -1, "amount_cents", "供应商", "pay_to", "pay_to_bank", "company", "支付货款"),
        _leg(returned, "party", 4, 10, 1, "back_cents", "往来单位", "pay_to", "农业银行", "company", "往来款"),
        *_pair(told.filter(inside), "party", "first", 0, 11, "amount_cents"),
        *_pair(ring, "first", "second", 2, 11, "amount_cents"),
        *_pair(ring, "second", "party", 4, 11, "back_cents"),
        _leg(
            hidden.filter(story == SECURITIES), "first", 3, 11, -1, "back_cents", "证券保证金户", "supplier",
            "证券公司", "securities", "银证转账",
        ),
        _leg(hidden.filter(story == CASH), "first", 3, 11, -1, "back_cents", "现金", None, None, "cash", "取现"),
    ]  # fmt: skip
    return [leg for leg in legs if leg.height]


def _leg(
    told: pl.DataFrame, party: str, days: int, hour: int, sign: int, cents: str, other: str, account: str | None,
    bank: str | None, kind: str, memo: str,
) -> pl.DataFrame:  # fmt: skip
    def named(value: str | None) -> pl.Expr:
        return pl.col(value) if value in told.columns else pl.lit(value, pl.String)

    return told.select(
        "loan", party=pl.col(party).cast(pl.Int32), days=pl.col("days") * (days > 0) + days, hour=pl.lit(hour),
        sign=pl.lit(sign, pl.Int64), amount_cents=cents, other=pl.lit(other), other_account=named(account),
        other_bank=named(bank), kind=pl.lit(kind), memo=pl.lit(memo),
    ).select(_LEG)  # fmt: skip


def _pair(told: pl.DataFrame, payer: str, payee: str, days: int, hour: int, cents: str) -> list[pl.DataFrame]:
    """A payment between two customers of the bank, as each side tells it."""
    named = told.with_columns(
        pl.concat_str(pl.lit("6288"), pl.col(end).cast(pl.String).str.zfill(12)).alias(f"{end}_account")
        for end in (payer, payee)
    )
    bank = "青禾银行"
    return [
        _leg(named, payer, days, hour, -1, cents, "往来单位", f"{payee}_account", bank, "company", "支付货款"),
        _leg(named, payee, days, hour, 1, cents, "往来单位", f"{payer}_account", bank, "company", "货款"),
    ]
