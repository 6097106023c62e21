"""The barrier: what is found out about the bank as a whole, once all shards are done. It reads little rows only."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from postloan.intake.facts import Facts
from postloan.plan.bank import made_of_bank
from postloan.rules.rulebook import Policy
from postloan.snapshot.files import write_table
from postloan.snapshot.publish import FinishedShard, FinishedTable
from postloan.tables.collateral import PledgedLoan
from postloan.tables.results import GroupMember


def bank_tables(
    night: Path, shards: Sequence[FinishedShard], facts: Facts, policy: Policy, *, on: date
) -> list[FinishedTable]:
    """Make the tables of the bank as a whole from what the shards left, and put them into the night's folder."""
    members = GroupMember.validate(_left(shards, "group_member").sort("debtor_no"))
    held = PledgedLoan.validate(_left(shards, "pledged_loan").sort("collateral_id", "loan_no"))
    tables = made_of_bank(facts, members, held, policy, on=on)
    return [finished(night, table, rows) for table, rows in tables.items()]


def _left(shards: Sequence[FinishedShard], table: str) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(shard.folder / f"{table}.parquet") for shard in shards)


def finished(night: Path, table: str, rows: pl.DataFrame) -> FinishedTable:
    """Put a table of the bank as a whole into the night's folder."""
    # The file of a killed night may be linked from a snapshot: a new one takes its place, it is not written over.
    place, part = night / f"{table}.parquet", night / f".{table}.part"
    said = write_table(part, rows)
    part.rename(place)
    return FinishedTable(table, place, said)
