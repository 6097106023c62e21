"""Repeats: keys that come twice, in one file or in files of different days."""

import polars as pl

from postloan.intake.book import Book
from postloan.intake.order import is_rising
from postloan.intake.quarantine import Complaints
from postloan.intake.records import visible_parts
from postloan.intake.shape import facts_shape
from postloan.tables.inputs import FEED_TABLES

_OWNERS = {"loan_no": ("loan", "借据"), "debtor_no": ("debtor", "客户")}
_NUMBERED = ("debtor", "loan", "facility", "contract")
"""Tables whose rows are told apart by their numbers; whether they move is checked where they are looked up."""


def check_duplicates(table: str, frame: pl.DataFrame, complaints: Complaints) -> None:
    """Complain of rows with the same key known on the same day: the repetition, or all where they differ."""
    key = _key(table, frame)
    if not _is_constant(frame["known_on"]):
        key = (*key, "known_on")
    repeated = repeats(frame, key)
    if complaints.any and repeated.any():
        repeated = repeated & ~complaints.bad
    if not repeated.any():
        return
    rows = frame.with_row_index("_row").filter(repeated)
    rows = rows.filter(rows.select(pl.struct(key).is_duplicated()).to_series())
    told = rows.select(
        "_row",
        _same=pl.struct(pl.exclude("_row")).n_unique().over(key) == 1,
        _first=pl.col("_row") == pl.col("_row").min().over(key),
    )
    for rule, chosen in (("repeated_row", told["_same"] & ~told["_first"]), ("duplicate_key", ~told["_same"])):
        mask = pl.Series([False]).new_from_index(0, frame.height)
        complaints.add(rule, mask.scatter(told.filter(chosen)["_row"], values=True))


def check_moves(table: str, frame: pl.DataFrame, book: Book, complaints: Complaints, mode: str) -> None:
    """Complain of corrections that would move a row into another loan or debtor, and so into another shard."""
    key, owner = facts_shape(table).key, facts_shape(table).order[0]
    if owner not in _OWNERS or owner in key or table in _NUMBERED:
        return
    named, named_zh = _OWNERS[owner]
    several = owners_in_file(frame, key, owner)
    if several is not None:
        complaints.add("key_moved", several, owner=named, owner_zh=named_zh)
    if _is_read_with_others(table, book, mode):
        before = _stored_alike(table, frame, book, (*key, owner)).rename({owner: "_before"})
        met = frame.select(*key, owner).join(before, on=list(key), how="left", maintain_order="left")
        complaints.add("key_moved", met["_before"] != met[owner], owner=named, owner_zh=named_zh)


def owners_in_file(frame: pl.DataFrame, key: tuple[str, ...], owner: str) -> pl.Series | None:
    """Where a file gives a key, known on several days, several owners; None where no key can come twice."""
    if _is_constant(frame["known_on"]):
        return None
    # What was known on one day is told by its duplicates; a row whose owner is unknown spoils no other.
    owners, days = pl.col(owner).drop_nulls().n_unique(), pl.col("known_on").n_unique()
    return frame.select((owners.over(key) > 1) & (days.over(key) > 1)).to_series()


def repeats_stored(table: str, frame: pl.DataFrame, book: Book, mode: str) -> bool:
    """Whether accepted rows repeat a key of another visible part, or one of their own."""
    key = _key(table, frame)
    if not _is_constant(frame["known_on"]) and repeats(frame, key).any():
        return True
    if not _is_read_with_others(table, book, mode):
        return False
    return not _stored_alike(table, frame, book, facts_shape(table).key).is_empty()


def _stored_alike(table: str, frame: pl.DataFrame, book: Book, columns: tuple[str, ...]) -> pl.DataFrame:
    """Read the rows of other loads, later days included, that have a key of these."""
    key = list(facts_shape(table).key)
    fresh = frame.select(key)
    return pl.concat(rows.join(fresh, on=key, how="semi") for rows in book.stored(table, columns, with_later=True))


def _is_read_with_others(table: str, book: Book, mode: str) -> bool:
    """Whether some reader will see these rows together with those of other loads."""
    parts = visible_parts(book.others, table)
    replaced = [part for part in visible_parts(book.loads, table) if part.source == book.source]
    return bool(parts) and not (mode == "full" and parts == replaced)


def repeats(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.Series:
    """Where a key comes more than once; cheap where rows are in order or the key packs into one number."""
    if is_rising(frame, key):
        return pl.Series([False]).new_from_index(0, frame.height)
    if len(key) == 1:
        return frame[key[0]].is_duplicated()
    packed = _packed(frame, key)
    return packed.is_duplicated() if packed is not None else frame.select(key).is_duplicated()


def _packed(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.Series | None:
    if not all(frame[name].dtype in (pl.Int64, pl.Date) for name in key) or not frame.height:
        return None
    whole = frame.lazy().select(pl.col(name).cast(pl.Int64).fill_null(0) for name in key)
    bounds = whole.select(pl.all().min().name.suffix("|min"), pl.all().max().name.suffix("|max")).collect().row(0)
    low, high = bounds[: len(key)], bounds[len(key) :]
    spread, packed = 1, pl.lit(0, pl.Int64)
    for name, least, most in zip(key, low, high, strict=True):
        packed = packed * (most - least + 1) + (pl.col(name) - least)
        spread *= most - least + 1
    return whole.select(packed).collect().to_series() if spread < 1 << 62 else None


def _key(table: str, frame: pl.DataFrame) -> tuple[str, ...]:
    """The key in the numbers that the frame has by now, else in the identifiers of the feed."""
    named = facts_shape(table).key
    return named if all(name in frame.columns for name in named) else tuple(FEED_TABLES[table].primary_key())


def _is_constant(values: pl.Series) -> bool:
    return values.is_empty() or values.min() == values.max()
