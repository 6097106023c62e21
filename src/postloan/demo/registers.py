"""The registers of customers: who they are, as the feed table `debtor`, and the numbers everything is filed under."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from postloan.demo.dates import NEVER, Days, year_of
from postloan.demo.draws import Floats, Indexes, Ints, stream
from postloan.demo.identity import credit_codes, person_numbers
from postloan.demo.industries import INDUSTRIES, NO_CODE, SHOP_INDUSTRIES
from postloan.demo.loans import Book
from postloan.demo.names import company_names, person_names, public_names, shop_names
from postloan.demo.offices import CITIES, DISTRICTS_EACH, REGION_CODES
from postloan.demo.parties import COMPANY, GOVERNMENT, LARGE, MEDIUM, PERSON, SOLE_TRADER, Parties
from postloan.demo.write import FeedWriter, day_series, only, serials, words
from postloan.tables.units import LEGAL_FORMS, SIZE_CLASSES

GRADES = ("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB", "BB", "B")
GROUPED_SHARE, GROUP_SIZE = 0.15, 4
WOMEN_SHARE, LISTED_SHARE = 0.45, 0.3
DAYS_A_YEAR = 365.25
OWNER_PREFIX = "ZR"
"""Identifiers of people behind firms who are no debtors themselves: owners and guarantors."""

GUARANTEE_PREFIX = "BZ"
"""Identifiers of guarantees: the rank of their line among the guaranteed ones."""

PHONE_PREFIX = "154"
"""A range of numbers that no operator sells, so that nobody is ever called from a demo."""


@dataclass(frozen=True)
class Register:
    """Numbers and first months.

    loan, contract    one value a loan; debtor one a debtor; facility one a line (only business lines have a row).
    loan_month …      the month-end that first tells of each, 0 for the take-on.
    since             a debtor's or line's first day with the bank.
    """

    debtor: pl.Series
    loan: pl.Series
    contract: pl.Series
    facility: pl.Series
    has_facility: Indexes
    debtor_month: Indexes
    loan_month: Indexes
    line_month: Indexes
    debtor_since: Days
    line_since: Days
    group: Indexes


def register(book: Book, writer: FeedWriter, seed: int) -> Register:
    """Number everything in the order in which the bank came to know it."""
    loans, parties = book.loans, book.parties
    line_since = _earliest(loans.line, loans.disbursed, len(book.lines.product))
    debtor_since = _earliest(loans.party, loans.disbursed, len(parties.form))
    year = year_of(loans.disbursed)
    number = np.arange(1, len(loans) + 1, dtype=np.int32)
    years = pl.Series(year).cast(pl.String)
    dated = pl.select(pl.concat_str(years, serials("", number, 8))).to_series()
    has_facility = (parties.form[book.line_party] != PERSON) & (line_since < NEVER)
    return Register(
        debtor=serials("KH", _ranks(debtor_since), 9),
        loan=pl.select(pl.concat_str(pl.lit("JJ"), dated)).to_series(),
        contract=pl.select(pl.concat_str(pl.lit("HT"), dated)).to_series(),
        facility=serials("SX", _ranks(line_since), 9),
        has_facility=np.flatnonzero(has_facility).astype(np.int32),
        debtor_month=writer.month_known(debtor_since), loan_month=writer.month_known(loans.disbursed),
        line_month=writer.month_known(line_since), debtor_since=debtor_since, line_since=line_since,
        group=_groups(parties, stream(seed, "relations")),
    )  # fmt: skip


def _earliest(owner: Indexes, days: Days, size: int) -> Days:
    """Loans come sorted by day, so an owner's first row is its earliest."""
    earliest = np.full(size, NEVER, dtype=np.int32)
    whose, row = np.unique(owner, return_index=True)
    earliest[whose] = days[row]
    return earliest


def _ranks(days: Days) -> Indexes:
    ranks = np.empty(len(days), dtype=np.int32)
    ranks[np.argsort(days, kind="stable")] = np.arange(1, len(days) + 1, dtype=np.int32)
    return ranks


def _groups(parties: Parties, rng: np.random.Generator) -> Indexes:
    """The group of each larger company, from 1; 0 for none. Members are drawn from one city at a time."""
    larger = np.flatnonzero((parties.form == COMPANY) & np.isin(parties.size, (LARGE, MEDIUM)))
    members = larger[rng.random(len(larger)) < GROUPED_SHARE]
    members = members[np.argsort(parties.office[members] // DISTRICTS_EACH, kind="stable")]
    group = np.zeros(len(parties.form), dtype=np.int32)
    whole = len(members) // GROUP_SIZE * GROUP_SIZE
    group[members[:whole]] = np.arange(whole) // GROUP_SIZE + 1
    return group


def debtor_table(book: Book, known: Register, seed: int) -> pl.DataFrame:
    """The feed table `debtor`."""
    parties = book.parties
    people = _people(parties, known, seed)
    firms = _firms(parties, known, seed)
    rows = np.concatenate((people[0], firms[0]))
    order = np.argsort(rows, kind="stable")
    identity = pl.concat([people[1], firms[1]])[order]
    rng = stream(seed, "people", 1)
    noise = rng.standard_normal(len(parties.form))
    codes = pl.Series([code for code, _, _ in INDUSTRIES] + [None], dtype=pl.String)
    groups = serials("JT", known.group, 5)
    return identity.with_columns(
        debtor_id=known.debtor,
        legal_form=words(LEGAL_FORMS, parties.form),
        size_class=words(SIZE_CLASSES, parties.size),
        phone=serials(PHONE_PREFIX, rng.integers(0, 10**8, len(parties.form)).astype(np.int32), 8),
        industry_code=codes.gather(np.where(parties.industry < 0, NO_CODE, parties.industry)),
        region_code=words(REGION_CODES, parties.office),
        group_id=only(groups, known.group > 0),
        internal_grade=words(GRADES, _grades(parties.hazard, noise)),
    )


def _grades(hazard: Floats, noise: Floats) -> Indexes:
    """What the bank thinks: the hazard seen through noise."""
    seen = 4.5 + 1.6 * np.log(hazard) + 1.2 * noise
    return np.clip(np.round(seen), 0, len(GRADES) - 1).astype(np.int32)


def _people(parties: Parties, known: Register, seed: int) -> tuple[Ints, pl.DataFrame]:
    rng = stream(seed, "people")
    rows = np.flatnonzero(parties.form == PERSON)
    is_female = rng.random(len(rows)) < WOMEN_SHARE
    # From 24 to 58 when they first borrow.
    age_days = ((24 + 34 * rng.beta(1.6, 2.2, len(rows))) * DAYS_A_YEAR).astype(np.int32)
    born_on = (known.debtor_since[rows] - age_days).astype(np.int32)
    city_codes = np.asarray([int(code) for code, _, _ in CITIES])[parties.office[rows] // DISTRICTS_EACH]
    frame = pl.DataFrame(
        {
            "name": person_names(rng, is_female),
            "id_kind": pl.Series(["resident_id"]).new_from_index(0, len(rows)),
            "id_number": person_numbers(
                city_codes, born_on, is_female, rng.integers(0, 499, len(rows)).astype(np.int32)
            ),
        }
    )
    nothing = [pl.lit(None, pl.Date).alias("registered_on"), pl.lit(None, pl.Int64).alias("employee_count")]
    return rows, frame.with_columns(nothing)


def _firms(parties: Parties, known: Register, seed: int) -> tuple[Ints, pl.DataFrame]:
    rng = stream(seed, "companies")
    rows = np.flatnonzero(parties.form != PERSON)
    form, office, industry = parties.form[rows], parties.office[rows], parties.industry[rows]
    is_listed = (parties.size[rows] == LARGE) & (rng.random(len(rows)) < LISTED_SHARE)
    firm = company_names(rng, office, industry, is_listed=is_listed)
    places = np.full(len(INDUSTRIES), 0, dtype=np.int32)
    places[list(SHOP_INDUSTRIES)] = np.arange(len(SHOP_INDUSTRIES), dtype=np.int32)
    shop = shop_names(rng, office, places[industry])
    name = firm.zip_with(pl.Series(form != SOLE_TRADER), shop)
    name = name.zip_with(pl.Series(form != GOVERNMENT), public_names(rng, office))
    kind = np.where(form == SOLE_TRADER, 2, np.where(form == GOVERNMENT, 0, 1)).astype(np.int32)
    regions = np.asarray([int(code) for code in REGION_CODES])[office]
    age_days = (rng.gamma(2.2, 4.0, len(rows)) * DAYS_A_YEAR).astype(np.int32) + 400
    staff = np.asarray([1500.0, 320.0, 60.0, 9.0, 40.0])[parties.size[rows]] * np.exp(
        0.6 * rng.standard_normal(len(rows))
    )
    return rows, pl.DataFrame(
        {
            "name": name,
            "id_kind": pl.Series(["credit_code"]).new_from_index(0, len(rows)),
            "id_number": credit_codes(kind, regions, rng),
            "registered_on": day_series(known.debtor_since[rows] - age_days),
            "employee_count": np.maximum(staff.astype(np.int64), 1),
        }
    )
