"""Reshard: the same facts in another number of shards, in a home folder of their own.

Loads, numbers and days known stay what they are; only where rows lie is another. Nights are computed again there: what
they publish does not hang on the number of shards.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from postloan.errors import HomeNotReady, RequestWrong
from postloan.intake.load import ASIDE, Tell, check_shards, json_text
from postloan.intake.number import NUMBERS_COLUMNS, read_numbers, shard_of
from postloan.intake.order import read_rows
from postloan.intake.records import (
    LoadedTable,
    LoadRecord,
    layout_file,
    numbers_file,
    part_file,
    parts_folder,
    read_layout,
    read_records,
    record_file,
)
from postloan.intake.shape import facts_shape
from postloan.intake.stage import held_home, sync_folders, write_frame, write_part, write_text
from postloan.intake.whole import check_numbers, check_parts, sum_of


def reshard(home: Path, into: Path, shards: int, *, tell: Tell) -> None:
    """Write the facts of a home folder into another one, in so many shards; a shard is held at a time, or a table cut.

    Raises RequestWrong where the number cannot be or `into` holds anything, HomeNotReady, FactsDamaged, HomeBusy,
    HomeUnwritable.
    """
    check_shards(shards)
    records, layout = read_records(home), read_layout(home)
    if not records or layout is None:
        raise HomeNotReady(
            message="The home folder holds no loaded feeds.",
            hint="There is nothing to put into other shards; give the right --home.",
            where={"home": home},
        )
    if into.exists() and any(into.iterdir()):
        raise RequestWrong(
            message=f"{into} is not empty.",
            hint="Give a folder that is not there yet; what is there is never overwritten.",
            where={"into": into},
        )
    check_numbers(home, records)
    with held_home(home), held_home(into):
        try:
            for at, record in enumerate(records):
                tell(f"{record.feed_day} {record.source}", at, len(records))
                _Move(home, into, records[: at + 1], shards).run()
            tell("", len(records), len(records))
            laid_out = layout.model_copy(update={"shards": shards})
            write_text(layout_file(into), json_text(laid_out.model_dump(mode="json")))
        except BaseException:
            shutil.rmtree(into / "facts", ignore_errors=True)
            raise


class _Move:
    """One load on its way into other shards; `loads` are those up to it, itself the last."""

    def __init__(self, home: Path, into: Path, loads: list[LoadRecord], shards: int) -> None:
        self.home = home
        self.into = into
        self.record = loads[-1]
        self.shards = shards
        self._shards_of = self._owners([load.load for load in loads])

    def run(self) -> None:
        """Write its parts and numbers, then its record: without one, no load is there."""
        load = self.record.load
        target = parts_folder(self.into, load)
        target.mkdir(parents=True)
        sums = {}
        for kind in NUMBERS_COLUMNS:
            if numbers_file(self.home, load, kind).exists():
                numbers = read_rows(numbers_file(self.home, load, kind)).drop("shard")
                moved = numbers.join(self._shards_of["debtor"], on="debtor_no", how="left", maintain_order="left")
                write_frame(numbers_file(self.into, load, kind), moved.select(list(NUMBERS_COLUMNS[kind])))
                sums[kind] = sum_of(numbers_file(self.into, load, kind))
        quarantine = "quarantine.parquet"
        write_frame(target / quarantine, read_rows(parts_folder(self.home, load) / quarantine))
        tables = {table: self._moved(table, part) for table, part in self.record.tables.items()}
        sync_folders(target)
        record = self.record.model_copy(update={"tables": tables, "numbers": sums})
        write_text(record_file(self.into, load), json_text(record.model_dump(mode="json")))

    def _moved(self, table: str, part: LoadedTable) -> LoadedTable:
        load, shape = self.record.load, facts_shape(table)
        if not shape.sharded:
            write_frame(part_file(self.into, load, table, None), read_rows(part_file(self.home, load, table, None)))
            return part
        aside = parts_folder(self.into, load) / ASIDE
        for held in part.shards:
            check_parts(self.home, [self.record], held, [table])
            for shard, rows in self._cut(table, held):
                path = aside / f"{shard:04d}" / f"{held:04d}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                rows.write_parquet(path, compression="lz4", statistics=False)
        sums: list[int] = []
        filled = [shard for shard in range(self.shards) if (aside / f"{shard:04d}").exists()]
        for shard in filled:
            rows = pl.concat(map(read_rows, sorted((aside / f"{shard:04d}").iterdir())))
            sums += write_part(self.into, load, table, rows.with_columns(shard=pl.lit(shard, pl.Int32)))[1]
        shutil.rmtree(aside, ignore_errors=True)
        return part.model_copy(update={"shards": tuple(filled), "sums": tuple(sums)})

    def _cut(self, table: str, held: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """Part the rows of a shard by the shards that they go to."""
        rows = read_rows(part_file(self.home, self.record.load, table, held))
        owner = facts_shape(table).order[0]
        by = "debtor_no" if "debtor_no" in rows.columns else owner
        owners = self._shards_of["debtor" if by == "debtor_no" else "loan"]
        looked = rows.join(owners, on=by, how="left", maintain_order="left")
        if looked["shard"].null_count():
            raise AssertionError(f"{table}: a row of load {self.record.load} belongs to nobody")
        for (shard,), each in looked.partition_by("shard", as_dict=True, include_key=False).items():
            yield int(shard), each

    def _owners(self, loads: list[int]) -> dict[str, pl.DataFrame]:
        """The shard of every debtor and loan, as it was known when the last of these loads was taken in."""
        debtors = read_numbers(self.home, loads, "debtor")
        of_debtors = debtors.select(
            "debtor_no", shard=pl.Series([shard_of(name, self.shards) for name in debtors["debtor_id"]], dtype=pl.Int32)
        )
        loans = read_numbers(self.home, loads, "loan").unique("loan_id", keep="last")
        of_loans = loans.select("loan_no", "debtor_no").join(of_debtors, on="debtor_no").drop("debtor_no")
        return {"debtor": of_debtors, "loan": of_loans}
