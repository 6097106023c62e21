"""The bank's own file of provisioning: what it may choose, and what is refused with the place and the reason."""

from datetime import date

import pytest

from postloan.errors import LaxerThanLaw, RuleFileWrong
from postloan.rules.rulebook import load_rulebook, policy_on

ON = date(2024, 6, 30)
CITE = "cite: {text: bank-1, at: s. 1}"


def own(rule: str, figures: str) -> str:
    return f"rule: {rule}\nsays: Ours.\nversions:\n  - from: 2024-02-01\n    {figures}\n"


def test_the_law_as_it_stands() -> None:
    policy = policy_on(load_rulebook(None), date(2026, 11, 23))
    rates, coverage, reserve = policy.provision_rates, policy.provision_coverage, policy.general_reserve
    assert [rate.share_e8 for rate in rates.specific] == [2_000_000, 25_000_000, 50_000_000, 100_000_000]
    assert (rates.general.share_e8, rates.special_shares) == (1_000_000, ())
    assert coverage
    assert (coverage.coverage.share_e8, coverage.loan_provision_ratio.share_e8) == (150_000_000, 2_500_000)
    assert reserve
    assert [factor.share_e8 for factor in reserve.factors] == [
        1_500_000,
        3_000_000,
        30_000_000,
        60_000_000,
        100_000_000,
    ]


def test_a_law_that_came_later_does_not_hold_up_the_nights_before_it() -> None:
    book = load_rulebook(None)
    assert book.begins_on == date(2023, 7, 1)
    first = min(versions[0].since for rule, versions in book.in_force.items() if rule == "capital_provisions")
    assert first == date(2013, 1, 1)


def test_r03_a_point_below_the_float_names_both(shelf) -> None:
    rate = f"specific: [{{tier: substandard, share: 0.1999, {CITE}}}]"
    shelf.own_file("provision_rates.yaml", own("provision_rates", rate))
    with pytest.raises(LaxerThanLaw) as refusal:
        shelf.read()
    assert str(refusal.value) == (
        "PL-R03 The bank sets substandard at 19.99 %; the law lets it choose 20 % to 30 %.\n"
        f"  where: file={shelf.own}/provision_rates.yaml, bank=bank-1 s. 1, law=cn-pbc-2002-98 Art. 5\n"
        "  hint:  Choose a share within 20 % to 30 %, or remove the bank's entry."
    )


@pytest.mark.parametrize(
    ("rule", "figures", "why"),
    [
        ("provision_rates", f"specific: [{{tier: doubtful, share: 0.61, {CITE}}}]", "61 % is outside 40 % to 60 %"),
        ("provision_rates", f"specific: [{{tier: loss, share: 1, {CITE}}}]", "the law leaves the bank no choice here"),
        ("provision_rates", f"specific: [{{tier: pass, share: 0.1, {CITE}}}]", "a rate is given at most once for each"),
        ("provision_rates", f"special_shares: [{{share: 0.1, {CITE}}}]", "names an industry, a region, or both"),
        (
            "provision_rates",
            f"special_shares: [{{industry: A, share: 0.1, {CITE}}}, {{industry: B, share: 0.2, {CITE}}}]",
            "each special share is cited at a place of its own",
        ),
        ("provision_rates", f"special_shares: [{{industry: A, share: 1.1, {CITE}}}]", "a share lies between 0 and 1"),
        ("provision_coverage", f"coverage: {{share: 1.6, {CITE}}}", "160 % is outside 120 % to 150 %"),
    ],
)
def test_r02_what_a_bank_may_not_say(shelf, rule: str, figures: str, why: str) -> None:
    shelf.own_file(f"{rule}.yaml", own(rule, figures))
    with pytest.raises(RuleFileWrong) as refusal:
        shelf.read()
    assert why in refusal.value.message


def test_r02_the_law_decides_whether_a_bank_may_add_special_shares(shelf) -> None:
    shelf.edit("national/provision_rates.yaml", "[choose share, add special_shares]", "[choose share]")
    shelf.own_file(
        "provision_rates.yaml", own("provision_rates", f"special_shares: [{{industry: A, share: 0.1, {CITE}}}]")
    )
    with pytest.raises(RuleFileWrong, match="special_shares: the law leaves the bank no choice here"):
        shelf.read()


@pytest.mark.parametrize(
    ("rule", "old", "new", "why"),
    [
        ("provision_rates", "share: 0.50, at_least: 0.40", "share: 0.24, at_least: 0.20", "needs no less"),
        ("provision_rates", "tier: doubtful", "tier: substandard", "specific rates are given once each"),
        ("provision_rates", "at_least: 0.20", "at_least: 0.26", "the share lies between at_least and at_most"),
        ("provision_coverage", "months: 3", "months: 7", "consequences stand in rising order of months"),
        ("general_reserve", "tier: doubtful, share: 0.60", "tier: doubtful, share: 0.20", "a worse tier loses no less"),
        ("general_reserve", "tier: doubtful", "tier: loss", "factors are given once each"),
    ],
)  # fmt: skip
def test_r02_a_law_that_contradicts_itself_is_refused(shelf, rule: str, old: str, new: str, why: str) -> None:
    shelf.edit(f"national/{rule}.yaml", old, new)
    with pytest.raises(RuleFileWrong) as refusal:
        shelf.read()
    assert why in refusal.value.message


def test_a_letter_lowers_the_standard_and_carries_its_citation(shelf) -> None:
    shelf.own_file("provision_coverage.yaml", own("provision_coverage", f"coverage: {{share: 1.2, {CITE}}}"))
    law = policy_on(shelf.read(), ON).provision_coverage
    assert law
    assert (law.coverage.share_e8, str(law.coverage.cite)) == (120_000_000, "bank-1 s. 1")
    assert law.loan_provision_ratio.share_e8 == 2_500_000
