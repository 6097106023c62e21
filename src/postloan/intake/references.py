"""References: what a row names must be in the book, and says whose shard the row lives in."""

import polars as pl

from postloan.intake.book import Book
from postloan.intake.quarantine import Complaints
from postloan.intake.repeats import owners_in_file
from postloan.tables.inputs import FEED_TABLES
from postloan.tables.units import SECURES_KINDS

OWNERS = {"debtor": ("debtor",), "loan": ("loan",), "loan_or_facility": ("loan", "facility")} | {
    "loan_or_contract": ("loan", "contract")
}
"""Owner of a table → the references that may say it, the first that is filled wins."""


def resolve(table: str, frame: pl.DataFrame, book: Book, complaints: Complaints, mode: str) -> pl.DataFrame:
    """Look up every reference of a table; complain of what is unknown, and add the owner's numbers and shard."""
    schema = FEED_TABLES[table]
    found: dict[str, pl.DataFrame] = {}
    for name, column in schema.columns().items():
        refers = (column.metadata or {}).get("refers")
        if refers is None or name not in frame.columns or refers == table:
            continue
        found[name] = _look_up(frame[name], refers, book)
        unknown = frame[name].is_not_null() & ~found[name]["_held"]
        complaints.add("unknown_reference", unknown, name, refers=refers, refers_zh=FEED_TABLES[refers].zh)
    if table == "org":
        _check_parents(frame, book, complaints, mode)
    if table == "debtor" or schema.owner == "bank":
        return frame
    owner = (
        _secured(frame, book, complaints) if schema.owner == "secured" else _owner(schema.owner, found, frame.height)
    )
    resolved = frame.hstack(owner)
    if table in ("loan", "facility", "contract"):
        _check_owner_stays(table, resolved, book, complaints)
    return resolved


def _look_up(names: pl.Series, refers: str, book: Book) -> pl.DataFrame:
    known = book.known(refers).rename({f"{refers}_id": names.name}).with_columns(_held=pl.lit(value=True))
    looked = names.to_frame().join(known, on=names.name, how="left", maintain_order="left").drop(names.name)
    return looked.with_columns(pl.col("_held").fill_null(value=False))


def _owner(owner: str, found: dict[str, pl.DataFrame], height: int) -> pl.DataFrame:
    looked = [found[f"{kind}_id"] for kind in OWNERS[owner] if f"{kind}_id" in found]
    if owner == "loan":
        return looked[0].select("loan_no", "shard", "disbursed_on")
    if not looked:
        return pl.DataFrame(schema={"debtor_no": pl.Int64, "shard": pl.Int32}).clear(height)
    return pl.select(
        pl.coalesce(each["debtor_no"] for each in looked).alias("debtor_no"),
        pl.coalesce(each["shard"] for each in looked).alias("shard"),
    )


def _secured(frame: pl.DataFrame, book: Book, complaints: Complaints) -> pl.DataFrame:
    kinds = pl.Enum(SECURES_KINDS)
    known = pl.concat(
        book.known(kind).select(
            pl.lit(kind, kinds).alias("secures_kind"),
            pl.col(f"{kind}_id").alias("secures_id"),
            "debtor_no",
            "shard",
        )
        for kind in SECURES_KINDS
    )
    on = ["secures_kind", "secures_id"]
    looked = frame.select(on).join(known, on=on, how="left", maintain_order="left")
    is_named = frame["secures_id"].is_not_null() & frame["secures_kind"].is_not_null()
    complaints.add(
        "unknown_reference",
        is_named & looked["debtor_no"].is_null(),
        "secures_id",
        refers="facility, contract or loan",
        refers_zh="授信、合同或借据",
    )
    return looked.select("debtor_no", "shard")


def _check_parents(frame: pl.DataFrame, book: Book, complaints: Complaints, mode: str) -> None:
    if "parent_id" not in frame.columns:
        return
    held = book.known("org")["org_id"] if mode == "increment" else pl.Series([], dtype=pl.String)
    while True:
        accepted = pl.concat([held, frame.filter(~complaints.bad)["org_id"]])
        orphaned = frame["parent_id"].is_not_null() & ~frame["parent_id"].is_in(accepted.implode())
        orphaned = orphaned & ~complaints.bad
        if not orphaned.any():
            return
        complaints.add("unknown_reference", orphaned, "parent_id", refers="org", refers_zh=FEED_TABLES["org"].zh)


def _check_owner_stays(kind: str, resolved: pl.DataFrame, book: Book, complaints: Complaints) -> None:
    """Rows that hang on a loan live in its debtor's shard, so a loan may not move once others may hang on it."""
    identifier = f"{kind}_id"
    before = book.numbered(kind).select(identifier, pl.col("debtor_no").alias("_before"))
    moved = resolved.select(identifier, "debtor_no").join(before, on=identifier, how="left", maintain_order="left")
    changed = (moved["_before"] != moved["debtor_no"]).fill_null(value=False)
    if changed.any():
        changed = changed & ~book.may_move(kind, resolved[identifier])
    several = owners_in_file(resolved, (identifier,), "debtor_no")
    complaints.add("owner_changed", changed if several is None else changed | several, "debtor_id", key_name=identifier)
