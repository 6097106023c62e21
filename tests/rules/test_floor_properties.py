"""For every portfolio: the steps agree with the sentences of law they encode."""

from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.rules.shapes import Contamination, OverdueFloors
from postloan.rules.tier_law import TierLaw
from postloan.steps.days_past_due import in_buckets
from postloan.steps.debtor_floor import debtor_floor
from postloan.steps.overdue_floor import overdue_floor
from postloan.steps.restructuring_floor import restructuring_floor
from postloan.tables.results import DebtorView
from postloan.tables.units import BUCKETS, TIERS

ON = date(2026, 11, 23)
LAW = policy_on(load_rulebook(None), ON)
BEFORE = policy_on(load_rulebook(None), date(2023, 6, 30))
BANK = policy_on(load_rulebook(Path(__file__).parents[2] / "rulebook" / "cases" / "strict_bank"), ON)

# Near every threshold, and far from all.
DELAY = st.sampled_from([0, 1, 3, 4, 7, 8, 60, 61, 90, 91, 270, 271, 360, 361]) | st.integers(0, 4000)
LOANS = st.lists(st.tuples(DELAY, st.booleans()), min_size=1, max_size=30)


def ranks(loans: list[tuple[int, bool]], floors: OverdueFloors = LAW.tier_law.overdue_floors) -> list[int]:
    """The floor of each loan as a rank, 0 best, in the order given."""
    frame = pl.DataFrame(
        {
            "loan_no": range(1, len(loans) + 1),
            "days_past_due": [days for days, _ in loans],
            "delay_is_technical": [is_technical for _, is_technical in loans],
        }
    )
    result = overdue_floor(frame, floors=floors)
    assert result["loan_no"].to_list() == frame["loan_no"].to_list()
    return [TIERS.index(tier) for tier in result["floor_tier"]]


@given(LOANS)
def test_overdue_it_agrees_with_the_sentence_it_encodes(loans) -> None:
    """The law read aloud: the worst tier whose threshold is exceeded, unless the delay is excused."""

    def oracle(days: int, is_technical: bool) -> int:
        if is_technical and days <= 7:
            return 0
        return 4 if days > 360 else 3 if days > 270 else 2 if days > 90 else 1 if days > 0 else 0

    assert ranks(loans) == [oracle(*loan) for loan in loans]


@given(LOANS)
def test_overdue_one_more_day_never_improves_a_tier(loans) -> None:
    tomorrow = [(days + 1, is_technical) for days, is_technical in loans]
    assert all(later >= now for now, later in zip(ranks(loans), ranks(tomorrow), strict=True))


@given(LOANS)
def test_overdue_the_bank_is_never_laxer_than_the_law(loans) -> None:
    own = ranks(loans, BANK.tier_law.overdue_floors)
    assert all(bank >= law for law, bank in zip(ranks(loans), own, strict=True))


def test_overdue_the_bank_is_stricter_where_its_figures_say_so() -> None:
    loans = [(61, False), (4, True)]
    assert (ranks(loans), ranks(loans, BANK.tier_law.overdue_floors)) == ([1, 0], [2, 1])


@given(LOANS, st.integers(1, 7))
def test_overdue_a_loan_does_not_know_its_neighbours(loans, parts) -> None:
    """Cut the portfolio anywhere and nothing changes. This is what lets shards be computed apart."""
    pieces = [rank for start in range(parts) if loans[start::parts] for rank in ranks(loans[start::parts])]
    dealt = [rank for start in range(parts) for rank in ranks(loans)[start::parts]]
    assert pieces == dealt


CENTS = st.integers(0, 10**15) | st.integers(0, 100)


@st.composite
def debtors(draw) -> dict:
    """Sums that hang together, half of them at or beside the edge of a share."""
    exposure = draw(CENTS)
    npl = draw(st.integers(0, exposure) | st.integers(-1, 1).map(lambda d: min(max(exposure // 10 + d, 0), exposure)))
    over_90 = draw(st.integers(0, npl))
    row = {"is_retail": draw(st.booleans()), "exposure_cents": exposure, "npl_cents": npl, "over_90_cents": over_90}
    row |= {"all_banks_cents": None, "all_banks_over_90_cents": None, "other_bank_npl": draw(st.booleans())}
    if draw(st.booleans()):
        everywhere = exposure + draw(CENTS)
        edge = st.integers(-1, 1).map(lambda d: min(max(everywhere // 5 + d, over_90), everywhere))
        row |= {
            "all_banks_cents": everywhere,
            "all_banks_over_90_cents": draw(st.integers(over_90, everywhere) | edge),
        }
    return row


BOOK = st.lists(debtors(), min_size=1, max_size=20)


def debtor_ranks(rows: list[dict], contamination: Contamination = LAW.tier_law.contamination) -> list[int]:
    blank = {"loan_count": 1, "overdue_cents": 0, "days_past_due_worst": 0, "tier_worst": "pass"}
    numbered = [{"debtor_no": number} | blank | row for number, row in enumerate(rows, start=1)]
    schema = DebtorView.create_empty().schema
    frame = DebtorView.validate(pl.DataFrame(numbered, schema=schema))
    result = debtor_floor(frame, contamination=contamination)
    assert result["debtor_no"].to_list() == frame["debtor_no"].to_list()
    return [TIERS.index(tier) for tier in result["floor_tier"]]


def law_of_debtors(row: dict) -> int:
    """Articles 7, 11 (4) and 10 (4) read aloud, in fractions."""

    def share(part: int, whole: int) -> Fraction:
        return Fraction(part, whole) if whole else Fraction(0)

    if row["is_retail"]:
        return 0
    if share(row["npl_cents"], row["exposure_cents"]) > Fraction(10, 100):
        return 2
    everywhere = row["all_banks_cents"] if row["all_banks_cents"] is not None else row["exposure_cents"]
    over_90 = row["all_banks_over_90_cents"] if row["all_banks_cents"] is not None else row["over_90_cents"]
    if share(over_90, everywhere) > Fraction(20, 100):
        return 2
    return 1 if row["npl_cents"] > 0 or row["other_bank_npl"] else 0


@given(BOOK)
def test_debtors_they_agree_with_the_sentences(rows) -> None:
    assert debtor_ranks(rows) == [law_of_debtors(row) for row in rows]


@given(BOOK)
def test_debtors_a_worse_debtor_is_never_better_off(rows) -> None:
    worse = [row | {"npl_cents": min(row["npl_cents"] * 2 + 1, row["exposure_cents"])} for row in rows]
    assert all(later >= now for now, later in zip(debtor_ranks(rows), debtor_ranks(worse), strict=True))


@given(BOOK)
def test_debtors_the_bank_is_never_laxer_than_the_law(rows) -> None:
    own = debtor_ranks(rows, BANK.tier_law.contamination)
    assert all(bank >= law for law, bank in zip(debtor_ranks(rows), own, strict=True))


@given(BOOK, st.integers(1, 5))
def test_debtors_one_does_not_know_the_others(rows, parts) -> None:
    pieces = [rank for start in range(parts) if rows[start::parts] for rank in debtor_ranks(rows[start::parts])]
    assert pieces == [rank for start in range(parts) for rank in debtor_ranks(rows)[start::parts]]


FLAGS = ("is_restructured", "is_repeat_restructured", "is_refinanced", "is_no_principal_renewal",
         "renews_pass_loan", "is_renewed_in_time")  # fmt: skip
WHO = [("company", "large"), ("company", "medium"), ("company", "small"), ("sole_trader", None), ("person", None),
       ("government", None), (None, None)]  # fmt: skip
SIGNED = [date(2024, 9, 24), date(2027, 9, 30), date(2027, 10, 1)]


def histories() -> list[dict]:
    drawn = product(product((False, True), repeat=len(FLAGS)), WHO, SIGNED, (0, 1))
    return [
        {"loan_no": number} | dict(zip(FLAGS, flags, strict=True))
        | {"legal_form": who[0], "size_class": who[1], "originated_on": signed, "days_past_due": days}
        for number, (flags, who, signed, days) in enumerate(drawn, start=1)
    ]  # fmt: skip


def restructuring_tiers(rows: list[dict], law: TierLaw) -> list[str]:
    frame = pl.DataFrame(rows, schema={"loan_no": pl.Int64} | dict.fromkeys(FLAGS, pl.Boolean) | {
        "legal_form": pl.String, "size_class": pl.String, "originated_on": pl.Date, "days_past_due": pl.Int32,
    })  # fmt: skip
    return restructuring_floor(frame, floors=law.restructuring_floors)["floor_tier"].to_list()


def test_restructuring_in_every_combination() -> None:
    """Arts. 10 (3), 21 and 22 read aloud, with the notice of 2024 on renewals without repayment of principal."""

    def oracle(row: dict) -> str:
        if row["is_repeat_restructured"]:
            return "substandard"
        may_renew = (
            row["legal_form"] in ("person", "sole_trader")
            or row["size_class"] in ("small", "micro")
            or (row["size_class"] == "medium" and row["originated_on"] <= date(2027, 9, 30))
        )
        is_excused = row["is_no_principal_renewal"] and row["renews_pass_loan"] and row["is_renewed_in_time"]
        is_refinanced = row["is_refinanced"] and not (may_renew and is_excused)
        return "special_mention" if row["is_restructured"] or is_refinanced else "pass"

    rows = histories()
    assert restructuring_tiers(rows, LAW.tier_law) == [oracle(row) for row in rows]


def test_restructuring_under_the_guideline_of_2007() -> None:
    """Art. 12 read aloud: restructured is substandard, and overdue again doubtful; no renewal is excused."""

    def oracle(row: dict) -> str:
        if row["is_restructured"]:
            return "doubtful" if row["days_past_due"] else "substandard"
        return "special_mention" if row["is_refinanced"] else "pass"

    rows = histories()
    assert restructuring_tiers(rows, BEFORE.tier_law) == [oracle(row) for row in rows]


@pytest.mark.parametrize("days", [*range(200), 3653])
def test_buckets_every_day_has_the_bucket_of_its_month(days) -> None:
    """Thirty days a bucket, rounded up, and the last one open."""
    frame = in_buckets(pl.DataFrame({"days_past_due": [days]}), LAW.dpd_buckets.frame())
    assert BUCKETS.index(frame["bucket"][0]) == min(-(-days // 30), 7)
