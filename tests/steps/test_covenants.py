"""Tests of covenants: which periods, exact bounds, late statements, the last day of a cure, and what people decided."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_rows import RULEBOOK, Row, debtor, facts, inputs, loan, policy
from postloan.plan.night import assess
from postloan.rules.covenants import Covenants
from postloan.steps.covenants import covenant_tests
from postloan.tables.ratios import RATIOS
from postloan.tables.statement_items import FLOWS, ITEMS

ON = date(2024, 8, 31)
QUARTER = date(2024, 6, 30)
KNOWN = date(2024, 8, 1)
LAW = RULEBOOK.version("covenants", Covenants, ON)


def covenant(**says: Any) -> Row:
    return {"debtor_no": 1, "covenant_id": "V1", "loan_id": "L1", "metric": "debt_to_assets", "operator": "<=",
            "threshold": 0.7, "test_every_months": 3, "cure_days": 30, "known_on": date(2024, 1, 1)} | says  # fmt: skip


def statement(period: date = QUARTER, known_on: date = KNOWN, debtor_no: int = 1, **items: int) -> list[Row]:
    return [{"debtor_no": debtor_no, "period_end_on": period, "item": item, "value_cents": cents,
             "known_on": known_on} for item, cents in items.items()]  # fmt: skip


def debts(cents: int, of: int = 1000, **says: Any) -> list[Row]:
    return statement(total_liabilities=cents, total_assets=of, **says)


def decided(kind: str, **says: Any) -> Row:
    period, covenant_id = says.pop("period", QUARTER), says.pop("covenant_id", "V1")
    terms = f'{{"covenant_id": "{covenant_id}", "period_end_on": "{period}", "evidence": "e", "approver": "a"}}'
    return {"loan_no": 1, "decision_id": "J1", "kind": kind, "effective_on": KNOWN, "terms": terms} | says


BOOK = pl.DataFrame({
    "loan_no": [1, 2], "loan_id": ["L1", "L2"], "debtor_no": [1, 1], "debtor_id": ["D1", "D1"],
    "org_id": ["010", "020"], "officer_id": ["a", "b"],
    "disbursed_on": [date(2023, 1, 15)] * 2, "outstanding_cents": [5, 9],
    "facility_id": ["F", "F"],
})  # fmt: skip


def rows_of(
    *covenants: Row, on: date = ON, said: Sequence[Row] = (), decisions: Sequence[Row] = ()
) -> list[dict[str, Any]]:
    found = covenant_tests(
        facts("covenant", *covenants),
        facts("facility", {"debtor_no": 1, "facility_id": "F", "begins_on": date(2024, 3, 1)}), BOOK,
        facts("statement", *said), facts("decision", *decisions), law=LAW, on=on,
    )  # fmt: skip
    return found.to_dicts()


def latest(*covenants: Row, **given_: Any) -> dict[str, Any]:
    (row,) = [row for row in rows_of(*covenants, **given_) if row["is_latest"]]
    return row


def test_a_ratio_equal_to_its_bound_keeps_it_only_where_the_operator_says_so() -> None:
    for operator, result in (("<=", "met"), ("=", "met"), (">=", "met"), ("<", "curing"), (">", "curing")):
        row = latest(covenant(operator=operator), said=debts(700))
        assert (row["result"], row["value_e8"], row["headroom_e8"]) == (result, 70_000_000, 0), operator


def test_a_cent_beyond_the_bound_breaks_it_though_both_are_told_alike() -> None:
    row = latest(covenant(), said=debts(7 * 10**15 + 1, of=10**16))
    assert (row["result"], row["value_e8"], row["headroom_e8"]) == ("curing", 70_000_000, 0)
    assert latest(covenant(), said=debts(7 * 10**15, of=10**16))["result"] == "met"


def test_debts_against_no_equity_break_their_bound_without_having_a_ratio() -> None:
    for equity in (0, -5):
        said = statement(total_liabilities=10, equity=equity)
        row = latest(covenant(metric="debt_to_equity", threshold=2.0), said=said)
        assert (row["result"], row["value_e8"], row["headroom_e8"]) == ("curing", None, None)
    unpaid = statement(net_profit=5, finance_expense=0)
    assert latest(covenant(metric="interest_cover", operator=">=", threshold=2.0), said=unpaid)["result"] == "met"


def test_the_last_day_of_the_cure_is_within_it() -> None:
    ends = KNOWN + timedelta(days=30)
    at = {on: latest(covenant(), on=on, said=debts(701)) for on in (KNOWN, ends, ends + timedelta(days=1))}
    assert [row["result"] for row in at.values()] == ["curing", "curing", "breached"]
    assert {(row["notice_on"], row["cure_ends_on"]) for row in at.values()} == {(KNOWN, ends)}
    row = latest(covenant(cure_days=None), said=debts(701))
    assert (row["result"], row["cure_ends_on"]) == ("breached", None)
    assert latest(covenant(cure_days=0), on=KNOWN, said=debts(701))["result"] == "curing"


def test_a_statement_is_late_the_day_after_it_was_due() -> None:
    due = QUARTER + timedelta(days=45)
    early = [row for row in rows_of(covenant(), on=due) if row["period_end_on"] == QUARTER]
    told = [(row["result"], row["untested_why"], row["is_latest"]) for row in early]
    assert told == [("not_tested", "not_due", False)]
    row = latest(covenant(), on=due + timedelta(days=1))
    assert (row["period_end_on"], row["result"], row["untested_why"]) == (QUARTER, "not_tested", "no_statement")
    # What is known the day after does not count, and what is known on the day does.
    said = debts(500, known_on=ON)
    assert latest(covenant(), on=ON - timedelta(days=1), said=said)["result"] == "not_tested"
    assert latest(covenant(), on=ON, said=said)["result"] == "met"


def test_a_statement_that_lacks_an_item_and_a_metric_nobody_knows_are_told_as_such() -> None:
    row = latest(covenant(), said=statement(total_assets=5))
    assert (row["result"], row["untested_why"]) == ("not_tested", "item_missing")
    row = latest(covenant(metric="dscr"))
    assert (row["result"], row["untested_why"]) == ("not_tested", "metric_unknown")


def test_what_was_late_before_the_bank_knew_of_the_promise_is_not_told() -> None:
    known = {"known_on": date(2024, 6, 1)}
    assert [row["period_end_on"] for row in rows_of(covenant(**known))] == [QUARTER, date(2024, 9, 30)]
    old = debts(650, period=date(2024, 3, 31), known_on=KNOWN)
    assert [row["result"] for row in rows_of(covenant(**known), said=old)] == ["met", "not_tested", "not_tested"]
    assert rows_of(covenant(known_on=ON + timedelta(days=1))) == []


def test_a_statement_that_does_not_come_ends_no_breach_and_a_test_that_is_met_does() -> None:
    on, said = date(2024, 11, 30), debts(701)
    row = latest(covenant(), on=on, said=said)
    assert (row["period_end_on"], row["result"]) == (QUARTER, "breached")
    row = latest(covenant(), on=on, said=said + debts(650, period=date(2024, 9, 30)))
    assert (row["period_end_on"], row["result"]) == (date(2024, 9, 30), "met")
    row = latest(covenant(), on=on, said=debts(650))
    assert (row["period_end_on"], row["result"]) == (date(2024, 9, 30), "not_tested")


def test_a_facility_binds_the_loan_that_owes_most_from_its_own_first_day() -> None:
    rows = rows_of(covenant(loan_id=None, facility_id="F"), said=debts(701))
    assert [(row["loan_id"], row["org_id"], row["period_end_on"]) for row in rows] == [
        ("L2", "020", date(2024, 3, 31)), ("L2", "020", QUARTER), ("L2", "020", date(2024, 9, 30)),
    ]  # fmt: skip
    assert rows_of(covenant(loan_id="gone"), covenant(covenant_id="V2", loan_id=None, facility_id="other")) == []


def test_a_waiver_holds_through_its_last_day_and_of_its_period_alone() -> None:
    said = debts(701) + debts(702, period=date(2024, 3, 31))
    waiver = decided("covenant_waiver", ends_on=ON)
    rows = {row["period_end_on"]: row for row in rows_of(covenant(cure_days=None), said=said, decisions=[waiver])}
    assert (rows[QUARTER]["result"], rows[QUARTER]["waived_to_on"]) == ("waived", ON)
    assert rows[QUARTER]["decision_id"] == "J1"
    assert rows[date(2024, 3, 31)]["result"] == "breached"
    after = ON + timedelta(days=1)
    assert latest(covenant(), on=after, said=said, decisions=[waiver])["result"] == "breached"
    for other in (waiver | {"is_withdrawn": True}, waiver | {"effective_on": after},
                  decided("covenant_waiver", covenant_id="V2")):  # fmt: skip
        assert latest(covenant(), said=said, decisions=[other])["result"] == "curing"


def test_a_late_statement_may_be_waived_and_a_promise_that_is_kept_needs_no_waiver() -> None:
    waiver = decided("covenant_waiver", ends_on=ON)
    assert latest(covenant(known_on=date(2024, 6, 1)), decisions=[waiver])["result"] == "waived"
    row = latest(covenant(), said=debts(700), decisions=[waiver])
    assert (row["result"], row["decision_id"], row["waived_to_on"]) == ("met", None, None)


def test_a_cure_counts_before_a_waiver() -> None:
    both = [decided("covenant_waiver"), decided("covenant_cure", decision_id="J2")]
    row = latest(covenant(), said=debts(701), decisions=both)
    assert (row["result"], row["decision_id"]) == ("cured", "J2")


@pytest.mark.parametrize(("every", "months"), [(1, 12), (3, 4), (5, 3), (6, 2), (12, 1)])
def test_months_divide_the_year_from_its_beginning(every: int, months: int) -> None:
    rows = rows_of(covenant(test_every_months=every), on=date(2024, 12, 31))
    this_year = [row["period_end_on"] for row in rows if row["period_end_on"].year == 2024]
    assert len(this_year) == months
    if 12 % every == 0:
        assert {day.month % every for day in this_year} == {0}


@given(
    every=st.integers(1, 120), begins=st.dates(date(2015, 1, 1), date(2026, 1, 1)),
    on=st.dates(date(2021, 1, 1), date(2026, 12, 31)),
)  # fmt: skip
def test_the_calendar_of_tests(every: int, begins: date, on: date) -> None:
    """The oracle walks the months: those whose number their months divide, since the loan, and the next one."""
    begins = min(begins, on)
    book = BOOK.head(1).with_columns(disbursed_on=pl.lit(begins))
    made = covenant(test_every_months=every, known_on=date(2014, 1, 1))
    rows = covenant_tests(facts("covenant", made), facts("facility"), book, facts("statement"), facts("decision"),
                          law=LAW, on=on)  # fmt: skip
    at = max(begins.year * 12 + begins.month, on.year * 12 + on.month - LAW.told.months)
    expected: list[date] = []
    while True:
        if at % every == 0:
            year, month = divmod(at - 1, 12)
            expected.append(date(year, month + 1, calendar.monthrange(year, month + 1)[1]))
            if expected[-1] > on:
                break
        at += 1
    assert rows["period_end_on"].to_list() == expected
    is_due = [day + timedelta(days=120 if day.month == 12 else 45) < on for day in expected]
    assert rows["untested_why"].to_list() == ["no_statement" if late else "not_due" for late in is_due]
    assert rows["is_latest"].sum() == (1 if any(is_due) else 0)


@given(
    metric=st.sampled_from(sorted(RATIOS)), operator=st.sampled_from(["<", "<=", "=", ">=", ">"]),
    month=st.sampled_from([3, 6, 9, 12]), bound=st.decimals(-3, 3, places=3),
    amounts=st.lists(st.integers(-50, 50), min_size=6, max_size=6),
)  # fmt: skip
def test_the_comparison_is_that_of_fractions(
    metric: str, operator: str, month: int, bound: Decimal, amounts: list[int]
) -> None:
    ratio = RATIOS[metric]
    period = date(2023, month, calendar.monthrange(2023, month)[1])
    items = dict(zip(ratio.items, amounts, strict=False))
    row = next(
        each for each in rows_of(
            covenant(metric=metric, operator=operator, threshold=float(bound), known_on=date(2023, 1, 1)),
            said=statement(period, **items),
        ) if each["period_end_on"] == period
    )  # fmt: skip

    def side(names: tuple[str, ...]) -> Decimal:
        told = [(name.removeprefix("-"), -1 if name[0] == "-" else 1) for name in names]
        return sum((Decimal(items[name]) * sign * (Decimal(12) if name in FLOWS else Decimal(month))
                    for name, sign in told), Decimal(0))  # fmt: skip

    above, below = side(ratio.above), side(ratio.below) if ratio.below else Decimal(100 * month)
    right = bound * below
    kept = {"<": above < right, "<=": above <= right, "=": above == right, ">=": above >= right, ">": above > right}
    assert (row["result"] == "met") == kept[operator]
    assert (row["value_e8"] is None) == (below <= 0)
    if below > 0:
        assert abs(Decimal(row["value_e8"]) / 10**8 - above / below) <= Decimal("0.5e-8")


def test_every_item_of_the_ratio_set_is_an_item_of_statements() -> None:
    assert {item for ratio in RATIOS.values() for item in ratio.items} <= ITEMS.keys()
    assert all(ratio.optional <= set(ratio.items) for ratio in RATIOS.values())


def test_a_breach_is_a_feature_and_raises_its_signal_that_night() -> None:
    lent = [loan(1, method="bullet", disbursed_on=date(2024, 1, 1), matures_on=date(2025, 1, 1))]
    debtors = [debtor(), debtor(2)]
    told = inputs(loan=lent, debtor=debtors, covenant=[covenant()], statement=debts(650) + statement(QUARTER, equity=9))
    quiet = assess(told, policy(ON), on=ON)
    assert quiet.covenants.height == 3
    assert "PL-COV-01" not in quiet.warnings["signal"].to_list()
    for day, level in ((KNOWN, "yellow"), (KNOWN + timedelta(days=31), "orange"), (KNOWN + timedelta(days=121), "red")):
        given_ = inputs(loan=lent, debtor=debtors, covenant=[covenant()], statement=debts(701))
        raised = assess(given_, policy(day), on=day).warnings
        assert raised.filter(pl.col("signal") == "PL-COV-01")["level"].to_list() == [level], day
    assert assess(inputs(loan=lent, debtor=debtors), policy(ON), on=ON).covenants.is_empty()
