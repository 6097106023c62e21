"""Group members: what each debtor of a group of connected customers looks like to the others."""

import dataframely as dy
import polars as pl

from postloan.tables.published import PublishedLoan
from postloan.tables.results import GroupMember


def group_members(loans: dy.DataFrame[PublishedLoan], debtors: pl.DataFrame) -> dy.DataFrame[GroupMember]:
    """Sum up the debtors of groups that have loans on the book.

    Reads   loans: published; debtors: facts, group_id null outside groups.
    Writes  one row such a debtor: its worst tier and since when its first loan has that, its exposure in cents, and the
            office that keeps its largest loan, of equals the first.
    Source  regulations CLS-07: groups are assessed together; they cross shards, so this is what leaves a shard.
    """
    grouped = debtors.filter(pl.col("group_id").is_not_null()).select("debtor_no", "debtor_id", "group_id")
    cents = pl.col("own_share_outstanding_cents")
    worst = pl.col("tier") == pl.col("tier").max()
    sums = (
        loans.lazy()
        .filter(pl.col("status") == "active")
        .join(grouped.lazy().select("debtor_no"), on="debtor_no", how="semi", maintain_order="left")
        .group_by("debtor_no")
        .agg(
            org_id=pl.col("org_id").get(cents.arg_max()),
            exposure_cents=cents.sum(),
            tier=pl.col("tier").max(),
            since_on=pl.col("tier_since_on").filter(worst).min(),
        )
        .sort("debtor_no")
        .collect()
    )
    members = sums.join(grouped, on="debtor_no", maintain_order="left")
    return GroupMember.validate(members)
