"""The money trail: where the money of drawdowns went, purse by purse, as far as the bank's accounts show."""

from typing import NamedTuple

import numpy as np
import polars as pl

from postloan.kernels.money_trail import NOWHERE, OWN, Movements, Payouts, follow
from postloan.rules.use_of_proceeds import UseOfProceeds

_BANK, _CASH, _RELATED = "bank", "cash", "related"
_PAID_OUT, _RECEIVED, _PAID = range(3)
"""At one moment money is lent first, then received, then paid."""


class Known(NamedTuple):
    """What is known of the parties of a trail.

    owners   account, owner_no: accounts at this bank.
    related  debtor_no, owner_no: customers related to a borrower.
    """

    owners: pl.DataFrame
    related: pl.DataFrame


def money_trail(drawn: pl.DataFrame, entries: pl.DataFrame, known: Known, *, law: UseOfProceeds) -> pl.DataFrame:
    """Follow the money of drawdowns from purse to purse.

    Reads   drawn: drawdowns in order, with debtor_no, loan_no, product, industry_code; entries: facts of the borrowers
            and of those that the money may have come to.
    Writes  a row a part that moved: drawdown (its row), loan_no, debtor_no, movement, is_landed, hop, moved_on,
            from_no, from_account, to_no, to_account, to_name, to_bank, to_kind, amount_cents, stayed_cents, finding.
    Source  rulebook: use_of_proceeds. regulations LN-05 to LN-11.

    A drawdown has come to the borrower's account when one entry from the bank repeats its amount; else, if it names a
    payee, it was paid to it straight; else it is not seen. An entry told by both sides counts as its payer tells it.
    """
    numbered = drawn.with_row_index("drawdown").with_columns(pl.col("drawdown").cast(pl.Int64))
    told = entries.with_row_index("entry").with_columns(booked_on=pl.col("booked_at").dt.date())
    landed = _landed(numbered, told, within_days=law.landing.within_days)
    moves = pl.concat([_lent(numbered, landed, known.owners), _moved(told, landed, known.owners)], how="diagonal")
    moves = moves.sort("at", "order", "drawdown", "entry").with_row_index("movement")
    purses = _purses(moves)
    by_number = numbered.select("drawdown", "paid_on", no="debtor_no").join(
        purses.drop_nulls("no").select("no", place="purse"), on="no", how="left", maintain_order="left"
    )
    until = by_number["paid_on"].to_physical().to_numpy() + np.int32(law.window.within_days)
    first_hop = np.ones(numbered.height, np.int64)
    first_hop[landed["drawdown"].to_numpy()] = 0
    placed = _placed(moves, purses)
    trail = follow(
        Movements(
            placed["payer"].to_numpy(), placed["payee"].to_numpy(), placed["cents"].to_numpy(),
            placed["at"].dt.date().to_physical().to_numpy(), placed["drawdown"].fill_null(OWN).to_numpy(),
        ),
        Payouts(by_number["place"].fill_null(NOWHERE).to_numpy(), until, first_hop),
        purses=purses.height, hops=law.hops.at_most,
    )  # fmt: skip
    rows = pl.DataFrame(
        {"movement": trail.movement, "drawdown": trail.payout, "hop": trail.hop, "amount_cents": trail.cents,
         "stayed_cents": trail.cents - trail.left_cents}
    )  # fmt: skip
    of_moves = moves.drop("drawdown").with_columns(pl.col("movement").cast(pl.Int64))
    of_loans = numbered.select("drawdown", "loan_no", "debtor_no", "product", "industry_code").with_columns(
        is_landed=pl.col("drawdown").is_in(landed["drawdown"].implode())
    )
    went = rows.join(of_moves, on="movement", maintain_order="left").join(
        of_loans, on="drawdown", maintain_order="left"
    )
    return _found(went, known.related, law).select(
        "drawdown", "loan_no", "debtor_no", "movement", "is_landed", "hop", pl.col("at").dt.date().alias("moved_on"),
        "from_no", "from_account", "to_no", "to_account", "to_name", "to_bank", "to_kind", "amount_cents",
        "stayed_cents", "finding",
    )  # fmt: skip


def _landed(drawn: pl.DataFrame, entries: pl.DataFrame, *, within_days: int) -> pl.DataFrame:
    """Find the entry by which each drawdown came to the borrower: drawdown, entry, each once.

    Of several alike on a day the first is of the first.
    """
    of_day = ["debtor_no", "amount_cents", "on"]
    asked = drawn.select("drawdown", "debtor_no", "amount_cents", "paid_on")
    left = entries.filter((pl.col("amount_cents") > 0) & (pl.col("counterparty_kind") == _BANK)).select(
        "entry", "debtor_no", "amount_cents", on="booked_on"
    )
    found = [pl.DataFrame(schema={"drawdown": pl.Int64, "entry": left.schema["entry"]})]
    for days in range(within_days + 1):
        wanted = asked.with_columns(on=pl.col("paid_on").dt.offset_by(f"{days}d"))
        wanted, here = (each.with_columns(place=pl.int_range(pl.len()).over(of_day)) for each in (wanted, left))
        found.append(wanted.join(here, on=[*of_day, "place"]).select("drawdown", "entry"))
        asked = asked.join(found[-1], on="drawdown", how="anti")
        left = left.join(found[-1], on="entry", how="anti")
    return pl.concat(found)


def _lent(drawn: pl.DataFrame, landed: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """The pay-outs that are seen, as movements."""
    is_landed = pl.col("entry").is_not_null()
    paid = drawn.join(landed, on="drawdown", how="left", maintain_order="left").filter(
        is_landed | pl.col("payee_account").is_not_null() | pl.col("payee").is_not_null()
    )
    named = paid.join(
        owners.rename({"account": "payee_account"}), on="payee_account", how="left", maintain_order="left"
    )
    return named.select(
        "drawdown",
        at=pl.col("paid_on").cast(pl.Datetime("us")), order=pl.lit(_PAID_OUT), cents="amount_cents",
        from_no=pl.lit(None, pl.Int64), from_account=pl.lit(None, pl.String),
        to_no=pl.when(is_landed).then("debtor_no").otherwise("owner_no"),
        to_account=pl.when(~is_landed).then("payee_account"), to_name=pl.when(~is_landed).then("payee"),
        to_bank=pl.when(~is_landed).then("payee_bank"),
    )  # fmt: skip


def _moved(entries: pl.DataFrame, landed: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """The entries as movements between purses, each told once: not those within a purse, nor a payee's side again."""
    is_paid, is_told = pl.col("amount_cents") < 0, pl.col("owner_no").is_in(entries["debtor_no"].unique().implode())
    moved = (
        entries.join(landed, on="entry", how="anti")
        .filter(pl.col("amount_cents") != 0)
        .join(owners.rename({"account": "counterparty_account"}), on="counterparty_account", how="left")
        .filter(
            (pl.col("owner_no") != pl.col("debtor_no")).fill_null(value=True)
            & (is_paid | is_told.fill_null(value=False).not_())
        )
    )
    return moved.select(
        "entry",
        at="booked_at", order=pl.when(is_paid).then(_PAID).otherwise(_RECEIVED), cents=pl.col("amount_cents").abs(),
        from_no=pl.when(is_paid).then("debtor_no").otherwise("owner_no"),
        from_account=pl.when(~is_paid).then("counterparty_account"),
        to_no=pl.when(is_paid).then("owner_no").otherwise("debtor_no"),
        to_account=pl.when(is_paid).then("counterparty_account"), to_name=pl.when(is_paid).then("counterparty"),
        to_bank=pl.when(is_paid).then("counterparty_bank"), to_kind=pl.when(is_paid).then("counterparty_kind"),
    )  # fmt: skip


def _purses(moves: pl.DataFrame) -> pl.DataFrame:
    """Number the purses: those of customers by no, accounts at other banks by account."""
    ends = pl.concat(
        moves.select(no=f"{end}_no", account=pl.when(pl.col(f"{end}_no").is_null()).then(f"{end}_account"))
        for end in ("from", "to")
    )
    held = ends.unique().filter(pl.col("no").is_not_null() | pl.col("account").is_not_null())
    return held.sort("no", "account").with_row_index("purse").with_columns(pl.col("purse").cast(pl.Int64))


def _placed(moves: pl.DataFrame, purses: pl.DataFrame) -> pl.DataFrame:
    """Say which purse pays and which is paid, of each movement."""
    for end, name in (("from", "payer"), ("to", "payee")):
        keyed = purses.select(
            pl.col("no").alias(f"{end}_no"), pl.col("account").alias("of"), pl.col("purse").alias(name)
        )
        of = pl.when(pl.col(f"{end}_no").is_null()).then(f"{end}_account")
        moves = moves.with_columns(of=of).join(
            keyed, on=[f"{end}_no", "of"], how="left", nulls_equal=True, maintain_order="left"
        )
    return moves.with_columns(pl.col("payer", "payee").fill_null(NOWHERE))


def _found(rows: pl.DataFrame, related: pl.DataFrame, law: UseOfProceeds) -> pl.DataFrame:
    """Say of each part that moved what is to be looked into."""
    tied = related.select("debtor_no", to_no="owner_no", is_tied=pl.lit(value=True))
    told = rows.join(tied, on=["debtor_no", "to_no"], how="left", maintain_order="left")
    kind, hop = pl.col("to_kind"), pl.col("hop")
    is_tied = pl.col("is_tied").fill_null(value=False) | (kind == _RELATED)
    # The first that holds counts.
    grounds = [
        ((pl.col("to_no") == pl.col("debtor_no")) & (hop > 0), "returned"),
        (is_tied & (hop > 1), "returned_to_related"), (is_tied, "related"), (kind == _CASH, "cash"),
    ]  # fmt: skip
    for use in law.restricted:
        allowed = pl.col("product").is_in(list(use.but_products))
        for industry in use.but_industries:
            allowed = allowed | pl.col("industry_code").str.starts_with(industry).fill_null(value=False)
        grounds.append(((kind == use.kind) & ~allowed, use.kind))
    return told.with_columns(finding=pl.coalesce(pl.when(holds).then(pl.lit(word)) for holds, word in grounds))
