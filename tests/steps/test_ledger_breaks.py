"""Ledger breaks: each way in which the core and we may differ is a row, and nothing else is."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import Row, debtor, facts, inputs, instalments, loan, overdue_loan, policy
from postloan.plan.inputs import Inputs
from postloan.plan.night import assess
from postloan.rules.figures import Cite
from postloan.rules.rulebook import Policy
from postloan.rules.shapes import BreakTolerance
from postloan.tables.units import TIERS

ON = date(2024, 6, 30)
BOOKS = ("core", "postloan")


def word(loan_no: int = 1, *, on: date = ON, **says: Any) -> Row:
    """What the core says of a loan: a balance of 10.00 unless said otherwise."""
    return {"loan_no": loan_no, "on": on, "outstanding_cents": 1_000} | says


def late(*words: Row, days: int = 5, spoken: tuple[date, ...] = (), **tables: list[Row]) -> Inputs:
    """A retail loan of 10.00 that is days past due, and what the core says; `spoken`: days it spoke of others."""
    row, due = overdue_loan(1, days, on=ON, cents=1_000)
    given = inputs(
        loan=[row], instalment=[due], debtor=[debtor(legal_form="person", size_class="none")], ledger=list(words),
        **tables,
    )  # fmt: skip
    days_spoken = facts("ledger", *words, *(word(99, on=on) for on in spoken)).select("on").unique().sort("on")
    return Inputs(**(vars(given) | {"ledger_days": days_spoken}))


def tolerant(law: Policy, cents: int, days: int) -> Policy:
    tolerance = BreakTolerance(up_to_cents=cents, up_to_days=days, cite=Cite(text="bank", at="1"))
    return Policy(**(vars(law) | {"book_of_record": law.book_of_record.model_copy(update={"tolerance": tolerance})}))


def broken(given: Inputs, book: str = "core", law: Policy | None = None) -> dict[str, Row]:
    rows = assess(given, law or policy(ON, book_of_record=book), on=ON).breaks.to_dicts()
    filled = [{name: value for name, value in row.items() if value is not None} for row in rows]
    assert len({row["kind"] for row in rows}) == len(rows)
    return {row["kind"]: row for row in filled}


NAMES = {"loan_no": 1, "loan_id": "L1", "org_id": "010", "product": "consumer", "ledger_on": ON}
ALIKE = {
    "overdue_principal_cents": 1_000, "overdue_interest_cents": 0, "penalty_cents": 0, "days_past_due": 5,
    "tier": "special_mention",
}  # fmt: skip


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("says", [{}, ALIKE])
def test_two_that_agree_have_no_break_and_what_is_empty_is_not_compared(book: str, says: Row) -> None:
    assert broken(late(word(**says)), book) == {}


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize(
    ("says", "kind", "figures"),
    [
        ({"outstanding_cents": 999}, "outstanding", {"our_cents": 1_000, "core_cents": 999, "difference_cents": -1}),
        (
            {"overdue_principal_cents": 1_001}, "overdue_principal",
            {"our_cents": 1_000, "core_cents": 1_001, "difference_cents": 1},
        ),
        (
            {"overdue_interest_cents": 7}, "overdue_interest",
            {"our_cents": 0, "core_cents": 7, "difference_cents": 7},
        ),
        ({"penalty_cents": 3}, "penalty", {"our_cents": 0, "core_cents": 3, "difference_cents": 3}),
        ({"days_past_due": 4}, "days_past_due", {"our_days": 5, "core_days": 4, "difference_days": -1}),
        (
            {"tier": "doubtful"}, "tier",
            {"our_tier": "special_mention", "core_tier": "doubtful", "difference_tiers": 2},
        ),
    ],
)  # fmt: skip
def test_each_difference_is_a_row_in_its_own_unit(book: str, says: Row, kind: str, figures: Row) -> None:
    assert broken(late(word(**says)), book) == {kind: NAMES | {"kind": kind} | figures}


def test_our_days_are_our_own_count_though_the_cores_govern() -> None:
    given = late(word(days_past_due=100))
    (row,) = assess(given, policy(ON), on=ON).loans.to_dicts()
    assert (row["days_past_due"], row["tier"]) == (100, "substandard")
    assert broken(given)["days_past_due"]["our_days"] == 5
    (row,) = assess(late(word(days_past_due=0), days=100), policy(ON), on=ON).loans.to_dicts()
    assert (row["days_past_due"], row["tier"]) == (100, "substandard"), "a better count of the core changes nothing"


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (late(), []),  # no core at all
        (late(spoken=(ON,)), ["missing_in_core"]),
        (late(spoken=(ON - timedelta(days=1),)), ["missing_in_core"]),
        (late(spoken=(ON - timedelta(days=36),)), []),  # before the loan began
        (late(spoken=(ON - timedelta(days=35),)), ["missing_in_core"]),
        (late(spoken=(ON + timedelta(days=1),)), []),  # not yet
        (late(word(on=ON - timedelta(days=1))), ["stale"]),
        (late(word(on=ON - timedelta(days=1)), spoken=(ON,)), ["stale"]),
        (late(word(on=ON - timedelta(days=1), tier="loss", days_past_due=400)), ["stale"]),
        (late(word(on=ON + timedelta(days=1)), spoken=(ON,)), ["missing_in_core"]),
        (late(word(on=ON - timedelta(days=1)), word()), []),
    ],
)
def test_the_core_is_silent_before_it_is_missing(book: str, given: Inputs, kinds: list[str]) -> None:
    assert list(broken(given, book)) == kinds


def test_a_stale_row_shows_the_last_word_and_does_not_govern() -> None:
    day = ON - timedelta(days=3)
    given = late(word(on=day - timedelta(days=1), outstanding_cents=5), word(on=day, outstanding_cents=900))
    figures = {"our_cents": 1_000, "core_cents": 900, "difference_cents": -100}
    assert broken(given) == {"stale": NAMES | {"kind": "stale", "ledger_on": day} | figures}
    assert assess(given, policy(ON), on=ON).loans["outstanding_cents"].to_list() == [1_000]


def test_what_the_core_holds_and_we_do_not_yet() -> None:
    given = inputs(loan=[loan(1, disbursed_on=date(2024, 7, 1))], debtor=[debtor()], ledger=[word()])
    assert broken(given) == {
        "missing_here": NAMES | {"kind": "missing_here", "core_cents": 1_000, "difference_cents": 1_000}
    }
    nothing = inputs(loan=[loan(1, disbursed_on=date(2024, 7, 1))], ledger=[word(outstanding_cents=0)])
    assert broken(nothing) == {}


def test_a_loan_that_no_loan_feed_holds_any_more_is_still_told() -> None:
    given = inputs(debtor=[debtor()], ledger=[word(7)])
    (row,) = broken(given).values()
    assert (row["kind"], row["loan_no"], row.get("loan_id")) == ("missing_here", 7, None)


def test_of_a_loan_off_the_book_the_balance_alone_is_compared() -> None:
    off = {"loan_no": 1, "on": ON, "principal_cents": 1_000, "interest_cents": 0, "status": "pursued"}
    assert broken(late(spoken=(ON,), written_off=[off])) == {}
    assert list(broken(late(word(days_past_due=90, tier="loss"), written_off=[off]), "postloan")) == ["outstanding"]


@pytest.mark.parametrize(
    ("says", "kinds"),
    [
        ({"outstanding_cents": 1_002, "days_past_due": 6}, []),
        ({"outstanding_cents": 998, "days_past_due": 4}, []),
        ({"outstanding_cents": 1_003, "days_past_due": 7}, ["outstanding", "days_past_due"]),
        ({"tier": "loss"}, ["tier"]),
    ],
)
def test_the_banks_tolerance_is_reached_and_not_passed(says: Row, kinds: list[str]) -> None:
    assert list(broken(late(word(**says)), law=tolerant(policy(ON), cents=2, days=1))) == kinds


CENTS = st.integers(0, 3_000)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(CENTS, st.none() | CENTS, st.none() | st.integers(0, 9), st.none() | st.sampled_from(TIERS), st.integers(0, 9))
def test_a_row_stands_for_each_difference_and_only_for_those(
    balance: int, overdue: int | None, days: int | None, tier: str | None, our_days: int
) -> None:
    says = {"outstanding_cents": balance, "overdue_principal_cents": overdue, "days_past_due": days, "tier": tier}
    given = late(word(**says), days=our_days)
    (published,) = assess(given, policy(ON, book_of_record="postloan"), on=ON).loans.to_dicts()
    ours = published | {"days_past_due": our_days}
    differs = {name.removesuffix("_cents") for name, said in says.items() if said is not None and said != ours[name]}
    assert set(broken(given, "postloan")) == differs


def test_the_breaks_of_several_loans_stand_by_loan_and_kind() -> None:
    rows = [loan(at, method="scheduled") for at in (1, 2, 3)]
    plans = [each for at in (1, 2, 3) for each in instalments(at, (date(2024, 12, 15), 120_000, 0))]
    words = [word(3), word(1, outstanding_cents=119_999, tier="loss")]
    given = inputs(loan=rows, instalment=plans, debtor=[debtor(legal_form="person")], ledger=words)
    found = [
        (row["loan_no"], row["kind"])
        for row in assess(given, policy(ON, book_of_record="postloan"), on=ON).breaks.to_dicts()
    ]
    assert found == [(1, "outstanding"), (1, "tier"), (2, "missing_in_core"), (3, "outstanding")]
