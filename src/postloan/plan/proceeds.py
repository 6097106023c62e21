"""Where loan money went, of the whole bank: read before the shards, since payees' accounts lie in any of them.

A shard holds whole debtors, and money crosses them. What crosses is asked of few: of the borrowers that drew of late,
and hop by hop of the customers whose accounts they paid. Where nobody drew, only the drawdowns are looked at.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import dataframely as dy
import polars as pl

from postloan.intake.facts import Facts
from postloan.rules.rulebook import Policy
from postloan.rules.use_of_proceeds import EntrustedPayment, UseOfProceeds
from postloan.steps.entrusted_payment import entrusted_payment
from postloan.steps.money_trail import Known, money_trail
from postloan.tables.money_trail import BREACHES, FINDINGS, PAY_OUTS, PLACES, ProceedsPath

_DRAWDOWN = ("loan_no", "paid_on", "amount_cents", "payee", "payee_account", "payee_bank", "pay_out")
_LOAN = ("loan_no", "loan_id", "debtor_no", "product", "use_industry_code", "disbursed_on", "signed_on")
_DEBTOR = ("debtor_no", "debtor_id", "name", "legal_form", "industry_code", "group_id")
_ENTRY = (
    "debtor_no", "account_id", "booked_at", "amount_cents", "counterparty", "counterparty_account",
    "counterparty_bank", "counterparty_kind",
)  # fmt: skip


class Told(NamedTuple):
    """What the feeds tell of drawdowns and of the purses that their money came to.

    drawn     drawdowns in order, with their loans and borrowers.
    entries   of borrowers and of whom the money may have come to.
    owners    account, owner_no: accounts at this bank among those paid.
    related   debtor_no, owner_no: customers related to a borrower.
    parties   debtor_no, debtor_id, name: of all these customers.
    """

    drawn: pl.DataFrame
    entries: pl.DataFrame
    owners: pl.DataFrame
    related: pl.DataFrame
    parties: pl.DataFrame


def proceeds_paths(facts: Facts, policy: Policy, *, on: date) -> dy.DataFrame[ProceedsPath]:
    """Follow the money of the loans paid out of late, up to a business date; none where no rule is in force.

    Source  rulebook: use_of_proceeds, entrusted_payment.
    """
    law = policy.use_of_proceeds
    told = None if law is None else told_of_proceeds(facts, law, on)
    if law is None or told is None:
        return ProceedsPath.create_empty()
    return paths_of(told, policy.entrusted_payment, law)


def paths_of(told: Told, laws: tuple[EntrustedPayment, ...], law: UseOfProceeds) -> dy.DataFrame[ProceedsPath]:
    """Lay out the paths of drawdowns that were seen to move at this bank, and those of breaches."""
    trail = money_trail(told.drawn, told.entries, Known(told.owners, told.related), law=law)
    breaches = entrusted_payment(told.drawn, trail, laws=laws, law=law)
    drawn = told.drawn.with_row_index("drawdown").with_columns(
        pl.col("drawdown").cast(pl.Int64), pay_out=pl.col("pay_out").cast(pl.String).fill_null("self")
    )
    seen = trail.join(
        breaches.drop_nulls("movement"), on=["drawdown", "movement"], how="left", maintain_order="left"
    ).filter(_is_worth_telling().any().over("loan_no"))
    unseen = breaches.filter(pl.col("movement").is_null()).join(drawn, on="drawdown").select(
        "drawdown", "loan_no", "debtor_no", "breach", "breach_cite", hop=pl.lit(0, pl.Int64), moved_on="paid_on",
        to_no="debtor_no", amount_cents="amount_cents", stayed_cents="amount_cents",
    )  # fmt: skip
    rows = pl.concat([seen, unseen], how="diagonal").join(
        drawn.select("drawdown", "loan_id", "pay_out"), on="drawdown", maintain_order="left"
    )
    return ProceedsPath.validate(_named(rows, told.parties))


def _is_worth_telling() -> pl.Expr:
    """What came to an account at this bank, or has something to be looked into."""
    return (
        pl.col("is_landed") | (pl.col("hop") > 1) | pl.col("to_no").is_not_null()
        | pl.col("finding").is_not_null() | pl.col("breach").is_not_null()
    )  # fmt: skip


def _named(rows: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Sum up what moved at once, and say who the parties are."""
    for name in ("debtor", "from", "to"):
        named = parties.select(pl.all().name.map(lambda column, of=name: f"{of}_{column}"))  # type: ignore[misc]
        key = "debtor_no" if name == "debtor" else f"{name}_no"
        rows = rows.join(named, left_on=key, right_on=f"{name}_debtor_no", how="left", maintain_order="left")
    place = (
        pl.when(pl.col("to_no").is_not_null()).then(pl.lit("here"))
        .when(pl.col("to_account").is_not_null()).then(pl.lit("other_bank"))
        .otherwise(pl.lit("gone"))
    )  # fmt: skip
    keyed = rows.select(
        "debtor_no",
        "loan_id",
        "hop",
        "moved_on",
        "movement",
        "to_bank",
        "amount_cents",
        "stayed_cents",
        "breach_cite",
        debtor_id="debtor_debtor_id",
        pay_out=pl.col("pay_out").cast(pl.Enum(PAY_OUTS)),
        from_id=pl.coalesce("from_debtor_id", "from_account"),
        to_id=pl.coalesce("to_debtor_id", "to_account"),
        to_name=pl.coalesce("to_name_right", "to_name"),
        to_place=place.cast(pl.Enum(PLACES)),
        finding=pl.col("finding").cast(pl.Enum(FINDINGS)),
        breach=pl.col("breach").cast(pl.Enum(BREACHES)),
    )
    cents = ("amount_cents", "stayed_cents")
    summed = keyed.group_by([name for name in keyed.columns if name not in cents]).agg(pl.col(cents).sum())
    return summed.sort("debtor_no", "loan_id", "hop", "moved_on", "movement", "from_id", "to_id", "breach", "pay_out")


def told_of_proceeds(facts: Facts, law: UseOfProceeds, on: date) -> Told | None:
    """Read what the feeds tell of the money of drawdowns of late; None where nobody drew."""
    drawn = _drawn(facts, law, on)
    if drawn.is_empty():
        return None
    borrowers = drawn.group_by("debtor_no").agg(
        since=pl.col("paid_on").min(), until=pl.col("paid_on").max().dt.offset_by(f"{law.window.within_days}d")
    )
    entries, owners = _reached(facts, borrowers, drawn["payee_account"], law, on)
    of_borrowers = borrowers.select("debtor_no")
    related = _related(facts, of_borrowers, law)
    wanted = pl.concat([of_borrowers["debtor_no"], owners["owner_no"]]).unique()
    parties = _of(facts, "debtor", _DEBTOR[:3], pl.col("debtor_no").is_in(wanted.implode()))
    return Told(drawn, entries, owners, related, parties)


def _of(facts: Facts, table: str, columns: tuple[str, ...], only: pl.Expr | None = None) -> pl.DataFrame:
    """Read a table shard by shard."""
    return pl.concat(_parts(facts, table, columns, only))


def _parts(facts: Facts, table: str, columns: tuple[str, ...], only: pl.Expr | None) -> Iterator[pl.DataFrame]:
    for shard in range(facts.layout.shards):
        yield facts.read(table, shard, columns, only)


def _drawn(facts: Facts, law: UseOfProceeds, on: date) -> pl.DataFrame:
    """The drawdowns of the loans paid out of late, with who drew them."""
    since = pl.lit(on).dt.offset_by(f"-{law.watched.within_months}mo")
    parts = []
    for shard in range(facts.layout.shards):
        drawn = facts.read("drawdown", shard, _DRAWDOWN).filter((pl.col("paid_on") > since) & (pl.col("paid_on") <= on))
        if drawn.is_empty():
            continue
        loans = facts.read("loan", shard, _LOAN).filter(pl.col("disbursed_on") > since)
        debtors = facts.read("debtor", shard, _DEBTOR)
        parts.append(
            drawn.join(loans, on="loan_no", maintain_order="left").join(debtors, on="debtor_no", maintain_order="left")
        )
    if not parts:
        return pl.DataFrame(schema={"loan_no": pl.Int64})
    return (
        pl.concat(parts)
        .with_columns(
            signed_on=pl.coalesce("signed_on", "disbursed_on"),
            industry_code=pl.coalesce("use_industry_code", "industry_code"),
        )
        .sort("paid_on", "loan_no", maintain_order=True)
    )


def _reached(
    facts: Facts, borrowers: pl.DataFrame, payees: pl.Series, law: UseOfProceeds, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the entries of the borrowers, then of whose accounts they paid, hop by hop; and who owns accounts met.

    Payments lead on only within the days on which the money may have been there; whoever was met before, by another
    way, is met again for those days.
    """
    began, booked_on = borrowers["since"].min(), pl.col("booked_at").dt.date()
    owners = _owners(facts, payees)
    straight = owners.select(debtor_no="owner_no", since=pl.lit(began, pl.Date), until=pl.lit(on))
    # Whoever the bank paid straight stands where a first payee does: it is asked with the borrowers.
    frontier, entries = pl.concat([borrowers, straight]), pl.DataFrame()
    for _hop in range(law.hops.at_most):
        if frontier.is_empty():
            break
        frontier = frontier.group_by("debtor_no").agg(pl.col("since").min(), pl.col("until").max())
        new = frontier if entries.is_empty() else frontier.join(entries, on="debtor_no", how="anti")
        told = _of(facts, "account_entry", _ENTRY, pl.col("debtor_no").is_in(new["debtor_no"].implode()))
        told = told.filter((booked_on >= began) & (booked_on <= on))
        owners = pl.concat([owners, _owners(facts, told["counterparty_account"])]).unique("account")
        entries = pl.concat([entries, told]) if entries.height else told
        frontier = (
            entries.filter(pl.col("amount_cents") < 0)
            .join(frontier, on="debtor_no")
            .filter((booked_on >= pl.col("since")) & (booked_on <= pl.col("until")))
            .join(owners, left_on="counterparty_account", right_on="account")
            .select(debtor_no="owner_no", since=booked_on, until="until")
        )
    # What is booked at one moment is taken in the order of the rows: that of debtors, whatever shards they lie in.
    return entries.sort("debtor_no", maintain_order=True), owners.sort("account")


def _owners(facts: Facts, accounts: pl.Series) -> pl.DataFrame:
    """Whose the accounts at this bank among some accounts are, as their entries tell."""
    asked = accounts.drop_nulls().unique()
    if asked.is_empty():
        return pl.DataFrame(schema={"account": pl.String, "owner_no": pl.Int64})
    told = _of(facts, "account_entry", ("account_id", "debtor_no"), pl.col("account_id").is_in(asked.implode()))
    return told.group_by(account="account_id").agg(owner_no=pl.col("debtor_no").min())


def _related(facts: Facts, borrowers: pl.DataFrame, law: UseOfProceeds) -> pl.DataFrame:
    """The customers related to the borrowers: by a relation that either tells, a group, or a loan owed together."""
    debtors = _of(facts, "debtor", ("debtor_no", "debtor_id", "group_id"))
    named = debtors.select(other_id="debtor_id", other_no="debtor_no")
    told = _of(facts, "relation", ("debtor_no", "other_id", "kind")).filter(
        pl.col("kind").is_in(list(law.related.kinds))
    )
    loans = _of(facts, "loan", ("loan_no", "debtor_no"))
    shared = (
        _of(facts, "co_borrower", ("loan_no", "debtor_id")).rename({"debtor_id": "other_id"}).join(loans, on="loan_no")
    )
    ties = pl.concat([told, shared], how="diagonal").join(named, on="other_id").select("debtor_no", "other_no")
    grouped = debtors.drop_nulls("group_id").select("group_id", "debtor_no")
    members = grouped.join(grouped.rename({"debtor_no": "other_no"}), on="group_id").select("debtor_no", "other_no")
    both = pl.concat([ties, ties.select(debtor_no="other_no", other_no="debtor_no"), members])
    return (
        both.filter(pl.col("debtor_no") != pl.col("other_no"))
        .join(borrowers, on="debtor_no", how="semi")
        .select("debtor_no", owner_no="other_no")
        .unique()
        .sort("debtor_no", "owner_no")
    )
