"""Who stands to a debtor's debt, by the feeds: the debtor, who borrowed with him, and who guarantees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from postloan.intake.number import shard_of
from postloan.intake.records import read_records
from postloan.intake.seal import Seal, find_seal
from postloan.plan.published_day import published_day
from postloan.rules.contact_rules import Form, Role

_PERSONS = frozenset({"person", "sole_trader"})
_SEALED_AS = "contact_point"
_OF_PARTY = ("debtor_no", "name", "legal_form", "region_code", "phone")


@dataclass(frozen=True)
class Party:
    """Somebody who owes or guarantees a debt.

    form    that of a person where the feeds do not say: the stricter figures hold.
    region  the region's code; empty where it is not known.
    phone   as the feed's seal has it; None where there is none, or nobody of that number is a customer.
    """

    party_id: str
    name: str
    role: Role
    form: Form
    region: str
    phone: str | None


@dataclass(frozen=True)
class SealedPoint:
    """A number or an address as the desk keeps it: sealed, and a keyed hash by which two are known to be one."""

    sealed: str
    match: str


def parties_of(
    home: Path,
    debtor_id: str,
    loan_nos: Sequence[int],
    on: date,
    number_of: Callable[[Sequence[str]], Mapping[str, int]],
) -> list[Party]:
    """Find the parties of a debtor's debts as the published night of a day knew them, the debtor first.

    loan_nos   the debtor's loans.
    number_of  the number of those among some ids who are customers on the day.
    Raises NothingPublished.
    """
    facts = published_day(home, on).facts
    shard = shard_of(debtor_id, facts.layout.shards)
    beside = facts.read("co_borrower", shard, only=pl.col("loan_no").is_in(list(loan_nos)))["debtor_id"]
    mine = pl.col("debtor_no") == number_of([debtor_id])[debtor_id]
    given = facts.read("guarantee", shard, only=mine)["guarantor_id"]
    roles: dict[str, Role] = dict.fromkeys(sorted(set(given)), "guarantor")
    roles |= dict.fromkeys(sorted(set(beside)), "co_borrower")
    roles.pop(debtor_id, None)
    wanted: dict[str, Role] = {debtor_id: "debtor", **roles}
    found, numbers = [], number_of(list(wanted))
    for party_id, role in wanted.items():
        number = numbers.get(party_id)
        theirs = shard_of(party_id, facts.layout.shards)
        rows = facts.read("debtor", theirs, _OF_PARTY, pl.col("debtor_no") == pl.lit(number, pl.Int64))
        found.append(_party(party_id, role, None if rows.is_empty() else rows.row(0, named=True)))
    return found


def debtor_of(home: Path, debtor_id: str, debtor_no: int, on: date) -> Party:
    """The debtor alone, as the published night of a day knew him. Raises NothingPublished."""
    facts = published_day(home, on).facts
    held = pl.col("debtor_no") == pl.lit(debtor_no, pl.Int64)
    rows = facts.read("debtor", shard_of(debtor_id, facts.layout.shards), _OF_PARTY, held)
    return _party(debtor_id, "debtor", None if rows.is_empty() else rows.row(0, named=True))


def _party(party_id: str, role: Role, row: Mapping[str, str | None] | None) -> Party:
    if row is None:
        return Party(party_id, party_id, role, "person", "", None)
    form: Form = "person" if row["legal_form"] in _PERSONS else "company"
    return Party(party_id, row["name"] or party_id, role, form, row["region_code"] or "", row["phone"])


def sealed_point(home: Path, kind: str, plain: str) -> SealedPoint:
    """Seal a number or an address that staff wrote down. Raises KeyMissing."""
    seal = _seal(home)
    return SealedPoint(seal.seal(_SEALED_AS, [plain])[0], seal.match([f"{kind}:{normal(kind, plain)}"])[0])


def opened_point(home: Path, sealed: str) -> str:
    """Open what `sealed_point` sealed. Raises KeyMissing."""
    return _seal(home).open(_SEALED_AS, sealed)


def normal(kind: str, plain: str) -> str:
    """A number or an address without what people write differently: spaces, dashes, the country's own prefix."""
    if kind != "phone":
        return "".join(plain.split()).lower()
    digits = "".join(each for each in plain if each.isdecimal())
    return digits.removeprefix("0086").removeprefix("86") if len(digits) > _PHONE_DIGITS else digits


_PHONE_DIGITS = 11


def _seal(home: Path) -> Seal:
    return find_seal(fingerprints={each.sealed_with for each in read_records(home) if each.sealed_with}, home=home)
