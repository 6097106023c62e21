"""Provisions of every book of loans. The oracle is one line of decimal arithmetic, rounded half up."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_rows import RULEBOOK, debtor, inputs, overdue_loan
from postloan.plan.night import assess
from postloan.rules.provisions import SpecialShare
from postloan.rules.rulebook import Policy, load_rulebook, policy_on
from postloan.tables.units import TIERS
from provision_cases import provisions_of

CASES = Path(__file__).parents[2] / "rulebook" / "cases"
AMOUNTS = (
    "general_provision_cents", "specific_provision_cents", "special_provision_cents", "standard_method_cents",
)  # fmt: skip
CAREFUL = load_rulebook(CASES / "careful_bank")
ON = date(2026, 1, 1)
LAWS = [policy_on(book, ON) for book in (RULEBOOK, CAREFUL)]

ROWS = st.builds(
    dict,
    tier=st.sampled_from(TIERS),
    cents=st.integers(0, 10**17),
    status=st.sampled_from(["active", "active", "active", "settled", "written_off"]),
    exposure_kind=st.sampled_from([None, "loan", "card", "advance", "acceptance", "undrawn"]),
    industry=st.sampled_from([None, "K7010", "k7110", "B0610", "0610", "C1311"]),
    region=st.sampled_from([None, "210211", "210100", "110108"]),
)
BOOKS = st.lists(ROWS, min_size=1, max_size=8).map(
    lambda rows: [row | {"loan_no": at} for at, row in enumerate(rows, start=1)]
)


def half_up(cents: int, share_e8: int) -> int:
    return int((Decimal(cents) * share_e8 / 10**8).quantize(Decimal(1), ROUND_HALF_UP))


def reckoned(rows: list[dict[str, Any]], law: Policy) -> list[dict[str, Any]]:
    return provisions_of(rows, law.provision_rates, law.general_reserve).to_dicts()


@settings(deadline=None)
@given(BOOKS, st.sampled_from(LAWS))
def test_each_provision_is_its_share_rounded_by_itself(rows: list[dict[str, Any]], law: Policy) -> None:
    assert law.general_reserve
    specific = {rate.tier: rate.share_e8 for rate in law.provision_rates.specific} | {"pass": 0}
    factors = {factor.tier: factor.share_e8 for factor in law.general_reserve.factors}
    for row, found in zip(rows, reckoned(rows, law), strict=True):
        bears = row["status"] == "active" and row["exposure_kind"] in {None, "loan", "card", "advance"}
        cents = row["cents"] if bears else 0
        assert found["general_provision_cents"] == half_up(cents, law.provision_rates.general.share_e8)
        assert found["specific_provision_cents"] == half_up(cents, specific[row["tier"]])
        assert found["standard_method_cents"] == half_up(cents, factors[row["tier"]])
        assert (found["specific_provision_cite"] is None) == (cents == 0 or row["tier"] == "pass")
        special = max((share.share_e8 for share in law.provision_rates.special_shares if _fits(share, row)), default=0)
        assert found["special_provision_cents"] == half_up(cents, special)


def _fits(share: SpecialShare, row: dict[str, Any]) -> bool:
    code = (row["industry"] or "").upper()
    codes = {code, code.lstrip("ABCK")}
    is_industry = share.industry is None or any(each.startswith(share.industry) for each in codes if each)
    return is_industry and (share.region is None or (row["region"] or "").startswith(share.region))


@settings(deadline=None)
@given(BOOKS, st.sampled_from(LAWS))
def test_no_provision_falls_when_the_tier_grows_worse(rows: list[dict[str, Any]], law: Policy) -> None:
    worse = [row | {"tier": TIERS[min(TIERS.index(row["tier"]) + 1, len(TIERS) - 1)]} for row in rows]
    for before, after in zip(reckoned(rows, law), reckoned(worse, law), strict=True):
        assert all(after[name] >= before[name] for name in AMOUNTS)


@settings(deadline=None)
@given(BOOKS, st.sampled_from(LAWS), st.integers(1, 4))
def test_a_loan_does_not_know_its_neighbours(rows: list[dict[str, Any]], law: Policy, parts: int) -> None:
    pieces = [found for at in range(parts) if rows[at::parts] for found in reckoned(rows[at::parts], law)]
    assert sorted(pieces, key=lambda found: found["loan_no"]) == reckoned(rows, law)


@settings(deadline=None)
@given(BOOKS)
def test_a_bank_that_chose_provides_no_less_than_the_law_names(rows: list[dict[str, Any]]) -> None:
    """The careful bank is at the upper ends; a bank at the lower ends may provide less, which the law lets it."""
    for law, bank in zip(reckoned(rows, LAWS[0]), reckoned(rows, LAWS[1]), strict=True):
        assert all(bank[name] >= law[name] for name in AMOUNTS)


@pytest.mark.parametrize(("status", "cents"), [("active", 25_000_00), ("settled", 0), ("written_off", 0)])
def test_only_what_is_on_the_book_is_provided_for(status: str, cents: int) -> None:
    (found,) = reckoned([{"loan_no": 1, "tier": "substandard", "cents": 100_000_00, "status": status}], LAWS[0])
    assert found["specific_provision_cents"] == cents


def test_a_joint_loan_is_provided_for_by_the_banks_own_share() -> None:
    """30 % of 1,000.00, all of it past due more than 90 days: 25 % of 300.00, and 1 % of it."""
    row, due = overdue_loan(1, 100, on=ON, cents=1_000_00)
    given_one = inputs(
        loan=[row | {"funding_share_e8": 30_000_000, "partner_id": "B2"}], instalment=[due], debtor=[debtor()]
    )
    (loan,) = assess(given_one, LAWS[0], on=ON).loans.to_dicts()
    assert (loan["tier"], loan["own_share_outstanding_cents"]) == ("substandard", 300_00)
    assert (loan["general_provision_cents"], loan["specific_provision_cents"]) == (3_00, 75_00)
