"""What a loan's tier was before, and what would change it: lines under the tier on the `why` screen."""

from collections.abc import Iterator
from datetime import timedelta

from postloan.desk.book.why.story_words import said_of, words
from postloan.plan.why import Why
from postloan.tables.units import NON_PERFORMING, TIERS


def history_lines(story: Why, lang: str) -> Iterator[str]:
    """Say since when the loan has its tier, what it was before and why, and on the days one looks back to."""
    loan = story.loan
    days = (story.on - loan["tier_since_on"]).days
    line = words(lang, "since_line").format(day=loan["tier_since_on"], days=days)
    if loan["tier_before"]:
        cite = loan["tier_before_cite"] or words(lang, "no_rule")
        line += words(lang, "before_line").format(tier=said_of(lang, "tier", loan["tier_before"]), cite=cite)
    yield line
    then = [
        words(lang, name).format(tier=said_of(lang, "tier", loan[name]) if loan[name] else words(lang, "not_there"))
        for name in ("tier_yesterday", "tier_last_quarter")
    ]
    yield words(lang, "comma").join(then)


def alert_lines(story: Why, lang: str) -> Iterator[str]:
    """Name the non-performing members of the debtor's group for which it is to be assessed."""
    for alert in story.alerts:
        yield words(lang, "alert_line").format(
            group=alert["group_id"], member=alert["debtor_id"], tier=said_of(lang, "tier", alert["tier"]),
            since=alert["since_on"], cite=alert["cite"],
        )  # fmt: skip


def change_lines(story: Why, lang: str) -> Iterator[str]:
    """Say what would make the tier worse, and what would let it improve."""
    loan = story.loan
    if loan["status"] != "active":
        return
    yield from _worse(story, lang)
    if loan["days_past_due"]:
        yield words(lang, "change_paid")
    if (vain := story.vain_upgrade) is not None:
        yield words(lang, f"change_vain_{vain.reason}").format(decided=vain.decided_on, day=vain.from_on)
    if loan["may_upgrade_from_on"]:
        yield words(lang, "change_upgrade").format(day=loan["may_upgrade_from_on"])
    elif loan["is_held"] or (loan["tier"] in NON_PERFORMING and not loan["is_retail"]):
        clean = story.law.upgrade.clean
        yield words(lang, "change_clean").format(periods=clean.periods, months=clean.months)
    if loan["is_restructured"]:
        yield words(lang, "change_observation").format(day=loan["observation_ends_on"])
    if loan["tier_rule"] == "contamination":
        yield words(lang, "change_debtor")


def _worse(story: Why, lang: str) -> Iterator[str]:
    """The next floor by days past due that is worse than the tier, and the day on which it would bind."""
    loan = story.loan
    due = [day for day in (loan["oldest_principal_due_on"], loan["oldest_interest_due_on"]) if day]
    oldest = min(due) if due else loan["next_due_on"]
    if oldest is None:
        return
    for floor in story.law.overdue_floors.floors:
        binds_on = oldest + timedelta(days=floor.over_days + 1)
        if binds_on > story.on and TIERS.index(floor.tier) > TIERS.index(loan["tier"]):
            tier = said_of(lang, "tier", floor.tier)
            yield words(lang, "change_worse").format(due=oldest, day=binds_on, tier=tier, cite=floor.cite)
            return
