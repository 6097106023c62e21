"""The event engine of the ACTUS reference cases: on the public ones where they are, on our own anywhere."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.oracles.actus.__main__ import computed, differences
from tests.oracles.actus.days import Days
from tests.oracles.actus.reading import Moment, Terms, Unsupported, moment
from tests.oracles.made_actus import LOAN, case, paid, rows

CASES = Path(__file__).parents[3] / "shared" / "oracles" / "actus" / "cases.json"

LEFT_OUT = {
    "lam18": "asks for interest on the first principal for life (NTIED) and shows interest on what is left",
    "clm07": "shows no accrued interest at the call, and pays it when the call is settled",
    "clm08": "shows no accrued interest at the call, and pays it when the call is settled",
}


@pytest.mark.skipif(not CASES.exists(), reason="the public ACTUS cases are not beside the project")
def test_the_public_cases_are_reproduced_but_for_three_that_contradict_themselves() -> None:
    groups = json.loads(CASES.read_text(encoding="utf-8"))
    cases = {name: one for kind, group in groups.items() if kind != "_meta" for name, one in group.items()}
    differing = {name for name, one in cases.items() if list(differences(one))}
    assert differing == set(LEFT_OUT)
    assert len(cases) - len(differing) >= 88


def test_a_bullet_loan_pays_thirtieths_at_month_ends_and_its_principal_at_the_end() -> None:
    month, none, all_of_it, rate = Decimal(180), Decimal(0), Decimal(36_000), Decimal("0.06")
    interest = [(f"2023-{day}", "IP", month, all_of_it, rate, none) for day in ("03-31", "04-30", "05-31", "06-30")]
    assert (
        rows(case())
        == [
            ("2023-01-31", "IED", -all_of_it, all_of_it, rate, none),
            ("2023-01-31", "IP", none, all_of_it, rate, none),
            ("2023-02-28", "IP", Decimal(168), all_of_it, rate, none),  # 28 days of a year of 360
            ("2023-03-31", "IP", Decimal(192), all_of_it, rate, none),
            *interest[1:],
            ("2023-07-31", "IP", month, all_of_it, rate, none),
            ("2023-07-31", "MD", all_of_it, none, rate, none),
        ]
    )


def test_a_liability_is_the_same_loan_with_the_other_sign() -> None:
    asset, liability = rows(case()), rows(case(contractRole="RPL"))
    assert [(payoff, left) for _, _, payoff, left, *_ in liability] == [(-p, -n) for _, _, p, n, *_ in asset]


@pytest.mark.parametrize(
    ("convention", "shown", "counted"),
    [
        ("", "2023-09-30", "2023-09-30"),
        ("SCF", "2023-10-02", "2023-10-02"),
        ("SCMF", "2023-09-29", "2023-09-29"),
        ("SCP", "2023-09-29", "2023-09-29"),
        ("SCMP", "2023-09-29", "2023-09-29"),
        ("CSF", "2023-10-02", "2023-09-30"),
        ("CSMF", "2023-09-29", "2023-09-30"),
        ("CSP", "2023-09-29", "2023-09-30"),
        ("CSMP", "2023-09-29", "2023-09-30"),
    ],
)
def test_a_saturday_at_the_end_of_a_month_moves_by_each_convention(convention: str, shown: str, counted: str) -> None:
    days = Days(Terms({**LOAN, "calendar": "MF", "businessDayConvention": convention}))
    saturday = moment("2023-09-30")
    assert days.rolled(saturday).shown() == shown
    assert Moment(days.counted(saturday)).shown() == counted


def test_a_sunday_at_the_beginning_of_a_month_does_not_go_back_out_of_it_where_modified() -> None:
    shown = {}
    for convention in ("SCP", "SCMP", "CSMP", "SCF"):
        days = Days(Terms({**LOAN, "calendar": "MF", "businessDayConvention": convention}))
        shown[convention] = days.rolled(moment("2023-10-01")).shown()
    assert shown == {"SCP": "2023-09-29", "SCMP": "2023-10-02", "CSMP": "2023-10-02", "SCF": "2023-10-02"}


def test_an_annuity_over_unequal_months_pays_level_amounts_and_ends_at_nothing() -> None:
    loan = case(
        contractType="ANN",
        cycleAnchorDateOfInterestPayment="2023-02-28",
        cycleAnchorDateOfPrincipalRedemption="2023-02-28",
        cycleOfPrincipalRedemption="P1ML0",
        dayCountConvention="A365",
    )
    found = rows(loan)
    interest, principal = paid(loan, "IP"), [*paid(loan, "PR"), *paid(loan, "MD")]
    assert found[1][:2] == ("2023-02-27", "PRF")
    assert sum(amount for _, amount in principal) == Decimal(36_000)
    together = [one + other for (_, one), (_, other) in zip(interest, principal, strict=True)]
    assert len(together) == 6
    assert max(together) - min(together) <= Decimal("0.000003")


def test_a_reset_is_bounded_by_the_period_and_by_the_life() -> None:
    seen = {"X": {"2023-02-28": "0.02", "2023-03-31": "0.30", "2023-04-30": "0.30", "2023-05-31": "-0.9"}}
    bounds = {"periodCap": "0.05", "periodFloor": "-0.02", "lifeCap": "0.125", "lifeFloor": "0.04"}
    loan = case(
        observed=seen,
        cycleAnchorDateOfRateReset="2023-02-28",
        cycleOfRateReset="P1ML1",
        marketObjectCodeOfRateReset="X",
        rateMultiplier="1.5",
        rateSpread="0.01",
        **bounds,
    )
    rates = [rate for _, kind, _, _, rate, _ in rows(loan) if kind == "RR"]
    # 0.02 × 1.5 + 0.01 meets the life's floor; then 0.05 up, the life's cap, and 0.02 down a month.
    assert rates == [Decimal(text) for text in ("0.04", "0.09", "0.125", "0.105", "0.085")]


def test_a_reset_on_a_day_off_takes_the_rate_of_its_own_day_and_interest_from_the_business_day() -> None:
    loan = case(
        calendar="MF",
        businessDayConvention="SCP",
        observed={"X": {"2023-04-28": "0.09", "2023-04-30": "0.12"}},
        cycleAnchorDateOfRateReset="2023-04-30",
        cycleOfRateReset="P12ML1",
        marketObjectCodeOfRateReset="X",
    )
    assert [row[:2] + row[4:5] for row in rows(loan) if row[1] == "RR"] == [("2023-04-28", "RR", Decimal("0.12"))]
    # 30 April is a Sunday: 28 thirtieths to Friday at 6 %, and 32 to 31 May at 12 %.
    assert paid(loan, "IP")[3:5] == [("2023-04-28", Decimal(168)), ("2023-05-31", Decimal(384))]


def test_an_annuity_is_fixed_anew_after_its_rate() -> None:
    loan = case(
        contractType="ANN",
        cycleAnchorDateOfInterestPayment="2023-02-28",
        cycleAnchorDateOfPrincipalRedemption="2023-02-28",
        cycleOfPrincipalRedemption="P1ML0",
        nextPrincipalRedemptionPayment="6000",
        cycleAnchorDateOfRateReset="2023-04-30",
        cycleOfRateReset="P12ML1",
        nextResetRate="0.12",
    )
    together = [one + other for (_, one), (_, other) in zip(paid(loan, "IP"), paid(loan, "PR"), strict=False)]
    assert [event for day, event, *_ in rows(loan) if day == "2023-04-30"] == ["PR", "IP", "RRF", "PRF"]
    assert together[:3] == [6_000] * 3
    factors = sum(Decimal("1.01") ** -month for month in (1, 2, 3))
    assert together[3:] == [round(Decimal("18450.54048") / factors, 6)] * 2


def test_a_first_reset_that_is_known_needs_no_market_and_a_later_one_does() -> None:
    reset = {"cycleAnchorDateOfRateReset": "2023-02-28", "cycleOfRateReset": "P3ML1", "nextResetRate": "0.07"}
    seen = {"X": {"2023-05-31": "0.08"}}
    known = case(observed=seen, marketObjectCodeOfRateReset="X", **reset)
    assert [row[:2] + row[4:5] for row in rows(known) if row[1].startswith("RR")] == [
        ("2023-02-28", "RRF", Decimal("0.07")),
        ("2023-05-31", "RR", Decimal("0.08")),
    ]
    with pytest.raises(Unsupported, match="nothing was observed of X by 2023-05-31"):
        computed(case(marketObjectCodeOfRateReset="X", **reset))


def test_interest_is_capitalised_until_its_day_and_bears_interest_after() -> None:
    loan = case(capitalizationEndDate="2023-03-31")
    capitalised = [row for row in rows(loan) if row[1] == "IPCI"]
    assert [(day, left) for day, _, _, left, *_ in capitalised] == [
        ("2023-01-31", Decimal(36_000)),
        ("2023-02-28", Decimal(36_168)),
        ("2023-03-31", Decimal("36360.896")),
    ]
    assert paid(loan, "IP")[0] == ("2023-04-30", Decimal("181.80448"))


def test_principal_is_redeemed_until_nothing_is_owed_and_the_index_scales_what_is_paid() -> None:
    loan = case(
        contractType="LAM",
        cycleAnchorDateOfPrincipalRedemption="2023-02-28",
        cycleOfPrincipalRedemption="P1ML0",
        nextPrincipalRedemptionPayment="13000",
        scalingEffect="INO",
        scalingIndexAtContractDealDate="200",
        cycleAnchorDateOfScalingIndex="2023-03-31",
        cycleOfScalingIndex="P12ML1",
        marketObjectCodeOfScalingIndex="CPI",
        observed={"CPI": {"2023-03-31": "300"}},
    )
    assert [amount for _, amount in paid(loan, "PR")] == [13_000, 13_000, 15_000, 0, 0]
    assert paid(loan, "IP")[3] == ("2023-04-30", Decimal("75"))  # 10,000 at 6 % for a month, one and a half times


def test_the_principal_is_shared_evenly_where_no_payment_is_given() -> None:
    loan = case(
        contractType="LAM", cycleAnchorDateOfPrincipalRedemption="2023-02-28", cycleOfPrincipalRedemption="P1ML0"
    )
    assert {amount for _, amount in [*paid(loan, "PR"), *paid(loan, "MD")]} == {6_000}


def test_interest_on_a_base_that_is_only_sometimes_revised() -> None:
    loan = case(
        contractType="LAM",
        cycleAnchorDateOfPrincipalRedemption="2023-02-28",
        cycleOfPrincipalRedemption="P1ML0",
        nextPrincipalRedemptionPayment="6000",
        interestCalculationBase="NTL",
        interestCalculationBaseAmount="36000",
        cycleAnchorDateOfInterestCalculationBase="2023-04-30",
        cycleOfInterestCalculationBase="P12ML1",
    )
    assert [amount for _, amount in paid(loan, "IP")] == [0, 168, 192, 180, 90, 90, 90]


def test_what_happened_before_a_purchase_is_not_shown_and_after_a_sale_nothing_happens() -> None:
    loan = case(
        purchaseDate="2023-03-15",
        priceAtPurchaseDate="35000",
        terminationDate="2023-05-15T23:59:59",
        priceAtTerminationDate="35500",
    )
    found = rows(loan)
    assert [(day, kind) for day, kind, *_ in found] == [
        ("2023-03-15", "PRD"),
        ("2023-03-31", "IP"),
        ("2023-04-30", "IP"),
        ("2023-05-15 23:59:59", "TD"),
    ]
    # 17 days from 28 February at 6 a day; from 30 April to the end of 15 May, 16 days.
    assert [found[0][2], found[-1][2]] == [Decimal(-35_102), Decimal(35_596)]
    owed = rows({**loan, "terms": {**loan["terms"], "contractRole": "RPL"}})
    # The price has the side's sign; the accrued interest has it already and gets it once more.
    assert [owed[0][2], owed[-1][2]] == [Decimal(34_898), Decimal(-35_404)]


def test_an_array_schedule_draws_and_then_redeems_and_ends_where_nothing_is_owed() -> None:
    loan = case(
        contractType="LAX",
        maturityDate=None,
        arrayCycleAnchorDateOfPrincipalRedemption=["2023-02-28", "2023-04-30"],
        arrayCycleOfPrincipalRedemption=["P1ML1", "P2ML1"],
        arrayNextPrincipalRedemptionPayment=["2000", 20000],
        arrayIncreaseDecrease=["INC", "DEC"],
        arrayCycleAnchorDateOfInterestPayment="2023-02-28",
        arrayCycleOfInterestPayment="P1ML1",
        arrayCycleAnchorDateOfRateReset=["2023-03-31", "2023-04-30"],
        arrayRate=["0.03", "0.01"],
        arrayFixedVariable=["FIX", "VAR"],
        marketObjectCodeOfRateReset="X",
        observed={"X": {"2023-04-01": "0.02"}},
    )
    moves = [row[:4] for row in rows(loan) if row[1] in {"PI", "PR", "MD"}]
    assert moves == [
        ("2023-02-28", "PI", -2_000, 38_000),
        ("2023-03-31", "PI", -2_000, 40_000),
        ("2023-04-30", "PR", 20_000, 20_000),
        ("2023-06-30", "MD", 20_000, 0),
    ]
    assert [row[1:2] + row[4:5] for row in rows(loan) if row[1] in {"RRF", "RR"}] == [
        ("RRF", Decimal("0.03")),
        ("RR", Decimal("0.03")),
    ]


def test_a_called_loan_capitalises_until_the_call_and_is_settled_after_its_notice() -> None:
    loan = case(
        contractType="CLM",
        maturityDate=None,
        to="2023-04-30",
        called="2023-04-15",
        cycleOfInterestPayment="P1ML1",
        xDayNotice="P31D",
    )
    assert [row[:4] for row in rows(loan)[2:]] == [
        ("2023-02-28", "IPCI", 0, 36_168),
        ("2023-03-31", "IPCI", 0, Decimal("36360.896")),
        ("2023-04-15", "XD", 0, Decimal("36360.896")),
        ("2023-05-16", "IP", Decimal("90.902240"), Decimal("36360.896")),  # 15 days to the call, none after
        ("2023-05-16", "STD", Decimal("36360.896"), 0),
    ]


@pytest.mark.parametrize(("kind", "payment", "matures"), [("LAM", 6_000, "2023-07-31"), ("NAM", 6_100, "2023-08-31")])
def test_the_end_is_derived_from_the_payments(kind: str, payment: int, matures: str) -> None:
    """36,000 at 6,000 a month take 6 months; at 6,100 less a month's interest of 192, 6.09 and so 7."""
    loan = case(
        contractType=kind,
        maturityDate=None,
        cycleAnchorDateOfPrincipalRedemption="2023-02-28",
        cycleOfPrincipalRedemption="P1ML0",
        nextPrincipalRedemptionPayment=payment,
    )
    assert [day for day, event, *_ in rows(loan) if event == "MD"] == [matures]


def test_a_payment_short_of_the_interest_lets_the_principal_grow() -> None:
    loan = case(
        contractType="NAM",
        cycleAnchorDateOfPrincipalRedemption="2023-02-28",
        cycleOfPrincipalRedemption="P1ML0",
        nextPrincipalRedemptionPayment="100",
    )
    assert [(amount, left) for _, event, amount, left, *_ in rows(loan) if event == "PR"][:1] == [(-68, 36_068)]


def test_interest_has_its_own_days_until_the_first_level_payment_and_then_those_of_the_payments() -> None:
    loan = case(
        contractType="NAM",
        cycleAnchorDateOfPrincipalRedemption="2023-05-31",
        cycleOfPrincipalRedemption="P2ML1",
        nextPrincipalRedemptionPayment="6000",
        cycleAnchorDateOfInterestPayment="2023-03-31",
    )
    assert [day for day, _ in paid(loan, "IP")] == ["2023-03-31", "2023-04-30", "2023-05-31", "2023-07-31"]


def test_a_loan_without_an_end_has_no_last_period_where_the_case_looks_no_further() -> None:
    loan = case(contractType="UMP", maturityDate=None, to="2023-05-20")
    assert [row[0] for row in rows(loan) if row[1] == "IPCI"][1:] == ["2023-02-28", "2023-03-31", "2023-04-30"]
    until = case(contractType="UMP", maturityDate=None, to="2023-04-30")
    assert [row[0] for row in rows(until) if row[1] == "IPCI"][1:] == ["2023-02-28", "2023-03-31"]


def test_a_loan_taken_on_in_its_middle_accrues_from_its_last_interest_day() -> None:
    loan = case(statusDate="2023-03-10")
    assert paid(loan, "IED") == []
    assert paid(loan, "IP")[0] == ("2023-03-31", Decimal(192))
    assert paid(case(statusDate="2023-03-10", accruedInterest="5"), "IP")[0] == ("2023-03-31", Decimal(125))
