"""The plan on whole debtors: the walk from facts to tier, and that a debtor does not know its neighbours."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import TABLES, Row, debtor, facts, inputs, instalments, loan, overdue_loan, payment, policy
from postloan.plan.inputs import Inputs, of_debtor
from postloan.plan.night import Assessment, assess
from postloan.tables.units import DAY_COUNTS, METHODS

ON = date(2024, 6, 30)
LAW = policy(ON)
OWN_BOOK = policy(ON, book_of_record="postloan")


def found(given: Inputs, law: Any = LAW, on: date = ON) -> dict[int, Row]:
    return {row["loan_no"]: row for row in assess(given, law, on=on).loans.to_dicts()}


def debts(*parts: tuple[int, int], legal_form: str = "company", size_class: str = "large", **tables: Any) -> Inputs:
    """One debtor with loans of (days past due, cents)."""
    pairs = [overdue_loan(at, days, on=ON, cents=cents) for at, (days, cents) in enumerate(parts, start=1)]
    return inputs(
        loan=[pair[0] for pair in pairs],
        instalment=[pair[1] for pair in pairs],
        debtor=[debtor(legal_form=legal_form, size_class=size_class)],
        **tables,
    )


def tiers(given: Inputs, law: Any = LAW) -> list[str]:
    return [row["tier"] for row in found(given, law).values()]


# From facts to tier ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "tier", "cite"),
    [
        (0, "pass", None),
        (1, "special_mention", "cn-2023-1 Art. 10 (1)"),
        (90, "special_mention", "cn-2023-1 Art. 10 (1)"),
        (91, "substandard", "cn-2023-1 Art. 11 (1)"),
        (270, "substandard", "cn-2023-1 Art. 11 (1)"),
        (271, "doubtful", "cn-2023-1 Art. 12 (1)"),
        (360, "doubtful", "cn-2023-1 Art. 12 (1)"),
        (361, "loss", "cn-2023-1 Art. 13 (1)"),
    ],
)
def test_days_past_due_become_a_tier_with_its_citation(days: int, tier: str, cite: str | None) -> None:
    (row,) = found(debts((days, 1_000), legal_form="person", size_class="none")).values()
    assert (row["days_past_due"], row["tier"], row["tier_cite"]) == (days, tier, cite)
    assert row["tier_rule"] == (None if tier == "pass" else "overdue_floors")


DELAY = {"decision_id": "T", "loan_no": 1, "kind": "technical_delay", "effective_on": date(2024, 6, 1), "terms": "{}"}


@pytest.mark.parametrize(("days", "tier"), [(1, "pass"), (7, "pass"), (8, "special_mention"), (91, "substandard")])
def test_a_technical_delay_needs_its_decision(days: int, tier: str) -> None:
    assert tiers(debts((days, 1_000), decision=[DELAY])) == [tier]
    assert tiers(debts((days, 1_000))) != ["pass"]


def test_a_loan_of_2009_is_computed_from_an_opening_of_2024() -> None:
    """Fifteen years of payments are lost; what it owed at the take-on and what was paid since is all there is."""
    terms = loan(
        1, principal_cents=30_000_000, disbursed_on=date(2009, 5, 20), matures_on=date(2029, 5, 20),
        annual_rate_e8=4_900_000,
    )  # fmt: skip
    opening = {
        "loan_no": 1, "on": date(2024, 3, 31), "outstanding_cents": 11_000_000, "overdue_principal_cents": 150_000,
        "overdue_interest_cents": 45_000, "penalty_cents": 1_000, "oldest_principal_due_on": date(2024, 3, 20),
        "oldest_interest_due_on": date(2024, 3, 20), "accrued_interest_cents": 16_000,
    }  # fmt: skip
    given = inputs(
        loan=[terms],
        opening=[opening],
        debtor=[debtor(legal_form="person", size_class="none")],
        payment=[payment(1, date(2024, 3, 31), 999), payment(1, date(2024, 4, 2), 196_000)],
    )

    (april,) = found(given, on=date(2024, 4, 19)).values()
    assert april["schedule_source"] == "terms"
    assert april["received_cents"] == 196_000, "the payment of the take-on's own day is in the balance"
    assert (april["paid_penalty_cents"], april["paid_interest_cents"]) == (1_000, 45_000)
    assert (april["outstanding_cents"], april["days_past_due"], april["tier"]) == (10_850_000, 0, "pass")
    assert april["next_due_on"] == date(2024, 4, 20)

    (june,) = found(given, on=ON).values()
    assert june["oldest_principal_due_on"] == date(2024, 4, 20)
    assert (june["days_past_due"], june["bucket"], june["tier"]) == (71, "M3", "special_mention")
    dues = assess(given, LAW, on=ON).dues
    assert dues["principal_cents"].sum() == 11_000_000
    assert dues.filter(pl.col("due_on") > date(2024, 3, 31)).height == 62, "20 April 2024 to 20 May 2029"
    assert june["overdue_interest_cents"] == sum(dues["interest_cents"].to_list()[2:5]), "April, May and June"


def test_the_core_governs_the_balance_and_the_worse_days_set_the_tier() -> None:
    ledger = {"loan_no": 1, "on": ON, "outstanding_cents": 900, "days_past_due": 100}
    core, own = found(debts((5, 1_000), ledger=[ledger])), found(debts((5, 1_000), ledger=[ledger]), OWN_BOOK)
    assert (core[1]["outstanding_cents"], own[1]["outstanding_cents"]) == (900, 1_000)
    assert (core[1]["tier"], own[1]["tier"]) == ("substandard", "substandard")
    stale = ledger | {"on": date(2024, 6, 29)}
    assert found(debts((5, 1_000), legal_form="person", ledger=[stale]))[1]["tier"] == "special_mention"
    held = found(debts((5, 1_000), ledger=[stale]))[1]
    assert (held["tier"], held["tier_rule"]) == ("substandard", "upgrade"), "by the core it was bad the day before"


def test_a_loan_written_off_is_not_on_the_book_and_touches_no_other() -> None:
    off = {"loan_no": 1, "on": ON, "principal_cents": 1_000, "interest_cents": 0, "status": "pursued"}
    rows = found(debts((91, 1_000), (0, 1_000), written_off=[off]))
    assert [(row["status"], row["tier"]) for row in rows.values()] == [("written_off", "pass"), ("active", "pass")]
    assert [row["tier"] for row in found(debts((91, 1_000), (0, 1_000))).values()] == ["substandard", "substandard"]


def test_what_a_loan_touched_before_it_was_written_off_waits_for_an_upgrade() -> None:
    off = {"loan_no": 1, "on": ON, "principal_cents": 1_000, "interest_cents": 0, "status": "pursued"}
    rows = found(debts((400, 1_000), (0, 1_000), written_off=[off]))
    assert [(row["status"], row["tier"], row["tier_rule"]) for row in rows.values()] == [
        ("written_off", "pass", None), ("active", "substandard", "upgrade"),
    ]  # fmt: skip
    assert [row["tier"] for row in found(debts((400, 1_000), (0, 1_000))).values()] == ["loss", "substandard"]


def test_restructuring_sets_its_floor_and_of_two_floors_the_worse_is_cited() -> None:
    again = DELAY | {"kind": "restructure", "terms": '{"is_repeat": true}'}
    (row,) = found(debts((0, 1_000), legal_form="person", decision=[again])).values()
    assert (row["tier"], row["tier_rule"], row["tier_cite"]) == (
        "substandard", "restructuring_floors", "cn-2023-1 Art. 22",
    )  # fmt: skip
    (late,) = found(debts((271, 1_000), legal_form="person", decision=[again])).values()
    assert (late["tier"], late["tier_rule"]) == ("doubtful", "overdue_floors")
    assert (late["restructuring_floor_tier"], late["overdue_floor_tier"]) == ("substandard", "doubtful")


# Contamination ---------------------------------------------------------------------------------------------------

COMPANY, PERSON = ("company", "large"), ("person", "none")


@pytest.mark.parametrize(
    ("bad", "good", "kind", "tier", "cite"),
    [
        (100, 900, COMPANY, "special_mention", "cn-2023-1 Art. 10 (4)"),  # 10 % exactly is not more than 10 %
        (101, 900, COMPANY, "substandard", "cn-2023-1 Art. 7"),
        (1, 1_000_000, COMPANY, "special_mention", "cn-2023-1 Art. 10 (4)"),
        (500, 500, PERSON, "pass", None),
        (500, 500, ("sole_trader", "micro"), "pass", None),
        (500, 500, ("company", "small"), "pass", None),
        (500, 500, ("company", "medium"), "substandard", "cn-2023-1 Art. 7"),
    ],
)
def test_a_bad_debt_touches_the_others_of_a_debtor_that_is_not_retail(
    bad: int, good: int, kind: tuple[str, str], tier: str, cite: str | None
) -> None:
    rows = found(debts((91, bad), (0, good), legal_form=kind[0], size_class=kind[1]))
    assert (rows[2]["tier"], rows[2]["tier_cite"]) == (tier, cite)
    assert rows[2]["tier_rule"] == (None if tier == "pass" else "contamination")
    assert rows[1]["tier_rule"] == "overdue_floors", "it does not touch itself"


@pytest.mark.parametrize(("share_e8", "tier"), [(None, "substandard"), (50_000_000, "special_mention")])
def test_of_a_joint_loan_the_banks_own_share_touches_the_others(share_e8: int | None, tier: str) -> None:
    """200 of 1,100 are more than 10 %; of the bank's own 1,000, 100 are exactly 10 %."""
    given = debts((91, 200), (0, 900))
    joint = given.loan.with_columns(funding_share_e8=pl.when(pl.col("loan_no") == 1).then(pl.lit(share_e8, pl.Int64)))
    assessed = assess(replace(given, loan=joint), LAW, on=ON)
    assert assessed.loans["tier"].to_list()[1] == tier
    own = 100 if share_e8 else 200
    (row,) = assessed.debtors.to_dicts()
    assert (row["exposure_cents"], row["npl_cents"], row["overdue_cents"]) == (own + 900, own, own + 900)


HUGE = 9 * 10**16


@pytest.mark.parametrize(("bad", "tier"), [(HUGE // 10, "special_mention"), (HUGE // 10 + 1, "substandard")])
def test_shares_of_huge_debts_are_exact(bad: int, tier: str) -> None:
    """A product of 9e16 cents with a share in 1e-8 does not fit 64 bits."""
    rows = found(debts((91, bad), (0, HUGE - bad)))
    assert rows[2]["tier"] == tier
    (view,) = assess(debts((91, bad), (0, HUGE - bad)), LAW, on=ON).debtors.to_dicts()
    assert (view["exposure_cents"], view["npl_cents"], view["over_90_cents"]) == (HUGE, bad, bad)


def bureau(**says: Any) -> list[Row]:
    return [{"debtor_no": 1, "on": date(2024, 5, 31)} | says]


@pytest.mark.parametrize(
    ("reports", "tier"),
    [
        ([], "pass"),
        (bureau(all_banks_cents=10_000, all_banks_over_90_cents=2_000), "pass"),
        (bureau(all_banks_cents=10_000, all_banks_over_90_cents=2_001), "substandard"),
        (bureau(all_banks_cents=10_000, other_bank_npl=True), "special_mention"),
        (bureau(all_banks_cents=100, all_banks_over_90_cents=100), "pass"),  # less than what it owes here
        (bureau(all_banks_cents=10_000, all_banks_over_90_cents=9_000, on=date(2024, 7, 1)), "pass"),
        (bureau(other_bank_npl=True) + bureau(other_bank_npl=False, on=ON), "pass"),
        (bureau(other_bank_npl=False) + bureau(other_bank_npl=True, on=ON), "special_mention"),
    ],
)
def test_debts_elsewhere_count_as_the_latest_report_says(reports: list[Row], tier: str) -> None:
    assert tiers(debts((0, 1_000), elsewhere=reports)) == [tier]


def test_the_debtors_row_sums_what_is_on_the_book() -> None:
    off = {"loan_no": 3, "on": ON, "principal_cents": 700, "interest_cents": 0, "status": "pursued"}
    (row,) = assess(debts((91, 100), (5, 900), (400, 700), written_off=[off]), LAW, on=ON).debtors.to_dicts()
    expected = {
        "loan_count": 2, "exposure_cents": 1_000, "overdue_cents": 1_000, "npl_cents": 100, "over_90_cents": 100,
        "days_past_due_worst": 91, "tier_worst": "substandard", "is_retail": False, "floor_tier": "special_mention",
    }  # fmt: skip
    assert expected.items() <= row.items()


# Every portfolio -------------------------------------------------------------------------------------------------


@st.composite
def books(draw: st.DrawFn) -> Inputs:
    """Debtors of all kinds with loans of all methods, with and without instalments, openings, payments, decisions."""
    tables: dict[str, list[Row]] = {name: [] for name in ("loan", "debtor", "opening", "instalment", "payment")}
    tables |= {name: [] for name in ("ledger", "written_off", "decision", "elsewhere")}
    some = st.integers(0, 5).map(lambda dice: dice == 0)
    numbers = itertools.count(1)
    for debtor_no in range(1, draw(st.integers(1, 7)) + 1):
        kind = draw(st.sampled_from([COMPANY, PERSON, ("company", "small"), ("government", "none")]))
        tables["debtor"].append(debtor(debtor_no, legal_form=kind[0], size_class=kind[1]))
        if draw(some):
            tables["elsewhere"].append(
                {"debtor_no": debtor_no, "on": ON, "all_banks_cents": draw(st.integers(0, 10**6)),
                 "all_banks_over_90_cents": draw(st.integers(0, 10**5)), "other_bank_npl": draw(st.booleans())}
            )  # fmt: skip
        for loan_no in itertools.islice(numbers, draw(st.integers(0, 3))):
            _draw_loan(draw, tables, loan_no, debtor_no, some)
    return inputs(**tables)


def _draw_loan(draw: st.DrawFn, tables: dict[str, list[Row]], loan_no: int, debtor_no: int, some: Any) -> None:
    paid_out = draw(st.dates(date(2022, 1, 1), date(2024, 8, 31)))
    row = loan(
        loan_no, debtor_no, principal_cents=draw(st.integers(0, 10**6)), disbursed_on=paid_out,
        matures_on=paid_out + timedelta(days=draw(st.integers(1, 900))), method=draw(st.sampled_from(METHODS)),
        annual_rate_e8=draw(st.integers(0, 36_000_000)), due_day=draw(st.none() | st.integers(1, 31)),
        period_months=draw(st.sampled_from([None, 1, 3])), day_count=draw(st.sampled_from([None, *DAY_COUNTS])),
        is_no_principal_renewal=draw(st.sampled_from([None, True])), renews_loan_id="L0" if draw(some) else None,
        funding_share_e8=draw(st.integers(0, 10**8)) if draw(some) else None,
    )  # fmt: skip
    tables["loan"].append(row)
    days = st.integers(0, 900).map(lambda at: paid_out + timedelta(days=at))
    cents = st.integers(0, 2 * 10**5)
    for version in range(1, 1 + draw(st.sampled_from([0, 0, 1, 2]))):
        amounts = [(due_on, draw(cents), draw(st.integers(0, 900))) for due_on in draw(st.lists(days, max_size=4))]
        effective_on = draw(st.none() | days)
        tables["instalment"] += instalments(
            loan_no, *amounts, version=version, seq=draw(st.integers(1, 3)), effective_on=effective_on
        )
    for at, paid_on in enumerate(draw(st.lists(days, max_size=4))):
        tables["payment"].append(payment(loan_no, paid_on, draw(cents), name=f"P{loan_no}-{at}"))
        if draw(some):
            back_on = paid_on + timedelta(days=draw(st.integers(0, 60)))
            tables["payment"].append(
                payment(loan_no, back_on, tables["payment"][-1]["amount_cents"], reverses=f"P{loan_no}-{at}",
                        name=f"R{loan_no}-{at}")
            )  # fmt: skip
    if draw(some):
        on = draw(days)
        outstanding = draw(cents)
        tables["opening"].append(
            {"loan_no": loan_no, "on": on, "outstanding_cents": outstanding,
             "overdue_principal_cents": draw(st.integers(0, outstanding)), "oldest_principal_due_on": on,
             "overdue_interest_cents": draw(st.integers(0, 99)), "oldest_interest_due_on": on - timedelta(days=40),
             "accrued_interest_cents": draw(st.integers(0, 99)), "penalty_cents": draw(st.none() | st.integers(0, 9)),
             "fee_cents": draw(st.none() | st.integers(0, 9))}
        )  # fmt: skip
    if draw(some):
        spoken_on = draw(st.sampled_from([ON, ON - timedelta(days=1)]))
        tables["ledger"].append(
            {"loan_no": loan_no, "on": spoken_on, "outstanding_cents": draw(cents), "days_past_due": 95}
        )
    if draw(some):
        tables["written_off"].append(
            {"loan_no": loan_no, "on": draw(days), "principal_cents": draw(cents), "interest_cents": 0,
             "status": "closed"}
        )  # fmt: skip
    if draw(some):
        kind = draw(st.sampled_from(["technical_delay", "restructure", "write_off"]))
        terms = '{"principal": "2.00", "interest": "0", "ground": "g"}' if kind == "write_off" else DELAY["terms"]
        tables["decision"].append(
            DELAY | {"loan_no": loan_no, "kind": kind, "decision_id": f"D{loan_no}", "terms": terms}
        )


def kept(whole: Inputs, debtors: list[int]) -> Inputs:
    """The facts of some debtors, as a shard would hold them."""
    parts = [of_debtor(whole, debtor_no) for debtor_no in debtors]
    tables = {
        table: pl.concat([facts(table), *(getattr(part, table) for part in parts)]).sort(
            getattr(whole, table).columns[0], maintain_order=True
        )
        for table in TABLES
    }
    return Inputs(**tables, guarantors=whole.guarantors, ledger_days=whole.ledger_days)


@settings(max_examples=15, deadline=None)
@given(books(), st.sampled_from(["core", "postloan"]), st.sampled_from([2, 5]))
def test_cut_into_parts_of_whole_debtors_nothing_changes(book: Inputs, system: str, parts: int) -> None:
    """This is what lets shards be computed anywhere."""
    law = policy(ON, book_of_record=system)
    whole = assess(book, law, on=ON)
    debtors = book.debtor["debtor_no"].to_list()
    pieces = [assess(kept(book, debtors[at::parts]), law, on=ON) for at in range(parts)]
    by_table = {
        "loans": "loan_no", "debtors": "debtor_no", "breaks": "loan_no", "instructions": "loan_no",
        "warnings": "debtor_no",
    }  # fmt: skip
    for table, by in by_table.items():
        joined = pl.concat([getattr(piece, table) for piece in pieces]).sort(by, maintain_order=True)
        assert joined.equals(getattr(whole, table))


@settings(max_examples=30, deadline=None)
@given(books())
def test_what_holds_of_every_book(book: Inputs) -> None:
    assessed = assess(book, LAW, on=ON)
    is_conserved(book, assessed)
    for row in assessed.loans.to_dicts():
        assert (row["tier"] == "pass") == (row["tier_cite"] is None) == (row["tier_rule"] is None)
        if row["status"] != "active":
            assert (row["days_past_due"], row["tier"]) == (0, "pass")
        else:
            assert row["days_past_due"] >= (row["core_days_past_due"] or 0)
    assert assessed.debtors["loan_count"].sum() == (assessed.loans["status"] == "active").sum()
    assert assessed.debtors["exposure_cents"].sum() == assessed.loans["own_share_outstanding_cents"].sum()


def is_conserved(book: Inputs, assessed: Assessment) -> None:
    """No loan lost, no cent lost: counted from the facts, row by row."""
    openings = {row["loan_no"]: [] for row in book.opening.to_dicts()}
    for row in book.opening.to_dicts():
        openings[row["loan_no"]].append(row["on"])
    begins: dict[int, tuple[date, bool]] = {}
    for row in book.loan.to_dicts():
        taken_on = [on for on in openings.get(row["loan_no"], ()) if on <= ON]
        if row["disbursed_on"] <= ON and (taken_on or row["loan_no"] not in openings):
            begins[row["loan_no"]] = (max(taken_on), True) if taken_on else (row["disbursed_on"], False)
    assert list(begins) == assessed.loans["loan_no"].to_list()

    payments = book.payment.to_dicts()
    undone = {row["reverses_payment_id"] for row in payments if row["paid_on"] <= ON}
    received = dict.fromkeys(begins, 0)
    for row in payments:
        since, is_taken_on = begins.get(row["loan_no"], (date.max, False))
        counts = row["paid_on"] > since or (row["paid_on"] == since and not is_taken_on)
        if counts and row["paid_on"] <= ON and row["reverses_payment_id"] is None and row["payment_id"] not in undone:
            received[row["loan_no"]] += row["amount_cents"]
    assert received == dict(assessed.loans.select("loan_no", "received_cents").rows())
