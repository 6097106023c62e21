"""What two versions of a day were told otherwise: the accepted rows that only one of them saw, by loan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.shape import MATCHED_COLUMNS, SEALED_COLUMNS, FactsShape, facts_shape
from postloan.plan.published_day import published_day
from postloan.plan.versions import changed_pins
from postloan.tables.inputs import FEED_TABLES


@dataclass(frozen=True)
class Cause:
    """A row that two versions were told otherwise, or one thing of what else they rest on.

    loan_no   the loan that it is of, or that is of its debtor; None of what is the bank's.
    table     the feed table; empty for what else a version rests on, where `field` says what: `rulebook`, `code`, ...
    key       what names the row, less the loan's or the debtor's own number.
    change    added, removed or changed; `elsewhere` where nothing of the loan or its debtor differs, so that it follows
              from what is the bank's or another debtor's.
    field     the column that changed; empty of a whole row.
    before    what stood there, as text; personal data never does.
    known_on  when the row became known; None of a row that is no longer there.
    """

    loan_no: int | None
    table: str
    key: str
    change: str
    field: str = ""
    before: str = ""
    after: str = ""
    known_on: date | None = None


def causes(home: Path, before: date, after: date, loans: pl.DataFrame) -> list[Cause]:
    """Find what differs for some loans between two versions of a day, by loan; first what is of the bank as a whole.

    before, after  versions, see `snapshot.read.Edition`.
    loans          loan_no and debtor_no of those that came out otherwise.

    Every loan has a cause at least. Raises NothingPublished.
    """
    days = [published_day(home, on) for on in (before, after)]
    pins = [day.pins for day in days]
    facts = (days[0].facts, days[1].facts)
    found = [
        Cause(None, "", "", "changed", name, str(pins[0].get(name)), str(pins[1].get(name)))
        for name in changed_pins(*pins)
        if name != "feeds"
    ]
    for table in FEED_TABLES:
        if facts[0].rests_on(table) != facts[1].rests_on(table):
            found += _of_table(facts, table, loans)
    told = {each.loan_no for each in found}
    found += [Cause(loan_no, "", "", "elsewhere") for loan_no in loans["loan_no"] if loan_no not in told]
    return sorted(found, key=lambda each: (each.loan_no is not None, each.loan_no or 0, each.table, each.key))


def _of_table(facts: tuple[Facts, Facts], table: str, loans: pl.DataFrame) -> Iterator[Cause]:
    """Compare what two nights saw of a table: of some loans, of their debtors, or all of it where it is the bank's."""
    shape = facts_shape(table)
    owner = next((name for name in ("loan_no", "debtor_no") if name in shape.columns), None)
    only = None if owner is None else pl.col(owner).is_in(loans[owner].unique().implode())
    key = list(shape.key)
    sides = [each.read(table, None, only=only) for each in facts]
    hidden = {*SEALED_COLUMNS.get(table, ()), *(f"{name}_hmac" for name in MATCHED_COLUMNS.get(table, ()))}
    fields = [name for name in shape.columns if name not in {*key, *hidden, owner, "known_on"}]
    both = sides[0].join(sides[1], on=key, how="full", coalesce=True, nulls_equal=True, suffix="_after")
    both = both.with_columns(
        _was=pl.col("known_on").is_not_null(), _is=pl.col("known_on_after").is_not_null(),
        _differ=pl.concat_list(
            pl.when(pl.col(name).ne_missing(pl.col(f"{name}_after"))).then(pl.lit(name)) for name in fields
        ).list.drop_nulls() if fields else pl.lit([], pl.List(pl.String)),
    )  # fmt: skip
    if owner is not None and owner not in key:
        both = both.with_columns(pl.coalesce(f"{owner}_after", owner).alias(owner))
    differing = both.filter(~pl.col("_was") | ~pl.col("_is") | (pl.col("_differ").list.len() > 0))
    whose = _whose(owner, loans)
    for row in differing.sort(key).to_dicts():
        for loan_no in whose(row):
            yield from _told(row, shape, fields, owner, loan_no)


def _whose(owner: str | None, loans: pl.DataFrame) -> Any:
    """Say of which loans a row is."""
    if owner is None:
        return lambda _row: [None]
    if owner == "loan_no":
        return lambda row: [row["loan_no"]]
    of_debtor = {no: rows["loan_no"].to_list() for (no,), rows in loans.group_by("debtor_no")}
    return lambda row: of_debtor[row["debtor_no"]]


def _told(
    row: dict[str, Any], shape: FactsShape, fields: Sequence[str], owner: str | None, loan_no: int | None
) -> Iterator[Cause]:
    key = " ".join(f"{row[name]}" for name in shape.key if name != owner)
    if row["_was"] and row["_is"]:
        for name in row["_differ"]:
            said = (_text(row[name]), _text(row[f"{name}_after"]))
            yield Cause(loan_no, shape.table, key, "changed", name, *said, row["known_on_after"])
    elif row["_is"]:
        yield Cause(loan_no, shape.table, key, "added", after=_whole(row, fields, "_after"),
                    known_on=row["known_on_after"])  # fmt: skip
    else:
        yield Cause(loan_no, shape.table, key, "removed", before=_whole(row, fields, ""))


def _whole(row: dict[str, Any], fields: Sequence[str], side: str) -> str:
    return " ".join(f"{name}={row[name + side]}" for name in fields if row[name + side] is not None)


def _text(value: object) -> str:
    return "" if value is None else str(value)
