"""Changes of terms in the night: what leaves the arrears without cash, and what the instalments to come make of it."""

from datetime import date, timedelta

import polars as pl
import pytest
from changed_loans import ALL, APR, DAYS, FEB, LENT, MAR, MAY, ON, OWN, balanced, decided, night, row, tail
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import Row, debtor, inputs, instalments, loan, payment, policy
from postloan.plan.night import assess, serving_under
from postloan.plan.trace import reliefs

# Worked on paper -----------------------------------------------------------------------------------------------------


def test_interest_of_two_months_becomes_principal() -> None:
    """12,000.00 at 1 % a month, interest alone until maturity; February's and March's 120.00 unpaid.

    On 20 March 240.00 joins the principal. To 15 April 5 days run on 12,000.00 (20.00) and 25 on 12,240.00 (102.00).
    """
    change = decided("capitalise", date(2024, 3, 20), components=["interest"])
    before, after = (row(night(change, method="interest_only", on=date(2024, 3, day))) for day in (19, 20))
    assert (before["overdue_interest_cents"], before["days_past_due"]) == (24_000, 33)
    assert (after["overdue_interest_cents"], after["days_past_due"]) == (0, 0)
    assert (after["outstanding_cents"], after["capitalised_cents"]) == (1_224_000, 24_000)
    later = row(night(change, method="interest_only", on=date(2024, 3, 31)))
    assert later["balance_days"] == 65 * LENT + 11 * 1_224_000
    assert tail(night(change, method="interest_only"), MAR) == [(0, 12_200), *[(0, 12_240)] * 8, (1_224_000, 12_240)]


def test_two_overdue_instalments_move_into_the_ten_to_come() -> None:
    """1,000.00 of principal a month; 2,000.00 and 230.00 of interest overdue on 15 March.

    Ten instalments repay 12,000.00 again, 1,200.00 each, and carry 23.00 of the old interest beside their own.
    """
    assessed = night(decided("reamortise", MAR), method="equal_principal", on=MAR)
    after = row(assessed)
    assert (after["overdue_principal_cents"], after["overdue_interest_cents"], after["days_past_due"]) == (0, 0, 0)
    assert (after["outstanding_cents"], after["reamortised_cents"]) == (LENT, 223_000)
    own_interest = [12_000 - 1_200 * place for place in range(10)]
    assert tail(assessed, MAR) == [(120_000, cents + 2_300) for cents in own_interest]


def test_a_number_of_instalments_may_be_agreed_with_it() -> None:
    made = tail(night(decided("reamortise", MAR, periods=4), method="equal_principal", on=MAR), MAR)
    assert made == [(300_000, interest + 5_750) for interest in (12_000, 9_000, 6_000, 3_000)]


def test_a_waiver_of_penalty_leaves_what_ran_beyond_it() -> None:
    """12,000.00 overdue at 18 % is 6.00 a day: of 60.00 after ten days, 25.00 is given up."""
    terms = {"method": "bullet", "matures_on": date(2024, 3, 1), "penalty_factor_e8": 150_000_000}
    waived = decided("waiver", date(2024, 3, 11), component="penalty", amount="25.00")
    after = row(night(waived, on=date(2024, 3, 12), **terms))
    assert (after["penalty_cents"], after["waived_cents"]) == (4_100, 2_500)
    assert after["overdue_principal_cents"] == LENT
    assert row(night(waived, on=date(2024, 3, 10), **terms))["waived_cents"] == 0


def test_a_waiver_of_interest_reaches_none_that_is_not_yet_due() -> None:
    waived = decided("waiver", date(2024, 2, 20), component="interest", amount="999.00")
    assessed = night(waived, method="interest_only", on=MAR)
    assert (row(assessed)["waived_cents"], row(assessed)["overdue_interest_cents"]) == (12_000, 12_000)
    assert assessed.instructions["state"].to_list() == ["in_force"]


def test_a_prepayment_of_an_instalment_plan_from_the_feed_leaves_the_plan_in_proportion() -> None:
    rows = instalments(1, (FEB, 200_000, 12_000), (MAR, 400_000, 10_000), (APR, 600_000, 6_000))
    given_rows = inputs(
        loan=[loan(1, principal_cents=LENT, method="scheduled", matures_on=APR)], debtor=[debtor()], instalment=rows,
        decision=[decided("prepayment", FEB, amount="5000.00", choice="smaller_instalment")],
    )  # fmt: skip
    assert tail(balanced(given_rows), FEB) == [(200_000, 5_000), (300_000, 3_000)]
    told = assess(given_rows, OWN, on=ON).instructions
    assert told["state"].to_list() == ["in_force"]


# Where it has its place ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        decided("capitalise", date(2024, 3, 20), components=["interest"]),
        decided("reamortise", date(2024, 3, 20)),
        decided("waiver", date(2024, 3, 20), component="interest", amount="1.00"),
    ],
)
def test_under_the_core_everything_waits(kind: Row) -> None:
    law = policy(ON)
    assert row(night(kind, law=law)) == row(night(law=law))
    assert night(kind, law=law).instructions["state"].to_list() == ["pending"]
    assert night(kind).instructions["state"].to_list() == ["in_force"]


def test_a_payment_taken_back_becomes_principal_as_if_it_had_never_been() -> None:
    change = decided("capitalise", date(2024, 3, 20), components=["interest"])
    paid = [payment(1, FEB, 12_000, name="P1"), payment(1, MAY, 12_000, reverses="P1")]
    before = row(night(change, paid=paid, method="interest_only", on=date(2024, 5, 14)))
    after = row(night(change, paid=paid, method="interest_only", on=MAY))
    assert (before["capitalised_cents"], before["outstanding_cents"]) == (12_000, LENT + 12_000)
    assert (after["capitalised_cents"], after["outstanding_cents"]) == (24_000, LENT + 24_000)
    assert after == row(night(change, method="interest_only", on=MAY))


def test_a_version_of_the_feed_that_holds_the_change_governs() -> None:
    first = instalments(1, (FEB, 600_000, 12_000), (MAR, 600_000, 6_000))
    second = instalments(1, (APR, 600_000, 12_000), version=2, seq=2, effective_on=date(2024, 3, 1))
    change = decided("extension", date(2024, 3, 1), periods=1)
    given_rows = inputs(
        loan=[loan(1, principal_cents=LENT, method="scheduled", matures_on=MAR)], debtor=[debtor()],
        instalment=[*first, *second], decision=[change],
    )  # fmt: skip
    assert tail(balanced(given_rows), FEB) == [(600_000, 12_000)]
    assert assess(given_rows, OWN, on=ON).instructions["state"].to_list() == ["confirmed"]


def test_a_loan_that_was_called_in_has_no_instalments_to_change() -> None:
    called = decided("accelerate", MAR, name="D0", ground="g")
    assessed = night(called, decided("reamortise", APR))
    assert assessed.instructions["state"].to_list() == ["in_force", "pending"]
    assert row(assessed) == row(night(called))


def test_a_longer_plan_than_the_law_allows_is_refused() -> None:
    assessed = night(decided("reamortise", APR, periods=60))
    assert assessed.instructions["state"].to_list() == ["refused"]
    assert row(assessed) == row(night())


def test_what_was_decided_before_a_take_on_is_in_the_opening() -> None:
    opening = {"loan_no": 1, "on": APR, "outstanding_cents": LENT, "overdue_interest_cents": 5_000,
               "overdue_principal_cents": 0, "oldest_interest_due_on": MAR}  # fmt: skip
    tables = {"loan": [loan(1, principal_cents=LENT)], "debtor": [debtor()], "opening": [opening]}
    before = decided("waiver", APR, component="interest", amount="50.00")
    after = decided("waiver", APR + timedelta(days=1), name="D2", component="interest", amount="20.00")
    assessed = balanced(inputs(**tables, decision=[before, after]), on=APR + timedelta(days=2))
    assert row(assessed)["overdue_interest_cents"] == 3_000
    assert assessed.instructions["state"].to_list() == ["pending", "in_force"]


def test_a_repricing_after_a_change_follows_in_its_turn() -> None:
    """A prepayment in March at 12 %, a prime rate of 3 % from January next: the amounts are made anew then."""
    market = [{"series": "lpr_1y", "on": date(2023, 12, 20), "value": 0.12},
              {"series": "lpr_1y", "on": date(2024, 12, 20), "value": 0.03}]  # fmt: skip
    row_of_loan = loan(
        1, principal_cents=LENT, matures_on=date(2026, 1, 15), rate_kind="lpr_1y", spread_e8=0, reprices="yearly_jan_1",
    )  # fmt: skip
    change = decided("prepayment", MAR, amount="1000.00", choice="shorter_term")
    given_rows = inputs(loan=[row_of_loan], debtor=[debtor()], market=market, decision=[change])
    law = policy(date(2025, 2, 28), book_of_record="postloan")
    early, late = balanced(given_rows, on=date(2024, 12, 31)), balanced(given_rows, on=date(2025, 2, 28), law=law)
    assert early.dues.filter(pl.col("due_on") < date(2025, 1, 16)).equals(
        late.dues.filter(pl.col("due_on") < date(2025, 1, 16))
    )
    (left, interest), *_ = tail(late, date(2025, 1, 15))
    owed = LENT - sum(late.dues.filter(pl.col("due_on") <= date(2025, 1, 15))["principal_cents"])
    assert interest == (owed * 3 + 600) // 1_200
    assert left + interest != sum(tail(early, date(2025, 1, 15))[0])


def test_why_tells_what_left_without_cash() -> None:
    assessed = night(
        decided("capitalise", date(2024, 3, 20), components=["interest"]),
        decided("waiver", APR, name="D2", component="interest", amount="10.00"), method="interest_only",
    )  # fmt: skip
    told = [(part.paid_on, part.due_on, part.component, part.cents)
            for part in reliefs(assessed, 1, serving=serving_under(OWN), on=ON)]  # fmt: skip
    assert told == [
        (date(2024, 3, 20), FEB, "interest", 12_000), (date(2024, 3, 20), MAR, "interest", 12_000),
        (APR, APR, "interest", 1_000),
    ]  # fmt: skip


# What holds of every life --------------------------------------------------------------------------------------------

SAID = {
    "capitalise": {"components": ALL}, "reamortise": {}, "extension": {"periods": 2},
    "rate_change": {"annual_rate": "0.05"}, "waiver": {"component": "interest", "amount": "100.00"},
    "prepayment": {"amount": "900.00", "choice": "smaller_instalment"},
}  # fmt: skip
LIVES = st.fixed_dictionaries(
    {
        "method": st.sampled_from(
            ["level_instalment", "equal_principal", "flat_rate", "interest_only", "bullet", "balloon",
             "step_arithmetic", "step_geometric", "scheduled", "daily_interest"]
        ),
        "asked": st.lists(st.tuples(st.sampled_from(list(SAID)), DAYS), max_size=4),
        "paid": st.lists(st.tuples(DAYS, st.integers(1, 200_000)), max_size=5),
        "says": st.sampled_from(
            [{}, {"holiday_roll": "following"}, {"holiday_roll": "following", "roll_moves_interest": True},
             {"interest_only_periods": 3}, {"day_count": "ACT/365"}, {"first_due_on": date(2024, 3, 1)}]
        ),
    }
)  # fmt: skip


def rows_of(loan_no: int, life: Row, debtor_no: int = 1) -> dict[str, list[Row]]:
    terms = {
        "amortization_months": 60, "step_cents": 1_000, "step_factor_e8": 101_000_000, "penalty_factor_e8": 150_000_000,
        "charges_compound": True,
    }  # fmt: skip
    plan = [(date(2024, month, 15), LENT // 6, 9_000) for month in range(2, 8)]
    return {
        "loan": [loan(loan_no, debtor_no, principal_cents=LENT, method=life["method"], **terms, **life["says"])],
        "debtor": [debtor(debtor_no)],
        "instalment": instalments(loan_no, *plan) if life["method"] == "scheduled" else [],
        "payment": [
            payment(loan_no, day, cents, name=f"P{loan_no}-{at}") for at, (day, cents) in enumerate(life["paid"])
        ],
        "decision": [
            decided(kind, day, loan_no=loan_no, name=f"D{loan_no}-{at}", **SAID[kind])
            for at, (kind, day) in enumerate(life["asked"])
        ],
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(LIVES)
def test_no_cent_is_lost_whatever_is_decided(life: Row) -> None:
    found = row(balanced(inputs(**rows_of(1, life))))
    debt = found["outstanding_cents"] + found["paid_principal_cents"]
    assert debt == LENT + found["capitalised_cents"]


@settings(max_examples=30, deadline=None)
@given(LIVES, DAYS)
def test_what_is_capitalised_and_reamortised_whole_leaves_nothing_past_due(life: Row, day: date) -> None:
    asked = [each for each in life["asked"] if each[1] < day]
    rows = rows_of(1, life | {"asked": asked})
    rows["decision"] += [
        decided("capitalise", day, name="X1", components=ALL), decided("reamortise", day, name="X2"),
    ]  # fmt: skip
    assessed = balanced(inputs(**rows), on=day)
    found, states = row(assessed), dict(assessed.instructions.select("decision_id", "state").rows())
    if states["X1"] == states["X2"] == "in_force":
        assert (found["days_past_due"], found["penalty_cents"], found["compound_cents"]) == (0, 0, 0)
        assert found["overdue_principal_cents"] + found["overdue_interest_cents"] == 0


@settings(max_examples=25, deadline=None)
@given(LIVES, DAYS, st.sampled_from(["fee", "penalty", "compound", "interest"]), st.integers(1, 99_999))
def test_a_waiver_moves_no_principal(life: Row, day: date, component: str, cents: int) -> None:
    rows = rows_of(1, life | {"asked": []})
    waived = decided("waiver", day, component=component, amount=f"{cents // 100}.{cents % 100:02d}")
    without, given_up = balanced(inputs(**rows), on=day), balanced(inputs(**rows | {"decision": [waived]}), on=day)
    before, after = row(without), row(given_up)
    column = f"overdue_{component}_cents" if component in ("fee", "interest") else f"{component}_cents"
    assert after["waived_cents"] == min(cents, before[column]) == before[column] - after[column]
    for name in ("outstanding_cents", "overdue_principal_cents", "paid_principal_cents"):
        assert after[name] == before[name]
    assert given_up.dues.equals(without.dues)


@settings(max_examples=20, deadline=None)
@given(LIVES, LIVES)
def test_a_loan_is_the_same_alone_and_among_others(one: Row, other: Row) -> None:
    rows, more = rows_of(1, one), rows_of(2, other, debtor_no=2)
    together = assess(inputs(**{table: rows[table] + more[table] for table in rows}), OWN, on=ON)
    for loan_no, alone in enumerate((rows, more), start=1):
        assert together.loans.filter(pl.col("loan_no") == loan_no).equals(assess(inputs(**alone), OWN, on=ON).loans)


@settings(max_examples=30, deadline=None)
@given(LIVES, DAYS, st.integers(1, 300_000))
def test_a_payment_taken_back_leaves_no_trace(life: Row, day: date, cents: int) -> None:
    rows = rows_of(1, life)
    back = [payment(1, day, cents, name="X"), payment(1, ON, cents, reverses="X")]
    taken_back = balanced(inputs(**rows | {"payment": [*rows["payment"], *back]}))
    without = balanced(inputs(**rows))
    assert row(taken_back) == row(without)
    assert taken_back.dues.equals(without.dues)
