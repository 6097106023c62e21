"""What must hold of every classification: above all, that the history a night tells is what those nights found."""

from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine_rows import RULEBOOK, Row, debtor, inputs, instalments, loan, payment, policy
from postloan.plan.classify import classify
from postloan.plan.inputs import Inputs, of_debtor
from postloan.plan.night import Assessment, assess
from postloan.rules.rulebook import Policy, Rulebook, load_rulebook, tier_laws_on
from postloan.tables.days import last_quarter_end
from postloan.tables.units import NON_PERFORMING, TIERS
from tier_cases import loan_days

BEGINS = date(2022, 6, 1)
KINDS = (("company", "large"), ("company", "medium"), ("company", "small"), ("person", "none"))
TERMS = {"impairment": '{"expected_loss": "0.5"}', "manual_tier": '{"tier": "doubtful"}',
         "observation_end": '{"is_resolved": true}'}  # fmt: skip
DECIDED = ("misuse", "impairment", "restructure", "observation_end", "manual_tier", "rating_fall", "evasion", "merger",
           "upgrade", "upgrade", "technical_delay")  # fmt: skip
ENDING = ("misuse", "impairment", "manual_tier", "rating_fall", "evasion", "technical_delay")
SETTINGS = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
CHEAP = settings(SETTINGS, max_examples=40)
DAYS = st.integers(400, 1_100).map(lambda after: BEGINS + timedelta(days=after))
SET = ("tier", "tier_rule", "tier_cite", "item_tier", "is_restructured", "observation_ends_on")
BAD = TIERS.index(NON_PERFORMING[0])


@cache
def law(day: date, system: str) -> Policy:
    return policy(day, book_of_record=system)


@st.composite
def books(draw: st.DrawFn, debtors: int = 1) -> Inputs:
    """Debtors with loans of monthly instalments, some paid late or never; decisions and bureau reports on any day."""
    tables: dict[str, list[Row]] = {name: [] for name in ("loan", "debtor", "instalment", "payment", "decision")}
    tables["elsewhere"] = []
    for debtor_no in range(1, debtors + 1):
        kind = draw(st.sampled_from(KINDS))
        tables["debtor"].append(debtor(debtor_no, legal_form=kind[0], size_class=kind[1]))
        for on in draw(st.lists(_days(900), max_size=2, unique=True)):
            share = draw(st.sampled_from([0, 0, 500_000]))
            tables["elsewhere"].append(
                {
                    "debtor_no": debtor_no,
                    "on": on,
                    "all_banks_cents": 1_000_000,
                    "all_banks_over_90_cents": share,
                    "other_bank_npl": draw(st.booleans()),
                }
            )
        for at in range(draw(st.integers(1, 3))):
            _draw_loan(draw, tables, debtor_no * 10 + at, debtor_no)
    return inputs(**tables)


def _days(most: int) -> st.SearchStrategy[date]:
    return st.integers(0, most).map(lambda after: BEGINS + timedelta(days=after))


def _draw_loan(draw: st.DrawFn, tables: dict[str, list[Row]], loan_no: int, debtor_no: int) -> None:
    paid_out, cents = draw(_days(300)), draw(st.sampled_from([1_000, 5_000, 60_000]))
    every = draw(st.sampled_from([30, 90]))
    tables["loan"].append(
        loan(loan_no, debtor_no, principal_cents=6 * cents, method="scheduled", disbursed_on=paid_out,
             signed_on=paid_out, matures_on=paid_out + timedelta(days=6 * every), annual_rate_e8=0,
             period_months=every // 30)
    )  # fmt: skip
    dues = [paid_out + timedelta(days=every * (at + 1)) for at in range(6)]
    tables["instalment"] += instalments(loan_no, *((due_on, cents, 0) for due_on in dues))
    for at, due_on in enumerate(dues):
        late = draw(st.sampled_from([0, 0, 0, 1, 8, 91, 100, 280, 370, None]))
        if late is not None:
            paid = payment(loan_no, due_on + timedelta(days=late), cents, name=f"P{loan_no}-{at}")
            tables["payment"].append(paid)
    for at in range(draw(st.integers(0, 4))):
        kind, on = draw(st.sampled_from(DECIDED)), draw(_days(900))
        ends_on = on + timedelta(days=draw(st.integers(0, 200))) if kind in ENDING and draw(st.booleans()) else None
        tables["decision"].append(
            {"decision_id": f"D{loan_no}-{at}", "loan_no": loan_no, "kind": kind, "effective_on": on,
             "ends_on": ends_on, "terms": TERMS.get(kind, "{}")}
        )  # fmt: skip


def night(book: Inputs, day: date, system: str = "postloan") -> Assessment:
    return assess(book, law(day, system), on=day)


def rows(book: Inputs, day: date, system: str = "postloan") -> dict[int, Row]:
    return {row["loan_no"]: row for row in night(book, day, system).loans.to_dicts()}


# The history is what those nights found --------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["postloan", "core"])
@SETTINGS
@given(book=books(debtors=4), on=DAYS, chosen=st.integers(0, 11))
def test_yesterday_last_quarter_and_since_are_what_those_nights_found(
    system: str, book: Inputs, on: date, chosen: int
) -> None:
    """Of every loan, what it was on two earlier days; of one, the day it came to its tier, and the day before."""
    today = rows(book, on, system)
    for name, day in (("tier_yesterday", on - timedelta(days=1)), ("tier_last_quarter", last_quarter_end(on))):
        then = rows(book, day, system)
        told = {number: row[name] for number, row in today.items()}
        assert told == {number: then.get(number, {}).get("tier") for number in today}, name
    moved = [row for row in today.values() if row["tier_before"]] or list(today.values())
    row = moved[chosen % len(moved)]
    since, number = row["tier_since_on"], row["loan_no"]
    assert rows(book, since, system)[number]["tier"] == row["tier"]
    before = rows(book, since - timedelta(days=1), system).get(number, {}).get("tier")
    assert before == row["tier_before"] != row["tier"]


@SETTINGS
@given(book=books(debtors=4), on=DAYS, back=st.data())
def test_every_judged_day_is_what_that_night_found(book: Inputs, on: date, back: Any) -> None:
    judged = night(book, on).judged
    if judged.is_empty():
        return
    day = back.draw(st.sampled_from(judged["on"].unique(maintain_order=True).to_list()))
    told, then = judged.filter(pl.col("on") == day), rows(book, day)
    for row in told.to_dicts():
        assert [then[row["loan_no"]][name] for name in SET] == [row[name] for name in SET]


def test_the_day_on_which_a_mergers_bar_ends_is_in_the_history() -> None:
    """Nothing else happens on that day, and yet the tier improves."""
    book = inputs(
        loan=[loan(1, principal_cents=6_000, method="scheduled", annual_rate_e8=0, disbursed_on=date(2024, 1, 1))],
        debtor=[debtor()],
        instalment=instalments(1, (date(2024, 3, 1), 1_000, 0), (date(2025, 1, 15), 5_000, 0)),
        payment=[payment(1, date(2024, 3, 20), 1_000)],
        decision=[{"decision_id": "M", "loan_no": 1, "kind": "merger", "effective_on": date(2024, 3, 10)}],
    )
    found = [rows(book, date(2024, 9, day))[1] for day in (9, 10, 20)]
    assert [row["tier"] for row in found] == ["special_mention", "pass", "pass"]
    assert [row["tier_since_on"] for row in found] == [date(2024, 3, 2), date(2024, 9, 10), date(2024, 9, 10)]
    assert found[2]["tier_yesterday"] == "pass"


def test_the_day_on_which_a_loan_is_paid_off_in_time_is_in_the_history() -> None:
    book = inputs(
        loan=[loan(1, principal_cents=1_000, method="scheduled", annual_rate_e8=0, disbursed_on=date(2024, 1, 1))],
        debtor=[debtor(legal_form="person", size_class="none")],
        instalment=instalments(1, (date(2024, 3, 1), 1_000, 0)),
        payment=[payment(1, date(2024, 3, 1), 1_000)],
        decision=[{"decision_id": "R", "loan_no": 1, "kind": "rating_fall", "effective_on": date(2024, 2, 1)}],
    )
    row = rows(book, date(2024, 3, 31))[1]
    assert (row["tier"], row["tier_yesterday"], row["tier_since_on"]) == ("pass", "pass", date(2024, 3, 1))
    assert row["tier_before"] == "substandard"


def test_what_the_core_stated_of_a_past_day_is_in_the_history() -> None:
    """The core held a loan open and long overdue that by our count had been paid off; it touched the other for good."""
    book = inputs(
        loan=[
            loan(number, principal_cents=1_000, method="scheduled", annual_rate_e8=0, disbursed_on=date(2024, 1, 1))
            for number in (1, 2)
        ],
        debtor=[debtor()],
        instalment=[*instalments(1, (date(2024, 2, 1), 1_000, 0)), *instalments(2, (date(2025, 1, 15), 1_000, 0))],
        payment=[payment(1, date(2024, 2, 1), 1_000)],
        ledger=[{"loan_no": 1, "on": date(2024, 5, 31), "outstanding_cents": 1_000, "days_past_due": 95}],
    )
    stated, after = (rows(book, day, "core") for day in (date(2024, 5, 31), date(2024, 6, 1)))
    assert [(row["tier"], row["tier_rule"]) for row in stated.values()] == [
        ("substandard", "overdue_floors"), ("substandard", "contamination"),
    ]  # fmt: skip
    assert (after[1]["status"], after[1]["tier_yesterday"]) == ("settled", "substandard")
    assert (after[2]["tier"], after[2]["tier_rule"]) == ("substandard", "upgrade")
    assert (after[2]["tier_yesterday"], after[2]["tier_since_on"]) == ("substandard", date(2024, 5, 31))


# The order of tiers ----------------------------------------------------------------------------------------------

STRICT = load_rulebook(Path(__file__).parents[2] / "rulebook" / "cases" / "strict_bank")
FACT = st.integers(0, 7).map(lambda dice: dice == 0)


@st.composite
def stories(draw: st.DrawFn) -> list[Row]:
    """Days of two loans of one debtor, with everything that a class may rest on."""
    kind = draw(st.sampled_from(KINDS))
    on, told = date(2024, 3, 1), []
    for _ in range(draw(st.integers(1, 6))):
        on += timedelta(days=draw(st.sampled_from([1, 40, 190])))
        upgraded_on, merged_on = (on if draw(FACT) else None for _ in range(2))
        told += [
            {"on": on, "loan_no": number, "legal_form": kind[0], "size_class": kind[1],
             "days_past_due": draw(st.sampled_from([0, 0, 1, 4, 61, 91, 271, 361])),
             "debt_cents": draw(st.sampled_from([700, 1_000, 9_000])), "delay_is_technical": draw(FACT),
             "impaired": draw(FACT), "impaired_share_e8": draw(st.sampled_from([None, 5 * 10**7])),
             "use_changed": draw(FACT), "evasion": draw(FACT), "is_restructured": draw(FACT),
             "upgrade_decided_on": upgraded_on, "merged_on": merged_on}
            for number in (1, 2)
        ]  # fmt: skip
    return told


Story = list[Row]
TOLD = st.lists(stories(), min_size=1, max_size=10)


def classed(told: list[Story], rulebook: Rulebook = RULEBOOK) -> list[int]:
    """The tiers of debtors, each with a story of its own, as ranks."""
    days = [
        row | {"debtor_no": at, "loan_no": 10 * at + row["loan_no"]} for at, story in enumerate(told) for row in story
    ]
    laws = tier_laws_on(rulebook, max(row["on"] for row in days))
    return classify(loan_days(days), laws=laws)["tier"].to_physical().to_list()


@CHEAP
@given(TOLD)
def test_the_bank_is_never_laxer_than_the_law(told: list[Story]) -> None:
    assert all(bank >= law for bank, law in zip(classed(told, STRICT), classed(told), strict=True))


@CHEAP
@given(TOLD, st.integers(0, 11), st.integers(1, 400))
def test_more_days_never_improve_a_tier(told: list[Story], chosen: int, more: int) -> None:
    """Had one loan of each debtor been late for longer on some day, no loan would be better on any."""
    later = []
    for story in told:
        late = story[chosen % len(story)]
        later.append([row | ({"days_past_due": row["days_past_due"] + more} if row is late else {}) for row in story])
    assert all(worse >= now for worse, now in zip(classed(later), classed(told), strict=True))


@CHEAP
@given(TOLD, st.randoms(use_true_random=False))
def test_debtors_are_classed_alike_whoever_stands_beside_them(told: list[Story], chance: Any) -> None:
    """Cut the portfolio anywhere by debtor, and nothing changes."""
    cut = sorted({0, len(told), *(chance.randrange(len(told) + 1) for _ in range(2))})
    parts = [told[begins:ends] for begins, ends in pairwise(cut)]
    assert [tier for part in parts for tier in classed(part)] == classed(told)


# Upgrades and contamination --------------------------------------------------------------------------------------


@settings(SETTINGS, max_examples=30)
@given(book=books(debtors=6), on=DAYS)
def test_a_bad_loan_improves_only_by_a_decision_by_retail_days_or_by_leaving(book: Inputs, on: date) -> None:
    judged = night(book, on).judged.sort("loan_no", "on")
    pairs = judged.with_columns(
        last=pl.col("tier").to_physical().shift(1).over("loan_no"), was=pl.col("is_on_book").shift(1).over("loan_no")
    )
    out = pairs.filter(
        (pl.col("last") >= BAD) & (pl.col("tier").to_physical() < BAD) & pl.col("was") & pl.col("is_on_book")
        & (pl.col("on") >= date(2023, 7, 2)) & ~pl.col("is_free")
    )  # fmt: skip
    decided = {
        (row["loan_no"] // 10, row["effective_on"]) for row in book.decision.to_dicts() if row["kind"] == "upgrade"
    }
    for row in out.to_dicts():
        assert (row["debtor_no"], row["on"]) in decided
        assert row["debtor_clean_since_on"] is not None
        months = max(6, 2 * max(each["period_months"] for each in book.loan.to_dicts()))
        assert row["clean_months"] <= months
        waited = (row["on"].year - row["debtor_clean_since_on"].year) * 12 + row["on"].month
        waited -= row["debtor_clean_since_on"].month + (row["on"].day < row["debtor_clean_since_on"].day)
        assert waited >= 6
        mine = (pl.col("debtor_no") == row["debtor_no"]) & (pl.col("on") == row["on"]) & pl.col("is_on_book")
        of_day = judged.filter(mine)
        assert not of_day["impaired"].any()


@settings(SETTINGS, max_examples=30)
@given(book=books(debtors=6), on=DAYS)
def test_contamination_holds_after_any_payments(book: Inputs, on: date) -> None:
    """More than a tenth bad by their own facts makes all bad; anything bad at all leaves nothing pass."""
    found = night(book, on).loans.filter((pl.col("status") == "active") & ~pl.col("is_retail"))
    for _number, loans in found.group_by("debtor_no") if on >= date(2023, 7, 1) else ():
        owed, own = loans["outstanding_cents"], loans["item_tier"].to_physical() >= BAD
        if owed.filter(own).sum() * 10 > owed.sum():
            assert loans["tier"].is_in(NON_PERFORMING).all()
        if owed.filter(own).sum():
            assert (loans["tier"] > "pass").all()


@SETTINGS
@given(book=books(debtors=3), on=DAYS)
def test_a_debtor_judged_alone_is_judged_alike(book: Inputs, on: date) -> None:
    together = night(book, on).loans
    alone = pl.concat(night(of_debtor(book, number), on).loans for number in (1, 2, 3))
    assert together.equals(alone.sort("loan_no"))
