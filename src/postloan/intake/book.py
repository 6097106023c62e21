"""Book: what is known as a load goes on: which identifiers exist, whose they are, and what they were numbered."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.intake.facts import read_parts
from postloan.intake.number import NUMBERS_COLUMNS, number_debtors, number_owned, read_numbers
from postloan.intake.records import CORE, LoadRecord
from postloan.intake.shape import facts_shape
from postloan.intake.whole import check_parts

KNOWN_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    "org": {"org_id": pl.String()},
    "collateral": {"collateral_id": pl.String()},
    "debtor": {"debtor_id": pl.String(), "debtor_no": pl.Int64()},
    "facility": {"facility_id": pl.String(), "debtor_no": pl.Int64()},
    "contract": {"contract_id": pl.String(), "debtor_no": pl.Int64()},
    "loan": {
        "loan_id": pl.String(),
        "loan_no": pl.Int64(),
        "debtor_no": pl.Int64(),
        "disbursed_on": pl.Date(),
    },
}
"""What later tables ask of the tables they refer to."""


class Book:
    """The bank's book as the loads so far tell it, and as the tables of the present load change it.

    loads       visible loads up to the feed's day, less those that the present one supersedes.
    others      all visible loads but those superseded: what the new rows will be read together with.
    superseded  the loads that the present one corrects.
    source      who delivers: a full table takes the place of what this source said before, and of nothing else.
    numbering   every load there ever was: a number once given is never given again.
    """

    def __init__(
        self,
        home: Path,
        *,
        loads: Sequence[LoadRecord],
        others: Sequence[LoadRecord],
        superseded: Sequence[int],
        numbering: Sequence[int],
        shards: int,
        book_currency: str,
        source: str = CORE,
    ) -> None:
        self.home = home
        self.loads = loads
        self.others = others
        self.superseded = superseded
        self.shards = shards
        self.book_currency = book_currency
        self.source = source
        self.new_numbers: dict[str, pl.DataFrame] = {}
        self._numbering = numbering
        self._known: dict[str, pl.DataFrame] = {}
        self._numbered: dict[str, pl.DataFrame] = {}

    def known(self, kind: str) -> pl.DataFrame:
        """The identifiers of a kind that the book holds, with what later tables ask of them, and their shard."""
        if kind not in self._known:
            self._known[kind] = self._read_known(kind, of_others=False)
        return self._known[kind]

    def numbered(self, kind: str) -> pl.DataFrame:
        """Every identifier of a kind that was ever numbered, with its number and its debtor."""
        if kind not in self._numbered:
            numbers = read_numbers(self.home, self._numbering, kind)
            self._numbered[kind] = numbers.unique(subset=f"{kind}_id", keep="last", maintain_order=True)
        return self._numbered[kind]

    def take_debtors(self, rows: pl.DataFrame, mode: str) -> pl.DataFrame:
        """Number accepted debtors; gives the rows with their number and shard."""
        self.new_numbers["debtor"] = number_debtors(rows["debtor_id"], self.numbered("debtor"), self.shards)
        self._numbered["debtor"] = pl.concat([self.numbered("debtor"), self.new_numbers["debtor"]])
        rows = rows.join(self._numbered["debtor"], on="debtor_id", how="left", maintain_order="left")
        self._take("debtor", rows, mode)
        return rows

    def take_owned(self, kind: str, rows: pl.DataFrame, mode: str) -> pl.DataFrame:
        """Number accepted loans, facilities or contracts, whose debtor and shard are known; gives the rows."""
        identifier = f"{kind}_id"
        new = number_owned(kind, rows, self.numbered(kind))
        self.new_numbers[kind] = new
        self._numbered[kind] = pl.concat([self.numbered(kind), new]).unique(
            subset=identifier, keep="last", maintain_order=True
        )
        if kind == "loan":
            numbers = self._numbered[kind].select(identifier, "loan_no")
            rows = rows.join(numbers, on=identifier, how="left", maintain_order="left")
        self._take(kind, rows, mode)
        return rows

    def take_bank(self, kind: str, rows: pl.DataFrame, mode: str) -> pl.DataFrame:
        """Note accepted rows of a table that belongs to the bank itself."""
        self._take(kind, rows, mode)
        return rows

    def may_move(self, kind: str, identifiers: pl.Series) -> pl.Series:
        """Whether a loan, facility or contract may change its debtor: only where a correction brings it in anew."""
        is_latest = bool(self.superseded) and all(other.load < min(self.superseded) for other in self.others)
        if not is_latest:
            return pl.Series([False]).new_from_index(0, len(identifiers))
        held = [rows.to_series() for rows in self.stored(kind, [f"{kind}_id"], with_later=True)]
        return ~identifiers.is_in(pl.concat(held).implode())

    def stored(self, table: str, columns: Sequence[str], *, with_later: bool = False) -> Iterator[pl.DataFrame]:
        """Read rows of earlier loads, each key as it is known best, or with those of later days where asked.

        A shard at a time: nothing asks for all of a big table at once.
        """
        loads = self.others if with_later else self.loads
        for shard in self._places(table):
            check_parts(self.home, loads, shard, [table])
            yield read_parts(self.home, loads, table, shard=shard, columns=columns, known_on=date.max)

    def _take(self, kind: str, rows: pl.DataFrame, mode: str) -> None:
        columns = KNOWN_COLUMNS[kind] | ({"shard": pl.Int32()} if kind in NUMBERS_COLUMNS else {})
        taken = rows.select(list(columns))
        before = self._read_known(kind, of_others=True) if mode == "full" else self.known(kind)
        self._known[kind] = pl.concat([before, taken]).unique(subset=f"{kind}_id", keep="last", maintain_order=True)

    def _check(self, loads: Sequence[LoadRecord], table: str) -> None:
        """Hold what a row is judged by against its sums: one put aside by a damaged file would stay aside."""
        for shard in self._places(table):
            check_parts(self.home, loads, shard, [table])

    def _places(self, table: str) -> Iterable[int | None]:
        """The shards in which a table's rows lie; None is where the bank's own do."""
        return range(self.shards) if facts_shape(table).sharded else (None,)

    def _read_known(self, kind: str, *, of_others: bool) -> pl.DataFrame:
        """Read the identifiers of a kind, those that any source told of, or those of other sources than this one."""
        columns = KNOWN_COLUMNS[kind]
        loads = [each for each in self.loads if not of_others or each.source != self.source]
        self._check(loads, kind)
        if kind not in NUMBERS_COLUMNS:
            return read_parts(self.home, loads, kind, shard=None, columns=list(columns), known_on=date.max)
        return pl.concat(
            read_parts(self.home, loads, kind, shard=shard, columns=list(columns), known_on=date.max).with_columns(
                shard=pl.lit(shard, pl.Int32)
            )
            for shard in range(self.shards)
        )
