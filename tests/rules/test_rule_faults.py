"""A table of faults in a rule file: what is written, and the place and reason given for refusing it."""
# ruff: noqa: E501 - a table reads across

import pytest

from postloan.errors import RuleFileWrong


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "why"),
    [
        ("overdue_floors", "{tier: substandard,", "{tier: substandard, days: 3,", "versions[0].floors[1].days", "is not a key of this rule"),
        ("overdue_floors", "from: 2023-07-01", "on: 2023-07-01", "versions[1].on", "is not a key of this rule"),
        ("overdue_floors", "from: 2023-07-01", "since: 2023-07-01", "versions[1].since", "is not a key of this rule"),
        ("overdue_floors", "    technical_delay:", "    technical: {}\n    #", "versions[1].technical", "is not a key of this rule"),
        ("overdue_floors", ", cite: {text: cn-2023-1, at: \"Art. 11 (1)\", confirmed_on: 2026-11-23, place_confirmed: false}", "", "versions[1].floors[1].cite", "is missing"),
        ("overdue_floors", "at: \"Art. 11 (1)\"", "at: \"\"", "versions[0].floors[1].cite.at", "String should have at least 1 character"),
        ("overdue_floors", "from: 2023-07-01", "from: 2023-07-01\n    to: 2024-07-01", "versions[1].to", "is not a key of this rule"),
        ("overdue_floors", "from: 2023-07-01", "from: 2023-7-1", "versions[1].from", "Input should be a valid date"),
        ("overdue_floors", "from: 2023-07-01", "from: 2023-07-01 10:00:00", "line 24, column 11", "2023-07-01 10:00:00 is not a plain day such as 2023-07-01"),
        ("overdue_floors", "from: 2023-07-01", "from: 2023-02-29", "line 24, column 11", "2023-02-29 is not in the calendar"),
        ("overdue_floors", "over_days: 90", "over_days: '90'", "versions[0].floors[1].over_days", "Input should be a valid integer"),
        ("overdue_floors", "over_days: 90", "over_days: 90.0", "versions[0].floors[1].over_days", "Input should be a valid integer"),
        ("overdue_floors", "over_days: 90", "over_days: yes", "versions[0].floors[1].over_days", "Input should be a valid integer"),
        ("overdue_floors", "over_days: 90", "over_days: -1", "versions[0].floors[1].over_days", "Input should be greater than or equal to 0"),
        ("overdue_floors", "over_days: 90", "over_days: 0100", "line 22, column 40", "0100 is not a plain whole number"),
        ("overdue_floors", "over_days: 90", "over_days: 1:30", "line 22, column 40", "1:30 is not a plain whole number"),
        ("overdue_floors", "over_days: 90", "over_days: 0x5a", "line 22, column 40", "0x5a is not a plain whole number"),
        ("overdue_floors", "over_days: 90", "over_days: 90, over_days: 91", "line 22, column 44", "the key over_days stands twice"),
        ("overdue_floors", "over_days: 270", "over_days: 90", "versions[1]", "a worse tier needs a longer delay: over_days must rise with the tier"),
        ("overdue_floors", "tier: loss", "tier: doubtful", "versions[1]", "floors are given once each, in the order of special_mention, substandard, doubtful, loss"),
        ("overdue_floors", "tier: loss", "tier: bad", "versions[1].floors[3].tier", "Input should be 'pass', 'special_mention', 'substandard', 'doubtful' or 'loss'"),
        ("overdue_floors", "rule: overdue_floors", "rule: overdue", "rule", "overdue is not the name of the file"),
        ("overdue_floors", "[lower over_days", "[raise over_days", "bank_may[0]", "Input should be 'lower over_days', 'lower up_to_days', 'lower over_share', 'choose reclassified_on', 'choose share' or 'add special_shares'"),
        ("overdue_floors", "2023-07-01", "2023-06-30", "the version from 2023-06-30, floors", "cn-2023-1 is in force from 2023-07-01, after this version begins"),
        ("restructuring_floors", "restructured_overdue: {tier: doubtful", "restructured_overdue: {tier: special_mention", "versions[0]", "a loan restructured again, or overdue again, may not have a better tier"),
        ("fact_floors", "fact: evasion", "fact: use_changed", "versions[0]", "a fact is named at most once"),
        ("fact_floors", "from_share: 0.50", "from_share: 0.95", "versions[1]", "a greater share is a worse tier: both rise from line to line"),
        ("fact_floors", "worse_only: true", "worse_only: false", "versions[0].by_people.worse_only", "Input should be True"),
        ("contamination", "0.10", "0.123456789", "versions[1].own_bank.over_share", "a share has at most eight decimals"),
        ("contamination", "0.10", "1.5", "versions[1].own_bank.over_share", "a share lies between 0 and 1"),
        ("contamination", "0.10", ".1", "line 21, column 28", ".1 is not a plain decimal"),
        ("contamination", "0.10", ".nan", "line 21, column 28", ".nan is not a plain decimal"),
        ("contamination", "0.10", "ten", "versions[1].own_bank.over_share", "a share is a decimal such as 0.10"),
        ("contamination", "0.10", "true", "versions[1].own_bank.over_share", "a share is a decimal such as 0.10"),
        ("restructuring_floors", "from: 2024-09-24", "from: 2023-07-01", "the file", "versions stand in the order of their `from`, one a day"),
        ("restructuring_floors", "repeat_restructured: {tier: substandard", "repeat_restructured: {tier: pass", "versions[1]", "a loan restructured again, or overdue again, may not have a better tier"),
        ("retail", "legal_form: sole_trader", "legal_form: person", "versions[0]", "each of person, sole_trader, company, financial, government is named at most once"),
        ("dpd_buckets", "from_days: 31", "from_days: 1", "versions[0]", "from_days begins at 0 and rises with the bucket"),
        ("dpd_buckets", "from_days: 0", "from_days: 1", "versions[0]", "from_days begins at 0 and rises with the bucket"),
        ("dpd_buckets", "bucket: M6", "bucket: M5", "versions[0]", "buckets are given once each for M0, M1, M2, M3, M4, M5, M6, M7+, in this order"),
        ("allocation_order", "component: fee", "component: interest", "versions[0]", "each of fee, penalty, compound, interest, principal stands in the order once"),
    ],
)  # fmt: skip
def test_r02_each_fault_is_named(shelf, name, old, new, place, why) -> None:
    shelf.edit(f"national/{name}.yaml", old, new)
    with pytest.raises(RuleFileWrong) as caught:
        shelf.read()
    error = caught.value
    assert error.where == {"file": f"rulebook/national/{name}.yaml", "place": place}
    assert error.message.endswith(f"{place}: {why}.")
