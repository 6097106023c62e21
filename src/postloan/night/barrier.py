"""The barrier: what is found out about the bank as a whole, once all shards are done. It reads little rows only."""

import polars as pl

from postloan.night.shard import begun_with
from postloan.night.task import ShardTask, finished_table, shard_folder
from postloan.plan.bank import made_of_bank
from postloan.snapshot.publish import FinishedTable
from postloan.tables.collateral import PledgedLoan
from postloan.tables.results import GroupMember


def bank_tables(task: ShardTask) -> list[FinishedTable]:
    """Make the tables of the bank as a whole from what the shards left, and put them into the night's folder.

    The task names the night, its shard says nothing.
    """
    facts = begun_with(task.home, task.known_on, task.folder)
    members = GroupMember.validate(_left(task, facts.layout.shards, "group_member").sort("debtor_no"))
    held = PledgedLoan.validate(_left(task, facts.layout.shards, "pledged_loan").sort("collateral_id", "loan_no"))
    tables = made_of_bank(facts, members, held, task.policy, on=task.on)
    return [finished_table(task.folder, table, rows) for table, rows in tables.items()]


def _left(task: ShardTask, shards: int, table: str) -> pl.DataFrame:
    folders = (shard_folder(task.folder, shard) for shard in range(shards))
    return pl.concat(pl.read_parquet(folder / f"{table}.parquet") for folder in folders)
