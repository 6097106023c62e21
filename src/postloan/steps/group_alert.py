"""Group alert: who is to be assessed because another member of its group is non-performing."""

import dataframely as dy
import polars as pl

from postloan.rules.judging import GroupAlert as Law
from postloan.tables.published import GroupAlert
from postloan.tables.results import GroupMember
from postloan.tables.units import TIERS


def group_alert(members: dy.DataFrame[GroupMember], *, law: Law | None) -> dy.DataFrame[GroupAlert]:
    """Name the other members of every group that has a bad one.

    Reads   members: of the whole bank; law: from which tier on a member is bad, None before there was such a law.
    Writes  one row a group, bad member and other member with loans on the book, in that order. It sets no floor.
    Source  rulebook: group_alert (regulations CLS-07).
    """
    if law is None:
        return GroupAlert.create_empty()
    bad = members.filter(pl.col("tier") >= pl.lit(law.member.from_tier, pl.Enum(TIERS)))
    others = members.select(
        "group_id", "org_id", "exposure_cents", other_no="debtor_no", other_id="debtor_id", other_tier="tier"
    )
    pairs = bad.select("group_id", "debtor_no", "debtor_id", "tier", "since_on").join(others, on="group_id")
    alerts = pairs.filter(pl.col("debtor_no") != pl.col("other_no")).with_columns(cite=pl.lit(str(law.member.cite)))
    return GroupAlert.validate(alerts.sort("group_id", "debtor_no", "other_no"))
