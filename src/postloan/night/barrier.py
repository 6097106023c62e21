"""The barrier: what is found out about the bank as a whole, once all shards are done. It reads little rows only."""

from collections.abc import Sequence
from pathlib import Path

import dataframely as dy
import polars as pl

from postloan.rules.rulebook import Policy
from postloan.snapshot.files import write_table
from postloan.snapshot.publish import FinishedShard, FinishedTable
from postloan.steps.group_alert import group_alert
from postloan.steps.group_members import group_members
from postloan.tables.published import PublishedLoan
from postloan.tables.results import GroupMember


def left_for_barrier(loans: dy.DataFrame[PublishedLoan], debtors: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Make the tables that a shard leaves for the barrier, beside those that are published."""
    return {"group_member": group_members(loans, debtors)}


def bank_tables(night: Path, shards: Sequence[FinishedShard], policy: Policy) -> list[FinishedTable]:
    """Make the tables of the bank as a whole from what the shards left, and put them into the night's folder."""
    parts = [pl.read_parquet(shard.folder / "group_member.parquet") for shard in shards]
    members = GroupMember.validate(pl.concat(parts).sort("debtor_no"))
    return [finished(night, "group_alert", group_alert(members, law=policy.group_alert))]


def finished(night: Path, table: str, rows: pl.DataFrame) -> FinishedTable:
    """Put a table of the bank as a whole into the night's folder."""
    # The file of a killed night may be linked from a snapshot: a new one takes its place, it is not written over.
    place, part = night / f"{table}.parquet", night / f".{table}.part"
    said = write_table(part, rows)
    part.rename(place)
    return FinishedTable(table, place, said)
