"""The bank's figures over the law's, for every pair of histories. The oracle is one slow line a figure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.errors import LaxerThanLaw, RuleFileWrong
from postloan.rules import overlay
from postloan.rules.figures import RuleFile, latest_begun
from postloan.rules.rulebook import laid_over
from postloan.rules.shapes import Contamination, ContaminationOverlay, OverdueFloors, OverdueFloorsOverlay
from postloan.rules.sources import SourceFile

TIERS_BELOW = ("special_mention", "substandard", "doubtful", "loss")
FIRST = date(2023, 7, 1)
DAYS = st.integers(-400, 1200).map(lambda days: FIRST + timedelta(days=days))
AT_BANK, AT_LAW = {"text": "bank", "at": "s. 1"}, {"text": "law", "at": "Art. 1"}
SOURCE = SourceFile("bank/overdue_floors.yaml", "bank/overdue_floors.yaml", b"")
# A bank figure as the law's less this; zero is as strict as the law, below zero laxer.
LESS = st.integers(0, 20)


def rule_file(shape, versions, may=()) -> RuleFile:
    return RuleFile[shape].model_validate({"rule": "x", "says": "x", "bank_may": list(may), "versions": versions})


@st.composite
def laws(draw) -> RuleFile[OverdueFloors]:
    begins = sorted(draw(st.sets(st.integers(0, 900), max_size=2)) | {0})
    versions = []
    for after in begins:
        days = sorted(draw(st.sets(st.integers(20, 400), min_size=4, max_size=4)))
        versions.append(
            {
                "from": FIRST + timedelta(days=after),
                "floors": [{"tier": t, "over_days": d, "cite": AT_LAW} for t, d in zip(TIERS_BELOW, days, strict=True)],
                "technical_delay": {"up_to_days": draw(st.integers(20, 40)), "cite": AT_LAW},
            }
        )
    return rule_file(OverdueFloors, versions, may=["lower over_days", "lower up_to_days"])


@st.composite
def banks(draw, law: RuleFile[OverdueFloors]) -> RuleFile[OverdueFloorsOverlay]:
    """Figures that are never above those of any version of the law."""
    lowest = {t: min(v.floors[i].over_days for v in law.versions) for i, t in enumerate(TIERS_BELOW)}
    delay = min(v.technical_delay.up_to_days for v in law.versions)
    versions = []
    for since in sorted(draw(st.sets(DAYS, min_size=1, max_size=3))):
        tiers = draw(st.lists(st.sampled_from(TIERS_BELOW), unique=True))
        version = {
            "from": since,
            "floors": [{"tier": t, "over_days": lowest[t] - draw(LESS), "cite": AT_BANK} for t in tiers],
        }
        if draw(st.booleans()):
            version["technical_delay"] = {"up_to_days": delay - draw(LESS), "cite": AT_BANK}
        versions.append(version)
    return rule_file(OverdueFloorsOverlay, versions)


def stricter(law: OverdueFloors, bank: OverdueFloorsOverlay | None) -> list[int]:
    """The oracle: of each tier the lower delay."""
    chosen = {floor.tier: floor.over_days for floor in bank.floors} if bank else {}
    return [min(floor.over_days, chosen.get(floor.tier, floor.over_days)) for floor in law.floors]


@given(st.data(), laws(), DAYS)
def test_each_figure_is_the_stricter_of_the_two_in_force(data, law, on) -> None:
    bank = data.draw(banks(law))
    begins = [version.since for version in (*law.versions, *bank.versions) if version.since >= FIRST]
    pairs = [(latest_begun(law.versions, day), latest_begun(bank.versions, day)) for day in begins]
    if any(days != sorted(set(days)) for days in (stricter(*pair) for pair in pairs)):
        with pytest.raises(RuleFileWrong, match="a worse tier needs a longer delay"):
            laid_over(law, bank, SOURCE, overlay.overdue_floors)
        return

    merged = laid_over(law, bank, SOURCE, overlay.overdue_floors)
    found, of_law, of_bank = (latest_begun(versions, on) for versions in (merged, law.versions, bank.versions))
    if of_law is None:
        assert found is None, "before the law begins, the bank's file alone makes no rule"
        return
    assert [floor.over_days for floor in found.floors] == stricter(of_law, of_bank)
    for floor, law_floor in zip(found.floors, of_law.floors, strict=True):
        assert floor.tier == law_floor.tier
        assert floor.cite.text == ("bank" if floor.over_days < law_floor.over_days else "law")
    law_days = of_law.technical_delay.up_to_days
    own = of_bank.technical_delay if of_bank else None
    assert found.technical_delay.up_to_days == min(law_days, own.up_to_days if own else law_days)


@given(laws(), st.sampled_from(range(4)), st.integers(1, 50), st.integers(0, 300))
def test_one_day_laxer_is_refused_whenever_the_law_is_in_force(law, which, more, after) -> None:
    """Even where a later version of the bank would mend it."""
    since = FIRST + timedelta(days=after)
    in_force = latest_begun(law.versions, since)
    floor = in_force.floors[which]
    lax = {"from": since, "floors": [{"tier": floor.tier, "over_days": floor.over_days + more, "cite": AT_BANK}]}
    mended = {"from": since + timedelta(days=1), "floors": []}
    with pytest.raises(LaxerThanLaw) as refusal:
        laid_over(law, rule_file(OverdueFloorsOverlay, [lax, mended]), SOURCE, overlay.overdue_floors)
    expected = f"The bank calls {floor.tier} after {floor.over_days + more} days; the law, after {floor.over_days}."
    assert refusal.value.message == expected


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**8))
def test_tolerances_are_the_lower_or_refused(law_own, law_all, bank_own, bank_all) -> None:
    def written(share_e8: int) -> str:
        return f"{share_e8 // 10**8}.{share_e8 % 10**8:08}"

    law = rule_file(
        Contamination,
        [
            {
                "from": FIRST,
                "own_bank": {"over_share": written(law_own), "tier": "substandard", "cite": AT_LAW},
                "all_banks": {"over_share": written(law_all), "over_days": 90, "tier": "substandard", "cite": AT_LAW},
                "any_non_performing": {"tier": "special_mention", "cite": AT_LAW},
            }
        ],
        may=["lower over_share"],
    )
    bank = rule_file(
        ContaminationOverlay,
        [
            {
                "from": FIRST,
                "own_bank": {"over_share": written(bank_own), "cite": AT_BANK},
                "all_banks": {"over_share": written(bank_all), "cite": AT_BANK},
            }
        ],
    )
    if bank_own > law_own or bank_all > law_all:
        with pytest.raises(LaxerThanLaw):
            laid_over(law, bank, SOURCE, overlay.contamination)
        return
    (merged,) = laid_over(law, bank, SOURCE, overlay.contamination)
    assert (merged.own_bank.over_share_e8, merged.all_banks.over_share_e8) == (bank_own, bank_all)
    assert merged.own_bank.cite.text == ("bank" if bank_own < law_own else "law")
    assert merged.any_non_performing == law.versions[0].any_non_performing
    assert (merged.own_bank.tier, merged.all_banks.over_days) == ("substandard", 90)
