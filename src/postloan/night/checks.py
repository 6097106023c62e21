"""Checks before publishing: what must hold of a night as a whole. A failed check keeps what was published before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from postloan.errors import CheckFailed, SnapshotDamaged
from postloan.night.improvements import improvements
from postloan.rules.shapes import PublishChecks
from postloan.rules.tier_law import TierLaws
from postloan.snapshot.read import published_days, read_manifest
from postloan.tables.units import TIERS

_ONE_E8 = 10**8
_NAMED_MOST = 5


@dataclass(frozen=True)
class Check:
    """One check and what it saw."""

    name: str
    passed: bool
    saw: str


def sum_up(summaries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Add the shards' summaries up."""
    counts = [name for name, value in summaries[0].items() if isinstance(value, int)]
    totals: dict[str, Any] = {name: sum(summary[name] for summary in summaries) for name in counts}
    for name in ("breaks", "instructions"):
        totals[name] = {word: sum(summary[name][word] for summary in summaries) for word in summaries[0][name]}
    totals["tiers"] = {
        tier: {
            "loans": sum(summary["tiers"][tier]["loans"] for summary in summaries),
            "cents": sum(summary["tiers"][tier]["cents"] for summary in summaries),
        }
        for tier in TIERS
    }
    return totals


def check_night(
    home: Path, on: date, totals: dict[str, Any], limits: PublishChecks, more: Sequence[Check] = ()
) -> list[dict[str, Any]]:
    """Check a night's totals; raise CheckFailed with every failure, or return what was seen.

    more    checks that were made already.
    Source  rulebook: publish_checks (the bank's own limits).
    """
    checks = [
        _equal("no loan lost or invented", totals["loans_known"], totals["loans_published"] + totals["loans_ahead"]),
        _equal("cash conserved to the cent", totals["cash_known_cents"], totals["cash_published_cents"]),
        _equal("principal conserved to the cent", totals["debt_known_cents"], totals["debt_published_cents"]),
        _equal("instalments repay the debt to the cent", totals["dues_known_cents"], totals["dues_cents"]),
        _quarantine(totals, limits),
        _tier_shares(home, on, totals, limits),
        *more,
    ]
    failed = [check for check in checks if not check.passed]
    if failed:
        raise CheckFailed(
            message=f"The night of {on} is not published: " + "; ".join(check.name for check in failed) + ".",
            hint="What was published before stays. Find the cause below; a limit may be changed in "
            "rulebook/bank/publish_checks.yaml, a lost loan or cent is a fault of the program.",
            where={check.name: check.saw for check in failed},
        )
    return [asdict(check) for check in checks]


def no_tier_improved(
    home: Path, pinned: Mapping[str, Any], files: Sequence[Path], laws: TierLaws, limits: PublishChecks
) -> Check:
    """Compare tonight's loans with the day last published: who improved without a decision or a rule.

    pinned, files, laws  what tonight rests on, its loans, and its laws of classification.
    """
    name, on = "no tier improved without a decision or a rule", date.fromisoformat(pinned["on"])
    days = [day for day in published_days(home) if day < on]
    if not days:
        return Check(name, passed=True, saw=f"nothing published before {on}")
    try:
        then = read_manifest(home, days[-1])["pins"]
        found = improvements(home, days[-1], then, pinned, laws, files)
    except (SnapshotDamaged, pl.exceptions.PolarsError):
        return Check(name, passed=True, saw=f"not compared: the snapshot of {days[-1]} is damaged")
    if found is None:
        return Check(name, passed=True, saw=f"not compared: an earlier version published {days[-1]}")
    saw = f"{found.count:,} improved against {days[-1]}, {found.retold:,} of them by what became known since"
    if found.unexplained:
        named = ", ".join(found.unexplained[:_NAMED_MOST])
        saw += f"; {len(found.unexplained):,} without a decision or a rule: {named}"
    return Check(name, len(found.unexplained) <= limits.improved.up_to_loans, saw)


def _equal(name: str, known: int, published: int) -> Check:
    return Check(name, known == published, f"{known:,} known, {published:,} accounted for")


def _quarantine(totals: dict[str, Any], limits: PublishChecks) -> Check:
    """Compare the share of the feeds' rows that is in quarantine with the limit."""
    bad, rows = totals["rows_quarantined"], totals["rows_quarantined"] + totals["rows_accepted"]
    is_within = bad * _ONE_E8 <= limits.quarantined.over_share_e8 * rows
    return Check("quarantine within its limit", is_within, f"{bad:,} of {rows:,} rows are in quarantine")


def _tier_shares(home: Path, on: date, totals: dict[str, Any], limits: PublishChecks) -> Check:
    """Compare each tier's share of the balance with the last day published, if that was only a few days ago."""
    name, limit = "tier shares within limits of the last day", limits.tier_share_move
    earliest = on - timedelta(days=limit.within_days)
    days = [day for day in published_days(home) if earliest <= day < on]
    if not days:
        return Check(name, passed=True, saw=f"nothing published since {earliest}")
    before, now = read_manifest(home, days[-1])["totals"]["tiers"], totals["tiers"]
    before_cents = sum(tier["cents"] for tier in before.values())
    now_cents = sum(tier["cents"] for tier in now.values())
    moved = [
        tier
        for tier in TIERS
        if abs(now[tier]["cents"] * before_cents - before[tier]["cents"] * now_cents) * _ONE_E8
        > limit.over_share_e8 * before_cents * now_cents
    ]
    return Check(name, not moved, f"moved too far against {days[-1]}: {', '.join(moved) or 'none'}")
