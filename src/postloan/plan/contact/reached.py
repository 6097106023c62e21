"""Whom the debts of many debtors concern, and by which number of the feeds each is reached: one read of each shard."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.number import shard_of
from postloan.plan.published_day import published_day
from postloan.rules.contact_rules import Role

_PERSONS = ("person", "sole_trader")
_SHAPE = {
    "debtor_id": pl.String, "loan_no": pl.Int64, "party_id": pl.String, "role": pl.String, "name": pl.String,
    "form": pl.String, "region": pl.String, "phone": pl.String,
}  # fmt: skip


def parties_in_bulk(
    home: Path, on: date, loans: pl.DataFrame, customers: pl.DataFrame, *, roles: Sequence[Role]
) -> pl.DataFrame:
    """Find who stands to many loans as the published night of a day knew them.

    loans      loan_no, debtor_no, debtor_id, shard.
    customers  of everybody who is a customer on the day: debtor_id, debtor_no, name, legal_form, region_code.

    Returns debtor_id, loan_no, party_id, role, name, form, region, phone (under the feed's seal, or null).
    A guarantor stands to all loans of a debtor, as `parties_of` reads them. Raises NothingPublished.
    """
    facts = published_day(home, on).facts
    told = [loans.select("debtor_id", "loan_no", party_id="debtor_id", role=pl.lit("debtor"))]
    for (shard,), asked in loans.partition_by("shard", as_dict=True).items():
        if "co_borrower" in roles:
            beside = facts.read("co_borrower", int(shard), ("loan_no", "debtor_id"))
            told.append(_of(asked, beside.rename({"debtor_id": "party_id"}), "loan_no", "co_borrower"))
        if "guarantor" in roles:
            given = facts.read("guarantee", int(shard), ("debtor_no", "guarantor_id"))
            told.append(_of(asked, given.rename({"guarantor_id": "party_id"}), "debtor_no", "guarantor"))
    # Who borrows and guarantees as well is a borrower.
    parties = pl.concat(told).unique(["loan_no", "party_id"], keep="first", maintain_order=True)
    named = parties.join(
        customers.select(party_id="debtor_id", party_no="debtor_no", name="name", legal_form="legal_form",
                         region="region_code"), on="party_id", how="left",
    )  # fmt: skip
    is_person = pl.col("legal_form").cast(pl.String).is_in(_PERSONS).fill_null(value=True)
    return named.join(_phones(facts, named), on="party_no", how="left").select(
        "debtor_id", "loan_no", "party_id", "role", pl.coalesce("name", "party_id"),
        pl.when(is_person).then(pl.lit("person")).otherwise(pl.lit("company")).alias("form"),
        pl.col("region").fill_null(""), "phone",
    ).cast(_SHAPE)  # type: ignore[arg-type]  # fmt: skip


def _of(loans: pl.DataFrame, others: pl.DataFrame, key: str, role: str) -> pl.DataFrame:
    return loans.join(others, on=key).select("debtor_id", "loan_no", "party_id", role=pl.lit(role))


def _phones(facts: Facts, parties: pl.DataFrame) -> pl.DataFrame:
    by_shard: dict[int, list[int]] = {}
    known = parties.filter(pl.col("party_no").is_not_null()).unique("party_no")
    for party_id, number in known.select("party_id", "party_no").iter_rows():
        by_shard.setdefault(shard_of(party_id, facts.layout.shards), []).append(number)
    found = [
        facts.read("debtor", shard, ("debtor_no", "phone"), pl.col("debtor_no").is_in(numbers))
        for shard, numbers in sorted(by_shard.items())
    ]
    nothing = pl.DataFrame(schema={"debtor_no": pl.Int64, "phone": pl.String})
    return pl.concat([nothing, *(each.select("debtor_no", "phone") for each in found)]).rename(
        {"debtor_no": "party_no"}
    )
