"""What secures the loans: collateral with its values, pledges, guarantees and guarantee circles."""

import numpy as np
import polars as pl

from postloan.demo.dates import Days, add_months, day_in_month, month_of
from postloan.demo.draws import Indexes, Ints, pick, stream
from postloan.demo.lines import Window
from postloan.demo.loans import Book
from postloan.demo.market import house_prices
from postloan.demo.offices import CITIES, DISTRICTS_EACH, PLACE_NAMES, REGION_CODES
from postloan.demo.parties import COMPANY
from postloan.demo.products import FIXED, GUARANTEE, HOME, MICRO, MORTGAGE, PLEDGE
from postloan.demo.registers import GUARANTEE_PREFIX, OWNER_PREFIX, Register
from postloan.demo.write import FeedWriter, day_series, only, serials, words

KINDS = (
    "residential", "commercial_property", "machinery", "commercial_land", "construction", "vehicle", "receivable",
    "stock", "equity_unlisted",
)  # fmt: skip
KIND_WORDS = ("住宅", "商铺及写字楼", "机器设备", "工业用地", "在建工程", "营运车辆", "应收账款", "存货", "股权")
KIND_SHARES = {
    (HOME, MORTGAGE): (1, 0, 0, 0, 0, 0, 0, 0, 0),
    (MICRO, MORTGAGE): (0.5, 0.35, 0.1, 0, 0, 0.05, 0, 0, 0),
    (FIXED, MORTGAGE): (0, 0.35, 0.15, 0.3, 0.2, 0, 0, 0, 0),
    (MICRO, PLEDGE): (0, 0, 0, 0, 0, 0, 0.6, 0.3, 0.1),
}
"""Shares by kind: homes, business of all sizes, fixed assets; then pledges."""

LENT_SHARE = (
    (0.35, 0.7),
    (0.4, 0.65),
    (0.3, 0.5),
    (0.4, 0.6),
    (0.4, 0.55),
    (0.4, 0.6),
    (0.5, 0.8),
    (0.4, 0.6),
    (0.3, 0.5),
)
"""Least and most that is lent on each kind."""

INDEXED = 2
"""The first so many kinds follow the city's house prices; the others wear."""

CIRCLE = 3
CIRCLE_SHARE, BACKED_SHARE, GENERAL_SHARE = 0.25, 0.5, 0.08
MOVABLE_DRIFT = -0.08

LATER_SHARE = 0.06
"""Of the lines of firms that guarantors secure, so many are also secured by a later rank on a firm's collateral."""

THIRD_SHARE, TOLD_SHARE = 0.4, 0.6
"""Of later ranks so many are third, behind a second that is another bank's; of those so many say what that secures."""

SECOND_OF_VALUE = 0.25

YEAR, YEARS_INSURED, LAPSES_ONE_IN = 12, 4, 20


def put_security(
    book: Book, known: Register, market: pl.DataFrame, window: Window, writer: FeedWriter, seed: int
) -> None:
    """Write collateral, valuations, pledges and guarantees."""
    rng = stream(seed, "security")
    secured = np.flatnonzero(np.isin(book.lines.security, (MORTGAGE, PLEDGE)))
    kind = _kinds(book, secured, rng)
    low, high = np.asarray(LENT_SHARE).T
    lent = low[kind] + (high - low)[kind] * rng.random(len(secured))
    value = (book.lines.principal_cents[secured] / lent).astype(np.int64) // 10_000_00 * 10_000_00 + 10_000_00
    owner = book.line_party[secured]
    number = np.arange(1, len(secured) + 1, dtype=np.int32)
    ids = serials("YP", number, 9)
    since = known.line_since[secured]
    city = words(tuple(name for _, name, _ in CITIES), book.parties.office[owner] // DISTRICTS_EACH)
    place = words(PLACE_NAMES, book.parties.office[owner])
    is_movable = kind >= KINDS.index("vehicle")
    collateral = pl.DataFrame(
        {
            "collateral_id": ids,
            "owner_id": known.debtor.gather(owner),
            "kind": words(KINDS, kind),
            "description": pl.select(pl.concat_str(city, place, pl.lit("区"), words(KIND_WORDS, kind))).to_series(),
            "region_code": words(REGION_CODES, book.parties.office[owner]),
            "registered_on": day_series(since),
            "registration_ends_on": only(
                day_series(add_months(since, np.full(len(since), 60, dtype=np.int32))), is_movable
            ),
            "insured_to_on": day_series(_insured_to(since, window)),
            "insured_cents": value,
            "custody": serials("HZ", book.parties.office[owner], 3),
            "status": pl.Series(["held"]).new_from_index(0, len(secured)),
        }
    )
    months = known.line_month[secured]
    writer.put("collateral", collateral, months)
    _put_valuations(
        ids, kind, value, since, months, book.parties.office[owner] // DISTRICTS_EACH, market, window, writer, rng
    )
    firsts = _first_ranks(book, known, secured, ids, value)
    laters, later = _later_ranks(book, known, secured, ids, value, stream(seed, "security", 2))
    writer.put("pledge", pl.concat([firsts, laters], how="diagonal"), np.append(months, known.line_month[later]))
    _put_guarantees(book, known, writer, stream(seed, "security", 1))


def _kinds(book: Book, secured: Ints, rng: np.random.Generator) -> Indexes:
    product, security = book.lines.product[secured], book.lines.security[secured]
    kind = np.zeros(len(secured), dtype=np.int32)
    group = np.where(security == PLEDGE, -1, np.where(product <= 1, HOME, np.where(product == FIXED, FIXED, MICRO)))
    for which, key in (
        (-1, (MICRO, PLEDGE)),
        (HOME, (HOME, MORTGAGE)),
        (FIXED, (FIXED, MORTGAGE)),
        (MICRO, (MICRO, MORTGAGE)),
    ):
        rows = np.flatnonzero(group == which)
        kind[rows] = pick(rng, len(rows), KIND_SHARES[key])
    return kind


def _insured_to(since: Days, window: Window) -> Days:
    """Most insure for the years to come; of one in so many the year's policy at the take-on is never renewed."""
    begin = np.maximum(since, window.first)
    months = np.maximum(month_of(begin) - month_of(since), 0) // YEAR * YEAR
    lapses = np.arange(len(since)) % LAPSES_ONE_IN == 0
    return add_months(since, (months + np.where(lapses, YEAR, YEARS_INSURED * YEAR)).astype(np.int32))


def _put_valuations(
    ids: pl.Series, kind: Indexes, value: Ints, since: Days, months: Indexes, city: Indexes, market: pl.DataFrame,
    window: Window, writer: FeedWriter, rng: np.random.Generator,
) -> None:  # fmt: skip
    """The value when taken, and each year after in the month it was taken, moved by the city's prices or by wear."""
    begun = house_prices(market, since, city)
    noise = rng.standard_normal(len(kind))
    first = _valuations(ids, np.arange(len(kind)), value, since, method="appraisal")
    for month, end in enumerate(window.ends.tolist()):
        here = np.full(len(kind), end, dtype=np.int32)
        age = month_of(here) - month_of(since)
        due = np.flatnonzero((age > 0) & (age % 12 == 0) & (months < month))
        moved = house_prices(market, here[due], city[due]) / begun[due]
        worn = np.exp(MOVABLE_DRIFT * age[due] / 12)
        factor = np.where(kind[due] < INDEXED, moved, worn) * np.exp(0.02 * noise[due])
        anew = (value[due] * factor).astype(np.int64) // 1_000_00 * 1_000_00
        frame = _valuations(
            ids, due, anew, day_in_month(month_of(here[due]), np.full(len(due), 15, dtype=np.int32)), method="index"
        )
        taken = np.flatnonzero(months == month)
        writer.put_month("valuation", month, pl.concat([first[taken], frame]))


def _valuations(ids: pl.Series, rows: Ints, value: Ints, days: Days, *, method: str) -> pl.DataFrame:
    valuer = {"appraisal": "华盛资产评估有限公司", "index": "青禾银行押品管理中心"}[method]
    return pl.DataFrame(
        {"collateral_id": ids.gather(rows), "valued_on": day_series(days), "value_cents": value}
    ).with_columns(method=pl.lit(method), valuer=pl.lit(valuer))


def _first_ranks(book: Book, known: Register, secured: Ints, ids: pl.Series, value: Ints) -> pl.DataFrame:
    """A line with a facility pledges to the facility up to an amount; others to their one loan."""
    has_facility = np.zeros(len(book.lines.product), dtype=np.bool_)
    has_facility[known.has_facility] = True
    is_running = has_facility[secured]
    loan = _first_loans(book)[secured]
    named = known.facility.gather(secured).zip_with(pl.Series(is_running), known.loan.gather(loan))
    return pl.DataFrame(
        {
            "pledge_id": serials("DY", np.arange(1, len(secured) + 1, dtype=np.int32), 9),
            "collateral_id": ids,
            "secures_kind": words(("loan", "facility"), is_running.astype(np.int32)),
            "secures_id": named,
            "rank": np.ones(len(secured), dtype=np.int64),
            "secured_cents": np.minimum(value, book.lines.principal_cents[secured] * 12 // 10),
            "is_maximum_amount": is_running,
            "begins_on": day_series(known.line_since[secured]),
        }
    )


def _later_ranks(
    book: Book, known: Register, secured: Ints, ids: pl.Series, value: Ints, rng: np.random.Generator
) -> tuple[pl.DataFrame, Ints]:
    """Later ranks on what secures another line already, one a collateral at most, once it is known; and their lines."""
    is_firm = book.parties.form[book.line_party] == COMPANY
    rows = np.flatnonzero((book.lines.security == GUARANTEE) & is_firm)
    rows = rows[rng.random(len(rows)) < LATER_SHARE]
    taken = rng.permutation(np.flatnonzero(is_firm[secured]))[: len(rows)]
    rows = rows[: len(taken)]
    is_known = known.line_month[secured[taken]] <= known.line_month[rows]
    rows, taken = rows[is_known], taken[is_known]
    is_third = rng.random(len(rows)) < THIRD_SHARE
    is_told = is_third & (rng.random(len(rows)) < TOLD_SHARE)
    prior = (value[taken] * SECOND_OF_VALUE).astype(np.int64) // 10_000_00 * 10_000_00
    frame = pl.DataFrame(
        {
            "pledge_id": serials("DZ", np.arange(1, len(rows) + 1, dtype=np.int32), 9),
            "collateral_id": ids.gather(taken),
            "secures_kind": words(("loan",), np.zeros(len(rows), dtype=np.int32)),
            "secures_id": known.loan.gather(_first_loans(book)[rows]),
            "rank": np.where(is_third, 3, 2),
            "secured_cents": book.lines.principal_cents[rows],
            "prior_claims_cents": only(pl.Series(prior), is_told),
            "is_maximum_amount": np.zeros(len(rows), dtype=np.bool_),
            "begins_on": day_series(known.line_since[rows]),
        }
    )
    return frame, rows


def _first_loans(book: Book) -> Ints:
    first = np.zeros(len(book.lines.product), dtype=np.int64)
    line, row = np.unique(book.loans.line, return_index=True)
    first[line] = row
    return first


def _put_guarantees(book: Book, known: Register, writer: FeedWriter, rng: np.random.Generator) -> None:
    """Guarantors: the owner for most, another customer for some, three customers for one another in circles."""
    rows = np.flatnonzero(book.lines.security == GUARANTEE)
    owner = book.line_party[rows]
    is_firm = book.parties.form[owner] == COMPANY
    firms = np.flatnonzero(is_firm)
    circling = firms[: int(len(firms) * CIRCLE_SHARE) // CIRCLE * CIRCLE]
    guarantor = serials(OWNER_PREFIX, owner, 9)
    other = owner.copy()
    turned = np.roll(circling.reshape(-1, CIRCLE), 1, axis=1).ravel()
    other[circling] = owner[turned]
    lone = np.setdiff1d(firms[int(len(firms) * CIRCLE_SHARE) :], circling)
    backed = lone[rng.random(len(lone)) < BACKED_SHARE]
    other[backed] = owner[firms[rng.integers(0, len(firms), len(backed))]]
    is_customer = other != owner
    has_facility = np.zeros(len(book.lines.product), dtype=np.bool_)
    has_facility[known.has_facility] = True
    is_running = has_facility[rows]
    loan = _first_loans(book)[rows]
    named = known.facility.gather(rows).zip_with(pl.Series(is_running), known.loan.gather(loan))
    frame = pl.DataFrame(
        {
            "guarantee_id": serials(GUARANTEE_PREFIX, np.arange(1, len(rows) + 1, dtype=np.int32), 9),
            "guarantor_id": known.debtor.gather(other).zip_with(pl.Series(is_customer), guarantor),
            "secures_kind": words(("loan", "facility"), is_running.astype(np.int32)),
            "secures_id": named,
            "amount_cents": book.lines.principal_cents[rows],
            "is_maximum_amount": is_running,
            "kind": words(("joint", "general"), (rng.random(len(rows)) < GENERAL_SHARE).astype(np.int32)),
            "begins_on": day_series(known.line_since[rows]),
        }
    )
    writer.put("guarantee", frame, known.line_month[rows])
