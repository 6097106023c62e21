"""The floors of one loan as lines a banker can check: the fact, when the rule binds, the tier and the clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from postloan.desk.book.why.story_words import said_of, words
from postloan.desk.core.figures import money
from postloan.plan.why import Why
from postloan.rules.figures import ONE_E8
from postloan.rules.judging import FACTS
from postloan.rules.shapes import OverdueFloors
from postloan.tables.units import NON_PERFORMING


@dataclass(frozen=True)
class FloorLine:
    """One rule as it met one loan; tier is pass where the rule does not bind."""

    rule: str
    facts: str
    binds_when: str
    tier: str
    cite: str


def floor_lines(story: Why, lang: str) -> Iterator[FloorLine]:
    """Set out every floor that was looked at, in the order of the law."""
    yield _overdue(story, lang)
    yield _facts(story, lang)
    yield _restructuring(story, lang)
    yield _manual(story, lang)
    if story.loan["is_held"]:
        yield _held(story, lang)
    yield from _debtor(story, lang)


def _overdue(story: Why, lang: str) -> FloorLine:
    loan, floors = story.loan, story.law.overdue_floors
    most = floors.technical_delay.up_to_days if floors.technical_delay else 0
    facts = words(lang, "fact_days").format(days=loan["days_past_due"])
    if loan["delay_is_technical"]:
        facts += words(lang, "fact_technical").format(most=most)
    elif 0 < loan["days_past_due"] <= most:
        facts += words(lang, "fact_not_technical")
    return FloorLine(
        words(lang, "rule_overdue"), facts, _over_days(floors, loan["overdue_floor_tier"], lang),
        loan["overdue_floor_tier"], loan["overdue_floor_cite"] or "",
    )  # fmt: skip


def _facts(story: Why, lang: str) -> FloorLine:
    loan = story.loan
    held = [words(lang, fact) for fact in FACTS if loan[fact]]
    if loan["impaired_share_e8"] is not None:
        held.append(words(lang, "fact_impaired_share").format(share=_percent(loan["impaired_share_e8"], ONE_E8)))
    return FloorLine(
        words(lang, "rule_facts"), words(lang, "comma").join(held) or words(lang, "fact_nothing_decided"),
        words(lang, "binds_facts"), loan["fact_floor_tier"], loan["fact_floor_cite"] or "",
    )  # fmt: skip


def _manual(story: Why, lang: str) -> FloorLine:
    loan = story.loan
    found = said_of(lang, "tier", loan["manual_tier"]) if loan["manual_tier"] else words(lang, "fact_nobody_found")
    return FloorLine(
        words(lang, "rule_manual"), found, words(lang, "binds_manual"),
        loan["manual_floor_tier"], loan["manual_floor_cite"] or "",
    )  # fmt: skip


def _held(story: Why, lang: str) -> FloorLine:
    clean, since = story.law.upgrade.clean, story.loan["clean_since_on"]
    facts = words(lang, "fact_clean").format(day=since) if since else words(lang, "fact_not_clean")
    binds_when = words(lang, "binds_held").format(periods=clean.periods, months=clean.months)
    held = story.law.upgrade.held
    return FloorLine(words(lang, "rule_upgrade"), facts, binds_when, held.tier, str(held.cite))


def _over_days(floors: OverdueFloors, tier: str, lang: str) -> str:
    bounds: dict[str, int] = {floor.tier: floor.over_days for floor in floors.floors}
    bound = bounds.get(tier, floors.floors[0].over_days)
    return words(lang, "binds_over_days").format(days=bound)


def _restructuring(story: Why, lang: str) -> FloorLine:
    loan = story.loan
    kinds = ("is_repeat_restructured", "is_restructured", "is_refinanced", "is_no_principal_renewal")
    held = [words(lang, kind) for kind in kinds if loan[kind]]
    facts = words(lang, "comma").join(held) or words(lang, "fact_not_restructured")
    return FloorLine(
        words(lang, "rule_restructuring"), facts, words(lang, "binds_restructured"),
        loan["restructuring_floor_tier"], loan["restructuring_floor_cite"] or "",
    )  # fmt: skip


def _debtor(story: Why, lang: str) -> Iterator[FloorLine]:
    debtor, rule = story.debtor, story.law.contamination
    name = words(lang, "rule_contamination")
    if debtor["is_retail"]:
        yield FloorLine(name, words(lang, "fact_retail"), words(lang, "binds_not_retail"), "pass", "")
        return
    itself = words(lang, "fact_itself") if story.loan["item_tier"] in NON_PERFORMING else ""
    shown = {}
    if rule.own_bank is not None:
        own = words(lang, "fact_own_share").format(
            part=money(debtor["npl_cents"]), whole=money(debtor["exposure_cents"]),
            share=_percent(debtor["npl_cents"], debtor["exposure_cents"]),
        )  # fmt: skip
        shown["own_bank"] = (own + itself, _over_share(rule.own_bank.over_share_e8, lang))
    if rule.all_banks is not None:
        part_cents = max(debtor["over_90_cents"], debtor["all_banks_over_90_cents"] or 0)
        whole_cents = max(debtor["exposure_cents"], debtor["all_banks_cents"] or 0)
        everywhere = words(lang, "fact_all_share").format(
            days=rule.all_banks.over_days, part=money(part_cents), whole=money(whole_cents),
            share=_percent(part_cents, whole_cents),
        )  # fmt: skip
        shown["all_banks"] = (everywhere, _over_share(rule.all_banks.over_share_e8, lang))
    bad_debts = words(lang, "comma").join(
        (
            words(lang, "fact_own_npl") + itself if debtor["npl_cents"] else words(lang, "fact_no_own_npl"),
            words(lang, "fact_other_npl" if debtor["other_bank_npl"] else "fact_no_other_npl"),
        )
    )
    shown["any_non_performing"] = (bad_debts, words(lang, "binds_any_npl"))
    for case, (facts, binds_when) in shown.items():
        tier, cite = story.contamination[case] or ("pass", "")
        yield FloorLine(name, facts, binds_when, tier, cite)


def _over_share(share_e8: int, lang: str) -> str:
    return words(lang, "binds_over_share").format(share=_percent(share_e8, ONE_E8))


def _percent(part: int, whole: int) -> str:
    """Write a share in percent to two places, cut, never rounded up to a bound it does not pass."""
    hundredths = part * 10_000 // whole if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02d}"
