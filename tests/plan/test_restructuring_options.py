"""Options of restructuring: each is told as the night would make it, beside what it costs, and the law bounds it."""

from datetime import date
from typing import Any

import pytest
from changed_loans import LENT, MAR, OWN, decided, night, row, tail

from engine_rows import RULEBOOK, Row, debtor, inputs, loan, payment, policy
from postloan.errors import RequestWrong
from postloan.plan.night import assess
from postloan.plan.options import Change, Comparison, Option, compared
from postloan.rules.rate_risk import RateRiskLaw

ON = date(2026, 3, 15)
OWN_LAW = policy(ON, book_of_record="postloan")
RATE_RISK = RULEBOOK.version_if_any("rate_risk", RateRiskLaw, ON)
LATE = {"disbursed_on": date(2026, 1, 15), "matures_on": date(2027, 1, 15), "signed_on": date(2026, 1, 15)}
EASED = Change("restructure", {"difficulty": "cash_flow_short", "adjustment": "extension"})


def change(kind: str, **terms: Any) -> Change:
    return Change(kind, terms if kind == "waiver" else {"approver": "a", **terms})


def told(*options: Option, says: Row | None = None, **more: Any) -> Comparison:
    given = inputs(
        loan=[loan(1, principal_cents=LENT, known_on=LATE["disbursed_on"], **LATE, **(says or {}))],
        debtor=[debtor(**more.pop("debtor", {}))], **more,
    )  # fmt: skip
    return compared(given, OWN_LAW, RATE_RISK, 1, options, on=ON)


def test_a_split_leaves_its_part_to_the_last_instalment() -> None:
    """1,000.00 of principal a month; on 15 March 10,000.00 are to come. Of 4,000.00 split off the rest is 600.00 each.

    Interest is 1 % a month of all that is left: 100.00, 94.00, ...
    """
    made = tail(night(decided("split", MAR, amount="4000.00"), method="equal_principal", on=MAR), MAR)
    interest = [10_000 - 600 * place for place in range(10)]
    assert made == [*((60_000, each) for each in interest[:-1]), (460_000, interest[-1])]


def test_a_level_split_loan_pays_the_interest_of_both_parts_each_month() -> None:
    """Balloon annuity: (A - S/(1+i)^n) of it is repaid level. 10 periods of 1 %: S = 4,000.00 of what is left."""
    assessed = night(decided("split", MAR, amount="4000.00"), on=MAR)
    left = row(assessed)["outstanding_cents"] - row(assessed)["overdue_principal_cents"]
    *level, last = tail(assessed, MAR)
    growth = 1.01**10
    amount = (left * growth - 400_000) * 0.01 / (growth - 1)
    assert all(sum(each) == pytest.approx(amount, abs=0.5) for each in level)
    assert sum(each[0] for each in (*level, last)) == left
    assert last[0] == pytest.approx(400_000 + amount / 1.01 - 400_000 * 0.01 / 1.01, abs=10)
    assert all(last[0] > each[0] for each in level)


def test_nobody_splits_off_all_there_is() -> None:
    assessed = night(decided("split", MAR, amount="12000.00"), on=MAR)
    assert assessed.instructions["state"].to_list() == ["pending"]
    assert assessed.dues.equals(night(on=MAR).dues)


def test_a_split_stays_split_when_the_rate_changes() -> None:
    changes = decided("split", MAR, amount="4000.00"), decided("rate_change", MAR, name="D2", annual_rate="0.06")
    *level, last = tail(night(*changes, on=MAR), MAR)
    assert len({sum(each) for each in level}) == 1
    assert last[0] > 400_000


def test_four_options_beside_the_loan_as_it_stands() -> None:
    found = told(
        Option("extension", (EASED, change("extension", periods=6))),
        Option("lower_rate", (EASED, change("rate_change", annual_rate="0.06"))),
        Option("pause", (EASED, change("deferral", due_on="2026-04-15", new_due_on="2026-07-15"))),
        Option("split", (EASED, change("split", amount="4000.00"))),
    )
    base = found.as_it_stands
    assert (len(base.instalments), base.arrears_cents > 0) == (10, True)
    longer, cheaper, later, parted = found.options
    assert all(each.is_possible for each in found.options)
    assert (len(longer.instalments), longer.ends_on) == (16, date(2027, 7, 15))
    assert longer.next_cents < base.next_cents
    assert cheaper.interest_cents < base.interest_cents
    assert cheaper.worth_cents < base.worth_cents
    assert later.ends_on == date(2027, 4, 15)
    assert parted.next_cents < base.next_cents < parted.instalments[-1].cents


def test_what_restructuring_does_to_class_stage_and_provision() -> None:
    paid = [payment(1, date(2026, 3, 10), 1_000_000)]
    found = told(Option("extension", (EASED, change("extension", periods=6))), payment=paid)
    (eased,) = found.options
    assert found.as_it_stands.loan["tier"] == "pass"
    assert eased.loan["tier"] == "special_mention"
    assert eased.loan["tier_cite"].startswith("cn-2023-1 Art. 21")
    (floor,) = [limit for limit in eased.limits if limit.name == "restructuring_floor"]
    assert (floor.is_kept, floor.told) == (True, "special_mention")
    assert eased.loan["observation_ends_on"] == date(2027, 3, 15)
    assert eased.loan["specific_provision_cents"] > 0
    assert eased.loan["stage"] in {"stage_2", "stage_3"}


def test_what_the_law_forbids_is_told_with_its_clause() -> None:
    (far,) = told(Option("far", (change("extension", periods=13),))).options
    (limit,) = far.limits
    assert (far.states, far.is_possible, limit.is_kept) == (("refused",), False, False)
    assert limit.told == "2028-01-15"
    assert limit.cite.startswith("cn-nfra-2024-123")
    (near,) = told(Option("near", (change("extension", periods=12),))).options
    assert (near.is_possible, near.ends_on) == (True, date(2028, 1, 15))


def test_changes_follow_one_another_in_their_order() -> None:
    """A waiver before a capitalisation leaves less to be made principal; after it, nothing to waive."""
    waives = change("waiver", component="interest", amount="100.00")
    joins = change("capitalise", components=["interest"])
    first, last = told(Option("a", (waives, joins)), Option("b", (joins, waives))).options
    assert (first.loan["waived_cents"], last.loan["waived_cents"]) == (10_000, 0)
    assert last.loan["outstanding_cents"] - first.loan["outstanding_cents"] == 10_000


def test_what_a_debtor_bears_is_told_against_its_income() -> None:
    income = [{"debtor_no": 1, "period_end_on": date(2025, 12, 31), "item": "annual_income", "value_cents": 1_500_000}]
    found = told(
        Option("extension", (change("extension", periods=6),)), statement=income,
        debtor={"legal_form": "person", "size_class": "none"},
    )  # fmt: skip
    before, after = found.as_it_stands.burden, found.options[0].burden
    assert (before.kind, before.is_over) == ("pays_from_income", True)
    assert after.year_cents < before.year_cents
    assert after.ratio_e8 == after.year_cents // 12 * 12 * 10**8 // 1_500_000


def test_enforcement_is_worth_what_the_plan_in_force_says_else_what_the_night_expects() -> None:
    found = told()
    without = found.enforcement
    assert without is not None
    loss = float(found.as_it_stands.loan["lgd_ratio"])
    assert without.worth_cents == pytest.approx(without.claim_cents * (1 - loss), abs=1)
    plan = decided("recovery_plan", ON, strategies=[
        {"name": "restructure", "weight": "0.5", "flows": [{"on": "2027-03-15", "amount": "9000.00"}]},
        {"name": "litigation", "weight": "0.5", "flows": [{"on": "2027-03-15", "amount": "5600.00"}]},
    ], evidence="e")  # fmt: skip
    by_plan = told(decision=[plan]).enforcement
    assert by_plan is not None
    assert [each.name for each in by_plan.strategies] == ["litigation"]
    assert by_plan.worth_cents == 500_000


def test_a_part_written_off_leaves_the_book_and_not_the_schedule() -> None:
    found = told(Option("part", (Change("write_off", {"principal": "2000.00", "interest": "0", "ground": "g"}),)))
    (part,), base = found.options, found.as_it_stands
    assert part.loan["outstanding_cents"] == base.loan["outstanding_cents"] - 200_000
    assert part.instalments == base.instalments


def test_a_loan_that_is_not_on_the_book_is_refused() -> None:
    given = inputs(loan=[loan(1, disbursed_on=date(2026, 5, 1), matures_on=date(2027, 5, 1))], debtor=[debtor()])
    with pytest.raises(RequestWrong):
        compared(given, OWN_LAW, RATE_RISK, 1, [], on=ON)
    assert assess(given, OWN, on=ON).loans.is_empty()
