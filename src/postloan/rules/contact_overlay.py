"""A bank's own rules of contact: they may only be stricter than those that come with Postloan."""

from collections.abc import Iterator

from postloan.errors import LaxerThanLaw
from postloan.rules.contact_rules import Conduct, Contact, PurposeRule
from postloan.rules.figures import RuleFile, latest_begun


def check_not_laxer(own: RuleFile[Contact], law: RuleFile[Contact], shown: str) -> None:
    """Stop where a bank's file lets through, on any day, what the shipped rules forbid. Raises LaxerThanLaw."""
    for since in sorted({each.since for each in (*own.versions, *law.versions)}):
        mine, theirs = latest_begun(own.versions, since), latest_begun(law.versions, since)
        if mine is None or theirs is None:
            continue
        for place in laxer_places(mine, theirs):
            raise LaxerThanLaw(
                message=f"The bank's rules of contact are laxer than those that come with Postloan: {place}.",
                hint="Set this figure at least as strictly, or remove the bank's file.",
                where={"file": shown, "place": place, "on": since},
            )


def laxer_places(own: Contact, law: Contact) -> Iterator[str]:
    """Name each place at which one version lets through what another forbids, or binds what must stay free."""
    for form in ("persons", "companies"):
        for key in _laxer_conduct(getattr(own, form), getattr(law, form)):
            yield f"{form}.{key}"
    if own.third.failed < law.third.failed:
        yield "third.failed"
    if own.third.within_days > law.third.within_days:
        yield "third.within_days"
    if not {*own.third.own_kinds} >= {*law.third.own_kinds}:
        yield "third.own_kinds"
    if own.consent.days_most > law.consent.days_most:
        yield "consent.days_most"
    if own.answer.minutes > law.answer.minutes:
        yield "answer.minutes"
    for region in sorted({each.region for each in (*own.zones, *law.zones)}):
        if not {*own.clocks(region)} >= {*law.clocks(region)}:
            yield f"zones, region {region or 'of all others'}"
    for rule in law.purposes:
        if key := _laxer_purpose(own.purpose(rule.purpose), rule):
            yield f"purposes.{rule.purpose}.{key}"


def _laxer_conduct(own: Conduct, law: Conduct) -> Iterator[str]:
    if own.hours.begins < law.hours.begins or own.hours.ends > law.hours.ends:
        yield "hours"
    for key in ("attempts", "connected", "visits"):
        if getattr(own, key).most > getattr(law, key).most:
            yield key
    if own.visitors.least < law.visitors.least:
        yield "visitors"
    if own.days_off is None and law.days_off is not None:
        yield "days_off"


def _laxer_purpose(own: PurposeRule, law: PurposeRule) -> str:
    """What is laxer in a purpose, if anything. A demand that a bank binds further would lose claims: it stays free."""
    if not {*own.roles} <= {*law.roles}:
        return "roles"
    if not {*own.channels} <= {*law.channels}:
        return "channels"
    if not {*own.free_of} <= {*law.free_of} or (own.free_of != law.free_of and law.purpose == "demand"):
        return "free_of"
    return "needs_complaint" if law.needs_complaint and not own.needs_complaint else ""
